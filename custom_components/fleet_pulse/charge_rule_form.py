"""What the forms of charge rules ask: four questions first, and pages of more."""

from dataclasses import replace
from typing import Any, Final

from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    TimeSelector,
)

from .rule_form import (
    CAR,
    DATES,
    DAYS,
    NAME,
    ZONES,
    Ask,
    choice,
    days_to_data,
    days_to_form,
    number,
    percent,
    whole,
)
from .rules.charge_rule import PriceMode, Solar

CONF_WINDOWS: Final = "windows"
CONF_EXPIRES: Final = "expires"

_DAYS: Final = Ask(
    key="days",
    selector=DAYS,
    default=["weekdays"],
    to_data=days_to_data,
    to_form=days_to_form,
)
_TARGET: Final = Ask(
    key="target_soc", selector=percent(), is_required=True, default=80, to_data=whole
)
_READY_BY: Final = Ask(key="ready_by", selector=TimeSelector())
_WINDOW_TEXTS: Final = "rule_window"

_SENSORS: Final = EntitySelector(
    EntitySelectorConfig(domain=["sensor", "input_number", "number"])
)
_PRICES: Final = EntitySelector(EntitySelectorConfig(domain=["sensor", "event"]))
_PRICE_ENTITY: Final = Ask(
    key="price_entity",
    selector=_PRICES,
    path=("price", "entity"),
    names_entities=True,
)
_PRICE_MODE: Final = Ask(
    key="price_mode",
    selector=choice(PriceMode, "price_mode"),
    path=("price", "mode"),
    is_required=True,
    default=PriceMode.CHEAPEST.value,
)
_PRICE_CAP: Final = Ask(
    key="price_cap",
    selector=number(-100, 100_000, step=0.001),
    path=("price", "cap"),
)
_SOLAR_ENTITY: Final = Ask(
    key="solar_entity",
    selector=_SENSORS,
    path=("solar", "entity"),
    names_entities=True,
)
_SOLAR_MIN_W: Final = Ask(
    key="solar_min_w",
    selector=number(100, 50_000, "W", step=10),
    path=("solar", "min_w"),
    is_required=True,
    default=Solar(entity="").min_w,
)


def _required(ask: Ask, default: Any = None) -> Ask:
    """Return a field that a form cannot do without."""
    return replace(ask, is_required=True, default=default)


def _edge(key: str, default: str) -> Ask:
    """Return one end of the one window that the first form asks for."""
    return Ask(
        key=key,
        selector=TimeSelector(),
        path=(CONF_WINDOWS, key),
        is_required=True,
        default=default,
    )


def _minutes(key: str, default: int) -> Ask:
    """Return a field for how long the sun must shine, or not."""
    return Ask(
        key=f"solar_{key}",
        selector=number(0, 120, "min"),
        path=("solar", key),
        is_required=True,
        default=default,
        to_data=whole,
    )


FIRST: Final = {
    "ready_by": (CAR, _DAYS, _required(_READY_BY, "07:30:00"), _TARGET, NAME),
    "window": (
        CAR,
        _DAYS,
        _edge("start", "23:00:00"),
        _edge("end", "06:00:00"),
        _TARGET,
        NAME,
    ),
    "cheap": (
        CAR,
        _DAYS,
        _required(_PRICE_ENTITY),
        _PRICE_MODE,
        _PRICE_CAP,
        _READY_BY,
        _TARGET,
        NAME,
    ),
    "sun": (
        CAR,
        _required(_DAYS, ["weekdays", "weekend"]),
        _required(_SOLAR_ENTITY),
        _SOLAR_MIN_W,
        _TARGET,
        NAME,
    ),
}
PAGES: Final = {
    "when": (
        _DAYS,
        _READY_BY,
        Ask(
            key=CONF_WINDOWS,
            selector=ObjectSelector(
                ObjectSelectorConfig(
                    fields={
                        "start": {"selector": TimeSelector(), "required": True},
                        "end": {"selector": TimeSelector(), "required": True},
                    },
                    multiple=True,
                    label_field="start",
                    description_field="end",
                    translation_key=_WINDOW_TEXTS,
                )
            ),
        ),
        Ask(key="dates", selector=DATES),
        Ask(key="skip_dates", selector=DATES),
        Ask(
            key="workday_entity",
            selector=EntitySelector(EntitySelectorConfig(domain="binary_sensor")),
            names_entities=True,
        ),
        Ask(key=CONF_EXPIRES, selector=DateSelector()),
    ),
    "charging": (
        _TARGET,
        Ask(key="floor_soc", selector=number(5, 90, "%"), to_data=whole),
        Ask(key="daily_limit", selector=number(50, 100, "%"), to_data=whole),
        Ask(key="amps", selector=number(5, 80, "A"), to_data=whole),
    ),
    "price": (_PRICE_ENTITY, _PRICE_MODE, _PRICE_CAP),
    "solar": (
        _SOLAR_ENTITY,
        _SOLAR_MIN_W,
        _minutes("on_delay", 5),
        _minutes("off_delay", 10),
    ),
    "other": (
        _required(NAME),
        CAR,
        ZONES,
        Ask(key="priority", selector=number(-100, 100), to_data=whole),
        Ask(key="dry_run", selector=BooleanSelector(), default=False),
    ),
}
