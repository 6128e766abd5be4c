"""An oracle for wall clocks: looks at every minute of a year, and knows no rules of time.

It asks for each minute what a clock on the wall shows, writes that down, and finds what
was meant by looking through the list. It uses nothing of the planner.
"""

from array import array
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
_MARGIN: Final = 8 * DAY


class WallClock:
    """Everything that a clock on a wall shows in a year, minute by minute."""

    def __init__(self, zone: str, year: int) -> None:
        """Look at the clock every minute, some days before and after as well."""
        self.begins = datetime(year, 1, 1, tzinfo=UTC) - _MARGIN
        ends = datetime(year + 1, 1, 1, tzinfo=UTC) + _MARGIN
        tz = ZoneInfo(zone)
        self.shown = array("q")
        """Minutes since year one, as shown, for each minute since it begins."""
        moment = self.begins
        while moment < ends:
            self.shown.append(_counted(moment.astimezone(tz).replace(tzinfo=None)))
            moment += MINUTE
        highest, so_far = array("q"), 0
        for minute in self.shown:
            so_far = max(so_far, minute)
            highest.append(so_far)
        self.highest = highest
        """The latest that was shown until each minute: it never falls."""

    def first(self, day: date, at: time) -> int:
        """Return the first minute at which the clock shows so much or more."""
        return bisect_left(self.highest, _counted(datetime.combine(day, at)))

    def moment(self, minute: int) -> datetime:
        """Return when a minute begins."""
        return self.begins + minute * MINUTE

    def minute(self, moment: datetime) -> int:
        """Return which minute a moment is."""
        return (moment - self.begins) // MINUTE


def _counted(shown: datetime) -> int:
    """Return minutes since year one of what a clock shows."""
    return shown.toordinal() * 1440 + shown.hour * 60 + shown.minute


@lru_cache
def wall_clock(zone: str, year: int) -> WallClock:
    """Return the clock of a year, which is looked at once."""
    return WallClock(zone, year)
