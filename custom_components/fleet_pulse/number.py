"""Numbers of the cars that can be set."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Command
from .model.field import Field
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""Dragging a slider calls many times at once; the commander keeps the last value."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleNumberDescription(VehicleDescription, NumberEntityDescription):
    """A number: the command that sets it, and the car's own bounds."""

    command: Command
    param: str
    lowest: Field[Any] | None = None
    highest: Field[Any]

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (self.command,)


NUMBERS: Final = (
    VehicleNumberDescription(
        key="charge_current_request",
        field=fields.CHARGE_CURRENT_REQUEST,
        command=commands.SET_CHARGING_AMPS,
        param="charging_amps",
        highest=fields.CHARGE_CURRENT_REQUEST_MAX,
        device_class=NumberDeviceClass.CURRENT,
        native_min_value=0,
        native_max_value=32,
        native_step=1,
    ),
    VehicleNumberDescription(
        key="charge_limit_soc",
        field=fields.CHARGE_LIMIT_SOC,
        command=commands.SET_CHARGE_LIMIT,
        param="percent",
        lowest=fields.CHARGE_LIMIT_SOC_MIN,
        highest=fields.CHARGE_LIMIT_SOC_MAX,
        device_class=NumberDeviceClass.BATTERY,
        native_min_value=50,
        native_max_value=100,
        native_step=1,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleNumber, NUMBERS)


class VehicleNumber(VehicleEntity[VehicleNumberDescription], NumberEntity):
    """A setting of a car."""

    entity_description: VehicleNumberDescription

    def __init__(
        self, coordinator: VehicleCoordinator, description: VehicleNumberDescription
    ) -> None:
        """Take the unit from the field."""
        super().__init__(coordinator, description)
        if description.field is not None:
            self._attr_native_unit_of_measurement = description.field.unit

    @property
    @override
    def native_value(self) -> float | None:
        """Return what is known."""
        value: float | None = self.known(self.entity_description.field)
        return value

    @property
    @override
    def native_min_value(self) -> float:
        """Return the car's own lower bound, or what all cars take."""
        known: float | None = self.known(self.entity_description.lowest)
        return super().native_min_value if known is None else known

    @property
    @override
    def native_max_value(self) -> float:
        """Return the car's own upper bound, or what all cars take."""
        known: float | None = self.known(self.entity_description.highest)
        return super().native_max_value if known is None else known

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it; of a dragged slider only the last value is sent."""
        description = self.entity_description
        await self.async_send(description.command, **{description.param: value})
