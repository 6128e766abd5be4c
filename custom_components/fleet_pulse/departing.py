"""The departures of one account: one runner per car, beside that of its charging."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .charge_runner import ChargeRunner
from .commander import Commander
from .departure_runner import DepartureRunner
from .planner.window import Span
from .rule_store import RuleStore
from .rule_subentries import rules_of
from .rules.charge_rule import ChargeRule
from .rules.climate_memory import Once
from .rules.departure import Departure
from .rules.precondition import Outlook
from .rules.reason import Reason
from .rules.view import Matter, News, Planned, RuleView
from .steering import Failure


class Departing:
    """Has the cars of one account comfortable in time."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        commander: Commander,
        store: RuleStore,
        changed: Callable[[], None],
        tell: Callable[[News], None],
    ) -> None:
        """Decide nothing yet."""
        self._hass = hass
        self._entry = entry
        self._commander = commander
        self._store = store
        self._changed = changed
        self._tell = tell
        self._rules: Mapping[str, Departure] = {}
        self._charge_rules: tuple[ChargeRule, ...] = ()
        self._cars: dict[str, DepartureRunner] = {}
        self._has_begun = False

    # ---- start and stop

    @callback
    def async_add(self, charging: ChargeRunner) -> None:
        """Look after a car as long as the entry is loaded."""
        car = DepartureRunner(
            self._hass,
            self._entry,
            commander=self._commander,
            vehicle=charging.vehicle,
            store=self._store,
            memory=lambda: charging.memory,
            situation=lambda: charging.situation,
            planned=charging.async_again,
            changed=self._changed,
            tell=self._tell,
        )
        self._cars[charging.vehicle.vin] = car
        charging.leavings = lambda: car.leavings
        charging.outside_temp = lambda: car.outside_temp
        self._entry.async_on_unload(charging.vehicle.async_add_listener(car.async_look))
        car.async_take_rules(tuple(self._rules.values()), self._charge_rules)
        if self._has_begun:
            car.async_start()

    async def async_leave(self, vin: str) -> None:
        """End what is done for a car that has left."""
        car = self._cars.pop(vin, None)
        if car is not None:
            await car.async_stop()

    @callback
    def async_begin(self) -> None:
        """Begin to send, now that everything that departures look at is there."""
        self._has_begun = True
        for car in self._cars.values():
            car.async_start()

    async def async_stop(self) -> None:
        """Decide nothing any more; what is under way is seen through."""
        for car in self._cars.values():
            await car.async_stop()

    # ---- rules

    @callback
    def async_take_rules(self, charge_rules: Iterable[ChargeRule]) -> None:
        """Go by the rules as they are now; one that cannot be read does nothing."""
        self._rules = rules_of(self._entry, Matter.PRECONDITIONING, Departure.load)
        self._charge_rules = tuple(charge_rules)
        for car in self._cars.values():
            car.async_take_rules(tuple(self._rules.values()), self._charge_rules)

    @callback
    def async_look(self) -> None:
        """Have every car decided about anew."""
        for car in self._cars.values():
            car.async_look()

    # ---- what is seen

    @property
    def views(self) -> Mapping[str, RuleView]:
        """Return every departure as it is now, by the id of its subentry."""
        return {
            rule_id: view
            for car in self._cars.values()
            for rule_id, view in car.views.items()
        }

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return what cars did not do for one departure after the other."""
        return tuple(one for car in self._cars.values() for one in car.failures)

    def outlook(
        self, vin: str, since: datetime, until: datetime
    ) -> tuple[Planned, ...]:
        """Return what was, is and will be done for a car between two moments."""
        car = self._cars.get(vin)
        return () if car is None else car.outlook(since, until)

    # ---- what is asked for

    async def async_once(self, vin: str, once: Once) -> tuple[Outlook, Reason]:
        """Be ready once as asked for; return what came of it. Raises NotSaved."""
        return await self._cars[vin].async_once(once)

    async def async_move(self, rule_id: str, id: str, span: Span) -> bool:
        """Leave at another time, under a name of its own; say whether it is one.

        Raises NotSaved.
        """
        rule = self._rules.get(rule_id)
        if rule is None:
            return False
        once = Once(
            id=id,
            at=span.end,
            begin=span.start,
            name=rule.name,
            temperature=rule.temperature,
            extras=rule.extras,
        )
        await self.async_remove_once(rule.vin, id)
        await self._cars[rule.vin].async_once(once)
        return True

    async def async_remove_once(self, vin: str, id: str) -> None:
        """Leave once no more; raises NotSaved."""
        await self._cars[vin].async_remove_once(id)
