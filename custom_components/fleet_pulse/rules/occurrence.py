"""When a charge rule applies: its days and wall times as moments.

An occurrence belongs to a day. That of a window is the day on which it starts; that of
a moment to be ready by is the day of departure, and its night begins the evening
before. What a rule says of time besides, such as its windows, limits the night.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from ..model.record import record
from ..planner.window import DAY, Span, common, joined, wall, wall_span
from .charge_rule import ChargeRule

EVENING: Final = time(18)
"""When a night begins, before a morning to be ready by."""
_AROUND: Final = 2
"""Days before and after a time in whose occurrences it can lie."""


@record
class Occurrence:
    """One time that a charge rule applies."""

    day: date
    """How it is called, skipped and moved."""
    span: Span
    deadline: datetime | None = None
    """When it is to be ready; None: it is a window, whose end is no promise."""
    windows: tuple[Span, ...] = ()
    """When in its span charging may be, in the order of time."""


def occurrences(
    rule: ChargeRule,
    *,
    since: datetime,
    until: datetime,
    zone: tzinfo,
    workdays: Mapping[str, Mapping[date, bool]],
) -> Iterator[Occurrence]:
    """Yield what happens of a rule in a time, even in part, in the order of their ends.

    `workdays` is what each entity says of dates; of what it does not know, a rule
    takes its weekdays for true.
    """
    first = since.astimezone(zone).date() - _AROUND * DAY
    last = until.astimezone(zone).date() + _AROUND * DAY
    known = workdays.get(rule.workday_entity or "", {})
    found = [
        occurrence
        for ahead in range((last - first) // DAY + 1)
        if is_day(rule, day := first + ahead * DAY, known)
        for occurrence in _of_day(rule, day, zone)
        if occurrence.span.start < until and occurrence.span.end > since
    ]
    yield from sorted(found, key=lambda one: (one.span.end, one.span.start))


def is_day(rule: ChargeRule, day: date, workdays: Mapping[date, bool]) -> bool:
    """Say whether a rule is for a day."""
    if day in rule.skip_dates or (rule.expires and day > rule.expires):
        return False
    if rule.dates:
        return day in rule.dates
    return day.weekday() in rule.days and workdays.get(day, True)


def _of_day(rule: ChargeRule, day: date, zone: tzinfo) -> Iterator[Occurrence]:
    """Yield what belongs to a day that a rule is for."""
    if rule.ready_by is not None:
        yield _night(rule, rule.ready_by, day, zone)
        return
    for start, end in _windows(rule):
        span = wall_span(day, start, end, zone)
        # A clock that is put forward may leave nothing of a window.
        if span.length > timedelta():
            yield Occurrence(day=day, span=span, windows=(span,))


def _windows(rule: ChargeRule) -> tuple[tuple[time, time], ...]:
    """Return the wall times of a rule's windows; without any it is the whole day."""
    if not rule.windows:
        return ((time(), time()),)
    return tuple((window.start, window.end) for window in rule.windows)


def _night(rule: ChargeRule, ready_by: time, day: date, zone: tzinfo) -> Occurrence:
    """Return what comes before a moment to be ready by: at most a day."""
    deadline = wall(day, ready_by, zone)
    whole = Span(start=wall(day - DAY, ready_by, zone), end=deadline)
    allowed = [
        wall_span(day - ago * DAY, window.start, window.end, zone)
        for window in rule.windows
        for ago in range(_AROUND + 1)
    ]
    evening = max(whole.start, wall(day - DAY, EVENING, zone))
    windows = common([whole], allowed) or joined([Span(start=evening, end=deadline)])
    span = Span(start=min(evening, windows[0].start), end=deadline)
    return Occurrence(day=day, span=span, deadline=deadline, windows=windows)
