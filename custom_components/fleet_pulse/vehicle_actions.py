"""The actions on cars: one row each; `services.py` registers them."""

from typing import Any, Final

from homeassistant.const import ATTR_CODE, ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from . import assistants, risk
from .alert_actions import ALERT_ACTION
from .charge_actions import CHARGE_ACTIONS, PLACE
from .commander import Outcome
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .errors import raise_failure
from .fleet.activity import last_word
from .model import commands
from .model.command import Call, Risk
from .precondition_action import PRECONDITION_ACTION
from .rule_actions import RULE_ACTIONS
from .runtime import FleetPulseConfigEntry
from .steps import VehicleAction, async_send, cause_of
from .wake_history import counted, last_wake_said

ATTR_COMMAND: Final = "command"
ATTR_DESTINATION: Final = "destination"
ATTR_FETCH: Final = "fetch"
ATTR_LOCATION: Final = "location"
ATTR_PARAMETERS: Final = "parameters"
ATTR_PLACE: Final = "place"
ATTR_STOP: Final = "stop"
ATTR_WAYPOINTS: Final = "waypoints"

STOPS: Final = {"replace": 1, "next": 2, "last": 3}
"""Where coordinates go in the trip under way, as the car counts it."""


async def _refresh(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Ask the free list, or on request the car itself, if it is awake."""
    tried_at = vehicle.memory.tried_at
    await (vehicle.async_ask() if action.data[ATTR_FETCH] else vehicle.async_look())
    raise_failure(entry.runtime_data.account)
    was_asked = vehicle.memory.tried_at != tried_at
    if was_asked:
        raise_failure(vehicle)
    said_at = last_word(vehicle.data)
    return {
        "online": vehicle.is_online,
        "fetched": was_asked,
        "asking": vehicle.poll.reason.value,
        "last_update": said_at and said_at.isoformat(timespec="seconds"),
    }


async def _wake(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Wake the car, if the guard allows."""
    commander = entry.runtime_data.commander
    outcome = await commander.async_wake(vehicle, cause_of(action))
    # Who began the wake may have been another one, whose wake was shared.
    said = last_wake_said(vehicle) if outcome is Outcome.SENT else {}
    left = counted(vehicle)
    return {
        "reason": said.get("reason"),
        "seconds": said.get("seconds", 0),
        "posts": said.get("posts", 0),
        "result": outcome.value,
        "wakes_today": left.today,
        "wakes_left": left.left,
        "wakes_left_for_rules": left.scheduled_left,
    }


# ---- navigation


async def _navigate_to(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Tell the car where to go, in whichever way the owner says it."""
    said = action.data
    ways = (ATTR_DESTINATION, ATTR_LOCATION, ATTR_PLACE, ATTR_WAYPOINTS)
    if sum(way in said for way in ways) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_destination"
        )
    if ATTR_DESTINATION in said:
        call = _spoken(vehicle, said[ATTR_DESTINATION])
    elif ATTR_WAYPOINTS in said:
        stops = ",".join(f"refId:{place}" for place in said[ATTR_WAYPOINTS])
        call = commands.NAVIGATION_WAYPOINTS_REQUEST.call(waypoints=stops)
    else:
        where = said.get(ATTR_LOCATION) or _where(vehicle, said[ATTR_PLACE])
        call = commands.NAVIGATION_GPS_REQUEST.call(
            lat=where[ATTR_LATITUDE],
            lon=where[ATTR_LONGITUDE],
            order=STOPS[said[ATTR_STOP]],
        )
    return await async_send(entry, vehicle, action, call)


def _spoken(vehicle: VehicleCoordinator, text: str) -> Call:
    """Return the request for an address or a name that Tesla looks up."""
    config = vehicle.hass.config
    locale = "-".join(part for part in (config.language, config.country) if part)
    return commands.NAVIGATION_REQUEST.call(
        value=text,
        locale=locale,
        timestamp_ms=int(dt_util.utcnow().timestamp() * 1000),
    )


def _where(vehicle: VehicleCoordinator, entity_id: str) -> dict[str, Any]:
    """Return where a zone, a person or a tracker is."""
    state = vehicle.hass.states.get(entity_id)
    known = {} if state is None else state.attributes
    if known.get(ATTR_LATITUDE) is None or known.get(ATTR_LONGITUDE) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="place_unknown"
        )
    return dict(known)


# ---- any command


async def _send_command(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Send any row of the table of commands."""
    row = commands.COMMANDS[action.data[ATTR_COMMAND]]
    call = row.call(**action.data[ATTR_PARAMETERS])
    await risk.async_refuse(action.hass, entry, call.risk, action.context)
    _refuse_without_pin(entry, action, call)
    return await async_send(entry, vehicle, action, call)


def _refuse_without_pin(
    entry: FleetPulseConfigEntry, action: ServiceCall, call: Call
) -> None:
    """Refuse to open a car as its entities would: to assistants, and past the PIN."""
    pin = entry.runtime_data.pin
    if call.risk is not Risk.OPENS:
        return
    assistants.refuse(pin, {}, action.context)
    assistants.ask_pin(pin, action.data.get(ATTR_CODE))


VEHICLE_ACTIONS: Final = (
    VehicleAction(
        name="navigate_to",
        fields={
            vol.Optional(ATTR_DESTINATION): cv.string,
            vol.Optional(ATTR_LOCATION): PLACE,
            vol.Optional(ATTR_PLACE): cv.entity_id,
            vol.Optional(ATTR_STOP, default="replace"): vol.In(STOPS),
            vol.Optional(ATTR_WAYPOINTS): vol.All(
                cv.ensure_list, vol.Length(min=1), [cv.matches_regex(r"^[\w-]+$")]
            ),
        },
        handle=_navigate_to,
    ),
    PRECONDITION_ACTION,
    VehicleAction(
        name="refresh",
        fields={vol.Optional(ATTR_FETCH, default=False): cv.boolean},
        handle=_refresh,
    ),
    VehicleAction(
        name="send_command",
        fields={
            vol.Required(ATTR_COMMAND): vol.In(commands.COMMANDS),
            vol.Optional(ATTR_PARAMETERS, default=dict): {cv.string: object},
            vol.Optional(ATTR_CODE): cv.string,
        },
        handle=_send_command,
    ),
    *CHARGE_ACTIONS,
    *RULE_ACTIONS,
    ALERT_ACTION,
    VehicleAction(name="wake", fields={}, handle=_wake),
)
