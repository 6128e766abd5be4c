"""Buttons of the cars, of their rules, and of the account."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import doctor, risk
from .commander import Cause, Commander
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .entity import AccountEntity, VehicleDescription, VehicleEntity, async_show
from .errors import acting, raise_failure
from .model import commands, equipment, vehicle_fields as fields
from .model.command import Command
from .model.equipment import Equipment
from .rule_entity import RuleDescription, RuleEntity, async_show_rules
from .rules.view import Matter
from .runner import Runner
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""

type Press = Callable[[Commander, VehicleCoordinator], Awaitable[object]]
type Params = Callable[[VehicleCoordinator], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleButtonDescription(VehicleDescription, ButtonEntityDescription):
    """A button: what pressing it does."""

    press_fn: Press


def no_params(vehicle: VehicleCoordinator) -> dict[str, Any]:
    """Return what most commands are given."""
    return {}


def place(vehicle: VehicleCoordinator) -> dict[str, Any]:
    """Return where the car is: it opens only the gate that is beside it."""
    location = vehicle.data.get(fields.LOCATION)
    if location is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_location"
        )
    return {"lat": location.latitude, "lon": location.longitude}


def sending(
    command: Command,
    params_fn: Params = no_params,
    needs: Equipment | None = None,
    *,
    enabled: bool = True,
) -> VehicleButtonDescription:
    """Return the button that brings a command to the car."""
    return VehicleButtonDescription(
        key=command.key,
        commands=(command,),
        needs=needs,
        entity_registry_enabled_default=enabled,
        press_fn=lambda commander, vehicle: commander.async_send(
            vehicle,
            command.call(**params_fn(vehicle)),
            Cause(reason=f"button {command.key}"),
        ),
    )


async def refresh(commander: Commander, vehicle: VehicleCoordinator) -> None:
    """Ask the free list; whether the car itself is worth asking it decides as ever."""
    entry: FleetPulseConfigEntry = vehicle.config_entry
    await vehicle.async_look()
    raise_failure(entry.runtime_data.account)


def wakes(commander: Commander, vehicle: VehicleCoordinator) -> Awaitable[object]:
    """Wake the car, if the guard allows."""
    return commander.async_wake(vehicle, Cause(reason="button wake"))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AccountButtonDescription(ButtonEntityDescription):
    """A button of an account: what pressing it does."""

    press_fn: Callable[[HomeAssistant, FleetPulseConfigEntry], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RuleButtonDescription(RuleDescription, ButtonEntityDescription):
    """A button of a rule: what pressing it does."""

    press_fn: Callable[[Runner, str], Awaitable[object]]


# What opens a gate, lets somebody drive or makes a noise outside, an owner enables.
BUTTONS: Final = (
    sending(commands.FLASH_LIGHTS),
    sending(commands.HONK_HORN),
    VehicleButtonDescription(
        key="refresh", press_fn=refresh, entity_category=EntityCategory.DIAGNOSTIC
    ),
    sending(commands.REMOTE_BOOMBOX, needs=equipment.UNSIGNED_COMMANDS, enabled=False),
    sending(commands.REMOTE_START_DRIVE, enabled=False),
    sending(commands.TRIGGER_HOMELINK, place, enabled=False),
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

RULE_BUTTONS: Final = (
    RuleButtonDescription(
        key="apply_now",
        matters=(Matter.CHARGING,),
        press_fn=lambda runner, rule_id: runner.async_apply(rule_id),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer the account's and the rules', and those of all cars, also to come."""
    account = entry.runtime_data.account
    async_add_entities(AccountButton(account, row) for row in ACCOUNT_BUTTONS)
    async_show_rules(entry, async_add_entities, RuleButton, RULE_BUTTONS)
    async_show(entry, async_add_entities, VehicleButton, BUTTONS)


class VehicleButton(VehicleEntity[VehicleButtonDescription], ButtonEntity):
    """Something a car does once."""

    entity_description: VehicleButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        for command in self.entity_description.commands:
            await risk.async_refuse(self.hass, entry, command.risk, self._context)
            if command.risk.is_physical:
                self.refuse_assistants()
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


class RuleButton(RuleEntity[RuleButtonDescription], ButtonEntity):
    """Something that a rule does once."""

    entity_description: RuleButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it."""
        with acting(self.hass, self._entry):
            await self.entity_description.press_fn(self._runner, self._rule_id)
