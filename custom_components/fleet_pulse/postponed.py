"""Commands that wait until their car is online anyway: kept, sent, told of.

    async_add ─▶ on disk ─▶ "deferred" ─▶ car online, deadline, retry ─▶ one sweep per car
                                             sent ─▶ gone
                                             passes ─▶ waits on
                                             refused, or its time over ─▶ gone, told

What waits is sent under the name that it has on disk, so that the journal says after
a crash whether it was: it is not sent again then.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .coordinator import AccountCoordinator
from .errors import Problem, tried
from .fleet.deferred import Deferred, Urgency, Waiting, Why, passing
from .fleet.errors import EndUnknown, FleetError, NotSaved, Overtaken, WaitedInVain
from .journal import Journal
from .model.command import Call, Kind
from .orders import OrderBook
from .promises import async_tell_dropped
from .vehicle import VehicleCoordinator
from .waker import Cause

type Send = Callable[[VehicleCoordinator, Waiting], Awaitable[object]]


class Postponed:
    """What waits for the cars of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        journal: Journal,
        orders: OrderBook,
        send: Send,
    ) -> None:
        """Keep where it is written down, and what brings it to a car."""
        self._hass = hass
        self._entry = entry
        self._journal = journal
        self._orders = orders
        self._send = send
        self._sweeping: set[str] = set()
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._is_over = False

    # ---- start and stop

    async def async_start(self, account: AccountCoordinator) -> None:
        """Take up what waited at a start; what is to be said is said once all can hear.

        What cannot be written now is found out again at the next start.
        """
        waiting, sent = await self._orders.async_load()
        gone = self._journal.done | {noted.id for noted in self._journal.under_way}
        for vin, deferred in waiting.items():
            left = deferred.unsent(gone)
            if vin not in account.vehicles:
                # It left the account before the end could be written.
                left = Deferred()
            else:
                account.vehicles[vin].deferred = left
            await tried(self._orders.async_note_waiting(vin, left))

        @callback
        def begin(_: HomeAssistant) -> None:
            self._async_settle(account, sent)
            account.async_each_vehicle(self._entry, self._async_follow)

        account.async_each_leaving(self._entry, self._async_leave)
        self._entry.async_on_unload(async_at_started(self._hass, begin))

    @callback
    def async_stop(self) -> None:
        """Send nothing any more; what waits is on disk."""
        self._is_over = True
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    @callback
    def _async_settle(
        self, account: AccountCoordinator, sent: Mapping[str, Call]
    ) -> None:
        """Have a look decide on what died on its way; tell of what none can show."""
        for noted in self._journal.under_way:
            vehicle, call = account.vehicles.get(noted.vin), sent.get(noted.id)
            if vehicle is None:
                continue
            is_set = call is not None and call.command.kind is Kind.SET
            if call is not None and is_set and call.said_at(vehicle.data) is not None:
                vehicle.async_owes(call)
            else:
                self._async_tell(vehicle, noted.command, EndUnknown())

    # ---- what comes and goes

    async def async_add(
        self,
        vehicle: VehicleCoordinator,
        call: Call,
        cause: Cause,
        urgency: Urgency,
        why: Why,
    ) -> None:
        """Have a command wait; it is on disk when this returns. Raises NotSaved."""
        note_id = uuid4().hex
        vehicle.deferred = vehicle.deferred.add(
            call,
            urgency,
            dt_util.utcnow(),
            id=note_id,
            reason=cause.reason,
            scheduled=cause.scheduled,
            why=why,
        )
        try:
            await self._orders.async_note_waiting(vehicle.vin, vehicle.deferred)
        except NotSaved:
            # Whoever asked is told that it does not wait, so it must not.
            vehicle.deferred = vehicle.deferred.unsent({note_id})
            raise
        finally:
            self._async_changed(vehicle)

    async def async_overtake(self, vehicle: VehicleCoordinator, call: Call) -> None:
        """Drop what a newer command replaces or undoes, also on disk."""
        await self._async_replace(vehicle, vehicle.deferred.overtaken(call))

    async def _async_replace(
        self, vehicle: VehicleCoordinator, deferred: Deferred
    ) -> None:
        """Have something else wait than before; raises NotSaved."""
        if deferred is vehicle.deferred:
            return
        vehicle.deferred = deferred
        self._async_changed(vehicle)
        await self._orders.async_note_waiting(vehicle.vin, deferred)

    @callback
    def _async_follow(self, vehicle: VehicleCoordinator) -> None:
        """Look after what waits for a car as long as the entry is loaded."""
        look = partial(self._async_look, vehicle)
        self._entry.async_on_unload(vehicle.async_add_listener(look))
        look()

    @callback
    def _async_leave(self, vehicle: VehicleCoordinator) -> None:
        """Drop what waits for a car that has left the account: it has other owners."""
        self._async_cancel(vehicle.vin)
        if vehicle.deferred.waiting:
            vehicle.deferred = Deferred()
            self._entry.async_create_background_task(
                self._hass,
                tried(self._orders.async_note_waiting(vehicle.vin, Deferred())),
                "fleet_pulse forgotten commands",
            )

    # ---- when to look

    @callback
    def _async_changed(self, vehicle: VehicleCoordinator) -> None:
        """Show what waits; looking for what is due follows from that."""
        vehicle.async_update_listeners()

    @callback
    def _async_look(
        self, vehicle: VehicleCoordinator, _: datetime | None = None
    ) -> None:
        """Begin a sweep where something is due or over; else come back in time."""
        if self._is_over or vehicle.vin in self._sweeping:
            return
        self._async_cancel(vehicle.vin)
        if self._next(vehicle) is not None:
            self._sweeping.add(vehicle.vin)
            self._entry.async_create_background_task(
                self._hass,
                self._async_sweep(vehicle),
                "fleet_pulse deferred",
                eager_start=False,
            )
            return
        now, quiet_until = dt_util.utcnow(), vehicle.account.quiet_until
        if (moment := vehicle.deferred.next_at(now)) is not None:
            if now < quiet_until:
                moment = min(moment, quiet_until)
            job = HassJob(partial(self._async_look, vehicle), cancel_on_shutdown=True)
            self._timers[vehicle.vin] = async_track_point_in_utc_time(
                self._hass, job, moment
            )

    @callback
    def _async_cancel(self, vin: str) -> None:
        """Come back for a car no more."""
        if (cancel := self._timers.pop(vin, None)) is not None:
            cancel()

    def _next(self, vehicle: VehicleCoordinator) -> Waiting | None:
        """Return what to deal with first: what is over, then what is due, in order."""
        deferred, now = vehicle.deferred, dt_util.utcnow()
        if not deferred.waiting:
            return None
        online = vehicle.is_surely_online(now)
        # A start is no reason to wake: a car that is online anyway shows soon.
        is_early = not online and now < vehicle.account.quiet_until
        due = () if is_early else deferred.due(now, online=online)
        return next(iter((*deferred.over(now), *due)), None)

    # ---- sending

    async def _async_sweep(self, vehicle: VehicleCoordinator) -> None:
        """Deal with all that is due for a car, one after the other."""
        try:
            while not self._is_over and (one := self._next(vehicle)) is not None:
                await self._async_deal(vehicle, one)
        finally:
            self._sweeping.discard(vehicle.vin)
        self._async_look(vehicle)

    async def _async_deal(self, vehicle: VehicleCoordinator, one: Waiting) -> None:
        """Send one command, or give it up."""
        if one.is_over(dt_util.utcnow()):
            await self._async_end(vehicle, one, WaitedInVain())
            return
        found = await tried(self._send(vehicle, one))
        if not isinstance(found, Problem):
            await self._async_end(vehicle, one, None)
            return
        why = passing(found.error)
        if why is None:
            await self._async_end(vehicle, one, found.error)
            return
        later = one.later(found.error, why, dt_util.utcnow())
        await tried(self._async_replace(vehicle, vehicle.deferred.after(one, later)))

    async def _async_end(
        self, vehicle: VehicleCoordinator, one: Waiting, error: FleetError | None
    ) -> None:
        """Take a command out; tell of it where it came to nothing.

        Where that cannot be written, the journal's line of the command says it.
        """
        was_waiting = vehicle.deferred.holds(one)
        await tried(self._async_replace(vehicle, vehicle.deferred.without(one)))
        if error is not None and was_waiting and not isinstance(error, Overtaken):
            self._async_tell(vehicle, one.call.command.key, error)

    @callback
    def _async_tell(
        self, vehicle: VehicleCoordinator, command: str, error: FleetError
    ) -> None:
        """Tell of a command that came to nothing."""
        async_tell_dropped(self._hass, self._entry, vehicle.vin, command, error)
