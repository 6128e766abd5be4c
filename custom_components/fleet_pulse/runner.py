"""The rules of one account: what entities, calendars, triggers and actions use of them.

subentries ─▶ rules ─▶ one runner per car ─▶ views, news ─▶ listeners, the bus
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .charge_runner import ChargeRunner
from .commander import Commander
from .coordinator import AccountCoordinator
from .departing import Departing
from .errors import tried
from .planner.window import Span
from .rule_news import async_tell_rule
from .rule_store import RuleStore
from .rule_subentries import rule_ids, rules_of
from .rules import requests
from .rules.charge_rule import ChargeRule
from .rules.climate_memory import Once
from .rules.memory import OneOff
from .rules.precondition import Outlook
from .rules.reason import Reason
from .rules.view import CarView, Matter, News, Planned, RuleView
from .schedules import Schedules
from .steering import Failure
from .surroundings import Surroundings
from .vehicle import VehicleCoordinator

type Listener = Callable[[], None]

ASK_AT: Final = {"hour": [0, 6, 14, 18], "minute": 5, "second": 0}
"""When to ask for workdays and prices: of the new day, and of the next one's prices."""


class Runner:
    """Has the cars of one account do what its rules want."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        account: AccountCoordinator,
        commander: Commander,
        store: RuleStore,
    ) -> None:
        """Decide nothing yet."""
        self._hass = hass
        self._entry = entry
        self._account = account
        self._commander = commander
        self._schedules = Schedules(commander)
        self._store = store
        self._surroundings = Surroundings(hass, self._async_look)
        self._departing = Departing(
            hass,
            entry,
            commander=commander,
            store=store,
            changed=self._async_show,
            tell=self._async_tell,
        )
        self._rules: Mapping[str, ChargeRule] = {}
        self._cars: dict[str, ChargeRunner] = {}
        self._listeners: list[Listener] = []
        self._known = rule_ids(entry)
        self._has_begun = False

    # ---- start and stop

    @callback
    def async_start(self) -> None:
        """Begin to decide; what is to be sent is sent once Home Assistant has started."""
        self._async_read()
        self._account.async_each_vehicle(self._entry, self._async_add)
        self._account.async_each_leaving(self._entry, self._async_leave)
        self._entry.async_on_unload(async_at_started(self._hass, self._async_begin))
        for end in (
            self._account.async_add_listener(self._async_look),
            # The owner moves house, or to another time zone.
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_moved),
        ):
            self._entry.async_on_unload(end)

    async def async_stop(self) -> None:
        """Decide nothing any more; what is under way is seen through."""
        self._surroundings.async_stop()
        for car in self._cars.values():
            await car.async_stop()
        await self._departing.async_stop()

    @callback
    def _async_begin(self, _: HomeAssistant) -> None:
        """Begin to send, now that everything that rules look at is there."""
        self._has_begun = True
        self._entry.async_on_unload(
            async_track_time_change(self._hass, self._async_ask, **ASK_AT)
        )
        self._async_ask(dt_util.utcnow())
        for car in self._cars.values():
            car.async_start()
        self._departing.async_begin()

    @callback
    def _async_ask(self, _: datetime) -> None:
        """Ask for what no entity shows, in the background."""
        self._entry.async_create_background_task(
            self._hass, self._surroundings.async_ask(), "fleet_pulse surroundings"
        )

    @callback
    def _async_add(self, vehicle: VehicleCoordinator) -> None:
        """Look after a car as long as the entry is loaded."""
        car = ChargeRunner(
            self._hass,
            self._entry,
            commander=self._commander,
            schedules=self._schedules,
            vehicle=vehicle,
            store=self._store,
            surroundings=self._surroundings,
            changed=self._async_changed,
            tell=self._async_tell,
        )
        self._cars[vehicle.vin] = car
        if self._hass.is_running:
            # The entry was loaded anew, as when somebody deletes a rule.
            self._schedules.async_asked(vehicle.vin)
        self._entry.async_on_unload(vehicle.async_add_listener(car.async_look))
        car.async_take_rules(tuple(self._rules.values()))
        if self._has_begun:
            car.async_start()
        self._departing.async_add(car)

    @callback
    def _async_leave(self, vehicle: VehicleCoordinator) -> None:
        """Forget a car that has left the account."""
        car = self._cars.pop(vehicle.vin, None)
        if car is not None:
            self._entry.async_create_background_task(
                self._hass, self._async_forget(car), "fleet_pulse forgotten rules"
            )

    async def _async_forget(self, car: ChargeRunner) -> None:
        """End what is done for a car, and forget it on disk."""
        await car.async_stop()
        await self._departing.async_leave(car.vehicle.vin)
        await tried(self._store.async_forget(car.vehicle.vin))
        self._async_changed()

    # ---- rules

    @callback
    def async_take_rules(self) -> bool:
        """Go by the rules as they are now; say whether that is enough.

        Devices and entities of rules come and go with the entry alone.
        """
        if rule_ids(self._entry) != self._known:
            return False
        before = self._rules
        for vin in self._cars:
            self._schedules.async_asked(vin)
        self._async_read()
        if self._rules != before:
            for car in self._cars.values():
                car.async_take_rules(tuple(self._rules.values()))
            self._async_ask(dt_util.utcnow())
        self._async_changed()
        return True

    @callback
    def _async_read(self) -> None:
        """Read the rules from the subentries; one that cannot be read does nothing."""
        self._rules = rules_of(self._entry, Matter.CHARGING, ChargeRule.load)
        self._surroundings.async_follow(self._rules.values())
        self._departing.async_take_rules(self._rules.values())

    # ---- what is told

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Tell whenever a view may have changed."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def _async_look(self) -> None:
        """Have every car decided about anew."""
        for car in self._cars.values():
            car.async_look()

    @callback
    def _async_moved(self, _: Event) -> None:
        """Have every car decided about anew, as wall clocks mean other moments."""
        for car in self._cars.values():
            car.async_again()

    @callback
    def _async_changed(self) -> None:
        """Have departures follow what changed, and tell who shows rules."""
        self._departing.async_look()
        self._async_show()

    @callback
    def _async_show(self) -> None:
        """Tell who shows rules."""
        for listener in tuple(self._listeners):
            listener()

    @callback
    def _async_tell(self, news: News) -> None:
        """Tell on the bus of what happens once."""
        rule = self._entry.subentries.get(news.rule or "")
        async_tell_rule(self._hass, self._entry, news, rule.title if rule else "")

    # ---- what is seen

    @property
    def views(self) -> Mapping[str, RuleView]:
        """Return every rule as it is now, by the id of its subentry."""
        charging = {
            rule_id: view
            for car in self._cars.values()
            for rule_id, view in car.views.items()
        }
        return {**charging, **self._departing.views}

    @property
    def car_views(self) -> Mapping[str, CarView]:
        """Return what the rules of each car come to, by VIN."""
        return {vin: car.view for vin, car in self._cars.items()}

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return what cars were told in vain, by the rules that want it."""
        return tuple(one for car in self._cars.values() for one in car.failures)

    @property
    def departure_failures(self) -> tuple[Failure, ...]:
        """Return what cars did not do for one departure after the other."""
        return self._departing.failures

    @property
    def rules(self) -> Mapping[str, ChargeRule]:
        """Return the charge rules, by the id of the subentry."""
        return self._rules

    def zones(self, vin: str) -> frozenset[str] | None:
        """Return the zones a car stands in; None: not known."""
        car = self._cars.get(vin)
        return None if car is None else car.zones

    def target_soc(self, vin: str) -> int | None:
        """Return what a car is to be charged to now; None: to nothing, for now."""
        car = self._cars.get(vin)
        return None if car is None else car.target_soc

    def outlook(
        self, vin: str, since: datetime, until: datetime
    ) -> tuple[Planned, ...]:
        """Return what was, is and will be done for a car between two moments."""
        car = self._cars.get(vin)
        charging = () if car is None else car.outlook(since, until)
        return (*charging, *self._departing.outlook(vin, since, until))

    def preview(self, rule: ChargeRule) -> RuleView | None:
        """Return what a rule would do; nothing comes of it. None: no such car."""
        car = self._cars.get(rule.vin)
        return None if car is None else car.preview(rule)

    # ---- what is asked for

    async def async_set_enabled(self, rule_id: str, enabled: bool) -> None:
        """Switch a rule on or off; raises NotSaved."""
        car = self._car_of(rule_id)
        await car.async_change(requests.switched(car.memory, rule_id, on=enabled))

    async def async_skip(self, rule_id: str, day: date) -> None:
        """Leave one occurrence out; raises NotSaved."""
        car = self._car_of(rule_id)
        await car.async_change(requests.skipped(car.memory, rule_id, day))

    async def async_unskip(self, rule_id: str, day: date) -> None:
        """Have an occurrence after all; raises NotSaved."""
        car, elsewhere = self._car_of(rule_id), requests.moved_id(rule_id, day)
        await car.async_change(requests.unskipped(car.memory, rule_id, day))
        await self._departing.async_remove_once(car.vehicle.vin, elsewhere)

    async def async_move(self, rule_id: str, day: date, span: Span) -> None:
        """Have an occurrence at another time; raises NotSaved."""
        elsewhere = requests.moved_id(rule_id, day)
        if await self._departing.async_move(rule_id, elsewhere, span):
            await self.async_skip(rule_id, day)
            return
        car, rule, now = self._car_of(rule_id), self._rules[rule_id], dt_util.utcnow()
        await car.async_change(requests.moved(car.memory, rule, day, span, now))

    async def async_apply(self, rule_id: str) -> None:
        """Charge to the target of a rule, now; raises NotSaved."""
        rule = self._rules[rule_id]
        one_off = requests.at_once(rule, dt_util.utcnow())
        await self.async_apply_once(rule.vin, one_off)

    async def async_apply_once(self, vin: str, one_off: OneOff) -> None:
        """Charge once as asked for; what is held back by hand is over. Raises NotSaved."""
        car = self._cars[vin]
        memory = requests.resumed(car.memory)
        await car.async_try_anew(requests.with_one_off(memory, one_off))

    async def async_try_anew(self, rule_id: str) -> None:
        """Try at once what a car did not do for a rule; raises NotSaved."""
        for car in self._cars.values():
            if any(one.by == rule_id for one in car.failures):
                await car.async_try_anew(car.memory)

    async def async_remove_one_off(self, vin: str, id: str) -> None:
        """Charge, or leave, once no more; raises NotSaved."""
        car = self._cars[vin]
        await car.async_change(requests.without(car.memory, id))
        await self._departing.async_remove_once(vin, id)

    async def async_precondition(self, vin: str, once: Once) -> tuple[Outlook, Reason]:
        """Be comfortable once as asked for; what came of it. Raises NotSaved."""
        return await self._departing.async_once(vin, once)

    async def async_hold(self, vin: str, until: datetime | None) -> None:
        """Have rules leave a car alone; raises NotSaved."""
        car = self._cars[vin]
        await car.async_change(requests.held(car.memory, until, dt_util.utcnow()))

    async def async_resume(self, vin: str) -> None:
        """Have rules do their work again; raises NotSaved."""
        car = self._cars[vin]
        await car.async_change(requests.resumed(car.memory))

    def _car_of(self, rule_id: str) -> ChargeRunner:
        """Return who looks after the car of a rule."""
        return self._cars[str(self._entry.subentries[rule_id].data["car"])]
