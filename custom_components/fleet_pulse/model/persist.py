"""The snapshot of a car as it lies on disk: what the car said, and when it said it.

What we only expect is not kept: 90 seconds do not outlast a restart.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import math
from typing import Any, Final

from . import car_schedule
from .field import Field, Location, Reading, Source
from .state import State
from .values import HOLDS
from .vehicle_fields import BY_KEY

_MOMENT: Final = "moment"
_PLACE: Final = "place"
_SCHEDULES: Final = "schedules"


def dump(state: State) -> dict[str, Any]:
    """Return the state as JSON takes it, by field key: a value and a time each."""
    return {
        key: {"value": _dumped(reading.value), "at": reading.at.isoformat()}
        for key, reading in sorted(state.readings.items())
    }


def load(data: object) -> State:
    """Return the state of a snapshot; what cannot be trusted is left out."""
    if not isinstance(data, Mapping):
        return State()
    readings = (_reading(key, entry) for key, entry in data.items())
    return State().merged(reading for reading in readings if reading is not None)


def _reading(key: object, entry: object) -> Reading[Any] | None:
    """Return one restored reading, if the field still exists and fits."""
    field = BY_KEY.get(key) if isinstance(key, str) else None
    if field is None or not isinstance(entry, Mapping) or "value" not in entry:
        return None
    at, value = moment(entry.get("at")), _loaded(entry["value"])
    if at is None or not _fits(field, value):
        return None
    return Reading(field=field, value=value, at=at, source=Source.RESTORED)


def _dumped(value: object) -> object:
    """Return a value as JSON takes it."""
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, Location):
        return {_PLACE: [value.latitude, value.longitude]}
    if isinstance(value, tuple):
        return {_SCHEDULES: [car_schedule.dump(schedule) for schedule in value]}
    return value


def _loaded(value: object) -> object:
    """Return a value from JSON; what is no value of ours comes back as it is."""
    match value:
        case {"moment": text}:
            return moment(text) or value
        case {"place": [int() | float() as latitude, int() | float() as longitude]}:
            return Location(latitude, longitude)
        case {"schedules": [*rows]}:
            found = (car_schedule.load(row) for row in rows)
            return tuple(schedule for schedule in found if schedule is not None)
    return value


def moment(value: object) -> datetime | None:
    """Return a moment that says its time zone, in UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return None if read.tzinfo is None else read.astimezone(UTC)
    except ValueError, OverflowError:
        return None


def _fits(field: Field[Any], value: object) -> bool:
    """Say whether a restored value can be one of this field.

    A later version may read a field otherwise: then its old value is worth nothing.
    """
    if value is None:
        return True
    if field.options:
        return value in field.options
    if field.unit is not None:
        return _is_number(value)
    # `bool` is an `int` to Python, so the types are compared exactly.
    return type(value) is HOLDS.get(field.parse)


def _is_number(value: object) -> bool:
    """Say whether a value is a number that can be shown."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)
