"""The software of the cars: what is installed, and what is offered."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.field import Source
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0

AVAILABLE: Final = "available"
INSTALLING: Final = "installing"
NOTHING: Final = "none"
SCHEDULED: Final = "scheduled"
AT_ONCE: Final = timedelta(minutes=2)
"""What is scheduled to begin so soon has begun, as far as an owner cares."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleUpdateDescription(VehicleDescription, UpdateEntityDescription):
    """A software of a car."""


UPDATES: Final = (
    VehicleUpdateDescription(
        key="software_update",
        field=fields.SOFTWARE_UPDATE_STATUS,
        device_class=UpdateDeviceClass.FIRMWARE,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show every car there is and will be."""
    async_show(entry, async_add_entities, VehicleUpdate, UPDATES)


class VehicleUpdate(VehicleEntity[VehicleUpdateDescription], UpdateEntity):
    """The software of a car."""

    entity_description: VehicleUpdateDescription

    @property
    @override
    def supported_features(self) -> UpdateEntityFeature:
        """Return that it can be installed only while it waits for that."""
        command = commands.SCHEDULE_SOFTWARE_UPDATE
        may_tell = command.is_permitted(self.coordinator.account.scopes)
        if may_tell and self.known(fields.SOFTWARE_UPDATE_STATUS) == AVAILABLE:
            return UpdateEntityFeature.PROGRESS | UpdateEntityFeature.INSTALL
        return UpdateEntityFeature.PROGRESS

    @property
    @override
    def installed_version(self) -> str | None:
        """Return what the car runs."""
        return self.known(fields.CAR_VERSION)

    @property
    @override
    def latest_version(self) -> str | None:
        """Return what Tesla offers the car, or that it runs that already."""
        status = self.known(fields.SOFTWARE_UPDATE_STATUS)
        if status == NOTHING:
            return self.installed_version
        return status and self.known(fields.SOFTWARE_UPDATE_VERSION)

    @property
    @override
    def in_progress(self) -> bool | None:
        """Return whether the car is being updated, which is when it cannot drive."""
        status = self.known(fields.SOFTWARE_UPDATE_STATUS)
        if status is None:
            return None
        return status == INSTALLING or (status == SCHEDULED and self._begins)

    @property
    def _begins(self) -> bool:
        """Return whether what is scheduled begins about now."""
        reading = self._reading
        if reading is not None and reading.source is Source.COMMAND:
            # Asked for a moment ago; the car has not said yet when.
            return True
        begins_at = self.known(fields.SOFTWARE_UPDATE_SCHEDULED)
        return begins_at is not None and abs(begins_at - dt_util.utcnow()) <= AT_ONCE

    @property
    @override
    def update_percentage(self) -> int | None:
        """Return how far it is with that."""
        if self.known(fields.SOFTWARE_UPDATE_STATUS) != INSTALLING:
            return None
        return self.known(fields.SOFTWARE_UPDATE_INSTALLATION)

    @override
    async def async_install(
        self, version: str | None, backup: bool, **kwargs: Any
    ) -> None:
        """Have the car install what waits, now; it wakes for that if the guard allows."""
        await self.async_send(commands.SCHEDULE_SOFTWARE_UPDATE, offset_sec=0)

    @override
    def _facts(self) -> tuple[Any, ...]:
        """Return also whether it can be installed now."""
        return *super()._facts(), self.supported_features
