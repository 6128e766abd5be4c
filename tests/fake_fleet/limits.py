"""Tesla's rate limits: so many calls per car and kind in any minute."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from .bill import Category

PER_MINUTE: Final[dict[Category, int]] = {
    Category.COMMAND: 30,
    Category.DATA: 60,
    Category.WAKE: 3,
}

WINDOW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left of a limit after a call."""

    limit: int
    remaining: int
    reset: int
    """Seconds until the oldest counted call is forgotten."""
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell the caller."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return told | ({"Retry-After": str(self.reset)} if self.exceeded else {})


class RateLimits:
    """A sliding minute per car and category."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with nothing counted."""
        self._now = now
        self._calls: dict[tuple[str, Category], deque[datetime]] = {}
        self.per_minute = dict(PER_MINUTE)

    def take(self, vin: str, category: Category) -> Allowance | None:
        """Count a call; None where the category has no limit."""
        limit = self.per_minute.get(category)
        if limit is None:
            return None
        now = self._now()
        calls = self._calls.setdefault((vin, category), deque())
        while calls and now - calls[0] >= WINDOW:
            calls.popleft()
        exceeded = len(calls) >= limit
        if not exceeded:
            calls.append(now)
        # With a limit of zero there is no call to wait for.
        left = calls[0] + WINDOW - now if calls else WINDOW
        return Allowance(
            limit=limit,
            remaining=limit - len(calls),
            reset=max(ceil(left.total_seconds()), 1),
            exceeded=exceeded,
        )
