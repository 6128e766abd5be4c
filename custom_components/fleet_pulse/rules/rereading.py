"""When calendars and forecasts are read again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from .climate_memory import Run
from .precondition import Outlook

USUALLY: Final = timedelta(hours=1)
WHILE_RUNNING: Final = timedelta(minutes=5)
"""An event that is called off must not keep a car warm."""
_BEFORE: Final = timedelta(minutes=60)
_JUST_BEFORE: Final = timedelta(minutes=2)


def ask_at(
    asked_at: datetime | None,
    ahead: Iterable[Outlook],
    run: Run | None,
    now: datetime,
) -> datetime:
    """Return when to read again: an hour before each departure, and just before."""
    if asked_at is None:
        return now
    moments = [asked_at + (USUALLY if run is None else WHILE_RUNNING)]
    for one in ahead:
        wanted = (one.leaving.at - _BEFORE, one.decided_from - _JUST_BEFORE)
        moments += [moment for moment in wanted if moment > asked_at]
    return min(moments)
