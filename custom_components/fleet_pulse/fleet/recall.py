"""What is remembered of looks and lists, as it lies on disk.

Only what would cost money or patience if a restart lost it: Tesla's word to wait, our
back-off, and what was looked at already. Whether a car is online is asked anew.

A clock that was wrong when it was written, or jumped back since, must not silence us:
what lies further ahead than it can is cut, and what was "later than now" is now.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ..model.persist import moment
from .listing import ListMemory
from .poll import PollMemory, PollReason
from .waits import LONGEST_RETRY_AFTER, Waits

_PAST: Final = ("online_since", "looked_at", "tried_at")
_COUNTS: Final = ("unchanged", "parked_looks", "failures")
_MANY: Final = 1000
_BLOCKS: Final = (PollReason.DISABLED, PollReason.RATE_LIMITED)


def dump_looks(memory: PollMemory) -> dict[str, Any]:
    """Return what is remembered of a car's looks, as JSON takes it."""
    times = (*_PAST, "retry_at", "blocked_until")
    return {
        **{key: _dumped(getattr(memory, key)) for key in times},
        **{key: getattr(memory, key) for key in _COUNTS},
        "blocked_by": memory.blocked_by.value,
    }


def load_looks(data: object, *, now: datetime, waits: Waits) -> PollMemory:
    """Return what was remembered of a car's looks; nonsense is left out."""
    if not isinstance(data, Mapping):
        return PollMemory()
    said = data.get("blocked_by")
    known: dict[str, Any] = {
        **{key: _past(data.get(key), now) for key in _PAST},
        **{key: _count(data.get(key)) for key in _COUNTS},
        "retry_at": _ahead(data.get("retry_at"), now, waits.back_off_longest),
        "blocked_until": _ahead(data.get("blocked_until"), now, LONGEST_RETRY_AFTER),
        "blocked_by": PollReason(said) if said in _BLOCKS else PollReason.RATE_LIMITED,
    }
    return PollMemory(**known)


def dump_lists(memory: ListMemory) -> dict[str, Any]:
    """Return what is remembered of an account's lists, as JSON takes it."""
    return {
        "failures": memory.failures,
        "blocked_until": _dumped(memory.blocked_until),
    }


def load_lists(data: object, *, now: datetime) -> ListMemory:
    """Return what was remembered of an account's lists; nonsense is left out."""
    if not isinstance(data, Mapping):
        return ListMemory()
    blocked = _ahead(data.get("blocked_until"), now, LONGEST_RETRY_AFTER)
    return ListMemory(
        failures=_count(data.get("failures")) if blocked else 0, blocked_until=blocked
    )


def _dumped(value: datetime | None) -> str | None:
    """Return a moment as JSON takes it."""
    return None if value is None else value.isoformat()


def _past(value: object, now: datetime) -> datetime | None:
    """Return a moment that is over; one that is not was written by a wrong clock."""
    read = moment(value)
    return None if read is None else min(read, now)


def _ahead(value: object, now: datetime, longest: timedelta) -> datetime | None:
    """Return a moment to wait for; none that lies further ahead than it can."""
    read = moment(value)
    if read is None or read <= now:
        return None
    return min(read, now + longest)


def _count(value: object) -> int:
    """Return a number of times."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, 0), _MANY)
