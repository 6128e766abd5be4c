"""The wake guard at work: the owner's limits, and what a wake under way still may."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.commander import Outcome
from custom_components.fleet_pulse.fleet.errors import WakeFailed, WakeRefused
from custom_components.fleet_pulse.model import commands
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .garage import PERSON, RULE, Garage, town
from .household import Household
from .test_options_flow import choose

MINUTE: Final = 60
CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()
LOCK: Final = commands.DOOR_LOCK.call()


@pytest.fixture
def wakes_in() -> float:
    """Give the seconds cars take to wake; a test may name others."""
    return 8


@pytest.fixture
async def cloud(
    socket_enabled: None, cloud_clock: Clock, wakes_in: float
) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock, wakes_in=wakes_in) as world:
        yield world


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car knows our key."""
    return Garage(home)


async def refusal(garage: Garage, **cause: Any) -> WakeRefused:
    """Give what the guard says to who wants the car awake."""
    with pytest.raises(WakeRefused) as refused:
        await garage.result(garage.waking(**cause))
    return refused.value


# ---- the owner's limits


async def test_limits_count_at_once(garage: Garage) -> None:
    """None for rules is none from now on, and a person is not held to it."""
    running = garage.home.entry.runtime_data
    await choose(garage.home, on="wakes", wakes_scheduled=0)
    refused = await refusal(garage, cause=RULE)
    assert (refused.reason, refused.retry_at) == ("never_allowed", None)
    assert await garage.result(garage.waking()) is Outcome.SENT
    assert garage.home.entry.runtime_data is running


async def test_a_lower_limit_counts_what_was_before_it(garage: Garage) -> None:
    """Also after a restart; a higher one allows more at once."""
    assert await garage.result(garage.waking()) is Outcome.SENT
    garage.car.sleep_now()
    await garage.home.pass_time(2 * MINUTE, 30)
    await choose(garage.home, on="wakes", wakes_daily=1)
    assert (await refusal(garage)).reason == "daily_limit"
    await garage.restart()
    assert (await refusal(garage)).reason == "daily_limit"
    await choose(garage.home, on="wakes", wakes_daily=2)
    assert await garage.result(garage.waking()) is Outcome.SENT
    assert len(garage.wakes()) == 2


@pytest.mark.parametrize("posts", [1, 2, 3])
async def test_the_owner_says_how_often_a_deaf_car_is_called(
    garage: Garage, posts: int
) -> None:
    """One attempt posts that often, a minute apart, and then has failed."""
    await choose(garage.home, on="wakes", wake_posts=posts)
    garage.car.reachable = False
    with pytest.raises(WakeFailed):
        await garage.result(garage.waking(), step=6)
    times = [wake.at.timestamp() for wake in garage.wakes()]
    assert len(times) == posts
    assert all(later - one >= MINUTE for one, later in pairwise(times))


# ---- a car in deep sleep


@pytest.mark.parametrize("wakes_in", [45.0, 60.0, 62.0])
async def test_a_car_that_takes_a_minute_costs_one_wake(garage: Garage) -> None:
    """It is looked at once more before it would be called again."""
    assert await garage.result(garage.sending(CLIMATE)) is Outcome.SENT
    assert len(garage.wakes()) == 1


async def test_nobody_is_called_again_whom_tesla_says_nothing_of(
    garage: Garage,
) -> None:
    """It may be awake by now; the wake would be billed for nothing."""
    garage.car.reachable = False
    task = asyncio.ensure_future(garage.waking())
    await garage.quiet()
    await garage.home.pass_time(40, 2)
    garage.cloud.fail(f"*/vehicles/{garage.car.vin}", times=9, status=503)
    garage.cloud.fail("*/products", times=9, status=503)
    with pytest.raises(WakeFailed):
        await garage.result(task)
    assert len(garage.wakes()) == 1


# ---- what happens while a car is being woken


async def under_way(garage: Garage, *work: Any) -> list[asyncio.Task[Any]]:
    """Begin what wakes a deaf car, and let half a minute pass."""
    garage.car.reachable = False
    tasks = [asyncio.ensure_future(one) for one in work]
    await garage.quiet()
    await garage.home.pass_time(30, 2)
    assert len(garage.wakes()) == 1
    return tasks


async def spend(garage: Garage, *, hard_stop: bool) -> None:
    """Let the budget be spent."""
    await choose(garage.home, budget="0.001", hard_stop=hard_stop)


@pytest.mark.parametrize(
    ("who", "hard_stop", "wakes"),
    [
        pytest.param([RULE], False, 1, id="a rule is not called for again"),
        pytest.param([PERSON], False, 2, id="a person is"),
        pytest.param([RULE, PERSON], False, 2, id="a person who joined a rule is"),
        pytest.param([PERSON], True, 1, id="but not over a hard stop"),
    ],
)
async def test_a_budget_that_is_spent_meanwhile(
    garage: Garage, who: list[Any], hard_stop: bool, wakes: int
) -> None:
    """A wake under way goes on looking; it calls again only if it might begin now."""
    tasks = await under_way(garage, *(garage.waking(cause) for cause in who))
    await spend(garage, hard_stop=hard_stop)
    found = await garage.results(*tasks)
    assert [type(error) for error in found] == [WakeFailed] * len(who)
    assert len(garage.wakes()) == wakes


async def test_what_makes_a_car_safer_calls_it_again_over_budget(
    garage: Garage,
) -> None:
    """To lock, a car is woken whatever it costs."""
    tasks = await under_way(garage, garage.waking(RULE), garage.sending(LOCK))
    await spend(garage, hard_stop=True)
    await garage.results(*tasks)
    assert len(garage.wakes()) == 2


async def test_a_car_wakes_late_without_another_call(garage: Garage) -> None:
    """A spent budget ends the calls, not the patience."""
    (task,) = await under_way(garage, garage.waking(RULE))
    await spend(garage, hard_stop=False)
    await garage.home.pass_time(40, 2)
    garage.car.reachable = True
    garage.car.request_wake()
    assert await garage.result(task) is Outcome.SENT
    assert len(garage.wakes()) == 1


async def test_nobody_is_called_again_when_all_have_left(garage: Garage) -> None:
    """Without a command that waits there is no second call."""
    (task,) = await under_way(garage, garage.sending(CLIMATE))
    task.cancel()
    await garage.home.pass_time(90, 2)
    assert len(garage.wakes()) == 1


# ---- failures


async def test_a_sign_of_life_outlasts_a_restart(garage: Garage) -> None:
    """A car that failed and then was there is not backed off from after it."""
    garage.car.reachable = False
    for _ in range(2):
        await garage.results(garage.waking(RULE), step=6)
        await garage.home.pass_time(61, 61)
    garage.car.reachable = True
    await garage.wake_up()
    await garage.fetch()
    garage.car.sleep_now()
    await garage.home.pass_time(MINUTE)
    await garage.restart()
    assert await garage.result(garage.waking(RULE)) is Outcome.SENT
