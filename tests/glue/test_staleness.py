"""Stale never looks fresh: whatever happens, everything says when the car said it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.util import dt as dt_util
import pytest

from .entities import HOUR, MINUTE, said_at, values
from .garage import Garage
from .household import Household
from .outage import ask

DAY: Final = 24 * HOUR
SECTIONS: Final = {
    "binary_sensor.frunk": "vehicle_state",
    "climate.cabin": "climate_state",
    "device_tracker.location": "drive_state",
    "lock.doors": "vehicle_state",
    "number.charge_limit_soc": "charge_state",
    "sensor.battery_level": "charge_state",
    "sensor.inside_temp": "climate_state",
    "sensor.odometer": "vehicle_state",
    "switch.charge": "charge_state",
}
"""One entity of each platform and section, and the section it is of."""

type Act = Callable[[Household], Awaitable[None]]


def truth(body: dict[str, Any]) -> dict[str, datetime]:
    """Give when the car itself says that it said what an entity shows."""
    return {
        key: datetime.fromtimestamp(body[section]["timestamp"] // 1000, UTC)
        for key, section in SECTIONS.items()
    }


def shown(home: Household) -> dict[str, datetime]:
    """Give when the car said it, as the entities say."""
    states = {key: home.state(*key.split(".", 1)) for key in SECTIONS}
    return {key: said_at(state) for key, state in states.items()}


def what(home: Household) -> dict[str, str]:
    """Give what the entities show."""
    return {key: home.state(*key.split(".", 1)).state for key in SECTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A home whose car has said each section at another time, long ago for none."""

    home: Household
    truth: dict[str, datetime]
    values: dict[str, str]


@pytest.fixture
async def told(home: Household) -> Told:
    """Have the car tell its sections, minutes apart."""
    home.car._sleep.self_wakes = False
    home.car.parts.settings.sentry = True
    home.car.request_wake()
    await home.pass_time(2 * MINUTE)
    body = home.car.vehicle_data(None, location=True)
    sections = sorted(name for name, part in body.items() if isinstance(part, dict))
    for minutes, name in enumerate(sections, 1):
        if "timestamp" in body[name]:
            body[name]["timestamp"] -= minutes * 60_000
    home.cloud.fail(f"*/{home.car.vin}/vehicle_data", body={"response": body})
    await ask(home)
    return Told(home=home, truth=truth(body), values=what(home))


async def limited(home: Household) -> None:
    """Ask too often."""
    home.cloud.fail("*", status=429, seconds=DAY)
    await home.pass_time(2 * HOUR, MINUTE)


async def asleep_after_all(home: Household) -> None:
    """Look at a car that falls asleep just then."""
    home.car.sleep_now()
    home.cloud.fail("*/vehicle_data", status=408, seconds=DAY)
    await ask(home)
    await home.pass_time(2 * HOUR, MINUTE)


async def late(home: Household) -> None:
    """Get nothing but 408 while the list says online."""
    home.cloud.fail("*/vehicle_data", status=408, seconds=DAY)
    await home.pass_time(2 * HOUR, MINUTE)
    # Each minute's list says it is online, each look that it is not.
    looks = len(home.cloud.requests.to("/vehicle_data"))
    await home.until(lambda: len(home.cloud.requests.to("/vehicle_data")) > looks)


async def garaged(home: Household) -> None:
    """Leave the car where there is no reception, for a week."""
    home.car.reachable = False
    await home.pass_time(7 * DAY, 2 * HOUR)


async def restarted(home: Household) -> None:
    """Restart Home Assistant, without Tesla."""
    home.cloud.fail("*", status=503, seconds=DAY)
    await Garage(home).restart()
    await home.pass_time(10 * MINUTE, MINUTE)


async def garaged_and_restarted(home: Household) -> None:
    """Be away for a week, both of them."""
    home.car.reachable = False
    await Garage(home).unload()
    await home.pass_time(7 * DAY, DAY)
    await Garage(home).load()
    await home.pass_time(10 * MINUTE, MINUTE)


async def asleep(home: Household) -> None:
    """Let the car sleep, and see it."""
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)


async def clock_ahead(home: Household) -> None:
    """Have a clock that jumps two days ahead."""
    await asleep(home)
    await home.shift_clock(timedelta(days=2))


async def clock_behind(home: Household) -> None:
    """Have a clock that jumps two days back, before the car said anything."""
    await asleep(home)
    await home.shift_clock(-timedelta(days=2))


async def clock_ahead_and_right_again(home: Household) -> None:
    """Have a clock that was wrong for a while."""
    await clock_ahead(home)
    await home.shift_clock(timedelta())


async def clock_right_after_a_restart(home: Household) -> None:
    """Have a clock that is right again when Home Assistant starts."""
    await clock_ahead(home)
    await Garage(home).unload()
    home.freezer.move_to(home.cloud.clock.now())
    await Garage(home).load()
    await home.pass_time(2 * MINUTE)


async def summer_ends(home: Household) -> None:
    """Pass the night in which an hour comes twice."""
    await asleep(home)
    night = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    left = (night - home.cloud.clock.now()).total_seconds()
    await home.pass_time(left, DAY)
    assert dt_util.now().utcoffset() == timedelta(hours=2)
    await home.pass_time(4 * HOUR, HOUR / 4)
    assert dt_util.now().utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        pytest.param(limited, "online", id="429: too many requests"),
        pytest.param(asleep_after_all, "asleep", id="408: asleep"),
        pytest.param(late, "asleep", id="408 while the list says online"),
        pytest.param(garaged, "offline", id="a week in a garage without reception"),
        pytest.param(restarted, "online", id="a restart"),
        pytest.param(garaged_and_restarted, "offline", id="a week away, and a restart"),
        pytest.param(clock_ahead, "asleep", id="a clock two days ahead"),
        pytest.param(clock_behind, "asleep", id="a clock two days behind"),
        pytest.param(
            clock_ahead_and_right_again,
            "asleep",
            id="a clock that was ahead for a while",
        ),
        pytest.param(
            clock_right_after_a_restart, "asleep", id="a clock set right by a restart"
        ),
        pytest.param(summer_ends, "asleep", id="the end of summer time"),
    ],
)
async def test_everything_says_when_the_car_said_it(
    told: Told, act: Act, state: str
) -> None:
    """Its own words at its own times, available; nothing guessed, nobody woken."""
    home = told.home
    assert shown(home) == told.truth
    wakes = home.car.wake_requests
    await act(home)
    assert (shown(home), what(home)) == (told.truth, told.values)
    assert STATE_UNAVAILABLE not in values(home, home.car).values()
    newest = dt_util.parse_datetime(home.state("sensor", "last_update").state)
    assert newest is not None
    assert max(told.truth.values()) <= newest <= home.cloud.clock.now()
    assert home.state("sensor", "state").state == state
    assert home.car.wake_requests == wakes


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(limited, id="too many requests"),
        pytest.param(late, id="nothing but 408"),
        pytest.param(garaged, id="a week in a garage"),
        pytest.param(restarted, id="a restart"),
        pytest.param(clock_behind, id="a clock behind"),
        pytest.param(clock_ahead, id="a clock ahead"),
        pytest.param(clock_right_after_a_restart, id="a clock set right"),
    ],
)
async def test_afterwards_everything_is_fresh_again(told: Told, act: Act) -> None:
    """As soon as the car can be heard: with the times it says then."""
    home = told.home
    await act(home)
    home.cloud.faults.clear()
    home.car.reachable = True
    await home.shift_clock(timedelta())
    home.car.parts.settings.sentry = True
    home.car.request_wake()
    home.car.parts.charging.limit = 77
    before = home.cloud.clock.now()
    await home.pass_time(40 * MINUTE, MINUTE)
    number = home.state("number", "charge_limit_soc")
    assert number.state == "77"
    assert before < said_at(number) <= home.cloud.clock.now()
    assert home.state("sensor", "state").state == "online"
