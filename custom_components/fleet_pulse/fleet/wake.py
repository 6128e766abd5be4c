"""May a car be woken, and why not: the only place that allows a wake.

A wake is billed, drains the car and must therefore serve a command that is due. What
happened to earlier attempts is kept in the journal, so a restart cannot forget it.

One attempt at one car:

    (none) ──decide: Allow──▶ begun ──▶ AWAKE    it came online
                                    ├─▶ FAILED   the plan ran out
                                    └─▶ LOST     nobody noted the end: the program died

Between attempts:

    ready ──attempt──▶ in flight ──AWAKE──▶ ready
      ▲                    └──FAILED, LOST──▶ backing off ──wait over──▶ ready
      └──────────── any sign of life ◀────────────┘

Invariants: one attempt in flight per car; in any hour and any 24 hours no more
attempts per car than the limits; a wait after n failures in a row without a sign of
life in between; an attempt posts at most `max_posts` times, and after the first only
as long as somebody waits who would be allowed to begin it. An attempt without an end
counts as in flight until it cannot be any more, then as failed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..model.record import record
from .budget import BudgetLevel

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
FRESH: Final = timedelta(seconds=15)
"""How long a word on whether a car is online saves asking for it again, free."""
FASTEST: Final = 6
"""The most that waits are divided by: answers take as long in a demo as anywhere."""


class WakeOutcome(StrEnum):
    """How an attempt ended."""

    AWAKE = "awake"
    FAILED = "failed"
    LOST = "lost"
    """Nobody noted the end; the program died in the middle."""


class WakeRefusal(StrEnum):
    """Why a car is not woken."""

    ALREADY_ONLINE = "already_online"
    BACKING_OFF = "backing_off"
    BUDGET = "budget"
    DAILY_LIMIT = "daily_limit"
    HOURLY_LIMIT = "hourly_limit"
    IN_FLIGHT = "in_flight"
    """Somebody is waking it: share that attempt."""
    NEVER_ALLOWED = "never_allowed"
    """The owner has set a limit to nothing."""
    NO_COMMAND_DUE = "no_command_due"
    SCHEDULED_LIMIT = "scheduled_limit"
    SHOWING_IS_NO_REASON = "showing_is_no_reason"
    UNPLUGGED = "unplugged"


@record
class WakeAttempt:
    """One attempt at one car, known by its car and start."""

    vin: str
    at: datetime
    scheduled: bool
    """A rule asked, not a person."""
    reason: str
    outcome: WakeOutcome | None = None
    posts: int = 0
    ended_at: datetime | None = None

    def posted(self) -> WakeAttempt:
        """Return the attempt with one more `wake_up`, noted before it is sent."""
        return replace(self, posts=self.posts + 1)

    def ended(self, outcome: WakeOutcome, now: datetime) -> WakeAttempt:
        """Return the attempt with its end."""
        return replace(self, outcome=outcome, ended_at=now)


@record
class Limits:
    """How often a car may be woken; counts are attempts per car."""

    daily_scheduled: int = 4
    daily: int = 20
    hourly: int = 6
    max_posts: int = 2
    scheduled_waits: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(minutes=60),
    )
    """The wait after the first, second … failure in a row; then doubling."""
    person_waits: tuple[timedelta, ...] = (timedelta(minutes=1),)
    scheduled_longest: timedelta = timedelta(hours=24)
    person_longest: timedelta = timedelta(minutes=60)
    in_flight: timedelta = timedelta(minutes=4)
    """Longer than any attempt: what has no end after that has crashed."""

    def wait(self, failures: int, *, scheduled: bool) -> timedelta:
        """Return the wait after so many failures in a row."""
        if failures < 1:
            return timedelta()
        waits = self.scheduled_waits if scheduled else self.person_waits
        longest = self.scheduled_longest if scheduled else self.person_longest
        if failures <= len(waits):
            return waits[failures - 1]
        # The exponent is bounded, or a year of failures would overflow.
        return min(waits[-1] * (1 << min(failures - len(waits), 20)), longest)

    def scaled(self, time_scale: float) -> Limits:
        """Return the limits with the waits divided, for a demo of faster cars."""
        divisor = min(time_scale, FASTEST)
        return replace(
            self,
            scheduled_waits=tuple(wait / divisor for wait in self.scheduled_waits),
            person_waits=tuple(wait / divisor for wait in self.person_waits),
            scheduled_longest=self.scheduled_longest / divisor,
            person_longest=self.person_longest / divisor,
            in_flight=self.in_flight / divisor,
        )


@record
class WakeRequest:
    """Who wants which car awake, what for, and what is known of the car."""

    vin: str
    scheduled: bool
    has_due_command: bool
    """A command is due now that the car must be awake for (or a person says wake)."""
    to_show: bool = False
    """Somebody only wants to see newer values."""
    needs_plug: bool = False
    """The command is about a running charge: start, stop, amps."""
    plugged: bool | None = None
    online: bool | None = None
    """What Tesla said in the last seconds, None if that is older than `FRESH`."""
    last_sign_of_life: datetime | None = None
    """When the car was last known to be online."""
    budget: BudgetLevel = BudgetLevel.NORMAL
    always_allowed: bool = False
    """Lock, close, stop: what makes a car safer is done over budget, too."""


@record
class Allow:
    """The car may be woken."""

    max_posts: int


@record
class Refuse:
    """The car may not be woken; `retry_at` is None where waiting does not help."""

    reason: WakeRefusal
    retry_at: datetime | None = None


def must_look_first(last_word: datetime | None, now: datetime) -> bool:
    """Tell whether to ask, free, if the car is online before a wake is considered."""
    return last_word is None or now - last_word > FRESH


def decide(
    history: Iterable[WakeAttempt],
    request: WakeRequest,
    *,
    now: datetime,
    limits: Limits,
) -> Allow | Refuse:
    """Decide on one wake, given all earlier attempts; the first refusal speaks."""
    # An attempt far in the future was noted under a wrong clock, set right since.
    past = tuple(a for a in history if a.vin == request.vin and a.at <= now + DAY)
    refusal = (
        _without_need(request)
        or _over_budget(request, now)
        or _in_flight(past, now, limits)
        or _backing_off(past, request, now, limits)
        or _over_limits(past, request, now, limits)
    )
    return refusal or Allow(max_posts=limits.max_posts)


def may_post_again(
    attempt: WakeAttempt,
    waiting: Iterable[WakeRequest],
    *,
    heard_at: datetime | None,
    now: datetime,
    limits: Limits,
) -> bool:
    """Tell whether an attempt that has posted may do so once more.

    Who waits for the car may have given up meanwhile, or the budget may be spent. A
    car that was not heard of just now may be awake: another `wake_up` would be billed
    for nothing.
    """
    if attempt.posts >= limits.max_posts or must_look_first(heard_at, now):
        return False
    return any(
        _without_need(request) is None and _over_budget(request, now) is None
        for request in waiting
    )


def _without_need(request: WakeRequest) -> Refuse | None:
    """Refuse what needs no wake or would gain nothing by it."""
    if request.online:
        return Refuse(reason=WakeRefusal.ALREADY_ONLINE)
    if request.to_show:
        return Refuse(reason=WakeRefusal.SHOWING_IS_NO_REASON)
    if not request.has_due_command:
        return Refuse(reason=WakeRefusal.NO_COMMAND_DUE)
    # Unknown is not unplugged: a first charge rule must be able to work.
    if request.scheduled and request.needs_plug and request.plugged is False:
        return Refuse(reason=WakeRefusal.UNPLUGGED)
    return None


def _over_budget(request: WakeRequest, now: datetime) -> Refuse | None:
    """Refuse what the budget does not permit; a new month resumes."""
    permitted = (
        request.always_allowed
        or request.budget.permits_automatic
        or (request.budget.permits_person and not request.scheduled)
    )
    if permitted:
        return None
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    later = (month + timedelta(days=32)).replace(day=1)
    return Refuse(reason=WakeRefusal.BUDGET, retry_at=later)


def _in_flight(
    past: Sequence[WakeAttempt], now: datetime, limits: Limits
) -> Refuse | None:
    """Refuse a second attempt beside one that may still be going on."""
    ends = [a.at + limits.in_flight for a in past if a.outcome is None]
    if ends and max(ends) > now:
        return Refuse(reason=WakeRefusal.IN_FLIGHT, retry_at=max(ends))
    return None


def _backing_off(
    past: Sequence[WakeAttempt], request: WakeRequest, now: datetime, limits: Limits
) -> Refuse | None:
    """Refuse while waiting after failures in a row."""
    failed = failures(past, last_sign_of_life=request.last_sign_of_life)
    if not failed:
        return None
    # Nobody noted the end of a crashed attempt, so it ended as late as it could.
    ended = max(a.ended_at or a.at + limits.in_flight for a in failed)
    retry_at = ended + limits.wait(len(failed), scheduled=request.scheduled)
    if retry_at <= now:
        return None
    return Refuse(reason=WakeRefusal.BACKING_OFF, retry_at=retry_at)


def failures(
    past: Iterable[WakeAttempt], *, last_sign_of_life: datetime | None
) -> tuple[WakeAttempt, ...]:
    """Return one car's attempts that failed since it was last known to live."""
    past = tuple(past)
    lived = [a.ended_at or a.at for a in past if a.outcome is WakeOutcome.AWAKE]
    if last_sign_of_life is not None:
        lived.append(last_sign_of_life)
    since = max(lived, default=None)
    return tuple(
        a
        for a in past
        if a.outcome is not WakeOutcome.AWAKE and (since is None or a.at >= since)
    )


@record
class Tally:
    """How often one car was woken in 24 hours, and may be still."""

    today: int
    left: int
    scheduled_left: int


def tally(
    history: Iterable[WakeAttempt], vin: str, *, now: datetime, limits: Limits
) -> Tally:
    """Count the attempts at one car, whatever came of them."""
    recent = [a for a in history if a.vin == vin and a.at + DAY > now]
    left = max(limits.daily - len(recent), 0)
    scheduled = limits.daily_scheduled - sum(a.scheduled for a in recent)
    return Tally(
        today=len(recent), left=left, scheduled_left=min(max(scheduled, 0), left)
    )


def _over_limits(
    past: Sequence[WakeAttempt], request: WakeRequest, now: datetime, limits: Limits
) -> Refuse | None:
    """Refuse what would be one too many in an hour or in 24 hours."""
    if not limits.daily or (request.scheduled and not limits.daily_scheduled):
        return Refuse(reason=WakeRefusal.NEVER_ALLOWED)
    everything = [a.at for a in past]
    checks = [
        (WakeRefusal.DAILY_LIMIT, everything, limits.daily, DAY),
        (WakeRefusal.HOURLY_LIMIT, everything, limits.hourly, HOUR),
    ]
    if request.scheduled:
        scheduled = [a.at for a in past if a.scheduled]
        limit = limits.daily_scheduled
        checks.insert(0, (WakeRefusal.SCHEDULED_LIMIT, scheduled, limit, DAY))
    refusals = [
        Refuse(reason=reason, retry_at=retry_at)
        for reason, starts, limit, window in checks
        if (retry_at := _free_again(starts, limit, window, now)) is not None
    ]
    # The longest wait is the honest answer where several limits are reached.
    return max(refusals, key=lambda r: r.retry_at or now, default=None)


def _free_again(
    starts: Iterable[datetime], limit: int, window: timedelta, now: datetime
) -> datetime | None:
    """Return when one more start fits into the sliding window, None if it does now."""
    recent = sorted(start for start in starts if start + window > now)
    if len(recent) < limit:
        return None
    return recent[-limit] + window
