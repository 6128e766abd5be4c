"""An entry of the free list, which is parsed only where it says something new.

Every minute the list says of every car what it said before: only the time is new.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .field import Reading
from .parse import product_readings
from .unread import Unread


class ProductReader:
    """Reads what the list says of one car, time after time."""

    def __init__(self, unread: Unread | None = None) -> None:
        """Begin with nothing read; `unread` remembers what was said of the rest."""
        self._unread = unread
        self._body: Mapping[str, Any] | None = None
        self._readings: list[Reading[Any]] = []

    def read(self, body: Mapping[str, Any], *, now: datetime) -> list[Reading[Any]]:
        """Return what an entry says, as of now."""
        if body == self._body:
            # `replace` takes five times as long, for every field of every car.
            return [
                Reading(field=r.field, value=r.value, at=now, source=r.source)
                for r in self._readings
            ]
        self._body, self._readings = (
            body,
            product_readings(body, now=now, unread=self._unread),
        )
        return self._readings
