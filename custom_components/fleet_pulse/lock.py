"""The locks of the cars."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.lock import LockEntity, LockEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Command
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleLockDescription(VehicleDescription, LockEntityDescription):
    """A lock: the fact it shows, and the command for either side."""

    lock: Command
    unlock: Command

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (self.lock, self.unlock)


LOCKS: Final = (
    VehicleLockDescription(
        key="doors",
        field=fields.LOCKED,
        lock=commands.DOOR_LOCK,
        unlock=commands.DOOR_UNLOCK,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleLock, LOCKS)


class VehicleLock(VehicleEntity[VehicleLockDescription], LockEntity):
    """A lock of a car."""

    entity_description: VehicleLockDescription

    @property
    @override
    def is_locked(self) -> bool | None:
        """Return what is known; unknown is never guessed to be locked."""
        locked: bool | None = self.known(self.entity_description.field)
        return locked

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Lock."""
        await self.async_send(self.entity_description.lock)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock; never repeated, never later than a minute and a half."""
        await self.async_send(self.entity_description.unlock)
