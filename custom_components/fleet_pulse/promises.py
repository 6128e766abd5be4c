"""Tells of commands that came to nothing after whoever gave them had gone."""

import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_exception_message

from .const import DOMAIN
from .errors import Problem
from .fleet.errors import FleetError

_LOGGER = logging.getLogger(__name__)

EVENT_COMMAND_DROPPED: Final = f"{DOMAIN}_command_dropped"
"""Fired where a command that waited, or was on its way at a restart, is given up.

With `device_id`, `command`, `reason` (the key of a text) and `message` (the text).
"""
EVENT_COMMAND_UNCONFIRMED: Final = f"{DOMAIN}_command_unconfirmed"
"""Fired with `device_id` and `command` where a car said yes and did not do it."""


@callback
def async_tell(hass: HomeAssistant, entry: ConfigEntry, vin: str, command: str) -> None:
    """Tell the log and whoever listens which command a car did not obey."""
    _LOGGER.warning("A car took the command %s and did not do it", command)
    device_id = _device_id(hass, entry, vin)
    hass.bus.async_fire(
        EVENT_COMMAND_UNCONFIRMED, {"device_id": device_id, "command": command}
    )


@callback
def async_tell_dropped(
    hass: HomeAssistant, entry: ConfigEntry, vin: str, command: str, error: FleetError
) -> None:
    """Tell the log and whoever listens which command was given up, and why."""
    problem = Problem(error)
    message = async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
    _LOGGER.warning("The command %s is given up: %s", command, problem.key)
    hass.bus.async_fire(
        EVENT_COMMAND_DROPPED,
        {
            "device_id": _device_id(hass, entry, vin),
            "command": command,
            "reason": problem.key,
            "message": message,
        },
    )


def _device_id(hass: HomeAssistant, entry: ConfigEntry, vin: str) -> str | None:
    """Return the device of a car; None if it has left."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, vin), entry.entry_id
    )
    return device.id if device is not None else None
