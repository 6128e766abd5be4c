"""What there is to tell of wakes: who wanted one and why, and how it ended.

Every attempt is told once, when it is over. A refusal is told too, but a rule that is
refused every minute has nothing new to say every minute.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..model.record import record
from .wake import HOUR, Refuse, WakeAttempt

TELL_AGAIN: Final = HOUR
"""So long the same refusal, for the same reason, is no news."""


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
