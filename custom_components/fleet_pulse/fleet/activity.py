"""What a car is doing by its own last word, and how fast it charges."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..model import vehicle_fields as fields
from ..model.field import Field, Group, Source
from ..model.record import record
from ..model.state import State

_GEARS: Final = frozenset({"d", "n", "r"})
_KEEPERS: Final = frozenset({"camp", "dog", "on"})
_CHARGES: Final = frozenset({"charging", "starting"})
_TOLD: Final = frozenset({Source.CACHED, Source.STREAM})
# Every look asks this of every reading, and more than once.
_TELLING: Final = frozenset(group for group in Group if group.tells_time)
# Above what any on-board charger takes.
_DC_FROM_KW: Final = 23
# The smallest pack sold: where nothing better is known we look rather too early.
_SMALLEST_PACK_KWH: Final = 50
_WEEK: Final = 7 * 24 * 60

WATCHED: Final = (
    fields.BATTERY_LEVEL,
    fields.CABLE_CONNECTED,
    fields.CHARGING_STATE,
    fields.CLIMATE_KEEPER_MODE,
    fields.IS_CLIMATE_ON,
    fields.LOCKED,
    fields.ODOMETER,
    fields.SENTRY_MODE,
    fields.SHIFT_STATE,
    fields.USER_PRESENT,
)
"""A look at a parked car that finds these as they were found nothing new."""


class Activity(StrEnum):
    """What decides how often a car is looked at."""

    ATTENDED = "attended"
    """Someone is inside, or the climate runs for someone."""
    CHARGING = "charging"
    DRIVING = "driving"
    KEPT_AWAKE = "kept_awake"
    """Parked, but Sentry, dog or camp mode lets it never sleep."""
    PARKED = "parked"


def activity(state: State) -> Activity:
    """Return what the car itself said it does; expectations of ours do not count."""
    if is_driving(state):
        return Activity.DRIVING
    if _said(state, fields.CHARGING_STATE) in _CHARGES:
        return Activity.CHARGING
    # Someone is always present in a camp, so the mode speaks before the person.
    if _said(state, fields.CLIMATE_KEEPER_MODE) in _KEEPERS:
        return Activity.KEPT_AWAKE
    if _said(state, fields.USER_PRESENT) or _said(state, fields.IS_CLIMATE_ON):
        return Activity.ATTENDED
    if _said(state, fields.SENTRY_MODE):
        return Activity.KEPT_AWAKE
    return Activity.PARKED


def is_driving(state: State) -> bool:
    """Tell whether a gear was in at the car's last word."""
    return _said(state, fields.SHIFT_STATE) in _GEARS


def is_guarding(state: State) -> bool:
    """Tell whether Sentry, dog or camp mode lets it never sleep, whatever it does."""
    keeps = _said(state, fields.CLIMATE_KEEPER_MODE) in _KEEPERS
    return keeps or bool(_said(state, fields.SENTRY_MODE))


def told_busy_at(state: State) -> datetime | None:
    """Return when a snapshot or the stream last said that it drives or charges."""
    said = (
        (state.said(fields.SHIFT_STATE), _GEARS),
        (state.said(fields.CHARGING_STATE), _CHARGES),
    )
    times = (
        reading.at
        for reading, busy in said
        if reading is not None and reading.source in _TOLD and reading.value in busy
    )
    return max(times, default=None)


def last_word(
    state: State, sources: frozenset[Source] = frozenset(Source)
) -> datetime | None:
    """Return when the car last said anything of itself."""
    return max(
        (
            reading.at
            for reading in state.readings.values()
            if reading.field.group in _TELLING and reading.source in sources
        ),
        default=None,
    )


def is_unchanged(before: State, after: State) -> bool:
    """Tell whether a look found a parked car as it was."""
    return all(_said(before, field) == _said(after, field) for field in WATCHED)


def is_newly_charged(before: State, after: State) -> bool:
    """Tell whether a look found full a car that was charging before."""
    was_charging = activity(before) is Activity.CHARGING
    return was_charging and _said(after, fields.CHARGING_STATE) == "complete"


@record
class Charge:
    """A running charge as it was at the last look."""

    is_dc: bool
    minutes_per_point: float | None
    """None where the car does not say how fast it is: it has only just begun."""
    left: timedelta | None
    """Until the limit is reached, as the car predicts."""


def charge(state: State) -> Charge:
    """Return how the charge goes on, by what the car predicts or draws."""
    power = _said(state, fields.CHARGER_POWER)
    minutes = _said(state, fields.MINUTES_TO_FULL_CHARGE)
    level = _said(state, fields.BATTERY_LEVEL)
    limit = _said(state, fields.CHARGE_LIMIT_SOC)
    pace = None
    if minutes and level is not None and limit is not None and limit > level:
        pace = min(minutes, _WEEK) / (limit - level)
    elif power:
        pace = _SMALLEST_PACK_KWH * 60 / 100 / power
    # A charge that is only starting says 0 minutes, as one does that is done.
    left = None
    if minutes is not None and (minutes or power):
        left = timedelta(minutes=min(max(minutes, 0), _WEEK))
    is_fast = bool(_said(state, fields.FAST_CHARGER_PRESENT))
    return Charge(
        is_dc=is_fast or (power or 0) >= _DC_FROM_KW,
        minutes_per_point=pace if pace is not None and pace > 0 else None,
        left=left,
    )


def _said[T](state: State, field: Field[T]) -> T | None:
    """Return the value the car itself said last."""
    reading = state.said(field)
    return None if reading is None else reading.value
