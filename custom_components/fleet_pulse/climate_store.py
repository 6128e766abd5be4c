"""What departures remember of one car, as it is now and as it is on disk."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .errors import Problem, tried
from .rule_store import Part, RuleStore
from .rules.climate_memory import ClimateMemory

PAUSE: Final = timedelta(minutes=1)
"""A disk that is full is not tried at once again."""


class RememberedClimate:
    """Keeps the memory of the departures of one car."""

    def __init__(self, store: RuleStore, vin: str) -> None:
        """Take back what was kept of a car."""
        self.now = ClimateMemory.load(store.of(vin, Part.CLIMATE))
        self.again_at: datetime | None = None
        """When to try the disk again."""
        self._store = store
        self._vin = vin
        self._saved = self.now

    @property
    def is_due(self) -> bool:
        """Say whether something is to be written, and may be tried."""
        may_try = self.again_at is None or self.again_at <= dt_util.utcnow()
        return may_try and self.now != self._saved

    async def async_save(self) -> None:
        """Have what is known now on disk when this returns; raises NotSaved."""
        if self.now != self._saved:
            memory = self.now
            await self._store.async_note(self._vin, Part.CLIMATE, memory.dump())
            self._saved = memory

    async def async_try(self) -> None:
        """Have it on disk if that can be; else come back to it."""
        saved = await tried(self.async_save())
        is_full = isinstance(saved, Problem)
        self.again_at = dt_util.utcnow() + PAUSE if is_full else None

    async def async_change(self, memory: ClimateMemory) -> None:
        """Remember something else; raises NotSaved, and forgets it."""
        before, self.now = self.now, memory
        saved = await tried(self.async_save())
        if isinstance(saved, Problem):
            self.now = before
            raise saved.error
