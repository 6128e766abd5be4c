"""What a car said before, as far as a kind of alert has to know it.

A look shows how a car is, not how it came to be so: that it has stood since eight, had
four percent more at noon, or was charging before it stopped.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Self

from ..model import vehicle_fields as fields
from ..model.record import record
from ..model.state import State
from .said import is_charging, is_driving, is_plugged, said

DROP_WITHIN: Final = timedelta(hours=12)
# What is remembered goes to disk: the same level needs no new time at every look.
_COARSE: Final = timedelta(minutes=30)
# Odometers are read in miles and rounded; a car on a ramp rolls a little.
_MOVED_KM: Final = 0.5


@record
class Level:
    """How full the battery was, and when the car said so."""

    at: datetime
    percent: int


@record
class Past:
    """What is known of the time since the car was parked, and since it has a cable."""

    parked_at: datetime | None = None
    """The car's first word since it moved last; None: it moves, or is not known."""
    odometer: float | None = None
    levels: tuple[Level, ...] = ()
    """Each lower than those before it, in the last hours in which it stood."""
    has_charged: bool = False
    """Since the cable is in."""

    def after(self, state: State) -> Self:
        """Return it with what the car says now; itself if that is nothing new."""
        odometer = said(state, fields.ODOMETER)
        known = self.odometer if odometer is None else odometer.value
        moved = _moved(self.odometer, known) or is_driving(state)
        found = replace(
            self,
            parked_at=_parked_at(None if moved else self.parked_at, state),
            odometer=known,
            levels=_levels(() if moved else self.levels, state),
            has_charged=_has_charged(state, before=self.has_charged),
        )
        return self if found == self else found


def _parked_at(before: datetime | None, state: State) -> datetime | None:
    """Return when the car said first that it stands."""
    gear = said(state, fields.SHIFT_STATE)
    if gear is None or is_driving(state):
        return None
    return before or gear.at


def _levels(before: tuple[Level, ...], state: State) -> tuple[Level, ...]:
    """Return the levels from which the battery may have dropped."""
    level = said(state, fields.BATTERY_LEVEL)
    if level is None or level.value is None:
        return ()
    if is_driving(state) or is_charging(state):
        return ()
    recent = tuple(one for one in before if level.at - one.at <= DROP_WITHIN)
    return _with(recent, Level(at=level.at, percent=level.value))


def _has_charged(state: State, *, before: bool) -> bool:
    """Say whether the car has charged with the cable that is in it."""
    return is_charging(state) or (before and is_plugged(state) is not False)


def _with(levels: tuple[Level, ...], level: Level) -> tuple[Level, ...]:
    """Return levels with one more; only from a higher one can it have dropped."""
    newest = levels[-1] if levels else None
    if newest is not None and _is_known(newest, level):
        return levels
    higher = tuple(one for one in levels if one.percent > level.percent)
    return (*higher, level)


def _is_known(newest: Level, level: Level) -> bool:
    """Say whether a level says nothing that is worth writing down."""
    if newest.percent == level.percent:
        return level.at - newest.at < _COARSE
    return level.at <= newest.at


def _moved(before: float | None, after: float | None) -> bool:
    """Say whether the car was driven between two looks."""
    if before is None or after is None:
        return False
    return abs(after - before) > _MOVED_KM
