"""What all entities of a car share: freshness, availability, and sparing writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .commander import Cause
from .const import DOMAIN, MANUFACTURER
from .coordinator import AccountCoordinator, VehicleCoordinator
from .errors import acting
from .model import vehicle_fields as fields
from .model.command import Command
from .model.field import Field
from .model.state import State
from .runtime import FleetPulseConfigEntry

ATTR_LAST_UPDATED = "last_updated"
ATTR_SOURCE = "source"


def always(_: State) -> bool:
    """Say that every car has it."""
    return True


def knows(*needed: Field[Any]) -> Callable[[State], bool]:
    """Return a check that the car has ever reported these facts."""

    def supported(state: State) -> bool:
        return all(state.get(field) is not None for field in needed)

    return supported


@dataclass(frozen=True, kw_only=True)
class VehicleDescription(EntityDescription):
    """An entity of a car: the field it shows, the fields it looks at besides."""

    field: Field[Any]
    also: tuple[Field[Any], ...] = ()
    supported_fn: Callable[[State], bool] = always


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
        """Show a field of a car."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{coordinator.vin}-{description.key}"
        self._attr_device_info = device_info(coordinator)
        self._written: tuple[Any, ...] | None = None

    @property
    @override
    def available(self) -> bool:
        """Return whether the car is still ours to look at, not whether it is awake."""
        return self.coordinator.is_reachable

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return when the car said this, and how we heard of it."""
        reading = self.coordinator.data.reading(self.entity_description.field)
        if reading is None:
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

    def known[T](self, field: Field[T]) -> T | None:
        """Return what is known of a field of this car."""
        return self.coordinator.data.get(field)

    @override
    async def async_update(self) -> None:
        """Look at the account's free list: `update_entity` never costs anything."""
        await self.coordinator.async_look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write only what changed."""
        shown = self._shown()
        if shown == self._written and not self.coordinator.is_falling_asleep:
            return
        self._written = shown
        self.async_write_ha_state()

    def _shown(self) -> tuple[Any, ...]:
        """Return everything a change of which must be written."""
        data = self.coordinator.data
        description = self.entity_description
        reading = data.reading(description.field)
        return (
            self.available,
            reading and reading.value,
            reading and reading.source,
            *(data.get(field) for field in description.also),
        )


@callback
def async_show[D: VehicleDescription](
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: Callable[[VehicleCoordinator, D], VehicleEntity[D]],
    rows: Iterable[D],
) -> None:
    """Add the entities of a table for every car there is and will be."""

    def add(vehicle: VehicleCoordinator) -> None:
        async_add_entities(
            kind(vehicle, row) for row in rows if row.supported_fn(vehicle.data)
        )

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


def device_info(coordinator: VehicleCoordinator) -> DeviceInfo:
    """Describe the car as a device."""
    data = coordinator.data
    return DeviceInfo(
        identifiers={(DOMAIN, coordinator.vin)},
        manufacturer=MANUFACTURER,
        model=data.get(fields.CAR_TYPE),
        name=data.get(fields.DISPLAY_NAME) or data.get(fields.VEHICLE_NAME) or "Tesla",
        serial_number=coordinator.vin,
        sw_version=data.get(fields.CAR_VERSION),
    )
