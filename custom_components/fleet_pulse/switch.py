"""Switches of the cars."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import (
    SwitchDeviceClass,
    SwitchEntity,
    SwitchEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .errors import acting
from .model import commands, vehicle_fields as fields
from .model.command import Call, Command
from .rule_entity import RuleDescription, RuleEntity, async_show_rules
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""

_AUTO_SEAT: Final = commands.REMOTE_AUTO_SEAT_CLIMATE_REQUEST
_AUTO_WHEEL: Final = commands.REMOTE_AUTO_STEERING_WHEEL_HEAT_CLIMATE_REQUEST


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleSwitchDescription(VehicleDescription, SwitchEntityDescription):
    """A switch: the fact it shows, and the call for either side."""

    is_on_fn: Callable[[Any], bool] = bool
    on: Call
    off: Call

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (self.on.command, self.off.command)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RuleSwitchDescription(RuleDescription, SwitchEntityDescription):
    """A switch of a rule."""


SWITCHES: Final = (
    VehicleSwitchDescription(
        key="auto_seat_climate_left",
        field=fields.AUTO_SEAT_CLIMATE_LEFT,
        on=_AUTO_SEAT.call(auto_seat_position=1, auto_climate_on=True),
        off=_AUTO_SEAT.call(auto_seat_position=1, auto_climate_on=False),
    ),
    VehicleSwitchDescription(
        key="auto_seat_climate_right",
        field=fields.AUTO_SEAT_CLIMATE_RIGHT,
        on=_AUTO_SEAT.call(auto_seat_position=2, auto_climate_on=True),
        off=_AUTO_SEAT.call(auto_seat_position=2, auto_climate_on=False),
    ),
    VehicleSwitchDescription(
        key="auto_steering_wheel_heat",
        field=fields.AUTO_STEERING_WHEEL_HEAT,
        on=_AUTO_WHEEL.call(on=True),
        off=_AUTO_WHEEL.call(on=False),
    ),
    VehicleSwitchDescription(
        key="bioweapon_mode",
        field=fields.BIOWEAPON_MODE,
        on=commands.SET_BIOWEAPON_MODE.call(on=True),
        off=commands.SET_BIOWEAPON_MODE.call(on=False),
        entity_registry_enabled_default=False,
    ),
    VehicleSwitchDescription(
        key="charge",
        field=fields.CHARGING_STATE,
        is_on_fn=lambda state: state in ("charging", "starting"),
        on=commands.CHARGE_START.call(),
        off=commands.CHARGE_STOP.call(),
        device_class=SwitchDeviceClass.SWITCH,
    ),
    VehicleSwitchDescription(
        key="defrost",
        field=fields.DEFROST_MODE,
        is_on_fn=lambda mode: mode != "off",
        on=commands.SET_PRECONDITIONING_MAX.call(on=True),
        off=commands.SET_PRECONDITIONING_MAX.call(on=False),
    ),
    VehicleSwitchDescription(
        key="keep_accessory_power",
        on=commands.KEEP_ACCESSORY_POWER_MODE.call(enable=True),
        off=commands.KEEP_ACCESSORY_POWER_MODE.call(enable=False),
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    VehicleSwitchDescription(
        key="low_power_mode",
        on=commands.SET_LOW_POWER_MODE.call(enable=True),
        off=commands.SET_LOW_POWER_MODE.call(enable=False),
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    VehicleSwitchDescription(
        key="sentry_mode",
        field=fields.SENTRY_MODE,
        on=commands.SET_SENTRY_MODE.call(on=True),
        off=commands.SET_SENTRY_MODE.call(on=False),
        sensitive=True,
    ),
    VehicleSwitchDescription(
        key="steering_wheel_heater",
        field=fields.STEERING_WHEEL_HEATER,
        on=commands.REMOTE_STEERING_WHEEL_HEATER_REQUEST.call(on=True),
        off=commands.REMOTE_STEERING_WHEEL_HEATER_REQUEST.call(on=False),
    ),
    VehicleSwitchDescription(
        key="valet_mode",
        field=fields.VALET_MODE,
        on=commands.SET_VALET_MODE.call(on=True),
        off=commands.SET_VALET_MODE.call(on=False),
        sensitive=True,
    ),
)

RULE_SWITCHES: Final = (RuleSwitchDescription(key="rule_enabled"),)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every rule, and every car there is and will be."""
    async_show_rules(entry, async_add_entities, RuleSwitch, RULE_SWITCHES)
    async_show(entry, async_add_entities, VehicleSwitch, SWITCHES)


class VehicleSwitch(VehicleEntity[VehicleSwitchDescription], SwitchEntity):
    """Something of a car that is on or off."""

    entity_description: VehicleSwitchDescription

    @property
    @override
    def assumed_state(self) -> bool:
        """Return whether the car never says it: then both sides are offered."""
        return self.entity_description.field is None

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what is known."""
        value = self.known(self.entity_description.field)
        return None if value is None else self.entity_description.is_on_fn(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        await self.async_send_call(self.entity_description.on)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        await self.async_send_call(self.entity_description.off)


class RuleSwitch(RuleEntity[RuleSwitchDescription], SwitchEntity):
    """Whether a rule counts; the owner's word outlasts restarts."""

    entity_description: RuleSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what the owner said."""
        return None if self.view is None else self.view.is_enabled

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the rule count."""
        await self._async_set(is_enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the rule do nothing, and stop what it has put into the car."""
        await self._async_set(is_enabled=False)

    async def _async_set(self, *, is_enabled: bool) -> None:
        """Remember what the owner says."""
        with acting(self.hass, self._entry):
            await self._runner.async_set_enabled(self._rule_id, is_enabled)
