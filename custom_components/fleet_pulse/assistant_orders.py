"""What language models may have done to a car: comfort, the charge limit, a hold.

    may it wake the car?  no  ─▶ sent if it is awake; else nobody is woken, which is said
                          yes ─▶ the guard decides, as for anything else that people ask

All of it goes through the commander and the runner, like what people do by hand.
Nothing that opens, drives, guards or erases is here.
"""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from . import words
from .assisted import Assisted
from .commander import IF_AWAKE, NOW, WHEN_AWAKE, Cause, Outcome
from .const import DOMAIN
from .errors import acting
from .fleet.deferred import Why
from .fleet.errors import Asleep
from .model import commands
from .model.record import record
from .precondition_action import (
    ATTR_DEPARTURE,
    ATTR_SEAT_HEAT,
    ATTR_TEMPERATURE,
    async_for_later,
    celsius,
    coming,
)
from .rules import climate_calls
from .rules.stored import stored
from .steps import Stage, async_send_all
from .waiting import async_is_done_soon
from .wake_history import counted

_LOGGER = logging.getLogger(__name__)

ATTR_ACTION: Final = "action"
ATTR_MAY_WAKE: Final = "may_wake"
ATTR_PERCENT: Final = "percent"
ATTR_READY_BY: Final = "ready_by"
ATTR_UNTIL: Final = "until"

_ASK: Final = (
    "Nothing was sent. To do this the car must be woken, which Tesla bills and which "
    "drains its battery a little. Ask the user; if they want it, call again with "
    "may_wake true."
)
_ASK_FOR_LATER: Final = (
    "Nothing was planned. If the car sleeps shortly before that time it must be woken, "
    "which Tesla bills. Ask the user; if they want it, call again with may_wake true."
)
_UNDER_WAY: Final = (
    "This takes longer than anybody waits for an answer: a car that must wake needs a "
    "minute. It is not known yet whether it works; the car's status shows it later."
)
_MEANINGS: Final[Mapping[str, str]] = {
    Outcome.ALREADY: "The car was so already, so nothing was sent.",
    Outcome.DEFERRED: (
        "The car could not be told now. This waits, up to 7 days, until it can; until "
        "then the car keeps what it has."
    ),
    Outcome.SENT: "The car took it.",
}
_NOT_WOKEN: Final = (
    "The car sleeps and nobody woke it. This waits, up to 7 days, until the car is "
    "awake by itself; until then it keeps what it has. Only if the user wants it done "
    "now, call again with may_wake true."
)
_STORED: Final = (
    "The car itself keeps a schedule of these rules. What of it falls into this hold is "
    "taken out when the car is awake; if it still sleeps shortly before, it is woken for "
    "that."
)


@record
class Asked:
    """What a model wants of a car."""

    hass: HomeAssistant
    car: Assisted
    said: Mapping[str, Any]
    context: Context | None
    tool: str

    @property
    def cause(self) -> Cause:
        """Return who wants it, for the log, the ledger and the guard."""
        return Cause(reason=f"assistant {self.tool}")

    @property
    def may_wake(self) -> bool:
        """Say whether the user agreed to a wake."""
        return bool(self.said.get(ATTR_MAY_WAKE))


# ---- comfort


async def async_precondition(asked: Asked) -> JsonObjectType:
    """Make the car comfortable now or by a time, or end that."""
    if asked.said[ATTR_ACTION] == "stop":
        return await _async_send(asked, {ATTR_ACTION: climate_calls.STOP})
    if ATTR_READY_BY in asked.said:
        return await _async_later(asked)
    start = {ATTR_ACTION: climate_calls.START}
    if (warm := asked.said.get(ATTR_TEMPERATURE)) is not None:
        with acting(asked.hass, asked.car.entry):
            wanted = climate_calls.warmth(celsius(asked.car.vehicle, warm))
        start[ATTR_TEMPERATURE] = wanted
    return await _async_send(asked, start)


async def _async_later(asked: Asked) -> JsonObjectType:
    """Have it comfortable by a time, with all guards of a departure."""
    if not asked.may_wake:
        return {"result": "needs_wake", "meaning": _ASK_FOR_LATER}
    car = asked.car
    said = {
        ATTR_DEPARTURE: _moment(asked.said[ATTR_READY_BY]),
        ATTR_SEAT_HEAT: "high",
        ATTR_TEMPERATURE: asked.said.get(ATTR_TEMPERATURE),
    }
    with acting(asked.hass, car.entry):
        return await async_for_later(car.entry, car.vehicle, said)


async def _async_send(asked: Asked, stage: Stage) -> JsonObjectType:
    """Bring what cannot wait to the car, waking it only if that was agreed to."""
    car = asked.car
    if not car.vehicle.is_surely_online(dt_util.utcnow()):
        # Free, and it may have woken by itself.
        await car.vehicle.async_look()
    urgency = NOW if asked.may_wake else IF_AWAKE
    try:
        answer = await async_send_all(
            car.entry, car.vehicle, asked.cause, stage, urgency=urgency
        )
    except HomeAssistantError as err:
        if isinstance(err.__cause__, Asleep) and not asked.may_wake:
            left = counted(car.vehicle).left
            return {"result": "needs_wake", "meaning": _ASK, "wakes_left_today": left}
        raise
    return {**answer, "meaning": _MEANINGS[answer["result"]]}


# ---- charging


async def async_set_limit(asked: Asked) -> JsonObjectType:
    """Set the charge limit; without a wake it waits for the car."""
    car = asked.car
    call = commands.SET_CHARGE_LIMIT.call(percent=asked.said[ATTR_PERCENT])
    urgency = NOW if asked.may_wake else WHEN_AWAKE
    with acting(asked.hass, car.entry):
        outcome = await car.entry.runtime_data.commander.async_send(
            car.vehicle, call, asked.cause, urgency
        )
    if outcome is not Outcome.DEFERRED:
        return {"result": outcome.value, "meaning": _MEANINGS[outcome]}
    why = car.vehicle.deferred.waiting[-1].why
    meaning = _NOT_WOKEN if why is Why.ASLEEP else _MEANINGS[outcome]
    return {
        "result": outcome.value,
        "waits_because": why.value,
        "meaning": meaning,
    }


async def async_hold(asked: Asked) -> JsonObjectType:
    """Have charge rules leave the car alone."""
    named = asked.said.get(ATTR_UNTIL)
    until = None if named is None else _moment(named)
    if until is not None and until <= dt_util.utcnow():
        raise _invalid("time_is_past")
    runner = asked.car.entry.runtime_data.runner
    with acting(asked.hass, asked.car.entry):
        await runner.async_hold(asked.car.vehicle.vin, until)
    vehicle = asked.car.vehicle
    is_kept = any(one.is_there for one in stored(vehicle.data).values())
    told = _rules_now(asked, "held")
    return {**told, "meaning": _STORED} if is_kept else told


async def async_resume(asked: Asked) -> JsonObjectType:
    """Have charge rules do their work again."""
    runner = asked.car.entry.runtime_data.runner
    with acting(asked.hass, asked.car.entry):
        await runner.async_resume(asked.car.vehicle.vin)
    return _rules_now(asked, "resumed")


def _rules_now(asked: Asked, result: str) -> JsonObjectType:
    """Return what the charge rules come to now."""
    view = asked.car.entry.runtime_data.runner.car_views[asked.car.vehicle.vin]
    return {"result": result, "now": words.async_sentence(asked.hass, view.reason)}


# ---- what all of it shares


async def async_in_time(
    asked: Asked, do: Callable[[Asked], Coroutine[Any, Any, JsonObjectType]]
) -> JsonObjectType:
    """Do something and say what came of it, or that it takes longer."""
    work = asked.hass.async_create_task(do(asked), f"{DOMAIN} {asked.tool}")

    def tell(error: BaseException) -> None:
        _LOGGER.warning("What an assistant wanted was not done: %s", error)

    if await async_is_done_soon(work, tell):
        return work.result()
    return {"result": "under_way", "meaning": _UNDER_WAY}


def _moment(said: str) -> datetime:
    """Return a moment that a model names: a time alone is the next such one."""
    time_of_day = dt_util.parse_time(said)
    named = coming(time_of_day or dt_util.parse_datetime(said))
    if named is None:
        raise _invalid("assistant_time_unclear")
    return named


def _invalid(key: str) -> ServiceValidationError:
    """Return what tells that a wish cannot be meant so."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
