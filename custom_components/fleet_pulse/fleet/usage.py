"""What Tesla bills: requests counted by day, car and reason, and what they cost.

A request is counted as spent when it is opened, before it leaves, and only given back
when its answer proves that Tesla does not bill it. So a crash between the two leaves
the ledger a request too high, never too low.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field as dataclass_field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ..model.record import record
from .prices import prices


class Category(StrEnum):
    """Tesla's billing categories."""

    COMMAND = "command"
    DATA = "data"
    FREE = "free"
    SIGNAL = "signal"
    WAKE = "wake"


BILLABLE: Final = frozenset(Category) - {Category.FREE}

NEVER_SENT: Final = 0
"""The status of a request that provably never left: no connection was made."""


@record
class Entry:
    """One request to Tesla, known before it leaves."""

    id: str
    """Unique within the journal."""
    at: datetime
    category: Category
    vin: str | None = None
    endpoint: str = ""
    """The key of a row of `endpoints.py`, never a path with names in it."""
    reason: str = ""
    """Who asked: an action, a rule, a poll."""
    count: int = 1
    """How many of the category's unit: more than one for streamed signals only."""


def is_billed(category: Category, status: int | None) -> bool:
    """Tell whether Tesla bills an answer; no known status counts as billed."""
    if category not in BILLABLE:
        return False
    return status is None or (status != NEVER_SENT and status < 500)


@record
class Kind:
    """What requests are told apart by within a day."""

    category: Category
    vin: str | None
    reason: str


@record
class Tally:
    """How many requests of a kind were made, and how many of them Tesla bills."""

    requests: int = 0
    billed: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            requests=self.requests + other.requests, billed=self.billed + other.billed
        )


_NOTHING: Final = Tally()


@record
class Usage:
    """One line of the bill: a day (UTC), a kind, and its tally."""

    day: date
    kind: Kind
    tally: Tally


type _Days = Mapping[date, Mapping[Kind, Tally]]
type _Sums = Mapping[date, Mapping[Category, Tally]]


@record
class Ledger:
    """All that was asked of Tesla, summed up by day. Replaced, never edited.

    Only what is under way is kept one by one, so a year costs no more to add to than
    a day.
    """

    days: _Days = dataclass_field(default=MappingProxyType({}))
    sums: _Sums = dataclass_field(default=MappingProxyType({}))
    """The same by category alone."""
    months: _Sums = dataclass_field(default=MappingProxyType({}))
    """The same by month, under its first day: what every decision on a budget asks."""
    pending: Mapping[str, Entry] = dataclass_field(default=MappingProxyType({}))
    """Opened and not settled: counted as spent."""

    def opened(self, entry: Entry) -> Ledger:
        """Return the ledger with a request that is about to leave; once per id."""
        if entry.id in self.pending:
            return self
        billed = entry.count if entry.category in BILLABLE else 0
        added = self._added(entry, Tally(requests=entry.count, billed=billed))
        return replace(added, pending={**self.pending, entry.id: entry})

    def settled(self, entry_id: str, status: int | None) -> Ledger:
        """Return the ledger with an answer; None is an answer that got lost."""
        entry = self.pending.get(entry_id)
        if entry is None:
            return self
        pending = {key: one for key, one in self.pending.items() if key != entry_id}
        free = entry.category in BILLABLE and not is_billed(entry.category, status)
        left = self._added(entry, Tally(billed=-entry.count)) if free else self
        return replace(left, pending=pending)

    def posted(self, entry: Entry, status: int | None) -> Ledger:
        """Return the ledger with a request whose answer is here already."""
        return self.opened(entry).settled(entry.id, status)

    def since(self, first: date) -> Ledger:
        """Return the ledger without the days before one."""
        sums = {day: sums for day, sums in self.sums.items() if day >= first}
        months: dict[date, Mapping[Category, Tally]] = {}
        for day, found in sums.items():
            month = day.replace(day=1)
            months[month] = _together(months.get(month, {}), found)
        return replace(
            self,
            days={day: kinds for day, kinds in self.days.items() if day >= first},
            sums=sums,
            months=months,
        )

    def usage(self, month: date) -> tuple[Usage, ...]:
        """Return the lines of a calendar month (UTC), sorted."""
        return tuple(
            Usage(day=day, kind=kind, tally=self.days[day][kind])
            for day in _days_of(month)
            for kind in sorted(
                self.days.get(day, ()),
                key=lambda kind: (kind.category, kind.vin or "", kind.reason),
            )
        )

    def total[K](self, month: date, by: Callable[[Usage], K]) -> dict[K, Tally]:
        """Return a month's tallies summed up by anything of their lines."""
        sums: dict[K, Tally] = {}
        for line in self.usage(month):
            key = by(line)
            sums[key] = sums.get(key, Tally()) + line.tally
        return sums

    def counts(self, month: date) -> dict[Category, int]:
        """Return how many requests of each category a month has."""
        sums = self.months.get(month.replace(day=1), {})
        return {key: sums.get(key, _NOTHING).requests for key in Category}

    def billed(self, month: date) -> dict[Category, int]:
        """Return how many requests of each category Tesla bills for a month."""
        sums = self.months.get(month.replace(day=1), {})
        return {key: sums.get(key, _NOTHING).billed for key in Category}

    def cost(self, month: date, currency: str) -> Decimal:
        """Return what a month costs before Tesla's discount."""
        return _cost(self.billed(month), month, currency)

    def projected(self, now: datetime, currency: str) -> Decimal:
        """Return what this month will have cost at its end, at the recent pace.

        The pace is that of the last week, also of last month's part of it; of less
        than a week where less is known, but of a day at least.
        """
        today = _utc_day(now)
        week = today - timedelta(days=7)
        first = max(min(self.days, default=today), week)
        start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        elapsed = max(now - start, timedelta(days=1))
        share = (_next_month(now) - now) / elapsed
        days = (today - first).days + 1
        recent = self._sums(first + timedelta(days=number) for number in range(days))
        expected = {
            category: count + round(recent[category].billed * share)
            for category, count in self.billed(today).items()
        }
        return _cost(expected, today, currency)

    def _sums(self, days: Iterable[date]) -> dict[Category, Tally]:
        """Return the tally of each category on some days."""
        sums = dict.fromkeys(Category, Tally())
        for day in days:
            for category, tally in self.sums.get(day, {}).items():
                sums[category] += tally
        return sums

    def _added(self, entry: Entry, tally: Tally) -> Ledger:
        """Return the ledger with a tally added to the day of an entry."""
        day = _utc_day(entry.at)
        kind = Kind(category=entry.category, vin=entry.vin, reason=entry.reason)
        kinds, month = self.days.get(day, {}), day.replace(day=1)
        changed = {**kinds, kind: kinds.get(kind, _NOTHING) + tally}
        more = {entry.category: tally}
        of_day = _together(self.sums.get(day, {}), more)
        of_month = _together(self.months.get(month, {}), more)
        return replace(
            self,
            days={**self.days, day: changed},
            sums={**self.sums, day: of_day},
            months={**self.months, month: of_month},
        )


def _together(
    one: Mapping[Category, Tally], other: Mapping[Category, Tally]
) -> dict[Category, Tally]:
    """Return two sums by category together."""
    return {
        **one,
        **{key: one.get(key, _NOTHING) + more for key, more in other.items()},
    }


def _utc_day(at: datetime) -> date:
    """Return Tesla's day of a moment."""
    return at.astimezone(UTC).date()


def _next_month(now: datetime) -> datetime:
    """Return when the next billing month begins."""
    first = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return (first + timedelta(days=32)).replace(day=1)


# Every decision on a look asks for the cost, of every car.
@lru_cache(maxsize=64)
def _days_of(month: date) -> tuple[date, ...]:
    """Return the days of a calendar month."""
    first = month.replace(day=1)
    days = (first + timedelta(days=number) for number in range(31))
    return tuple(day for day in days if day.month == month.month)


def _cost(counts: Mapping[Category, int], month: date, currency: str) -> Decimal:
    """Return the cost of a month's counts."""
    billed = {category.value: counts[category] for category in BILLABLE}
    return prices(currency, month).bill(**billed)
