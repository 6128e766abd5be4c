"""Reads what forms wrote into the values of rules; what cannot be is refused."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Any, Final

from .invalid import InvalidRule

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days(data: Mapping[str, Any]) -> frozenset[int]:
    """Read weekdays; Monday is 0."""
    named = words(data, "days")
    if any(day not in DAYS for day in named):
        raise InvalidRule("days", "invalid_choice")
    return frozenset(DAYS.index(day) for day in named)


def words(
    data: Mapping[str, Any], field: str, default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Read a list of words, such as entity ids; what is absent is the default."""
    found = data.get(field)
    if found is None:
        return default
    if not isinstance(found, list | tuple):
        raise InvalidRule(field, "invalid_choice")
    return tuple(str(word) for word in found)


def time_of(data: Mapping[str, Any], field: str) -> time | None:
    """Read a time of the wall clock; seconds do not count."""
    found = data.get(field)
    if not found:
        return None
    try:
        read = time.fromisoformat(str(found))
    except ValueError:
        raise InvalidRule(field, "invalid_time") from None
    return read.replace(second=0, microsecond=0, tzinfo=None)


def number(
    data: Mapping[str, Any], field: str, within: tuple[float, float], key: str
) -> float | None:
    """Read a number between two others, both included; `key` is the error else."""
    found = data.get(field)
    if found is None:
        return None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not within[0] <= found <= within[1]:
        raise InvalidRule(field, key)
    return float(found)


def chosen[T: StrEnum](data: Mapping[str, Any], field: str, choices: type[T]) -> T:
    """Read one of a closed list."""
    try:
        return choices(data.get(field))
    except ValueError:
        raise InvalidRule(field, "invalid_choice") from None
