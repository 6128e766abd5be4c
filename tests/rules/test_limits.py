"""Whose limit a car has, and what is restored."""

from dataclasses import replace
from typing import Final

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.rules.memory import Memory, OneOff, Raised
from custom_components.fleet_pulse.rules.reason import ChargeWhy

from .garage import Garage, at, rule, window

FLOOR: Final = rule(ready_by=None, days=[], floor_soc=20)
"""A rule that says nothing of the limit."""
WEEKEND: Final = {"days": ["sat", "sun"], "windows": [window("10:00", "16:00")]}


def test_the_limit_is_that_of_the_next_occurrence() -> None:
    """As soon as one is over the next one's limit goes to the car."""
    rules = [rule(), rule("weekend", **WEEKEND, target_soc=60)]
    garage = Garage(rules, now=at("06:00", days=4), level=80)
    assert garage.until("07:20", days=4).limit == 80
    assert garage.until("07:40", days=4).unplug().limit == 60
    garage.now = at("15:00", days=6)
    assert garage.app(level=55.0).plug().limit == 60
    assert garage.until("16:05", days=6).stirs().limit == 80
    assert garage.wakes == []


def test_a_sleeping_car_gets_its_limit_when_it_is_awake_anyway() -> None:
    """Nothing is woken for a limit that nothing is charged by yet."""
    rules = [rule(), rule("weekend", **WEEKEND, target_soc=60)]
    garage = Garage(rules, level=80, now=at("06:00", days=4))
    garage.until("12:00", days=4)
    assert garage.limit == 80
    assert garage.stirs().limit == 60
    assert garage.wakes == []


def test_a_raise_wakes_a_car_that_would_not_charge_without_it() -> None:
    """In the evening, not at night: at its limit it would sleep through its time."""
    asleep = Garage([], level=60, limit=60, now=at("12:00")).until("14:00")
    asleep.rules = [rule()]
    asleep.until("08:00", days=1)
    assert [wake.hour for wake in asleep.wakes[:1]] == [20]
    assert asleep.level == 80


def test_a_car_that_is_away_keeps_the_limit_it_has() -> None:
    """What a rule wants at home is nobody's business at work."""
    garage = Garage([rule()], limit=90, zones=frozenset({"zone.work"}))
    assert garage.until("23:00").commands == []


def test_a_limit_between_occurrences_is_raised_and_comes_back() -> None:
    """The rule names both: 60 % usually, 90 % for its time."""
    both = rule(target_soc=90, daily_limit=60)
    garage = Garage([both], level=50, limit=60, now=at("12:00"))
    assert garage.until("14:00").limit == 60
    assert garage.until("21:00").stirs().limit == 90
    garage.until("09:00", days=1)
    assert garage.level == 90
    assert garage.stirs().limit == 60


def test_what_is_raised_is_remembered_before_it_is_raised() -> None:
    """Whenever the program ends, the owner's own limit is known."""
    garage = Garage([FLOOR], level=70, limit=75)
    garage.obeys = False
    garage.memory = Memory(baseline=75, one_offs=(OneOff(id="trip", target_soc=95),))
    garage.look()
    assert garage.memory.raised == Raised(to=95, restore=75, why="trip", at=garage.now)


def test_a_crash_between_raise_and_restore_restores_all_the_same() -> None:
    """What was raised comes back, also if nobody asks for it any more."""
    garage = Garage([FLOOR], level=70, limit=75)
    garage.memory = Memory(one_offs=(OneOff(id="trip", target_soc=95),))
    garage.until("18:30")
    assert garage.limit == 95
    garage.rules, garage.memory = [], replace(garage.memory, one_offs=())
    garage.restart()
    assert garage.until("19:00").limit == 75
    assert garage.memory.raised is None


def test_what_is_raised_comes_back_when_the_car_is_unplugged() -> None:
    """What was asked for at once is over with the cable."""
    garage = Garage([FLOOR], level=70, limit=75)
    garage.memory = Memory(one_offs=(OneOff(id="trip", target_soc=95),))
    garage.until("18:30").unplug().until("19:00")
    assert garage.limit == 75
    assert garage.memory.one_offs == ()


def test_what_the_owner_sets_meanwhile_stays() -> None:
    """His own limit is not restored away, and nothing touches it while it holds."""
    garage = Garage([FLOOR], level=70, limit=75)
    garage.memory = Memory(one_offs=(OneOff(id="trip", target_soc=95),))
    garage.until("18:30").app(limit=85).until("22:00")
    assert garage.limit == 85
    assert garage.memory.baseline == 85
    assert garage.why is ChargeWhy.HOLD


def test_a_limit_set_in_the_app_holds_until_the_next_time_to_be_ready_by() -> None:
    """Then the rule's own is the car's again."""
    garage = Garage([rule()], level=70).until("20:00").app(limit=90)
    assert garage.why is ChargeWhy.HOLD
    assert garage.until("07:00", days=1).limit == 90
    assert garage.until("07:35", days=1).stirs().limit == 80


def test_a_car_that_takes_less_than_it_is_asked_for_is_not_asked_again() -> None:
    """A limit beyond what the car allows is the most that it allows."""
    most = {fields.CHARGE_LIMIT_SOC_MAX: 90}
    garage = Garage([rule(target_soc=100)], level=70, limit=90, said=most)
    assert garage.until("21:00").commands == []
