"""What the forms of alerts ask: of what to be told, whom, and when not, and then more."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import ceil, floor
from typing import Any, Final

from homeassistant.const import UnitOfPressure
from homeassistant.helpers.selector import (
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
from homeassistant.util.unit_conversion import PressureConverter

from .alerts.kind import Kind
from .alerts.kinds import BY_KEY, DEFAULTS, KINDS, OFFERED
from .model.field import Unit
from .rule_form import NAME, ZONES, Ask, choice, number

CONF_CARS: Final = "cars"
CONF_KINDS: Final = "kinds"
CONF_NOTIFY: Final = "notify"
CONF_PHONES: Final = "phones"
CONF_THRESHOLDS: Final = "thresholds"
_FINE: Final = 0.1
"""How finely a pressure is chosen; whole numbers do for the rest."""

CARS: Final = Ask(key=CONF_CARS, selector=TextSelector(), default=[])
"""Which cars there are is known only to whoever shows it."""
PHONES: Final = Ask(
    key=CONF_PHONES,
    selector=DeviceSelector(
        DeviceSelectorConfig(
            filter=DeviceFilterSelectorConfig(integration="mobile_app"), multiple=True
        )
    ),
    default=[],
)


def notify_but(excluded: list[str]) -> EntitySelector:
    """Return a field for entities that notify, but for some."""
    return EntitySelector(
        EntitySelectorConfig(domain="notify", multiple=True, exclude_entities=excluded)
    )


NOTIFY: Final = Ask(
    key=CONF_NOTIFY,
    selector=notify_but([]),
    default=[],
    names_entities=True,
)
"""Without the entities of phones: these take no buttons, and cannot take back."""


def in_order(kinds: Collection[str]) -> list[str]:
    """Return kinds as the table has them; what it does not know comes last."""
    known = [row.key for row in KINDS if row.key in kinds]
    return known + sorted(set(kinds) - set(known))


def kinds_with(chosen: Collection[str]) -> SelectSelector:
    """Return a field for kinds; what is not offered can still be let go."""
    return choice(
        [row.key for row in KINDS if row.key in OFFERED or row.key in chosen],
        "alert_kind",
        multiple=True,
        mode=SelectSelectorMode.LIST,
        is_sorted=True,
    )


PROPOSED: Final = in_order(DEFAULTS)
"""What a newcomer is offered to be told of, in the order of the table."""

KINDS_ASK: Final = Ask(
    key=CONF_KINDS,
    selector=kinds_with([]),
    default=PROPOSED,
    to_data=in_order,
)
_WHOM: Final = (
    PHONES,
    NOTIFY,
    Ask(key="quiet_from", selector=TimeSelector()),
    Ask(key="quiet_until", selector=TimeSelector()),
)


def _threshold(kind: Kind) -> Ask:
    """Return the field for where a kind is raised, in the unit in which it is kept."""
    assert kind.limits is not None
    unit = None if kind.unit is None else kind.unit.value
    return Ask(
        key=f"threshold_{kind.key}",
        selector=number(*kind.limits, unit, step=_FINE if unit == Unit.BAR else 1),
        path=(CONF_THRESHOLDS, kind.key),
        default=kind.threshold,
    )


def threshold_in(ask: Ask, unit: str) -> Ask:
    """Return the field for a pressure in a unit; it is kept in bar."""
    kind = BY_KEY[ask.place[-1]]
    assert kind.limits is not None
    convert = PressureConverter.converter_factory(UnitOfPressure.BAR, unit)
    back = PressureConverter.converter_factory(unit, UnitOfPressure.BAR)
    least, most = map(convert, kind.limits)

    def to_data(entered: float) -> float:
        return round(back(entered), 3)

    def to_form(kept: float) -> float:
        return round(convert(kept), 1)

    return replace(
        ask,
        selector=number(ceil(least * 10) / 10, floor(most * 10) / 10, unit, step=_FINE),
        default=None if kind.threshold is None else to_form(kind.threshold),
        to_data=to_data,
        to_form=to_form,
    )


FIRST: Final = {"alert": (KINDS_ASK, *_WHOM, NAME)}
PAGES: Final[Mapping[str, tuple[Ask, ...]]] = {
    "kinds": (KINDS_ASK,),
    "whom": _WHOM,
    "thresholds": tuple(_threshold(row) for row in KINDS if row.limits is not None),
    "other": (replace(NAME, is_required=True), CARS, ZONES),
}


def kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an alert without thresholds that say nothing."""
    chosen = {
        kind: value
        for kind, value in data.get(CONF_THRESHOLDS, {}).items()
        if kind in data[CONF_KINDS] and value != BY_KEY[kind].threshold
    }
    rest = {key: value for key, value in data.items() if key != CONF_THRESHOLDS}
    return {**rest, CONF_THRESHOLDS: chosen} if chosen else rest
