"""The one way to a car.

    send ─▶ slider: wait for the last value ─▶ refused? ─▶ already so?
                                                 │            │ yes
                                                 ▼ raise      ▼ ALREADY
            online? ──no──▶ wake, if the guard allows
               │yes            │
               ▼◀──────────────┘
            send (signed or REST) ──asleep after all──▶ wake, once ─▶ send
               ▼
            expected readings are shown ─▶ one look later verifies them

What opens, drives or pulses is dropped 90 seconds after it was asked for: whoever
stood by the car then may be gone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .channels import Channels
from .fleet.account import CommandAnswer
from .fleet.client import FleetClient
from .fleet.errors import (
    Asleep,
    BudgetSpent,
    CommandRefused,
    Expired,
    FleetError,
    InService,
    KeyLost,
    KeyNotPaired,
    ProtocolRequired,
    ProtocolUnsupported,
    ScopeMissing,
    SealBroken,
)
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call, Kind
from .sliders import Sliders
from .vehicle import VehicleCoordinator
from .waker import Cause, Waker

__all__ = ["Cause", "Commander", "Outcome"]

type Listener = Callable[[VehicleCoordinator, FleetError], None]

EXPIRES: Final = timedelta(seconds=90)
FRESH_LOOK: Final = timedelta(seconds=15)


class Outcome(StrEnum):
    """How a command ended that was not refused."""

    ALREADY = "already"
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
    ) -> None:
        """Keep what reaches cars."""
        self._client = client
        self._channels = channels
        self._waker = Waker(hass, entry, client=client, journal=journal)
        self._sliders: Sliders[Outcome] = Sliders(hass, entry)
        self._listeners: list[Listener] = []

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Tell of each command that needs the owner before it can ever work."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    async def async_send(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> Outcome:
        """Bring a command to a car, or raise why not."""
        call = call.within(vehicle.data)
        carry_out = partial(self._async_carry_out, vehicle, call, cause)
        try:
            if call.command.slider:
                key = (vehicle.vin, *call.identity)
                return await self._sliders.async_send(key, carry_out)
            return await carry_out()
        except (KeyLost, KeyNotPaired, SealBroken) as err:
            for listener in self._listeners:
                listener(vehicle, err)
            raise

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
        self._sliders.async_stop()
        await self._waker.async_stop()

    async def _async_carry_out(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> Outcome:
        """Take the steps of one command."""
        asked_at = dt_util.utcnow()
        _raise_refusal(vehicle, call, cause)
        await self._async_raise_unpaired(vehicle, call)
        if _is_already(vehicle, call, asked_at):
            return Outcome.ALREADY
        await self._async_have_awake(vehicle, call, cause)
        try:
            answer = await self._async_transmit(vehicle, call, cause, asked_at)
        except Asleep:
            # The list was a minute old; the car fell asleep since then.
            vehicle.async_correct_asleep()
            await self._waker.async_wake(vehicle, call, cause)
            answer = await self._async_transmit(vehicle, call, cause, asked_at)
        if not answer.result and answer.reason not in call.command.benign:
            raise CommandRefused(answer.reason)
        vehicle.async_expect(call)
        return Outcome.SENT

    async def _async_raise_unpaired(
        self, vehicle: VehicleCoordinator, call: Call
    ) -> None:
        """Refuse what must be signed with a key that is not there or not paired."""
        if not _is_signed(vehicle, call):
            return
        if not await self._channels.async_has_key():
            raise KeyNotPaired("no key was made yet: finish the set-up first")
        if not vehicle.is_doubtful:
            return
        # It did not know our key; asking whether it does now is free.
        found = await self._client.fleet_status([vehicle.vin])
        if found[vehicle.vin].key_paired is False:
            raise KeyNotPaired
        vehicle.is_doubtful = False

    async def _async_have_awake(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause
    ) -> None:
        """Wake the car unless it is online."""
        if vehicle.is_surely_online(dt_util.utcnow()):
            return
        if not await self._waker.async_is_online(vehicle):
            await self._waker.async_wake(vehicle, call, cause)

    async def _async_transmit(
        self, vehicle: VehicleCoordinator, call: Call, cause: Cause, asked_at: datetime
    ) -> CommandAnswer:
        """Send in the form the car takes; the car may correct our idea of it once."""
        _raise_expired(call, asked_at)
        signed = _is_signed(vehicle, call)
        send = partial(
            self._channels.async_send, vehicle.vin, call, reason=cause.reason
        )
        vehicle.async_touched(call)
        try:
            return await send(signed=signed)
        except ProtocolUnsupported, ProtocolRequired:
            if call.command.rest_only:
                raise
            vehicle.async_correct_signing(signs=not signed)
            return await send(signed=not signed)
        except KeyNotPaired:
            vehicle.is_doubtful = True
            raise
        except FleetError as err:
            if err.may_have_acted:
                vehicle.async_see_later(dt_util.utcnow())
            raise


def _is_signed(vehicle: VehicleCoordinator, call: Call) -> bool:
    """Return whether a call goes to this car in its signed form."""
    return vehicle.takes_signed and not call.command.rest_only


def _raise_refusal(vehicle: VehicleCoordinator, call: Call, cause: Cause) -> None:
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


def _is_already(vehicle: VehicleCoordinator, call: Call, now: datetime) -> bool:
    """Return whether the car is so, and cannot have changed since it said so."""
    said_at = call.said_at(vehicle.data)
    if said_at is None or not call.already(vehicle.data):
        return False
    if vehicle.is_still_as(said_at, now, within=FRESH_LOOK):
        return True
    return not call.command.needs_fresh_look and vehicle.is_unused_since(said_at)


def _raise_expired(call: Call, asked_at: datetime) -> None:
    """Drop what opens, drives or pulses and took too long to come about."""
    is_lasting = call.command.kind is Kind.SET and not call.risk.is_physical
    if not is_lasting and dt_util.utcnow() - asked_at > EXPIRES:
        raise Expired
