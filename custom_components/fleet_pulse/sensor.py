"""Sensors of the cars, of their rules, and of what Tesla bills."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AccountCoordinator, VehicleCoordinator
from .entity import (
    ATTR_LAST_UPDATED,
    ATTR_SOURCE,
    AccountEntity,
    VehicleEntity,
    async_show,
)
from .fleet.usage import Category
from .rule_entity import EXPLAINED, async_show_rules
from .rule_sensors import RULE_SENSORS, RuleSensor
from .runtime import FleetPulseConfigEntry
from .vehicle_sensors import ATTR_WAITING, SENSORS, Value, VehicleSensorDescription

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor on what an account costs."""

    value_fn: Callable[[AccountCoordinator], Value]


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


DIAGNOSTIC: Final = EntityCategory.DIAGNOSTIC

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
    """Show the account, its rules, and every car there is and will be."""
    account = entry.runtime_data.account
    async_add_entities(AccountSensor(account, row) for row in ACCOUNT_SENSORS)
    async_show_rules(entry, async_add_entities, RuleSensor, RULE_SENSORS)
    async_show(entry, async_add_entities, VehicleSensor, SENSORS)


class VehicleSensor(VehicleEntity[VehicleSensorDescription], SensorEntity):
    """A fact of a car."""

    entity_description: VehicleSensorDescription
    _unrecorded_attributes = frozenset(
        {ATTR_LAST_UPDATED, ATTR_SOURCE, ATTR_WAITING, *EXPLAINED}
    )

    def __init__(
        self, coordinator: VehicleCoordinator, description: VehicleSensorDescription
    ) -> None:
        """Take unit and options from the field."""
        super().__init__(coordinator, description)
        field = description.field
        if field is not None and description.value_fn is None:
            if field.unit is not None:
                self._attr_native_unit_of_measurement = field.unit
            if field.options:
                self._attr_options = list(field.options)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow also the rules, if it is about them."""
        await super().async_added_to_hass()
        if self.entity_description.is_of_rules:
            entry: FleetPulseConfigEntry = self.coordinator.config_entry
            runner = entry.runtime_data.runner
            self.async_on_remove(runner.async_listen(self._handle_coordinator_update))

    @property
    @override
    def native_value(self) -> Value:
        """Return what is known."""
        description = self.entity_description
        if description.value_fn is not None:
            return description.value_fn(self.coordinator)
        value: Value = self.known(description.field)
        return value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what a value of our own is made of, or when the car said its own."""
        attributes_fn = self.entity_description.attributes_fn
        if attributes_fn is not None:
            return attributes_fn(self.coordinator)
        return super().extra_state_attributes

    @override
    def _facts(self) -> tuple[Any, ...]:
        """Return the value: unit and options do not change."""
        if self.entity_description.attributes_fn is not None:
            return self.native_value, self.extra_state_attributes
        return (self.native_value,)


class AccountSensor(AccountEntity[AccountSensorDescription], SensorEntity):
    """What an account costs."""

    entity_description: AccountSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the ledger says."""
        return self.entity_description.value_fn(self.coordinator)

    @override
    def _facts(self) -> tuple[Any, ...]:
        """Return the value, and what it is in: nothing else of it changes."""
        return self.native_value, self.native_unit_of_measurement

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency of the owner's budget, if it is about money."""
        if self.device_class is SensorDeviceClass.MONETARY:
            return self.coordinator.budget.currency
        return super().native_unit_of_measurement
