"""What follows for a departure from a start that was refused.

refused ──for good──▶ dealt with, and its reason
└──it may pass──▶ tried again, a few times, as long as nobody has left
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..fleet.deferred import passing
from ..fleet.errors import (
    BillingLimit,
    BudgetSpent,
    CommandRefused,
    FleetError,
    Forbidden,
    InService,
    KeyLost,
    KeyNotPaired,
    ScopeMissing,
    WakeFailed,
    WakeRefused,
)
from .climate_memory import ClimateMemory, Tried
from .departures import Leaving
from .reason import DepartureWhy

# How long to wait after the first, second … try; then it is given up.
_PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5))
_REASONS: Final = {"low_soc": DepartureWhy.LOW_SOC}
_FOR_GOOD: Final[Mapping[type[FleetError], DepartureWhy]] = {
    BillingLimit: DepartureWhy.BUDGET,
    BudgetSpent: DepartureWhy.BUDGET,
    Forbidden: DepartureWhy.NOT_PERMITTED,
    InService: DepartureWhy.HANDS_OFF,
    KeyLost: DepartureWhy.NOT_PERMITTED,
    KeyNotPaired: DepartureWhy.NOT_PERMITTED,
    ScopeMissing: DepartureWhy.NOT_PERMITTED,
}


def refused(
    climate: ClimateMemory, leaving: Leaving, error: FleetError, now: datetime
) -> ClimateMemory:
    """Return what is remembered after a start that did not work."""
    why, pauses = _judged(error)
    known = climate.tried
    is_same = known is not None and known.rule == leaving.rule
    tries = 1 + (known.tries if known is not None and is_same else 0)
    if tries > len(pauses):
        return _given_up(climate, leaving, why, now)
    retry_at = now + pauses[tries - 1]
    if isinstance(error, WakeRefused):
        retry_at = max(retry_at, error.retry_at or leaving.at)
    if retry_at >= leaving.at:
        return _given_up(climate, leaving, why, now)
    tried = Tried(
        rule=leaving.rule, at=leaving.at, why=why, tries=tries, retry_at=retry_at
    )
    return replace(climate, tried=tried)


def _given_up(
    climate: ClimateMemory, leaving: Leaving, why: DepartureWhy, now: datetime
) -> ClimateMemory:
    """Return what is remembered of a departure that is not tried any more."""
    dealt = climate.dealt(leaving.rule, leaving.at, why)
    is_trouble = why is DepartureWhy.TROUBLE
    return dealt.troubled(leaving.rule, now) if is_trouble else dealt


def _judged(error: FleetError) -> tuple[DepartureWhy, tuple[timedelta, ...]]:
    """Return what an error means, and how long to wait before each further try."""
    if isinstance(error, CommandRefused):
        # A computer that overslept was asked a second time when this arrives.
        return _REASONS.get(error.reason, DepartureWhy.TROUBLE), ()
    for kind, why in _FOR_GOOD.items():
        if isinstance(error, kind):
            return why, ()
    if isinstance(error, WakeRefused | WakeFailed):
        return DepartureWhy.NO_WAKE, _PAUSES
    return DepartureWhy.TROUBLE, () if passing(error) is None else _PAUSES
