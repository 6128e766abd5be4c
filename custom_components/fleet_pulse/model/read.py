"""Reads what forms wrote into the values of rules and alerts; what cannot be is refused."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Final

from .invalid import InvalidInput

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days(data: Mapping[str, Any]) -> frozenset[int]:
    """Read weekdays; Monday is 0."""
    named = words(data, "days")
    if any(day not in DAYS for day in named):
        raise InvalidInput("days", "day_unknown")
    return frozenset(DAYS.index(day) for day in named)


def words(
    data: Mapping[str, Any], field: str, default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Read a list of words, such as entity ids; what is absent is the default."""
    found = data.get(field)
    if found is None:
        return default
    if not isinstance(found, list | tuple):
        raise InvalidInput(field, "list_invalid")
    return tuple(str(word) for word in found)


def time_of(data: Mapping[str, Any], field: str) -> time | None:
    """Read a time of the wall clock; seconds do not count."""
    found = data.get(field)
    if not found:
        return None
    try:
        read = time.fromisoformat(str(found))
    except ValueError:
        raise InvalidInput(field, "time_invalid") from None
    return read.replace(second=0, microsecond=0, tzinfo=None)


def number(
    data: Mapping[str, Any],
    field: str,
    within: tuple[float, float],
    key: str,
    *,
    part: str = "",
) -> float | None:
    """Read a number between two others, both included; `key` is the error else.

    `part` is what the field belongs to, where a form names both.
    """
    found = data.get(field)
    if found is None:
        return None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not within[0] <= found <= within[1]:
        raise InvalidInput(f"{part}.{field}" if part else field, key)
    return float(found)


def chosen[T: StrEnum](
    data: Mapping[str, Any], field: str, choices: type[T], key: str
) -> T:
    """Read one of a closed list; `key` is the error else."""
    try:
        return choices(str(data.get(field)))
    except ValueError:
        raise InvalidInput(field, key) from None


def whole(
    data: Mapping[str, Any], field: str, within: tuple[float, float], key: str
) -> int | None:
    """Read a whole number between two others, both included."""
    found = number(data, field, within, key)
    if found is not None and not found.is_integer():
        raise InvalidInput(field, key)
    return None if found is None else int(found)


def minutes(
    data: Mapping[str, Any],
    field: str,
    within: tuple[float, float],
    default: timedelta,
) -> timedelta:
    """Read a time span that is given in minutes."""
    found = number(data, field, within, "number_invalid")
    return default if found is None else timedelta(minutes=found)


def dates(data: Mapping[str, Any], field: str) -> tuple[date, ...]:
    """Read a list of dates."""
    return tuple(_date(word, field) for word in words(data, field))


def date_of(data: Mapping[str, Any], field: str) -> date | None:
    """Read a date."""
    return _date(data[field], field) if data.get(field) else None


def _date(word: object, field: str) -> date:
    """Read one date."""
    try:
        return date.fromisoformat(str(word))
    except ValueError:
        raise InvalidInput(field, "date_invalid") from None


def entity(data: Mapping[str, Any], field: str) -> str:
    """Read the id of an entity that must be named."""
    found = str(data.get(field) or "")
    domain, _, name = found.partition(".")
    if not (domain and name):
        raise InvalidInput(field, "entity_invalid")
    return found
