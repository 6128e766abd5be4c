"""What happens in the year beside commuting: seeded deeds of people and of fate.

One deed a day at most, so that no two of them mean one night. In the weeks without
reception nobody does anything, or it would be unclear whose doing the outcome is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import cycle
from random import Random
from typing import Final

from .wishes import HOLIDAYS, ZONE


class Kind(StrEnum):
    """What is done."""

    DELETE = "delete"
    """The owner deletes the weekday rule, and makes it anew at the next day's noon."""
    DISABLE = "disable"
    """The owner switches the weekday rule off, and on at the next day's noon."""
    LIMIT = "limit"
    """The owner sets the car's limit on its screen."""
    POWER_CUT = "power_cut"
    """Home Assistant ends with the disk as it happens to be, and starts later."""
    RESTART = "restart"
    """Home Assistant stops orderly, and starts later."""
    SILENCE = "silence"
    """The car loses its reception for two weeks."""
    SKIP = "skip"
    """The owner leaves out the next morning of the weekday rule."""
    START = "start"
    """The owner starts to charge on the car's screen, in the evening."""
    STOP = "stop"
    """The owner stops charging on the car's screen, in the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that is done at a moment."""

    at: datetime
    kind: Kind
    value: int = 0
    """The limit, or how many minutes Home Assistant is down."""


RESTARTS: Final = 20
RESTARTS_AT_LEAST: Final = 3
SILENCE: Final = timedelta(days=14)
BY_HAND: Final = (
    Kind.LIMIT,
    Kind.STOP,
    Kind.START,
    Kind.SKIP,
    Kind.DISABLE,
    Kind.DELETE,
)
EVENING: Final = {
    Kind.LIMIT: time(19, 30),
    Kind.STOP: time(20, 10),
    Kind.START: time(19, 45),
    Kind.SKIP: time(20, 0),
    Kind.DISABLE: time(20, 5),
    Kind.DELETE: time(20, 15),
}
"""While the car sleeps at home with its cable in."""
AT_THE_DESK: Final = frozenset({Kind.SKIP, Kind.DISABLE, Kind.DELETE})
ROUNDS: Final = (None, time(12, 30), time(17, 20), time(9))
"""When second thoughts come at the desk, one time after the other: in the evening, at
lunch, on the way home, at the office."""
LIMIT: Final = 90
PAUSE: Final = timedelta(days=14)
SHORT_PAUSE: Final = timedelta(days=1)
"""Days without a deed by hand after one."""
SHORT: Final = 90
"""Up to so many days are a short year: no weeks without reception, more deeds."""
DAYS_OF_YEAR: Final = 365


def deeds(begin: date, days: int, seed: int) -> tuple[Deed, ...]:
    """Plan what happens in so many days, in order."""
    random = Random(f"{seed}:deeds:{begin}")
    silent = begin + timedelta(days=round(days * 0.6)) if days > SHORT else None
    if silent is not None:
        # Lost on a Wednesday: the limit of the weekday rule is in the car by then.
        silent += timedelta(days=(2 - silent.weekday()) % 7)
    found = [*_by_hand(begin, days, silent), *_restarts(begin, days, random)]
    if silent is not None:
        found.append(Deed(at=_at(silent, time(12)), kind=Kind.SILENCE))
    return tuple(sorted(found, key=lambda deed: deed.at))


def _by_hand(begin: date, days: int, silent: date | None) -> Iterator[Deed]:
    """Plan the owner's deeds: on working days before a working morning."""
    pause = PAUSE if days > SHORT else SHORT_PAUSE
    kinds = ((kind, wall) for wall in cycle(ROUNDS) for kind in BY_HAND)
    day, end = begin + timedelta(days=1), begin + timedelta(days=days - 2)
    while day < end:
        if _is_ordinary(day) and not _is_silent(day, silent):
            kind, wall = next(kinds)
            value = LIMIT if kind is Kind.LIMIT else 0
            at = wall if kind in AT_THE_DESK else None
            yield Deed(at=_at(day, at or EVENING[kind]), kind=kind, value=value)
            day += pause
        day += timedelta(days=1)


def _restarts(begin: date, days: int, random: Random) -> Iterator[Deed]:
    """Plan the restarts: at any moment, every other one by a power cut."""
    count = max(RESTARTS_AT_LEAST, round(RESTARTS * days / DAYS_OF_YEAR))
    since = _at(begin + timedelta(days=1), time(0))
    span = (days - 2) * 86_400
    for number in range(count):
        # In each stretch of time one, so that they are spread over all seasons.
        share = (number + random.random()) / count
        kind = Kind.POWER_CUT if number % 2 else Kind.RESTART
        down = random.choice((1, 2, 5, 30, 180))
        yield Deed(at=since + timedelta(seconds=span * share), kind=kind, value=down)


def _is_ordinary(day: date) -> bool:
    """Whether it is a working day before a working day."""
    return all(
        one.weekday() < 5 and one not in HOLIDAYS
        for one in (day, day + timedelta(days=1))
    )


def _is_silent(day: date, silent: date | None) -> bool:
    """Whether the car has no reception on a day, or just before or after."""
    if silent is None:
        return False
    return timedelta(days=-2) <= day - silent <= SILENCE + timedelta(days=2)


def _at(day: date, wall: time) -> datetime:
    """Translate a time of the wall clock."""
    return datetime.combine(day, wall, tzinfo=ZONE).astimezone(UTC)
