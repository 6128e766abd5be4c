"""Binary sensors of the cars, of their alerts and of their departures."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import not_
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .alerts.news import Episode
from .coordinator import ONLINE
from .entity import (
    ATTR_LAST_UPDATED,
    ATTR_SOURCE,
    VehicleDescription,
    VehicleEntity,
    async_show,
)
from .model import equipment, vehicle_fields as fields
from .rule_binary_sensors import RULE_BINARY_SENSORS, RuleBinarySensor
from .rule_entity import async_show_rules
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
ATTR_ALERTS: Final = "alerts"

DIAGNOSTIC: Final = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleBinarySensorDescription(VehicleDescription, BinarySensorEntityDescription):
    """A binary sensor on a field."""

    is_on_fn: Callable[[Any], bool] = bool
    is_of_alerts: bool = False
    """It is on while any alert is active; what that is are its attributes."""


def is_(*values: str) -> Callable[[Any], bool]:
    """Return a check for one of some values."""
    return lambda value: value in values


BINARY_SENSORS: Final = (
    VehicleBinarySensorDescription(
        key="alert",
        is_of_alerts=True,
        device_class=BinarySensorDeviceClass.PROBLEM,
    ),
    VehicleBinarySensorDescription(
        key="battery_heater_on",
        field=fields.BATTERY_HEATER_ON,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="bioweapon_mode",
        field=fields.BIOWEAPON_MODE,
        device_class=BinarySensorDeviceClass.RUNNING,
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
        key="charge_port_cold_weather_mode",
        field=fields.CHARGE_PORT_COLD_WEATHER_MODE,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.COLD_WEATHER_CHARGE_PORT,
    ),
    VehicleBinarySensorDescription(
        key="charge_port_door_open",
        field=fields.CHARGE_PORT_DOOR_OPEN,
        device_class=BinarySensorDeviceClass.OPENING,
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
        # The sensor of the state says the same and more; with every hour in which a
        # car wakes itself, both would be written twice.
        entity_registry_enabled_default=False,
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
        key="fast_charger_present",
        field=fields.FAST_CHARGER_PRESENT,
        device_class=BinarySensorDeviceClass.PLUG,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="frunk",
        field=fields.FRUNK,
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    VehicleBinarySensorDescription(
        key="homelink_nearby",
        field=fields.HOMELINK_NEARBY,
        needs=equipment.HOMELINK,
    ),
    VehicleBinarySensorDescription(
        key="in_service",
        field=fields.IN_SERVICE,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="is_front_defroster_on",
        field=fields.IS_FRONT_DEFROSTER_ON,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="is_preconditioning",
        field=fields.IS_PRECONDITIONING,
        device_class=BinarySensorDeviceClass.RUNNING,
    ),
    VehicleBinarySensorDescription(
        key="is_rear_defroster_on",
        field=fields.IS_REAR_DEFROSTER_ON,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="located_at_favorite",
        field=fields.LOCATED_AT_FAVORITE,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="located_at_home",
        field=fields.LOCATED_AT_HOME,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="located_at_work",
        field=fields.LOCATED_AT_WORK,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="managed_charging_active",
        field=fields.MANAGED_CHARGING_ACTIVE,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="mobile_access",
        field=fields.MOBILE_ACCESS_DISABLED,
        is_on_fn=not_,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="not_enough_power_to_heat",
        field=fields.NOT_ENOUGH_POWER_TO_HEAT,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="preconditioning_enabled",
        field=fields.PRECONDITIONING_ENABLED,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="remote_start",
        field=fields.REMOTE_START,
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
        needs=equipment.SENTRY_MODE,
    ),
    VehicleBinarySensorDescription(
        key="service_mode",
        field=fields.SERVICE_MODE,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="side_mirror_heaters",
        field=fields.SIDE_MIRROR_HEATERS,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="speed_limit_active",
        field=fields.SPEED_LIMIT_ACTIVE,
    ),
    VehicleBinarySensorDescription(
        key="steering_wheel_heater",
        field=fields.STEERING_WHEEL_HEATER,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_registry_enabled_default=False,
        needs=equipment.STEERING_WHEEL_HEATER,
    ),
    VehicleBinarySensorDescription(
        key="supercharger_trip_planner",
        field=fields.SUPERCHARGER_TRIP_PLANNER,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleBinarySensorDescription(
        key="tonneau",
        field=fields.TONNEAU,
        device_class=BinarySensorDeviceClass.OPENING,
        needs=equipment.TONNEAU,
    ),
    VehicleBinarySensorDescription(
        key="tpms_hard_warning_fl",
        field=fields.TPMS_HARD_WARNING_FL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_hard_warning_fr",
        field=fields.TPMS_HARD_WARNING_FR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_hard_warning_rl",
        field=fields.TPMS_HARD_WARNING_RL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_hard_warning_rr",
        field=fields.TPMS_HARD_WARNING_RR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_fl",
        field=fields.TPMS_SOFT_WARNING_FL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_fr",
        field=fields.TPMS_SOFT_WARNING_FR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_rl",
        field=fields.TPMS_SOFT_WARNING_RL,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleBinarySensorDescription(
        key="tpms_soft_warning_rr",
        field=fields.TPMS_SOFT_WARNING_RR,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
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
        device_class=BinarySensorDeviceClass.OCCUPANCY,
    ),
    VehicleBinarySensorDescription(
        key="valet_mode",
        field=fields.VALET_MODE,
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
    VehicleBinarySensorDescription(
        key="wiper_blade_heater",
        field=fields.WIPER_BLADE_HEATER,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show every rule, and every car there is and will be."""
    async_show_rules(entry, async_add_entities, RuleBinarySensor, RULE_BINARY_SENSORS)
    async_show(entry, async_add_entities, VehicleBinarySensor, BINARY_SENSORS)


class VehicleBinarySensor(
    VehicleEntity[VehicleBinarySensorDescription], BinarySensorEntity
):
    """A yes or no of a car."""

    entity_description: VehicleBinarySensorDescription
    _unrecorded_attributes = frozenset({ATTR_ALERTS, ATTR_LAST_UPDATED, ATTR_SOURCE})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow also the alerts, if it is about them."""
        await super().async_added_to_hass()
        if self.entity_description.is_of_alerts:
            entry: FleetPulseConfigEntry = self.coordinator.config_entry
            alerting = entry.runtime_data.alerting
            self.async_on_remove(alerting.async_listen(self._handle_coordinator_update))

    @property
    def _episodes(self) -> tuple[Episode, ...] | None:
        """Return what alerts tell of the car; None: nobody wants to be told."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        alerting, vin = entry.runtime_data.alerting, self.coordinator.vin
        return alerting.active(vin) if alerting.is_watching(vin) else None

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what is known; unknown is never guessed to be closed."""
        if self.entity_description.is_of_alerts:
            return None if (episodes := self._episodes) is None else bool(episodes)
        value = self.known(self.entity_description.field)
        return None if value is None else self.entity_description.is_on_fn(value)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what is active, or when the car said its value."""
        if not self.entity_description.is_of_alerts:
            return super().extra_state_attributes
        return {ATTR_ALERTS: [_written(episode) for episode in self._episodes or ()]}

    @override
    def _facts(self) -> tuple[Any, ...]:
        """Return the yes or no, and of what."""
        if self.entity_description.is_of_alerts:
            return self.is_on, self._episodes
        return (self.is_on,)


def _written(episode: Episode) -> dict[str, Any]:
    """Return an episode as attributes take it."""
    return {
        "kind": episode.kind,
        "severity": episode.severity.value,
        "since": episode.since.isoformat(timespec="seconds"),
        "said_at": episode.said_at.isoformat(timespec="seconds"),
        "acknowledged": episode.is_acknowledged,
    }
