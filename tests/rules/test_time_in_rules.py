"""Clocks that change, jump, or are moved to another zone, with a car at them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.fleet_pulse.rules.reason import ChargeWhy

from .garage import Garage, at, rule, window

FORWARD, BACK = 20, 230
"""Days from that Monday to the Sundays on which Berlin's clocks change."""
LEAP_DAY = 722
"""To the 29th of February 2028."""


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(FORWARD, id="an hour less"),
        pytest.param(BACK, id="an hour more"),
        pytest.param(LEAP_DAY, id="a day that is rare"),
    ],
)
def test_a_deadline_is_met_on_days_that_are_no_others(day: int) -> None:
    """The night is an hour shorter or longer, and the car is ready."""
    every = rule(days=["sun", "tue"])
    garage = Garage([every], level=20, now=at("18:00", days=day - 1))
    assert garage.until("07:30", days=day).level == 80
    assert garage.charged[0] > at("01:00", days=day)


def test_a_window_in_the_hour_that_is_skipped_begins_after_it() -> None:
    """At 02:30 it is 03:00 already."""
    night = rule(windows=[window("02:30", "05:00")], days=["sun"])
    garage = Garage([night], level=20, now=at("01:00", days=FORWARD))
    garage.until("06:00", days=FORWARD)
    assert garage.charged[0] == at("03:00", days=FORWARD)


def test_a_clock_that_jumps_back_repeats_nothing() -> None:
    """An hour that comes twice to the program is charged in once."""
    garage = Garage([rule(windows=[window("22:00", "06:00")])], level=20)
    garage.until("22:30")
    sent = len(garage.sent)
    garage.now -= timedelta(minutes=20)
    assert len(garage.until("22:45").sent) == sent


def test_a_clock_that_jumps_on_ends_what_is_over() -> None:
    """What the program slept through is not made up for."""
    garage = Garage([rule(windows=[window("22:00", "23:00")])], level=20)
    garage.until("22:30")
    garage.now = at("03:00", days=1)
    garage.stirs().until("03:30", days=1)
    assert garage.commands == ["charge_start", "charge_stop"]


def test_wall_times_are_those_of_the_zone_that_is_set_now() -> None:
    """Whoever moves house means the clocks there."""
    garage = Garage([rule(windows=[window("22:00", "23:00")])])
    assert garage.view.next_start == at("22:00")
    garage.around = {"zone": ZoneInfo("Europe/London")}
    garage.look()
    assert garage.view.next_start == at("23:00")
    assert garage.why is ChargeWhy.WAITING
