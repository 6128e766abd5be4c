"""Tells what became of commands a car said yes to, and of the wishes to wake it."""

import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_exception_message

from .const import DOMAIN
from .errors import Problem
from .fleet.errors import FleetError
from .fleet.unconfirmed import explanation
from .fleet.wake_news import WakeNews
from .model.command import Call

_LOGGER = logging.getLogger(__name__)

EVENT_COMMAND_DROPPED: Final = f"{DOMAIN}_command_dropped"
"""Fired where a command that waited, or was on its way at a restart, is given up.

With `device_id`, `command`, `reason` (the key of a text) and `message` (the text).
"""
EVENT_COMMAND_REFUSED: Final = f"{DOMAIN}_command_refused"
"""Fired where a car says no to a command that somebody asked for now.

With `device_id`, `command`, `reason` and `message`; whoever asked is told it, too.
"""
EVENT_COMMAND_UNCONFIRMED: Final = f"{DOMAIN}_command_unconfirmed"
"""Fired with `device_id` and `command` where a car said yes and did not do it.

With `reason` and `message`, too, where it is known why.
"""

EVENT_WAKE: Final = f"{DOMAIN}_wake"
"""Fired once for each attempt to wake a car that is over, and for each refusal that is
news: `device_id`, `type`, `reason`, `scheduled`, `result`, `seconds`, `posts` and
`retry_at`.
"""


@callback
def async_tell(hass: HomeAssistant, entry: ConfigEntry, vin: str, call: Call) -> None:
    """Tell the log and whoever listens which command a car did not obey.

    Where the reason is known, it is told, too.
    """
    command, error = call.command.key, explanation(call)
    _LOGGER.warning("A car took the command %s and did not do it", command)
    told = {"device_id": async_device_id(hass, entry, vin), "command": command}
    why = {} if error is None else _explained(error)
    hass.bus.async_fire(EVENT_COMMAND_UNCONFIRMED, {**told, **why})


@callback
def async_tell_dropped(
    hass: HomeAssistant, entry: ConfigEntry, vin: str, command: str, error: FleetError
) -> None:
    """Tell the log and whoever listens which command was given up, and why."""
    why = _explained(error)
    _LOGGER.warning("The command %s is given up: %s", command, why["reason"])
    told = {"device_id": async_device_id(hass, entry, vin), "command": command}
    hass.bus.async_fire(EVENT_COMMAND_DROPPED, {**told, **why})


@callback
def async_tell_refused(
    hass: HomeAssistant, entry: ConfigEntry, vin: str, command: str, error: FleetError
) -> None:
    """Tell whoever listens which command a car said no to, and why."""
    told = {"device_id": async_device_id(hass, entry, vin), "command": command}
    hass.bus.async_fire(EVENT_COMMAND_REFUSED, {**told, **_explained(error)})


def _explained(error: FleetError) -> dict[str, str]:
    """Return the key of an error's text, and the text."""
    problem = Problem(error)
    message = async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
    return {"reason": problem.key, "message": message}


@callback
def async_tell_wake(
    hass: HomeAssistant, entry: ConfigEntry, vin: str, news: WakeNews
) -> None:
    """Tell whoever listens what became of the wish to have a car awake."""
    hass.bus.async_fire(
        EVENT_WAKE,
        {
            "device_id": async_device_id(hass, entry, vin),
            "type": news.kind.value,
            "reason": news.reason,
            "scheduled": news.scheduled,
            "result": news.result,
            "seconds": round(news.took.total_seconds()),
            "posts": news.posts,
            "retry_at": news.retry_at and news.retry_at.isoformat(timespec="seconds"),
        },
    )


@callback
def async_device_id(
    hass: HomeAssistant, entry: ConfigEntry, identity: str
) -> str | None:
    """Return the device of a car, or of a rule; None if it has left."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identity), entry.entry_id
    )
    return device.id if device is not None else None
