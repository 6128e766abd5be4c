"""Decodes the snapshots in the free list: what is new of all cars in one go.

list ─▶ async_read: which texts are new? ─▶ decoded beside the event loop ─▶ readings
─▶ heard: did a snapshot come when the car slept or woke? ─▶ arrives
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .fleet.arrivals import Arrivals
from .model.field import Reading
from .model.unread import Unread

type Readings = tuple[Reading[Any], ...]
type _Work = Mapping[str, tuple[object, Unread]]

_NO_READINGS: Final[Readings] = ()
_NONE: Final[Mapping[str, Readings]] = {}


class Snapshots:
    """What the cars of one account push, by VIN."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing read."""
        self._hass = hass
        self._known: dict[str, int] = {}
        self._said: dict[str, Unread] = {}
        self._arrivals: dict[str, Arrivals] = {}
        self._garbled: set[str] = set()
        self._new: Mapping[str, Readings] = _NONE

    async def async_read(
        self, products: Iterable[object], *, enabled: bool, lag: timedelta
    ) -> None:
        """Decode what is new in a list; it is there until the next one.

        A car dates its snapshots itself: a clock of ours that lags makes none of them
        one of the future.
        """
        texts = _texts(products) if enabled else {}
        # A car that is gone for a while must be read anew when it comes back.
        self._known = {vin: mark for vin, mark in self._known.items() if vin in texts}
        work = {vin: text for vin, text in texts.items() if self._is_new(vin, text)}
        self._new = _NONE
        if not work:
            return
        jobs = {vin: (text, self._unread(vin)) for vin, text in work.items()}
        now = dt_util.utcnow() + lag
        self._new = await self._hass.async_add_executor_job(_decoded, jobs, now)
        for vin, text in work.items():
            self._note(vin, text)

    @callback
    def of(self, vin: str) -> Readings:
        """Return what the last list brought anew of a car."""
        return self._new.get(vin, _NO_READINGS)

    @callback
    def async_heard(self, vin: str, word: str | None) -> bool:
        """Take Tesla's word on a car; return whether its snapshots really arrive."""
        newest = max((reading.at for reading in self.of(vin)), default=None)
        before = self._arrivals.get(vin, Arrivals())
        now = dt_util.utcnow()
        after = self._arrivals[vin] = before.heard(word, newest, now=now)
        return after.arrive and vin in self._known and vin not in self._garbled

    def _is_new(self, vin: str, text: object) -> bool:
        """Return whether this is not what the last list said."""
        return self._known.get(vin) != _mark(text)

    def _unread(self, vin: str) -> Unread:
        """Return the memory of what could not be read of a car."""
        return self._said.setdefault(vin, Unread())

    def _note(self, vin: str, text: object) -> None:
        """Remember what was decoded; say once of a car that it cannot be."""
        self._known[vin] = _mark(text)
        if self._new.get(vin):
            self._garbled.discard(vin)
            return
        self._garbled.add(vin)
        self._unread(vin).say("cached_data", type(text).__name__)


def _texts(products: Iterable[object]) -> dict[str, object]:
    """Return what is said to be a snapshot, by VIN."""
    return {
        vin: text
        for body in products
        if isinstance(body, Mapping)
        and isinstance(vin := body.get("vin"), str)
        and (text := body.get("cached_data")) is not None
    }


def _mark(text: object) -> int:
    """Return what tells one text from the next."""
    return hash(text) if isinstance(text, str) else hash(type(text))


def _decoded(jobs: _Work, now: datetime) -> Mapping[str, Readings]:
    """Decode texts; the import alone takes longer than an event loop may stand still."""
    from .fleet.cached_data import decode

    return {vin: decode(text, now, unread) for vin, (text, unread) in jobs.items()}
