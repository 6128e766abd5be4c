"""The climate of the cars' cabins."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TEMPERATURE,
    ClimateEntity,
    ClimateEntityDescription,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import PRECISION_HALVES, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Command
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""Dragging a slider calls many times at once; the commander keeps the last value."""

COLDEST: Final = 15.0
HOTTEST: Final = 28.0
PRESETS: Final = {"off": 0, "on": 1, "dog": 2, "camp": 3}
"""What keeps running when the driver leaves, as the car counts it."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleClimateDescription(VehicleDescription, ClimateEntityDescription):
    """A climate of a car."""

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return all it tells the car."""
        return (commands.AUTO_CONDITIONING_START, commands.AUTO_CONDITIONING_STOP)


CLIMATES: Final = (
    VehicleClimateDescription(
        key="cabin",
        field=fields.IS_CLIMATE_ON,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleClimate, CLIMATES)


class VehicleClimate(VehicleEntity[VehicleClimateDescription], ClimateEntity):
    """The climate of a cabin."""

    entity_description: VehicleClimateDescription

    _attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT_COOL]
    _attr_precision = PRECISION_HALVES
    _attr_preset_modes = list(PRESETS)
    _attr_supported_features = (
        ClimateEntityFeature.PRESET_MODE
        | ClimateEntityFeature.TARGET_TEMPERATURE
        | ClimateEntityFeature.TURN_OFF
        | ClimateEntityFeature.TURN_ON
    )
    _attr_target_temperature_step = PRECISION_HALVES

    @property
    def native_temperature_unit(self) -> str:
        """Return the unit this project keeps temperatures in."""
        return UnitOfTemperature.CELSIUS

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        """Return whether it runs."""
        is_on = self.known(fields.IS_CLIMATE_ON)
        if is_on is None:
            return None
        return HVACMode.HEAT_COOL if is_on else HVACMode.OFF

    @property
    def native_current_temperature(self) -> float | None:
        """Return the temperature inside."""
        return self.known(fields.INSIDE_TEMP)

    @property
    def native_target_temperature(self) -> float | None:
        """Return what the driver's side is set to."""
        return self.known(fields.DRIVER_TEMP_SETTING)

    @property
    @override
    def min_temp(self) -> float:
        """Return the lowest setting the car takes."""
        return self.known(fields.MIN_AVAIL_TEMP) or COLDEST

    @property
    @override
    def max_temp(self) -> float:
        """Return the highest setting the car takes."""
        return self.known(fields.MAX_AVAIL_TEMP) or HOTTEST

    @property
    @override
    def preset_mode(self) -> str | None:
        """Return what keeps running when the driver leaves."""
        return self.known(fields.CLIMATE_KEEPER_MODE)

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Start or stop."""
        if hvac_mode is HVACMode.OFF:
            await self.async_send(commands.AUTO_CONDITIONING_STOP)
        else:
            await self.async_send(commands.AUTO_CONDITIONING_START)

    @override
    async def async_turn_on(self) -> None:
        """Start."""
        await self.async_set_hvac_mode(HVACMode.HEAT_COOL)

    @override
    async def async_turn_off(self) -> None:
        """Stop."""
        await self.async_set_hvac_mode(HVACMode.OFF)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set both sides; a mode that comes with it is set, too."""
        temperature = kwargs[ATTR_TEMPERATURE]
        await self.async_send(
            commands.SET_TEMPS, driver_temp=temperature, passenger_temp=temperature
        )
        if (mode := kwargs.get(ATTR_HVAC_MODE)) is not None:
            await self.async_set_hvac_mode(mode)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Keep the climate on, for a dog, or to camp."""
        await self.async_send(
            commands.SET_CLIMATE_KEEPER_MODE, climate_keeper_mode=PRESETS[preset_mode]
        )


if not hasattr(ClimateEntity, "native_temperature_unit"):
    # Home Assistant 2026.10 asks by the old names; 2026.11 warns of who has them.
    for name in ("current_temperature", "target_temperature", "temperature_unit"):
        setattr(VehicleClimate, name, getattr(VehicleClimate, f"native_{name}"))
