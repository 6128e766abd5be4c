"""What the car itself said: what we only expect of it raises no alert."""

from typing import Final

from ..model import vehicle_fields as fields
from ..model.field import Field, Reading
from ..model.plugged import plugged
from ..model.state import State

_CHARGES: Final = ("charging", "starting")
_GEARS: Final = ("d", "n", "r")


def said[T](state: State, field: Field[T]) -> Reading[T] | None:
    """Return what the car said last; what nobody can read is as if unsaid."""
    reading = state.said(field)
    return None if reading is None or reading.value is None else reading


def value[T](state: State, field: Field[T]) -> T | None:
    """Return the value the car said last."""
    reading = state.said(field)
    return None if reading is None else reading.value


def is_driving(state: State) -> bool:
    """Say whether a gear was in at the car's last word."""
    return value(state, fields.SHIFT_STATE) in _GEARS


def is_charging(state: State) -> bool:
    """Say whether the car takes energy, or is about to."""
    return value(state, fields.CHARGING_STATE) in _CHARGES


def is_occupied(state: State) -> bool:
    """Say whether somebody is in the car or works on it, and sees it for themselves."""
    people = (fields.USER_PRESENT, fields.IN_SERVICE, fields.SERVICE_MODE)
    return is_driving(state) or any(value(state, field) is True for field in people)


def is_plugged(state: State) -> bool | None:
    """Say whether there is a cable in the car; None: not known."""
    cable = plugged(state)
    return None if cable is None else cable.value
