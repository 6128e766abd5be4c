"""What there is to tell of wakes: who wanted one and why, and how it ended.

Every attempt is told once, when it is over. A refusal is told too, but a rule that is
refused every minute has nothing new to say every minute.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..model.record import record
from .wake import HOUR, Limits, Refuse, WakeAttempt

TELL_AGAIN: Final = HOUR
"""So long the same refusal, for the same reason, is no news."""
LATE: Final = timedelta(minutes=1)
"""So long after an attempt the free list may be the first to see the car online."""


class WakeKind(StrEnum):
    """What became of the wish to have a car awake."""

    AWAKE = "awake"
    FAILED = "failed"
    LOST = "lost"
    REFUSED = "refused"


@record
class WakeNews:
    """What became of one wish to have a car awake."""

    kind: WakeKind
    reason: str
    """Who wanted it: an action, an entity, a rule."""
    scheduled: bool
    result: str
    """How the attempt ended, or why there was none."""
    took: timedelta = timedelta()
    posts: int = 0
    retry_at: datetime | None = None
    """When a refused one may be tried again, if waiting helps."""


def of_attempt(attempt: WakeAttempt) -> WakeNews:
    """Return what there is to tell of an attempt that is over."""
    outcome, ended_at = attempt.outcome, attempt.ended_at
    kind = WakeKind.LOST if outcome is None else WakeKind(outcome)
    return WakeNews(
        kind=kind,
        reason=attempt.reason,
        scheduled=attempt.scheduled,
        result=kind.value,
        took=timedelta() if ended_at is None else ended_at - attempt.at,
        posts=attempt.posts,
    )


def of_refusal(refused: Refuse, *, reason: str, scheduled: bool) -> WakeNews:
    """Return what there is to tell of a wake that was refused."""
    return WakeNews(
        kind=WakeKind.REFUSED,
        reason=reason,
        scheduled=scheduled,
        result=refused.reason.value,
        retry_at=refused.retry_at,
    )


@record
class Refusals:
    """The refusals that were told of late, and until when each is no news."""

    old_until: Mapping[tuple[str, str, str], datetime]

    def with_told(self, vin: str, news: WakeNews, now: datetime) -> Refusals | None:
        """Return the refusals with one more, or None if it is no news."""
        known = {key: until for key, until in self.old_until.items() if until > now}
        key = (vin, news.reason, news.result)
        if key in known:
            return None
        until = max(news.retry_at or now, now + TELL_AGAIN)
        return replace(self, old_until={**known, key: until})


class WokenBy(StrEnum):
    """Whose doing it is that a car is awake."""

    ACTION = "action"
    """Somebody asked for it here: a person, an automation, an assistant."""
    CAR = "car"
    """Not ours: the car itself, somebody at the car, or another app."""
    RULE = "rule"


def woken_by(
    attempts: Iterable[WakeAttempt], vin: str, at: datetime, limits: Limits
) -> WakeAttempt | None:
    """Return the attempt that had a car awake by a moment; None: it was not ours."""
    return max(
        (one for one in attempts if one.vin == vin and _covers(one, at, limits)),
        key=lambda one: one.at,
        default=None,
    )


def whose(attempt: WakeAttempt | None) -> WokenBy:
    """Return whose doing an attempt was."""
    if attempt is None:
        return WokenBy.CAR
    return WokenBy.RULE if attempt.scheduled else WokenBy.ACTION


def _covers(attempt: WakeAttempt, at: datetime, limits: Limits) -> bool:
    """Say whether a car that was seen awake at a moment may be so by an attempt.

    One that was given up may still have its car awake a moment later.
    """
    end = attempt.ended_at or attempt.at + limits.in_flight
    return attempt.posts > 0 and attempt.at <= at <= end + LATE
