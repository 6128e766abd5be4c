"""The one way to a car.

    send ─▶ refused? ─▶ already so? ─▶ slider: wait for the last value
              │            │ yes           │
              ▼ raise      ▼ ALREADY       ▼
                                    online? ──no──▶ guard ──refused──▶ raise
                                       │yes           │ allowed
                                       │◀───────── awake
                                       ▼
                             send (signed or REST) ──asleep after all──▶ guard, once
                                       ▼
                       expected readings ─▶ one look later verifies them

What opens, drives or pulses is dropped 90 seconds after it was asked for: whoever
stood by the car then may be gone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .api import time_scale
from .channels import Channels
from .coordinator import VehicleCoordinator
from .fleet import wake
from .fleet.account import CommandAnswer
from .fleet.client import FleetClient
from .fleet.errors import (
    AnswerLost,
    Asleep,
    BudgetSpent,
    CommandRefused,
    Expired,
    InService,
    InvalidAnswer,
    ProtocolRequired,
    ProtocolUnsupported,
    RateLimited,
    ScopeMissing,
    TeslaUnavailable,
    Unreachable,
    WakeFailed,
    WakeRefused,
)
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call, Kind
from .waiting import async_wait_until

SLIDER_WAIT: Final = 1.5
"""Seconds a slider must rest before its value is sent."""
EXPIRES: Final = timedelta(seconds=90)
FRESH_LOOK: Final = timedelta(seconds=15)


class Outcome(StrEnum):
    """How a command ended that was not refused."""

    ALREADY = "already"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who wants it: a person or automation now, or a rule on its schedule."""

    reason: str
    scheduled: bool = False


@dataclass(slots=True)
class _Slider:
    """A value that is still being dragged, and the one result all its callers share."""

    call: Call
    cancel: CALLBACK_TYPE
    result: asyncio.Future[Outcome] = field(default_factory=asyncio.Future)


class Commander:
    """Sends commands to the cars of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        client: FleetClient,
        channels: Channels,
        journal: Journal,
    ) -> None:
        """Keep what reaches cars and what remembers them."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._channels = channels
        self._journal = journal
        self._limits = wake.Limits().scaled(time_scale())
        self._sliders: dict[tuple[object, ...], _Slider] = {}
        self._waking: dict[str, asyncio.Task[None]] = {}

    async def async_send(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> Outcome:
        """Bring a command to a car, or raise why not."""
        call = call.within(vehicle.data)
        if call.command.slider:
            return await self._async_when_rested(vehicle, call, cause)
        return await self._async_carry_out(vehicle, call, cause)

    async def async_wake(self, vehicle: VehicleCoordinator, cause: Cause) -> Outcome:
        """Wake a car because somebody says so; through the guard like any command."""
        if await self._async_is_online(vehicle):
            return Outcome.ALREADY
        await self._async_share_wake(vehicle, None, cause)
        return Outcome.SENT

    async def async_stop(self) -> None:
        """Let what is under way reach the disk; forget what only waits."""
        for slider in self._sliders.values():
            slider.cancel()
            slider.result.cancel()
        self._sliders.clear()
        for task in self._waking.values():
            task.cancel()
        await asyncio.gather(*self._waking.values(), return_exceptions=True)

    # ---- one command

    async def _async_when_rested(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> Outcome:
        """Send only the last of the values a slider passes through."""
        key = (vehicle.vin, call.identity)
        slider = self._sliders.get(key)
        if slider is not None:
            slider.cancel()
            slider.call = call

        @callback
        def rested(_: datetime) -> None:
            self._async_rested(vehicle, key, cause)

        cancel = async_call_later(self._hass, SLIDER_WAIT, rested)
        if slider is None:
            slider = self._sliders[key] = _Slider(call, cancel)
        slider.cancel = cancel
        return await asyncio.shield(slider.result)

    @callback
    def _async_rested(
        self, vehicle: VehicleCoordinator, key: tuple[object, ...], cause: Cause
    ) -> None:
        """Send a slider's last value on behalf of all who waited."""
        slider = self._sliders.pop(key)
        task = self._hass.async_create_task(
            self._async_carry_out(vehicle, slider.call, cause), "fleet_pulse slider"
        )
        task.add_done_callback(lambda done: _pass_on(done, slider.result))

    async def _async_carry_out(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> Outcome:
        """Take the steps of one command."""
        asked_at = dt_util.utcnow()
        self._raise_refusal(vehicle, call, cause)
        if self._is_already(vehicle, call, asked_at):
            return Outcome.ALREADY
        if not vehicle.is_online and not await self._async_is_online(vehicle):
            await self._async_share_wake(vehicle, call, cause)
        self._raise_expired(call, asked_at)
        try:
            answer = await self._async_transmit(vehicle, call, cause)
        except Asleep:
            # The list was a minute old; the car fell asleep since then.
            vehicle.async_correct_asleep()
            await self._async_share_wake(vehicle, call, cause)
            self._raise_expired(call, asked_at)
            answer = await self._async_transmit(vehicle, call, cause)
        if not answer.result and answer.reason not in call.command.benign:
            raise CommandRefused(answer.reason)
        vehicle.async_expect(call)
        return Outcome.SENT

    def _raise_refusal(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> None:
        """Refuse what cannot work, before anything is asked of Tesla."""
        if not call.command.is_permitted(vehicle.account.scopes):
            raise ScopeMissing(call.command.scope.value)
        if vehicle.data.get(fields.IN_SERVICE):
            raise InService
        level = vehicle.account.budget_level
        permitted = level.permits_automatic or (
            level.permits_person and not cause.scheduled
        )
        if not permitted and not call.always_allowed:
            raise BudgetSpent

    def _is_already(
        self, vehicle: VehicleCoordinator, call: Call, now: datetime
    ) -> bool:
        """Return whether the car is so, and cannot have changed since it said so."""
        if not call.already(vehicle.data):
            return False
        looked = vehicle.looked_at
        if looked is not None and now - looked <= FRESH_LOOK:
            return True
        return not call.command.needs_fresh_look and vehicle.slept_since_look

    def _raise_expired(self, call: Call, asked_at: datetime) -> None:
        """Drop what opens, drives or pulses and took too long to come about."""
        is_lasting = call.command.kind is Kind.SET and not call.risk.is_physical
        if not is_lasting and dt_util.utcnow() - asked_at > EXPIRES:
            raise Expired

    async def _async_transmit(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> CommandAnswer:
        """Send in the form the car takes; the car may correct our idea of it once."""
        signed = vehicle.takes_signed and not call.command.rest_only
        try:
            return await self._channels.async_send(
                vehicle.vin, call, signed=signed, reason=cause.reason
            )
        except ProtocolUnsupported, ProtocolRequired:
            vehicle.takes_signed = not signed
            return await self._channels.async_send(
                vehicle.vin, call, signed=not signed, reason=cause.reason
            )

    # ---- waking

    async def _async_is_online(self, vehicle: VehicleCoordinator) -> bool:
        """Ask, free, whether a car is online, if the last word is too old to tell."""
        if wake.must_look_first(vehicle.heard_at, dt_util.utcnow()):
            vehicle.async_receive_product(await self._client.vehicle(vehicle.vin))
        return vehicle.is_online

    async def _async_share_wake(
        self, vehicle: VehicleCoordinator, call: Call | None, cause: Cause
    ) -> None:
        """Wait for the one attempt at a car; begin it if the guard allows."""
        task = self._waking.get(vehicle.vin)
        if task is None:
            allowed = self._decide(vehicle, call, cause)
            task = self._hass.async_create_task(
                self._async_wake_up(vehicle, cause, allowed), "fleet_pulse wake"
            )
            self._waking[vehicle.vin] = task
            task.add_done_callback(lambda _: self._waking.pop(vehicle.vin, None))
        await asyncio.shield(task)

    def _decide(
        self, vehicle: VehicleCoordinator, call: Call | None, cause: Cause
    ) -> wake.Allow:
        """Ask the guard, and raise its refusal."""
        request = wake.WakeRequest(
            vin=vehicle.vin,
            scheduled=cause.scheduled,
            has_due_command=call is None or call.command.wakes,
            needs_plug=call is not None and call.command.requires_plug,
            plugged=vehicle.data.get(fields.CABLE_CONNECTED),
            last_sign_of_life=vehicle.online_at,
            budget=vehicle.account.budget_level,
            always_allowed=call is not None and call.always_allowed,
        )
        decision = wake.decide(
            self._journal.wakes, request, now=dt_util.utcnow(), limits=self._limits
        )
        if isinstance(decision, wake.Refuse):
            raise WakeRefused(decision.reason.value, retry_at=decision.retry_at)
        return decision

    async def _async_wake_up(
        self, vehicle: VehicleCoordinator, cause: Cause, allowed: wake.Allow
    ) -> None:
        """Make one attempt, noted on disk before it begins and when it ends."""
        attempt = wake.WakeAttempt(
            vin=vehicle.vin,
            at=dt_util.utcnow(),
            scheduled=cause.scheduled,
            reason=cause.reason,
        )
        outcome = wake.WakeOutcome.LOST
        steps: Sequence[wake.WakeStep] = wake.plan(
            max_posts=allowed.max_posts, time_scale=time_scale()
        )
        try:
            while steps and not vehicle.is_online:
                step, *rest = steps
                await async_wait_until(self._hass, attempt.at + step.after)
                if step.action is wake.WakeAction.POST:
                    attempt = attempt.posted()
                    await self._journal.async_note_wake(attempt)
                steps = await self._async_step(vehicle, step, rest, attempt)
            woke = vehicle.is_online
            outcome = wake.WakeOutcome.AWAKE if woke else wake.WakeOutcome.FAILED
        finally:
            ended = attempt.ended(outcome, dt_util.utcnow())
            await asyncio.shield(self._journal.async_note_wake(ended))
            vehicle.async_update_listeners()
        if outcome is wake.WakeOutcome.FAILED:
            raise WakeFailed

    async def _async_step(
        self,
        vehicle: VehicleCoordinator,
        step: wake.WakeStep,
        rest: Sequence[wake.WakeStep],
        attempt: wake.WakeAttempt,
    ) -> Sequence[wake.WakeStep]:
        """Post or look once; return the steps that are left."""
        try:
            if step.action is wake.WakeAction.POST:
                product = await self._client.wake_up(vehicle.vin, reason=attempt.reason)
            else:
                product = await self._client.vehicle(vehicle.vin)
        except RateLimited as err:
            return wake.slowed(
                rest,
                elapsed=dt_util.utcnow() - attempt.at,
                wait=timedelta(seconds=err.retry_after or 10),
                limits=self._limits,
            )
        except AnswerLost, InvalidAnswer, TeslaUnavailable, Unreachable:
            # The next look tells; a car that was asked to wake goes on waking.
            return rest
        vehicle.async_receive_product(product)
        return rest


def _pass_on(done: asyncio.Task[Outcome], result: asyncio.Future[Outcome]) -> None:
    """Give all who dragged a slider the one result."""
    if result.done():
        return
    if done.cancelled():
        result.cancel()
    elif (error := done.exception()) is not None:
        result.set_exception(error)
        # Whoever dragged may have gone; the error is theirs to look at, not the log's.
        result.exception()
    else:
        result.set_result(done.result())
