"""The one way to a car.

    send ─▶ refused? ─▶ slider: wait for the last value ─▶ already so?
               │                                              │ yes
               ▼ raise                                        ▼ ALREADY
            online? ──no──▶ it may wait: DEFERRED; else wake, if the guard allows
               │yes            │
               ▼◀──────────────┘
            what must come first did not yet? ─▶ send that, by these same steps
               ▼
            send (signed or REST) ──asleep after all──▶ wake, once ─▶ send
               ▼
            expected readings are shown ─▶ one look later verifies them

What opens, drives or pulses is never deferred, and dropped 90 seconds after it was
asked for.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .channels import Channels
from .coordinator import AccountCoordinator
from .errors import Problem, tried
from .fleet.client import FleetClient
from .fleet.deferred import (
    IF_AWAKE,
    NOW,
    WHEN_AWAKE,
    Urgency,
    Waiting,
    by,
    is_deferrable,
    passing,
)
from .fleet.errors import (
    Asleep,
    BudgetSpent,
    CommandRefused,
    EquipmentMissing,
    FirmwareTooOld,
    FleetError,
    InService,
    KeyLost,
    KeyNotPaired,
    NotDeferrable,
    ScopeMissing,
    SealBroken,
    VehicleFault,
)
from .fleet.under_way import UnderWay
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call, Kind
from .orders import OrderBook
from .postponed import Postponed
from .promises import async_tell_refused
from .sending import Order, Sender, is_signed, raise_unknown
from .sliders import Sliders
from .vehicle import VehicleCoordinator
from .waker import Cause, Waker

__all__ = [
    "IF_AWAKE",
    "NOW",
    "WHEN_AWAKE",
    "Cause",
    "Commander",
    "Outcome",
    "Urgency",
    "by",
]

type Listener = Callable[[VehicleCoordinator, FleetError], None]

FRESH_LOOK: Final = timedelta(seconds=15)


class Outcome(StrEnum):
    """How a command ended that was not refused."""

    ALREADY = "already"
    DEFERRED = "deferred"
    """It waits until the car is online anyway; it is on disk."""
    SENT = "sent"


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
        orders: OrderBook,
    ) -> None:
        """Keep what reaches cars."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._channels = channels
        self._waker = Waker(hass, entry, client=client, journal=journal)
        self._orders = orders
        self._sender = Sender(
            hass, entry, channels=channels, journal=journal, orders=orders
        )
        self._sliders: Sliders[Outcome] = Sliders(hass, entry)
        self._postponed = Postponed(
            hass,
            entry,
            journal=journal,
            orders=orders,
            send=self._async_send_waiting,
        )
        self._under_way = UnderWay()
        self._listeners: list[Listener] = []
        self._preparing: dict[str, asyncio.Lock] = {}

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Tell of each command that needs the owner before it can ever work."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    async def async_start(self, account: AccountCoordinator) -> None:
        """Take up what was left over when the program ended; nothing is asked."""
        await self._postponed.async_start(account)

    async def async_send(
        self,
        vehicle: VehicleCoordinator,
        call: Call,
        cause: Cause,
        urgency: Urgency = NOW,
    ) -> Outcome:
        """Bring a command to a car, now or when it may, or raise why not.

        Whatever waits for the car and is about the same is over with that: nobody
        wants the older value, or the opposite, after this.
        """
        if urgency.may_wait and not is_deferrable(call):
            raise NotDeferrable(call.command.key)
        await self._postponed.async_overtake(vehicle, call)
        order = Order(
            vehicle=vehicle,
            call=call.within(vehicle.data),
            cause=cause,
            asked_at=dt_util.utcnow(),
            id=uuid4().hex,
            may_wake=urgency.may_wake,
        )
        if urgency.may_wait:
            return await self._async_defer(order, urgency)
        carry_out = partial(self._async_carry_out, order)
        if call.command.slider:
            # Nobody waits for a slider to rest that moves nothing.
            _raise_refusal(vehicle, order.call, cause)
            key = (vehicle.vin, *call.identity)
            return await self._sliders.async_send(key, carry_out)
        return await carry_out()

    async def async_withdraw(self, vehicle: VehicleCoordinator, call: Call) -> None:
        """Drop what waits for a car and is not wanted any more; raises NotSaved."""
        await self._postponed.async_overtake(vehicle, call)

    async def async_wake(self, vehicle: VehicleCoordinator, cause: Cause) -> Outcome:
        """Wake a car because somebody says so; through the guard like any command."""
        if await self._waker.async_is_online(vehicle):
            return Outcome.ALREADY
        await self._waker.async_wake(vehicle, None, cause)
        return Outcome.SENT

    def is_already(self, vehicle: VehicleCoordinator, call: Call) -> bool:
        """Say whether a car is so for certain, so that nothing need be sent."""
        return _is_already(vehicle, call.within(vehicle.data), dt_util.utcnow())

    async def async_stop(self) -> None:
        """End what only waits, and tell those who wait."""
        self._postponed.async_stop()
        self._sliders.async_stop()
        await self._waker.async_stop()
        await self._sender.async_stop()
        await self._orders.async_finish()

    # ---- what may wait

    async def _async_defer(self, order: Order, urgency: Urgency) -> Outcome:
        """Send to a car that is online anyway; else have the command wait."""
        found = await tried(self._async_carry_out(replace(order, may_wake=False)))
        if not isinstance(found, Problem):
            return found
        why = passing(found.error)
        if why is None:
            raise found.error
        await self._postponed.async_add(
            order.vehicle, order.call, order.cause, urgency, why
        )
        return Outcome.DEFERRED

    async def _async_send_waiting(
        self, vehicle: VehicleCoordinator, one: Waiting
    ) -> Outcome:
        """Bring what has waited to its car; only a deadline may wake for it."""
        now = dt_util.utcnow()
        order = Order(
            vehicle=vehicle,
            call=one.call.within(vehicle.data),
            cause=Cause(reason=one.reason, scheduled=one.scheduled),
            asked_at=now,
            id=one.id,
            has_waited=True,
            may_wake=one.wake_at is not None and now >= one.wake_at,
            is_wanted=lambda: vehicle.deferred.holds(one),
        )
        return await self._async_carry_out(order)

    # ---- the steps of one command

    async def _async_carry_out(self, order: Order) -> Outcome:
        """Take the steps of one command; tell who must know what the owner mends."""
        try:
            return await self._async_take_steps(order)
        except (KeyLost, KeyNotPaired, SealBroken) as err:
            for listener in self._listeners:
                listener(order.vehicle, err)
            raise
        except (CommandRefused, VehicleFault) as err:
            self._async_tell_refused(order, err)
            raise

    @callback
    def _async_tell_refused(self, order: Order, error: FleetError) -> None:
        """Tell of a no to what somebody asked for now.

        A rule tries again, and what waits is told of when it is given up.
        """
        if order.has_waited or order.cause.scheduled or passing(error) is not None:
            return
        vin, command = order.vehicle.vin, order.call.command.key
        async_tell_refused(self._hass, self._entry, vin, command, error)

    async def _async_take_steps(self, order: Order) -> Outcome:
        """Refuse, find it done, wake, and send."""
        vehicle, call = order.vehicle, order.call
        _raise_refusal(vehicle, call, order.cause)
        await self._async_raise_unpaired(order)
        order.raise_blind()
        now = dt_util.utcnow()
        # What the car is now says nothing of what is on its way to it.
        is_settled = not self._under_way.may_change(vehicle.vin, call, now)
        if is_settled and _is_already(vehicle, call, now):
            return Outcome.ALREADY
        with self._under_way.bringing(vehicle.vin, call, now):
            await self._async_bring(order)
        return Outcome.SENT

    async def _async_bring(self, order: Order) -> None:
        """Have the car awake, and send."""
        await self._async_have_awake(order)
        await self._async_have_ready(order)
        try:
            await self._sender.async_send(order)
        except Asleep:
            # The list was a minute old; the car fell asleep since then.
            order.vehicle.async_correct_asleep()
            if not order.may_wake:
                raise
            await self._waker.async_wake(order.vehicle, order.call, order.cause)
            await self._sender.async_send(order)

    async def _async_raise_unpaired(self, order: Order) -> None:
        """Refuse what must be signed with a key that is not there or not paired."""
        if not order.is_signed:
            return
        if not await self._channels.async_has_key():
            raise KeyNotPaired("no key was made yet: finish the set-up first")
        vehicle = order.vehicle
        if not vehicle.is_doubtful:
            return
        # It did not know our key; asking whether it does now is free.
        found = await self._client.fleet_status([vehicle.vin])
        if found[vehicle.vin].key_paired is False:
            raise KeyNotPaired
        vehicle.is_doubtful = False

    async def _async_have_awake(self, order: Order) -> None:
        """Wake the car unless it is online."""
        vehicle = order.vehicle
        if vehicle.is_surely_online(dt_util.utcnow()):
            return
        if not order.may_wake:
            raise Asleep
        if not await self._waker.async_is_online(vehicle):
            await self._waker.async_wake(vehicle, order.call, order.cause)

    async def _async_have_ready(self, order: Order) -> None:
        """Tell the car what it must be told before; two that need the same share it."""
        vehicle, call = order.vehicle, order.call.first
        if call is None:
            return
        async with self._preparing.setdefault(vehicle.vin, asyncio.Lock()):
            if not _is_shown(vehicle, call):
                first = replace(order, call=call, id=uuid4().hex)
                await self._async_carry_out(first)


def _raise_refusal(vehicle: VehicleCoordinator, call: Call, cause: Cause) -> None:
    """Refuse what cannot work, before anything is asked of Tesla."""
    if not call.command.is_permitted(vehicle.account.scopes):
        raise ScopeMissing(call.command.scope.value)
    if vehicle.data.get(fields.IN_SERVICE):
        raise InService
    _raise_unable(vehicle, call)
    level = vehicle.account.budget_level
    permitted = level.permits_automatic or (
        level.permits_person and not cause.scheduled
    )
    if not permitted and not call.always_allowed:
        raise BudgetSpent


def _raise_unable(vehicle: VehicleCoordinator, call: Call) -> None:
    """Refuse what this car is known not to be able to do."""
    missing = call.missing(vehicle.data)
    if missing is not None:
        raise EquipmentMissing(missing.key)
    if call.is_too_new(vehicle.data):
        version = vehicle.data.get(fields.CAR_VERSION)
        raise FirmwareTooOld(f"{version}, {call.command.min_firmware}")
    raise_unknown(vehicle, call)


def _is_already(vehicle: VehicleCoordinator, call: Call, now: datetime) -> bool:
    """Return whether the car is so, and cannot have changed since it said so."""
    said_at = call.said_at(vehicle.data)
    if said_at is None or not call.already(vehicle.data):
        return False
    # A toggle would undo what the car said since it woke: no other may be sent.
    kind = call.kind(signed=is_signed(vehicle, call))
    if kind is Kind.TOGGLE or vehicle.is_still_as(said_at, now, within=FRESH_LOOK):
        return True
    return not call.command.needs_fresh_look and vehicle.is_unused_since(said_at)


def _is_shown(vehicle: VehicleCoordinator, call: Call) -> bool:
    """Return whether the car is shown so, and has not slept since then."""
    since, now = vehicle.memory.online_since, dt_util.utcnow()
    shown = [(e, vehicle.data.reading(e.field)) for e in call.expected(now)]
    return since is not None and all(
        reading is not None and reading.value == wanted.value and reading.at >= since
        for wanted, reading in shown
    )
