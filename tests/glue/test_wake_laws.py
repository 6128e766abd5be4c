"""Laws of the wake guard that hold whatever happens: seen from Tesla's side.

Only what the cloud was asked counts here: a wake that is not in our journal would be
on the bill all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.commander import Cause
from custom_components.fleet_pulse.model import commands
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.lengths import IS_LONG

from .garage import PERSON, RULE, Garage, town
from .household import Household
from .test_options_flow import choose

IDLE: Final = Cause(reason="what nobody is woken for")
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()
FLASH: Final = commands.FLASH_LIGHTS.call()
BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
STARTS: Final = 100 if IS_LONG else 20
HISTORIES: Final = 4 if IS_LONG else 2
HOURLY: Final = 6
"""How many wakes an hour a car is spared by, whatever the owner chooses."""


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car knows our key."""
    return Garage(home)


def called(garage: Garage) -> list[datetime]:
    """Give when Tesla was asked to wake the car."""
    return [wake.at for wake in garage.wakes()]


def most_within(times: Iterable[datetime], window: timedelta) -> int:
    """Give the largest number of moments in any window of a length."""
    moments = sorted(times)
    return max(
        (sum(start <= one < start + window for one in moments) for start in moments),
        default=0,
    )


# ---- restarts


async def start_over(garage: Garage, times: int, *causes: Any) -> None:
    """Restart again and again; at each start, somebody may want the car awake."""
    for _ in range(times):
        tasks = [asyncio.ensure_future(garage.waking(cause)) for cause in causes]
        await garage.home.settle()
        await garage.home.pass_time(8, 8)
        await garage.restart()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.long
async def test_many_restarts_wake_nobody(garage: Garage) -> None:
    """Nothing is due, so nothing is woken, and nothing billed."""
    before = len(garage.cloud.requests.billed)
    await start_over(garage, STARTS)
    assert len(garage.cloud.requests.billed) == before
    assert garage.wakes() == []


@pytest.mark.long
async def test_many_restarts_in_the_middle_of_a_wake_cause_no_other(
    garage: Garage,
) -> None:
    """A rule that wants the car at each start gets what it gets without restarts."""
    garage.car.reachable = False
    await start_over(garage, STARTS, RULE)
    over = garage.home.cloud.clock.now()
    # The first at once; the others as late as after attempts that failed at last.
    waits = [later - one for one, later in pairwise(called(garage))]
    assert all(wait >= least for wait, least in zip(waits, BACK_OFF, strict=False))
    assert 1 <= len(called(garage)) <= 3
    assert over - called(garage)[0] < HOUR


# ---- whatever happens


async def live(garage: Garage, seed: int, steps: int) -> None:
    """Let anybody want anything of a car that does as it likes, for some hours."""
    dice = Random(seed)
    for _ in range(steps):
        await _happen(garage, dice)


async def _happen(garage: Garage, dice: Random) -> None:
    """Let one thing happen, and some time pass."""
    match dice.choice(("rule", "person", "both", "idle", "flaky", "restart", "spend")):
        case "rule":
            await garage.results(garage.waking(RULE), step=6)
        case "person":
            await garage.results(garage.sending(CLIMATE), step=6)
        case "both":
            await garage.results(
                *(garage.waking(cause) for cause in (RULE, PERSON, RULE)), step=6
            )
        case "idle":
            await garage.results(garage.sending(FLASH, IDLE), step=6)
        case "flaky":
            garage.car.reachable = not garage.car.reachable
        case "restart":
            await garage.restart()
        case "spend":
            budget = dice.choice(("0.001", "10"))
            await choose(garage.home, budget=budget, hard_stop=dice.random() < 0.5)
    if dice.random() < 0.7:
        garage.car.sleep_now()
    await garage.home.pass_time(dice.choice((10, 70, 300, 1500)), 300)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_no_history_wakes_a_car_too_often(garage: Garage, seed: int) -> None:
    """Neither in an hour nor in a day, nor twice at once, nor for nothing."""
    await choose(garage.home, on="wakes", wakes_daily=8, wakes_scheduled=2)
    await live(garage, seed, 40)
    attempts = [one for one in garage.data.journal.wakes if one.vin == garage.car.vin]
    calls = called(garage)
    assert sum(one.posts for one in attempts) == len(calls)
    assert all(one.posts <= 2 for one in attempts)
    assert all(one.ended_at <= later.at for one, later in pairwise(attempts))
    assert most_within([one.at for one in attempts], HOUR) <= HOURLY
    assert most_within([one.at for one in attempts], DAY) <= 8
    by_rules = [one.at for one in attempts if one.scheduled]
    assert most_within(by_rules, DAY) <= 2
    assert IDLE.reason not in {one.reason for one in attempts}
