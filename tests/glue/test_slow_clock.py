"""A machine whose clock stays behind: one without a battery, and without a network."""

from datetime import timedelta
from typing import Final

from homeassistant.core import Event
import pytest

from custom_components.fleet_pulse.promises import EVENT_COMMAND_UNCONFIRMED

from .entities import MINUTE, look, read, said_at, values
from .garage import Garage
from .household import Household

BEHIND: Final = timedelta(days=2)
LEVEL: Final = ("sensor", "battery_level")
LIMIT: Final = ("number", "charge_limit_soc")
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
async def behind(house: Household) -> Household:
    """Give a home that knew its car, and starts again two days too early."""
    house.car.cached_data = True
    await house.set_up()
    await read(house)
    garage = Garage(house)
    await garage.unload()
    house.clock_is_off = -BEHIND
    await house.pass_time(MINUTE)
    await garage.load()
    await house.pass_time(2 * MINUTE)
    return house


async def test_the_list_is_believed(behind: Household) -> None:
    """What Tesla says now is newer than what it said before the start."""
    behind.car.request_wake()
    await behind.pass_time(2 * MINUTE)
    assert values(behind, behind.car)["sensor.state"] == "online"
    behind.car.sleep_now()
    await behind.pass_time(2 * MINUTE)
    assert values(behind, behind.car)["sensor.state"] == "asleep"


async def test_a_snapshot_is_newer_than_what_was_known(behind: Household) -> None:
    """It comes for nothing, and has the time the car gave it."""
    behind.car.request_wake()
    await behind.pass_time(MINUTE)
    behind.car.act("set_charge_limit", {"percent": 61})
    slept_at = behind.cloud.clock.now()
    behind.car.sleep_now()
    await behind.pass_time(2 * MINUTE)
    shown = behind.state(*LIMIT)
    assert float(shown.state) == 61
    assert shown.attributes["source"] == "cached"
    assert abs(said_at(shown) - slept_at) <= SECOND


async def test_a_look_is_newer_than_what_was_known(behind: Household) -> None:
    """It is dated by the car, not by the wrong clock."""
    behind.car.request_wake()
    await behind.pass_time(MINUTE)
    behind.car.act("set_charge_limit", {"percent": 61})
    before = behind.cloud.clock.now()
    await look(behind)
    shown = behind.state(*LIMIT)
    assert float(shown.state) == 61
    assert shown.attributes["source"] == "poll"
    assert before - SECOND <= said_at(shown) <= behind.cloud.clock.now()


async def test_a_command_is_shown_and_then_confirmed(behind: Household) -> None:
    """At once as expected, after a look as the car says; nobody complains."""
    complaints: list[Event] = []
    behind.hass.bus.async_listen(EVENT_COMMAND_UNCONFIRMED, complaints.append)
    behind.car.request_wake()
    await behind.pass_time(MINUTE)
    await behind.act("number", "set_value", *LIMIT, value=61)
    expected = behind.state(*LIMIT)
    await behind.pass_time(2 * MINUTE)
    said = behind.state(*LIMIT)
    assert (float(expected.state), expected.attributes["source"]) == (61, "command")
    assert (float(said.state), said.attributes["source"]) == (61, "poll")
    assert complaints == []


async def test_a_promise_that_is_broken_is_taken_back(behind: Household) -> None:
    """The car's own word is shown again once it says otherwise."""
    complaints: list[Event] = []
    behind.hass.bus.async_listen(EVENT_COMMAND_UNCONFIRMED, complaints.append)
    behind.car.request_wake()
    await behind.pass_time(MINUTE)
    before = behind.state(*LIMIT).state
    await behind.act("number", "set_value", *LIMIT, value=61)
    behind.car.act("set_charge_limit", {"percent": int(float(before))})
    await behind.pass_time(2 * MINUTE)
    assert behind.state(*LIMIT).state == before
    assert len(complaints) == 1


async def test_a_clock_that_is_set_right_changes_nothing(behind: Household) -> None:
    """What is known stays, and what is said next is newer."""
    known = behind.state(*LEVEL)
    behind.clock_is_off = timedelta()
    await behind.pass_time(5 * MINUTE)
    assert (behind.state(*LEVEL).state, said_at(behind.state(*LEVEL))) == (
        known.state,
        said_at(known),
    )
    behind.car.request_wake()
    await behind.pass_time(MINUTE)
    await look(behind)
    assert said_at(behind.state(*LEVEL)) > said_at(known)
