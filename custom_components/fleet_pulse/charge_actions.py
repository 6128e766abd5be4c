"""The actions about charging, and about the schedules that a car keeps itself."""

from datetime import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.location import distance
import voluptuous as vol

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .model import commands, vehicle_fields as fields
from .model.command import Call
from .model.schedule_id import schedule_id
from .runtime import FleetPulseConfigEntry
from .steps import Stage, VehicleAction, async_send, async_send_all, cause_of

ATTR_AMPS: Final = "amps"
ATTR_CHARGING: Final = "charging"
ATTR_DAYS: Final = "days"
ATTR_ENABLED: Final = "enabled"
ATTR_END: Final = "end"
ATTR_KIND: Final = "kind"
ATTR_LIMIT: Final = "limit"
ATTR_LOCATION: Final = "location"
ATTR_NAME: Final = "name"
ATTR_ONE_TIME: Final = "one_time"
ATTR_START: Final = "start"

CHARGE: Final = "charge"
PRECONDITION: Final = "precondition"
DAYS: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
"""Home Assistant's days, and the car's."""
PLACE: Final = vol.Schema(
    {
        vol.Required("latitude"): cv.latitude,
        vol.Required("longitude"): cv.longitude,
        vol.Optional("radius"): vol.Coerce(float),
    }
)
"""What Home Assistant's map gives."""
_IDENTITY: Final = {
    vol.Required(ATTR_KIND): vol.In((CHARGE, PRECONDITION)),
    vol.Required(ATTR_NAME): vol.All(cv.string, vol.Length(min=1, max=100)),
}


async def _set_charging(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Bring limit, current, and start or stop to the car: what differs, in order."""
    wanted = action.data
    values: dict[str, Call] = {}
    if (limit := wanted.get(ATTR_LIMIT)) is not None:
        values[ATTR_LIMIT] = commands.SET_CHARGE_LIMIT.call(percent=limit)
    if (amps := wanted.get(ATTR_AMPS)) is not None:
        values[ATTR_AMPS] = commands.SET_CHARGING_AMPS.call(charging_amps=amps)
    starts = wanted.get(ATTR_CHARGING)
    if starts is None and not values:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_set"
        )
    # A car starts with the values it has, and what stops need not wait for any.
    stages: list[Stage] = [values]
    if starts == "start":
        stages.append({ATTR_CHARGING: commands.CHARGE_START.call()})
    elif starts == "stop":
        stages.insert(0, {ATTR_CHARGING: commands.CHARGE_STOP.call()})
    return await async_send_all(entry, vehicle, cause_of(action), *stages)


async def _set_schedule(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Write a schedule into the car; one of the same name and kind is replaced."""
    wanted = action.data
    lat, lon = _place(vehicle.hass, vehicle, wanted.get(ATTR_LOCATION))
    shared = {
        "days_of_week": [DAYS[day] for day in wanted[ATTR_DAYS]],
        "enabled": wanted[ATTR_ENABLED],
        "id": schedule_id(wanted[ATTR_KIND], wanted[ATTR_NAME]),
        "lat": lat,
        "lon": lon,
        "one_time": wanted[ATTR_ONE_TIME],
    }
    start, end = wanted.get(ATTR_START), wanted.get(ATTR_END)
    make = _charge if wanted[ATTR_KIND] == CHARGE else _precondition
    return await async_send(entry, vehicle, action, make(start, end, shared))


def _charge(start: time | None, end: time | None, shared: dict[str, Any]) -> Call:
    """Return a charge schedule with a start, an end, or both."""
    if start is None and end is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="schedule_without_time"
        )
    return commands.ADD_CHARGE_SCHEDULE.call(
        start_enabled=start is not None,
        start_time=_minute(start),
        end_enabled=end is not None,
        end_time=_minute(end),
        **shared,
    )


def _precondition(start: time | None, end: time | None, shared: dict[str, Any]) -> Call:
    """Return a precondition schedule, which is about the time to be ready."""
    if start is not None or end is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="precondition_schedule_needs_end"
        )
    return commands.ADD_PRECONDITION_SCHEDULE.call(
        precondition_time=_minute(end), **shared
    )


def _minute(at: time | None) -> int | None:
    """Return the minute of the day, as the car's own schedules count it."""
    return None if at is None else at.hour * 60 + at.minute


async def _remove_schedule(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Take a schedule of that name and kind out of the car."""
    kind = action.data[ATTR_KIND]
    row = {
        CHARGE: commands.REMOVE_CHARGE_SCHEDULE,
        PRECONDITION: commands.REMOVE_PRECONDITION_SCHEDULE,
    }[kind]
    call = row.call(id=schedule_id(kind, action.data[ATTR_NAME]))
    return await async_send(entry, vehicle, action, call)


def _place(
    hass: HomeAssistant, vehicle: VehicleCoordinator, given: dict[str, float] | None
) -> tuple[float, float]:
    """Return where a schedule applies: home, unless the owner says otherwise.

    A car at home knows better than Home Assistant's map where it is parked there.
    """
    if given is not None:
        return given["latitude"], given["longitude"]
    home = hass.config.latitude, hass.config.longitude
    parked = vehicle.data.get(fields.LOCATION)
    if parked is None:
        return home
    place = parked.latitude, parked.longitude
    away = distance(*home, *place)
    return home if away is None or away > hass.config.radius else place


CHARGE_ACTIONS: Final = (
    VehicleAction(
        name="remove_schedule",
        fields=_IDENTITY,
        handle=_remove_schedule,
    ),
    VehicleAction(
        name="set_charging",
        fields={
            vol.Optional(ATTR_LIMIT): vol.All(vol.Coerce(int), vol.Range(50, 100)),
            vol.Optional(ATTR_AMPS): vol.All(vol.Coerce(int), vol.Range(0, 80)),
            vol.Optional(ATTR_CHARGING): vol.In(("start", "stop")),
        },
        handle=_set_charging,
    ),
    VehicleAction(
        name="set_schedule",
        fields={
            **_IDENTITY,
            vol.Optional(ATTR_DAYS, default=list(DAYS)): vol.All(
                cv.ensure_list, vol.Length(min=1), [vol.In(DAYS)]
            ),
            vol.Optional(ATTR_START): cv.time,
            vol.Optional(ATTR_END): cv.time,
            vol.Optional(ATTR_ONE_TIME, default=False): cv.boolean,
            vol.Optional(ATTR_ENABLED, default=True): cv.boolean,
            vol.Optional(ATTR_LOCATION): PLACE,
        },
        handle=_set_schedule,
    ),
)
