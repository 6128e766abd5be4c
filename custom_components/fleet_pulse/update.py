"""The software of the cars: what is installed, and what is offered."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0

INSTALLING: Final = "installing"
NOTHING: Final = "none"


@dataclass(frozen=True, kw_only=True)
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
    _attr_supported_features = UpdateEntityFeature.PROGRESS

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
        return None if status is None else status == INSTALLING

    @property
    @override
    def update_percentage(self) -> int | None:
        """Return how far it is with that."""
        if not self.in_progress:
            return None
        return self.known(fields.SOFTWARE_UPDATE_INSTALLATION)
