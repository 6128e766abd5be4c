"""Wakes cars, if the guard allows: one attempt per car, shared by all who wait for it.

online? ──yes──▶ done
   │no
attempt under way? ──yes──▶ wait for its end
   │no
guard ──refused──▶ WakeRefused (when to try again)
   │allowed
noted on disk ─▶ wake_up ─▶ free looks … ─▶ wake_up, once more ─▶ free looks
                             │ online        if still permitted    │ none
                             ▼                                     ▼
                          AWAKE, noted                          FAILED, noted

How each ended, and each refusal that is news, is told: `promises.py`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .api import time_scale
from .fleet import wake, wake_news
from .fleet.activity import last_word
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
from .fleet.wake_steps import WakeAction, WakeStep, plan, slowed, timely
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call
from .model.record import record
from .promises import async_tell_wake
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
        self._waking: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, list[wake.WakeRequest]] = {}
        """Who waits for a car to be awake, and may still give up."""
        self._refusals = wake_news.Refusals(old_until={})

    async def async_is_online(self, vehicle: VehicleCoordinator) -> bool:
        """Ask, free, whether a car is online, if the last word is too old to tell."""
        if wake.must_look_first(vehicle.heard_at, dt_util.utcnow()):
            vehicle.async_receive_product(await self._client.vehicle(vehicle.vin))
        return vehicle.is_online

    async def async_wake(
        self, vehicle: VehicleCoordinator, call: Call | None, cause: Cause
    ) -> None:
        """Wait for the one attempt at a car; begin it if the guard allows."""
        request = _request(vehicle, call, cause)
        task = self._waking.get(vehicle.vin)
        if task is None:
            allowed = self._allowed(vehicle, request, cause)
            task = self._async_begin(vehicle, cause, allowed)
        waiting = self._waiting.setdefault(vehicle.vin, [])
        waiting.append(request)
        try:
            # A caller that gives up does not end what others wait for.
            await asyncio.wait([task])
        finally:
            waiting.remove(request)
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
        self, vehicle: VehicleCoordinator, request: wake.WakeRequest, cause: Cause
    ) -> wake.Allow:
        """Ask the guard; tell of its refusal, and raise it."""
        now, limits = dt_util.utcnow(), vehicle.account.limits
        decision = wake.decide(self._journal.wakes, request, now=now, limits=limits)
        if isinstance(decision, wake.Allow):
            return decision
        news = wake_news.of_refusal(
            decision, reason=cause.reason, scheduled=cause.scheduled
        )
        told = self._refusals.with_told(vehicle.vin, news, now)
        if told is not None:
            self._refusals = told
            async_tell_wake(self._hass, self._entry, vehicle.vin, news)
        raise WakeRefused(decision.reason.value, retry_at=decision.retry_at)

    def _may_post(self, vehicle: VehicleCoordinator, attempt: wake.WakeAttempt) -> bool:
        """Return whether the next `wake_up` of an attempt may still be sent."""
        if not attempt.posts:
            return True
        budget = vehicle.account.budget_level
        return wake.may_post_again(
            attempt,
            [replace(one, budget=budget) for one in self._waiting[vehicle.vin]],
            heard_at=vehicle.heard_at,
            now=dt_util.utcnow(),
            limits=vehicle.account.limits,
        )

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
        steps: Sequence[WakeStep] = plan(
            max_posts=allowed.max_posts, time_scale=time_scale()
        )
        try:
            while steps and not vehicle.is_online:
                elapsed = dt_util.utcnow() - attempt.at
                step, *rest = timely(steps, elapsed=elapsed)
                await async_wait_until(self._hass, attempt.at + step.after)
                if step.action is WakeAction.POST:
                    if not self._may_post(vehicle, attempt):
                        steps = rest
                        continue
                    attempt = attempt.posted()
                    await self._journal.async_note_wake(attempt)
                steps = await self._async_step(vehicle, step, rest, attempt)
            woke = vehicle.is_online
            outcome = wake.WakeOutcome.AWAKE if woke else wake.WakeOutcome.FAILED
        finally:
            attempt = attempt.ended(outcome, dt_util.utcnow())
            self._journal.note_wake_end(attempt)
            vehicle.async_update_listeners()
            news = wake_news.of_attempt(attempt)
            async_tell_wake(self._hass, self._entry, vehicle.vin, news)
        if outcome is wake.WakeOutcome.FAILED:
            raise WakeFailed

    async def _async_step(
        self,
        vehicle: VehicleCoordinator,
        step: WakeStep,
        rest: Sequence[WakeStep],
        attempt: wake.WakeAttempt,
    ) -> Sequence[WakeStep]:
        """Post or look once; return the steps that are left."""
        try:
            if step.action is WakeAction.POST:
                product = await self._client.wake_up(vehicle.vin, reason=attempt.reason)
            else:
                product = await self._client.vehicle(vehicle.vin)
        except RateLimited as err:
            return slowed(
                rest,
                elapsed=dt_util.utcnow() - attempt.at,
                wait=timedelta(seconds=err.retry_after or 10),
                limits=vehicle.account.limits,
            )
        except AnswerLost, InvalidAnswer, TeslaUnavailable, Unreachable:
            # The next look tells; a car that was asked to wake goes on waking.
            return rest
        vehicle.async_receive_product(product)
        return rest


def _request(
    vehicle: VehicleCoordinator, call: Call | None, cause: Cause
) -> wake.WakeRequest:
    """Return who wants a car awake, what for, and what is known of the car."""
    return wake.WakeRequest(
        vin=vehicle.vin,
        scheduled=cause.scheduled,
        has_due_command=call is None or call.command.wakes,
        needs_plug=call is not None and call.command.requires_plug,
        plugged=vehicle.data.get(fields.CABLE_CONNECTED),
        last_sign_of_life=_last_sign_of_life(vehicle),
        budget=vehicle.account.budget_level,
        always_allowed=call is not None and call.always_allowed,
    )


def _last_sign_of_life(vehicle: VehicleCoordinator) -> datetime | None:
    """Return when the car last was online or said something, restarts or not."""
    now, word = dt_util.utcnow(), last_word(vehicle.data)
    # A car's own clock may be wrong; what it will say is no sign of life.
    words = [word] if word is not None and word <= now else []
    return max([*words, *filter(None, [vehicle.online_at])], default=None)
