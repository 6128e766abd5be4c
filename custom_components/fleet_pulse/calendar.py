"""The calendar of a car: what its rules did, do, and will do, to be moved or deleted.

An event is an occurrence of a rule, or something asked for once:

    moved   ─▶ takes place at the new time, once
    deleted ─▶ does not take place; all other days stay as they are
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.calendar import (
    EVENT_END,
    EVENT_RRULE,
    EVENT_START,
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEntityFeature,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .entity import VehicleDescription, VehicleEntity, async_show
from .errors import acting
from .model.record import record
from .planner.window import Span
from .rules.memory import OneOff
from .rules.view import Matter, Planned
from .runner import Runner
from .runtime import FleetPulseConfigEntry
from .words import async_sentence, async_text

PARALLEL_UPDATES = 1
_AHEAD: Final = timedelta(days=8)
"""How far the next event is looked for: a rule for one weekday has its own within."""
_EVER: Final = timedelta(days=366)
"""How far ahead somebody asks for something once, at most."""
_FARTHEST: Final = timedelta(days=5 * 366)
"""Further ahead nothing is shown, whoever asks: each day of it takes its time."""
_SUMMARIES: Final[Mapping[Matter, str]] = {
    Matter.CHARGING: "calendar_charge_rule",
    Matter.PRECONDITIONING: "calendar_departure",
}
_NAMELESS: Final[Mapping[Matter, str]] = {
    Matter.CHARGING: "calendar_charge",
    Matter.PRECONDITIONING: "calendar_comfort",
}
_OVER: Final = "over"
_ONCE: Final = "once"
_RULE: Final = "rule"


@dataclass(frozen=True, kw_only=True)
class VehicleCalendarDescription(VehicleDescription, CalendarEntityDescription):
    """A calendar of a car."""


CALENDARS: Final = (VehicleCalendarDescription(key="rules"),)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show the calendar of every car there is and will be."""
    async_show(entry, async_add_entities, VehicleCalendar, CALENDARS)


@record
class _Name:
    """What the name of an event says: what it is, and of which day and rule."""

    kind: str
    day: date
    rule: str
    """Of something asked for once, its own id."""

    @classmethod
    def of(cls, planned: Planned) -> _Name:
        """Return the name of something planned."""
        asked = _ONCE if planned.is_one_off else _RULE
        return cls(
            kind=_OVER if planned.is_past else asked,
            day=planned.day,
            rule=planned.rule,
        )

    @classmethod
    def read(cls, uid: str) -> _Name:
        """Read what was written; raises what an owner may see."""
        kind, _, rest = uid.partition("/")
        day, _, rest = rest.partition("/")
        _, _, rule = rest.partition("/")
        try:
            return cls(kind=kind, day=date.fromisoformat(day), rule=rule)
        except ValueError as err:
            raise _refusal("calendar_event_gone") from err

    def write(self, start: datetime) -> str:
        """Return it as one word; a day may have several windows of a rule."""
        return f"{self.kind}/{self.day}/{start.timestamp():.0f}/{self.rule}"


class VehicleCalendar(VehicleEntity[VehicleCalendarDescription], CalendarEntity):
    """What rules do with a car, on a calendar."""

    entity_description: VehicleCalendarDescription
    _attr_supported_features = (
        CalendarEntityFeature.DELETE_EVENT | CalendarEntityFeature.UPDATE_EVENT
    )

    def __init__(
        self, coordinator: VehicleCoordinator, description: VehicleCalendarDescription
    ) -> None:
        """Show nothing yet."""
        super().__init__(coordinator, description)
        self._coming: tuple[CalendarEvent, ...] = ()

    @property
    def _entry(self) -> FleetPulseConfigEntry:
        """Return the account of the car."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        return entry

    @property
    def _runner(self) -> Runner:
        """Return who knows what rules do."""
        return self._entry.runtime_data.runner

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return what is under way, or else comes next."""
        now = dt_util.utcnow()
        return next((event for event in self._coming if event.end > now), None)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the rules."""
        self._async_read()
        await super().async_added_to_hass()
        self.async_on_remove(self._runner.async_listen(self._async_changed))

    @callback
    def _async_changed(self) -> None:
        """Show what rules do now."""
        self._async_read()
        self._handle_coordinator_update()

    @callback
    def _async_read(self) -> None:
        """Keep what comes next: it is asked for again and again."""
        now = dt_util.utcnow()
        self._coming = self._async_events(now, now + _AHEAD)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return everything between two moments."""
        farthest = dt_util.utcnow() + _FARTHEST
        until = min(end_date, farthest).astimezone(UTC)
        return list(self._async_events(start_date.astimezone(UTC), until))

    @callback
    def _async_events(
        self, since: datetime, until: datetime
    ) -> tuple[CalendarEvent, ...]:
        """Return events, of which the next one of each rule says why it is so."""
        reasons = {
            rule_id: async_sentence(self.hass, view.reason)
            for rule_id, view in self._runner.views.items()
        }
        planned = self._runner.outlook(self.coordinator.vin, since, until)
        return tuple(
            self._event(one, "" if one.is_past else reasons.pop(one.rule, ""))
            for one in sorted(planned, key=lambda one: one.span.start)
        )

    def _event(self, planned: Planned, why: str) -> CalendarEvent:
        """Return something planned as an event."""
        words = {"name": planned.name, "target": planned.target_soc}
        summaries = _SUMMARIES if planned.name else _NAMELESS
        return CalendarEvent(
            start=dt_util.as_local(planned.span.start),
            end=dt_util.as_local(planned.span.end),
            summary=async_text(self.hass, summaries[planned.matter], words),
            description=why or None,
            uid=_Name.of(planned).write(planned.span.start),
        )

    # ---- what owners do

    @override
    async def async_delete_event(
        self,
        uid: str,
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Leave one occurrence out."""
        name = self._known(uid)
        with acting(self.hass, self._entry):
            if name.kind == _ONCE:
                await self._runner.async_remove_one_off(self.coordinator.vin, name.rule)
            else:
                await self._runner.async_skip(name.rule, name.day)

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Have one occurrence at another time; its name stays that of its rule."""
        name, span = self._known(uid), _span(event)
        with acting(self.hass, self._entry):
            if name.kind == _ONCE:
                await self._async_move_once(name, span)
            else:
                await self._runner.async_move(name.rule, name.day, span)

    async def _async_move_once(self, name: _Name, span: Span) -> None:
        """Have at another time what was asked for once, or was moved before."""
        if (moved := self._moved(name.rule)) is not None:
            await self._runner.async_move(*moved, span)
            return
        one = self._once(name)
        if one.target_soc is None:
            raise _refusal("calendar_not_movable")
        await self._runner.async_apply_once(
            self.coordinator.vin,
            OneOff(
                id=one.rule,
                name=one.name,
                target_soc=one.target_soc,
                start=span.start,
                ready_by=span.end,
                made_at=dt_util.utcnow(),
            ),
        )

    def _moved(self, id: str) -> tuple[str, date] | None:
        """Return which occurrence of which rule it is that was moved; None: neither."""
        rule_id, _, day = id.rpartition("_")
        if rule_id not in self._entry.subentries:
            return None
        try:
            return rule_id, date.fromisoformat(day)
        except ValueError:
            return None

    def _once(self, name: _Name) -> Planned:
        """Return what was asked for once; raises if it is not there any more."""
        now = dt_util.utcnow()
        planned = self._runner.outlook(self.coordinator.vin, now, now + _EVER)
        for one in planned:
            if one.is_one_off and one.rule == name.rule:
                return one
        raise _refusal("calendar_event_gone")

    def _known(self, uid: str) -> _Name:
        """Return what an event is that can still be changed; raises why not."""
        name = _Name.read(uid)
        if name.kind == _OVER:
            raise _refusal("calendar_event_over")
        if name.kind == _RULE and name.rule not in self._entry.subentries:
            raise _refusal("calendar_event_gone")
        return name


def _span(event: dict[str, Any]) -> Span:
    """Return the time an owner chose; raises why it cannot be."""
    start, end = event[EVENT_START], event[EVENT_END]
    if EVENT_RRULE in event:
        raise _refusal("calendar_repeats")
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise _refusal("calendar_all_day")
    now = dt_util.utcnow()
    if end <= now:
        raise _refusal("calendar_time_over")
    if end > now + _EVER:
        raise _refusal("calendar_too_far")
    return Span(start=dt_util.as_utc(start), end=dt_util.as_utc(end))


def _refusal(key: str) -> ServiceValidationError:
    """Return what says why an event cannot be changed so."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
