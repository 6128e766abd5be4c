"""One coordinator per account asks the free list; one per car serves its state.

    list (free) ─▶ every car: is it online? ─▶ sleep.decide ─▶ a look (billed), or why not
                                                    │ later
                                                    └─▶ another list then, before the look

A car's state is served from memory and disk. Only `_async_update_data` of a car asks
the car itself, and only the account calls it, right behind a list that says "online".
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
import logging
import random
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .api import time_scale
from .const import DOMAIN
from .errors import Problem, tried, updating
from .fleet import sleep
from .fleet.budget import Budget, BudgetLevel
from .fleet.client import FleetClient
from .fleet.errors import FleetError
from .fleet.listing import ListMemory, next_list
from .fleet.poll import Needs, Poll, PollKind, PollMemory, PollReason
from .fleet.usage import Category
from .fleet.waits import Waits
from .journal import Journal
from .model import vehicle_fields as fields
from .model.command import Call
from .model.field import Reading, Source
from .model.parse import product_readings, vehicle_data_readings, vehicles
from .model.persist import dump, load
from .model.state import State
from .store import Snapshot, SnapshotStore

_LOGGER = logging.getLogger(__name__)

ONLINE: Final = "online"
SECTIONS: Final = (
    "charge_state",
    "climate_state",
    "drive_state",
    "gui_settings",
    "location_data",
    "vehicle_config",
    "vehicle_state",
)
_LOCATION: Final = ("location_data", "vehicle_location")
DEFAULT_BUDGET: Final = Budget(amount=Decimal(10), currency="USD")
_UNDECIDED: Final = Poll(kind=PollKind.NONE, at=None, reason=PollReason.UNKNOWN)


def _waits(scale: float) -> Waits:
    """Return how long to wait for what.

    The list keeps nearer to real time: only the cars of a demo live faster, not Tesla.
    """
    waits = Waits()
    return replace(
        waits.scaled(scale),
        list_every=max(waits.list_every / scale, timedelta(seconds=5)),
        list_apart=waits.list_apart,
    )


class VehicleCoordinator(DataUpdateCoordinator[State]):
    """The state of one car, whichever source spoke."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        account: AccountCoordinator,
        vin: str,
        state: State,
    ) -> None:
        """Serve a car from what was known of it."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            # The name appears in the log, so it must not be the VIN.
            name=f"{DOMAIN} vehicle",
            always_update=False,
        )
        self.account = account
        self.vin = vin
        self.data = state
        self.memory = PollMemory()
        self.poll: Poll = _UNDECIDED
        self.is_listed = True
        self.is_falling_asleep = False
        self.online_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._commanded_at: datetime | None = None
        self._takes_signed: bool | None = None

    # ---- what is known

    @property
    def is_online(self) -> bool:
        """Return whether Tesla's last word was that the car is online."""
        said = self.data.said(fields.STATE)
        return said is not None and said.value == ONLINE and self.heard_at is not None

    @property
    def heard_at(self) -> datetime | None:
        """Return when Tesla last told us, since the start, whether it is online."""
        said = self.data.said(fields.STATE)
        if said is None or said.source is Source.RESTORED:
            return None
        return said.at

    @property
    def looked_at(self) -> datetime | None:
        """Return when the car's data was last fetched since the start."""
        return self.memory.looked_at

    @property
    def slept_since_look(self) -> bool:
        """Return whether the car fell asleep soon after its last look.

        Nobody used it in between: a car that is used does not sleep.
        """
        said = self.data.said(fields.BATTERY_LEVEL)
        if said is None or self.is_online:
            return False
        awake_until = self.online_at or said.at
        return awake_until - said.at <= self.account.waits.still_online

    @property
    def is_reachable(self) -> bool:
        """Return whether the account still shows us the car, asleep or not."""
        return self.is_listed and not self.account.is_refused

    @property
    def takes_signed(self) -> bool:
        """Return whether the car wants its commands signed."""
        if self._takes_signed is not None:
            return self._takes_signed
        return self.data.get(fields.COMMAND_SIGNING) in ("allowed", "required")

    @takes_signed.setter
    def takes_signed(self, value: bool) -> None:
        """Note what the car itself said about it."""
        self._takes_signed = value

    # ---- what is heard

    @callback
    def async_receive(self, readings: Iterable[Reading[Any]]) -> None:
        """Merge what any source said, and tell whoever shows it."""
        was_online = self.is_online
        merged = self.data.merged(readings).settled(dt_util.utcnow())
        if merged is self.data:
            return
        self.data = merged
        self.is_falling_asleep = was_online and not self.is_online
        self.async_update_listeners()
        self.is_falling_asleep = False
        self.account.async_save_later()

    @callback
    def async_receive_product(self, body: object) -> None:
        """Merge an entry of the free list, which is Tesla's word on online or asleep."""
        now = dt_util.utcnow()
        self.async_receive(product_readings(body, now=now))
        self.memory = self.memory.listed(online=self.is_online, now=now)
        if self.is_online:
            self.online_at = now

    @callback
    def async_correct_asleep(self) -> None:
        """Note that the car sleeps although the list still said online."""
        now = dt_util.utcnow()
        asleep = Reading(field=fields.STATE, value="asleep", at=now, source=Source.POLL)
        self.async_receive([asleep])
        self.memory = self.memory.listed(online=False, now=now)

    @callback
    def async_expect(self, call: Call) -> None:
        """Show what a command should bring about, and have it verified by one look."""
        now = dt_util.utcnow()
        self._commanded_at = now
        self.async_receive(call.expected(now))
        self.async_decide()

    # ---- when to ask

    @callback
    def async_decide(self) -> Poll:
        """Decide on the next look, and have the account come back for it."""
        self.poll = sleep.decide(
            self.data,
            self.memory,
            now=dt_util.utcnow(),
            needs=Needs(
                asked_at=self._asked_at,
                command_at=self._commanded_at,
                quiet_until=self.account.quiet_until,
            ),
            waits=self.account.waits,
            budget=self.account.budget_level,
        )
        if self.poll.at is not None and self.poll.kind is not PollKind.FETCH:
            self.account.async_list_at(self.poll.at)
        return self.poll

    async def async_ask(self) -> None:
        """Look at the car because a person asked for it; if it sleeps, it sleeps on."""
        self._asked_at = dt_util.utcnow()
        await self.account.async_refresh()

    async def async_look(self) -> None:
        """Ask the account's free list."""
        await self.account.async_look()

    async def async_fetch(self) -> None:
        """Look at the car now; what came of it decides on the next look."""
        before = self.data
        await self.async_refresh()
        now = dt_util.utcnow()
        if self.last_update_success:
            self.memory = self.memory.looked(before, self.data, now=now)
            return
        error = self.last_exception and self.last_exception.__cause__
        if isinstance(error, FleetError):
            self.memory = self.memory.failed(
                error,
                now=now,
                waits=self.account.waits,
                jitter=random.random(),  # noqa: S311 - spreads load, keeps no secret
            )
        if self.memory.listed_at is None:
            self.async_correct_asleep()

    @override
    async def _async_update_data(self) -> State:
        """Ask the car for its data: billed."""
        sections = [
            section
            for section in SECTIONS
            if section != _LOCATION[0] or _LOCATION[1] in self.account.scopes
        ]
        with updating():
            body = await self.account.client.vehicle_data(
                self.vin, sections, reason=f"poll: {self.poll.reason}"
            )
        now = dt_util.utcnow()
        self.account.async_save_later()
        return self.data.merged(vehicle_data_readings(body, now=now)).settled(now)


class AccountCoordinator(DataUpdateCoordinator[None]):
    """The free list of one account, and the cars it names."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        client: FleetClient,
        journal: Journal,
        store: SnapshotStore,
        scopes: frozenset[str],
    ) -> None:
        """Ask the list of an account."""
        self.waits = _waits(time_scale())
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{DOMAIN} account",
            update_interval=self.waits.list_every,
        )
        self.quiet_until = dt_util.utcnow() + self.waits.settle
        self.client = client
        self.journal = journal
        self.scopes = scopes
        self.vehicles: dict[str, VehicleCoordinator] = {}
        self._store = store
        self._new_vehicle: list[Callable[[VehicleCoordinator], None]] = []
        self._list = ListMemory()
        self._listing: asyncio.Task[None] | None = None
        self._next: tuple[datetime, CALLBACK_TYPE] | None = None

    @property
    def is_refused(self) -> bool:
        """Return whether Tesla refuses the account."""
        return isinstance(self.last_exception, ConfigEntryAuthFailed)

    @property
    def budget_level(self) -> BudgetLevel:
        """Return what the budget of this month still permits."""
        return DEFAULT_BUDGET.level(self.cost)

    @property
    def cost(self) -> Decimal:
        """Return what this month has cost so far, before Tesla's discount."""
        today = dt_util.utcnow().date()
        return self.journal.ledger.cost(today, DEFAULT_BUDGET.currency)

    @property
    def projected(self) -> Decimal:
        """Return what this month will have cost at its end."""
        now = dt_util.utcnow()
        return self.journal.ledger.projected(now, DEFAULT_BUDGET.currency)

    def billed(self, category: Category) -> int:
        """Return how many requests of a category Tesla bills for this month."""
        return self.journal.ledger.billed(dt_util.utcnow().date())[category]

    # ---- cars

    async def async_restore(self) -> None:
        """Bring the cars back as they were last known; nothing is asked."""
        for vin, kept in (await self._store.async_load()).items():
            self._async_add(vin, load(kept.get("state")))

    @callback
    def async_each_vehicle(
        self, entry: ConfigEntry, add: Callable[[VehicleCoordinator], None]
    ) -> None:
        """Call for every car there is, and for every car that comes."""
        self._new_vehicle.append(add)
        entry.async_on_unload(lambda: self._new_vehicle.remove(add))
        for vehicle in self.vehicles.values():
            add(vehicle)

    @callback
    def _async_add(self, vin: str, state: State) -> VehicleCoordinator:
        """Take a car in."""
        vehicle = VehicleCoordinator(self.hass, self.config_entry, self, vin, state)
        self.vehicles[vin] = vehicle
        for add in self._new_vehicle:
            add(vehicle)
        return vehicle

    @callback
    def async_forget(self, vin: str) -> bool:
        """Forget a car that left the account; say whether it had."""
        if vin in self.vehicles and self.vehicles[vin].is_listed:
            return False
        self.vehicles.pop(vin, None)
        self.async_save_later()
        return True

    @callback
    def async_save_later(self) -> None:
        """Keep the cars as they are now, within a minute."""
        self._store.async_save_later(self._snapshot)

    async def async_save(self) -> None:
        """Keep the cars as they are now, at once."""
        await self._store.async_save(self._snapshot())

    @callback
    def _snapshot(self) -> Snapshot:
        """Return the cars as they are to be kept."""
        return {
            vin: {"state": dump(vehicle.data)} for vin, vehicle in self.vehicles.items()
        }

    # ---- the list

    async def async_look(self) -> None:
        """Ask the list because somebody wants to see; at most once in 10 seconds."""
        now = dt_util.utcnow()
        due = next_list(self._list, now=now, waits=self.waits, wanted_at=now)
        if self._listing is None and due <= now:
            self._listing = self.hass.async_create_task(self.async_refresh())
            self._listing.add_done_callback(self._async_listed)
        if self._listing is not None:
            await asyncio.shield(self._listing)

    @callback
    def _async_listed(self, _: asyncio.Task[None]) -> None:
        """Let the next one ask again."""
        self._listing = None

    @callback
    def async_list_at(self, moment: datetime) -> None:
        """Ask the list at a moment, unless it is asked before then anyway."""
        now = dt_util.utcnow()
        soonest = next_list(self._list, now=now, waits=self.waits, is_needed=True)
        moment = max(moment, soonest)
        if self._next is not None:
            if self._next[0] <= moment:
                return
            self._next[1]()
        cancel = async_track_point_in_utc_time(self.hass, self._async_due, moment)
        self._next = (moment, cancel)

    async def _async_due(self, _: datetime) -> None:
        """Ask the list for a look that is due."""
        self._next = None
        await self.async_refresh()

    @override
    async def async_shutdown(self) -> None:
        """Ask nothing any more."""
        if self._next is not None:
            self._next[1]()
            self._next = None
        for vehicle in self.vehicles.values():
            await vehicle.async_shutdown()
        await super().async_shutdown()

    @override
    async def _async_update_data(self) -> None:
        """Ask the free list, then look at the cars that are due."""
        found = await tried(self.client.products())
        now = dt_util.utcnow()
        if isinstance(found, Problem):
            self._list = self._list.failed(found.error, now=now, waits=self.waits)
            self.update_interval = self._pause(now)
            with updating():
                raise found.error
        self._list = self._list.answered(now=now)
        self.update_interval = self._pause(now)
        self._async_receive(found)
        due = [
            vehicle
            for vehicle in self.vehicles.values()
            if vehicle.is_listed and vehicle.async_decide().kind is PollKind.FETCH
        ]
        await asyncio.gather(*(vehicle.async_fetch() for vehicle in due))
        for vehicle in due:
            vehicle.async_decide()

    def _pause(self, now: datetime) -> timedelta:
        """Return how long to leave the list alone."""
        return next_list(self._list, now=now, waits=self.waits) - now

    @callback
    def _async_receive(self, products: list[dict[str, Any]]) -> None:
        """Tell each car what the list says of it."""
        seen = set()
        for body in products:
            for product in vehicles([body]):
                seen.add(product.vin)
                vehicle = self.vehicles.get(product.vin)
                if vehicle is None:
                    # Its name must be known before its entities get theirs.
                    said = product_readings(body, now=dt_util.utcnow())
                    vehicle = self._async_add(product.vin, State().merged(said))
                vehicle.is_listed = True
                vehicle.async_receive_product(body)
        for vin, vehicle in self.vehicles.items():
            if vin not in seen and vehicle.is_listed:
                vehicle.is_listed = False
                vehicle.async_update_listeners()
