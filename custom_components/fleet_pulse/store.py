"""What survives a restart besides secrets and the journal: the cars' last states."""

from collections.abc import Callable, Mapping
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_VERSION: Final = 1
_DELAY: Final = 60
"""Seconds: a crash may lose a minute of readings, never a token or a request."""

LISTS: Final = "lists"
"""Beside the cars: what is remembered of the account's lists."""

type Snapshot = dict[str, dict[str, Any]]
"""By VIN what a car is to keep; under `LISTS` what the account is."""


class _SnapshotStore(Store[Snapshot]):
    """Home Assistant's store with room for later versions."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Any
    ) -> Snapshot:
        """Start anew from a version this code does not know: readings come back."""
        return {}


class SnapshotStore:
    """The cars of one account as they were last known."""

    def __init__(self, hass: HomeAssistant, account: str) -> None:
        """Keep the snapshot of an account."""
        self._store = _SnapshotStore(
            hass, _VERSION, f"{DOMAIN}.snapshot.{account}", atomic_writes=True
        )
        self._is_due = False

    async def async_load(self) -> Snapshot:
        """Return what was kept; a damaged file is an empty one."""
        try:
            loaded: object = await self._store.async_load()
        except KeyError, TypeError, UnsupportedStorageVersionError:
            # It is no store, or of a newer version: readings come back.
            return {}
        if not isinstance(loaded, Mapping):
            return {}
        return {vin: kept for vin, kept in loaded.items() if isinstance(kept, dict)}

    @callback
    def async_save_later(self, snapshot: Callable[[], Snapshot]) -> None:
        """Write within a minute, and at the latest when Home Assistant stops.

        A store puts every new wish behind the last one: readings that never pause
        would never be written.
        """
        if self._is_due:
            return
        self._is_due = True

        def taken() -> Snapshot:
            self._is_due = False
            return snapshot()

        self._store.async_delay_save(taken, _DELAY)

    async def async_save(self, snapshot: Snapshot) -> None:
        """Write now."""
        self._is_due = False
        await self._store.async_save(snapshot)

    async def async_remove(self) -> None:
        """Forget the cars."""
        await self._store.async_remove()
