"""How preconditioning that was begun goes on, and when it is over.

    run ──ready──▶ run, ready
     │ somebody drives, sits inside, switched it off, or wants it kept ──▶ over, left on
     │ called off, battery low, time is up ──▶ to be stopped ──▶ over

What the car began by its own schedule it ends by itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.record import record
from .climate_guards import Now
from .climate_memory import SAME, ClimateMemory, Run
from .climate_news import ready, started
from .departures import Leaving
from .reason import DepartureWhy
from .situation import Situation
from .view import News

PAST: Final = timedelta(minutes=20)
"""So long past the departure whoever wanted to leave has changed their mind."""
CAP: Final = timedelta(minutes=60)
_TOO_EARLY: Final = timedelta(minutes=40)
"""A departure that moved further away than this is begun for anew."""
_NEAR: Final = 1.5
"""In °C: so near to what is wished for a cabin is comfortable."""
_SETTLES: Final = timedelta(seconds=30)
_AT_ONCE: Final = timedelta(minutes=3)
STOPS: Final = 3
STOP_PAUSE: Final = timedelta(minutes=1)


@record
class Followed:
    """What became of what runs."""

    climate: ClimateMemory
    news: tuple[News, ...] = ()
    stop: DepartureWhy | None = None
    """It is to be stopped, and why."""


def ends_at(run: Run) -> list[datetime]:
    """Return when it is over, the latest, and when it is ready."""
    return [run.at, _end(run), *((run.stop_at,) if run.stop_at else ())]


def _end(run: Run) -> datetime:
    """Return when its time is up."""
    if run.until is not None:
        return run.until
    return min(run.at + PAST, run.since + CAP)


def followed(
    climate: ClimateMemory,
    leavings: Iterable[Leaving],
    situation: Situation,
    stored: frozenset[str],
) -> Followed:
    """Return what became of what runs, and what to do about it."""
    leavings = tuple(leavings)
    if climate.run is not None and not climate.run.is_begun:
        # The program died while it was sent: the car knows whether it was.
        is_on = Now(situation=situation).is_climate_on
        climate = climate.taken(situation.now) if is_on else climate.untaken()
    if climate.run is None:
        return _begun_by_car(climate, leavings, situation, stored)
    leaving = _its_leaving(climate.run, leavings)
    if leaving is not None and leaving.at != climate.run.at:
        climate = replace(climate, run=replace(climate.run, at=leaving.at))
    found = _made_ready(climate, leaving, situation)
    run = found.climate.run
    assert run is not None
    left = _left_on(run, situation)
    if left is not None:
        ended = found.climate.ended(left, situation.now)
        if left is DepartureWhy.TROUBLE:
            ended = ended.troubled(run.rule, situation.now)
        return replace(found, climate=ended)
    why = _stop(run, leaving, situation)
    if why is None or (run.stop_at is not None and situation.now < run.stop_at):
        return found
    # A car that is out of reach is warm or asleep: nothing waits to be sent to it.
    if run.is_own or not situation.is_online:
        return replace(found, climate=found.climate.ended(why, situation.now))
    return replace(found, stop=why)


def unstopped(climate: ClimateMemory, now: datetime) -> ClimateMemory:
    """Return what is remembered after a stop that the car did not take."""
    run = climate.run
    if run is None:
        return climate
    if run.stops + 1 >= STOPS:
        return climate.ended(DepartureWhy.TROUBLE, now)
    again = replace(run, stops=run.stops + 1, stop_at=now + STOP_PAUSE)
    return replace(climate, run=again)


def _begun_by_car(
    climate: ClimateMemory,
    leavings: tuple[Leaving, ...],
    situation: Situation,
    stored: frozenset[str],
) -> Followed:
    """Take note of what the car began by a schedule of ours."""
    now = situation.now
    is_on = Now(situation=situation).briefly(fields.IS_PRECONDITIONING)
    for one in leavings:
        is_near = one.at - CAP <= now < one.at and one.rule in stored
        if is_on and is_near and climate.over_for(one) is None:
            begun = climate.begun(one, now, own=True)
            return Followed(climate=begun, news=(started(one),))
    return Followed(climate=climate)


def _its_leaving(run: Run, leavings: tuple[Leaving, ...]) -> Leaving | None:
    """Return the departure that it is for, which may have moved a little."""
    own = [
        one
        for one in leavings
        if one.rule == run.rule and not one.is_skipped and abs(one.at - run.at) < SAME
    ]
    return min(own, key=lambda one: abs(one.at - run.at), default=None)


def _made_ready(
    climate: ClimateMemory, leaving: Leaving | None, situation: Situation
) -> Followed:
    """Tell once that the car is ready."""
    run = climate.run
    if run is None or run.is_ready or leaving is None:
        return Followed(climate=climate)
    if situation.now < run.at and not _is_warm(run, leaving, situation):
        return Followed(climate=climate)
    warm = replace(climate, run=replace(run, is_ready=True)).worked(run.rule)
    return Followed(climate=warm, news=(ready(leaving),))


def _is_warm(run: Run, leaving: Leaving, situation: Situation) -> bool:
    """Say whether the car has said since then that the cabin is as wished for."""
    wanted = leaving.departure.temperature
    if wanted is None:
        wanted = situation.state.get(fields.DRIVER_TEMP_SETTING)
    inside = situation.state.said(fields.INSIDE_TEMP)
    if inside is None or inside.value is None or wanted is None:
        return False
    return inside.at > run.since and abs(inside.value - wanted) <= _NEAR


def _left_on(run: Run, situation: Situation) -> DepartureWhy | None:
    """Return why it is over without being stopped: who is with the car decides."""
    now = Now(situation=situation)
    if now.is_driving or now.hands_off == "occupied":
        return DepartureWhy.READY
    if now.hands_off is not None:
        return DepartureWhy.HANDS_OFF
    said = situation.state.said(fields.IS_CLIMATE_ON)
    if said is None or said.value is not False or said.at <= run.since + _SETTLES:
        return None
    if run.is_own or run.is_ready:
        return DepartureWhy.READY
    is_refused = said.at - run.since < _AT_ONCE
    return DepartureWhy.TROUBLE if is_refused else DepartureWhy.HANDS_OFF


def _stop(
    run: Run, leaving: Leaving | None, situation: Situation
) -> DepartureWhy | None:
    """Return why it is to be stopped."""
    if situation.now >= _end(run):
        return DepartureWhy.READY
    if leaving is None or _is_far(leaving, situation.now):
        return DepartureWhy.CANCELLED
    if Now(situation=situation).is_under(leaving.departure.floor):
        return DepartureWhy.LOW_SOC
    return None


def _is_far(leaving: Leaving, now: datetime) -> bool:
    """Say whether a departure moved so far away that it is begun for anew."""
    return leaving.begin is None and leaving.at - now > _TOO_EARLY
