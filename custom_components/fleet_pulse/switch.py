"""Switches of the cars."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import (
    SwitchDeviceClass,
    SwitchEntity,
    SwitchEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Command
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleSwitchDescription(VehicleDescription, SwitchEntityDescription):
    """A switch: the fact it shows, and the command for either side."""

    is_on_fn: Callable[[Any], bool] = bool
    on: Command
    off: Command

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (self.on, self.off)


SWITCHES: Final = (
    VehicleSwitchDescription(
        key="charge",
        field=fields.CHARGING_STATE,
        is_on_fn=lambda state: state in ("charging", "starting"),
        on=commands.CHARGE_START,
        off=commands.CHARGE_STOP,
        device_class=SwitchDeviceClass.SWITCH,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleSwitch, SWITCHES)


class VehicleSwitch(VehicleEntity[VehicleSwitchDescription], SwitchEntity):
    """Something of a car that is on or off."""

    entity_description: VehicleSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what is known."""
        value = self.known(self.entity_description.field)
        return None if value is None else self.entity_description.is_on_fn(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        await self.async_send(self.entity_description.on)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        await self.async_send(self.entity_description.off)
