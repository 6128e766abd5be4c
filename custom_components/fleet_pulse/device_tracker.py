"""Where the cars are."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.device_tracker import (
    TrackerEntity,
    TrackerEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import vehicle_fields as fields
from .model.field import Location
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleTrackerDescription(VehicleDescription, TrackerEntityDescription):
    """A place of a car."""

    @override
    def is_permitted(self, granted: Collection[str]) -> bool:
        """Return whether the owner lets us know where the car is."""
        return SCOPE in granted


SCOPE: Final = "vehicle_location"


TRACKERS: Final = (
    VehicleTrackerDescription(key="location", field=fields.LOCATION),
    VehicleTrackerDescription(
        key="route",
        field=fields.ACTIVE_ROUTE_LOCATION,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show every car there is and will be, if the owner lets us know where."""
    async_show(entry, async_add_entities, VehicleTracker, TRACKERS)


class VehicleTracker(VehicleEntity[VehicleTrackerDescription], TrackerEntity):
    """Where a car is, or where it goes."""

    entity_description: VehicleTrackerDescription

    @property
    @override
    def force_update(self) -> bool:
        """Return False: a place that did not change needs no row in the recorder."""
        return False

    @property
    def _place(self) -> Location | None:
        """Return the place, if it is known."""
        place: Location | None = self.known(self.entity_description.field)
        return place

    @property
    @override
    def latitude(self) -> float | None:
        """Return degrees north."""
        return None if self._place is None else self._place.latitude

    @property
    @override
    def longitude(self) -> float | None:
        """Return degrees east."""
        return None if self._place is None else self._place.longitude
