"""Reads single values as Tesla spells them, into the units used inside.

Every parser is total: whatever arrives becomes a value or None, never an exception.
None is unknown. Conversion of units happens here and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import math
import re
from typing import Any, Final
from zoneinfo import ZoneInfo

from .car_schedule import EVERY_DAY, CarSchedule, ScheduleKind, Schedules
from .field import Location

KM_PER_MILE: Final = 1.609344

# Tesla's own words for "no value".
_NOTHING: Final = frozenset({"", "<invalid>"})
_WORDS_OF_TRUTH: Final = {"true": True, "false": False, "1": True, "0": False}
# Times outside are counters gone wrong, not moments of a car's life: 2001 to 2100.
_FIRST_SECOND: Final = 978_307_200
_LAST_SECOND: Final = 4_102_444_800
# Telemetry of old firmware says a place as "(37.412374 S, 122.145867 E)".
_PLACE: Final = re.compile(
    r"\(?\s*(\d{1,3}(?:\.\d+)?)\s*([NS])\s*,\s*(\d{1,3}(?:\.\d+)?)\s*([EW])\s*\)?"
)
# Tesla's servers stamp the car's local wall clock as if it stood in California.
_TESLA_TIME: Final = ZoneInfo("America/Los_Angeles")


def number(value: Any) -> float | None:
    """Read a finite number; old firmware streams numbers as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except ValueError, OverflowError:
        return None
    return read if math.isfinite(read) else None


def integer(value: Any) -> int | None:
    """Read a whole number; the stream has fractions where the poll has none."""
    read = number(value)
    return None if read is None else round(read)


def percent(value: Any) -> int | None:
    """Read a whole percentage of something that cannot be overfull."""
    read = integer(value)
    return read if read is not None and 0 <= read <= 100 else None


def boolean(value: Any) -> bool | None:
    """Read yes or no; 0 and 1 count, other numbers are something else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if isinstance(value, str):
        return _WORDS_OF_TRUTH.get(value.strip().lower())
    return None


def text(value: Any) -> str | None:
    """Read words; empty and Tesla's "<invalid>" are unknown."""
    if not isinstance(value, str):
        return None
    words = value.strip()
    return None if words.lower() in _NOTHING else words


def firmware(value: Any) -> str | None:
    """Read a version; the poll adds the build's hash behind a blank."""
    words = text(value)
    return None if words is None else words.split()[0]


def identifier(value: Any) -> str | None:
    """Read an id as text, since ids are larger than a float can count."""
    if isinstance(value, int) and not isinstance(value, bool):
        # Python refuses to spell numbers of thousands of digits.
        return str(value) if abs(value) < 10**30 else None
    return text(value)


def _scaled(value: Any, factor: float) -> float | None:
    """Convert a unit; rounded so that no noise of the conversion is shown."""
    read = number(value)
    if read is None or not math.isfinite(converted := read * factor):
        return None
    return round(converted, 3)


def miles(value: Any) -> float | None:
    """Read miles as kilometres."""
    return _scaled(value, KM_PER_MILE)


def hundredths_of_miles(value: Any) -> float | None:
    """Read hundredths of a mile, as the snapshot counts them, as kilometres."""
    return _scaled(value, KM_PER_MILE / 100)


def mph(value: Any) -> float | None:
    """Read miles an hour as kilometres an hour."""
    return _scaled(value, KM_PER_MILE)


def hours_as_minutes(value: Any) -> float | None:
    """Read hours as minutes."""
    return _scaled(value, 60)


def minutes_as_hours(value: Any) -> float | None:
    """Read minutes as hours."""
    return _scaled(value, 1 / 60)


def seconds_as_minutes(value: Any) -> float | None:
    """Read seconds as minutes."""
    return _scaled(value, 1 / 60)


def milliseconds_as_seconds(value: Any) -> float | None:
    """Read milliseconds as seconds."""
    return _scaled(value, 1 / 1000)


def phases(value: Any) -> int | None:
    """Read the phases of a charger; a car on three phases says 2."""
    return {1: 1, 2: 3, 3: 3}.get(integer(value) or 0)


def epoch_seconds(value: Any) -> datetime | None:
    """Read seconds since 1970 as a moment."""
    read = number(value)
    if read is None or not _FIRST_SECOND <= read <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(read, UTC)


def epoch_milliseconds(value: Any) -> datetime | None:
    """Read milliseconds since 1970 as a moment."""
    read = number(value)
    return None if read is None else epoch_seconds(read / 1000)


def minute_of_day(value: Any) -> int | None:
    """Read minutes after local midnight."""
    read = integer(value)
    return read if read is not None and 0 <= read < 24 * 60 else None


def streamed_minute_of_day(value: Any) -> int | None:
    """Read the local wall time out of a streamed schedule.

    The stream has the car's wall time stamped as if the car stood in California, so
    the moment is wrong but the hands of the clock are right.
    """
    moment = epoch_seconds(value)
    if moment is None:
        return None
    local = moment.astimezone(_TESLA_TIME)
    return local.hour * 60 + local.minute


def opened(value: Any) -> bool | None:
    """Read a door or window: any number but 0 is open, as is a crack."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.startswith("WindowState"):
        return _WINDOWS(value)
    read = integer(value)
    return None if read is None else read != 0


def location(value: Any) -> Location | None:
    """Read a place: latitude and longitude as a pair, as a message, or as text."""
    match value:
        case {"latitude": latitude, "longitude": longitude}:
            return _place(latitude, longitude)
        case (latitude, longitude):
            return _place(latitude, longitude)
        case str() if found := _PLACE.fullmatch(value.strip()):
            south = -1 if found[2] == "S" else 1
            west = -1 if found[4] == "W" else 1
            return _place(south * float(found[1]), west * float(found[3]))
    return None


def _place(latitude: Any, longitude: Any) -> Location | None:
    """Return a place that exists."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return Location(north, east)


@dataclass(frozen=True, slots=True, eq=False)
class Choice[T]:
    """Reads one word of a closed list, however the poll or the stream dresses it."""

    words: Mapping[str, T]
    """By Tesla's word in lower case, without the stream's prefix."""
    prefix: str = ""
    """What the stream puts before each word, in lower case."""
    null: T | None = None
    """What null says, where it is an answer and not a gap."""

    @property
    def options(self) -> tuple[str, ...]:
        """Return what comes out, in the order of the table, if it is words."""
        return tuple(
            dict.fromkeys(w for w in self.words.values() if isinstance(w, str))
        )

    def __call__(self, value: Any) -> T | None:
        """Read a word; an unknown one is unknown."""
        if value is None:
            return self.null
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and abs(value) < 10**6:
            value = str(value)
        if not isinstance(value, str):
            return None
        return self.words.get(value.strip().lower().removeprefix(self.prefix))


def choice[T](
    words: Mapping[str, T], prefix: str = "", *, null: T | None = None
) -> Choice[T]:
    """Make a parser for a closed list of words."""
    return Choice(
        {word.lower(): to for word, to in words.items()}, prefix.lower(), null
    )


def cable_connected(value: Any) -> bool | None:
    """Read from the kind of cable, or from what charging does, whether there is one."""
    if not isinstance(value, str):
        return None
    return value.strip().lower() not in {*_NOTHING, "cabletypesna", "disconnected"}


def charger_power(*, fast: bool) -> Callable[[Any], float | None]:
    """Make a parser for (power, is fast charger): Tesla has one number for both."""

    def read(value: Any) -> float | None:
        if not isinstance(value, tuple) or len(value) != 2:
            return None
        power, is_fast = number(value[0]), boolean(value[1])
        if power is None or is_fast is None:
            return None
        return power if is_fast is fast else 0.0

    return read


_WINDOWS: Final = choice(
    {"Closed": False, "PartiallyOpen": True, "Opened": True}, "WindowState"
)


def charge_schedules(value: Any) -> Schedules | None:
    """Read the charge schedules that a car lists; what makes no sense is left out."""
    return _schedules(value, _charge_schedule)


def precondition_schedules(value: Any) -> Schedules | None:
    """Read the precondition schedules that a car lists."""
    return _schedules(value, _precondition_schedule)


def _schedules(
    value: Any, read: Callable[[Mapping[Any, Any]], CarSchedule | None]
) -> Schedules | None:
    """Read a list of schedules."""
    if not isinstance(value, list | tuple):
        return None
    if not all(isinstance(entry, Mapping) for entry in value):
        return None
    found = (read(entry) for entry in value)
    return tuple(schedule for schedule in found if schedule is not None)


def _charge_schedule(entry: Mapping[Any, Any]) -> CarSchedule | None:
    """Read one charge schedule: a start, an end, or both."""
    start, end = _minute(entry, "start"), _minute(entry, "end")
    return _schedule(entry, ScheduleKind.CHARGE, start, end)


def _precondition_schedule(entry: Mapping[Any, Any]) -> CarSchedule | None:
    """Read one precondition schedule, which is about the time to be ready."""
    ready = minute_of_day(entry.get("precondition_time"))
    return _schedule(entry, ScheduleKind.PRECONDITION, None, ready)


def _minute(entry: Mapping[Any, Any], which: str) -> int | None:
    """Read the start or the end of a schedule, if it is one that counts."""
    if not boolean(entry.get(f"{which}_enabled")):
        return None
    return minute_of_day(entry.get(f"{which}_time"))


def _schedule(
    entry: Mapping[Any, Any], kind: ScheduleKind, start: int | None, end: int | None
) -> CarSchedule | None:
    """Read what schedules of both kinds have."""
    known, days = integer(entry.get("id")), integer(entry.get("days_of_week"))
    if known is None or days is None or (start is None and end is None):
        return None
    return CarSchedule(
        kind=kind,
        id=known,
        days=days & EVERY_DAY,
        latitude=number(entry.get("latitude")) or 0.0,
        longitude=number(entry.get("longitude")) or 0.0,
        start=start,
        end=end,
        one_time=boolean(entry.get("one_time")) or False,
        enabled=boolean(entry.get("enabled")) is not False,
    )


HOLDS: Final[Mapping[Callable[[Any], Any], type]] = {
    boolean: bool,
    cable_connected: bool,
    charge_schedules: tuple,
    epoch_milliseconds: datetime,
    epoch_seconds: datetime,
    firmware: str,
    integer: int,
    location: Location,
    minute_of_day: int,
    number: float,
    opened: bool,
    phases: int,
    precondition_schedules: tuple,
    streamed_minute_of_day: int,
    text: str,
}
"""What comes out of a parser that has neither a unit nor a closed list."""
