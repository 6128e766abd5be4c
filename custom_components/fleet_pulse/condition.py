"""Conditions on what rules and departures do, for automations.

A car that is chosen stands for all its rules. A hold is a car's: there a rule that is
chosen stands for its car.
"""

import abc
from collections.abc import Iterator, Mapping
from typing import Final, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .promises import async_device_id
from .rule_target import TARGETED, async_devices, async_with_cars
from .runtime import FleetPulseConfigEntry

_BEHAVIORS: Final = {BEHAVIOR_ANY: any, BEHAVIOR_ALL: all}
_OPTIONS: Final = {
    vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(list(_BEHAVIORS))
}
_SCHEMA: Final = vol.Schema(
    {**TARGETED, vol.Required(CONF_OPTIONS, default={}): _OPTIONS}
)


class RuleCondition(Condition):
    """Something that is so of one or of all that were chosen."""

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Refuse what chooses nothing, and options that there are not."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Test what was chosen."""
        super().__init__(hass, config)
        self._target = config.target or {}
        behavior = (config.options or {}).get(ATTR_BEHAVIOR, BEHAVIOR_ANY)
        self._combined = _BEHAVIORS[behavior]

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Test it now; of nothing at all nothing is so."""
        chosen = async_devices(self._hass, self._target)
        found = [
            is_so
            for entry in self._hass.config_entries.async_loaded_entries(DOMAIN)
            for is_so in self._found(entry, chosen)
        ]
        return bool(found) and self._combined(found)

    @abc.abstractmethod
    def _found(self, entry: FleetPulseConfigEntry, chosen: set[str]) -> Iterator[bool]:
        """Yield of each of an account's that was chosen whether it is so."""


class RuleActive(RuleCondition):
    """A rule is what its car does now."""

    @override
    def _found(self, entry: FleetPulseConfigEntry, chosen: set[str]) -> Iterator[bool]:
        """Yield of each rule whether its car charges, or warms, by it."""
        for rule_id, view in entry.runtime_data.runner.views.items():
            devices = {
                async_device_id(self._hass, entry, one) for one in (rule_id, view.vin)
            }
            if devices & chosen:
                yield view.is_active


class OnHold(RuleCondition):
    """The charge rules of a car leave it alone."""

    @override
    def _found(self, entry: FleetPulseConfigEntry, chosen: set[str]) -> Iterator[bool]:
        """Yield of each car whether its rules are held."""
        chosen = async_with_cars(self._hass, chosen)
        for vin, view in entry.runtime_data.runner.car_views.items():
            if async_device_id(self._hass, entry, vin) in chosen:
                yield view.is_on_hold


CONDITIONS: Final[Mapping[str, type[Condition]]] = {
    "on_hold": OnHold,
    "rule_active": RuleActive,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions for Home Assistant."""
    return dict(CONDITIONS)
