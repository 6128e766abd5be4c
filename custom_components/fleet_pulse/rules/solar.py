"""Charging with what the sun gives beyond what the house takes."""

from datetime import datetime
from typing import Final

from ..model import vehicle_fields as fields
from ..model.state import State
from .charge_rule import Solar
from .effort import phases, volts
from .guards import is_charging
from .situation import Surplus

LEAST_AMPS: Final = 5
"""Cars take less only when told twice."""
STEP: Final = 2
"""Amperes: every change is a billed command."""


def sun(
    solar: Solar,
    before: Surplus | None,
    watts: float | None,
    state: State,
    now: datetime,
) -> Surplus:
    """Return the surplus with what the car itself takes counted as to be had.

    An inverter shows what is left over, and a charging car leaves nothing: without
    counting it, the car would stop itself. `watts` is what the entity shows; one that
    shows nothing for a moment is a cloud, which is waited for.
    """
    there = 0 if watts is None else watts + own_watts(state)
    is_same = before is not None and _suffices(solar, before) is (there >= solar.min_w)
    since = before.since if before is not None and is_same else now
    return Surplus(watts=there, since=since)


def own_watts(state: State) -> float:
    """Return what a car takes from the house just now."""
    if not is_charging(state) or state.get(fields.FAST_CHARGER_PRESENT) is True:
        return 0
    amps = state.get(fields.CHARGER_ACTUAL_CURRENT) or 0
    return amps * volts(state) * phases(state)


def wants(solar: Solar, surplus: Surplus, now: datetime, *, is_on: bool) -> bool:
    """Say whether to charge with the sun; a cloud is waited for, and so is a gap."""
    lasts = now - surplus.since
    if _suffices(solar, surplus):
        return is_on or lasts >= solar.on_delay
    return is_on and lasts < solar.off_delay


def turns_at(solar: Solar, surplus: Surplus, *, is_on: bool) -> datetime | None:
    """Return when that changes if the sun stays as it is; None: it does not."""
    if _suffices(solar, surplus) is is_on:
        return None
    return surplus.since + (solar.off_delay if is_on else solar.on_delay)


def amps(surplus: Surplus, state: State) -> int:
    """Return the current for a surplus; a small change of it is none."""
    most = state.get(fields.CHARGE_CURRENT_REQUEST_MAX) or 32
    there = int(surplus.watts / volts(state) / phases(state))
    wanted = min(max(there, LEAST_AMPS), most)
    asked = state.get(fields.CHARGE_CURRENT_REQUEST)
    is_small = asked is not None and abs(wanted - asked) < STEP
    return asked if asked is not None and is_small else wanted


def _suffices(solar: Solar, surplus: Surplus) -> bool:
    """Say whether there is sun enough."""
    return surplus.watts >= solar.min_w
