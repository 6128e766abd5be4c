"""How long before a departure to begin, by how warm it will be outside."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ..model.record import record

UNKNOWN: Final = timedelta(minutes=20)
"""Where nobody says how warm it will be."""
LONGEST: Final = timedelta(minutes=30)
COMFORTABLE: Final = timedelta()
_FROST: Final = 1
# Up to which temperature each holds, in °C, from the coldest on.
_LEADS: Final = (
    (-0.001, LONGEST),
    (9.999, timedelta(minutes=20)),
    (22, COMFORTABLE),
    (30, timedelta(minutes=10)),
)
_HOTTEST: Final = timedelta(minutes=15)
_HOLDS_FOR: Final = timedelta(hours=3)


@record
class Forecast:
    """How warm it will be from a moment on."""

    at: datetime
    temperature: float
    """In °C."""


def lead(temperature: float | None) -> timedelta:
    """Return how long a car needs to be comfortable; nothing where it is already."""
    if temperature is None:
        return UNKNOWN
    return next((time for most, time in _LEADS if temperature <= most), _HOTTEST)


def is_frosty(temperature: float | None) -> bool:
    """Say whether windows may be frozen."""
    return temperature is not None and temperature <= _FROST


def temperature_at(forecast: Sequence[Forecast], moment: datetime) -> float | None:
    """Return how warm it will be at a moment, by what is foreseen of its hour."""
    before = [one for one in forecast if one.at <= moment < one.at + _HOLDS_FOR]
    return max(before, key=lambda one: one.at).temperature if before else None
