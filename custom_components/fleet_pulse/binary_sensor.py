"""Binary sensors of the cars."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ONLINE
from .entity import VehicleDescription, VehicleEntity, async_show
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0

DIAGNOSTIC: Final = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True)
class VehicleBinarySensorDescription(VehicleDescription, BinarySensorEntityDescription):
    """A binary sensor on a field."""

    is_on_fn: Callable[[Any], bool] = bool


def is_(*values: str) -> Callable[[Any], bool]:
    """Return a check for one of some values."""
    return lambda value: value in values


BINARY_SENSORS: Final = (
    VehicleBinarySensorDescription(
        key="battery_heater_on",
        field=fields.BATTERY_HEATER_ON,
        device_class=BinarySensorDeviceClass.HEAT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="cabin_overheat_protection_active",
        field=fields.CABIN_OVERHEAT_PROTECTION_ACTIVE,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="charge_cable",
        field=fields.CABLE_CONNECTED,
        device_class=BinarySensorDeviceClass.PLUG,
    ),
    VehicleBinarySensorDescription(
        key="charging",
        field=fields.CHARGING_STATE,
        is_on_fn=is_("charging", "starting"),
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
    ),
    VehicleBinarySensorDescription(
        key="connectivity",
        field=fields.STATE,
        is_on_fn=is_(ONLINE),
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=DIAGNOSTIC,
    ),
    VehicleBinarySensorDescription(
        key="dashcam",
        field=fields.DASHCAM_STATE,
        is_on_fn=is_("recording"),
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="door_driver_front",
        field=fields.DOOR_DRIVER_FRONT,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="door_driver_rear",
        field=fields.DOOR_DRIVER_REAR,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="door_passenger_front",
        field=fields.DOOR_PASSENGER_FRONT,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="door_passenger_rear",
        field=fields.DOOR_PASSENGER_REAR,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="frunk",
        field=fields.FRUNK,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="is_preconditioning",
        field=fields.IS_PRECONDITIONING,
        device_class=BinarySensorDeviceClass.RUNNING,
    ),
    VehicleBinarySensorDescription(
        key="preconditioning_enabled",
        field=fields.PRECONDITIONING_ENABLED,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="scheduled_charging_pending",
        field=fields.SCHEDULED_CHARGING_PENDING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="sentry_mode",
        field=fields.SENTRY_MODE,
        device_class=BinarySensorDeviceClass.RUNNING,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_fl",
        field=fields.TPMS_SOFT_WARNING_FL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_fr",
        field=fields.TPMS_SOFT_WARNING_FR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_rl",
        field=fields.TPMS_SOFT_WARNING_RL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_rr",
        field=fields.TPMS_SOFT_WARNING_RR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="trip_charging",
        field=fields.TRIP_CHARGING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="trunk",
        field=fields.TRUNK,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="user_present",
        field=fields.USER_PRESENT,
        device_class=BinarySensorDeviceClass.PRESENCE,
    ),
    VehicleBinarySensorDescription(
        key="window_driver_front",
        field=fields.WINDOW_DRIVER_FRONT,
        device_class=BinarySensorDeviceClass.WINDOW,
    ),
    VehicleBinarySensorDescription(
        key="window_driver_rear",
        field=fields.WINDOW_DRIVER_REAR,
        device_class=BinarySensorDeviceClass.WINDOW,
    ),
    VehicleBinarySensorDescription(
        key="window_passenger_front",
        field=fields.WINDOW_PASSENGER_FRONT,
        device_class=BinarySensorDeviceClass.WINDOW,
    ),
    VehicleBinarySensorDescription(
        key="window_passenger_rear",
        field=fields.WINDOW_PASSENGER_REAR,
        device_class=BinarySensorDeviceClass.WINDOW,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show every car there is and will be."""
    async_show(entry, async_add_entities, VehicleBinarySensor, BINARY_SENSORS)


class VehicleBinarySensor(
    VehicleEntity[VehicleBinarySensorDescription], BinarySensorEntity
):
    """A yes or no of a car."""

    entity_description: VehicleBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what is known; unknown is never guessed to be closed."""
        value = self.known(self.entity_description.field)
        return None if value is None else self.entity_description.is_on_fn(value)
