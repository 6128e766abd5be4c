"""Rules in a household: from the subentry to the car, through nights and restarts."""

from typing import Final

import pytest

from custom_components.fleet_pulse.rules.reason import ChargeWhy
from tests.fake_fleet.car import HOME

from .household import Household
from .rules import NIGHT, add_rule, sent, view

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
async def night(home: Household) -> str:
    """Have the old car charge at night; give the rule."""
    home.old_car.parts.battery.soc = 40
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    return await add_rule(home, "Night", NIGHT, car=home.old_car)


async def test_a_car_without_schedules_charges_in_its_window(
    home: Household, night: str
) -> None:
    """Plugged in early it waits; it is told to begin, and stops at its limit."""
    car = home.old_car
    car.plug("ac")
    await home.pass_time(30 * MINUTE, MINUTE)
    assert view(home, night).reason.why is ChargeWhy.WAITING
    assert car.charging_state == "Stopped"
    await home.pass_time(15 * HOUR, 2 * MINUTE)
    assert car.soc == pytest.approx(80, abs=1)
    assert sent(home, car) == ["charge_stop", "charge_start"]


async def test_a_car_with_schedules_charges_by_itself(home: Household) -> None:
    """It is told while it is awake, and nobody wakes it at night."""
    car = home.car
    car.parts.battery.soc = 40
    rule = await add_rule(home, "Night", NIGHT)
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    car.drive(20, HOME)
    await home.pass_time(30 * MINUTE, MINUTE)
    car.plug("ac")
    await home.pass_time(30 * MINUTE, MINUTE)
    assert view(home, rule).reason.why is ChargeWhy.STORED_IN_CAR
    assert car.charging_state == "Stopped"
    await home.pass_time(13 * HOUR, 2 * MINUTE)
    assert car.soc == pytest.approx(80, abs=1)
    assert set(sent(home)) == {"add_charge_schedule"}
    assert home.cloud.requests.of("wake") == []
