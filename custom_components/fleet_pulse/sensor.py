"""Sensors of the cars, and of what Tesla bills."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .coordinator import ONLINE, AccountCoordinator, VehicleCoordinator
from .entity import AccountEntity, VehicleDescription, VehicleEntity, async_show
from .fleet.activity import Activity, activity, last_word
from .fleet.poll import PollReason
from .fleet.usage import Category
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0

type Value = StateType | datetime


@dataclass(frozen=True, kw_only=True)
class VehicleSensorDescription(VehicleDescription, SensorEntityDescription):
    """A sensor on a field; unit and options are the field's own."""

    value_fn: Callable[[VehicleCoordinator], Value] | None = None
    """What to show where it is not simply the field's value."""


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor on what an account costs."""

    value_fn: Callable[[AccountCoordinator], Value]


def vehicle_state(vehicle: VehicleCoordinator) -> str | None:
    """Return what the car does, in one word; asleep is what Tesla's list says."""
    state = vehicle.data.get(fields.STATE)
    if state != ONLINE:
        return state
    if vehicle.data.get(fields.SOFTWARE_UPDATE_STATUS) == "installing":
        return "updating"
    return _STATES.get(activity(vehicle.data), ONLINE)


def money(value_fn: Callable[[AccountCoordinator], Decimal]) -> Callable[..., Value]:
    """Return an amount as sensors take it."""
    return lambda account: float(value_fn(account))


def billed(category: Category) -> Callable[[AccountCoordinator], Value]:
    """Return a count of this month's requests of a category that Tesla bills."""
    return lambda account: account.billed(category)


def checked(account: AccountCoordinator) -> Value:
    """Return what the doctor found last, in one word; the action says it in many."""
    if account.report is None:
        return "never_run"
    return "ok" if account.report.is_healthy else "problems"


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
        key="driver_temp_setting",
        field=fields.DRIVER_TEMP_SETTING,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=MEASUREMENT,
        entity_registry_enabled_default=False,
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
        key="fast_charger_type",
        field=fields.FAST_CHARGER_TYPE,
        device_class=SensorDeviceClass.ENUM,
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
        key="shift_state",
        field=fields.SHIFT_STATE,
        device_class=SensorDeviceClass.ENUM,
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
        key="state",
        field=fields.STATE,
        value_fn=vehicle_state,
        device_class=SensorDeviceClass.ENUM,
        options=["asleep", "charging", "driving", "offline", "online", "updating"],
    ),
    VehicleSensorDescription(
        key="time_to_full_charge",
        field=fields.TIME_TO_FULL_CHARGE,
        device_class=SensorDeviceClass.DURATION,
        suggested_display_precision=1,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_fl",
        field=fields.TPMS_PRESSURE_FL,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_fr",
        field=fields.TPMS_PRESSURE_FR,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_rl",
        field=fields.TPMS_PRESSURE_RL,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    VehicleSensorDescription(
        key="tpms_pressure_rr",
        field=fields.TPMS_PRESSURE_RR,
        device_class=SensorDeviceClass.PRESSURE,
        state_class=MEASUREMENT,
        suggested_display_precision=2,
        entity_category=DIAGNOSTIC,
        entity_registry_enabled_default=False,
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
        key="wakes_today",
        value_fn=lambda vehicle: vehicle.account.journal.wakes_today(vehicle.vin),
        entity_category=DIAGNOSTIC,
    ),
)

ACCOUNT_SENSORS: Final = (
    AccountSensorDescription(
        key="checks",
        value_fn=checked,
        device_class=SensorDeviceClass.ENUM,
        options=["never_run", "ok", "problems"],
        entity_category=DIAGNOSTIC,
    ),
    AccountSensorDescription(
        key="commands_this_month",
        value_fn=billed(Category.COMMAND),
        entity_category=DIAGNOSTIC,
    ),
    AccountSensorDescription(
        key="cost_this_month",
        value_fn=money(lambda account: account.cost),
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
    ),
    AccountSensorDescription(
        key="data_requests_this_month",
        value_fn=billed(Category.DATA),
        entity_category=DIAGNOSTIC,
    ),
    AccountSensorDescription(
        key="projected_cost",
        # An estimate that moves with every minute is written by the dime.
        value_fn=money(lambda account: round(account.projected, 1)),
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
    ),
    AccountSensorDescription(
        key="wakes_this_month",
        value_fn=billed(Category.WAKE),
        entity_category=DIAGNOSTIC,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show the account, and every car there is and will be."""
    account = entry.runtime_data.account
    async_add_entities(AccountSensor(account, row) for row in ACCOUNT_SENSORS)
    async_show(entry, async_add_entities, VehicleSensor, SENSORS)


class VehicleSensor(VehicleEntity[VehicleSensorDescription], SensorEntity):
    """A fact of a car."""

    entity_description: VehicleSensorDescription

    def __init__(
        self, coordinator: VehicleCoordinator, description: VehicleSensorDescription
    ) -> None:
        """Take unit and options from the field."""
        super().__init__(coordinator, description)
        field = description.field
        if field is not None and description.value_fn is None:
            self._attr_native_unit_of_measurement = field.unit
            self._attr_options = list(field.options) or None

    @property
    @override
    def native_value(self) -> Value:
        """Return what is known."""
        description = self.entity_description
        if description.value_fn is not None:
            return description.value_fn(self.coordinator)
        value: Value = self.known(description.field)
        return value


class AccountSensor(AccountEntity[AccountSensorDescription], SensorEntity):
    """What an account costs."""

    entity_description: AccountSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the ledger says."""
        return self.entity_description.value_fn(self.coordinator)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency of the owner's budget, if it is about money."""
        if self.device_class is SensorDeviceClass.MONETARY:
            return self.coordinator.budget.currency
        return super().native_unit_of_measurement
