"""How warm a car is to make itself: told it in time, when it is awake anyway.

A schedule in the car says when, never how warm: that is the car's own setting. It is
set once for each departure, so that who turns it afterwards has the last word.
"""

from datetime import timedelta
from typing import Final

from ..model import vehicle_fields as fields
from .climate_memory import ClimateMemory
from .departures import Leaving
from .precondition import Climate
from .reason import DepartureWhy
from .situation import Situation

EARLIEST: Final = timedelta(hours=12)
"""Before that, somebody may still drive."""


def to_tune(
    decided: Climate, climate: ClimateMemory, situation: Situation
) -> Leaving | None:
    """Return a departure for which the car is to be told how warm; None: it knows."""
    for rule, one in decided.ahead.items():
        is_stored = decided.reasons[rule].why is DepartureWhy.STORED_IN_CAR
        is_near = one.leaving.at - situation.now <= EARLIEST
        if is_stored and is_near and _differs(one.leaving, climate, situation):
            return one.leaving
    return None


def _differs(leaving: Leaving, climate: ClimateMemory, situation: Situation) -> bool:
    """Say whether the car is not known to be set as wished for, nor was told."""
    wanted = leaving.departure.temperature
    known = situation.state.get(fields.DRIVER_TEMP_SETTING)
    was_told = any(one.concerns(leaving.rule, leaving.at) for one in climate.tuned)
    return wanted is not None and wanted != known and not was_told
