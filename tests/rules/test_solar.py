"""Charging with the sun: when, with how much, and how often a car is told."""

from datetime import timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Reading, Source
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.rules import solar
from custom_components.fleet_pulse.rules.charge_rule import Solar
from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.situation import Surplus

from .garage import Garage, at, rule

NOON: Final = at("12:00")
SUN: Final = Solar(entity="sensor.sun", min_w=1400)
RULE: Final = rule(ready_by=None, solar={"entity": "sensor.sun", "min_w": 3500})


def sunny(**change: Any) -> Garage:
    """Return a garage at noon with a rule that waits for the sun."""
    return Garage([RULE], **{"now": NOON, "level": 40, "limit": 80, **change})


def test_the_sun_must_last_before_a_car_charges_by_it() -> None:
    """A gap in the clouds is no sunshine."""
    garage = sunny(watts=6000)
    assert garage.why is ChargeWhy.WAITING_FOR_SUN
    assert garage.until("12:04").why is ChargeWhy.SOLAR
    assert garage.until("12:10").charging


def test_a_car_does_not_stop_itself() -> None:
    """What it takes counts as to be had, so it goes on while the sun shines."""
    garage = sunny(watts=6000).until("14:00")
    assert garage.commands == ["set_charging_amps 8", "charge_start"]


def test_a_cloud_is_waited_for() -> None:
    """Ten minutes without sun end it, fewer do not."""
    garage = sunny(watts=6000).until("12:30").app(watts=1000).until("12:35")
    assert garage.charging
    assert garage.app(watts=6000).until("13:00").charging
    assert not garage.app(watts=1000).until("13:15").charging
    assert garage.commands[-1] == "charge_stop"


def test_the_current_follows_the_sun_in_steps() -> None:
    """A small change of the surplus changes nothing."""
    garage = sunny(watts=6000).until("12:30").app(watts=6500).until("12:45")
    assert garage.amps == 8
    assert garage.app(watts=9000).until("13:00").amps == 13


def test_no_car_is_told_more_than_six_times_an_hour() -> None:
    """A sky with clouds costs no more than that."""
    garage = sunny(watts=6000)
    garage.until("12:10").app(watts=11000).until("12:15").app(watts=6000)
    garage.until("12:20").app(watts=11000).until("12:25").app(watts=5000)
    garage.until("12:30").app(watts=9000).until("12:35").app(watts=4000)
    garage.until("12:40").app(watts=11000).until("12:45").app(watts=0)
    garage.until("13:00")
    sent = [moment for moment, *_ in garage.sent if moment <= at("13:05")]
    assert len(sent) <= 6
    assert not garage.charging


def test_a_car_without_a_cable_is_told_nothing() -> None:
    """The sun may shine as it likes."""
    garage = sunny(watts=9000, plugged=False).until("14:00")
    assert garage.commands == []
    assert garage.wakes == []


def test_the_owners_current_comes_back() -> None:
    """When the sun has done its part the car charges as it did before."""
    garage = sunny(watts=6000).until("13:00")
    assert garage.memory.amps == 16
    garage.app(watts=0).until("14:00")
    assert garage.amps == 16
    assert garage.memory.amps is None


def test_the_sun_shines_for_a_deadline_too() -> None:
    """What the day gives need not be charged at night."""
    both = rule(solar={"entity": "sensor.sun", "min_w": 3500})
    garage = Garage([both], now=NOON, level=70, watts=9000).until("15:00")
    assert garage.level == 80
    assert garage.until("08:00", days=1).drawing("18:00", "08:00", to=1) == "." * 28


def test_a_target_that_is_reached_needs_no_sun() -> None:
    """The rule says that it has what it wants."""
    garage = sunny(watts=9000, level=85, limit=80).until("13:00")
    assert garage.commands == []
    assert garage.view.reason.why is ChargeWhy.REACHED


def surplus(watts: float, minutes: float = 60) -> Surplus:
    """Return a surplus that has lasted for some minutes at noon."""
    return Surplus(watts=watts, since=NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("there", "is_on", "wants"),
    [
        pytest.param(surplus(1400, 5), False, True, id="enough for long enough"),
        pytest.param(surplus(1400, 4), False, False, id="enough, but only just now"),
        pytest.param(surplus(1399), False, False, id="a watt too little"),
        pytest.param(surplus(0, 9), True, True, id="a cloud"),
        pytest.param(surplus(0, 10), True, False, id="no sun any more"),
        pytest.param(surplus(1400, 0), True, True, id="on, and it shines again"),
    ],
)
def test_when_the_sun_is_charged_with(
    there: Surplus, *, is_on: bool, wants: bool
) -> None:
    """Both directions have a delay of their own."""
    assert solar.wants(SUN, there, NOON, is_on=is_on) is wants


@pytest.mark.parametrize(
    ("watts", "asked", "amps"),
    [
        pytest.param(3450, None, 5, id="three phases at their least"),
        pytest.param(1400, None, 5, id="less than cars take is never asked for"),
        pytest.param(9000, None, 13, id="as much as there is"),
        pytest.param(20000, None, 16, id="no more than the charger gives"),
        pytest.param(9000, 12, 12, id="an ampere more is no change"),
        pytest.param(9000, 11, 13, id="two are"),
        pytest.param(3450, 4, 4, id="nor is one less than cars take"),
    ],
)
def test_the_current_for_a_surplus(watts: float, asked: int | None, amps: int) -> None:
    """Whole amperes, at least five, in steps of two."""
    values = {
        fields.CHARGER_PHASES: 3,
        fields.CHARGE_CURRENT_REQUEST: asked,
        fields.CHARGE_CURRENT_REQUEST_MAX: 16,
    }
    state = State().merged(
        Reading(field=field, value=value, at=NOON, source=Source.POLL)
        for field, value in values.items()
    )
    assert solar.amps(surplus(watts), state) == amps
