"""The action that makes a car comfortable before somebody sits in it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from homeassistant.const import UnitOfTemperature
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter
import voluptuous as vol

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .model.command import Call
from .planner.window import wall
from .rules import climate_calls
from .rules.climate_memory import Once
from .rules.departure import SEATS, Extras
from .rules.reason import DepartureWhy
from .runtime import FleetPulseConfigEntry
from .steps import VehicleAction, async_send_all, cause_of, moment

ATTR_DEFROST: Final = "defrost"
ATTR_DEPARTURE: Final = "departure"
ATTR_MODE: Final = "mode"
ATTR_SEATS: Final = "seats"
ATTR_SEAT_HEAT: Final = "seat_heat"
ATTR_STEERING_WHEEL: Final = "steering_wheel"
ATTR_TEMPERATURE: Final = "temperature"
ATTR_UNTIL: Final = "until"

DAY: Final = timedelta(days=1)
FARTHEST: Final = timedelta(days=7)
"""What is further away belongs into a departure of its own."""
LONGEST: Final = timedelta(hours=3)
"""Longer than this nobody waits in a car that is warmed for a departure."""
LEVELS: Final = {"off": 0, "low": 1, "medium": 2, "high": 3}


class Answer(StrEnum):
    """What became of a wish."""

    REFUSED = "refused"
    SCHEDULED = "scheduled"
    STARTED = "started"


_ANSWERS: Final = {
    DepartureWhy.PRECONDITIONING: Answer.STARTED,
    DepartureWhy.READY: Answer.STARTED,
    DepartureWhy.WAITING: Answer.SCHEDULED,
}


async def _precondition(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Start with everything that belongs to it, or stop."""
    if action.data[ATTR_MODE] == "stop":
        _refuse_comfort(action)
        stop = {ATTR_MODE: climate_calls.STOP}
        return await async_send_all(entry, vehicle, cause_of(action), stop)
    if ATTR_DEPARTURE in action.data or ATTR_UNTIL in action.data:
        return await async_for_later(entry, vehicle, action.data)
    start = {ATTR_MODE: climate_calls.START}
    temperature = action.data.get(ATTR_TEMPERATURE)
    if temperature is not None:
        start[ATTR_TEMPERATURE] = climate_calls.warmth(celsius(vehicle, temperature))
    # Ending defrost may end the climate, too; seats are heated only while that is on.
    defrost = action.data.get(ATTR_DEFROST)
    before, after = _defrost(on=False), _defrost(on=True)
    stages = (
        before if defrost is False else {},
        start,
        _comfort(action),
        after if defrost else {},
    )
    answer = await async_send_all(
        entry, vehicle, cause_of(action), *stages, undone=(ATTR_MODE,)
    )
    return {**answer, **_said(Answer.STARTED, dt_util.utcnow(), timedelta())}


async def async_for_later(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Have the car comfortable for a departure, or until a moment; guards may refuse.

    What is said is what the action's fields hold.
    """
    once = _once(vehicle, said)
    runner = entry.runtime_data.runner
    one, reason = await runner.async_precondition(vehicle.vin, once)
    answer = _ANSWERS.get(DepartureWhy(reason.why), Answer.REFUSED)
    why = reason.why.value if answer is Answer.REFUSED else None
    return {"result": answer.value, **_said(answer, one.start, one.lead, why)}


def _said(
    answer: Answer, at: datetime, lead: timedelta, why: str | None = None
) -> dict[str, Any]:
    """Return what an automation goes on with: what happened, when, how long before."""
    return {
        answer.value: why or True,
        "at": dt_util.as_local(at).isoformat(timespec="seconds"),
        "lead": round(lead.total_seconds() / 60),
    }


def _once(vehicle: VehicleCoordinator, said: Mapping[str, Any]) -> Once:
    """Return the departure that is asked for; refuse what no clock will show."""
    now = dt_util.utcnow()
    departure, until = coming(said.get(ATTR_DEPARTURE)), coming(said.get(ATTR_UNTIL))
    at = departure or until or now
    if not now < at <= now + FARTHEST:
        raise _refusal("departure_not_ahead")
    if until is not None and not at <= until <= at + LONGEST:
        raise _refusal("until_not_after")
    if departure is None and at > now + LONGEST:
        raise _refusal("until_not_after")
    given, level = said.get(ATTR_TEMPERATURE), LEVELS[said[ATTR_SEAT_HEAT]]
    temperature = None if given is None else celsius(vehicle, given)
    # What no car takes is refused now, and not found out when it is time to leave.
    climate_calls.wished(temperature)
    return Once(
        id=uuid4().hex,
        at=at,
        begin=now if departure is None else None,
        until=until,
        temperature=temperature,
        extras=Extras(
            seats=tuple(said.get(ATTR_SEATS, ())) if level else (),
            seat_heat=level or LEVELS["high"],
            steering_wheel=bool(said.get(ATTR_STEERING_WHEEL)),
            defrost=bool(said.get(ATTR_DEFROST)),
        ),
    )


def coming(given: datetime | time | None) -> datetime | None:
    """Return a moment; a time alone is the next one that the clock shows."""
    zone, now = dt_util.get_default_time_zone(), dt_util.now()
    if isinstance(given, time):
        today = wall(now.date(), given, zone)
        return today if today > now else wall(now.date() + DAY, given, zone)
    if given is None:
        return None
    return dt_util.as_utc(given)


def _refusal(key: str) -> ServiceValidationError:
    """Return what says that a wish cannot be."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


def _refuse_comfort(action: ServiceCall) -> None:
    """Refuse to stop and to heat at once."""
    comfort = (
        ATTR_DEFROST,
        ATTR_DEPARTURE,
        ATTR_SEATS,
        ATTR_STEERING_WHEEL,
        ATTR_TEMPERATURE,
        ATTR_UNTIL,
    )
    if any(name in action.data for name in comfort):
        raise _refusal("stop_with_comfort")


def celsius(vehicle: VehicleCoordinator, given: float) -> float:
    """Return a temperature given in the owner's own unit."""
    unit = vehicle.hass.config.units.temperature_unit
    return TemperatureConverter.convert(given, unit, UnitOfTemperature.CELSIUS)


def _comfort(action: ServiceCall) -> dict[str, Call]:
    """Return what is asked for beyond the climate itself."""
    wanted, level = action.data, LEVELS[action.data[ATTR_SEAT_HEAT]]
    calls = {
        seat: climate_calls.seat_heat(seat, level)
        for seat in wanted.get(ATTR_SEATS, ())
    }
    if (heat := wanted.get(ATTR_STEERING_WHEEL)) is not None:
        calls[ATTR_STEERING_WHEEL] = climate_calls.wheel_heat(on=heat)
    return calls


def _defrost(*, on: bool) -> dict[str, Call]:
    """Return what clears the windows, or ends that."""
    return {ATTR_DEFROST: climate_calls.defrost(on=on)}


PRECONDITION_ACTION: Final = VehicleAction(
    name="precondition",
    fields={
        vol.Optional(ATTR_MODE, default="start"): vol.In(("start", "stop")),
        vol.Optional(ATTR_TEMPERATURE): vol.Coerce(float),
        vol.Optional(ATTR_DEPARTURE): vol.Any(cv.time, moment),
        vol.Optional(ATTR_UNTIL): vol.Any(cv.time, moment),
        vol.Optional(ATTR_SEATS): vol.All(cv.ensure_list, [vol.In(SEATS)]),
        vol.Optional(ATTR_SEAT_HEAT, default="high"): vol.In(LEVELS),
        vol.Optional(ATTR_STEERING_WHEEL): cv.boolean,
        vol.Optional(ATTR_DEFROST): cv.boolean,
    },
    handle=_precondition,
)
