"""What the forms of departures ask: when somebody leaves first, and pages of more."""

from dataclasses import replace
from typing import Final

from homeassistant.const import UnitOfTemperature
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.util.unit_conversion import TemperatureConverter

from .rule_form import (
    CAR,
    DAYS,
    NAME,
    ZONES,
    Ask,
    choice,
    days_to_data,
    days_to_form,
    number,
    whole,
)
from .rules.departure import SEATS, Source

CONF_RULE: Final = "rule"
CONF_SOURCE: Final = "source"
CONF_TEMPERATURE: Final = "temperature"
_HEAT: Final = {"low": 1, "medium": 2, "high": 3}
_HEAT_WORDS: Final = {level: word for word, level in _HEAT.items()}
_COLDEST: Final = 15
_WARMEST: Final = 30

RULE: Final = Ask(key=CONF_RULE, selector=TextSelector(), is_required=True)
_TEMPERATURE: Final = Ask(
    key=CONF_TEMPERATURE,
    selector=number(_COLDEST, _WARMEST, UnitOfTemperature.CELSIUS, step=0.5),
)


def _entities(domain: str | list[str], *, multiple: bool = False) -> EntitySelector:
    """Return a field for entities of some kinds."""
    return EntitySelector(EntitySelectorConfig(domain=domain, multiple=multiple))


FIRST: Final = {
    Source.WEEKLY.value: (
        CAR,
        Ask(
            key="days",
            selector=DAYS,
            default=["weekdays"],
            to_data=days_to_data,
            to_form=days_to_form,
        ),
        Ask(key="at", selector=TimeSelector(), is_required=True, default="07:30:00"),
        _TEMPERATURE,
        NAME,
    ),
    Source.CHARGE_RULE.value: (RULE, _TEMPERATURE, NAME),
    Source.CALENDAR.value: (
        CAR,
        Ask(
            key="calendar_entity",
            selector=_entities("calendar"),
            path=("calendar", "entity"),
            is_required=True,
            names_entities=True,
        ),
        Ask(
            key="needs_location",
            selector=BooleanSelector(),
            path=("calendar", "needs_location"),
            is_required=True,
            default=True,
        ),
        Ask(key="keyword", selector=TextSelector(), path=("calendar", "keyword")),
        Ask(
            key="travel_entity",
            selector=_entities(["sensor", "input_number", "number"]),
            path=("calendar", "travel_entity"),
            names_entities=True,
        ),
        Ask(
            key="buffer",
            selector=number(0, 240, "min"),
            path=("calendar", "buffer"),
            is_required=True,
            default=10,
            to_data=whole,
        ),
        _TEMPERATURE,
        NAME,
    ),
}
PAGES: Final = {
    "comfort": (
        _TEMPERATURE,
        Ask(
            key="seats",
            selector=choice(SEATS, "seats", multiple=True),
            path=("extras", "seats"),
        ),
        Ask(
            key="seat_heat",
            selector=choice(_HEAT, "seat_heat"),
            path=("extras", "seat_heat"),
            to_data=_HEAT.__getitem__,
            to_form=_HEAT_WORDS.get,
        ),
        Ask(
            key="steering_wheel",
            selector=BooleanSelector(),
            path=("extras", "steering_wheel"),
            default=False,
        ),
        Ask(
            key="defrost",
            selector=BooleanSelector(),
            path=("extras", "defrost"),
            default=False,
        ),
    ),
    "guards": (
        Ask(key="weather", selector=_entities("weather"), names_entities=True),
        Ask(
            key="presence",
            selector=_entities(["person", "device_tracker"], multiple=True),
            names_entities=True,
        ),
        Ask(key="needs_plug", selector=BooleanSelector(), default=False),
        Ask(key="floor_soc", selector=number(30, 90, "%"), to_data=whole),
    ),
    "other": (
        replace(NAME, is_required=True),
        CAR,
        ZONES,
    ),
}


def temperature_in(unit: str) -> Ask:
    """Return the field for the temperature, in a unit; it is kept in °C."""
    convert = TemperatureConverter.convert
    least, most = (
        round(convert(edge, UnitOfTemperature.CELSIUS, unit))
        for edge in (_COLDEST, _WARMEST)
    )

    def to_data(entered: float) -> float:
        return round(convert(entered, unit, UnitOfTemperature.CELSIUS), 2)

    def to_form(kept: float) -> float:
        return round(convert(kept, UnitOfTemperature.CELSIUS, unit), 1)

    return replace(
        _TEMPERATURE,
        selector=number(least, most, unit, step=0.5),
        to_data=to_data,
        to_form=to_form,
    )
