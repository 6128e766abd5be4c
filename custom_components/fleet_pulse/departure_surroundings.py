"""What is round the departures of a car: calendars, weather, the way, who is home.

    now and then, an hour before, just before ─▶ calendars and forecasts asked
    an entity changes                         ─▶ read anew: rules decide anew

A calendar that does not answer is as it last was: what it does not say today is not
called off.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_HOME,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import (
    Event as HomeAssistantEvent,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DurationConverter, TemperatureConverter

from .asking import async_answer
from .following import Following
from .planner.window import Span
from .rules.charge_rule import ChargeRule
from .rules.departure import Departure
from .rules.departures import Event, Leaving, departures
from .rules.lead import Forecast
from .rules.memory import Memory
from .rules.precondition import Around
from .rules.situation import Situation

AHEAD: Final = timedelta(days=8)
"""So far ahead calendars are read."""
BEHIND: Final = timedelta(hours=13)
"""One leaves for an event long before it begins, and may be on the way now."""
_CALENDAR: Final = "calendar"
_WEATHER: Final = "weather"
_SILENT: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
_DATE_ONLY: Final = len("2026-11-24")


class DepartureSurroundings:
    """What Home Assistant knows that the departures of one car ask for."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """Know nothing yet; `changed` is told when rules must decide anew."""
        self.events: Mapping[str, Sequence[Event]] = {}
        self.forecasts: Mapping[str, Sequence[Forecast]] = {}
        self.asked_at: datetime | None = None
        self.mark = object()
        """Another one whenever something is read that may be something else."""
        self._hass = hass
        self._changed = changed
        self._rules: tuple[Departure, ...] = ()
        self._following = Following(hass, self._async_heard)

    # ---- what is followed

    @callback
    def async_follow(self, rules: Iterable[Departure]) -> None:
        """Follow what these departures name, from now on."""
        self._rules, self.asked_at, self.mark = tuple(rules), None, object()
        self._following.async_follow(self._rules)

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        self._following.async_stop()

    @callback
    def _async_heard(self, event: HomeAssistantEvent[EventStateChangedData]) -> None:
        """Have decided anew; a calendar that shows something else is read anew."""
        was, now = event.data["old_state"], event.data["new_state"]
        if event.data["entity_id"].startswith(f"{_CALENDAR}."):
            self.asked_at = None
        elif was is not None and now is not None and was.state == now.state:
            return
        self.mark = object()
        self._changed()

    # ---- what is shown

    @property
    def is_needed(self) -> bool:
        """Say whether any departure goes by a calendar or by the weather."""
        return any(rule.calendar or rule.weather for rule in self._rules)

    @property
    def travel(self) -> Mapping[str, timedelta]:
        """Return how long each way takes, as far as anybody says."""
        ways = {rule.calendar.travel_entity for rule in self._rules if rule.calendar}
        found = ((name, self._hass.states.get(name)) for name in ways if name)
        return {
            name: way
            for name, state in found
            if state is not None and (way := _duration(state)) is not None
        }

    @property
    def outside_temp(self) -> float | None:
        """Return how warm it is now by the weather that is named, in °C."""
        names = sorted({rule.weather for rule in self._rules if rule.weather})
        states = (self._hass.states.get(name) for name in names)
        known = (_current(state) for state in states if state is not None)
        return next((celsius for celsius in known if celsius is not None), None)

    @property
    def at_home(self) -> Mapping[str, bool]:
        """Return who is home, as far as anybody says."""
        people = {name for rule in self._rules for name in rule.presence}
        found = ((name, self._hass.states.get(name)) for name in people)
        return {
            name: _is_home(state.state)
            for name, state in found
            if state is not None and state.state not in _SILENT
        }

    @property
    def missing(self) -> frozenset[str]:
        """Return what departures name and nobody has; at a start it may just not be."""
        return self._following.missing(self._rules)

    def leavings(
        self,
        memory: Memory,
        situation: Situation,
        charge_rules: Sequence[ChargeRule],
        within: Span,
    ) -> tuple[Leaving, ...]:
        """Return the departures of a span of time."""
        return departures(
            self._rules,
            charge_rules,
            self.events,
            memory,
            since=within.start,
            until=within.end,
            zone=situation.zone,
            travel=self.travel,
            workdays=situation.workdays,
        )

    def known(
        self, stored: frozenset[str], charge_rules: Iterable[ChargeRule]
    ) -> Around:
        """Return what departures are decided from besides a situation."""
        return Around(
            forecasts=self.forecasts,
            at_home=self.at_home,
            stored=stored,
            rules=frozenset(rule.id for rule in charge_rules if rule.ready_by),
        )

    # ---- what must be asked for

    async def async_ask(self) -> None:
        """Ask calendars and forecasts."""
        now = self.asked_at = dt_util.utcnow()
        calendars = {rule.calendar.entity for rule in self._rules if rule.calendar}
        weathers = {rule.weather for rule in self._rules if rule.weather}
        self.events = {name: await self._async_events(name, now) for name in calendars}
        self.forecasts = {
            name: await self._async_forecast(name, now) for name in weathers
        }
        self.mark = object()

    async def _async_events(self, name: str, now: datetime) -> Sequence[Event]:
        """Return what a calendar holds; what it last said where it does not answer."""
        asked = {
            "start_date_time": (now - BEHIND).isoformat(),
            "end_date_time": (now + AHEAD).isoformat(),
        }
        answer = await self._async_answer(_CALENDAR, "get_events", name, asked)
        if answer is None:
            return self.events.get(name, ())
        rows = answer.get("events")
        found = map(_event, rows) if isinstance(rows, list) else ()
        return tuple(event for event in found if event is not None)

    async def _async_forecast(self, name: str, now: datetime) -> Sequence[Forecast]:
        """Return what is foreseen by the hour; what is now, where nothing is."""
        state = self._hass.states.get(name)
        if state is None:
            return self.forecasts.get(name, ())
        unit = _unit(state)
        asked = {"type": "hourly"}
        answer = await self._async_answer(_WEATHER, "get_forecasts", name, asked)
        rows = (answer or {}).get("forecast")
        found = [_forecast(row, unit) for row in rows] if isinstance(rows, list) else []
        foreseen = tuple(one for one in found if one is not None)
        current = _current(state)
        if foreseen or current is None:
            return foreseen
        return (Forecast(at=now, temperature=current),)

    async def _async_answer(
        self, domain: str, action: str, name: str, asked: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Return what an action answers of an entity; None where it fails."""
        asked = {"entity_id": name, **asked}
        said = (await async_answer(self._hass, domain, action, asked)).get(name)
        return said if isinstance(said, Mapping) else None


def _event(row: Any) -> Event | None:
    """Return an event that has a time of day."""
    start, end = _moment(row.get("start")), _moment(row.get("end"))
    if start is None or end is None:
        return None
    return Event(
        start=start,
        end=end,
        summary=str(row.get("summary") or ""),
        location=str(row.get("location") or ""),
        status=row.get("status"),
    )


def _moment(text: Any) -> datetime | None:
    """Return a moment; a date alone is none, and no time zone means the house's."""
    if not isinstance(text, str) or len(text) <= _DATE_ONLY:
        return None
    read = dt_util.parse_datetime(text)
    if read is None:
        return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=dt_util.get_default_time_zone())
    return read.astimezone(UTC)


def _forecast(row: Any, unit: str) -> Forecast | None:
    """Return how warm it will be in an hour."""
    at, temperature = _moment(row.get("datetime")), row.get("temperature")
    celsius = _celsius(temperature, unit)
    if at is None or celsius is None:
        return None
    return Forecast(at=at, temperature=celsius)


def _unit(state: State) -> str:
    """Return the unit in which the weather counts."""
    unit: str = state.attributes.get("temperature_unit", UnitOfTemperature.CELSIUS)
    return unit


def _current(state: State) -> float | None:
    """Return how warm it is now, in °C."""
    return _celsius(state.attributes.get("temperature"), _unit(state))


def _celsius(value: Any, unit: str) -> float | None:
    """Return a temperature in °C."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return TemperatureConverter.convert(value, unit, UnitOfTemperature.CELSIUS)


def _duration(state: State) -> timedelta | None:
    """Return how long a way takes, in whatever unit its entity counts; else minutes."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfTime.MINUTES)
    try:
        seconds = DurationConverter.convert(
            float(state.state), unit, UnitOfTime.SECONDS
        )
        return timedelta(seconds=max(seconds, 0))
    except HomeAssistantError, ValueError, OverflowError:
        return None


def _is_home(state: str) -> bool:
    """Say whether a person, a switch or a count of people means that somebody is."""
    if state in {STATE_HOME, STATE_ON}:
        return True
    try:
        return float(state) > 0
    except ValueError:
        return False
