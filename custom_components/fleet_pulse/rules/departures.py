"""The departures of a car: what weekly times, charge rules and calendars come to.

Every source ends in the same list, in the order of time. What the owner skips stays in
it, marked: whoever plans leaves it out, and whoever explains can say so.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from ..model.record import record
from ..planner.window import Span, wall
from .charge_rule import ChargeRule
from .departure import CalendarSource, Departure, Source
from .memory import Memory, Skip
from .occurrence import occurrences

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_NONE: Final[Mapping[str, timedelta]] = MappingProxyType({})
_NO_WORKDAYS: Final[Mapping[str, Mapping[date, bool]]] = MappingProxyType({})
_LONGEST_WAY: Final = timedelta(hours=12)
# Calendars without a word of their own for it write it before the title.
_CALLED_OFF: Final = (
    "abgelehnt:",
    "abgesagt:",
    "annulé:",
    "annulé :",
    "canceled:",
    "cancelled:",
    "declined:",
    "geannuleerd:",
    "refusé :",
    "refusé:",
)


@record
class Event:
    """An event of a calendar that has a time of day."""

    start: datetime
    end: datetime
    summary: str = ""
    location: str = ""
    status: str | None = None

    @property
    def is_called_off(self) -> bool:
        """Say whether nobody goes there."""
        words = self.summary.strip().casefold()
        return self.status in {"cancelled", "declined"} or words.startswith(_CALLED_OFF)


@record
class Leaving:
    """One departure of a car."""

    departure: Departure
    day: date
    """By the clock on the wall, which is how it is skipped."""
    at: datetime
    begin: datetime | None = None
    """When to begin, where that is asked for explicitly; None: by the weather."""
    until: datetime | None = None
    """How long it is asked for explicitly; None: a while past the departure."""
    is_skipped: bool = False
    is_one_off: bool = False

    @property
    def rule(self) -> str:
        """Return the id of its rule, or of the wish for once."""
        return self.departure.id


def departures(
    rules: Sequence[Departure],
    charge_rules: Sequence[ChargeRule],
    events: Mapping[str, Sequence[Event]],
    memory: Memory,
    *,
    since: datetime,
    until: datetime,
    zone: tzinfo,
    travel: Mapping[str, timedelta] = _NONE,
    workdays: Mapping[str, Mapping[date, bool]] = _NO_WORKDAYS,
) -> tuple[Leaving, ...]:
    """Return what departs in a span of time, of rules that are enabled."""
    by_id, within = (
        {rule.id: rule for rule in charge_rules},
        Span(start=since, end=until),
    )
    found: list[Leaving] = []
    for rule in rules:
        if rule.id in memory.disabled:
            continue
        if rule.source is Source.WEEKLY:
            moments = _weekly(rule, within, zone)
        elif rule.source is Source.CALENDAR:
            moments = _called(rule.calendar, events, travel, zone)
        else:
            followed = by_id.get(rule.rule or "")
            moments = _followed(followed, memory, within, zone, workdays)
        found += [
            Leaving(
                departure=rule,
                day=day,
                at=at,
                is_skipped=Skip(rule=rule.id, day=day) in memory.skipped,
            )
            for day, at in moments
            if within.covers(at)
        ]
    return in_order(found)


def fixed(leavings: Sequence[Leaving], now: datetime) -> tuple[Leaving, ...]:
    """Return the departures of a week that a car can prepare by itself."""
    return tuple(
        one
        for one in leavings
        if one.departure.is_fixed and not one.is_one_off and now <= one.at < now + _WEEK
    )


def in_order(leavings: Sequence[Leaving]) -> tuple[Leaving, ...]:
    """Return departures in the order of time; ties go by rule."""
    return tuple(sorted(leavings, key=lambda one: (one.at, one.rule)))


def _weekly(
    rule: Departure, within: Span, zone: tzinfo
) -> Iterator[tuple[date, datetime]]:
    """Return the moments of a weekly departure."""
    day = within.start.astimezone(zone).date() - _DAY
    last = within.end.astimezone(zone).date() + _DAY
    while rule.at is not None and day <= last:
        if day.weekday() in rule.days:
            yield day, wall(day, rule.at, zone)
        day += _DAY


def _followed(
    rule: ChargeRule | None,
    memory: Memory,
    within: Span,
    zone: tzinfo,
    workdays: Mapping[str, Mapping[date, bool]],
) -> Iterator[tuple[date, datetime]]:
    """Return the moments a charge rule wants to be ready by, as long as it counts."""
    if rule is None or rule.ready_by is None or rule.id in memory.disabled:
        return
    since, until = within.start - _DAY, within.end + _DAY
    for one in occurrences(
        rule, since=since, until=until, zone=zone, workdays=workdays
    ):
        is_skipped = Skip(rule=rule.id, day=one.day) in memory.skipped
        if one.deadline is not None and not is_skipped:
            yield one.day, one.deadline


def _called(
    source: CalendarSource | None,
    events: Mapping[str, Sequence[Event]],
    travel: Mapping[str, timedelta],
    zone: tzinfo,
) -> Iterator[tuple[date, datetime]]:
    """Return when to leave for the events that are meant."""
    if source is None:
        return
    way = travel.get(source.travel_entity or "", timedelta())
    for event in events.get(source.entity, ()):
        if _is_meant(source, event):
            at = event.start - min(way, _LONGEST_WAY) - source.buffer
            yield at.astimezone(zone).date(), at


def _is_meant(source: CalendarSource, event: Event) -> bool:
    """Say whether an event is one to leave for."""
    if event.is_called_off or (source.needs_location and not event.location.strip()):
        return False
    word = (source.keyword or "").casefold()
    return word in f"{event.summary} {event.location}".casefold()
