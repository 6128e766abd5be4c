"""The laws the cars live by: pure functions of numbers.

Kilowatts, kilowatt hours, kilometres, degrees Celsius, hours.
"""

from itertools import pairwise
from math import cos, exp, pi
from typing import Final

from .chargers import Charger
from .specs import CarSpec, Curve

AC_EFFICIENCY: Final = 0.92
ASLEEP_KW: Final = 0.008
AWAKE_KW: Final = 0.22
SENTRY_KW: Final = 0.05
HEATER_KW: Final = 4.0
PACK_KWH_PER_K: Final = 0.12
"""What warms the pack by one degree."""
PACK_TAU_H: Final = 12.0
CABIN_TAU_H: Final = 0.6
CABIN_CLIMATE_TAU_H: Final = 0.1
SUN_K: Final = 8.0
"""How much warmer the noon sun makes a parked cabin."""
FULL_HYSTERESIS: Final = 3.0
"""A full car charges again once this much is gone."""


def interpolated(curve: Curve, x: float) -> float:
    """Read a curve between its points."""
    if x <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1]


def acceptance_kw(spec: CarSpec, soc: float, temperature: float) -> float:
    """Say what the pack takes at most: less when fuller, less when colder."""
    warmth = min(1.0, max(0.04, (temperature + 10) / 35))
    return interpolated(spec.acceptance, soc) * warmth


def line_amps(spec: CarSpec, charger: Charger, requested: int) -> int:
    """Say how many amps flow on each phase: the least of car, cable and wish."""
    return min(requested, charger.amps, spec.ac_amps_max)


def line_phases(spec: CarSpec, charger: Charger) -> int:
    """Say how many phases carry them."""
    return min(charger.phases, spec.ac_phases_max)


def offered_kw(spec: CarSpec, charger: Charger, requested: int) -> float:
    """Say what the plug can bring to the pack's side, before any use in the car."""
    if charger.is_dc:
        return charger.dc_kw
    amps = line_amps(spec, charger, requested)
    return amps * charger.volts * line_phases(spec, charger) / 1000 * AC_EFFICIENCY


def wall_kw(charger: Charger, inside_kw: float) -> float:
    """Say what the wall gives for what arrives inside."""
    return inside_kw if charger.is_dc else inside_kw / AC_EFFICIENCY


def hours_to_charge(
    spec: CarSpec, *, soc: float, to: float, temperature: float, offered: float
) -> float:
    """Predict how long charging takes, a point at a time."""
    hours, level = 0.0, soc
    while level < to and offered > 0:
        step = min(1.0, to - level)
        power = min(offered, acceptance_kw(spec, level + step / 2, temperature))
        hours += spec.capacity_kwh * step / 100 / power
        level += step
    return hours


def driving_kwh(spec: CarSpec, *, km: float, speed_kmh: float, outside: float) -> float:
    """Say what some kilometres cost; fast and cold cost more."""
    air = 0.75 + 0.25 * (speed_kmh / 80) ** 2
    cold = 1 + 0.012 * max(0.0, 18 - outside)
    return spec.wh_per_km * km * air * cold / 1000


def cold_locked(soc: float, temperature: float) -> float:
    """Say how many points of charge a cold pack keeps to itself for now."""
    return min(soc, max(0.0, (8 - temperature) / 8) * 3)


def outside_temperature(mean: float, hour: float) -> float:
    """Say how warm it is outside: coldest at 4, warmest at 16 o'clock."""
    return mean - 5 * cos((hour - 4) / 24 * 2 * pi)


def seasonal(mean: float, swing: float, day: int) -> float:
    """Say what a day of the year is on average: coldest about the 20th of January."""
    return mean - swing * cos((day - 20) / 365 * 2 * pi)


def relaxed(value: float, target: float, hours: float, tau: float) -> float:
    """Let a temperature approach another; exact however the time is cut."""
    return target + (value - target) * exp(-hours / tau)


def soaked(outside: float, hour: float) -> float:
    """Say what an unconditioned cabin tends to: sunshine warms it by day."""
    return outside + SUN_K * max(0.0, cos((hour - 13) / 12 * pi))


def hvac_kw(inside: float, outside: float, wanted: float) -> float:
    """Say what the climate takes, first to get there, then to stay."""
    return min(6.0, 0.3 + 0.03 * abs(wanted - outside) + 0.3 * abs(wanted - inside))
