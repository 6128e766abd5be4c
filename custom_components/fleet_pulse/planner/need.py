"""How long a battery takes to a level."""

from datetime import timedelta
from math import log
from typing import Final

from ..model.record import record

_FLAT_UP_TO: Final = 90.0
"""Percent up to which a battery takes all the power that the charger gives."""
_LEFT_WHEN_FULL: Final = 0.3
"""Of the power, at 100 %."""
_STEEPNESS: Final = (1 - _LEFT_WHEN_FULL) / (100 - _FLAT_UP_TO)
_COLD: Final = timedelta(minutes=15)
"""A battery below freezing is warmed first."""
_LEAST_BUFFER: Final = timedelta(minutes=15)
_BUFFER: Final = 0.1
_LEAST_KW: Final = 0.1
"""Less than any socket gives: a reading of nothing must not make it take for ever."""

USUAL_EFFICIENCY: Final = 0.90
USUAL_KWH: Final = 75.0


@record
class Battery:
    """A battery, and how much of what is drawn from the wall arrives in it."""

    usable_kwh: float = USUAL_KWH
    efficiency: float = USUAL_EFFICIENCY


def power(amps: float, volts: float, phases: int = 1) -> float:
    """Return the power at the wall in kW."""
    return amps * volts * phases / 1000


def energy(level: float, target: float, battery: Battery) -> float:
    """Return the energy in kWh to be drawn from the wall to reach a level."""
    gained = max(target - level, 0.0) / 100
    return gained * battery.usable_kwh / battery.efficiency


def charging_time(
    level: float,
    target: float,
    *,
    battery: Battery,
    kw: float,
    temperature: float | None = None,
) -> timedelta:
    """Return how long it takes from one level, in percent, to another.

    `kw` is the power at the wall; it is all taken up to 90 % and falls to 30 % of it
    when full. `temperature` is the one outside, in °C; None is a mild day.
    """
    if target <= level:
        return timedelta()
    begin, end = (_points_at_full_power(at) for at in (level, min(target, 100.0)))
    hours = energy(begin, end, battery) / max(kw, _LEAST_KW)
    cold = temperature is not None and temperature < 0
    return timedelta(hours=hours) + (_COLD if cold else timedelta())


def _points_at_full_power(level: float) -> float:
    """Return how many percent full power would give in the time up to a level."""
    if level <= _FLAT_UP_TO:
        return level
    return _FLAT_UP_TO - log(1 - _STEEPNESS * (level - _FLAT_UP_TO)) / _STEEPNESS


def buffer(needed: timedelta) -> timedelta:
    """Return by how much to begin earlier, because nothing goes as calculated."""
    return max(_LEAST_BUFFER, needed * _BUFFER) if needed else timedelta()
