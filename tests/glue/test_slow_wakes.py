"""A car that takes as long to wake as the guard waits: told once, and not forgotten."""

from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.rules.retry import UNSEEN_FOR
from tests.fake_fleet.car import Car

from .garage import Garage
from .household import Household
from .rules import NIGHT, add_rule, sent

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
PATIENCE: Final = 200
"""Seconds that Tesla asks to wait between two looks at a car that wakes."""


@pytest.fixture
async def car(home: Household) -> Car:
    """Give the old car a minute before its night, asleep, stopped and plugged in."""
    car = home.old_car
    car.parts.battery.soc = 40
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    await add_rule(home, "Night", NIGHT, car=car)
    car.plug("ac")
    await home.pass_time(20 * MINUTE, MINUTE)
    now = dt_util.now()
    night = now.replace(hour=23, minute=0, second=0, microsecond=0)
    await home.pass_time((night - now).total_seconds() - MINUTE, 5 * MINUTE)
    return car


@pytest.mark.parametrize("restarts", [False, True], ids=["as ever", "over a restart"])
async def test_what_left_late_is_not_soon_repeated(
    home: Household, car: Car, restarts: bool
) -> None:
    """Tesla shows the car to nobody: for ten minutes it may have worked."""
    began_at = dt_util.utcnow() + timedelta(seconds=MINUTE)
    look, data = f"*/vehicles/{car.vin}", "*/vehicle_data"
    home.cloud.fail(look, status=429, retry_after=PATIENCE, skip=1)
    home.cloud.fail(data, status=503, seconds=HOUR)
    await home.pass_time(6 * MINUTE, 2)
    if restarts:
        await Garage(home).restart()
    await home.pass_time(24 * MINUTE, 15)

    left_at, again_at, *_ = (
        at for at, command, *_ in car.commands if command == "charge_start"
    )
    assert left_at >= began_at + timedelta(seconds=PATIENCE)
    assert again_at >= left_at + UNSEEN_FOR


async def test_what_could_not_leave_is_not_lost(home: Household, car: Car) -> None:
    """The car has no signal for a whole attempt; the next one brings it there."""
    car.reachable = False
    await home.pass_time(5 * MINUTE, 5)
    assert len(home.cloud.requests.of("wake")) > 0
    car.reachable = True
    await home.pass_time(20 * MINUTE, 15)

    assert sent(home, car).count("charge_start") == 1
    assert car.charging_state == "Charging"
