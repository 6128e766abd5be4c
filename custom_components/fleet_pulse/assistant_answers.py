"""What language models are told of a car: what it said last, and what its rules do.

Nothing here asks anybody anything: every answer is made of what is known already.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.sensor import async_rounded_state
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from . import rule_words, words
from .assisted import Assisted
from .fleet.activity import last_word
from .model import vehicle_fields as fields
from .model.field import Field, Reading, Source
from .model.record import record
from .rule_subentries import rules_of
from .rules.charge_rule import ChargeRule
from .rules.readiness import Judged, Verdict, readiness
from .rules.view import Matter, RuleView
from .wake_history import counted

UNKNOWN: Final = "unknown"
_SLEEPS: Final = "The car was not woken for this. These are its last words."
_AWAKE: Final = "The car was not asked for this. These are its last words."
_GONE: Final = (
    "Tesla does not show this car to Fleet Pulse at present. Its owner should look at "
    "Settings > Devices & services in Home Assistant."
)
_WORDS: Final = {"on": "yes", "off": "no"}
NOT_EXPOSED_MEANS: Final = (
    "Home Assistant knows these, but its owner has not exposed them to this assistant "
    "(Settings > Voice assistants > Expose)."
)


@record
class Fact:
    """What may be told of a car, and the entity that must be exposed for it."""

    name: str
    entity: str
    """Platform and key."""
    field: Field[Any]


BATTERY: Final = Fact(
    name="battery", entity="sensor.battery_level", field=fields.BATTERY_LEVEL
)
CHARGING: Final = Fact(
    name="charging", entity="sensor.charging_state", field=fields.CHARGING_STATE
)
LIMIT: Final = Fact(
    name="charge_limit",
    entity="number.charge_limit_soc",
    field=fields.CHARGE_LIMIT_SOC,
)
PLUGGED: Final = Fact(
    name="plugged_in",
    entity="binary_sensor.charge_cable",
    field=fields.CABLE_CONNECTED,
)
FACTS: Final = (
    BATTERY,
    LIMIT,
    CHARGING,
    Fact(name="climate", entity="climate.cabin", field=fields.IS_CLIMATE_ON),
    Fact(name="doors", entity="lock.doors", field=fields.LOCKED),
    Fact(name="inside", entity="sensor.inside_temp", field=fields.INSIDE_TEMP),
    Fact(name="odometer", entity="sensor.odometer", field=fields.ODOMETER),
    Fact(name="outside", entity="sensor.outside_temp", field=fields.OUTSIDE_TEMP),
    Fact(name="place", entity="device_tracker.location", field=fields.LOCATION),
    PLUGGED,
    Fact(name="range", entity="sensor.battery_range", field=fields.BATTERY_RANGE),
    Fact(
        name="sentry_mode",
        entity="binary_sensor.sentry_mode",
        field=fields.SENTRY_MODE,
    ),
    Fact(
        name="until_charged",
        entity="sensor.time_to_full_charge",
        field=fields.TIME_TO_FULL_CHARGE,
    ),
)
_OF_CHARGING: Final = (BATTERY, LIMIT, CHARGING, PLUGGED)


# ---- the answers


def status(hass: HomeAssistant, car: Assisted) -> JsonObjectType:
    """Return what the car said last of itself, and when."""
    return {**_begin(car), **_facts(hass, car, FACTS)}


def ready(hass: HomeAssistant, car: Assisted) -> JsonObjectType:
    """Return whether the car will be as wanted until the end of tomorrow."""
    now = dt_util.now()
    until = dt_util.start_of_local_day(now + timedelta(days=2))
    views = _views(car)
    rules = rules_of(car.entry, Matter.CHARGING, ChargeRule.load)
    found = readiness(
        views.values(),
        {rule_id: rule.target_soc for rule_id, rule in rules.items()},
        car.vehicle.data,
        until=until,
    )
    about = {rule_id: views[rule_id] for rule_id in found.judged}
    return {
        **_begin(car),
        "until": "the end of tomorrow",
        "ready": found.verdict.value,
        "meaning": _MEANINGS[found.verdict] if about else _NOTHING_PLANNED,
        "rules": [
            {**_rule(hass, view, rules.get(rule_id)), **_judged(found.judged[rule_id])}
            for rule_id, view in about.items()
        ],
        **_together(hass, car),
        **_facts(hass, car, _OF_CHARGING),
    }


def explain(hass: HomeAssistant, car: Assisted) -> JsonObjectType:
    """Return why the car is charging, or why it is not."""
    vehicle = car.vehicle
    rules = rules_of(car.entry, Matter.CHARGING, ChargeRule.load)
    views = {i: one for i, one in _views(car).items() if i in rules}
    return {
        **_begin(car),
        **_facts(hass, car, _OF_CHARGING),
        **_together(hass, car),
        "rules": [_rule(hass, view, rules[i]) for i, view in views.items()],
        "waiting_for_the_car": [
            {"command": one.call.command.key, "why": one.why.value}
            for one in vehicle.deferred.waiting
        ],
        "asking_tesla_for_data": words.async_state(
            hass, "sensor", "poll_reason", vehicle.poll.reason.value
        ),
        "wakes_left_today": counted(vehicle).left,
    }


_MEANINGS: Final = {
    Verdict.YES: "It is ready already.",
    Verdict.ON_COURSE: "It will be, as things are now.",
    Verdict.UNKNOWN: "That cannot be said; each rule says why.",
    Verdict.NO: "It will not be, as things are now; each rule says why.",
}
_NOTHING_PLANNED: Final = (
    "No charge rule or departure that is exposed to this assistant is about that time, "
    "so nothing says what ready would mean."
)
_BY_RULES: Final = "sensor.charging_by_rules"
_UNTIL_ENDED: Final = "the car is unplugged, or the rules are resumed"
_NO_RULE: Final = (
    "No charge rule is exposed to this assistant. If there are none at all, the car "
    "charges by its own settings; if there are, nothing can be told of them."
)


# ---- the car


def _begin(car: Assisted) -> dict[str, Any]:
    """Return which car it is, and how fresh what is known of it is."""
    vehicle, said = car.vehicle, car.vehicle.data.said(fields.STATE)
    spoke = last_word(vehicle.data)
    note = _AWAKE if vehicle.is_online else _SLEEPS
    return {
        "car": car.name,
        "connection": (said and said.value) or UNKNOWN,
        "connection_heard": UNKNOWN if said is None else age(said.at),
        "car_last_spoke": UNKNOWN if spoke is None else age(spoke),
        "note": note if vehicle.is_reachable else _GONE,
    }


def age(at: datetime) -> str:
    """Return how long ago something was; a car's clock may be ahead of ours."""
    return f"{dt_util.get_age(min(at, dt_util.utcnow()))} ago"


def _facts(
    hass: HomeAssistant, car: Assisted, facts: tuple[Fact, ...]
) -> dict[str, Any]:
    """Return what is exposed of some facts, and which of them are not."""
    there = [fact for fact in facts if fact.entity in car.entities]
    hidden = [fact.name for fact in there if not car.may(fact.entity)]
    values = {
        fact.name: _value(hass, car, fact) for fact in there if car.may(fact.entity)
    }
    if not hidden:
        return {"values": values}
    return {
        "values": values,
        "not_exposed": hidden,
        "not_exposed_means": NOT_EXPOSED_MEANS,
    }


def _value(hass: HomeAssistant, car: Assisted, fact: Fact) -> dict[str, Any]:
    """Return a fact as the owner's dashboard shows it, and when the car said it."""
    entity_id = car.entities[fact.entity]
    state = None if entity_id is None else hass.states.get(entity_id)
    reading = car.vehicle.data.reading(fact.field)
    if state is None or state.state in (UNKNOWN, STATE_UNAVAILABLE):
        return {"value": UNKNOWN}
    shown = state.state
    if state.domain == "sensor":
        shown = async_rounded_state(hass, state.entity_id, state)
    elif state.domain == "binary_sensor":
        shown = _WORDS[shown]
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    value = f"{shown} {unit}" if unit else shown
    return {"value": value} if reading is None else {"value": value, **_said(reading)}


def _said(reading: Reading[Any]) -> dict[str, Any]:
    """Return when the car said something, or that it has not yet."""
    if reading.source is Source.COMMAND:
        return {"said": "not confirmed by the car yet: expected after a command"}
    return {"said": age(reading.at)}


# ---- its rules


def _views(car: Assisted) -> dict[str, RuleView]:
    """Return the car's rules as they are now, as far as they are exposed."""
    views = car.entry.runtime_data.runner.views
    return {rule_id: views[rule_id] for rule_id in sorted(car.rules & views.keys())}


def _rule(
    hass: HomeAssistant, view: RuleView, rule: ChargeRule | None
) -> dict[str, Any]:
    """Return what a rule does now, why, and what it does next."""
    if rule is None:
        following = rule_words.async_next_departure(hass, view.next_deadline)
    else:
        following = rule_words.async_next(
            hass, rule, view.next_start, view.next_deadline, view.estimated_ready
        )
    return {
        "rule": view.name,
        "kind": view.matter.value,
        "is_on": view.is_enabled,
        "now": words.async_sentence(hass, view.reason),
        "next": following,
    }


def _judged(judged: Judged) -> dict[str, Any]:
    """Return what a rule comes to."""
    said = {"ready": judged.verdict.value}
    return said if judged.obstacle is None else {**said, "but": judged.obstacle.value}


def _together(hass: HomeAssistant, car: Assisted) -> dict[str, Any]:
    """Return what the charge rules of a car come to, and whether they are on hold."""
    view = car.entry.runtime_data.runner.car_views.get(car.vehicle.vin)
    if view is None or not (car.rules or car.may(_BY_RULES)):
        return {"charge_rules_together": _NO_RULE}
    said = {"charge_rules_together": words.async_sentence(hass, view.reason)}
    if not view.is_on_hold:
        return said
    until = view.hold_until
    end = _UNTIL_ENDED if until is None else words.async_moment(hass, until)
    return {**said, "charge_rules_on_hold_until": end}
