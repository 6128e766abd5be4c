"""Tells of a car that said yes to a command and did not do it."""

import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

EVENT_COMMAND_UNCONFIRMED: Final = f"{DOMAIN}_command_unconfirmed"
"""Fired with `device_id` and `command` where a car said yes and did not do it."""


@callback
def async_tell(hass: HomeAssistant, entry: ConfigEntry, vin: str, command: str) -> None:
    """Tell the log and whoever listens which command a car did not obey."""
    _LOGGER.warning("A car took the command %s and did not do it", command)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, vin), entry.entry_id
    )
    hass.bus.async_fire(
        EVENT_COMMAND_UNCONFIRMED,
        {"device_id": device and device.id, "command": command},
    )
