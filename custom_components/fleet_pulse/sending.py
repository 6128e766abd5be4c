"""Brings a command to a car that is awake: noted, signed or not, one at a time.

    turn of the car's computer ─▶ too late? overtaken? ─▶ noted ─▶ sent
        answer ─▶ yes: shown as expected, and verified by one look
               ─▶ no: the car's reason
        lost   ─▶ a look shows what became of it

Once it has left, it is seen through although whoever asked for it gives up: the car
acts either way, and what is shown must be what it does.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .channels import Channels
from .errors import Problem, tried
from .fleet.account import CommandAnswer
from .fleet.errors import (
    CommandRefused,
    Expired,
    Interrupted,
    KeyNotPaired,
    Overtaken,
    ProtocolRequired,
    ProtocolUnsupported,
    SchedulesUnknown,
    StaleReading,
)
from .fleet.journal_lines import Noted
from .fleet.unsupported import is_unsupported
from .journal import Journal
from .model.command import Call, Domain, Kind
from .model.record import record
from .orders import OrderBook
from .vehicle import END, VehicleCoordinator
from .waiting import async_outlive
from .waker import Cause

EXPIRES: Final = timedelta(seconds=90)
"""Whoever stood by the car then may be gone."""


def _always() -> bool:
    """Say that a command is wanted as long as its caller waits."""
    return True


def is_signed(vehicle: VehicleCoordinator, call: Call) -> bool:
    """Return whether a call goes to a car in its signed form."""
    return vehicle.takes_signed and not call.command.rest_only


def raise_unknown(vehicle: VehicleCoordinator, call: Call) -> None:
    """Refuse to ask a car a second time for what it said it does not know."""
    if call.writes_schedule and vehicle.knows_no_schedules:
        raise SchedulesUnknown


@record
class Order:
    """One command for one car, and who wants it."""

    vehicle: VehicleCoordinator
    call: Call
    cause: Cause
    asked_at: datetime
    id: str
    """Its name in the journal."""
    has_waited: bool = False
    """It waited for the car; who asked for it is not told how it ends."""
    may_wake: bool = True
    is_wanted: Callable[[], bool] = _always
    """Asked for the last time right before it leaves."""

    @property
    def is_signed(self) -> bool:
        """Return whether it goes to this car in its signed form."""
        return is_signed(self.vehicle, self.call)

    @property
    def kind(self) -> Kind:
        """Return what happens if it arrives twice, in the form that this car takes."""
        return self.call.kind(signed=self.is_signed)

    def raise_blind(self) -> None:
        """Refuse a toggle of which nobody knows which way it goes.

        What the car does not show at all, such as a garage door, nobody can know.
        """
        if self.kind is not Kind.TOGGLE:
            return
        for field in self.call.subjects():
            said = self.vehicle.data.said(field)
            if said is None or not self.vehicle.has_said_since_awake(said.at):
                raise StaleReading

    def raise_late(self) -> None:
        """Drop what nobody wants any more.

        What opens, drives or pulses and took too long to come about is such.
        """
        is_lasting = (
            self.call.command.kind is Kind.SET and not self.call.risk.is_physical
        )
        if not is_lasting and dt_util.utcnow() - self.asked_at > EXPIRES:
            raise Expired
        if not self.is_wanted():
            raise Overtaken


class Sender:
    """Sends orders to the cars of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        channels: Channels,
        journal: Journal,
        orders: OrderBook,
    ) -> None:
        """Keep what carries commands, and what remembers them."""
        self._hass = hass
        self._entry = entry
        self._channels = channels
        self._journal = journal
        self._orders = orders
        self._under_way: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[tuple[str, Domain], asyncio.Lock] = defaultdict(
            asyncio.Lock
        )

    async def async_send(self, order: Order) -> None:
        """Bring an order to its car, or raise why not."""
        turn = self._turns[order.vehicle.vin, order.call.command.domain]
        # Who gives up while others have their turn has sent nothing.
        await turn.acquire()
        task = self._entry.async_create_background_task(
            self._hass, self._async_noted(order), "fleet_pulse command"
        )
        self._under_way.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._under_way.discard(task)
            turn.release()

        task.add_done_callback(ended)
        try:
            await async_outlive(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Interrupted from None
            raise

    async def async_stop(self) -> None:
        """Let what has left be answered."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=END)

    async def _async_noted(self, order: Order) -> None:
        """Send an order, written down before and after."""
        order.raise_late()
        order.raise_blind()
        vehicle, call = order.vehicle, order.call
        # The car may have said so while this one came about.
        raise_unknown(vehicle, call)
        self._async_note(order)
        found = await tried(self._async_accepted(order))
        is_done = not isinstance(found, Problem)
        self._orders.note_end(order.id)
        self._journal.note_command_end(order.id, done=is_done)
        if not isinstance(found, Problem):
            vehicle.async_expect(call)
            return
        if call.writes_schedule and is_unsupported(found.error):
            vehicle.async_correct_schedules()
        if found.error.may_have_acted:
            vehicle.async_see_later(dt_util.utcnow())
        raise found.error

    @callback
    def _async_note(self, order: Order) -> None:
        """Write down what is about to leave."""
        self._journal.note_command(
            Noted(
                id=order.id,
                vin=order.vehicle.vin,
                at=dt_util.utcnow(),
                command=order.call.command.key,
                reason=order.cause.reason,
            )
        )
        self._orders.note_under_way(order.id, order.call)

    async def _async_accepted(self, order: Order) -> None:
        """Have the car say yes, or raise its reason."""
        answer = await self._async_formed(order)
        if not answer.result and answer.reason not in order.call.command.benign:
            raise CommandRefused(answer.reason)

    async def _async_formed(self, order: Order) -> CommandAnswer:
        """Send in the form the car takes; the car may correct our idea of it once."""
        vehicle, call, signed = order.vehicle, order.call, order.is_signed
        send = partial(
            self._channels.async_send, vehicle.vin, call, reason=order.cause.reason
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
