"""Charging of one car by its rules: decided anew whenever something changes.

    the car says something ┐
    rule, price, sun, zone ├─▶ look: heard ─▶ decide ─▶ advanced ─▶ views, news
    the next change is due ┘                               │
                                                           └─▶ on disk ─▶ steering

A look only thinks, and may be had at any time. Nothing is sent before Home Assistant
has started: until then prices, workdays and zones may just not be there yet.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .commander import Commander
from .errors import Problem, tried
from .learning import Learning
from .model import vehicle_fields as fields
from .model.state import State
from .rule_store import Part, Remembered, RuleStore
from .rules.advance import advanced
from .rules.charge_rule import ChargeRule
from .rules.departures import Leaving
from .rules.desired import Desired, decide
from .rules.effects import Effect, effects
from .rules.heard import heard
from .rules.memory import Memory
from .rules.native import compiled
from .rules.news import news
from .rules.outlook import planned
from .rules.reason import ChargeWhy, Reason
from .rules.retry import excused
from .rules.situation import Situation
from .rules.stored import stored, told as told_stored
from .rules.view import CarView, News, Planned, RuleView
from .rules.views import car_view, views
from .schedules import Note, Schedules
from .steering import Failure, Steering
from .surroundings import Surroundings
from .vehicle import VehicleCoordinator

_ROUNDS: Final = 4
"""What follows from a decision may change the decision, but not for ever."""
_NOTHING: Final = Desired(reason=Reason(why=ChargeWhy.IDLE))


class ChargeRunner:
    """Has one car do what its charge rules want."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        commander: Commander,
        schedules: Schedules,
        vehicle: VehicleCoordinator,
        store: RuleStore,
        surroundings: Surroundings,
        changed: Callable[[], None],
        tell: Callable[[News], None],
    ) -> None:
        """Take up what was remembered of a car; nothing is decided yet."""
        self.vehicle = vehicle
        self.views: Mapping[str, RuleView] = {}
        self.view = CarView(reason=_NOTHING.reason)
        self.failures: tuple[Failure, ...] = ()
        """What the car was told in vain, each by the rule or one-off that wants it."""
        self.leavings: Callable[[], Sequence[Leaving]] = tuple
        """The departures of the coming days that the car can prepare by itself."""
        self.outside_temp: Callable[[], float | None] = _nobody_knows
        """How warm it is where the car's departures look at the weather, in °C."""
        self._hass = hass
        self._store = store
        self._surroundings = surroundings
        self._schedules = schedules
        self._changed = changed
        self._tell = tell
        self._rules: tuple[ChargeRule, ...] = ()
        self._state = vehicle.data
        self._desired = _NOTHING
        self._remembered = Remembered(store, vehicle.vin)
        self._told_of = self.memory
        """What was remembered when it was last told what is new."""
        self._learning = Learning(hass, store, vehicle.vin)
        self._stood_in = _zones(store.of(vehicle.vin, Part.ZONES))
        self._alarm = Alarm(hass, self.async_look)
        self._due: datetime | None = None
        self._seen: tuple[object, ...] | None = None
        self._seen_data = vehicle.data
        self._may_send = False
        self._is_over = False
        self._steering = Steering(
            hass,
            entry,
            commander=commander,
            vehicle=vehicle,
            remembered=self._remembered,
            effects=self._effects,
            bring=self._async_bring,
            why=lambda: self._desired.reason.why.value,
            again=self._async_sent,
        )

    @property
    def memory(self) -> Memory:
        """Return what is remembered of the car."""
        return self._remembered.memory

    @property
    def situation(self) -> Situation:
        """Return all that is decided from, as it is now."""
        found = self._surroundings.situation(
            self.vehicle, stood_in=self._stood_in, outside_temp=self.outside_temp()
        )
        self._async_stand_in(found.zones)
        return found

    @property
    def zones(self) -> frozenset[str] | None:
        """Return the zones the car stands in, whether or not a rule asks."""
        found = self._surroundings.zones(self.vehicle, self._stood_in)
        self._async_stand_in(found)
        return found

    @property
    def target_soc(self) -> int | None:
        """Return what the car is to be charged to now; None: to nothing, for now."""
        if self._desired.charging:
            return self._desired.target
        # A rule that waits wants nothing until its time, also of a car that it stopped.
        is_ruled = self._desired.rule is not None
        return None if is_ruled else self.vehicle.data.get(fields.CHARGE_LIMIT_SOC)

    @callback
    def _async_stand_in(self, zones: frozenset[str] | None) -> None:
        """Remember where the car stands: it leaves that only clearly."""
        # While Home Assistant starts, its zones may just not be there yet.
        if self._may_send and zones is not None and zones != self._stood_in:
            self._stood_in = zones
            self._async_keep(Part.ZONES, sorted(zones))

    @callback
    def _async_keep(self, part: Part, content: object) -> None:
        """Write down what nothing depends on that is done now."""
        self._hass.async_create_task(
            tried(self._store.async_note(self.vehicle.vin, part, content)),
            "fleet_pulse rules",
        )

    # ---- start and stop

    @callback
    def async_take_rules(self, rules: Sequence[ChargeRule]) -> None:
        """Go by other rules from now on."""
        self._rules = tuple(rule for rule in rules if rule.vin == self.vehicle.vin)
        self.async_look()

    @callback
    def async_start(self) -> None:
        """Begin to send what is wanted; until now it was only thought."""
        self._may_send = True
        self._steering.async_start()
        self.async_again()

    async def async_stop(self) -> None:
        """Decide nothing any more."""
        self._is_over = True
        self._alarm.async_set(None)
        await self._steering.async_stop()
        await self._learning.async_stop()

    # ---- deciding

    @callback
    def async_again(self) -> None:
        """Decide anew, also where nothing seems to have changed."""
        self._seen = None
        self.async_look()

    @callback
    def async_look(self, _: datetime | None = None) -> None:
        """Decide anew if there is reason to, show it, and have sent what follows.

        The account's list comes every minute, and mostly brings nothing new.
        """
        if self._is_over or self._is_same() or self._is_idle:
            return
        before, shown = self._told_of, self._shown
        self._async_decide()
        self._async_show()
        told = news(before, self.memory, self.situation, self._rules)
        if self._may_send:
            self._steering.async_begin()
        self._seen, self._seen_data = self._seen_now(), self.vehicle.data
        self._told_of = self.memory
        self._async_come_back()
        if shown != self._shown or before != self.memory:
            self._changed()
        for one in told:
            self._tell(one)

    def _is_same(self) -> bool:
        """Say whether nothing has changed by which anything was decided."""
        if self._due is not None and dt_util.utcnow() >= self._due:
            return False
        if self._seen is None or self.vehicle.data.is_news_to(self._seen_data):
            return False
        return all(
            one is other
            for one, other in zip(self._seen_now(), self._seen, strict=True)
        )

    def _seen_now(self) -> tuple[object, ...]:
        """Return what else it is decided by; each is replaced where it changes."""
        vehicle = self.vehicle
        return (
            vehicle.is_online,
            vehicle.deferred,
            self.memory,
            self._rules,
            self._learning.known,
            self._surroundings.mark,
            self._surroundings.obstacle(vehicle),
        )

    @property
    def _is_idle(self) -> bool:
        """Say whether nobody wants anything of the car, and nothing is left to do."""
        is_wanted = self._rules or self.views or self.leavings()
        return not (is_wanted or self.memory != Memory() or stored(self.vehicle.data))

    @callback
    def _async_decide(self) -> None:
        """Take in what was heard, and decide until nothing more follows from it."""
        self._steering.async_left()
        situation, before, memory = self.situation, self._state, self.memory
        if situation.state is not before:
            self._state = situation.state
            memory = heard(
                memory,
                before,
                situation.state,
                now=situation.now,
                rules=self._rules,
                situation=situation,
            )
        for _ in range(_ROUNDS):
            self._desired = decide(self._rules, memory, situation, self._learning.known)
            known, memory = (
                memory,
                advanced(
                    memory,
                    self._desired,
                    situation,
                    rules=self._rules,
                    learned=self._learning.known,
                ),
            )
            if memory == known:
                break
        self._remembered.memory = memory
        self._learning.async_follow(situation, self._desired)

    def _effects(self) -> tuple[Effect, ...]:
        """Return what is to be sent by the last decision."""
        return effects(self._desired, self.memory, self.situation)

    async def _async_bring(self, note: Note) -> datetime | None:
        """Have the car keep what it can do by itself; say when to come back."""
        situation = self.situation
        wanted = compiled(
            self._rules, self.leavings(), self.memory, situation, self._learning.known
        )
        return await self._schedules.async_bring(
            self.vehicle, wanted, situation, self.memory, note
        )

    @callback
    def _async_sent(self) -> None:
        """Decide anew after something was sent, and come back for what was not."""
        self.async_look()
        if not self._is_over:
            self._async_come_back()

    @callback
    def _async_come_back(self) -> None:
        """Look again when something will be due."""
        now = dt_util.utcnow()
        moments = [self._desired.next_change]
        if self._may_send:
            moments.append(self._steering.next_at())
        self._due = min(
            (at for at in moments if at is not None and at > now), default=None
        )
        self._alarm.async_set(self._due)

    # ---- showing

    @property
    def _shown(self) -> tuple[object, ...]:
        """Return all that is shown of the car."""
        return self.views, self.view, self.failures

    @callback
    def _async_show(self) -> None:
        """Make the values that entities show."""
        known = (self._rules, self.memory, self.situation, self._learning.known)
        found = {
            rule_id: replace(view, reason=told_stored(view.reason, rule_id, known[2]))
            for rule_id, view in views(*known).items()
        }
        self.failures = tuple(self._failures())
        self.views = {**found, **self._in_trouble(found)}
        self.view = car_view(*known)

    def _in_trouble(self, found: Mapping[str, RuleView]) -> Mapping[str, RuleView]:
        """Return the views that say that the car does not obey: it is known here alone."""
        trouble = Reason(why=ChargeWhy.TROUBLE)
        owners = (found.get(one.by) for one in self.failures)
        return {
            view.id: replace(view, reason=trouble)
            for view in owners
            if view is not None
        }

    def _failures(self) -> Iterator[Failure]:
        """Yield what the car was told in vain, by what it says itself.

        What is expected of it was expected every time.
        """
        if not self.memory.sent:
            return
        said = replace(self.situation, state=State(self.situation.state.readings))
        desired = decide(self._rules, self.memory, said, self._learning.known)
        raised, past = self.memory.raised, self.memory.past
        known = [raised.why if raised else None, desired.rule]
        known += [one.rule for one in past[-1:]]
        names = {one.id: one.name for one in self.memory.one_offs}
        names |= {rule.id: rule.name for rule in self._rules}
        for one in self._steering.failures(effects(desired, self.memory, said)):
            by = one.by or next(filter(None, known), "")
            yield replace(one, by=self._rule_of(by), name=names.get(by, ""))

    def _rule_of(self, by: str) -> str:
        """Return the rule of which something is a one-off; else its own id."""
        return next((rule.id for rule in self._rules if by.startswith(rule.id)), by)

    def outlook(self, since: datetime, until: datetime) -> tuple[Planned, ...]:
        """Return what was, is and will be between two moments."""
        return planned(
            self._rules,
            self.memory,
            self.situation,
            self._learning.known,
            since=since,
            until=until,
        )

    def preview(self, rule: ChargeRule) -> RuleView:
        """Return what a rule would do beside the others; nothing comes of it."""
        rules = (*(one for one in self._rules if one.id != rule.id), rule)
        return views(rules, self.memory, self.situation, self._learning.known)[rule.id]

    # ---- what is asked of it

    async def async_change(self, memory: Memory) -> None:
        """Remember something else, and go by it; raises NotSaved, and forgets it."""
        self._schedules.async_asked(self.vehicle.vin)
        before, self._remembered.memory = self.memory, memory
        saved = await tried(self._remembered.async_save())
        if isinstance(saved, Problem):
            self._remembered.memory = before
            raise saved.error
        self.async_look()
        self._changed()
        await tried(self._remembered.async_save())

    async def async_try_anew(self, memory: Memory) -> None:
        """Go by what a person wants, and try at once what failed; raises NotSaved."""
        self._steering.async_try_anew()
        await self.async_change(replace(memory, sent=excused(memory.sent)))


def _nobody_knows() -> None:
    """Know no weather."""


def _zones(raw: object) -> frozenset[str] | None:
    """Return the zones a car stood in, as they were kept."""
    return frozenset(map(str, raw)) if isinstance(raw, list) else None
