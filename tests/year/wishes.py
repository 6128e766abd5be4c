"""What the owner of the year wants, and when that is: by the wall clock of Berlin.

Written for the judge: nothing here is read from the integration's code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Berlin")
HOLIDAYS: Final = frozenset(
    date.fromisoformat(f"2027-{day}")
    for day in (
        *("01-01", "03-08", "03-26", "03-29", "05-06", "05-17", "10-26"),
        *("12-24", "12-27", "12-28", "12-29", "12-30", "12-31"),
    )
)
"""At home on a weekday; 2027's own, and what an employer adds to them."""
READY_BY: Final = time(7, 30)
LEAVING: Final = time(7, 30)
"""The cabin is to be warm by then, on the same days."""
WARM: Final = 21.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Charging that is wanted on some days of the week."""

    key: str
    days: tuple[int, ...]
    """Monday is 0."""
    target: int
    begin: time | None
    """None: whenever, before the end."""
    end: time
    skips_holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One day's wish, in UTC."""

    wish: Wish
    day: date
    begin: datetime | None
    end: datetime


WEEKDAY: Final = Wish(
    key="weekday",
    days=(0, 1, 2, 3, 4),
    target=80,
    begin=None,
    end=READY_BY,
    skips_holidays=True,
)
WEEKEND: Final = Wish(
    key="weekend", days=(5, 6), target=60, begin=time(10), end=time(16)
)
WISHES: Final = (WEEKDAY, WEEKEND)


def at(day: date, wall: time) -> datetime:
    """Translate a time of the wall clock; none of the owner's falls into a gap."""
    return datetime.combine(day, wall, tzinfo=ZONE).astimezone(UTC)


def occasions(since: date, until: date) -> Iterator[Occasion]:
    """List what is wanted from a day to before another, in the order of its ends."""
    day = since
    while day < until:
        for wish in WISHES:
            if _counts(wish, day):
                begin = None if wish.begin is None else at(day, wish.begin)
                yield Occasion(wish=wish, day=day, begin=begin, end=at(day, wish.end))
        day += timedelta(days=1)


def leavings(since: date, until: date) -> Iterator[datetime]:
    """List when the cabin is to be warm."""
    for occasion in occasions(since, until):
        if occasion.wish is WEEKDAY:
            yield at(occasion.day, LEAVING)


def _counts(wish: Wish, day: date) -> bool:
    """Whether a wish counts on a day."""
    if wish.skips_holidays and day in HOLIDAYS:
        return False
    return day.weekday() in wish.days
