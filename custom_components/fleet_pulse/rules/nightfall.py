"""When a car is woken for what comes at night: in the evening before, or not at all."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from ..planner.window import DAY, wall

EARLY: Final = timedelta(minutes=10)
"""So long before it is needed a car is woken."""
_EVENING: Final = time(21, 30)
_MORNING: Final = time(6)


def nightfall(at: datetime, zone: tzinfo) -> datetime | None:
    """Return when the night begins that a moment is in; None: it is by day."""
    local = at.astimezone(zone)
    if _MORNING <= local.time() < _EVENING:
        return None
    day = local.date() if local.time() >= _EVENING else local.date() - DAY
    return wall(day, _EVENING, zone)
