"""The sensors of rules and departures: one row each, sorted by key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.helpers.typing import StateType

from .rule_entity import EXPLAINED, RuleDescription, RuleEntity, async_explained
from .rules.reason import ChargeWhy, DepartureWhy
from .rules.view import Matter, RuleView

TIMESTAMP: Final = SensorDeviceClass.TIMESTAMP


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RuleSensorDescription(RuleDescription, SensorEntityDescription):
    """A sensor on what a rule does."""

    value_fn: Callable[[RuleView], StateType | datetime]
    is_reason: bool = False
    """It is why: the values that go with it are its attributes."""


def why(view: RuleView) -> str:
    """Return why a rule does what it does, in one word."""
    return view.reason.why.value


RULE_SENSORS: Final = (
    RuleSensorDescription(
        key="charge_rule_action",
        matters=(Matter.CHARGING,),
        value_fn=why,
        is_reason=True,
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in ChargeWhy],
    ),
    RuleSensorDescription(
        key="charge_rule_next_start",
        matters=(Matter.CHARGING,),
        value_fn=lambda view: view.next_start,
        device_class=TIMESTAMP,
    ),
    RuleSensorDescription(
        key="departure_reason",
        matters=(Matter.PRECONDITIONING,),
        value_fn=why,
        is_reason=True,
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in DepartureWhy],
    ),
    RuleSensorDescription(
        key="estimated_ready",
        matters=(Matter.CHARGING,),
        value_fn=lambda view: view.estimated_ready,
        device_class=TIMESTAMP,
    ),
    RuleSensorDescription(
        key="next_departure",
        matters=(Matter.PRECONDITIONING,),
        value_fn=lambda view: view.next_deadline,
        device_class=TIMESTAMP,
    ),
    RuleSensorDescription(
        key="preconditioning_starts",
        matters=(Matter.PRECONDITIONING,),
        value_fn=lambda view: view.next_start,
        device_class=TIMESTAMP,
    ),
)


class RuleSensor(RuleEntity[RuleSensorDescription], SensorEntity):
    """A fact of a rule."""

    entity_description: RuleSensorDescription
    _unrecorded_attributes = EXPLAINED

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what the rules say."""
        view = self.view
        return None if view is None else self.entity_description.value_fn(view)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what a reason quotes, and its sentence."""
        if not self.entity_description.is_reason or (view := self.view) is None:
            return None
        return async_explained(self.hass, view.reason)
