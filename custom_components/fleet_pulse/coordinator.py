"""One coordinator per account asks the free list and has its cars looked at.

    timer, person, due look ─▶ list (free) ─▶ every car: is it online? ─▶ what is due
         ▲                                                                  │ is fetched
         └──── the regular pace, or the next look, whichever is first ◀─────┘

All lists run through one task, which everybody who wants one shares.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .api import time_scale
from .const import CONF_CACHED_DATA, DOMAIN
from .errors import Problem, start_reauth, tried, updating
from .fleet.budget import BudgetLevel
from .fleet.client import FleetClient
from .fleet.errors import FleetError, NotRegistered
from .fleet.listing import ListMemory, next_list
from .fleet.poll import PollKind
from .fleet.recall import dump_lists, load_lists
from .fleet.report import CLOCK_OFF, Report
from .fleet.roster import roster
from .fleet.usage import Category, Ledger
from .garage import Garage
from .heard import ONLINE
from .journal import Journal
from .preferences import budget_of, limits_of, waits_of
from .snapshots import Snapshots
from .store import LISTS, Snapshot, SnapshotStore
from .vehicle import END, VehicleCoordinator

__all__ = ["ONLINE", "AccountCoordinator", "VehicleCoordinator"]

_LOGGER = logging.getLogger(__name__)

NEVER: Final = datetime.min.replace(tzinfo=UTC)
LOOKS_AT_ONCE: Final = 4
"""An answer is some 20 kB that is read and merged in one go, and then written to a
hundred entities. Four under way keep Tesla's delay from adding up, and leave the event
loop free between any two; a household with a few cars never notices.
"""


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
        self.waits = waits_of(entry.options, time_scale())
        # Home Assistant's own interval knows nothing of looks that are due earlier.
        super().__init__(hass, _LOGGER, config_entry=entry, name=f"{DOMAIN} account")
        self.budget = budget_of(entry.options)
        self.lag = timedelta()
        self.limits = limits_of(entry.options, time_scale())
        self.quiet_until = dt_util.utcnow() + self.waits.settle
        self.client = client
        self.journal = journal
        self.scopes = scopes
        self._garage = Garage(hass, entry, self)
        self.vehicles = self._garage.vehicles
        self.report: Report | None = None
        """What the doctor found last."""
        self._store = store
        self._snapshots = Snapshots(hass)
        self._cost: tuple[tuple[date, str, Ledger], Decimal] | None = None
        self._list = ListMemory()
        self._listing: asyncio.Task[None] | None = None
        self._next: tuple[datetime, CALLBACK_TYPE] | None = None
        self._hour: datetime | None = None
        self._is_behind = False
        self._is_over = False

    @property
    def is_refused(self) -> bool:
        """Return whether Tesla refuses the account."""
        # Home Assistant keeps the last exception also after a success.
        is_failing = not self.last_update_success
        return is_failing and isinstance(self.last_exception, ConfigEntryAuthFailed)

    @property
    def is_polling(self) -> bool:
        """Return whether to ask without being asked to: the owner may switch it off."""
        return not self.config_entry.pref_disable_polling

    @property
    def budget_level(self) -> BudgetLevel:
        """Return what the budget of this month still permits."""
        return self.budget.level(self.cost)

    @property
    def list_memory(self) -> ListMemory:
        """Return what is remembered of the lists that were asked."""
        return self._list

    @property
    def cost(self) -> Decimal:
        """Return what this month has cost so far, before Tesla's discount."""
        # Every car's decision needs it, and it seldom changes.
        basis = (dt_util.utcnow().date(), self.budget.currency, self.journal.ledger)
        known = self._cost
        if known is None or known[0][:2] != basis[:2] or known[0][2] is not basis[2]:
            today, currency, ledger = basis
            self._cost = known = (basis, ledger.cost(today, currency))
        return known[1]

    @property
    def projected(self) -> Decimal:
        """Return what this month will have cost at its end."""
        now = dt_util.utcnow()
        return self.journal.ledger.projected(now, self.budget.currency)

    @callback
    def async_take_options(self, options: Mapping[str, Any]) -> None:
        """Go by other options from now on, also in what is planned already."""
        limits = limits_of(options, time_scale())
        if limits != self.limits:
            self.limits = limits
            self._async_update_vehicles()
        budget, waits = budget_of(options), waits_of(options, time_scale())
        if (budget, waits) == (self.budget, self.waits):
            return
        self.budget, self.waits = budget, waits
        self.async_update_listeners()
        if self._next is not None:
            self._async_cancel_next()
            self._async_plan_list()
        for vehicle in self.vehicles.values():
            vehicle.async_decide()

    @callback
    def _async_update_vehicles(self) -> None:
        """Tell everything that is shown of the cars to look again."""
        for vehicle in self.vehicles.values():
            vehicle.async_update_listeners()

    def billed(self, category: Category) -> int:
        """Return how many requests of a category Tesla bills for this month."""
        return self.journal.ledger.billed(dt_util.utcnow().date())[category]

    # ---- cars

    async def async_restore(self) -> None:
        """Bring the cars back as they were last known; nothing is asked.

        Where a crash left a command without an answer, a look will show what it did.
        """
        snapshot = await self._store.async_load()
        lists = snapshot.pop(LISTS, None)
        self._list = load_lists(lists, now=dt_util.utcnow())
        self._garage.async_restore(snapshot)
        for entry in self.journal.unsettled:
            vehicle_or_none = self.vehicles.get(entry.vin or "")
            if vehicle_or_none is not None and entry.category is Category.COMMAND:
                vehicle_or_none.async_see_later(entry.at)

    @callback
    def async_each_vehicle(
        self, entry: ConfigEntry, add: Callable[[VehicleCoordinator], None]
    ) -> None:
        """Call for every car there is, and for every car that comes."""
        self._garage.async_each(entry, add)

    @callback
    def async_each_leaving(
        self, entry: ConfigEntry, leave: Callable[[VehicleCoordinator], None]
    ) -> None:
        """Call for every car that is forgotten."""
        self._garage.async_each_leaving(entry, leave)

    @callback
    def async_forget(self, vin: str) -> bool:
        """Forget a car that left the account; say whether it had."""
        return self._garage.async_forget(vin)

    @callback
    def async_save_later(self) -> None:
        """Keep the cars as they are now, within a minute."""
        self._store.async_save_later(self._snapshot)

    async def async_save(self) -> None:
        """Keep the cars as they are now, at once."""
        await self._store.async_save(self._snapshot())

    @callback
    def _snapshot(self) -> Snapshot:
        """Return the cars, and the wait of the list, as they are to be kept."""
        return self._garage.snapshot() | {LISTS: dump_lists(self._list)}

    # ---- the list

    @callback
    def async_start(self) -> None:
        """Ask the first list in the background; nobody waits for it.

        Tesla's word to wait outlasts a restart.
        """
        now = dt_util.utcnow()
        due = next_list(self._list, now=now, waits=self.waits)
        if due > now:
            self.async_list_at(due)
        else:
            self._async_begin()

    async def async_look(self) -> None:
        """Ask the list because somebody wants to see; at most once in 10 seconds."""
        now = dt_util.utcnow()
        self._list = self._list.believed(now=now)
        due = next_list(self._list, now=now, waits=self.waits, wanted_at=now)
        if due <= now:
            self._async_begin()
        if self._listing is not None:
            # A caller that gives up does not end what others wait for.
            await asyncio.wait([self._listing])

    @override
    async def async_refresh(self) -> None:
        """Ask the list now, or wait for the one that is under way."""
        self._async_begin()
        if self._listing is not None:
            await asyncio.wait([self._listing])

    @callback
    def _async_begin(self) -> None:
        """Ask the list, unless it is being asked."""
        if self._listing is None and not self._is_over:
            self._async_cancel_next()
            self._listing = self.config_entry.async_create_background_task(
                self.hass, self._async_list(), "fleet_pulse list", eager_start=False
            )

    async def _async_list(self) -> None:
        """Ask the list once, and come back for the next one."""
        was_refused = self.is_refused
        try:
            await super().async_refresh()
        finally:
            self._listing = None
        if self.is_refused is not was_refused:
            self.async_update_listeners()
            self._async_update_vehicles()
        self._async_pass_time(dt_util.utcnow())
        if self.is_refused and not was_refused:
            start_reauth(self.hass, self.config_entry)
        self._async_plan_list()

    @callback
    def _async_plan_list(self) -> None:
        """Come back for the next list at the regular pace, or for looks left over."""
        now = dt_util.utcnow()
        # Only the owner can end a refusal; then the entry starts anew.
        if self._is_behind:
            self.async_list_at(now)
        elif self.is_polling and not self.is_refused:
            self.async_list_at(next_list(self._list, now=now, waits=self.waits))

    @callback
    def _async_pass_time(self, now: datetime) -> None:
        """Once an hour, show what passes with time alone: the wakes of a day, say.

        Every minute it would be thousands of entities that nothing happened to.
        """
        if self._hour != (hour := now.replace(minute=0, second=0, microsecond=0)):
            self._hour = hour
            self._async_update_vehicles()

    @callback
    def async_follow_clock(self, now: datetime) -> None:
        """Go on where the clock was set back: the next list may be days away."""
        asked_at = self._list.asked_at
        if asked_at is not None and asked_at > now and self.is_polling:
            self._async_begin()

    @callback
    def async_list_at(
        self, moment: datetime, *, wanted_at: datetime | None = None
    ) -> None:
        """Ask the list at a moment, unless it is asked before then anyway.

        What a person wants (`wanted_at`) comes as seldom as people may ask.
        """
        now = dt_util.utcnow()
        self._list = self._list.believed(now=now)
        soonest = next_list(
            self._list,
            now=now,
            waits=self.waits,
            wanted_at=wanted_at,
            is_needed=wanted_at is None,
        )
        moment = max(moment, soonest)
        is_earlier = self._next is None or moment < self._next[0]
        if is_earlier and not self._is_over:
            self._async_cancel_next()
            job = HassJob(self._async_due, cancel_on_shutdown=True)
            cancel = async_track_point_in_utc_time(self.hass, job, moment)
            self._next = (moment, cancel)

    @callback
    def _async_due(self, _: datetime) -> None:
        """Ask the list that is due."""
        self._next = None
        self._async_begin()

    @callback
    def _async_cancel_next(self) -> None:
        """Give up the next list."""
        if self._next is not None:
            self._next[1]()
            self._next = None

    @override
    async def async_shutdown(self) -> None:
        """Ask nothing any more; what is being asked may end."""
        self._is_over = True
        self._async_cancel_next()
        if self._listing is not None:
            await asyncio.wait([self._listing], timeout=END)
        for vehicle in self.vehicles.values():
            await vehicle.async_shutdown()
        await super().async_shutdown()

    @override
    async def _async_update_data(self) -> None:
        """Ask the free list, then look at the cars that are due."""
        self._is_behind = False
        found = await tried(self.client.products())
        now = dt_util.utcnow()
        if isinstance(found, Problem) and not self._is_unfinished(found.error):
            self._list = self._list.failed(found.error, now=now, waits=self.waits)
            if self._list.blocked_until is not None:
                self.async_save_later()
            with updating():
                raise found.error
        self._list = self._list.answered(now=now)
        if isinstance(found, Problem):
            return
        self._tell_time()
        wanted = self.config_entry.options.get(CONF_CACHED_DATA, True)
        await self._snapshots.async_read(found, enabled=wanted, lag=self.lag)
        self._garage.async_receive(roster(found), self._snapshots)
        await self._async_fetch_due(now)

    def _tell_time(self) -> None:
        """Believe Tesla's clock where ours lags behind it, and the cars' words then.

        A clock ahead does no harm here. Answers take a while, so small differences are
        none; and what was measured holds until it is clearly over.
        """
        lag = max(self.client.skew or timedelta(), timedelta())
        if abs(lag - self.lag) > CLOCK_OFF:
            self.lag = lag

    async def _async_fetch_due(self, listed_at: datetime) -> None:
        """Look at the cars that are due, a few at a time, while the list is fresh.

        Whoever is not reached by then follows the next list, seconds later.
        """
        due = [
            vehicle
            for vehicle in self.vehicles.values()
            if vehicle.is_listed and vehicle.async_decide().kind is PollKind.FETCH
        ]
        # Who has waited longest is last, from where it is taken.
        due.sort(key=lambda vehicle: vehicle.memory.tried_at or NEVER, reverse=True)

        async def fetch() -> None:
            while due and dt_util.utcnow() - listed_at <= self.waits.list_fresh:
                await due.pop().async_fetch()

        await asyncio.gather(*(fetch() for _ in range(LOOKS_AT_ONCE)))
        self._is_behind = bool(due)

    def _is_unfinished(self, error: FleetError) -> bool:
        """Return whether the set-up is still under way: Tesla lists no cars before."""
        return isinstance(error, NotRegistered) and not self.vehicles
