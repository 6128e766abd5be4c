"""The one clock of the fake cloud, and how fast physics runs beside it.

Stamps (bodies, tokens, headers) are always `now()`. Physics seconds are the seconds
since the clock was made, times the scale: at sixty a battery charges, and a car falls
asleep, sixty times as fast, while everything that is compared with a real Home
Assistant stays on real time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _wall_clock() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


class Clock:
    """Gives out stamps; stands still until stepped, or follows the real time."""

    def __init__(self, read: Callable[[], datetime], *, time_scale: float = 1) -> None:
        """Start physics at what `read` says now."""
        self._read = read
        self.time_scale = time_scale
        self.start = read()
        self._stepped = timedelta()
        self.is_stepped = False

    @classmethod
    def stepped(cls, start: datetime, *, time_scale: float = 1) -> Clock:
        """Make a clock that stands at `start` until it is stepped."""
        begin = start.astimezone(UTC)
        clock = cls(lambda: begin, time_scale=time_scale)
        clock.is_stepped = True
        return clock

    @classmethod
    def real(cls, time_scale: float = 1) -> Clock:
        """Make a clock that follows the machine's, physics running faster."""
        return cls(_wall_clock, time_scale=time_scale)

    def now(self) -> datetime:
        """Say the time, as an aware UTC datetime."""
        return self._read() + self._stepped

    def step(self, seconds: float) -> datetime:
        """Move a stepped clock on; say the new time."""
        if not self.is_stepped:
            raise RuntimeError("only a stepped clock can be stepped")
        self._stepped += timedelta(seconds=seconds)
        return self.now()

    def physics(self, moment: datetime) -> float:
        """Translate a stamp into physics seconds since the start."""
        real = (moment - self.start).total_seconds()
        # Rounded, so that translating there and back hits the same event again.
        return round(real * self.time_scale, 6)

    def stamp(self, seconds: float) -> datetime:
        """Translate physics seconds back into a stamp."""
        return self.start + timedelta(seconds=seconds / self.time_scale)

    def life(self, seconds: float) -> datetime:
        """Say which day and hour it is in the cars' own, accelerated lives.

        Weather and commuters live by it. At scale 1 it is the stamp.
        """
        return self.start + timedelta(seconds=seconds)
