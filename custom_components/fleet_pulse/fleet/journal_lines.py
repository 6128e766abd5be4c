"""The lines of the journal: what is asked of Tesla, how it ended, and who was told.

One event a line, in JSON. Reading them from the start gives the ledger again, however
often a line is there and wherever a crash has torn one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field as dataclass_field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
import json
from typing import Any, Final

from ..model.record import record
from .budget import Told
from .deferred import LONGEST
from .usage import Category, Entry, Ledger
from .wake import WakeAttempt, WakeOutcome

_DONE: Final = "done"
_FAILED: Final = "failed"
_LATELY: Final = LONGEST * 2


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


@record
class Noted:
    """A command that was about to leave for a car."""

    id: str
    vin: str
    at: datetime
    command: str
    """Its name alone: no parameter stands in the journal."""
    reason: str


def command_line(noted: Noted) -> str:
    """Write the journal's line of a command that is about to leave."""
    return _line(
        "command",
        id=noted.id,
        at=noted.at.isoformat(),
        vin=noted.vin,
        endpoint=noted.command,
        reason=noted.reason,
    )


def command_end_line(note_id: str, *, done: bool) -> str:
    """Write the journal's line of how a command ended: carried out, or not."""
    return _line("commanded", id=note_id, outcome=_DONE if done else _FAILED)


@record
class Replayed:
    """What a journal says, read from its start."""

    ledger: Ledger
    wakes: tuple[WakeAttempt, ...]
    """By start. What had no end when the program died is LOST."""
    unsettled: tuple[Entry, ...]
    """Requests whose answer was not noted: spent, and the car may have acted."""
    told: frozenset[Told]
    """The shares of budgets that were noted."""
    under_way: tuple[Noted, ...]
    """Commands of which nobody noted the end."""
    done: frozenset[str]
    """The ids of commands that were carried out, of the last days."""
    garbage: int
    """Lines that could not be read: a torn last line, or worse."""


def replay(lines: Iterable[str]) -> Replayed:
    """Read a journal; every request counts once, however often its line is there."""
    ledger, seen, garbage = Ledger(), set[str](), 0
    wakes: dict[tuple[str, datetime], WakeAttempt] = {}
    told: set[Told] = set()
    orders = _Orders()
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
            case Noted() as noted:
                orders.under_way[noted.id] = noted
            case _Commanded(id=note_id, done=is_done):
                orders.end(note_id, done=is_done)
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
        under_way=tuple(orders.under_way.values()),
        done=orders.lately_done(),
        garbage=garbage,
    )


@record
class _Settled:
    """A line about an answer."""

    id: str
    status: int | None


@record
class _Commanded:
    """A line about the end of a command."""

    id: str
    done: bool


@dataclass(slots=True)
class _Orders:
    """Commands on their way and carried out, as far as the journal was read."""

    under_way: dict[str, Noted] = dataclass_field(default_factory=dict)
    done: dict[str, datetime] = dataclass_field(default_factory=dict)

    def end(self, note_id: str, *, done: bool) -> None:
        """Take in how a command ended."""
        noted = self.under_way.pop(note_id, None)
        if noted is not None and done:
            self.done[note_id] = noted.at

    def lately_done(self) -> frozenset[str]:
        """Return what was carried out while that which waits now may have waited."""
        newest = max(self.done.values(), default=None)
        return frozenset(
            note_id
            for note_id, at in self.done.items()
            if newest is not None and newest - at <= _LATELY
        )


type _Event = Entry | Noted | Told | WakeAttempt | _Commanded | _Settled

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


def _noted(values: dict[str, Any]) -> Noted:
    """Read a command, or raise."""
    return Noted(
        id=_text(values["id"]),
        vin=_text(values["vin"]),
        at=_moment(values["at"]),
        command=_text(values["endpoint"]),
        reason=_text(values["reason"]),
    )


def _commanded(values: dict[str, Any]) -> _Commanded:
    """Read the end of a command, or raise."""
    return _Commanded(id=_text(values["id"]), done=values["outcome"] == _DONE)


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], _Event]]] = {
    "command": _noted,
    "commanded": _commanded,
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
