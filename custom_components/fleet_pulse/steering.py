"""Brings a car to what its rules want: each command noted, sent, and seen through.

    schedules ─▶ what the car shall do by itself is brought to it, or taken out
    wanted ─▶ withdrawn: what waits and is not wanted any more
           ─▶ waits already? sent a moment ago? ─▶ later
           ─▶ noted on disk ─▶ sent ─▶ verified by the car's next look
                                └ not so ─▶ again after 1, 5, 15 minutes ─▶ in vain

One task per car sends one command after the other; whoever decides anew in between is
heard before the next one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .commander import Cause, Commander, Outcome
from .errors import Problem, tried
from .fleet.deferred import Waiting
from .fleet.errors import (
    Asleep,
    BudgetSpent,
    EquipmentMissing,
    FleetError,
    InService,
    KeyNotPaired,
    NotSaved,
    ScopeMissing,
    Unreachable,
    WakeFailed,
    WakeRefused,
)
from .model import commands, vehicle_fields as fields
from .model.command import Call
from .model.record import record
from .promises import async_tell_dropped
from .rule_store import Remembered
from .rules.effects import Effect
from .rules.memory import Sent
from .rules.retry import UNSEEN_FOR, is_given_up, is_in_vain, noted, retry_at
from .schedules import Note
from .vehicle import VehicleCoordinator

RULE: Final = "rule "
"""How the cause of every command begins that a rule sends."""
STEERED: Final = {
    commands.CHARGE_START.key: None,
    commands.CHARGE_STOP.key: None,
    commands.SET_CHARGE_LIMIT.key: "percent",
    commands.SET_CHARGING_AMPS.key: "charging_amps",
}
"""What rules send themselves, and which of its parameters says what to."""
SEEN_BY: Final = {
    commands.CHARGE_START.key: fields.CHARGING_STATE,
    commands.CHARGE_STOP.key: fields.CHARGING_STATE,
    commands.SET_CHARGE_LIMIT.key: fields.CHARGE_LIMIT_SOC,
    commands.SET_CHARGING_AMPS.key: fields.CHARGE_CURRENT_REQUEST,
}
"""Where a car says whether it did so."""
NEVER_LEFT: Final = (
    Asleep,
    BudgetSpent,
    EquipmentMissing,
    InService,
    KeyNotPaired,
    NotSaved,
    ScopeMissing,
    Unreachable,
    WakeFailed,
    WakeRefused,
)
"""With these the car was told nothing."""
_PAUSE: Final = timedelta(minutes=5)
"""After a failure of which nothing says when to try again."""
_SAME_DEADLINE: Final = timedelta(minutes=5)
_SLOW: Final = timedelta(minutes=1)
"""So much later than it was noted a command leaves only if the car had to wake."""


@record
class Failure:
    """A command that was tried in vain as often as it makes sense."""

    by: str
    """Id of the rule or one-off that wants it; empty: what was before comes back."""
    name: str = ""
    command: str
    error: FleetError | None
    """Why the last try failed, as far as this Home Assistant has seen it."""


class Steering:
    """Sends to one car what its rules want."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        commander: Commander,
        vehicle: VehicleCoordinator,
        remembered: Remembered,
        effects: Callable[[], Sequence[Effect]],
        bring: Callable[[Note], Awaitable[datetime | None]],
        why: Callable[[], str],
        again: Callable[[], None],
    ) -> None:
        """Send `effects`, asked anew each time, and why; `again` is told after each.

        `bring` has the car keep its schedules, and says when to do that again.
        """
        self._hass = hass
        self._entry = entry
        self._commander = commander
        self._vehicle = vehicle
        self._remembered = remembered
        self._effects = effects
        self._bring = bring
        self._why = why
        self._again = again
        self._is_asked = False
        self._bring_at: datetime | None = None
        self._resting_until: datetime | None = None
        self._not_before: dict[tuple[str, int | None], datetime] = {}
        self._errors: dict[tuple[str, int | None], FleetError] = {}
        self._sending: Sent | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    @callback
    def async_start(self) -> None:
        """Have seen what was sent right before a restart, which forgot to look."""
        now, data = dt_util.utcnow(), self._vehicle.data
        for one in self._remembered.memory.sent:
            said = data.said(SEEN_BY[one.command])
            is_unseen = said is None or said.at <= one.at
            if not one.waits and is_unseen and now - one.at < UNSEEN_FOR:
                self._vehicle.async_see_later(one.at)

    @callback
    def async_begin(self) -> None:
        """Send what is due in the background, or once more after what is being sent."""
        self._is_asked = True
        if self._task is None and not self._is_over:
            self._task = self._entry.async_create_background_task(
                self._hass, self._async_steer(), "fleet_pulse rules", eager_start=False
            )

    async def async_stop(self) -> None:
        """Begin nothing any more; what is being sent is seen through by its sender."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def failures(self, wanted: Iterable[Effect]) -> tuple[Failure, ...]:
        """Return which of the things that are wanted were tried in vain."""
        now, memory = dt_util.utcnow(), self._remembered.memory
        # Of what is being sent nobody knows what will come of it.
        sent = [one for one in memory.sent if one != self._sending]
        return tuple(
            Failure(
                by=effect.why,
                command=effect.call.command.key,
                error=self._errors.get(_matter(effect.call)),
            )
            for effect in wanted
            if is_in_vain(sent, *_matter(effect.call), now)
        )

    @callback
    def async_try_anew(self) -> None:
        """Let no failure of before keep anything from being sent at once."""
        self._not_before.clear()
        self._resting_until = None

    def next_at(self) -> datetime | None:
        """Return when something that is wanted can be sent next; None: nothing can."""
        now = dt_util.utcnow()
        moments = [self._due_at(effect) for effect in self._wanted()]
        moments += [self._bring_at, self._resting_until]
        return min((at for at in moments if at is not None and at > now), default=None)

    # ---- what is due

    def _wanted(self) -> list[Effect]:
        """Return what is wanted and neither waits nor is on its way already."""
        return [effect for effect in self._effects() if not self._waits(effect)]

    def _waits(self, effect: Effect) -> bool:
        """Say whether the very same waits for the car already, to be sent by then."""
        if not effect.urgency.may_wait:
            return False
        deadline = effect.urgency.deadline
        return any(
            one.call == effect.call and _is_same(one.wake_at, deadline)
            for one in self._vehicle.deferred.waiting
        )

    def _due_at(self, effect: Effect) -> datetime | None:
        """Return when something may be sent; None is at once."""
        known = retry_at(self._remembered.memory.sent, *_matter(effect.call))
        moments = [
            known,
            self._not_before.get(_matter(effect.call)),
            self._resting_until,
        ]
        return max(filter(None, moments), default=None)

    def _next(self) -> Effect | None:
        """Return what is to be sent now."""
        now = dt_util.utcnow()
        for effect in self._wanted():
            due = self._due_at(effect)
            if due is None or due <= now:
                return effect
        return None

    def _unwanted(self) -> Waiting | None:
        """Return what waits by a rule's will and is wanted by none any more.

        What is expected of the car was sent a moment ago, and leaves its queue by
        itself: were it forgotten, the car's next words would be taken for somebody
        else's doing.
        """
        expected = self._vehicle.data.provisional
        wanted = [effect.call for effect in self._effects()]
        return next(
            (
                one
                for one in self._vehicle.deferred.waiting
                if one.reason.startswith(RULE)
                and one.call.command.key in STEERED
                and one.call not in wanted
                and not any(field.key in expected for field in one.call.subjects())
            ),
            None,
        )

    # ---- what is done

    async def _async_steer(self) -> None:
        """Send until nothing is due, or until nothing can be written down."""
        try:
            while self._is_asked:
                self._is_asked = False
                if isinstance(await tried(self._async_all()), Problem):
                    self._resting_until = dt_util.utcnow() + _PAUSE
                    break
        finally:
            self._task = None
            self._again()

    async def _async_all(self) -> None:
        """Do one thing after the other until nothing is left; raises NotSaved."""
        await self._remembered.async_save()
        self._bring_at = await self._bring(self._async_note_call)
        while await self._async_one():
            self._again()

    async def _async_one(self) -> bool:
        """Do the next thing; say whether there was one. Raises NotSaved."""
        if (waiting := self._unwanted()) is not None:
            await self._async_withdraw(waiting.call)
            return True
        if (effect := self._next()) is None:
            return False
        await self._async_send(effect)
        return True

    async def _async_withdraw(self, call: Call) -> None:
        """Have something wait no more, and forget that it did; raises NotSaved."""
        command, value = _matter(call)
        memory = self._remembered.memory
        self._remembered.memory = replace(
            memory,
            sent=tuple(
                one
                for one in memory.sent
                if not (one.waits and (one.command, one.value) == (command, value))
            ),
        )
        await self._commander.async_withdraw(self._vehicle, call)

    async def _async_send(self, effect: Effect) -> None:
        """Note a command, and send it; raises NotSaved before it leaves."""
        command, value = _matter(effect.call)
        sent = Sent(command=command, value=value, at=dt_util.utcnow())
        self._sending = sent
        try:
            await self._async_note(sent)
            cause = Cause(reason=f"{RULE}{self._why()}", scheduled=True)
            found = await tried(
                self._commander.async_send(
                    self._vehicle, effect.call, cause, effect.urgency
                )
            )
        finally:
            self._sending = None
        self._errors.pop(_matter(effect.call), None)
        sent = await self._async_dated(sent)
        if isinstance(found, Problem):
            await self._async_failed(effect, sent, found.error)
        elif found is Outcome.DEFERRED:
            await self._async_note(replace(sent, waits=True), instead_of=sent)

    async def _async_dated(self, sent: Sent) -> Sent:
        """Count from when a command left, not from when the car began to wake for it.

        Until then nobody knows what came of it, and nobody may repeat it.
        """
        left_at = self._vehicle.touched_at
        if left_at is None or left_at - sent.at < _SLOW:
            return sent
        if sent not in self._remembered.memory.sent:
            # The cable was out meanwhile: it counts no more, whenever it left.
            return sent
        dated = replace(sent, at=left_at)
        # It has left: a full disk keeps nobody from seeing it through.
        await tried(self._async_note(dated, instead_of=sent))
        return dated

    async def _async_failed(
        self, effect: Effect, sent: Sent, error: FleetError
    ) -> None:
        """Come back for what failed, and forget what never left."""
        now = dt_util.utcnow()
        retry = error.retry_at if isinstance(error, WakeRefused) else None
        self._not_before[_matter(effect.call)] = retry or now + _PAUSE
        self._errors[_matter(effect.call)] = error
        if isinstance(error, NEVER_LEFT):
            await self._async_note(None, instead_of=sent)
        elif is_given_up(self._remembered.memory.sent, sent.command, sent.value, now):
            command = effect.call.command.key
            async_tell_dropped(
                self._hass, self._entry, self._vehicle.vin, command, error
            )

    async def _async_note_call(self, call: Call) -> None:
        """Write down what the schedules of a car make us send; raises NotSaved."""
        if call.command.key in STEERED:
            command, value = _matter(call)
            await self._async_note(
                Sent(command=command, value=value, at=dt_util.utcnow())
            )

    async def _async_note(
        self, new: Sent | None, instead_of: Sent | None = None
    ) -> None:
        """Write down what is sent, with what is known by now of all the rest."""
        memory = self._remembered.memory
        sent = tuple(
            one for one in memory.sent if one != instead_of and not _is_over(one, new)
        )
        if new is not None:
            sent = noted(sent, new)
        self._remembered.memory = replace(memory, sent=sent)
        await self._remembered.async_save()

    @callback
    def async_left(self) -> None:
        """Date what has waited for the car, and does not wait any more."""
        memory, now = self._remembered.memory, dt_util.utcnow()
        waiting = [_matter(one.call) for one in self._vehicle.deferred.waiting]
        if any(_is_gone(one, waiting) for one in memory.sent):
            sent = tuple(
                replace(one, waits=False, at=now) if _is_gone(one, waiting) else one
                for one in memory.sent
            )
            self._remembered.memory = replace(memory, sent=sent)


def _matter(call: Call) -> tuple[str, int | None]:
    """Return what is remembered of a command."""
    param = STEERED.get(call.command.key)
    value = call.params.get(param) if param is not None else None
    return call.command.key, value if isinstance(value, int) else None


def _is_over(one: Sent, new: Sent | None) -> bool:
    """Say whether something waited for the car until something newer came."""
    return new is not None and one.waits and one.command == new.command


def _is_gone(one: Sent, waiting: Collection[tuple[str, int | None]]) -> bool:
    """Say whether something is noted to wait that does not."""
    return one.waits and (one.command, one.value) not in waiting


def _is_same(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two deadlines are not worth telling from each other."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME_DEADLINE
