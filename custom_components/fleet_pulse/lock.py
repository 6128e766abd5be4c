"""The locks of the cars: the doors, and what holds the charge cable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.lock import LockEntity, LockEntityDescription
from homeassistant.const import ATTR_CODE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import assistants
from .const import DOMAIN
from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Command
from .pin import CODE_FORMAT, Pin
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleLockDescription(VehicleDescription, LockEntityDescription):
    """A lock: the fact it shows, and the command for either side."""

    lock: Command | None
    """None where it locks by itself."""
    unlock: Command
    locked: Mapping[Any, bool]
    """What the values of the field mean; others mean nothing."""

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (self.unlock,) if self.lock is None else (self.lock, self.unlock)


LOCKS: Final = (
    VehicleLockDescription(
        key="charge_cable",
        field=fields.CHARGE_PORT_LATCH,
        locked={"disengaged": False, "engaged": True},
        lock=None,
        # With the cable in, the command that opens the port lets go of it instead.
        unlock=commands.CHARGE_PORT_DOOR_OPEN,
    ),
    VehicleLockDescription(
        key="doors",
        field=fields.LOCKED,
        locked={False: False, True: True},
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
        row = self.entity_description
        return row.locked.get(self.known(row.field))

    @property
    @override
    def code_format(self) -> str | None:
        """Return what a code looks like, where the owner set a PIN."""
        return CODE_FORMAT if self._pin.is_set else None

    @property
    def _pin(self) -> Pin:
        """Return the account's PIN."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        return entry.runtime_data.pin

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Lock; never asks for the PIN."""
        if (command := self.entity_description.lock) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="locks_itself"
            )
        await self.async_send(command)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock; never repeated, never later than a minute and a half."""
        assistants.ask_pin(self._pin, kwargs.get(ATTR_CODE))
        await self.async_send(self.entity_description.unlock)
