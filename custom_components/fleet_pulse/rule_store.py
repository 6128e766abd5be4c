"""What rules and alerts must remember over restarts: one file per account, keyed by car.

A part of a car is noted whole. When a note returns it is on disk, before whatever it
speaks of can happen: a raised limit outlasts a crash only if the one to restore is
written down first.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from . import disk
from .const import DOMAIN
from .rules.memory import Memory
from .vault import identify
from .waiting import async_outlive


class Part(StrEnum):
    """What is kept of a car, each by somebody else."""

    ALERTS = "alerts"
    CLIMATE = "climate"
    LEARNED = "learned"
    MEMORY = "memory"
    REACHED = "reached"
    SESSION = "session"
    ZONES = "zones"


def _read(path: Path) -> dict[str, Any]:
    """Return what is on disk; a damaged file is an empty one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError, RecursionError, ValueError:
        return {}
    cars = found.get("cars") if isinstance(found, dict) else None
    return cars if isinstance(cars, dict) else {}


class RuleStore:
    """The memory of the rules of one account."""

    def __init__(self, hass: HomeAssistant, account: str) -> None:
        """Keep the memory of an account."""
        self._hass = hass
        folder = Path(hass.config.config_dir) / STORAGE_DIR
        self._path = folder / f"{DOMAIN}.rules.{identify(account)}"
        self._lock = asyncio.Lock()
        self._cars: dict[str, dict[str, Any]] = {}
        self._written = ""

    async def async_load(self) -> None:
        """Take back what was kept."""
        found = await self._hass.async_add_executor_job(_read, self._path)
        self._cars = {
            vin: dict(parts)
            for vin, parts in found.items()
            if isinstance(parts, Mapping)
        }
        self._written = self._text()

    def of(self, vin: str, part: Part) -> object:
        """Return what was noted last, as JSON gives it back; None is nothing."""
        return self._cars.get(vin, {}).get(part.value)

    async def async_note(self, vin: str, part: Part, content: object) -> None:
        """Put a part of a car on disk; raises NotSaved."""
        await self.async_note_all(vin, {part: content})

    async def async_note_all(self, vin: str, parts: Mapping[Part, object]) -> None:
        """Put parts of a car on disk, all or none of them; raises NotSaved."""
        known = self._cars.setdefault(vin, {})
        known.update({part.value: content for part, content in parts.items()})
        await self._async_write()

    async def async_forget(self, vin: str) -> None:
        """Forget a car that has left: it has other owners; raises NotSaved."""
        if self._cars.pop(vin, None) is not None:
            await self._async_write()

    async def async_remove(self) -> None:
        """Forget all."""
        await self._hass.async_add_executor_job(disk.remove, self._path)

    def _text(self) -> str:
        """Return the file as it should be.

        It says its own name, as Home Assistant's stores do: nobody takes it for sealed.
        """
        content = {"key": self._path.name, "cars": self._cars}
        return json.dumps(content, separators=(",", ":"))

    async def _async_write(self) -> None:
        """Write what is to be kept; a caller that gives up does not end the writing."""
        await async_outlive(
            self._hass.async_create_task(self._async_replace(), "fleet_pulse rules")
        )

    async def _async_replace(self) -> None:
        """Write one after the other, off the event loop; what is there stays."""
        async with self._lock:
            text = self._text()
            if text == self._written:
                return
            await self._hass.async_add_executor_job(disk.write, self._path, text)
            self._written = text


class Remembered:
    """The memory of the rules of one car, as it is now, and as it is on disk."""

    def __init__(self, store: RuleStore, vin: str) -> None:
        """Take back what was kept of a car."""
        self._store = store
        self._vin = vin
        self.memory = Memory.load(store.of(vin, Part.MEMORY))
        self._saved = self.memory

    @property
    def is_saved(self) -> bool:
        """Say whether what is known now is on disk."""
        return self.memory == self._saved

    async def async_save(self) -> None:
        """Have what is known now on disk when this returns; raises NotSaved."""
        if not self.is_saved:
            memory = self.memory
            await self._store.async_note(self._vin, Part.MEMORY, memory.dump())
            self._saved = memory
