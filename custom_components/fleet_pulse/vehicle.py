"""One car: when it is looked at, and what commands do to it.

    list (free) ──▶ async_receive_product ──▶ async_decide ──▶ async_fetch (billed)
    command ──▶ async_touched ──▶ async_expect ──▶ shown at once ──▶ one look
                                                    │ 90 s without     ├▶ as expected
                                                    ▼ the car's word   ▼ not
                                                    the car's own word again

A car's state is served from memory and disk. Only the account has a car fetched, right
behind a list that says "online".
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import random
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .account import Account
from .alarm import Alarm
from .errors import Problem, tried, updating
from .fleet import sleep
from .fleet.budget import BudgetLevel
from .fleet.deferred import Deferred
from .fleet.errors import Asleep, BudgetSpent, FleetError
from .fleet.habits import Usual
from .fleet.poll import Needs, Poll, PollKind, PollReason, is_slow_sleeper
from .fleet.unconfirmed import Sent, Unconfirmed
from .heard import HeardVehicle
from .model import vehicle_fields as fields
from .model.car_schedule import Schedules, Standing
from .model.command import Call
from .model.field import Field
from .model.parse import vehicle_data_readings
from .model.state import PROVISIONAL_FOR, State
from .promises import async_tell

SECTIONS: Final = (
    "charge_state",
    "climate_state",
    "drive_state",
    "gui_settings",
    "location_data",
    "vehicle_config",
    "vehicle_state",
)
END: Final = 10
"""Seconds a look that is under way gets to end by itself, so that it is settled."""
_SCHEDULES: Final = (fields.CHARGE_SCHEDULES, fields.PRECONDITION_SCHEDULES)
_LIST_AGAIN: Final = timedelta(days=1)
"""So often a car lists its schedules, with a look that is due anyway: its owner may have
changed them."""
_LOCATION: Final = ("location_data", "vehicle_location")
_UNDECIDED: Final = Poll(kind=PollKind.NONE, at=None, reason=PollReason.UNKNOWN)


class VehicleCoordinator(HeardVehicle):
    """One car, looked at when it is time, and what commands do to it."""

    is_doubtful = False
    """The car did not know our key when it was last asked."""
    was_paired = False
    """Tesla has said since the start that the car has our key."""
    wants_schedules = False
    """Somebody must know which schedules the car keeps."""
    deferred = Deferred()
    """The commands that wait for the car to be online anyway."""

    @override
    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        account: Account,
        vin: str,
        state: State,
    ) -> None:
        """Serve a car that nobody has decided about yet."""
        super().__init__(hass, entry, account, vin, state)
        self.poll: Poll = _UNDECIDED
        self._asking = asyncio.Lock()
        self._asked_at: datetime | None = None
        self._commanded_at: datetime | None = None
        self._unconfirmed = Unconfirmed()
        self._silence = Alarm(hass, self._async_over)
        self._error: FleetError | None = None

    # ---- what commands do

    @callback
    def async_correct_signing(self, *, signs: bool) -> None:
        """Note what the car itself says about signed commands, for good."""
        self.signs = signs
        self.account.async_save_later()

    @callback
    def async_correct_schedules(self) -> None:
        """Note that the car knows no schedules, as long as its software stays."""
        self.refused_schedules_on = self._software
        self.account.async_save_later()

    @callback
    def async_touched(self, call: Call) -> None:
        """Note that a command leaves for the car: what was known may be over.

        Also when its answer gets lost, the car no longer owes what came before it.
        """
        self.touched_at = dt_util.utcnow()
        self._unconfirmed = self._unconfirmed.overtaken(call, self.car_now)

    @callback
    def async_owes(self, call: Call) -> None:
        """Have the next word of the car say whether it did what nobody saw the end of."""
        self._unconfirmed = self._unconfirmed.promised(call, dt_util.utcnow())

    @callback
    def async_expect(self, call: Call) -> None:
        """Show what a command should bring about, and have it verified by one look."""
        now = self.car_now
        self._unconfirmed = self._unconfirmed.promised(call, now)
        self.async_receive([*call.expected(now), *call.kept(self.data, now)])
        self.async_see_later(dt_util.utcnow())
        self._async_await_silence()

    @callback
    def async_see_later(self, sent_at: datetime) -> None:
        """Have the car looked at once, some time after a command."""
        self._commanded_at = sent_at
        self.async_decide()

    @callback
    def _async_await_silence(self) -> None:
        """Show the car's own word again where nothing confirms an expectation."""
        times = [reading.at for reading in self.data.provisional.values()]
        ends = (at + PROVISIONAL_FOR - self.account.lag for at in times)
        self._silence.async_set(min(ends, default=None))

    @callback
    def _async_over(self, due: datetime) -> None:
        """Drop what was expected for too long."""
        # Rounding lets a timer fire a microsecond early: it would be set again, for now.
        over = max(due + self.account.lag, self.car_now)
        self._async_show(self.data.settled(over))
        self._async_await_silence()

    @callback
    def _async_verify(self) -> None:
        """Compare a look with what commands should have done; take back the rest."""
        now, waits, known = self.car_now, self.account.waits, self._unconfirmed
        self._unconfirmed = known.without(known.due(now, waits))
        for sent in known.denied(self.data, now, waits):
            self._async_take_back(sent)
        self._async_await_silence()

    @callback
    def _async_take_back(self, sent: Sent) -> None:
        """Show what the car says, and say that it did not do what it promised."""
        self._async_show(self.data.without_expectation(sent.fields))
        async_tell(self.hass, self.config_entry, self.vin, sent.call)

    # ---- when to ask

    @callback
    def async_decide(self) -> Poll:
        """Decide on the next look, and have the account come back for it."""
        before, self.poll = self.poll, self._decided()
        if self.poll.reason is not before.reason:
            self.async_update_listeners()
        if self.poll.at is not None and self.poll.kind is not PollKind.FETCH:
            asked = self.poll.reason is PollReason.ASKED
            self.account.async_list_at(
                self.poll.at, wanted_at=self._asked_at if asked else None
            )
        return self.poll

    def _decided(self) -> Poll:
        """Ask the policy; with polling off, only what a person did counts."""
        account, budget = self.account, self.account.budget_level
        is_quiet = budget.permits_automatic and not account.is_polling
        now = dt_util.utcnow()
        self.memory = self.memory.believed(now=now)
        poll = sleep.decide(
            self.data,
            self.memory,
            now=now,
            needs=self._needs(now),
            waits=account.waits,
            budget=BudgetLevel.SPENT if is_quiet else budget,
        )
        if is_quiet and poll.reason is PollReason.BUDGET:
            return Poll(kind=PollKind.NONE, at=None, reason=PollReason.POLLING_OFF)
        return poll

    def _needs(self, now: datetime) -> Needs:
        """Return what the surroundings want; of a car that sleeps nobody wants much."""
        usual = Usual(is_known=True, is_regular=True)
        if self.is_online:
            usual = self.habits.usual(now, dt_util.get_default_time_zone())
        return Needs(
            asked_at=self._asked_at,
            command_at=self._commanded_at,
            quiet_until=self.account.quiet_until,
            has_snapshots=self.has_snapshots,
            is_slow_sleeper=is_slow_sleeper(self.vin),
            sleeps_here=self.habits.sleeps_here(self.data),
            drives=usual.drives,
            is_new=not usual.is_known,
            leaves_as_usual=usual.is_regular,
        )

    async def async_ask(self) -> None:
        """Look at the car because a person asked for it; if it sleeps, it sleeps on.

        Raises BudgetSpent where the owner's hard stop refuses even that.
        """
        if not self.account.budget_level.permits_person:
            raise BudgetSpent
        self._asked_at = dt_util.utcnow()
        await self.account.async_look()
        # A list that is seconds old is not asked again; who asks next sees this look.
        async with self._asking:
            if self.async_decide().kind is PollKind.FETCH:
                await self.async_fetch()

    async def async_look(self) -> None:
        """Ask the account's free list."""
        await self.account.async_look()

    async def async_fetch(self) -> None:
        """Look at the car now; what came of it decides on the next look."""
        before = self.data
        await self.async_refresh()
        now, error, self._error = dt_util.utcnow(), self._error, None
        if error is None:
            self._async_learn(before, self.memory.online_since)
            self.memory = self.memory.looked(before, self.data, now=now)
            self._async_verify()
        else:
            self.memory = self.memory.failed(
                error,
                now=now,
                waits=self.account.waits,
                jitter=random.random(),  # noqa: S311 - spreads load, keeps no secret
            )
            # A restart must not forget that Tesla asked to wait.
            self.account.async_save_later()
        self.async_decide()

    @override
    async def _async_update_data(self) -> State:
        """Ask the car for its data: billed."""
        found = await tried(
            self.account.client.vehicle_data(
                self.vin, self._sections(), reason=f"poll: {self.poll.reason}"
            )
        )
        if isinstance(found, Problem):
            self._error = found.error
            if not isinstance(found.error, Asleep):
                with updating():
                    raise found.error
            # It fell asleep in between, which is no failure.
            self.async_correct_asleep()
            return self.data
        self.account.async_save_later()
        said = vehicle_data_readings(
            found, now=dt_util.utcnow(), lag=self.account.lag, unread=self._unread
        )
        return self.data.merged(said).settled(self.car_now)

    def _sections(self) -> list[str]:
        """Return what to ask for: what may be told, and now and then the schedules."""
        usual = [
            section
            for section in SECTIONS
            if section != _LOCATION[0] or _LOCATION[1] in self.account.scopes
        ]
        return usual + [str(one.group) for one in _SCHEDULES if self._is_unread(one)]

    def _is_unread(self, field: Field[Schedules]) -> bool:
        """Say whether the car must list its schedules: it has changed, or may have."""
        said = self.data.said(field)
        if said is None or said.value is None:
            return self.wants_schedules
        is_sure = all(one.standing is Standing.READ for one in said.value)
        is_old = dt_util.utcnow() - said.at > _LIST_AGAIN
        return not is_sure or (is_old and self.wants_schedules)

    @override
    async def async_shutdown(self) -> None:
        """Expect nothing any more; a look that is under way may end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(END), self._asking:
                pass
        self._silence.async_set(None)
        await super().async_shutdown()
