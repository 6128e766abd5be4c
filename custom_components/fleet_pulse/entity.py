"""What all entities of a car share: freshness, availability, and sparing writes."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import async_get_hass, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .commander import Cause
from .const import DOMAIN, MANUFACTURER
from .coordinator import AccountCoordinator, VehicleCoordinator
from .device import identify
from .errors import acting
from .model.command import Command
from .model.field import Field, Reading
from .runtime import FleetPulseConfigEntry

ATTR_LAST_UPDATED = "last_updated"
ATTR_SOURCE = "source"


@dataclass(frozen=True, kw_only=True)
class VehicleDescription(EntityDescription):
    """An entity of a car."""

    field: Field[Any] | None = None
    """What it shows; None where that is nothing the car said."""

    def is_permitted(self, granted: Collection[str]) -> bool:
        """Return whether the owner let us do what it offers; looking is free."""
        return True


class VehicleEntity[D: VehicleDescription](CoordinatorEntity[VehicleCoordinator]):
    """An entity of a car.

    It says when the car said its value, and from where it came. It is written when
    value, source or availability change; without that, its `last_updated` follows
    once per awake period, when the car goes to sleep.
    """

    entity_description: D
    _attr_has_entity_name = True
    _unrecorded_attributes = frozenset({ATTR_LAST_UPDATED, ATTR_SOURCE})

    def __init__(self, coordinator: VehicleCoordinator, description: D) -> None:
        """Show something of a car."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{coordinator.vin}-{description.key}"
        self._attr_device_info = identify(coordinator)
        self._written: tuple[Any, ...] = ()

    @property
    @override
    def available(self) -> bool:
        """Return whether the car is still ours to look at, not whether it is awake."""
        return self.coordinator.is_reachable

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return when the car said this, and how we heard of it."""
        if (reading := self._reading) is None:
            return None
        return {
            ATTR_LAST_UPDATED: reading.at.isoformat(timespec="seconds"),
            ATTR_SOURCE: reading.source.value,
        }

    async def async_send(self, command: Command, **params: Any) -> None:
        """Bring a command to the car, or say why not."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        with acting(self.hass, entry):
            await entry.runtime_data.commander.async_send(
                self.coordinator,
                command.call(**params),
                Cause(reason=f"entity {self.entity_description.key}"),
            )

    def known[T](self, field: Field[T] | None) -> T | None:
        """Return what is known of a field of this car."""
        return None if field is None else self.coordinator.data.get(field)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the car; it tells also what the account decides on availability."""
        await super().async_added_to_hass()
        self._written = self._shown()

    @override
    async def async_update(self) -> None:
        """Look at the account's free list: `update_entity` never costs anything."""
        await self.coordinator.async_look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write only what changed."""
        shown = self._shown()
        if shown != self._written or self.coordinator.is_falling_asleep:
            self._written = shown
            self.async_write_ha_state()

    @property
    def _reading(self) -> Reading[Any] | None:
        """Return what is known of the field shown."""
        field = self.entity_description.field
        return None if field is None else self.coordinator.data.reading(field)

    def _shown(self) -> tuple[Any, ...]:
        """Return everything a change of which must be written."""
        reading = self._reading
        return (
            self.available,
            reading and reading.source,
            self.state,
            self.state_attributes,
            self.capability_attributes,
        )


@callback
def async_show[D: VehicleDescription](
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: Callable[[VehicleCoordinator, D], VehicleEntity[D]],
    rows: Iterable[D],
) -> None:
    """Add the entities of a table for every car there is and will be.

    What was not granted at Tesla can only fail; granting it starts the entry anew.
    """
    granted = entry.runtime_data.account.scopes
    rows = tuple(rows)
    permitted = [row for row in rows if row.is_permitted(granted)]
    refused = [row.key for row in rows if not row.is_permitted(granted)]
    domain = async_get_current_platform().domain
    registry = er.async_get(async_get_hass())

    def add(vehicle: VehicleCoordinator) -> None:
        for key in refused:
            # What was granted once would stay behind as "no longer provided".
            known = registry.async_get_entity_id(domain, DOMAIN, f"{vehicle.vin}-{key}")
            if known is not None:
                registry.async_remove(known)
        async_add_entities(kind(vehicle, row) for row in permitted)

    entry.runtime_data.account.async_each_vehicle(entry, add)


class AccountEntity[D: EntityDescription](CoordinatorEntity[AccountCoordinator]):
    """An entity of an account; it is written when its value changes."""

    entity_description: D
    _attr_has_entity_name = True

    def __init__(self, coordinator: AccountCoordinator, description: D) -> None:
        """Show something of an account."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{entry.unique_id}-{description.key}"
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, str(entry.unique_id))},
            manufacturer=MANUFACTURER,
            model="Fleet API",
            name=entry.title,
        )

    @property
    @override
    def available(self) -> bool:
        """Return True: what was spent is known, whatever Tesla says."""
        return True

    @override
    async def async_update(self) -> None:
        """Ask nothing: the ledger is our own."""
