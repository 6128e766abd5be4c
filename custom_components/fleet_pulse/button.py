"""Buttons of the cars, and of the account."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import doctor
from .commander import Cause, Commander
from .coordinator import VehicleCoordinator
from .entity import AccountEntity, VehicleDescription, VehicleEntity, async_show
from .errors import acting
from .model import commands
from .model.command import Command
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""

type Press = Callable[[Commander, VehicleCoordinator], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class VehicleButtonDescription(VehicleDescription, ButtonEntityDescription):
    """A button: what pressing it does."""

    press_fn: Press
    command: Command | None = None
    """What the car is told; a wake is none."""

    @override
    def is_permitted(self, granted: Collection[str]) -> bool:
        """Return whether the car may be told, or need not be."""
        return self.command is None or self.command.is_permitted(granted)


def sending(command: Command) -> VehicleButtonDescription:
    """Return the button that brings a command to the car."""
    return VehicleButtonDescription(
        key=command.key,
        command=command,
        press_fn=lambda commander, vehicle: commander.async_send(
            vehicle, command.call(), Cause(reason=f"button {command.key}")
        ),
    )


def wakes(commander: Commander, vehicle: VehicleCoordinator) -> Awaitable[object]:
    """Wake the car, if the guard allows."""
    return commander.async_wake(vehicle, Cause(reason="button wake"))


@dataclass(frozen=True, kw_only=True)
class AccountButtonDescription(ButtonEntityDescription):
    """A button of an account: what pressing it does."""

    press_fn: Callable[[HomeAssistant, FleetPulseConfigEntry], Awaitable[object]]


BUTTONS: Final = (
    sending(commands.FLASH_LIGHTS),
    sending(commands.HONK_HORN),
    VehicleButtonDescription(key="wake", press_fn=wakes),
)

ACCOUNT_BUTTONS: Final = (
    AccountButtonDescription(
        key="run_checks",
        # Only what is free: a button cannot say before what it costs.
        press_fn=doctor.async_run,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer the account's, and those of every car there is and will be."""
    account = entry.runtime_data.account
    async_add_entities(AccountButton(account, row) for row in ACCOUNT_BUTTONS)
    async_show(entry, async_add_entities, VehicleButton, BUTTONS)


class VehicleButton(VehicleEntity[VehicleButtonDescription], ButtonEntity):
    """Something a car does once."""

    entity_description: VehicleButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        with acting(self.hass, entry):
            await self.entity_description.press_fn(
                entry.runtime_data.commander, self.coordinator
            )


class AccountButton(AccountEntity[AccountButtonDescription], ButtonEntity):
    """Something done for an account."""

    entity_description: AccountButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        await self.entity_description.press_fn(self.hass, entry)
