"""What actions on cars are made of: what they take, and the steps they carry out.

plan of calls ──▶ what is so already is left out ──nothing left──▶ "already"
│
▼
stage ─▶ stage ─▶ …        the first one wakes the car, if it sleeps
│ trouble
▼
the rest is not sent; what was done is told with the trouble
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .commander import NOW, Cause, Outcome, Urgency
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .errors import acting
from .model.command import Call
from .model.record import record
from .runtime import FleetPulseConfigEntry

_YEARS: Final = range(2000, 2101)

type Handler = Callable[
    [FleetPulseConfigEntry, VehicleCoordinator, ServiceCall], Awaitable[dict[str, Any]]
]
type Stage = Mapping[str, Call]
"""Calls that need not wait for each other, by the action's field that asks for them."""


@record
class VehicleAction:
    """An action on cars."""

    name: str
    fields: dict[vol.Marker, Any]
    handle: Handler


def moment(given: Any) -> datetime:
    """Read a moment that an action names; at the ends of time clocks overflow."""
    read: datetime = cv.datetime(given)
    if read.year not in _YEARS:
        raise vol.Invalid(f"Invalid datetime specified: {given}")
    return read


def cause_of(action: ServiceCall) -> Cause:
    """Return who wants what an action does."""
    return Cause(reason=f"action {action.service}")


async def async_send(
    entry: FleetPulseConfigEntry,
    vehicle: VehicleCoordinator,
    action: ServiceCall,
    call: Call,
) -> dict[str, Any]:
    """Bring the one command of an action to a car, and return how it ended."""
    commander = entry.runtime_data.commander
    outcome = await commander.async_send(vehicle, call, cause_of(action))
    return {"result": outcome.value}


async def async_send_all(
    entry: FleetPulseConfigEntry,
    vehicle: VehicleCoordinator,
    cause: Cause,
    *stages: Stage,
    undone: Collection[str] = (),
    urgency: Urgency = NOW,
) -> dict[str, Any]:
    """Bring the commands of an action to a car, and return how each ended.

    What is so already is found before anything is sent: the first command makes
    whatever was known of the car doubtful. What the first stage may undo is sent
    again with it.
    """
    commander = entry.runtime_data.commander

    async def send(call: Call) -> Outcome:
        with acting(vehicle.hass, entry):
            return await commander.async_send(vehicle, call, cause, urgency)

    done: dict[str, Outcome] = {
        name: Outcome.ALREADY
        for stage in stages
        for name, call in stage.items()
        if commander.is_already(vehicle, call)
    }
    if any(name not in done for name in stages[0]):
        done = {name: how for name, how in done.items() if name not in undone}
    for stage in stages:
        due = {name: call for name, call in stage.items() if name not in done}
        await _async_take(send, due, done)
    is_sent = Outcome.SENT in done.values()
    return {
        "result": (Outcome.SENT if is_sent else Outcome.ALREADY).value,
        "steps": {name: done[name].value for stage in stages for name in stage},
    }


async def _async_take(
    send: Callable[[Call], Awaitable[Outcome]], due: Stage, done: dict[str, Outcome]
) -> None:
    """Send a stage; add what was done, then tell the first trouble."""
    results = await asyncio.gather(*map(send, due.values()), return_exceptions=True)
    troubles = []
    for name, result in zip(due, results, strict=True):
        if isinstance(result, BaseException):
            troubles.append(result)
        else:
            done[name] = result
    if troubles:
        raise _with(troubles[0], [name for name, how in done.items() if how == "sent"])


def _with(trouble: BaseException, done: list[str]) -> BaseException:
    """Return a trouble together with what was done in spite of it."""
    if not done or not isinstance(trouble, HomeAssistantError):
        return trouble
    told = HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="partly_done",
        translation_placeholders={"done": ", ".join(done), "detail": str(trouble)},
    )
    told.__cause__ = trouble
    return told
