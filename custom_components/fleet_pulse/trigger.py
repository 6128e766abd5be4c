"""Triggers on what cars, alerts, rules and departures do, for automations.

    news ──▶ event on the bus ──▶ of this kind? ──▶ about what was chosen? ──▶ run

A car that is chosen stands for all its rules. What is about a car is so for whoever
chose one of its rules.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .awaited import AWAITED, Awaited
from .rule_news import ATTR_CAR, ATTR_TYPE
from .rule_target import TARGETED, async_devices, async_with_cars


class NewsTrigger(Trigger):
    """One kind of news about what was chosen."""

    awaited: ClassVar[Awaited]
    """The row of the table."""

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Refuse what chooses nothing, and options that there are not."""
        options = {vol.Required(CONF_OPTIONS, default={}): cls.awaited.schema}
        return cast("ConfigType", vol.Schema({**TARGETED, **options})(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Wait for what was chosen."""
        super().__init__(hass, config)
        self._target = config.target or {}
        options: Mapping[str, list[str]] = config.options or {}
        self._wanted = {key: set(chosen) for key, chosen in options.items() if chosen}

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
                run_action(
                    _told(event.data), self._described(event.data), event.context
                )

        listening = [
            self._hass.bus.async_listen(event, heard, self._is_meant)
            for event in self.awaited.events
        ]

        @callback
        def stop() -> None:
            for end in listening:
                end()

        return stop

    @callback
    def _is_meant(self, data: Mapping[str, Any]) -> bool:
        """Return whether it is the kind of news, with what else was chosen."""
        if self.awaited.type is not None and data.get(ATTR_TYPE) != self.awaited.type:
            return False
        return all(data.get(key) in chosen for key, chosen in self._wanted.items())

    @callback
    def _is_chosen(self, data: Mapping[str, Any]) -> bool:
        """Return whether it is about what was chosen."""
        chosen = async_devices(self._hass, self._target)
        if self.awaited.is_of_car:
            chosen = async_with_cars(self._hass, chosen)
        return bool(chosen & {data.get(ATTR_DEVICE_ID), data.get(ATTR_CAR)})

    def _described(self, data: Mapping[str, Any]) -> str:
        """Return what a trace calls it."""
        return f"{self.awaited.key} {data.get(ATTR_NAME) or ''}".strip()


def _made(row: Awaited) -> type[Trigger]:
    """Return the trigger of a row, as Home Assistant wants one: a class."""

    class Made(NewsTrigger):
        """Waits for the news of one row."""

        awaited = row

    return Made


TRIGGERS: Final[Mapping[str, type[Trigger]]] = {row.key: _made(row) for row in AWAITED}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers for Home Assistant."""
    return dict(TRIGGERS)


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an automation is given: all of the news."""
    return {key: value for key, value in data.items() if key != ATTR_TYPE}
