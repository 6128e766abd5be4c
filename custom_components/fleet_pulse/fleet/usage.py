"""What Tesla bills: requests counted by day, car and reason, and what they cost.

A request is counted as spent when it is opened, before it leaves, and only given back
when its answer proves that Tesla does not bill it. So a crash between the two leaves
the ledger a request too high, never too low.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field as dataclass_field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
import json
from types import MappingProxyType
from typing import Any, Final

from .budget import Told
from .prices import prices
from .wake import WakeAttempt, WakeOutcome


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What requests are told apart by within a day."""

    category: Category
    vin: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many requests of a kind were made, and how many of them Tesla bills."""

    requests: int = 0
    billed: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            requests=self.requests + other.requests, billed=self.billed + other.billed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One line of the bill: a day (UTC), a kind, and its tally."""

    day: date
    kind: Kind
    tally: Tally


type _Days = Mapping[date, Mapping[Kind, Tally]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that was asked of Tesla, summed up by day. Replaced, never edited.

    Only what is under way is kept one by one, so a year costs no more to add to than
    a day.
    """

    days: _Days = dataclass_field(default=MappingProxyType({}))
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
        given_back = Tally(billed=-entry.count) if free else Tally()
        return replace(self._added(entry, given_back), pending=pending)

    def posted(self, entry: Entry, status: int | None) -> Ledger:
        """Return the ledger with a request whose answer is here already."""
        return self.opened(entry).settled(entry.id, status)

    def since(self, first: date) -> Ledger:
        """Return the ledger without the days before one."""
        return replace(
            self, days={day: kinds for day, kinds in self.days.items() if day >= first}
        )

    def usage(self, month: date) -> tuple[Usage, ...]:
        """Return the lines of a calendar month (UTC), sorted."""
        first = month.replace(day=1)
        later = (first + timedelta(days=32)).replace(day=1)
        return self._lines(first, later - timedelta(days=1))

    def total[K](self, month: date, by: Callable[[Usage], K]) -> dict[K, Tally]:
        """Return a month's tallies summed up by anything of their lines."""
        sums: dict[K, Tally] = {}
        for line in self.usage(month):
            key = by(line)
            sums[key] = sums.get(key, Tally()) + line.tally
        return sums

    def counts(self, month: date) -> dict[Category, int]:
        """Return how many requests of each category a month has."""
        sums = self.total(month, lambda line: line.kind.category)
        return {key: sums.get(key, Tally()).requests for key in Category}

    def billed(self, month: date) -> dict[Category, int]:
        """Return how many requests of each category Tesla bills for a month."""
        return _billed(self.usage(month))

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
        recent = _billed(self._lines(first, today))
        expected = {
            category: count + round(recent[category] * share)
            for category, count in self.billed(today).items()
        }
        return _cost(expected, today, currency)

    def _lines(self, first: date, last: date) -> tuple[Usage, ...]:
        """Return the lines of some days, sorted."""
        return tuple(
            Usage(day=day, kind=kind, tally=kinds[kind])
            for day, kinds in sorted(self.days.items())
            if first <= day <= last
            for kind in sorted(
                kinds, key=lambda kind: (kind.category, kind.vin or "", kind.reason)
            )
        )

    def _added(self, entry: Entry, tally: Tally) -> Ledger:
        """Return the ledger with a tally added to the day of an entry."""
        day = _utc_day(entry.at)
        kind = Kind(category=entry.category, vin=entry.vin, reason=entry.reason)
        kinds = self.days.get(day, {})
        changed = {**kinds, kind: kinds.get(kind, Tally()) + tally}
        return replace(self, days={**self.days, day: changed})


def _utc_day(at: datetime) -> date:
    """Return Tesla's day of a moment."""
    return at.astimezone(UTC).date()


def _next_month(now: datetime) -> datetime:
    """Return when the next billing month begins."""
    first = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return (first + timedelta(days=32)).replace(day=1)


def _billed(lines: Iterable[Usage]) -> dict[Category, int]:
    """Return how many of each category are billed on some lines."""
    counts = dict.fromkeys(Category, 0)
    for line in lines:
        counts[line.kind.category] += line.tally.billed
    return counts


def _cost(counts: Mapping[Category, int], month: date, currency: str) -> Decimal:
    """Return the cost of a month's counts."""
    billed = {category.value: counts[category] for category in BILLABLE}
    return prices(currency, month).bill(**billed)


def entry_line(entry: Entry) -> str:
    """Write the journal's line of a request that is about to leave."""
    return _line(
        "opened",
        id=entry.id,
        at=entry.at.isoformat(),
        category=entry.category,
        vin=entry.vin,
        endpoint=entry.endpoint,
        reason=entry.reason,
        count=entry.count,
    )


def settle_line(entry_id: str, status: int | None) -> str:
    """Write the journal's line of an answer; None is an answer that got lost."""
    return _line("settled", id=entry_id, status=status)


def wake_line(attempt: WakeAttempt) -> str:
    """Write the journal's line of a wake attempt as it is now; the last one counts."""
    ended_at = attempt.ended_at
    return _line(
        "wake",
        vin=attempt.vin,
        at=attempt.at.isoformat(),
        scheduled=attempt.scheduled,
        reason=attempt.reason,
        outcome=attempt.outcome,
        posts=attempt.posts,
        ended_at=None if ended_at is None else ended_at.isoformat(),
    )


def told_line(told: Told) -> str:
    """Write the journal's line of a share of the budget that was noted."""
    return _line(
        "told",
        month=told.month.isoformat(),
        amount=f"{told.amount:f}",
        currency=told.currency,
        share=told.share,
        aloud=told.aloud,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a journal says, read from its start."""

    ledger: Ledger
    wakes: tuple[WakeAttempt, ...]
    """By start. What had no end when the program died is LOST."""
    unsettled: tuple[Entry, ...]
    """Requests whose answer was not noted: spent, and the car may have acted."""
    told: frozenset[Told]
    """The shares of budgets that were noted."""
    garbage: int
    """Lines that could not be read: a torn last line, or worse."""


def replay(lines: Iterable[str]) -> Replayed:
    """Read a journal; every request counts once, however often its line is there."""
    ledger, seen, garbage = Ledger(), set[str](), 0
    wakes: dict[tuple[str, datetime], WakeAttempt] = {}
    told: set[Told] = set()
    for piece in (piece for line in lines for piece in _pieces(line)):
        match _event(piece):
            case Entry() as entry if entry.id not in seen:
                seen.add(entry.id)
                ledger = ledger.opened(entry)
            case _Settled(id=entry_id, status=status):
                ledger = ledger.settled(entry_id, status)
            case WakeAttempt() as attempt:
                wakes[attempt.vin, attempt.at] = attempt
            case Told() as one:
                told.add(one)
            case None:
                garbage += 1
    return Replayed(
        ledger=ledger,
        wakes=tuple(
            attempt
            if attempt.outcome is not None
            else replace(attempt, outcome=WakeOutcome.LOST)
            for attempt in sorted(wakes.values(), key=lambda attempt: attempt.at)
        ),
        unsettled=tuple(ledger.pending.values()),
        told=frozenset(told),
        garbage=garbage,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """A line about an answer."""

    id: str
    status: int | None


type _Event = Entry | _Settled | Told | WakeAttempt

_MARK: Final = '{"kind":'
"""Every line begins with it; inside a text JSON escapes the quotes."""


def _line(kind: str, **values: Any) -> str:
    """Write one line, its end included; no text in it can break the line."""
    return json.dumps({"kind": kind, **values}, separators=(",", ":")) + "\n"


def _pieces(line: str) -> list[str]:
    """Return a line's events: what was appended to a torn line is not lost."""
    before, *events = line.strip().split(_MARK)
    return [before] * bool(before) + [_MARK + event for event in events]


def _event(piece: str) -> _Event | None:
    """Read one event; None is nothing of ours."""
    try:
        values = json.loads(piece)
        return _READERS[values["kind"]](values)
    except ArithmeticError, KeyError, RecursionError, TypeError, ValueError:
        return None


def _entry(values: dict[str, Any]) -> Entry:
    """Read a request, or raise."""
    vin = values["vin"]
    return Entry(
        id=_text(values["id"]),
        at=_moment(values["at"]),
        category=Category(values["category"]),
        vin=None if vin is None else _text(vin),
        endpoint=_text(values["endpoint"]),
        reason=_text(values["reason"]),
        count=_number(values["count"]),
    )


def _settled(values: dict[str, Any]) -> _Settled:
    """Read an answer, or raise."""
    status = values["status"]
    return _Settled(
        id=_text(values["id"]), status=None if status is None else _number(status)
    )


def _attempt(values: dict[str, Any]) -> WakeAttempt:
    """Read a wake attempt, or raise."""
    outcome, ended_at = values["outcome"], values["ended_at"]
    return WakeAttempt(
        vin=_text(values["vin"]),
        at=_moment(values["at"]),
        scheduled=bool(values["scheduled"]),
        reason=_text(values["reason"]),
        outcome=None if outcome is None else WakeOutcome(outcome),
        posts=_number(values["posts"]),
        ended_at=None if ended_at is None else _moment(ended_at),
    )


def _told(values: dict[str, Any]) -> Told:
    """Read a share of a budget, or raise."""
    amount = Decimal(_text(values["amount"]))
    if not amount.is_finite():
        raise ValueError(amount)
    return Told(
        month=date.fromisoformat(_text(values["month"])),
        amount=amount,
        currency=_text(values["currency"]),
        share=_number(values["share"]),
        aloud=bool(values["aloud"]),
    )


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], _Event]]] = {
    "opened": _entry,
    "settled": _settled,
    "told": _told,
    "wake": _attempt,
}


def _text(value: object) -> str:
    """Return a text, or raise."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    """Return a count, or raise."""
    if not isinstance(value, int) or value < 0:
        raise TypeError(value)
    return value


def _moment(value: object) -> datetime:
    """Return a UTC time, or raise."""
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)
