"""What is learned of a car: when it usually leaves, and where it falls asleep.

A drive is seen between two words of the car: its gear, or an odometer that moved. The
list narrows its start down, for a car that slept is woken by whoever gets in. Starts
are kept as moments of UTC and read in the zone of now, so no change of clocks moves a
habit. Places are rough cells of a map: they are kept beside the car's state, and
neither logged nor told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import math
from statistics import median_low
from typing import Any, Final

from ..model import vehicle_fields as fields
from ..model.persist import moment
from ..model.record import record
from ..model.state import State
from .activity import Activity, activity, is_driving

type Cell = tuple[int, int]
"""Where a place lies on the map, in steps of latitude and longitude."""

REMEMBERED: Final = timedelta(days=42)
"""So long a drive says something about the next ones."""
NARROW: Final = timedelta(minutes=45)
"""A start is known if no more than that lies between the words around it."""
APART: Final = 20
"""Minutes: further apart, two starts belong to two habits."""
WIDEST: Final = 90
"""Minutes between the earliest and the latest start of a habit."""
LEAST: Final = 3
"""Days on which a drive must have started for a habit, at least."""
OFTEN: Final = 0.25
"""On this share of its days a habit must have been followed."""
ENOUGH: Final = 6
"""Drives after which it can be told whether there are habits at all."""
REGULAR: Final = 0.8
"""From this share of drives on that follow a habit, the others do not count."""
MOST_DRIVES: Final = 120
MOST_PLACES: Final = 64
MOVED_KM: Final = 0.5
"""So far an odometer moves only in a drive, not in a garage."""
_STEP: Final = 0.002
"""Degrees: some 200 m, less than a car park and more than a bad reception."""
_WEEKEND_DAYS: Final = 2
_AHEAD: Final = (-1, 0, 1)


@record
class Usual:
    """When drives usually start, around now."""

    drives: tuple[datetime, ...] = ()
    is_known: bool = False
    """The car has habits at all, if not on days like today."""
    is_regular: bool = False
    """On days like today nearly all drives start then."""


@record
class Habits:
    """What a car usually does; the newest stands last."""

    drives: tuple[datetime, ...] = ()
    """When drives started, in UTC."""
    places: tuple[Cell, ...] = ()
    """Where it has been seen to fall asleep by itself."""

    def learned(
        self,
        before: State,
        after: State,
        *,
        online_since: datetime | None,
        now: datetime,
    ) -> Habits:
        """Return the habits after a list, a snapshot or a look was taken in."""
        learned, start = self, _start(before, after, online_since)
        if start is not None and start <= now:
            learned = learned._driven(start, now)
        cell = _cell(after)
        if cell is not None and _fell_asleep(before, after, online_since):
            others = tuple(one for one in self.places if one != cell)
            learned = replace(learned, places=(*others, cell)[-MOST_PLACES:])
        return learned

    def usual(self, now: datetime, zone: tzinfo) -> Usual:
        """Return when drives usually start, from yesterday to tomorrow."""
        today = now.astimezone(zone).date()
        starts = [start.astimezone(zone) for start in self.drives if start <= now]
        weeks = {
            is_weekend: _Week.of(
                [start for start in starts if _is_weekend(start) is is_weekend],
                is_weekend=is_weekend,
                now=now,
            )
            for is_weekend in (False, True)
        }
        return Usual(
            drives=tuple(
                datetime.combine(day, time(at // 60, at % 60), zone).astimezone(UTC)
                for day in (today + timedelta(days=ahead) for ahead in _AHEAD)
                for at in weeks[_is_weekend(day)].minutes
            ),
            is_known=any(week.is_regular for week in weeks.values()),
            is_regular=weeks[_is_weekend(today)].is_regular,
        )

    def sleeps_here(self, state: State) -> bool:
        """Tell whether the car falls asleep where it stands, as far as is known."""
        cell = _cell(state)
        return cell is None or any(_is_near(cell, place) for place in self.places)

    def dump(self) -> dict[str, Any]:
        """Return the habits as JSON takes them."""
        return {
            "drives": [start.isoformat() for start in self.drives],
            "places": [list(cell) for cell in self.places],
        }

    def _driven(self, start: datetime, now: datetime) -> Habits:
        """Return the habits with one more start of a drive, unless it is known."""
        kept = tuple(known for known in self.drives if now - REMEMBERED < known <= now)
        if any(abs(known - start) < NARROW / 3 for known in kept):
            return self
        return replace(self, drives=(*kept, start)[-MOST_DRIVES:])


def load(data: object) -> Habits:
    """Return what was dumped; what cannot be trusted is left out."""
    if not isinstance(data, Mapping):
        return Habits()
    drives = (moment(entry) for entry in _list(data.get("drives")))
    places = (_loaded_cell(entry) for entry in _list(data.get("places")))
    return Habits(
        drives=tuple(sorted(one for one in drives if one is not None))[-MOST_DRIVES:],
        places=tuple(one for one in places if one is not None)[-MOST_PLACES:],
    )


def _list(data: object) -> list[Any]:
    """Return a list, empty where there is none."""
    return data if isinstance(data, list) else []


def _loaded_cell(data: object) -> Cell | None:
    """Return a cell that lies on the map."""
    match data:
        case [int() as north, int() as east]:
            if abs(north) * _STEP <= 90 and abs(east) * _STEP <= 180:
                return int(north), int(east)
    return None


# ---- places


def _cell(state: State) -> Cell | None:
    """Return where the car stands, roughly."""
    place = state.said(fields.LOCATION)
    if place is None or place.value is None:
        return None
    return math.floor(place.value.latitude / _STEP), math.floor(
        place.value.longitude / _STEP
    )


def _is_near(one: Cell, other: Cell) -> bool:
    """Tell whether two cells are the same place: reception jumps over an edge."""
    return abs(one[0] - other[0]) <= 1 and abs(one[1] - other[1]) <= 1


def _fell_asleep(before: State, after: State, online_since: datetime | None) -> bool:
    """Tell whether the list just saw it fall asleep where it said it stands."""
    was, now = before.said(fields.STATE), after.said(fields.STATE)
    if was is None or now is None or (was.value, now.value) != ("online", "asleep"):
        return False
    place = after.said(fields.LOCATION)
    if place is None or online_since is None or place.at < online_since:
        # It may have been driven since it told where it is.
        return False
    return activity(after) is Activity.PARKED


# ---- drives


def _start(
    before: State, after: State, online_since: datetime | None
) -> datetime | None:
    """Return about when a drive started that two words of the car lie around."""
    was, word = before.said(fields.SHIFT_STATE), after.said(fields.SHIFT_STATE)
    if was is None or word is None or word.at <= was.at or is_driving(before):
        return None
    if not is_driving(after) and not _has_moved(before, after):
        return None
    if online_since is not None and online_since > was.at:
        # It slept, and whoever got in woke it.
        start = min(online_since, word.at)
        return start if word.at - start <= NARROW else None
    between = word.at - was.at
    return was.at + between / 2 if between <= NARROW else None


def _has_moved(before: State, after: State) -> bool:
    """Tell whether the odometer shows a drive that nobody saw."""
    was, now = before.said(fields.ODOMETER), after.said(fields.ODOMETER)
    if was is None or now is None or was.value is None or now.value is None:
        return False
    return now.value - was.value > MOVED_KM


def _is_weekend(day: date) -> bool:
    """Tell Saturdays and Sundays from the rest."""
    return day.weekday() >= 7 - _WEEKEND_DAYS


@record
class _Week:
    """The habits of weekdays, or of weekends."""

    minutes: tuple[int, ...] = ()
    """Of the day, in order: when drives usually start."""
    is_regular: bool = False

    @classmethod
    def of(cls, starts: list[datetime], *, is_weekend: bool, now: datetime) -> _Week:
        """Find the habits in starts of drives."""
        if not starts:
            return cls()
        weeks = (now - min(starts)) / timedelta(weeks=1)
        days = weeks * (_WEEKEND_DAYS if is_weekend else 7 - _WEEKEND_DAYS)
        least = max(LEAST, days * OFTEN)
        habits = [
            habit
            for habit in _together(starts)
            if len({start.date() for start in habit}) >= least
        ]
        followed = sum(map(len, habits))
        return cls(
            minutes=tuple(median_low(map(_minute, habit)) for habit in habits),
            is_regular=followed >= max(ENOUGH, REGULAR * len(starts)),
        )


def _together(starts: list[datetime]) -> Iterator[list[datetime]]:
    """Return starts of about the same time of day together."""
    found: list[datetime] = []
    for start in sorted(starts, key=_minute):
        minute = _minute(start)
        if found and (
            minute - _minute(found[-1]) > APART or minute - _minute(found[0]) > WIDEST
        ):
            yield found
            found = []
        found.append(start)
    yield found


def _minute(start: datetime) -> int:
    """Return the minute of its day."""
    return start.hour * 60 + start.minute
