"""What the forms of rules ask: rows of fields, and the way into a subentry and back.

What is not chosen is absent from a subentry. What belongs together there, such as a
price and its entity, is asked in fields of their own here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .model.record import record
from .words import GROUPS, WEEK

ENTITY: Final = "entity"
"""Where the entity stands in what is asked of one."""

type Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    """Return what is kept as it is asked."""
    return value


@record
class Ask:
    """One field of a form."""

    key: str
    selector: Selector[Any]
    path: tuple[str, ...] = ()
    """Where it stands in the subentry; nowhere else than under its key, if empty."""
    is_required: bool = False
    default: Any = None
    """What is proposed where nothing is known."""
    to_data: Convert = _same
    to_form: Convert = _same
    names_entities: bool = False
    """What is entered must be there."""

    @property
    def place(self) -> tuple[str, ...]:
        """Return where it stands in the subentry."""
        return self.path or (self.key,)


CONF_CAR: Final = "car"
CONF_NAME: Final = "name"
CAR: Final = Ask(key=CONF_CAR, selector=TextSelector())
"""Which cars there are is known only to whoever shows it."""
NAME: Final = Ask(key=CONF_NAME, selector=TextSelector())
ZONES: Final = Ask(
    key="zones",
    selector=EntitySelector(EntitySelectorConfig(domain="zone", multiple=True)),
    default=["zone.home"],
    names_entities=True,
)


def schema(asks: Iterable[Ask], values: Mapping[str, Any]) -> vol.Schema:
    """Return a form that shows values; what is proposed need not be entered."""
    rows: dict[vol.Marker, Any] = {}
    for ask in asks:
        value = values.get(ask.key)
        if ask.is_required and value is not None:
            rows[vol.Required(ask.key, default=value)] = ask.selector
        else:
            kind = vol.Required if ask.is_required else vol.Optional
            hint = {"suggested_value": value}
            rows[kind(ask.key, description=hint)] = ask.selector
    return vol.Schema(rows)


def shown(asks: Iterable[Ask], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows of a subentry, or proposes."""
    found = {ask.key: _get(data, ask.place) for ask in asks}
    return {
        ask.key: ask.default if found[ask.key] is None else ask.to_form(found[ask.key])
        for ask in asks
    }


def merged(
    asks: Sequence[Ask], data: Mapping[str, Any], entered: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a subentry with what was entered in a form; what was left empty goes."""
    result = {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in data.items()
    }
    for ask in asks:
        value = _entered(ask, entered)
        *above, last = ask.place
        below = result.setdefault(above[0], {}) if above else result
        below.pop(last, None)
        if value is not None:
            below[last] = ask.to_data(value)
    return {
        key: value for key, value in result.items() if not _is_idle(asks, key, value)
    }


def _entered(ask: Ask, entered: Mapping[str, Any]) -> Any:
    """Return what is to be kept of a field; None is nothing."""
    value = entered.get(ask.key)
    if isinstance(ask.default, list):
        # Where some are proposed, none is an answer, too.
        return value or []
    # What is on unless switched off must be kept as it is.
    is_nothing = ask.default is not True if value is False else value in ("", [])
    return None if is_nothing else value


def _is_idle(asks: Iterable[Ask], group: str, value: Any) -> bool:
    """Return whether what belongs together says nothing: no entity, all as proposed."""
    if not isinstance(value, Mapping):
        return False
    proposed = {ask.place[-1]: ask.default for ask in asks if ask.place[0] == group}
    is_of_entity = ENTITY in proposed and ENTITY not in value
    return not value or (is_of_entity and value.items() <= proposed.items())


def blamed(asks: Sequence[Ask], field: str) -> str:
    """Return the field of a form by which an error is shown."""
    place = tuple(field.split("."))
    for length in (len(place), 1):
        for ask in asks:
            if ask.key == field or ask.place[:length] == place[:length]:
                return ask.key
    return "base"


def _get(data: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    """Return what stands at a place of a subentry."""
    found: Any = data
    for part in place:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


# ---- kinds of fields


def number(
    least: float,
    most: float,
    unit: str | None = None,
    *,
    step: float = 1,
    mode: NumberSelectorMode = NumberSelectorMode.BOX,
) -> NumberSelector:
    """Return a field for a number."""
    config = NumberSelectorConfig(min=least, max=most, step=step, mode=mode)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def whole(entered: float) -> float:
    """Return what was entered as a whole number; what is none, its rule refuses."""
    return int(entered) if isfinite(entered) else entered


def percent(least: int = 50, most: int = 100) -> NumberSelector:
    """Return a slider for a level of a battery."""
    return number(least, most, "%", mode=NumberSelectorMode.SLIDER)


def choice(
    options: Iterable[str],
    texts: str,
    *,
    multiple: bool = False,
    mode: SelectSelectorMode = SelectSelectorMode.DROPDOWN,
    is_sorted: bool = False,
) -> SelectSelector:
    """Return a field for a choice of words that are translated."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            translation_key=texts,
            multiple=multiple,
            mode=mode,
            sort=is_sorted,
        )
    )


def named(options: Mapping[str, str], *, multiple: bool = False) -> SelectSelector:
    """Return a field for a choice of what has a name of its own."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=key, label=name) for key, name in options.items()
            ],
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


DATES: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.DATE, multiple=True)
)
DAYS: Final = choice([*GROUPS, *WEEK], "rule_days", multiple=True)


def days_to_data(chosen: Sequence[str]) -> list[str]:
    """Return the single days of what was chosen, in the order of the week."""
    meant = {day for word in chosen for day in GROUPS.get(word, (word,))}
    return [day for day in WEEK if day in meant]


def days_to_form(days: Sequence[str]) -> list[str]:
    """Return days as few words: Monday to Friday is one."""
    left, words = set(days), []
    for group, members in GROUPS.items():
        if left.issuperset(members):
            words.append(group)
            left -= set(members)
    return [*words, *(day for day in WEEK if day in left)]
