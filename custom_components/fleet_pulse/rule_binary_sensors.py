"""The binary sensors of rules and departures."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)

from .rule_entity import RuleDescription, RuleEntity
from .rules.view import Matter


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RuleBinarySensorDescription(RuleDescription, BinarySensorEntityDescription):
    """Whether a rule is what the car does now."""


RULE_BINARY_SENSORS: Final = (
    RuleBinarySensorDescription(
        key="preconditioning_by_rule",
        matters=(Matter.PRECONDITIONING,),
        device_class=BinarySensorDeviceClass.RUNNING,
    ),
)


class RuleBinarySensor(RuleEntity[RuleBinarySensorDescription], BinarySensorEntity):
    """A yes or no of a rule."""

    entity_description: RuleBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the car does it now, because of this rule."""
        return None if self.view is None else self.view.is_active
