"""What may wait until a car is online anyway, and what waits for one car.

    add ─▶ waiting ──car online──▶ due ──sent──▶ gone
             │  ▲                   │
             │  └──── try later ◀───┴ trouble that passes, a few times
             │──deadline of BY──▶ due although it sleeps: the guard is asked
             │──same thing again, or its opposite──▶ overtaken
             └──until──▶ over: told

Only what a repetition does not change, and what moves nothing in the car, may wait:
whoever stood by the car when it was asked for is gone when it is sent. What holds a
secret may not either: what waits lies on disk, and is shown.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ..model.command import Call, InvalidCall, Kind, Risk
from ..model.commands import COMMANDS
from ..model.persist import moment
from ..model.record import record
from .errors import (
    AnswerLost,
    Asleep,
    BillingLimit,
    BudgetSpent,
    CarTrouble,
    FleetError,
    InService,
    Interrupted,
    InvalidAnswer,
    InvalidReply,
    NotDeferrable,
    NotSaved,
    RateLimited,
    SignInRequired,
    TeslaUnavailable,
    TokenRejected,
    Unreachable,
    VehicleFault,
    WakeFailed,
    WakeRefused,
)

LONGEST: Final = timedelta(days=7)
"""What waits longer surprises whoever asked for it."""
GRACE: Final = timedelta(minutes=15)
"""So long after its deadline a command is still worth a try that failed before."""
TRIES: Final = 8
"""Most requests are billed, also those that fail."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_UNTRIED_PAUSE: Final = timedelta(minutes=5)
_ASLEEP_PAUSE: Final = timedelta(seconds=10)


@record
class Urgency:
    """Whether a command may wait for the car to be online anyway, and how long."""

    may_wait: bool
    deadline: datetime | None = None
    """At this moment the car is woken for it, if the guard allows; None: never."""
    may_wake: bool = True
    """What may not wait may wake the car, if the guard allows."""


IF_AWAKE: Final = Urgency(may_wait=False, may_wake=False)
"""Now or not at all, and nobody is woken for it."""
NOW: Final = Urgency(may_wait=False)
"""A person or an automation asked."""
WHEN_AWAKE: Final = Urgency(may_wait=True)
"""Nobody is ever woken for it."""


def by(deadline: datetime) -> Urgency:
    """Return the urgency of what must have happened by a moment."""
    return Urgency(may_wait=True, deadline=deadline)


class Why(StrEnum):
    """Why a command still waits."""

    ASLEEP = "asleep"
    BUDGET = "budget"
    IN_SERVICE = "in_service"
    NOT_WOKEN = "not_woken"
    """The guard refuses for now."""
    TROUBLE = "trouble"
    """It was tried, and Tesla or the car could not take it."""


# The first class that fits counts; what is not here does not pass by waiting.
_PASSING: Final[Mapping[type[FleetError], Why]] = {
    AnswerLost: Why.TROUBLE,
    Asleep: Why.ASLEEP,
    BillingLimit: Why.BUDGET,
    BudgetSpent: Why.BUDGET,
    CarTrouble: Why.TROUBLE,
    InService: Why.IN_SERVICE,
    Interrupted: Why.ASLEEP,
    InvalidAnswer: Why.TROUBLE,
    InvalidReply: Why.TROUBLE,
    NotSaved: Why.TROUBLE,
    RateLimited: Why.TROUBLE,
    SignInRequired: Why.TROUBLE,
    TeslaUnavailable: Why.TROUBLE,
    TokenRejected: Why.TROUBLE,
    Unreachable: Why.TROUBLE,
    WakeFailed: Why.NOT_WOKEN,
    WakeRefused: Why.NOT_WOKEN,
}
_PASSING_FAULTS: Final = frozenset({"BUSY", "INTERNAL", "TIMEOUT"})
_UNTRIED: Final = frozenset({Why.BUDGET, Why.IN_SERVICE, Why.NOT_WOKEN})
"""No request was made, so it costs nothing to ask again."""


def passing(err: FleetError) -> Why | None:
    """Return why a command goes on waiting after an error; None is for good."""
    if isinstance(err, VehicleFault):
        return Why.TROUBLE if err.fault in _PASSING_FAULTS else None
    return next((why for kind, why in _PASSING.items() if isinstance(err, kind)), None)


def _pause(why: Why, tries: int) -> timedelta:
    """Return how long to leave a command alone after so many tries."""
    if why is Why.ASLEEP:
        # That it is online again is sign enough.
        return _ASLEEP_PAUSE
    if why in _UNTRIED:
        return _UNTRIED_PAUSE
    return min(_FIRST_PAUSE * (1 << min(tries, 10)), _LONGEST_PAUSE)


def is_deferrable(call: Call) -> bool:
    """Say whether a call may wait, lie on disk and be sent by nobody's hand."""
    is_lasting = call.command.kind is Kind.SET and call.risk is Risk.NONE
    return is_lasting and not call.is_secret


def kept_params(call: Call) -> dict[str, Any]:
    """Return the parameters that may lie on disk: places do, secrets never."""
    secret = {param.name for param in call.command.params if param.secret}
    return {name: call.params[name] for name in call.params if name not in secret}


@record
class Waiting:
    """One command that waits."""

    id: str
    """Under which it is sent, so that a restart finds out whether it was."""
    call: Call
    reason: str
    """Who asked."""
    scheduled: bool
    asked_at: datetime
    until: datetime
    wake_at: datetime | None = None
    why: Why = Why.ASLEEP
    tries: int = 0
    not_before: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Say whether its time has passed, or it was tried often enough."""
        return now >= self.until or self.tries >= TRIES

    def is_due(self, now: datetime, *, online: bool) -> bool:
        """Say whether to send it now: the car is online, or must be woken for it."""
        if self.not_before is not None and now < self.not_before:
            return False
        return online or (self.wake_at is not None and now >= self.wake_at)

    def later(self, err: FleetError, why: Why, now: datetime) -> Waiting:
        """Return it after a failure that passes, with the time of the next try."""
        tries = self.tries + (why not in _UNTRIED)
        if isinstance(err, WakeRefused) and err.retry_at is not None:
            at = err.retry_at
        else:
            at = now + max(_pause(why, tries), timedelta(seconds=err.retry_after or 0))
        return replace(self, why=why, tries=tries, not_before=at)

    def next_at(self, now: datetime) -> datetime:
        """Return when something is to be decided, whatever the car does until then."""
        moments = [self.until]
        moments += [at for at in (self.wake_at, self.not_before) if at and at > now]
        return min(moments)


@dataclass(frozen=True, slots=True)
class Deferred:
    """What waits for one car, in the order to send it. Replaced, never edited."""

    waiting: tuple[Waiting, ...] = ()

    def add(
        self,
        call: Call,
        urgency: Urgency,
        now: datetime,
        *,
        id: str,
        reason: str,
        scheduled: bool,
        why: Why = Why.ASLEEP,
    ) -> Deferred:
        """Return this with one more command, and without what it overtakes.

        Raises NotDeferrable for what must be done at once or not at all.
        """
        if not urgency.may_wait or not is_deferrable(call):
            raise NotDeferrable(call.command.key)
        deadline = urgency.deadline
        new = Waiting(
            id=id,
            call=call,
            reason=reason,
            scheduled=scheduled,
            asked_at=now,
            until=now + LONGEST if deadline is None else deadline + GRACE,
            wake_at=deadline,
            why=why,
        )
        return Deferred((*self.overtaken(call).waiting, new))

    def overtaken(self, call: Call) -> Deferred:
        """Return this without what a newer call replaces or undoes."""
        return self._kept(
            one
            for one in self.waiting
            if one.call.identity != call.identity and not call.opposes(one.call)
        )

    def unsent(self, sent: Collection[str]) -> Deferred:
        """Return this without what the journal says was sent."""
        return self._kept(one for one in self.waiting if one.id not in sent)

    def due(self, now: datetime, *, online: bool) -> tuple[Waiting, ...]:
        """Return what is to be sent, in order."""
        return tuple(
            one
            for one in self.waiting
            if not one.is_over(now) and one.is_due(now, online=online)
        )

    def over(self, now: datetime) -> tuple[Waiting, ...]:
        """Return what has waited in vain."""
        return tuple(one for one in self.waiting if one.is_over(now))

    def holds(self, one: Waiting) -> bool:
        """Say whether a command still waits, and was not overtaken."""
        return any(known is one for known in self.waiting)

    def without(self, gone: Waiting) -> Deferred:
        """Return this without one command."""
        return self._kept(one for one in self.waiting if one is not gone)

    def after(self, one: Waiting, later: Waiting) -> Deferred:
        """Return this with one command as it is after a try; it keeps its place."""
        return self._kept(later if known is one else known for known in self.waiting)

    def next_at(self, now: datetime) -> datetime | None:
        """Return when something is to be decided here; None if nothing waits."""
        return min((one.next_at(now) for one in self.waiting), default=None)

    def _kept(self, waiting: Iterable[Waiting]) -> Deferred:
        """Return what is left; itself if that is everything."""
        left = tuple(waiting)
        is_same = len(left) == len(self.waiting) and all(
            one is other for one, other in zip(left, self.waiting, strict=True)
        )
        return self if is_same else Deferred(left)

    def dump(self) -> list[dict[str, Any]]:
        """Return what lies on disk; nothing in it is a secret."""
        return [_dumped(one) for one in self.waiting]

    @classmethod
    def load(cls, raw: object) -> Self:
        """Return what was dumped; what cannot be trusted is left out."""
        rows = raw if isinstance(raw, list) else []
        found = (_loaded(row) for row in rows)
        return cls(tuple(one for one in found if one is not None))


def recalled(key: object, params: object) -> Call | None:
    """Return a call that was written down; None where a secret of it is missing."""
    command = COMMANDS.get(key) if isinstance(key, str) else None
    if command is None or not isinstance(params, Mapping):
        return None
    try:
        return command.call(**params)
    except InvalidCall, TypeError:
        return None


def _dumped(one: Waiting) -> dict[str, Any]:
    """Return one command as JSON takes it."""
    return {
        "id": one.id,
        "command": one.call.command.key,
        "params": kept_params(one.call),
        "reason": one.reason,
        "scheduled": one.scheduled,
        "asked_at": one.asked_at.isoformat(),
        "until": one.until.isoformat(),
        "wake_at": one.wake_at and one.wake_at.isoformat(),
        "why": one.why,
        "tries": one.tries,
        "not_before": one.not_before and one.not_before.isoformat(),
    }


def _loaded(row: object) -> Waiting | None:
    """Read one command; None where it may not wait, or is none of ours."""
    if not isinstance(row, Mapping):
        return None
    call = recalled(row.get("command"), row.get("params"))
    asked_at, until = moment(row.get("asked_at")), moment(row.get("until"))
    tries = row.get("tries")
    if call is None or not is_deferrable(call) or asked_at is None or until is None:
        return None
    return Waiting(
        id=str(row.get("id")),
        call=call,
        reason=str(row.get("reason")),
        scheduled=row.get("scheduled") is not False,
        asked_at=asked_at,
        until=until,
        wake_at=moment(row.get("wake_at")),
        why=_why(row.get("why")),
        tries=tries if isinstance(tries, int) else 0,
        not_before=moment(row.get("not_before")),
    )


def _why(value: object) -> Why:
    """Read why it waits; a word of a later version is trouble."""
    return next((why for why in Why if why == value), Why.TROUBLE)
