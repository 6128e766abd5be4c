"""Triggers on what rules and departures do, for automations.

    news ──▶ event on the bus ──▶ of this kind? ──▶ about what was chosen? ──▶ run

A car that is chosen stands for all its rules. A hold is a car's: there a rule that is
chosen stands for its car.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .rule_news import ATTR_CAR, ATTR_TYPE, EVENT_RULE
from .rule_target import TARGETED, async_devices, async_with_cars
from .rules.reason import DepartureWhy
from .rules.view import NewsKind

CONF_REASON: Final = "reason"
"""Why a departure was left out, where the owner wants to hear of some reasons only."""

KINDS: Final[Mapping[str, NewsKind]] = {
    "deadline_missed": NewsKind.DEADLINE_MISSED,
    "hold_began": NewsKind.HOLD_BEGAN,
    "hold_ended": NewsKind.HOLD_ENDED,
    "preconditioning_ready": NewsKind.READY,
    "preconditioning_skipped": NewsKind.PRECONDITIONING_SKIPPED,
    "preconditioning_started": NewsKind.PRECONDITIONING_STARTED,
    "rule_started": NewsKind.RULE_STARTED,
    "target_reached": NewsKind.TARGET_REACHED,
}
"""The news that each trigger waits for."""
_OF_CARS: Final = frozenset({NewsKind.HOLD_BEGAN, NewsKind.HOLD_ENDED})


class RuleTrigger(Trigger):
    """One kind of news about what was chosen."""

    options: ClassVar[Mapping[vol.Marker, Any]] = {}

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Refuse what chooses nothing, and options that there are not."""
        options = {vol.Required(CONF_OPTIONS, default={}): dict(cls.options)}
        return cast("ConfigType", vol.Schema({**TARGETED, **options})(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Wait for what was chosen."""
        super().__init__(hass, config)
        self._kind = KINDS[config.key.removeprefix(f"{DOMAIN}.")]
        self._target = config.target or {}
        self._reasons = (config.options or {}).get(CONF_REASON)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen until the automation is switched off."""

        @callback
        def heard(event: Event) -> None:
            if self._is_chosen(event.data):
                run_action(_told(event.data), _described(event.data), event.context)

        return self._hass.bus.async_listen(EVENT_RULE, heard, self._is_meant)

    @callback
    def _is_meant(self, data: Mapping[str, Any]) -> bool:
        """Return whether it is the kind of news, for a reason that was chosen."""
        if data.get(ATTR_TYPE) != self._kind:
            return False
        return not self._reasons or data.get(CONF_REASON) in self._reasons

    @callback
    def _is_chosen(self, data: Mapping[str, Any]) -> bool:
        """Return whether it is about what was chosen."""
        chosen = async_devices(self._hass, self._target)
        if self._kind in _OF_CARS:
            chosen = async_with_cars(self._hass, chosen)
        return bool(chosen & {data.get(ATTR_DEVICE_ID), data.get(ATTR_CAR)})


class SkippedTrigger(RuleTrigger):
    """A departure was left out, for some reason or for any."""

    options = {
        vol.Optional(CONF_REASON): vol.All(
            cv.ensure_list, [vol.In([why.value for why in DepartureWhy])]
        )
    }


TRIGGERS: Final[Mapping[str, type[Trigger]]] = {
    key: SkippedTrigger if kind is NewsKind.PRECONDITIONING_SKIPPED else RuleTrigger
    for key, kind in KINDS.items()
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers for Home Assistant."""
    return dict(TRIGGERS)


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an automation is given: all of the news."""
    return {key: value for key, value in data.items() if key != ATTR_TYPE}


def _described(data: Mapping[str, Any]) -> str:
    """Return what a trace calls it."""
    return f"{data[ATTR_TYPE]} {data.get(ATTR_NAME, '')}".strip()
