"""What is round the cars: zones, prices, sun, workdays, and what is not there.

an entity changes ─▶ read anew ─▶ is it something else? ─▶ rules decide anew
now and then      ─▶ actions asked: the workdays ahead, prices without attributes
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from math import isfinite
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_ON, UnitOfPower
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from .asking import async_prices, async_workdays
from .following import Following
from .model import commands, vehicle_fields as fields
from .places import async_places, zones
from .planner.rate import Rate, rates
from .rules.charge_rule import ChargeRule
from .rules.reason import ChargeWhy
from .rules.situation import Situation, Surplus
from .rules.solar import sun
from .vehicle import VehicleCoordinator

AHEAD: Final = timedelta(days=35)
"""So far ahead a calendar shows workdays: a page of a month."""
_SCHEDULE: Final = commands.REMOVE_CHARGE_SCHEDULE.call(id=1)
"""What stands for all that is told a car about its own schedules."""


class Surroundings:
    """What Home Assistant knows that the rules of one account ask for."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """Know nothing yet; `changed` is told when rules must decide anew."""
        self._hass = hass
        self.mark = object()
        """Another one whenever something has changed by which rules decide."""
        self._told = changed
        self._rules: tuple[ChargeRule, ...] = ()
        self._following = Following(hass, self._async_heard)
        self._rates: dict[str, tuple[Rate, ...]] = {}
        self._answered: dict[str, tuple[Rate, ...]] = {}
        self._surplus: dict[str, Surplus] = {}
        self._workdays: dict[str, dict[date, bool]] = {}

    @callback
    def _changed(self) -> None:
        """Have rules decide anew."""
        self.mark = object()
        self._told()

    # ---- what is followed

    @callback
    def async_follow(self, rules: Iterable[ChargeRule]) -> None:
        """Follow what these rules name, from now on."""
        self._rules, self.mark = tuple(rules), object()
        self._following.async_follow(self._rules)
        self._async_read()

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        self._following.async_stop()

    @callback
    def _async_heard(self, event: Event[EventStateChangedData]) -> None:
        """Read anew; tell only of what is something else to a rule."""
        was, now = event.data["old_state"], event.data["new_state"]
        is_of_prices = event.data["entity_id"] in self._rates
        is_new = self._async_read()
        # Attributes of a price are its prices; a zone's are where it is.
        is_other = was is None or now is None or was.state != now.state
        if is_new or is_other or not is_of_prices:
            self._changed()

    @callback
    def _async_read(self) -> bool:
        """Take prices from their entities; say whether one is another."""
        zone, before = dt_util.get_default_time_zone(), self._rates
        today = dt_util.now().date()
        self._rates = {}
        for name in {rule.price.entity for rule in self._rules if rule.price}:
            state = self._hass.states.get(name)
            if state is not None:
                found = rates(state.attributes, state.state, zone, today=today)
                self._rates[name] = found or self._answered.get(name, ())
        return self._rates != before

    def _sun(
        self, rules: Iterable[ChargeRule], vehicle: VehicleCoordinator
    ) -> Mapping[str, Surplus]:
        """Return what the sun gives beyond need, by rule, as far as known."""
        now, found = dt_util.utcnow(), dict[str, Surplus]()
        for rule in rules:
            state = self._hass.states.get(rule.solar.entity) if rule.solar else None
            if rule.solar is not None and state is not None:
                before, watts = self._surplus.get(rule.id), _watts(state)
                found[rule.id] = sun(rule.solar, before, watts, vehicle.data, now)
        self._surplus |= found
        return found

    # ---- what must be asked for

    async def async_ask(self) -> None:
        """Ask the actions that know what no entity shows; tell if that is news."""
        before = (self._workdays, self._answered)
        today = dt_util.now().date()
        days = [today + timedelta(days=n) for n in range(-1, AHEAD.days)]
        self._workdays = {
            name: await async_workdays(self._hass, name, days)
            for name in {r.workday_entity for r in self._rules if r.workday_entity}
        }
        self._answered = {
            name: await async_prices(self._hass, name, today)
            for name in {rule.price.entity for rule in self._rules if rule.price}
            if not self._rates.get(name) or name in self._answered
        }
        self._async_read()
        if before != (self._workdays, self._answered):
            self._changed()

    # ---- what it comes to

    def situation(
        self,
        vehicle: VehicleCoordinator,
        *,
        stood_in: frozenset[str] | None,
        outside_temp: float | None,
    ) -> Situation:
        """Return all that rules decide from of a car, which stood in these zones."""
        rules = [rule for rule in self._rules if rule.vin == vehicle.vin]
        places = async_places(self._hass)
        return Situation(
            now=dt_util.utcnow(),
            zone=dt_util.get_default_time_zone(),
            state=vehicle.data,
            is_online=vehicle.is_online,
            places={name: spot for name, (spot, _) in places.items()},
            zones=zones(vehicle.data.get(fields.LOCATION), places, stood_in),
            rates=self._rates,
            surplus=self._sun(rules, vehicle),
            workdays=self._known_workdays(),
            missing=self._following.missing(rules),
            obstacle=self.obstacle(vehicle),
            outside_temp=outside_temp,
            takes_schedules=_takes_schedules(vehicle),
        )

    def zones(
        self, vehicle: VehicleCoordinator, stood_in: frozenset[str] | None
    ) -> frozenset[str] | None:
        """Return the zones a car stands in, which stood in these; None: not known."""
        places = async_places(self._hass)
        return zones(vehicle.data.get(fields.LOCATION), places, stood_in)

    @staticmethod
    def obstacle(vehicle: VehicleCoordinator) -> ChargeWhy | None:
        """Return why rules may do nothing with a car at all, as far as known."""
        if not commands.CHARGE_START.is_permitted(vehicle.account.scopes):
            return ChargeWhy.NOT_PERMITTED
        if vehicle.is_doubtful or not vehicle.is_reachable:
            return ChargeWhy.NOT_PERMITTED
        if not vehicle.account.budget_level.permits_automatic:
            return ChargeWhy.BUDGET
        return None

    def _known_workdays(self) -> Mapping[str, Mapping[date, bool]]:
        """Return the workdays that are known; today's is what its entity shows."""
        today, found = dt_util.now().date(), dict[str, Mapping[date, bool]]()
        for name in {r.workday_entity for r in self._rules if r.workday_entity}:
            state = self._hass.states.get(name)
            known = self._workdays.get(name, {})
            if state is not None and not known:
                known = {today: state.state == STATE_ON}
            found[name] = known
        return found


def _takes_schedules(vehicle: VehicleCoordinator) -> bool:
    """Return whether a car's software is not known to be too old for schedules."""
    return not (_SCHEDULE.is_too_new(vehicle.data) or vehicle.knows_no_schedules)


def _watts(state: State) -> float | None:
    """Return the power that an entity shows, in watts; None where it shows none."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    try:
        shown = float(state.state)
    except ValueError:
        return None
    if unit in PowerConverter.VALID_UNITS:
        # Inverters and batteries often say kW; a helper may say nothing, or "Watt".
        shown = PowerConverter.convert(shown, unit, UnitOfPower.WATT)
    return shown if isfinite(shown) else None
