"""The climate of the cars' cabins, and what keeps them from overheating."""

from collections.abc import Callable, Mapping
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
from homeassistant.const import PRECISION_HALVES, EntityCategory, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Call, Command
from .model.field import Field
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""Dragging a slider calls many times at once; the commander keeps the last value."""

KEEPERS: Final = {"off": "off", "on": "keep", "dog": "dog", "camp": "camp"}
"""What keeps running when the driver leaves: the car's word, and its preset."""
DEFROST: Final = "defrost"
PRESETS: Final = (*KEEPERS.values(), DEFROST)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleClimateDescription(VehicleDescription, ClimateEntityDescription):
    """A climate of a car: its modes, and the temperature it keeps to."""

    modes: Mapping[Any, HVACMode]
    """What the values of the field mean."""
    calls: Mapping[HVACMode, Call]
    """What brings each mode about."""
    presets: tuple[str, ...] = ()
    target: Field[Any]
    levels: Mapping[str, float] | None = None
    """The temperatures of the target's values, where it is no temperature itself."""
    target_command: Command
    target_fn: Callable[[float], dict[str, Any]]
    """What that command is given for a temperature."""
    lowest: Field[float] | None = None
    highest: Field[float] | None = None
    coldest: float
    hottest: float
    step: float

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return what switches it; not every car can be given a temperature."""
        return tuple(call.command for call in self.calls.values())


def both_sides(temperature: float) -> dict[str, Any]:
    """Return what gives driver and passenger a temperature."""
    return {"driver_temp": temperature, "passenger_temp": temperature}


OVERHEAT_LEVELS: Final = {"low": 30.0, "medium": 35.0, "high": 40.0}


def overheat_level(temperature: float) -> dict[str, Any]:
    """Return what sets the nearest of the temperatures there are."""
    temperatures = list(OVERHEAT_LEVELS.values())
    nearest = min(temperatures, key=lambda level: abs(level - temperature))
    return {"cop_temp": temperatures.index(nearest)}


CLIMATES: Final = (
    VehicleClimateDescription(
        key="cabin",
        field=fields.IS_CLIMATE_ON,
        modes={False: HVACMode.OFF, True: HVACMode.HEAT_COOL},
        calls={
            HVACMode.OFF: commands.AUTO_CONDITIONING_STOP.call(),
            HVACMode.HEAT_COOL: commands.AUTO_CONDITIONING_START.call(),
        },
        presets=PRESETS,
        target=fields.DRIVER_TEMP_SETTING,
        target_command=commands.SET_TEMPS,
        target_fn=both_sides,
        lowest=fields.MIN_AVAIL_TEMP,
        highest=fields.MAX_AVAIL_TEMP,
        coldest=15,
        hottest=28,
        step=0.5,
    ),
    VehicleClimateDescription(
        key="cabin_overheat_protection",
        field=fields.CABIN_OVERHEAT_PROTECTION,
        modes={
            "off": HVACMode.OFF,
            "on": HVACMode.COOL,
            "fan_only": HVACMode.FAN_ONLY,
        },
        calls={
            HVACMode.OFF: commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=False),
            HVACMode.COOL: commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=True),
            HVACMode.FAN_ONLY: commands.SET_CABIN_OVERHEAT_PROTECTION.call(
                on=True, fan_only=True
            ),
        },
        target=fields.COP_ACTIVATION_TEMPERATURE,
        levels=OVERHEAT_LEVELS,
        target_command=commands.SET_COP_TEMP,
        target_fn=overheat_level,
        coldest=30,
        hottest=40,
        step=5,
        # As a setting it is no room's climate: "make it warmer" is not meant for it.
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
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
    """A climate of a car."""

    entity_description: VehicleClimateDescription

    _attr_precision = PRECISION_HALVES

    def __init__(
        self, coordinator: VehicleCoordinator, description: VehicleClimateDescription
    ) -> None:
        """Take what does not change from the description."""
        super().__init__(coordinator, description)
        self._attr_target_temperature_step = description.step
        self._attr_preset_modes = [*description.presets] or None

    @property
    def native_temperature_unit(self) -> str:
        """Return the unit this project keeps temperatures in."""
        return UnitOfTemperature.CELSIUS

    @property
    @override
    def supported_features(self) -> ClimateEntityFeature:
        """Return what this car does, as far as it does not deny that."""
        row = self.entity_description
        found = ClimateEntityFeature.TURN_OFF | ClimateEntityFeature.TURN_ON
        if row.presets:
            found |= ClimateEntityFeature.PRESET_MODE
        needs = row.target_command.needs
        if needs is None or needs.is_there(self.coordinator.data) is not False:
            found |= ClimateEntityFeature.TARGET_TEMPERATURE
        return found

    @property
    @override
    def hvac_modes(self) -> list[HVACMode]:
        """Return the modes this car has, as far as it does not deny them."""
        return [
            mode
            for mode, call in self.entity_description.calls.items()
            if call.missing(self.coordinator.data) is None
        ]

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        """Return whether it runs, and how."""
        row = self.entity_description
        return row.modes.get(self.known(row.field))

    @property
    def native_current_temperature(self) -> float | None:
        """Return the temperature inside."""
        return self.known(fields.INSIDE_TEMP)

    @property
    def native_target_temperature(self) -> float | None:
        """Return what it is set to: the driver's side, or the level."""
        row = self.entity_description
        value: Any = self.known(row.target)
        return value if row.levels is None else row.levels.get(value)

    @property
    @override
    def min_temp(self) -> float:
        """Return the lowest setting the car takes."""
        row = self.entity_description
        return self.known(row.lowest) or row.coldest

    @property
    @override
    def max_temp(self) -> float:
        """Return the highest setting the car takes."""
        row = self.entity_description
        return self.known(row.highest) or row.hottest

    @property
    @override
    def preset_mode(self) -> str | None:
        """Return what it does besides; the ice goes before who stays inside."""
        if not self.entity_description.presets:
            return None
        if self._is_defrosting:
            return DEFROST
        return KEEPERS.get(self.known(fields.CLIMATE_KEEPER_MODE) or "")

    @property
    def _is_defrosting(self) -> bool:
        """Return whether windows are being freed of ice."""
        return self.known(fields.DEFROST_MODE) not in (None, "off")

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Start or stop."""
        await self.async_send_call(self.entity_description.calls[hvac_mode])

    @override
    async def async_turn_on(self) -> None:
        """Start, in the first mode there is but off."""
        on = next(mode for mode in self.hvac_modes if mode is not HVACMode.OFF)
        await self.async_set_hvac_mode(on)

    @override
    async def async_turn_off(self) -> None:
        """Stop."""
        await self.async_set_hvac_mode(HVACMode.OFF)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set the temperature; a mode that comes with it is set, too."""
        row = self.entity_description
        params = row.target_fn(kwargs[ATTR_TEMPERATURE])
        await self.async_send(row.target_command, **params)
        if (mode := kwargs.get(ATTR_HVAC_MODE)) is not None:
            await self.async_set_hvac_mode(mode)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Free the windows of ice, keep the climate on, for a dog, or to camp."""
        if preset_mode == DEFROST:
            await self.async_send(commands.SET_PRECONDITIONING_MAX, on=True)
            return
        if self._is_defrosting:
            await self.async_send(commands.SET_PRECONDITIONING_MAX, on=False)
        keeper = list(KEEPERS.values()).index(preset_mode)
        await self.async_send(
            commands.SET_CLIMATE_KEEPER_MODE, climate_keeper_mode=keeper
        )


if not hasattr(ClimateEntity, "native_temperature_unit"):
    # Home Assistant 2026.10 asks by the old names; 2026.11 warns of who has them.
    for name in ("current_temperature", "target_temperature", "temperature_unit"):
        setattr(VehicleClimate, name, getattr(VehicleClimate, f"native_{name}"))
