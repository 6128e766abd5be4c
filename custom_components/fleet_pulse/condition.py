"""Conditions on what cars are, and on what rules and departures do, for automations.

A car that is chosen stands for all its rules. What is about a car is so for whoever
chose one of its rules.
"""

import abc
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Unpack, cast, override

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

from .car_conditions import CAR_CONDITIONS, Asked, CarCondition
from .const import DOMAIN
from .promises import async_device_id
from .rule_target import TARGETED, async_devices, async_with_cars
from .runtime import FleetPulseConfigEntry

_BEHAVIORS: Final = {BEHAVIOR_ANY: any, BEHAVIOR_ALL: all}
_BEHAVIOR: Final = {
    vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(list(_BEHAVIORS))
}


class ChosenCondition(Condition):
    """Something that is so of one or of all that were chosen."""

    own_options: ClassVar[Mapping[vol.Marker, Any]] = {}
    """What may be chosen beside what it is about."""

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Refuse what chooses nothing, and options that there are not."""
        options = {**_BEHAVIOR, **cls.own_options}
        schema = {**TARGETED, vol.Required(CONF_OPTIONS, default={}): options}
        return cast("ConfigType", vol.Schema(schema)(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Test what was chosen."""
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options: Mapping[str, Any] = config.options or {}
        self._combined = _BEHAVIORS[self._options.get(ATTR_BEHAVIOR, BEHAVIOR_ANY)]

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


class RuleActive(ChosenCondition):
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


class OnHold(ChosenCondition):
    """The charge rules of a car leave it alone."""

    @override
    def _found(self, entry: FleetPulseConfigEntry, chosen: set[str]) -> Iterator[bool]:
        """Yield of each car whether its rules are held."""
        chosen = async_with_cars(self._hass, chosen)
        for vin, view in entry.runtime_data.runner.car_views.items():
            if async_device_id(self._hass, entry, vin) in chosen:
                yield view.is_on_hold


class KnownOfCar(ChosenCondition):
    """Something that is known of a car."""

    row: ClassVar[CarCondition]
    """The row of the table."""

    @override
    def _found(self, entry: FleetPulseConfigEntry, chosen: set[str]) -> Iterator[bool]:
        """Yield of each car whether it is so."""
        chosen = async_with_cars(self._hass, chosen)
        for vin, vehicle in entry.runtime_data.account.vehicles.items():
            if async_device_id(self._hass, entry, vin) in chosen:
                yield self.row.is_so(
                    Asked(
                        hass=self._hass,
                        entry=entry,
                        vehicle=vehicle,
                        options=self._options,
                    )
                )


def _made(of_car: CarCondition) -> type[Condition]:
    """Return the condition of a row, as Home Assistant wants one: a class."""

    class Made(KnownOfCar):
        """Tests one row."""

        row = of_car
        own_options = of_car.options

    return Made


CONDITIONS: Final[Mapping[str, type[Condition]]] = {
    **{row.key: _made(row) for row in CAR_CONDITIONS},
    "on_hold": OnHold,
    "rule_active": RuleActive,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions for Home Assistant."""
    return dict(CONDITIONS)
