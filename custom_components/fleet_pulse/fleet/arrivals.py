"""Whether snapshots of a car really arrive, so that looks at it can be saved.

A car pushes one around each wake and each sleep. Some never do, and some stop: then
what the free list carries is an old one, however well it can be read.

    list ─▶ asleep ↔ online since the last list? ─▶ one is due, dated from then on
         ─▶ it came ─▶ arrive          ─▶ it did not within the patience ─▶ do not
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.record import record

PATIENCE: Final = timedelta(minutes=3)
"""How long after the list noticed it a push may take to get into the list."""
SLACK: Final = timedelta(minutes=5)
"""A car's clock and Tesla's differ, and a section may be written before the push."""
TRUSTED_FOR: Final = timedelta(hours=12)
"""Age up to which a snapshot speaks for itself, before the car slept or woke."""
_TURNS: Final = frozenset({"asleep", "online"})


@record
class Arrivals:
    """What is remembered of one car's snapshots."""

    newest: datetime | None = None
    """When the car wrote the newest snapshot."""
    word: str | None = None
    """Tesla's last word on the car: online or asleep; offline is neither."""
    heard_at: datetime | None = None
    due_from: datetime | None = None
    """The list before the car last slept or woke: a newer snapshot is expected."""
    due_by: datetime | None = None
    arrive: bool = False

    def heard(
        self, word: str | None, newest: datetime | None, *, now: datetime
    ) -> Arrivals:
        """Return the memory after a list; `newest` is the time of a new snapshot."""
        times = [time for time in (self.newest, newest) if time is not None]
        known = replace(self, newest=max(times, default=None), heard_at=now)
        if word in _TURNS:
            if self.word is not None and word != self.word:
                known = replace(known, due_from=self.heard_at, due_by=now + PATIENCE)
            known = replace(known, word=word)
        return replace(known, arrive=known.is_judged_to_arrive(now))

    def is_judged_to_arrive(self, now: datetime) -> bool:
        """Say whether what was due has come; while it may still come, as before."""
        if self.newest is None:
            return False
        if self.due_from is None or self.due_by is None:
            return now - self.newest <= TRUSTED_FOR
        if self.newest >= self.due_from - SLACK:
            return True
        return self.arrive and now < self.due_by
