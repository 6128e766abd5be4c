"""Checks what a command is given, before anything is sent.

A reader takes what a caller gave and returns what Tesla's REST interface takes, or
raises `ValueError` with words that follow the parameter's name.
"""

from collections.abc import Callable
from typing import Final

type Primitive = bool | int | float | str
type Reader = Callable[[object], Primitive]

# A day's bit in the car's own schedules; Sunday comes first.
DAYS: Final = {
    "Sunday": 1,
    "Monday": 2,
    "Tuesday": 4,
    "Wednesday": 8,
    "Thursday": 16,
    "Friday": 32,
    "Saturday": 64,
}
_SETS_OF_DAYS: Final = {"All": 127, "Weekdays": 62}
_NAMES_OF_DAYS: Final = {
    **{name.lower(): bits for name, bits in (DAYS | _SETS_OF_DAYS).items()},
    "sun": 1,
    "mon": 2,
    "tues": 4,
    "wed": 8,
    "thurs": 16,
    "fri": 32,
    "sat": 64,
}


def flag(value: object) -> bool:
    """Take true or false."""
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


def decimal(low: float, high: float) -> Reader:
    """Make a reader of numbers between two bounds."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number from {low:g} to {high:g}")  # noqa: TRY004
        if not low <= value <= high:
            raise ValueError(f"must be from {low:g} to {high:g}, not {value:g}")
        return value

    return read


def whole(low: int, high: int) -> Reader:
    """Make a reader of whole numbers between two bounds; 80.0 is one."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a whole number from {low} to {high}")  # noqa: TRY004
        if not low <= value <= high or value != int(value):
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def one_of(*words: str) -> Reader:
    """Make a reader of one of a few words."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError(f"must be one of: {', '.join(words)}")

    return read


def one_number_of(*numbers: int) -> Reader:
    """Make a reader of one of a few whole numbers."""

    def read(value: object) -> int:
        if not isinstance(value, bool) and value in numbers:
            return next(number for number in numbers if number == value)
        raise ValueError(f"must be one of: {', '.join(map(str, numbers))}")

    return read


def text(shortest: int, longest: int) -> Reader:
    """Make a reader of text of a length; it is never repeated, for it may be private."""

    def read(value: object) -> str:
        if isinstance(value, str) and shortest <= len(value.strip()) <= longest:
            return value.strip()
        raise ValueError(f"must be text of {shortest} to {longest} characters")

    return read


def pin(value: object) -> str:
    """Take four digits; what was given instead is never repeated."""
    if (
        isinstance(value, str)
        and len(value) == 4
        and value.isascii()
        and value.isdigit()
    ):
        return value
    raise ValueError("must be four digits")


def days(value: object) -> str:
    """Take names of days, as a list or separated by commas."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not given:
        raise ValueError("must name at least one day")
    if not all(
        isinstance(day, str) and day.strip().lower() in _NAMES_OF_DAYS for day in given
    ):
        known = ", ".join((*DAYS, *_SETS_OF_DAYS))
        raise ValueError(f"must be days separated by commas, of: {known}")
    return ",".join(str(day).strip() for day in given)


def day_names(mask: int) -> str:
    """Return the names of the days whose bits are set."""
    return ",".join(name for name, bit in DAYS.items() if mask & bit)


def day_mask(value: Primitive) -> int:
    """Return the bits of days that `days` has let through."""
    mask = 0
    for day in str(value).split(","):
        mask |= _NAMES_OF_DAYS[day.strip().lower()]
    return mask
