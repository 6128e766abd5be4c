"""How a kind says what it sees: by what, and since when that is known."""

from collections.abc import Iterable
from typing import Any

from ..model import vehicle_fields as fields
from ..model.field import Field, Reading, Source
from .facts import Facts
from .kind import Seen
from .said import said


def seen(
    by: Iterable[Reading[Any]],
    *,
    context: Iterable[Reading[Any] | None] = (),
    is_raised: bool,
    is_cleared: bool,
    **more: Any,
) -> Seen:
    """Return what is seen by what the car said.

    It is as old as the oldest of that. It began with the newest, what was round it
    included: a door that was open while somebody sat inside is left open since they
    went.
    """
    words = tuple(by)
    around = (one for one in context if one is not None)
    return Seen(
        is_raised=is_raised,
        is_cleared=is_cleared,
        at=min(one.at for one in words),
        since=max(one.at for one in (*words, *around)),
        is_streamed=any(one.source is Source.STREAM for one in words),
        **more,
    )


def presence(facts: Facts) -> tuple[Reading[Any] | None, ...]:
    """Return what tells whether somebody drives or sits in the car."""
    return _all(facts, fields.SHIFT_STATE, fields.USER_PRESENT)


def _all(facts: Facts, *wanted: Field[Any]) -> tuple[Reading[Any] | None, ...]:
    """Return what the car said of several facts."""
    return tuple(said(facts.state, field) for field in wanted)


def is_home(facts: Facts, zones: tuple[str, ...]) -> bool:
    """Say whether the car is known to be where its owner says it is at home."""
    return facts.zones is not None and not set(facts.zones).isdisjoint(zones)
