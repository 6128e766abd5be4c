"""Holds, skips and switches over whole nights."""

from dataclasses import replace

from custom_components.fleet_pulse.rules.memory import HeldBy, Hold, Memory, Skip
from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.view import NewsKind
from custom_components.fleet_pulse.rules.views import car_view

from .garage import Garage, at, rule, window

NIGHT = rule(windows=[window("22:00", "06:00")])


def test_a_stop_in_the_car_is_not_undone() -> None:
    """Whoever stops it has a reason; it is not started again that night."""
    garage = Garage([rule()], level=20).until("04:00", days=1).app(charging=False)
    garage.until("07:00", days=1)
    assert garage.commands == ["charge_start"]
    assert garage.why is ChargeWhy.HOLD
    assert garage.memory.hold is not None
    assert garage.memory.hold.by is HeldBy.STOP


def test_a_start_in_the_app_is_not_undone() -> None:
    """Charging that somebody began goes on, although the rule would wait."""
    garage = Garage([rule()], level=50).until("20:00").app(charging=True)
    garage.until("23:00")
    assert garage.commands == []
    assert garage.level == 80


def test_a_hold_ends_with_the_next_time_to_be_ready_by() -> None:
    """The night after is the rule's again."""
    garage = Garage([rule()], level=20).until("04:00", days=1).app(charging=False)
    assert garage.until("07:20", days=1).why is ChargeWhy.HOLD
    assert garage.until("07:35", days=1).why is ChargeWhy.WAITING
    assert garage.until("08:00", days=2).level == 80


def test_what_lets_a_rule_begin_is_told_before_it() -> None:
    """The hold ends, and therefore the rule begins."""
    night = rule(windows=[window("18:00", "23:00")])
    garage = Garage([night], now=at("19:00"))
    garage.memory = replace(
        garage.memory,
        hold=Hold(by=HeldBy.REQUEST, since=garage.now, until=at("20:00")),
    )
    garage.app(charging=False)
    garage.told.clear()
    garage.until("20:30")
    assert [one.kind for one in garage.told] == [
        NewsKind.HOLD_ENDED,
        NewsKind.RULE_STARTED,
    ]


def test_a_hold_ends_when_the_car_is_unplugged() -> None:
    """Plugged in again, it is the rule's."""
    garage = Garage([NIGHT], level=20).until("23:00").app(charging=False)
    assert garage.until("23:30").why is ChargeWhy.HOLD
    assert garage.unplug().until("00:30", days=1).plug().why is ChargeWhy.WINDOW


def test_a_hold_until_a_time_ends_then() -> None:
    """Whatever happens in between."""
    garage = Garage([NIGHT], level=20)
    hold = Hold(by=HeldBy.REQUEST, since=garage.now, until=at("23:30"))
    garage.memory = replace(garage.memory, hold=hold)
    assert garage.until("23:20").why is ChargeWhy.HOLD
    assert car_view(
        garage.rules, garage.memory, garage.situation, garage.learned
    ).hold_until == at("23:30")
    assert garage.until("23:40").charging


def test_what_begins_and_ends_is_told_once() -> None:
    """A hold, a start, a target: one piece of news each."""
    garage = Garage([NIGHT], level=60).until("22:30").app(charging=False)
    garage.until("23:00").unplug().plug().until("06:00", days=1)
    assert [one.kind for one in garage.told] == [
        NewsKind.RULE_STARTED,
        NewsKind.HOLD_BEGAN,
        NewsKind.HOLD_ENDED,
        NewsKind.RULE_STARTED,
        NewsKind.TARGET_REACHED,
    ]


def test_a_rule_that_is_switched_off_stops_what_it_began() -> None:
    """And nothing that it did not begin."""
    garage = Garage([NIGHT], level=20).until("23:00")
    garage.memory = replace(garage.memory, disabled=frozenset({"night"}))
    garage.until("23:30")
    assert not garage.charging
    assert garage.commands == ["charge_start", "charge_stop"]
    assert garage.app(charging=True).until("00:00", days=1).charging


def test_a_night_that_is_skipped_stops_what_has_begun() -> None:
    """The next night is as ever."""
    garage = Garage([NIGHT], level=20).until("23:00")
    skip = Skip(rule="night", day=at("22:00").date())
    garage.memory = replace(garage.memory, skipped=frozenset({skip}))
    garage.until("05:00", days=1)
    assert not garage.charging
    assert garage.view.next_start == at("22:00", days=1)
    assert garage.until("23:00", days=1).charging


def test_a_rule_that_is_deleted_stops_what_it_began() -> None:
    """Nobody is left to stop it later."""
    garage = Garage([NIGHT], level=20).until("23:00")
    garage.rules = []
    assert not garage.until("23:30").charging


def test_old_memories_are_kept_in_json() -> None:
    """What is not understood costs nothing but itself."""
    garage = Garage([NIGHT], level=20).until("23:00")
    dumped = garage.memory.dump()
    assert Memory.load(dumped) == garage.memory
    assert Memory.load({**dumped, "hold": 7, "later": {}}) == garage.memory
    assert Memory.load("nonsense") == Memory()
