"""How a departure is made: where it comes from, what is wanted of the cabin, and more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import UnitOfTemperature
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from . import words
from .planner.window import wall
from .rule_flow import CONF_CAR, CONF_NAME, RuleFlow, named
from .rule_form import DAYS, Ask, choice, days_to_data, days_to_form, number
from .rules.departure import SEATS, Departure, Source
from .rules.view import Matter

CONF_RULE: Final = "rule"
CONF_SOURCE: Final = "source"
CONF_TEMPERATURE: Final = "temperature"
_HEAT: Final = {"low": 1, "medium": 2, "high": 3}
_HEAT_WORDS: Final = {level: word for word, level in _HEAT.items()}
_COLDEST: Final = 15
_WARMEST: Final = 30

_CAR: Final = Ask(key=CONF_CAR, selector=TextSelector())
"""Whoever asks it knows which cars there are, and which rules below."""
_NAME: Final = Ask(key=CONF_NAME, selector=TextSelector())
_RULE: Final = Ask(key=CONF_RULE, selector=TextSelector(), is_required=True)
_TEMPERATURE: Final = Ask(
    key=CONF_TEMPERATURE,
    selector=number(_COLDEST, _WARMEST, UnitOfTemperature.CELSIUS, step=0.5),
)


def _entities(domain: str | list[str], *, multiple: bool = False) -> EntitySelector:
    """Return a field for entities of some kinds."""
    return EntitySelector(EntitySelectorConfig(domain=domain, multiple=multiple))


FIRST: Final = {
    Source.WEEKLY.value: (
        _CAR,
        Ask(
            key="days",
            selector=DAYS,
            default=["weekdays"],
            to_data=days_to_data,
            to_form=days_to_form,
        ),
        Ask(key="at", selector=TimeSelector(), is_required=True, default="07:30:00"),
        _TEMPERATURE,
        _NAME,
    ),
    Source.CHARGE_RULE.value: (_RULE, _TEMPERATURE, _NAME),
    Source.CALENDAR.value: (
        _CAR,
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
            to_data=int,
        ),
        _TEMPERATURE,
        _NAME,
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
        Ask(key="floor_soc", selector=number(30, 90, "%"), to_data=int),
    ),
    "other": (
        replace(_NAME, is_required=True),
        _CAR,
        Ask(
            key="zones",
            selector=_entities("zone", multiple=True),
            default=["zone.home"],
            names_entities=True,
        ),
    ),
}
_OF_SOURCE: Final[Mapping[str, tuple[str, ...]]] = {
    Source.WEEKLY: ("days", "at"),
    Source.CHARGE_RULE: (CONF_RULE,),
    Source.CALENDAR: ("calendar",),
}
"""What stands in a subentry because of where its departures come from."""


class DepartureFlow(RuleFlow):
    """Makes a departure, or edits it."""

    matter = Matter.PRECONDITIONING
    first = FIRST
    pages = PAGES

    async def async_step_weekly(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the days and the time of a departure."""
        return await self._async_form("weekly", user_input)

    async def async_step_charge_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which charge rule's time it is."""
        return await self._async_form("charge_rule", user_input)

    async def async_step_calendar(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which events of a calendar are departures."""
        return await self._async_form("calendar", user_input)

    async def async_step_comfort(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is wanted beside the climate."""
        return await self._async_form("comfort", user_input)

    async def async_step_guards(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask when not to do it."""
        return await self._async_form("guards", user_input)

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, car and places."""
        return await self._async_form("other", user_input)

    # ---- what this kind of rule knows

    @override
    def _first(self) -> list[str]:
        """Return the first forms; without charge rules there is none to follow."""
        return [
            step
            for step in super()._first()
            if step != Source.CHARGE_RULE or self._charge_rules()
        ]

    @override
    def _more(self) -> list[str]:
        """Return the pages: where the departures come from is the first one."""
        return [self._data[CONF_SOURCE], *self.pages]

    @override
    def _asked(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return the fields of a form, in the owner's own unit."""
        unit = self.hass.config.units.temperature_unit
        follows = self._data.get(CONF_SOURCE) == Source.CHARGE_RULE
        special = {
            CONF_TEMPERATURE: _temperature_in(unit),
            CONF_RULE: replace(_RULE, selector=named(self._charge_rules())),
        }
        return [
            special.get(ask.key, ask)
            for ask in super()._asked(asks)
            # It is the car of the rule that it follows.
            if not (follows and ask.key == CONF_CAR)
        ]

    @override
    def _entered(
        self, step: str, asks: Sequence[Ask], user_input: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the subentry with what was entered, and nothing of other sources."""
        data = super()._entered(step, asks, user_input)
        source = step if step in _OF_SOURCE else data[CONF_SOURCE]
        foreign = {
            key for other, keys in _OF_SOURCE.items() if other != source for key in keys
        }
        data = {key: value for key, value in data.items() if key not in foreign}
        followed = self._get_entry().subentries.get(data.get(CONF_RULE, ""))
        if followed is not None:
            data[CONF_CAR] = followed.data[CONF_CAR]
        return {**data, CONF_SOURCE: source}

    @override
    def _load(self, data: Mapping[str, Any]) -> Departure:
        """Make a departure of what was entered, or raise what is wrong with it."""
        return Departure.load(self._rule_id, self._title, data)

    @override
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return what tells this departure from another one at a glance."""
        return words.async_departure_source(
            self.hass, self._load(data), self._charge_rules()
        )

    @override
    async def _async_words(self) -> dict[str, str]:
        """Return the departure, and what it does next."""
        rule = self._load(self._data)
        said = words.async_departure(self.hass, rule, self._charge_rules())
        leaves, starts = self._next(rule)
        following = words.async_next_departure(self.hass, leaves, starts)
        return {"rule": said, "next": following}

    def _next(self, rule: Departure) -> tuple[datetime | None, datetime | None]:
        """Return when somebody leaves next, and when the climate begins, if known."""
        if rule.at is None:
            return None, None
        return _weekly(rule.days, rule.at), None

    def _charge_rules(self) -> dict[str, str]:
        """Return the titles of the charge rules that have a time to be ready by."""
        return {
            one.subentry_id: one.title
            for one in self._get_entry().subentries.values()
            if one.subentry_type == Matter.CHARGING and "ready_by" in one.data
        }


def _weekly(days: Collection[int], at: time) -> datetime:
    """Return the next moment at which a week's clock says so."""
    now = dt_util.now()
    coming = (now.date() + timedelta(days=ahead) for ahead in range(8))
    moments = (
        wall(day, at, dt_util.get_default_time_zone())
        for day in coming
        if day.weekday() in days
    )
    return next(moment for moment in moments if moment > now)


def _temperature_in(unit: str) -> Ask:
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
