"""Everything known of one car, whichever source spoke.

Two layers: what the car said (`readings`) and what it should say after our command
(`provisional`). Merging takes the newest of each layer, so the result does not depend
on the order or repetition of readings. A provisional value is shown only until
the car has said anything newer, or for 90 seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field as dataclass_field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from .field import Field, Group, Reading, Source

PROVISIONAL_FOR: Final = timedelta(seconds=90)

# Which source is believed when two speak of the same moment.
_RANKS: Final = {
    Source.STREAM: 5,
    Source.POLL: 4,
    Source.ANSWER: 3,
    Source.CACHED: 2,
    Source.RESTORED: 1,
    Source.COMMAND: 0,
}
_NOTHING: Final[Mapping[str, Reading[Any]]] = MappingProxyType({})


def _order(reading: Reading[Any]) -> tuple[datetime, int, str]:
    """Order readings of one field; the text only makes ties repeatable."""
    return reading.at, _RANKS[reading.source], repr(reading.value)


def _is_newer(reading: Reading[Any], known: Reading[Any]) -> bool:
    """Say whether a reading replaces what is known of its field."""
    # Nearly always the times differ, and ranks and texts need not be looked at.
    if reading.at != known.at:
        return reading.at > known.at
    return _order(reading) > _order(known)


@dataclass(frozen=True, slots=True)
class State:
    """What is known, by field key. Replaced, never edited."""

    readings: Mapping[str, Reading[Any]] = dataclass_field(default=_NOTHING)
    provisional: Mapping[str, Reading[Any]] = dataclass_field(default=_NOTHING)

    def reading[T](self, field: Field[T]) -> Reading[T] | None:
        """Return the reading that is shown for a field."""
        said = self.readings.get(field.key)
        expected = self.provisional.get(field.key)
        if expected is None or (said is not None and said.at >= expected.at):
            return said
        return expected

    def said[T](self, field: Field[T]) -> Reading[T] | None:
        """Return what the car itself said last, our expectation left out."""
        return self.readings.get(field.key)

    def get[T](self, field: Field[T]) -> T | None:
        """Return the value that is shown for a field; None is unknown."""
        reading = self.reading(field)
        return None if reading is None else reading.value

    def merged(self, readings: Iterable[Reading[Any]]) -> State:
        """Return the state with newer readings in it; itself if there are none."""
        said, expected = dict(self.readings), dict(self.provisional)
        changed = False
        for reading in readings:
            layer = expected if reading.source is Source.COMMAND else said
            known = layer.get(reading.field.key)
            if known is None or _is_newer(reading, known):
                layer[reading.field.key] = reading
                changed = True
        return State(said, expected) if changed else self

    def is_news_to(self, known: State) -> bool:
        """Say whether this says anything else, but for when the list said the same."""
        if self is known:
            return False
        if self.provisional != known.provisional:
            return True
        if self.readings.keys() != known.readings.keys():
            return True
        return any(
            reading is not (other := known.readings[key])
            and (
                reading.field.group is not Group.PRODUCT or reading.value != other.value
            )
            for key, reading in self.readings.items()
        )

    def settled(self, now: datetime) -> State:
        """Return the state without expectations that were overtaken or ran out."""
        waiting = {
            key: reading
            for key, reading in self.provisional.items()
            if abs(now - reading.at) < PROVISIONAL_FOR
            and ((said := self.readings.get(key)) is None or said.at < reading.at)
        }
        if len(waiting) == len(self.provisional):
            return self
        return State(self.readings, waiting)

    def until(self, now: datetime) -> State:
        """Return the state with every word of the list before now; itself if all are.

        The list is dated by our clock: one that was ahead for a while would make its
        words the newest for as long. What a car says has the car's own time.
        """
        before = now - timedelta.resolution
        ahead = {
            key: replace(reading, at=before)
            for key, reading in self.readings.items()
            if reading.field.group is Group.PRODUCT and reading.at > now
        }
        return State({**self.readings, **ahead}, self.provisional) if ahead else self

    def without_expectation(self, fields: Iterable[Field[Any]]) -> State:
        """Return the state as the car said it for these fields: a rollback."""
        keys = {field.key for field in fields}
        waiting = {k: v for k, v in self.provisional.items() if k not in keys}
        if len(waiting) == len(self.provisional):
            return self
        return State(self.readings, waiting)

    def brings_news(self, before: State) -> bool:
        """Say whether more is new than the time of the list, which comes every minute."""
        return self.provisional != before.provisional or any(
            (known := before.readings.get(key)) is not reading
            and (
                known is None
                or known.value != reading.value
                or known.source is not reading.source
                or reading.field.group is not Group.PRODUCT
            )
            for key, reading in self.readings.items()
        )
