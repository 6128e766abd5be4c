"""One look at one kind: what is seen, how old that is, and whether it is so."""

from datetime import datetime, timedelta
from typing import Final

from ..model.record import record
from .alert import Alert
from .facts import Facts
from .kind import Kind, Nature, Seen
from .track import Track

LATE: Final = timedelta(minutes=5)
"""A snapshot may be as old as the free list, which is asked every five at the least."""


@record
class Look:
    """What is seen of one kind, for one alert."""

    kind: Kind
    alert: Alert
    facts: Facts
    seen: Seen
    is_first: bool

    @property
    def now(self) -> datetime:
        """Return when it is."""
        return self.facts.now

    @property
    def began(self) -> datetime:
        """Return since when it is as it is seen."""
        return self.seen.since or self.seen.at

    @property
    def is_in_time(self) -> bool:
        """Say whether the car said it just now."""
        return -LATE <= self.now - self.seen.at <= LATE

    @property
    def is_fresh(self) -> bool:
        """Say whether it is young enough to raise anything."""
        # What is of the future is of a clock that is wrong.
        return -LATE <= self.now - self.seen.at <= self.kind.max_age


def is_raised(track: Track, look: Look) -> bool:
    """Say whether it is so now; of changes, whether it is another than it was."""
    seen = look.seen
    if look.kind.nature is Nature.LEVEL or not seen.is_raised:
        return seen.is_raised
    if track.episode is not None:
        return seen.of == track.of
    return track.noted is not None and seen.of != track.noted


def is_cleared(track: Track, look: Look) -> bool:
    """Say whether it is over; a change is, as long as it is pending, if it is undone."""
    if look.seen.is_cleared or track.episode is not None:
        return look.seen.is_cleared
    return look.kind.nature is Nature.CHANGE and look.seen.of == track.noted
