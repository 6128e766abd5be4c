"""The parameters of commands that must outlive a crash: on disk, and short-lived.

The journal says which commands were sent, and stays for a year, so no parameter
stands in it. This file says of what waits, and of what is on its way, what it is;
it is written whole each time, and forgets what is over.
"""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR

from . import disk
from .const import DOMAIN
from .errors import tried
from .fleet.deferred import Deferred, kept_params, recalled
from .model.command import Call
from .vault import identify
from .waiting import async_outlive

_UNDER_WAY: Final = "under_way"
_WAITING: Final = "waiting"


def _read(path: Path) -> dict[str, Any]:
    """Return what is on disk; a damaged file is an empty one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError, RecursionError, ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of the file."""
    part = found.get(name)
    return part if isinstance(part, dict) else {}


class OrderBook:
    """What waits for the cars of one account, and what is on its way to them."""

    def __init__(self, hass: HomeAssistant, account: str) -> None:
        """Keep the orders of an account."""
        self._hass = hass
        folder = Path(hass.config.config_dir) / STORAGE_DIR
        self._path = folder / f"{DOMAIN}.orders.{identify(account)}"
        self._lock = asyncio.Lock()
        self._written: dict[str, Any] = {}
        self._waiting: dict[str, Deferred] = {}
        self._under_way: dict[str, Call] = {}

    async def async_load(self) -> tuple[Mapping[str, Deferred], Mapping[str, Call]]:
        """Return what waited by VIN, and by id what was on its way."""
        found = await self._hass.async_add_executor_job(_read, self._path)
        self._written = found
        waiting = _part(found, _WAITING)
        self._waiting = {vin: Deferred.load(rows) for vin, rows in waiting.items()}
        sent = {
            note_id: call
            for note_id, row in _part(found, _UNDER_WAY).items()
            if isinstance(row, dict)
            and (call := recalled(row.get("command"), row.get("params"))) is not None
        }
        return dict(self._waiting), sent

    async def async_note_waiting(self, vin: str, deferred: Deferred) -> None:
        """Put what waits for a car on disk; raises NotSaved."""
        self._waiting[vin] = deferred
        await self._async_write()

    @callback
    def note_under_way(self, note_id: str, call: Call) -> None:
        """Put a command on disk while it travels; the car takes longer than a disk."""
        self._under_way[note_id] = call
        self._hass.async_create_task(tried(self._async_write()), "fleet_pulse orders")

    @callback
    def note_end(self, note_id: str) -> None:
        """Forget a command that was answered, with the next writing."""
        self._under_way.pop(note_id, None)

    async def async_finish(self) -> None:
        """Wait until what is over is forgotten on disk too."""
        await tried(self._async_write())

    async def async_remove(self) -> None:
        """Forget all."""
        await self._hass.async_add_executor_job(disk.remove, self._path)

    def _content(self) -> dict[str, Any]:
        """Return the file as it should be; no secret is in it.

        It says its own name, as Home Assistant's stores do: nobody takes it for sealed.
        """
        return {
            "key": self._path.name,
            _UNDER_WAY: {
                note_id: {"command": call.command.key, "params": kept_params(call)}
                for note_id, call in self._under_way.items()
            },
            _WAITING: {
                vin: deferred.dump()
                for vin, deferred in self._waiting.items()
                if deferred.waiting
            },
        }

    async def _async_write(self) -> None:
        """Write what is to be kept; a caller that gives up does not end the writing."""
        await async_outlive(
            self._hass.async_create_task(self._async_replace(), "fleet_pulse orders")
        )

    async def _async_replace(self) -> None:
        """Write one after the other, off the event loop; what is there stays."""
        async with self._lock:
            content = self._content()
            if content == self._written:
                return
            text = json.dumps(content, separators=(",", ":"))
            await self._hass.async_add_executor_job(disk.write, self._path, text)
            self._written = content
