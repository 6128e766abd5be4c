"""Spans of time, and the moments that a wall clock means."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from ..model.record import record

DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@record
class Span:
    """A span of time in UTC; its end is not in it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.end - self.start

    def covers(self, moment: datetime) -> bool:
        """Say whether a moment lies in it."""
        return self.start <= moment < self.end

    def meets(self, other: Span) -> bool:
        """Say whether two spans have a moment in common."""
        return self.start < other.end and other.start < self.end


def wall(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, that a wall clock means by a day and a time.

    A time that the clock skips is the first minute after the gap, one that it shows
    twice is the first of the two.
    """
    shown = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    meant = shown.replace(tzinfo=zone).astimezone(UTC)
    if meant.astimezone(zone).replace(tzinfo=None) == shown:
        return meant
    return _end_of_gap(shown, zone)


def _end_of_gap(shown: datetime, zone: tzinfo) -> datetime:
    """Return the first minute after the gap in which a wall time lies."""
    after = shown.replace(tzinfo=zone).astimezone(UTC)
    # With `fold` a time in a gap is read by the offset that comes after the gap, which
    # makes it a moment before the gap.
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = after.astimezone(zone).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(second=0, microsecond=0)


def wall_span(day: date, start: time, end: time, zone: tzinfo) -> Span:
    """Return the span between two wall times, of which the first is on that day.

    An end at or before the start is on the next day. Between two times that a clock
    skips there is nothing: the span is empty.
    """
    last = day if end > start else day + DAY
    return Span(start=wall(day, start, zone), end=wall(last, end, zone))


def total(spans: Iterable[Span]) -> timedelta:
    """Return how long spans are together."""
    return sum((span.length for span in spans), timedelta())


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in the order of time; what touches or overlaps is one of them."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if span.end <= span.start:
            continue
        if whole and span.start <= whole[-1].end:
            end = max(span.end, whole[-1].end)
            whole[-1] = Span(start=whole[-1].start, end=end)
        else:
            whole.append(span)
    return tuple(whole)


def common(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return the time that lies in both, in the order of time."""
    return tuple(_common(joined(some), joined(others)))


def _common(some: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Yield what each two spans have in common."""
    for one in some:
        for other in others:
            if one.meets(other):
                start = max(one.start, other.start)
                yield Span(start=start, end=min(one.end, other.end))
