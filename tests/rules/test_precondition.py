"""When a car is preconditioned, and every reason why it is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.rules.climate_memory import ClimateMemory, Tried
from custom_components.fleet_pulse.rules.departure import Departure, Source
from custom_components.fleet_pulse.rules.departures import Leaving
from custom_components.fleet_pulse.rules.lead import Forecast
from custom_components.fleet_pulse.rules.memory import Memory, Skip
from custom_components.fleet_pulse.rules.reason import ChargeWhy, DepartureWhy

from .climate import (
    AT,
    LEAVING,
    MINUTE,
    NOTHING_YET,
    VIN,
    WEATHER,
    WEEKLY,
    around,
    car,
    decide,
    leaving,
    running,
    situation,
    why,
)

DAY: Final = timedelta(days=1)


def mild(temperature: float) -> Any:
    """Give a morning of another temperature."""
    return around(forecasts={WEATHER: (Forecast(at=AT, temperature=temperature),)})


def test_a_car_is_preconditioned_when_its_time_has_come() -> None:
    """On a cold morning that is 20 minutes before."""
    found = decide(here=situation(20))
    assert found.start is not None
    assert found.start.leaving == LEAVING


@pytest.mark.parametrize(
    ("temperature", "before"),
    [
        pytest.param(-4, 30, id="frost"),
        pytest.param(5, 20, id="cold"),
        pytest.param(26, 10, id="warm"),
        pytest.param(33, 15, id="hot"),
    ],
)
def test_the_weather_says_when_its_time_has_come(
    temperature: float, before: int
) -> None:
    """Not a minute earlier."""
    early = decide(here=situation(before + 1), outside=mild(temperature))
    due = decide(here=situation(before), outside=mild(temperature))
    assert (early.start, why(early)) == (None, DepartureWhy.WAITING)
    assert early.next_change == AT - before * MINUTE
    assert due.start is not None


def test_a_comfortable_day_is_left_alone() -> None:
    """Nothing is sent, so a sleeping car sleeps on; the owner is told once."""
    found = decide(here=situation(20), outside=mild(15))
    assert (found.start, why(found)) == (None, DepartureWhy.COMFORTABLE)
    ((one, reason),) = found.skipped
    assert reason.values["temperature"] == 15
    told = NOTHING_YET.said(one.leaving, DepartureWhy.COMFORTABLE)
    assert decide(climate=told, outside=mild(15)).skipped == ()


@pytest.mark.parametrize(
    ("before", "outside_temp"),
    [pytest.param(20, None, id="nothing"), pytest.param(30, -3.0, id="only of now")],
)
def test_without_a_forecast_the_time_is_a_guess(
    before: int, outside_temp: float | None
) -> None:
    """A weather entity that is away costs comfort or energy, never the departure."""
    silent = around(forecasts={})
    early = decide(
        here=situation(before + 1, outside_temp=outside_temp), outside=silent
    )
    due = decide(here=situation(before, outside_temp=outside_temp), outside=silent)
    assert early.start is None
    assert due.start is not None


UNPLUGGED: Final = {fields.CABLE_CONNECTED: False}


@pytest.mark.parametrize(
    ("said", "here", "expected"),
    [
        pytest.param({}, {"zones": frozenset()}, DepartureWhy.AWAY, id="away on AC"),
        pytest.param(
            {}, {"zones": None}, DepartureWhy.LOCATION_UNKNOWN, id="no location scope"
        ),
        pytest.param({fields.SHIFT_STATE: "d"}, {}, DepartureWhy.DRIVING, id="driving"),
        pytest.param(
            {fields.USER_PRESENT: True},
            {},
            DepartureWhy.HANDS_OFF,
            id="passenger inside",
        ),
        pytest.param(
            {fields.CLIMATE_KEEPER_MODE: "dog"},
            {},
            DepartureWhy.HANDS_OFF,
            id="dog mode",
        ),
        pytest.param(
            {fields.CLIMATE_KEEPER_MODE: "camp"},
            {},
            DepartureWhy.HANDS_OFF,
            id="camp mode",
        ),
        pytest.param(
            {fields.CLIMATE_KEEPER_MODE: "on"},
            {},
            DepartureWhy.HANDS_OFF,
            id="keep mode",
        ),
        pytest.param(
            {fields.IN_SERVICE: True}, {}, DepartureWhy.HANDS_OFF, id="at the workshop"
        ),
        pytest.param(
            {fields.SERVICE_MODE: True}, {}, DepartureWhy.HANDS_OFF, id="service mode"
        ),
        pytest.param(
            {fields.SOFTWARE_UPDATE_STATUS: "installing"},
            {},
            DepartureWhy.HANDS_OFF,
            id="software install",
        ),
        pytest.param(
            {fields.IS_CLIMATE_ON: True}, {}, DepartureWhy.ALREADY_ON, id="already on"
        ),
        pytest.param(
            {**UNPLUGGED, fields.BATTERY_LEVEL: 29},
            {},
            DepartureWhy.LOW_SOC,
            id="unplugged and low",
        ),
        pytest.param(
            {}, {"obstacle": ChargeWhy.BUDGET}, DepartureWhy.BUDGET, id="budget spent"
        ),
        pytest.param(
            {},
            {"obstacle": ChargeWhy.NOT_PERMITTED},
            DepartureWhy.NOT_PERMITTED,
            id="no key",
        ),
        pytest.param(
            {},
            {"missing": frozenset({WEATHER})},
            DepartureWhy.ENTITY_MISSING,
            id="its weather entity vanished",
        ),
    ],
)
def test_a_guard_leaves_the_car_alone_and_says_why(
    said: dict[Field[Any], Any], here: dict[str, Any], expected: DepartureWhy
) -> None:
    """Nothing is sent, the reason is shown, and told once."""
    found = decide(here=situation(20, car(said), **here))
    assert (found.start, why(found)) == (None, expected)
    ((_, reason),) = found.skipped
    assert reason.why is expected


@pytest.mark.parametrize(
    ("said", "here"),
    [
        pytest.param({**UNPLUGGED, fields.BATTERY_LEVEL: 30}, {}, id="enough left"),
        pytest.param({fields.BATTERY_LEVEL: 5}, {}, id="low, but plugged in"),
        pytest.param({**UNPLUGGED, fields.BATTERY_LEVEL: None}, {}, id="SoC unknown"),
        pytest.param({}, {"obstacle": ChargeWhy.FAST_CHARGING}, id="fast charging"),
        pytest.param(
            {fields.USER_PRESENT: True, fields.IS_CLIMATE_ON: True},
            {"is_online": False},
            id="asleep, after somebody was seen inside",
        ),
    ],
)
def test_what_is_no_obstacle_is_none(
    said: dict[Field[Any], Any], here: dict[str, Any]
) -> None:
    """A guard must not keep an owner cold without need."""
    assert decide(here=situation(20, car(said), **here)).start is not None


def test_a_word_that_is_hours_old_does_not_say_that_somebody_sits_inside() -> None:
    """Who was seen leaving the car last evening has left."""
    evening = car({fields.USER_PRESENT: True, fields.SHIFT_STATE: "d"}, at=AT - DAY / 2)
    assert decide(here=situation(20, evening)).start is not None


def test_nothing_known_of_the_car_but_where_it_stands_is_enough() -> None:
    """One allowed wake says more, and Tesla itself refuses what cannot be."""
    found = decide(here=situation(20, State(), is_online=False))
    assert found.start is not None


@pytest.mark.parametrize(
    ("at_home", "starts"),
    [
        pytest.param({"person.me": False, "person.you": True}, True, id="one is"),
        pytest.param({"person.me": False, "person.you": False}, False, id="nobody is"),
        pytest.param({"person.me": False}, True, id="of one nobody knows"),
    ],
)
def test_somebody_must_be_home_where_that_is_asked_for(
    at_home: dict[str, bool], starts: bool
) -> None:
    """A family on holiday does not leave at half past seven."""
    rule = replace(WEEKLY, presence=("person.me", "person.you"))
    found = decide(leaving(rule=rule), rules=(rule,), outside=around(at_home=at_home))
    assert (found.start is not None) is starts
    assert (why(found) is DepartureWhy.NOBODY_HOME) is not starts


def test_a_cable_must_be_in_where_that_is_asked_for() -> None:
    """What takes from the battery is not wanted then."""
    rule = replace(WEEKLY, needs_plug=True)
    there = situation(20, car({fields.CABLE_CONNECTED: False}))
    found = decide(leaving(rule=rule), rules=(rule,), here=there)
    assert why(found) is DepartureWhy.UNPLUGGED


def test_a_car_may_stand_anywhere_where_no_zone_is_named() -> None:
    """On a journey one departs, too."""
    rule = replace(WEEKLY, zones=())
    found = decide(leaving(rule=rule), rules=(rule,), here=situation(20, zones=None))
    assert found.start is not None


def test_a_car_is_preconditioned_at_most_twice_a_day() -> None:
    """A calendar gone wild does not empty the battery; yesterday does not count."""
    yesterday, early = AT - DAY, AT - 300 * MINUTE
    once = replace(NOTHING_YET, runs=(yesterday, yesterday, early))
    twice = replace(NOTHING_YET, runs=(early, AT - 90 * MINUTE))
    assert decide(climate=once).start is not None
    assert why(decide(climate=twice)) is DepartureWhy.TOO_OFTEN


def test_what_is_asked_for_explicitly_does_not_count_as_too_often() -> None:
    """The owner knows what they ask for."""
    busy = replace(NOTHING_YET, runs=(AT - 90 * MINUTE, AT - 60 * MINUTE))
    found = decide(leaving(is_one_off=True), climate=busy)
    assert found.start is not None


def test_a_guard_that_ends_in_time_lets_it_begin_late() -> None:
    """Whoever plugs in a quarter of an hour before is still warm."""
    low = {fields.CABLE_CONNECTED: False, fields.BATTERY_LEVEL: 25}
    early = decide(here=situation(20, car(low)))
    told = NOTHING_YET.said(LEAVING, DepartureWhy.LOW_SOC)
    plugged = car({fields.BATTERY_LEVEL: 25}, at=AT - 15 * MINUTE)
    late = decide(here=situation(14, plugged), climate=told)
    assert early.start is None
    assert late.start is not None


def test_a_departure_that_is_skipped_says_so() -> None:
    """The one after it is shown as the next."""
    memory = Memory(skipped=frozenset({Skip(rule="work", day=LEAVING.day)}))
    tomorrow = leaving(AT + DAY)
    found = decide(leaving(is_skipped=True), tomorrow, memory=memory)
    assert (found.start, why(found)) == (None, DepartureWhy.SKIPPED)
    assert found.ahead["work"].leaving == tomorrow
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        pytest.param(frozenset(), DepartureWhy.DISABLED, id="the car knows nothing"),
        pytest.param(
            frozenset({"work"}), DepartureWhy.STILL_STORED, id="the car still means to"
        ),
    ],
)
def test_what_is_switched_off_says_so(
    stored: frozenset[str], expected: DepartureWhy
) -> None:
    """Until the car has forgotten it, that is said instead."""
    off = Memory(disabled=frozenset({"work"}))
    found = decide(memory=off, outside=around(stored=stored))
    assert (found.start, why(found)) == (None, expected)


def test_a_rule_without_departures_is_idle() -> None:
    """An empty calendar is nothing to worry about."""
    other = leaving(rule=replace(WEEKLY, id="other"))
    found = decide(other)
    assert why(found) is DepartureWhy.IDLE
    assert found.ahead == {}


def test_a_departure_whose_charge_rule_is_gone_pauses() -> None:
    """It says what is missing, and comes back with it."""
    rule = Departure(
        id="work", name="W", vin=VIN, source=Source.CHARGE_RULE, rule="night"
    )
    paused = decide(leaving(rule=rule), rules=(rule,))
    back = decide(
        leaving(rule=rule), rules=(rule,), outside=around(rules=frozenset({"night"}))
    )
    assert why(paused) is DepartureWhy.ENTITY_MISSING
    assert back.start is not None


def test_what_lies_in_the_car_is_left_to_it() -> None:
    """No command doubles what the car does by itself."""
    found = decide(outside=around(stored=frozenset({"work"})))
    assert (found.start, why(found)) == (None, DepartureWhy.STORED_IN_CAR)
    assert found.skipped == ()


def test_of_two_departures_at_once_the_earlier_is_begun_for() -> None:
    """One climate serves both."""
    other = replace(WEEKLY, id="other")
    later = leaving(AT + 5 * MINUTE, rule=other)
    found = decide(later, LEAVING, rules=(other, WEEKLY), here=situation(10))
    assert found.start is not None
    assert found.start.leaving == LEAVING
    begun = decide(
        LEAVING,
        later,
        rules=(other, WEEKLY),
        here=situation(9),
        climate=running(10),
    )
    assert (begun.start, why(begun, "other")) == (None, DepartureWhy.ALREADY_ON)
    assert why(begun) is DepartureWhy.PRECONDITIONING
    assert begun.skipped == ()


def test_after_a_refusal_it_waits_for_its_next_try() -> None:
    """The reason of the refusal is shown until then."""
    tried = Tried(
        rule="work",
        at=AT,
        why=DepartureWhy.TROUBLE,
        tries=1,
        retry_at=AT - 19 * MINUTE,
    )
    climate = replace(NOTHING_YET, tried=tried)
    before, after = decide(climate=climate), decide(climate=climate, here=situation(19))
    assert (before.start, why(before)) == (None, DepartureWhy.TROUBLE)
    assert before.next_change == tried.retry_at
    assert after.start is not None


def test_what_came_of_a_departure_is_said_until_it_is_over() -> None:
    """A departure that was dealt with is not begun for again, even if it moves a bit."""
    done = NOTHING_YET.dealt("work", AT, DepartureWhy.LOW_SOC)
    moved: Leaving = leaving(AT + 10 * MINUTE)
    found = decide(moved, climate=done, here=situation(5))
    assert (found.start, why(found)) == (None, DepartureWhy.LOW_SOC)
    tomorrow = decide(leaving(AT + DAY), climate=done, here=situation(-60))
    assert why(tomorrow) is DepartureWhy.WAITING


def test_a_cancelled_event_says_so_until_its_time() -> None:
    """Whoever wonders why it is cold can read it."""
    gone = NOTHING_YET.dealt("work", AT, DepartureWhy.CANCELLED)
    other = leaving(rule=replace(WEEKLY, id="other"))
    assert why(decide(other, climate=gone)) is DepartureWhy.CANCELLED
    assert why(decide(other, climate=gone, here=situation(-1))) is DepartureWhy.IDLE


def test_an_event_that_stands_again_is_begun_for_again() -> None:
    """Called off and on again is on."""
    gone = NOTHING_YET.dealt("work", AT, DepartureWhy.CANCELLED)
    assert decide(climate=gone).start is not None


def test_what_is_remembered_outlasts_a_restart() -> None:
    """Nothing is begun twice, and what was begun is still known as ours."""
    full = replace(
        running(10, is_ready=True).dealt("other", AT, DepartureWhy.LOW_SOC),
        tried=Tried(rule="work", at=AT, why=DepartureWhy.TROUBLE, tries=1, retry_at=AT),
    ).said(LEAVING, DepartureWhy.COMFORTABLE)
    ended = full.ended(DepartureWhy.READY, AT)
    assert ClimateMemory.load(full.dump()) == full
    assert ClimateMemory.load(ended.dump()) == ended


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({"run": {"rule": 7}}, id="a run that is none"),
        pytest.param({"runs": "yesterday"}, id="no list"),
        pytest.param({"once": [{"id": "a", "at": "2026-01-01"}]}, id="no time zone"),
    ],
)
def test_a_damaged_memory_is_an_empty_one(raw: object) -> None:
    """A file that somebody edited keeps nothing from starting."""
    assert ClimateMemory.load(raw) == NOTHING_YET


def test_memory_keeps_only_what_decisions_need() -> None:
    """Years of mornings do not pile up."""
    old = (
        running(10)
        .dealt("work", AT, DepartureWhy.READY)
        .said(LEAVING, DepartureWhy.READY)
    )
    assert old.pruned(AT) is old
    later = old.ended(DepartureWhy.READY, AT).pruned(AT + 3 * DAY)
    assert (later.runs, later.over, later.told) == ((), (), ())
    assert len(later.past) == 1
    assert later.pruned(AT + 90 * DAY).past == ()
