"""Preconditioning of one car for its departures: decided anew whenever something changes.

    the car says something    ┐
    rule, calendar, weather   ├─▶ look: followed ─▶ precondition ─▶ views, news
    the next change is due    ┘                          │
                                                         └─▶ begun, ended: preparing.py

A look only thinks. Nothing is sent before Home Assistant has started: until then
calendars and weather may just not be there yet.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .climate_store import RememberedClimate
from .commander import Commander
from .departure_surroundings import AHEAD, DepartureSurroundings
from .planner.window import Span
from .preparing import Preparing
from .rule_store import RuleStore
from .rules.charge_rule import ChargeRule
from .rules.climate_memory import ClimateMemory, Once
from .rules.climate_run import followed
from .rules.climate_show import climate_plan, climate_views
from .rules.departure import Departure
from .rules.departures import Leaving, fixed, in_order
from .rules.lead import LONGEST
from .rules.memory import Memory
from .rules.once import GOING, departure_of, leavings_of
from .rules.precondition import Around, Climate, Outlook, outlook, precondition
from .rules.reason import DepartureWhy, Reason
from .rules.rereading import ask_at
from .rules.situation import Situation
from .rules.stored import lying
from .rules.tuning import to_tune
from .rules.view import News, Planned, RuleView
from .steering import Failure
from .vehicle import VehicleCoordinator

BEHIND: Final = timedelta(hours=2)
"""What runs for a departure may run on past it."""


class DepartureRunner:
    """Has one car comfortable in time for its departures."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        commander: Commander,
        vehicle: VehicleCoordinator,
        store: RuleStore,
        memory: Callable[[], Memory],
        situation: Callable[[], Situation],
        planned: Callable[[], None],
        changed: Callable[[], None],
        tell: Callable[[News], None],
    ) -> None:
        """Take up what was remembered of a car; nothing is decided yet.

        `planned` is told when the car has something else to prepare by itself.
        """
        self.vehicle = vehicle
        self.views: Mapping[str, RuleView] = {}
        self._hass = hass
        self._entry = entry
        self._memory = memory
        self._situation_of = situation
        self._planned = planned
        self._changed = changed
        self._tell = tell
        self._rules: tuple[Departure, ...] = ()
        self._charge_rules: tuple[ChargeRule, ...] = ()
        self._kept = RememberedClimate(store, vehicle.vin)
        self._decided = Climate()
        self._around = DepartureSurroundings(hass, self.async_look)
        self._preparing = Preparing(
            commander=commander, vehicle=vehicle, kept=self._kept, tell=tell
        )
        self._alarm = Alarm(hass, self.async_look)
        self._task: asyncio.Task[None] | None = None
        self._stop: DepartureWhy | None = None
        self.leavings: tuple[Leaving, ...] = ()
        self._seen: tuple[object, ...] | None = None
        self._due: datetime | None = None
        self._may_send = self._is_over = False

    # ---- start and stop

    @callback
    def async_take_rules(
        self, rules: Sequence[Departure], charge_rules: Sequence[ChargeRule]
    ) -> None:
        """Go by other rules from now on."""
        vin = self.vehicle.vin
        mine = tuple(rule for rule in rules if rule.vin == vin)
        self._charge_rules = tuple(rule for rule in charge_rules if rule.vin == vin)
        if mine != self._rules:
            self._rules = mine
            self._around.async_follow(mine)
        self.async_look()

    @callback
    def async_start(self) -> None:
        """Begin to ask and to send; until now it was only thought."""
        self._may_send, self._seen = True, None
        self.async_look()

    async def async_stop(self) -> None:
        """Decide nothing any more; what is being sent is seen through by its sender."""
        self._is_over = True
        self._around.async_stop()
        self._alarm.async_set(None)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    # ---- deciding

    @callback
    def async_look(self, _: datetime | None = None) -> None:
        """Decide anew if there is reason to, and have done what follows."""
        if self._is_over or self._is_idle or self._is_same():
            return
        self._async_think()
        if self._may_send:
            self._async_go_on()

    @callback
    def _async_think(self) -> None:
        """Decide anew, show it, and tell what is new."""
        views, past, planned = self.views, self._kept.now.past, self.leavings
        told = self._async_decide()
        self._seen = self._seen_now()
        if planned != self.leavings:
            self._planned()
        if views != self.views or past != self._kept.now.past:
            self._changed()
        for one in told:
            self._tell(one)

    def _is_same(self) -> bool:
        """Say whether nothing has changed by which anything was decided.

        Once its time has come, a departure is looked at whenever anything is heard.
        """
        if self._due is None or dt_util.utcnow() >= self._due:
            return False
        seen = self._seen_now()
        return self._seen is not None and all(
            one is other for one, other in zip(seen, self._seen, strict=True)
        )

    def _seen_now(self) -> tuple[object, ...]:
        """Return all by which it is decided; each is replaced where it changes."""
        return (
            self.vehicle.data,
            self.vehicle.is_online,
            self._memory(),
            self._kept.now,
            self._rules,
            self._charge_rules,
            self._around.mark,
        )

    @property
    def _is_idle(self) -> bool:
        """Say whether nobody leaves, and nothing is left to do."""
        nobody = not self._rules and not self._kept.now.once
        return nobody and not self.views and self._kept.now.run is None

    @callback
    def _async_decide(self) -> list[News]:
        """Follow what runs, decide about what does not, and return what to tell."""
        situation, told = self.situation, list[News]()
        leavings, around = self._leavings(situation), self._known
        if not self._preparing.is_beginning:
            found = followed(self._kept.now, leavings, situation, around.stored)
            self._kept.now, told = found.climate.pruned(situation.now), [*found.news]
            self._stop = found.stop
        once = [departure_of(one, self.vehicle.vin) for one in self._kept.now.once]
        self._decided = precondition(
            (*self._rules, *once),
            leavings,
            self._memory(),
            self._kept.now,
            situation=situation,
            around=around,
        )
        told += [
            self._preparing.async_left_out(one.leaving, reason)
            for one, reason in self._decided.skipped
        ]
        self.views = climate_views(
            self._rules, self._memory(), self._kept.now, self._decided
        )
        self.leavings = fixed(leavings, situation.now)
        return told

    @callback
    def _async_go_on(self) -> None:
        """Do what is due in the background, and come back when something will be."""
        now, ask = dt_util.utcnow(), self._ask_at
        is_due = self._is_due or (ask is not None and ask <= now)
        if self._task is None and is_due:
            self._task = self._entry.async_create_background_task(
                self._hass,
                self._async_act(),
                "fleet_pulse departures",
                eager_start=False,
            )
        moments = [self._decided.next_change, ask, self._kept.again_at]
        later = [at for at in moments if at is not None and at > now]
        self._alarm.async_set(min(later, default=None))
        is_open = self._kept.now.run is not None or self._decided.is_open(now)
        self._due = None if is_open else min(later, default=now + AHEAD)

    # ---- what is known

    @property
    def situation(self) -> Situation:
        """Return all that is decided from, as it is now."""
        return replace(self._situation_of(), missing=self._around.missing)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return what the car did not do for one departure after the other."""
        disabled = self._memory().disabled
        return self._preparing.failures(
            rule for rule in self._rules if rule.id not in disabled
        )

    @property
    def outside_temp(self) -> float | None:
        """Return how warm it is by the weather that departures name, in °C."""
        return self._around.outside_temp

    @property
    def _known(self) -> Around:
        """Return what is known of what is round the car."""
        stored = lying((rule.id for rule in self._rules), self.vehicle.data)
        return self._around.known(stored, self._charge_rules)

    def _leavings(
        self,
        situation: Situation,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Leaving, ...]:
        """Return departures; of the next days, and those just past, if not said else."""
        within = Span(
            start=since or situation.now - BEHIND, end=until or situation.now + AHEAD
        )
        memory = self._memory()
        found = self._around.leavings(memory, situation, self._charge_rules, within)
        once = leavings_of(self._kept.now, self.vehicle.vin, situation.zone)
        return in_order((*found, *once))

    @property
    def _ask_at(self) -> datetime | None:
        """Return when to ask calendars and forecasts again; None: nobody needs them."""
        if not self._around.is_needed:
            return None
        ahead = self._decided.ahead.values()
        run, now = self._kept.now.run, dt_util.utcnow()
        return ask_at(self._around.asked_at, ahead, run, now)

    def outlook(self, since: datetime, until: datetime) -> tuple[Planned, ...]:
        """Return what was, is and will be between two moments."""
        situation = self.situation
        coming = [
            outlook(one, situation, self._known)
            for one in self._leavings(situation, since, until + LONGEST)
            if one.at > situation.now
        ]
        return climate_plan(coming, self._kept.now, Span(start=since, end=until))

    # ---- doing

    @property
    def _tune(self) -> Leaving | None:
        """Return a departure of the car's own for which it is to be told how warm."""
        return to_tune(self._decided, self._kept.now, self.situation)

    @property
    def _is_due(self) -> bool:
        """Say whether something is to be sent, or written down."""
        is_wanted = self._stop is not None or self._decided.start is not None
        return is_wanted or self._kept.is_due or self._tune is not None

    async def _async_act(self) -> None:
        """Do what is due, one after the other; then decide anew."""
        try:
            ask, now = self._ask_at, dt_util.utcnow()
            if ask is not None and ask <= now:
                await self._around.async_ask()
            self._async_think()
            await self._async_do()
            await self._kept.async_try()
        finally:
            self._task = None
            self._seen = None
        self.async_look()

    async def _async_do(self) -> None:
        """Send what the last decision wants, with what was just read."""
        if self._stop is not None:
            await self._preparing.async_end(self._stop)
        elif self._decided.start is not None:
            await self._preparing.async_begin(self._decided.start)
        elif (leaving := self._tune) is not None:
            await self._preparing.async_tune(leaving)

    # ---- what is asked of it

    async def async_once(self, once: Once) -> tuple[Outlook, Reason]:
        """Be ready once as asked for; return what came of it. Raises NotSaved.

        What is to begin now has begun when this returns, or is refused and forgotten.
        """
        await self._async_change(self._kept.now.with_once(once))
        one = self._decided.ahead[once.id]
        while self._task is not None and dt_util.utcnow() >= one.start:
            await asyncio.wait([self._task])
        reason = self._decided.reasons[once.id]
        if reason.why not in GOING:
            await self.async_remove_once(once.id)
        return one, reason

    async def async_remove_once(self, id: str) -> None:
        """Leave once no more; what runs for it is stopped. Raises NotSaved."""
        if all(one.id != id for one in self._kept.now.once):
            return
        await self._async_change(self._kept.now.without_once(id))

    async def _async_change(self, climate: ClimateMemory) -> None:
        """Remember something else, and go by it; raises NotSaved."""
        await self._kept.async_change(climate)
        self.async_look()
