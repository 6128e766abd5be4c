"""What alerts see of a car that was left: open, or unlocked."""

from dataclasses import replace
from typing import Final

from ..model import vehicle_fields as fields
from ..model.field import Field, Reading
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import is_occupied, said
from .seeing import is_home, presence, seen

_OPENINGS: Final[tuple[Field[bool], ...]] = (
    fields.DOOR_DRIVER_FRONT,
    fields.DOOR_DRIVER_REAR,
    fields.DOOR_PASSENGER_FRONT,
    fields.DOOR_PASSENGER_REAR,
    fields.FRUNK,
    fields.TRUNK,
    fields.WINDOW_DRIVER_FRONT,
    fields.WINDOW_DRIVER_REAR,
    fields.WINDOW_PASSENGER_FRONT,
    fields.WINDOW_PASSENGER_REAR,
)
UNLOCKED: Final = "unlocked"
LEAVINGS: Final = (*(field.key for field in _OPENINGS), UNLOCKED)
"""What may be named in `values["open"]`, which has texts."""


def left_open(facts: Facts, alert: Alert) -> Seen | None:
    """See a car left open or unlocked where it is not known to be at home."""
    return _left_open(facts, is_there=not is_home(facts, alert.zones))


def left_open_at_home(facts: Facts, alert: Alert) -> Seen | None:
    """See a car left open or unlocked at home."""
    return _left_open(facts, is_there=is_home(facts, alert.zones))


def _left_open(facts: Facts, *, is_there: bool) -> Seen | None:
    """See what is open of a car in which nobody is."""
    words = _words(facts)
    if not words:
        return None
    is_left = is_there and not is_occupied(facts.state)
    found = {key: word for key, word in words.items() if word.value}
    # One door that is open is enough, so the newest word on any counts.
    by = max(found.values() or words.values(), key=lambda word: word.at)
    return seen(
        (by,),
        context=presence(facts),
        is_raised=bool(found) and is_left,
        is_cleared=not found or not is_left,
        value=next(iter(found), None),
        values={"open": tuple(found)},
    )


def _words(facts: Facts) -> dict[str, Reading[bool]]:
    """Return what is known of doors, windows and the lock, as true where it is open."""
    state = facts.state
    known = {field.key: said(state, field) for field in _OPENINGS}
    words = {key: word for key, word in known.items() if word is not None}
    if (locked := said(state, fields.LOCKED)) is not None:
        words[UNLOCKED] = replace(locked, value=not locked.value)
    return words
