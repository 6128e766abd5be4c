"""When to ask for the free list of an account's products: one call for all its cars."""

from dataclasses import replace
from datetime import datetime

from ..model.record import record
from .errors import BillingLimit, FleetError, RateLimited
from .waits import Waits


@record
class ListMemory:
    """What is remembered of an account's lists."""

    asked_at: datetime | None = None
    failures: int = 0
    blocked_until: datetime | None = None

    def believed(self, *, now: datetime) -> ListMemory:
        """Return the memory moved with a clock that jumped back."""
        if self.asked_at is None or self.asked_at <= now:
            return self
        jumped, until = self.asked_at - now, self.blocked_until
        return replace(
            self, asked_at=now, blocked_until=None if until is None else until - jumped
        )

    def answered(self, *, now: datetime) -> ListMemory:
        """Return the memory after an answer."""
        return ListMemory(asked_at=now)

    def failed(self, error: FleetError, *, now: datetime, waits: Waits) -> ListMemory:
        """Return the memory after a failure."""
        blocked = None
        if isinstance(error, RateLimited):
            blocked = now + waits.asked_for(error)
        elif isinstance(error, BillingLimit):
            blocked = now + waits.disabled
        return replace(
            self, asked_at=now, failures=self.failures + 1, blocked_until=blocked
        )


def next_list(
    memory: ListMemory,
    *,
    now: datetime,
    waits: Waits,
    wanted_at: datetime | None = None,
    is_needed: bool = False,
) -> datetime:
    """Return when to ask next; not after `now` means at once.

    `wanted_at` is when a person last wanted to see something newer, `is_needed` that
    a look at a car is due, which must follow a fresh word.
    """
    asked = memory.asked_at
    if asked is None or asked > now:
        # A clock that was set back would keep the account waiting for as long.
        return max(now, memory.blocked_until or now)
    stretched = waits.list_every * (1 << min(memory.failures, 10))
    longest = max(waits.list_every, waits.list_longest)
    due = asked + min(stretched, longest)
    if wanted_at is not None and wanted_at > asked:
        due = min(due, max(wanted_at, asked + waits.list_apart))
    # After a failure nothing but a person hurries: Tesla has trouble enough.
    if is_needed and not memory.failures:
        due = min(due, asked + waits.list_fresh)
    return max(due, memory.blocked_until or due)
