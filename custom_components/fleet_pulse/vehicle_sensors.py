"""The sensors of a car: one row each, sorted by key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.helpers.typing import StateType

from .coordinator import ONLINE, VehicleCoordinator
from .entity import VehicleDescription
from .fleet.activity import Activity, activity, last_word
from .fleet.poll import PollReason
from .model import equipment, vehicle_fields as fields
from .rule_entity import async_explained
from .rules.reason import ChargeWhy, Reason
from .runtime import FleetPulseConfigEntry
from .wake_history import counted, last_wake, last_wake_said

type Value = StateType | datetime

ATTR_WAITING: Final = "waiting"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleSensorDescription(VehicleDescription, SensorEntityDescription):
    """A sensor on a field; unit and options are the field's own."""

    value_fn: Callable[[VehicleCoordinator], Value] | None = None
    """What to show where it is not simply the field's value."""
    attributes_fn: Callable[[VehicleCoordinator], dict[str, Any]] | None = None
    """What a value of our own is made of."""
    is_of_rules: bool = False
    """It changes with what the car's rules decide."""


def vehicle_state(vehicle: VehicleCoordinator) -> str | None:
    """Return what the car does, in one word; asleep is what Tesla's list says."""
    state = vehicle.data.get(fields.STATE)
    if state != ONLINE:
        return state
    if vehicle.data.get(fields.SOFTWARE_UPDATE_STATUS) == "installing":
        return "updating"
    return _STATES.get(activity(vehicle.data), ONLINE)


def last_wake_at(vehicle: VehicleCoordinator) -> datetime | None:
    """Return when a car was woken last, or was tried to be."""
    attempt = last_wake(vehicle)
    return None if attempt is None else attempt.at


def waiting_commands(vehicle: VehicleCoordinator) -> dict[str, Any]:
    """Return which commands wait for a car, why, who asked, and until when."""
    return {
        ATTR_WAITING: [
            {
                "command": one.call.command.key,
                "why": one.why.value,
                "asked_by": one.reason,
                "asked_at": one.asked_at.isoformat(timespec="seconds"),
                "until": one.until.isoformat(timespec="seconds"),
            }
            for one in vehicle.deferred.waiting
        ]
    }


def rules_reason(vehicle: VehicleCoordinator) -> Reason:
    """Return what the charge rules of a car come to."""
    entry: FleetPulseConfigEntry = vehicle.config_entry
    view = entry.runtime_data.runner.car_views.get(vehicle.vin)
    return Reason(why=ChargeWhy.IDLE) if view is None else view.reason


_STATES: Final = {Activity.CHARGING: "charging", Activity.DRIVING: "driving"}

DIAGNOSTIC: Final = EntityCategory.DIAGNOSTIC
MEASUREMENT: Final = SensorStateClass.MEASUREMENT

SENSORS: Final = (
    VehicleSensorDescription(
        key="active_route_destination",
        field=fields.ACTIVE_ROUTE_DESTINATION,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="active_route_distance",
        field=fields.ACTIVE_ROUTE_DISTANCE,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
    ),
    VehicleSensorDescription(
        key="active_route_energy_at_arrival",
        field=fields.ACTIVE_ROUTE_ENERGY_AT_ARRIVAL,
        device_class=SensorDeviceClass.BATTERY,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="active_route_minutes_to_arrival",
        field=fields.ACTIVE_ROUTE_MINUTES_TO_ARRIVAL,
        device_class=SensorDeviceClass.DURATION,
        suggested_display_precision=0,
    ),
    VehicleSensorDescription(
        key="active_route_traffic_delay",
        field=fields.ACTIVE_ROUTE_TRAFFIC_DELAY,
        device_class=SensorDeviceClass.DURATION,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="battery_level",
        field=fields.BATTERY_LEVEL,
        device_class=SensorDeviceClass.BATTERY,
        state_class=MEASUREMENT,
    ),
    VehicleSensorDescription(
        key="battery_range",
        field=fields.BATTERY_RANGE,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
    ),
    VehicleSensorDescription(
        key="cabin_overheat_protection",
        field=fields.CABIN_OVERHEAT_PROTECTION,
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="center_display_state",
        field=fields.CENTER_DISPLAY_STATE,
        device_class=SensorDeviceClass.ENUM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charge_current_request_max",
        field=fields.CHARGE_CURRENT_REQUEST_MAX,
        device_class=SensorDeviceClass.CURRENT,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charge_energy_added",
        field=fields.CHARGE_ENERGY_ADDED,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="charge_port_latch",
        field=fields.CHARGE_PORT_LATCH,
        device_class=SensorDeviceClass.ENUM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charge_rate",
        field=fields.CHARGE_RATE,
        device_class=SensorDeviceClass.SPEED,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charger_actual_current",
        field=fields.CHARGER_ACTUAL_CURRENT,
        device_class=SensorDeviceClass.CURRENT,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charger_phases",
        field=fields.CHARGER_PHASES,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charger_pilot_current",
        field=fields.CHARGER_PILOT_CURRENT,
        device_class=SensorDeviceClass.CURRENT,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charger_power",
        field=fields.CHARGER_POWER,
        device_class=SensorDeviceClass.POWER,
        state_class=MEASUREMENT,
    ),
    VehicleSensorDescription(
        key="charger_voltage",
        field=fields.CHARGER_VOLTAGE,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="charging_by_rules",
        value_fn=lambda vehicle: rules_reason(vehicle).why.value,
        attributes_fn=lambda vehicle: async_explained(
            vehicle.hass, rules_reason(vehicle)
        ),
        is_of_rules=True,
        device_class=SensorDeviceClass.ENUM,
        options=[why.value for why in ChargeWhy],
    ),
    VehicleSensorDescription(
        key="charging_state",
        field=fields.CHARGING_STATE,
        device_class=SensorDeviceClass.ENUM,
    ),
    VehicleSensorDescription(
        key="conn_charge_cable",
        field=fields.CONN_CHARGE_CABLE,
        device_class=SensorDeviceClass.ENUM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="defrost_mode",
        field=fields.DEFROST_MODE,
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="driver_temp_setting",
        field=fields.DRIVER_TEMP_SETTING,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="energy_remaining",
        field=fields.ENERGY_REMAINING,
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="est_battery_range",
        field=fields.EST_BATTERY_RANGE,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="fan_status",
        field=fields.FAN_STATUS,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="fast_charger_type",
        field=fields.FAST_CHARGER_TYPE,
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="hvac_auto_request",
        field=fields.HVAC_AUTO_REQUEST,
        device_class=SensorDeviceClass.ENUM,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="ideal_battery_range",
        field=fields.IDEAL_BATTERY_RANGE,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="inside_temp",
        field=fields.INSIDE_TEMP,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="last_update",
        value_fn=lambda vehicle: last_word(vehicle.data),
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="last_wake",
        value_fn=last_wake_at,
        attributes_fn=last_wake_said,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="lifetime_energy_charged",
        field=fields.LIFETIME_ENERGY_CHARGED,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=0,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="lifetime_energy_regenerated",
        field=fields.LIFETIME_ENERGY_REGENERATED,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=0,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="lifetime_energy_used",
        field=fields.LIFETIME_ENERGY_USED,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=0,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="module_temp_max",
        field=fields.MODULE_TEMP_MAX,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="module_temp_min",
        field=fields.MODULE_TEMP_MIN,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="nominal_full_pack_energy",
        field=fields.NOMINAL_FULL_PACK_ENERGY,
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="odometer",
        field=fields.ODOMETER,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=0,
    ),
    VehicleSensorDescription(
        key="outside_temp",
        field=fields.OUTSIDE_TEMP,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="pack_current",
        field=fields.PACK_CURRENT,
        device_class=SensorDeviceClass.CURRENT,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="pack_voltage",
        field=fields.PACK_VOLTAGE,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="passenger_temp_setting",
        field=fields.PASSENGER_TEMP_SETTING,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="poll_reason",
        value_fn=lambda vehicle: vehicle.poll.reason.value,
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in PollReason],
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="power",
        field=fields.POWER,
        device_class=SensorDeviceClass.POWER,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="scheduled_charging_mode",
        field=fields.SCHEDULED_CHARGING_MODE,
        device_class=SensorDeviceClass.ENUM,
    ),
    VehicleSensorDescription(
        key="scheduled_charging_start_time",
        field=fields.SCHEDULED_CHARGING_START_TIME,
        device_class=SensorDeviceClass.TIMESTAMP,
    ),
    VehicleSensorDescription(
        key="scheduled_departure_time",
        field=fields.SCHEDULED_DEPARTURE_TIME,
        device_class=SensorDeviceClass.TIMESTAMP,
    ),
    VehicleSensorDescription(
        key="seat_fan_front_left",
        field=fields.SEAT_FAN_FRONT_LEFT,
        entity_registry_enabled_default=False,
        needs=equipment.SEAT_COOLING,
    ),
    VehicleSensorDescription(
        key="seat_fan_front_right",
        field=fields.SEAT_FAN_FRONT_RIGHT,
        entity_registry_enabled_default=False,
        needs=equipment.SEAT_COOLING,
    ),
    VehicleSensorDescription(
        key="seat_heater_left",
        field=fields.SEAT_HEATER_LEFT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="seat_heater_rear_center",
        field=fields.SEAT_HEATER_REAR_CENTER,
        entity_registry_enabled_default=False,
        needs=equipment.REAR_SEAT_HEATERS,
    ),
    VehicleSensorDescription(
        key="seat_heater_rear_left",
        field=fields.SEAT_HEATER_REAR_LEFT,
        entity_registry_enabled_default=False,
        needs=equipment.REAR_SEAT_HEATERS,
    ),
    VehicleSensorDescription(
        key="seat_heater_rear_right",
        field=fields.SEAT_HEATER_REAR_RIGHT,
        entity_registry_enabled_default=False,
        needs=equipment.REAR_SEAT_HEATERS,
    ),
    VehicleSensorDescription(
        key="seat_heater_right",
        field=fields.SEAT_HEATER_RIGHT,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="seat_heater_third_row_left",
        field=fields.SEAT_HEATER_THIRD_ROW_LEFT,
        entity_registry_enabled_default=False,
        needs=equipment.THIRD_ROW_SEATS,
    ),
    VehicleSensorDescription(
        key="seat_heater_third_row_right",
        field=fields.SEAT_HEATER_THIRD_ROW_RIGHT,
        entity_registry_enabled_default=False,
        needs=equipment.THIRD_ROW_SEATS,
    ),
    VehicleSensorDescription(
        key="sentry_mode_state",
        field=fields.SENTRY_MODE_STATE,
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="shift_state",
        field=fields.SHIFT_STATE,
        device_class=SensorDeviceClass.ENUM,
    ),
    VehicleSensorDescription(
        key="software_update_scheduled",
        field=fields.SOFTWARE_UPDATE_SCHEDULED,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="software_update_status",
        field=fields.SOFTWARE_UPDATE_STATUS,
        device_class=SensorDeviceClass.ENUM,
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="speed",
        field=fields.SPEED,
        device_class=SensorDeviceClass.SPEED,
        state_class=MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="speed_limit",
        field=fields.SPEED_LIMIT,
        device_class=SensorDeviceClass.SPEED,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="state",
        field=fields.STATE,
        value_fn=vehicle_state,
        device_class=SensorDeviceClass.ENUM,
        options=["asleep", "charging", "driving", "offline", "online", "updating"],
    ),
    VehicleSensorDescription(
        key="steering_wheel_heat_level",
        field=fields.STEERING_WHEEL_HEAT_LEVEL,
        entity_registry_enabled_default=False,
        needs=equipment.STEERING_WHEEL_HEATER,
    ),
    VehicleSensorDescription(
        key="sun_roof_state",
        field=fields.SUN_ROOF_STATE,
        device_class=SensorDeviceClass.ENUM,
        needs=equipment.SUNROOF,
    ),
    VehicleSensorDescription(
        key="time_to_full_charge",
        field=fields.TIME_TO_FULL_CHARGE,
        device_class=SensorDeviceClass.DURATION,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="tpms_last_seen_fl",
        field=fields.TPMS_LAST_SEEN_FL,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_last_seen_fr",
        field=fields.TPMS_LAST_SEEN_FR,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_last_seen_rl",
        field=fields.TPMS_LAST_SEEN_RL,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_last_seen_rr",
        field=fields.TPMS_LAST_SEEN_RR,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_fl",
        field=fields.TPMS_PRESSURE_FL,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_fr",
        field=fields.TPMS_PRESSURE_FR,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_rl",
        field=fields.TPMS_PRESSURE_RL,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_rr",
        field=fields.TPMS_PRESSURE_RR,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        needs=equipment.TIRE_PRESSURE_SENSORS,
    ),
    VehicleSensorDescription(
        key="usable_battery_level",
        field=fields.USABLE_BATTERY_LEVEL,
        device_class=SensorDeviceClass.BATTERY,
        state_class=MEASUREMENT,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="waiting_commands",
        value_fn=lambda vehicle: len(vehicle.deferred.waiting),
        attributes_fn=waiting_commands,
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="wakes_left",
        value_fn=lambda vehicle: counted(vehicle).left,
        entity_category=DIAGNOSTIC,
    ),
    VehicleSensorDescription(
        key="wakes_left_for_rules",
        value_fn=lambda vehicle: counted(vehicle).scheduled_left,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="wakes_today",
        value_fn=lambda vehicle: counted(vehicle).today,
        entity_category=DIAGNOSTIC,
    ),
)
