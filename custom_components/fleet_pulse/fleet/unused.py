"""Since when nobody can have used a car, by the words of the free list alone.

Whoever uses a car keeps it awake for ten minutes at least. So a word that it sleeps
vouches for the ten minutes before, and sleep after sleep vouches for all the time
between, if no more than that lies between two words.
"""

from datetime import datetime
from typing import Final

from ..model.record import record
from .waits import Waits

ASLEEP: Final = "asleep"


@record
class Unused:
    """The span in which nobody can have used a car; both ends or none."""

    since: datetime | None = None
    until: datetime | None = None

    def heard(self, word: str | None, *, now: datetime, waits: Waits) -> Unused:
        """Return the span after a word of the list; only "asleep" proves anything.

        An offline car may be on the road without reception.
        """
        if word != ASLEEP:
            return self
        start = now - waits.stays_awake
        is_unbroken = self.until is not None and self.until >= start
        return Unused(since=self.since if is_unbroken else start, until=now)

    def covers(self, moment: datetime) -> bool:
        """Tell whether the car is today as it was at a moment."""
        return self.since is not None and moment >= self.since
