"""Wakes cars, if the guard allows: one attempt per car, shared by all who wait for it.

online? ──yes──▶ done
   │no
attempt under way? ──yes──▶ wait for its end
   │no
guard ──refused──▶ WakeRefused (when to try again)
   │allowed
noted on disk ─▶ wake_up ─▶ free looks … ─▶ wake_up, once more ─▶ free looks
                             │ online                              │ none
                             ▼                                     ▼
                          AWAKE, noted                          FAILED, noted
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .api import time_scale
from .fleet import wake
from .fleet.client import FleetClient
from .fleet.errors import (
    AnswerLost,
    Interrupted,
    InvalidAnswer,
    RateLimited,
    TeslaUnavailable,
    Unreachable,
    WakeFailed,
    WakeRefused,
)
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call
from .model.record import record
from .vehicle import VehicleCoordinator
from .waiting import async_wait_until


@record
class Cause:
    """Who wants it: a person or automation now, or a rule on its schedule."""

    reason: str
    scheduled: bool = False


class Waker:
    """Wakes the cars of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        client: FleetClient,
        journal: Journal,
    ) -> None:
        """Keep what reaches cars and what remembers how that went."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._journal = journal
        self._limits = wake.Limits().scaled(time_scale())
        self._waking: dict[str, asyncio.Task[None]] = {}

    async def async_is_online(self, vehicle: VehicleCoordinator) -> bool:
        """Ask, free, whether a car is online, if the last word is too old to tell."""
        if wake.must_look_first(vehicle.heard_at, dt_util.utcnow()):
            vehicle.async_receive_product(await self._client.vehicle(vehicle.vin))
        return vehicle.is_online

    async def async_wake(
        self, vehicle: VehicleCoordinator, call: Call | None, cause: Cause
    ) -> None:
        """Wait for the one attempt at a car; begin it if the guard allows."""
        task = self._waking.get(vehicle.vin)
        if task is None:
            task = self._async_begin(
                vehicle, cause, self._allowed(vehicle, call, cause)
            )
        # A caller that gives up does not end what others wait for.
        await asyncio.wait([task])
        if task.cancelled():
            raise Interrupted
        task.result()

    async def async_stop(self) -> None:
        """End the attempts, and have it noted that nobody saw their end."""
        tasks = list(self._waking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _async_begin(
        self, vehicle: VehicleCoordinator, cause: Cause, allowed: wake.Allow
    ) -> asyncio.Task[None]:
        """Begin the one attempt at a car."""

        def ended(task: asyncio.Task[None]) -> None:
            del self._waking[vehicle.vin]
            # All who wanted it may have gone; then nobody is left to look at this.
            if not task.cancelled():
                task.exception()

        task = self._entry.async_create_background_task(
            self._hass,
            self._async_attempt(vehicle, cause, allowed),
            "fleet_pulse wake",
            eager_start=False,
        )
        self._waking[vehicle.vin] = task
        task.add_done_callback(ended)
        return task

    def _allowed(
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

    async def _async_attempt(
        self, vehicle: VehicleCoordinator, cause: Cause, allowed: wake.Allow
    ) -> None:
        """Make one attempt, noted on disk before every post and when it ends."""
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
            self._journal.note_wake_end(attempt.ended(outcome, dt_util.utcnow()))
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
