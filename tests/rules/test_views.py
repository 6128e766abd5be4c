"""What is shown of rules: moments, and what the calendar has."""

import pytest

from custom_components.fleet_pulse.rules.memory import Memory, OneOff, Skip
from custom_components.fleet_pulse.rules.outlook import planned
from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.view import Planned
from custom_components.fleet_pulse.rules.views import car_view

from .garage import HOME, Garage, at, rule, window


def outlook(garage: Garage, days: int = 7) -> tuple[Planned, ...]:
    """Return what the calendar has from that Monday."""
    return planned(
        garage.rules,
        garage.memory,
        garage.situation,
        garage.learned,
        since=at("00:00"),
        until=at("00:00", days=days),
    )


def test_a_waiting_rule_says_when_it_begins_and_is_ready() -> None:
    """Its start, its deadline, and in between the moment it should be done."""
    view = Garage([rule()]).view
    assert view.reason.why is ChargeWhy.WAITING
    assert view.next_start is not None
    assert view.next_deadline == at("07:30", days=1)
    assert view.reason.values["start"] == view.next_start
    assert view.reason.values["level"] == 40
    assert view.estimated_ready == at("07:30", days=1)
    assert not view.is_active


def test_a_charging_rule_says_until_when() -> None:
    """What it is about is what the car does."""
    garage = Garage([rule(windows=[window("22:00", "06:00")])]).until("22:30")
    view = garage.view
    assert view.is_active
    assert view.reason.values["until"] == at("06:00", days=1)
    assert view.next_deadline == at("06:00", days=1)
    assert (
        at("00:30", days=1)
        < (view.estimated_ready or at("23:00"))
        < at("03:00", days=1)
    )


def test_an_unplugged_car_still_says_what_is_planned() -> None:
    """The reason is the cable as soon as it would matter."""
    garage = Garage([rule()], plugged=False)
    assert garage.view.reason.why is ChargeWhy.UNPLUGGED
    assert garage.view.next_start is not None
    noon = Garage([rule(windows=[window("22:00", "23:00")])], plugged=False)
    assert noon.view.reason.why is ChargeWhy.WAITING


@pytest.mark.parametrize("why", [ChargeWhy.BUDGET, ChargeWhy.NOT_PERMITTED])
def test_what_will_not_pass_by_itself_is_said_by_each_rule(why: ChargeWhy) -> None:
    """Days before its time, too: nothing will come of it if it stays as it is."""
    friday = rule("friday", days=["fri"])
    garage = Garage([rule(), friday], around={"obstacle": why})
    assert {view.reason.why for view in garage.views.values()} == {why}


def test_a_rule_without_days_to_come_is_idle() -> None:
    """Its dates are over."""
    garage = Garage([rule(days=[], dates=["2026-01-07"])])
    assert garage.view.reason.why is ChargeWhy.IDLE
    assert garage.view.next_start is None


def test_a_rule_that_names_what_is_gone_says_so() -> None:
    """It pauses, and names it."""
    garage = Garage([rule()], around={"missing": frozenset({HOME})})
    reason = garage.view.reason
    assert reason.why is ChargeWhy.ENTITY_MISSING
    assert reason.values == {"entity": HOME}


def test_a_car_says_which_rule_decides() -> None:
    """Its reason is the winner's."""
    garage = Garage([rule(windows=[window("22:00", "06:00")])]).until("22:30")
    view = car_view(garage.rules, garage.memory, garage.situation, garage.learned)
    assert view.winner == "night"
    assert view.reason == garage.view.reason
    assert not view.is_on_hold


def test_the_calendar_has_the_week() -> None:
    """Five nights, each up to its morning."""
    nights = outlook(Garage([rule()], now=at("00:00")))
    assert [one.day.day for one in nights] == [9, 10, 11, 12, 13]
    assert {one.span.end for one in nights} == {
        at("07:30", days=day) for day in range(5)
    }


def test_the_calendar_has_what_was() -> None:
    """From when to when it really charged."""
    garage = Garage([rule(windows=[window("22:00", "23:00")])], level=20)
    first, *_ = outlook(garage.until("23:30"))
    assert first.is_past
    assert (first.span.start, first.span.end) == (at("22:00"), at("23:05"))


def test_the_calendar_has_what_is_under_way_once() -> None:
    """Not also as what is to come."""
    garage = Garage([rule(windows=[window("22:00", "23:00")])], level=20)
    today = [one for one in outlook(garage.until("22:30")) if one.day.day == 9]
    assert len(today) == 1


def test_the_calendar_leaves_out_what_is_skipped_and_has_what_is_asked_for_once() -> (
    None
):
    """What was moved is where it was moved to."""
    garage = Garage([rule()], now=at("00:00"))
    garage.memory = Memory(
        skipped=frozenset({Skip(rule="night", day=at("12:00", days=2).date())}),
        one_offs=(
            OneOff(
                id="moved",
                target_soc=80,
                start=at("12:00", days=3),
                ready_by=at("14:00", days=3),
            ),
        ),
    )
    found = outlook(garage)
    assert [one.day.day for one in found] == [9, 10, 12, 12, 13]
    assert [one.rule for one in found if one.is_one_off] == ["moved"]


def test_the_calendar_has_nothing_of_a_rule_that_is_off() -> None:
    """It does nothing that could be planned."""
    garage = Garage([rule()])
    garage.memory = Memory(disabled=frozenset({"night"}))
    assert outlook(garage) == ()
