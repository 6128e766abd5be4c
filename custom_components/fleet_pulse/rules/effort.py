"""What it takes to charge a car where it stands: power, battery, time."""

from datetime import timedelta
from math import ceil
from typing import Final

from ..model import vehicle_fields as fields
from ..model.state import State
from ..planner.learned import Learned
from ..planner.need import USUAL_KWH, buffer, charging_time, power
from .situation import Situation

_MINUTE: Final = timedelta(minutes=1)
_UNKNOWN: Final = 0.3
"""Of the time, where the car never charged before: heaters and cables take theirs."""
_AMPS: Final = 16
_VOLTS: Final = 230.0
_AMERICAN_VOLTS: Final = 120.0
_AMERICAN_SOCKET: Final = 16
"""Amperes up to which an American car hangs on an ordinary socket."""
_LIVE_VOLTS: Final = 90.0
"""A car that does not charge says a volt or two."""


def needed(
    target: int, situation: Situation, learned: Learned, *, amps: int | None = None
) -> timedelta | None:
    """Return how long charging to a level takes, with a buffer; None: level unknown."""
    level = situation.state.get(fields.BATTERY_LEVEL)
    if level is None:
        return None
    pack = situation.state.get(fields.NOMINAL_FULL_PACK_ENERGY) or USUAL_KWH
    time = charging_time(
        level,
        target,
        battery=learned.battery(place(situation), pack),
        kw=kw(situation, learned, amps=amps),
        temperature=temperature(situation),
    )
    is_known = learned.kw(place(situation)) is not None
    spare = buffer(time) if is_known else max(buffer(time), time * _UNKNOWN)
    # Seconds would only make every plan another one.
    return ceil((time + spare) / _MINUTE) * _MINUTE


def kw(situation: Situation, learned: Learned, *, amps: int | None = None) -> float:
    """Return the power to be expected at the wall."""
    state, known = situation.state, learned.kw(place(situation))
    allowed = power(amps or _amps(state), volts(state), phases(state))
    if known is None:
        return allowed
    # Where nobody knows the phases, what was learned knows better.
    is_sure = amps is not None or state.get(fields.CHARGER_PHASES) is not None
    return min(known, allowed) if is_sure else known


def place(situation: Situation) -> str:
    """Return the place by which sessions are remembered."""
    return min(situation.zones or (), default="")


def temperature(situation: Situation) -> float | None:
    """Return the temperature outside, by weather or by the car's own last word."""
    if situation.outside_temp is not None:
        return situation.outside_temp
    return situation.state.get(fields.OUTSIDE_TEMP)


def volts(state: State) -> float:
    """Return the voltage of the socket, as the car says it or as is usual."""
    said = state.get(fields.CHARGER_VOLTAGE)
    if said is not None and said >= _LIVE_VOLTS:
        return said
    is_american = state.get(fields.EU_VEHICLE) is False
    is_small = _amps(state) < _AMERICAN_SOCKET
    return _AMERICAN_VOLTS if is_american and is_small else _VOLTS


def phases(state: State) -> int:
    """Return on how many phases it charges; one where nobody knows."""
    return int(state.get(fields.CHARGER_PHASES) or 1)


def _amps(state: State) -> int:
    """Return the current that the car would take, and gets."""
    asked = state.get(fields.CHARGE_CURRENT_REQUEST)
    most = state.get(fields.CHARGE_CURRENT_REQUEST_MAX)
    offered = state.get(fields.CHARGER_PILOT_CURRENT)
    return min((amps for amps in (asked, most, offered) if amps), default=_AMPS)
