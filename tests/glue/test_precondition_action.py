"""The action `precondition` for a departure, or until a moment."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util
import pytest

from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .actions import Actions
from .garage import Garage, town
from .household import Household

MINUTE: Final = 60


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def actions(home: Household) -> Actions:
    """Give the actions on a car that was looked at, then fell asleep."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    garage.car.sleep_now()
    await garage.look()
    return Actions(garage)


def soon(minutes: int) -> datetime:
    """Give a moment ahead by the clock on the wall."""
    return dt_util.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)


async def precondition(actions: Actions, **data: Any) -> dict[str, Any]:
    """Ask for it, and give the answer."""
    return await actions.call("precondition", **data)


async def test_a_departure_ahead_is_scheduled(actions: Actions) -> None:
    """Nobody is woken until its time has come; then the car is warm in time."""
    at = soon(60)
    answer = await precondition(actions, departure=at.isoformat(), temperature=22)
    assert answer == {
        "result": "scheduled",
        "scheduled": True,
        "at": (at - timedelta(minutes=20)).isoformat(),
        "lead": 20,
    }
    await actions.garage.live(35 * MINUTE, 60)
    assert (actions.garage.obeyed(), actions.garage.wakes()) == ([], [])
    await actions.garage.live(10 * MINUTE, 30)
    assert actions.garage.obeyed() == ["auto_conditioning_start", "set_temps"]
    await actions.garage.live(40 * MINUTE, 60)
    assert actions.garage.obeyed()[-1] == "auto_conditioning_stop"


async def test_a_time_alone_is_the_next_that_the_clock_shows(actions: Actions) -> None:
    """Who asks in the evening means tomorrow."""
    before = dt_util.now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    answer = await precondition(actions, departure=before.strftime("%H:%M"))
    at = before + timedelta(days=1) - timedelta(minutes=20)
    assert (answer["result"], answer["at"]) == ("scheduled", at.isoformat())


async def test_a_departure_in_a_few_minutes_begins_at_once(actions: Actions) -> None:
    """Half warm is better than cold."""
    answer = await precondition(actions, departure=soon(10).isoformat())
    assert (answer["result"], answer["started"]) == ("started", True)
    assert actions.garage.obeyed() == ["auto_conditioning_start"]


async def test_it_is_kept_on_until_a_moment_and_then_ended(actions: Actions) -> None:
    """It begins at once; what was begun here is ended here."""
    answer = await precondition(actions, until=soon(75).isoformat())
    assert answer["result"] == "started"
    await actions.garage.live(70 * MINUTE, 60)
    assert actions.garage.car.parts.cabin.is_on
    await actions.garage.live(7 * MINUTE, 30)
    assert not actions.garage.car.parts.cabin.is_on


async def test_a_guard_refuses_with_its_reason(actions: Actions) -> None:
    """An automation can tell the owner, or plug in."""
    garage = actions.garage
    garage.car.parts.battery.soc = 25
    garage.car.unplug()
    await garage.wake_up()
    await garage.fetch()
    answer = await precondition(actions, departure=soon(10).isoformat())
    assert (answer["result"], answer["refused"]) == ("refused", "low_soc")
    await garage.live(15 * MINUTE, 60)
    assert garage.obeyed() == []


async def test_what_the_car_refuses_is_said_and_not_tried_again(
    actions: Actions,
) -> None:
    """The car's own word is a reason, too."""
    actions.garage.car.refuse_next("low_soc")
    answer = await precondition(actions, departure=soon(10).isoformat())
    assert answer["refused"] == "low_soc"
    await actions.garage.live(15 * MINUTE, 60)
    assert len(actions.garage.car.commands) == 1


async def test_a_scheduled_departure_outlasts_a_restart(actions: Actions) -> None:
    """It was promised."""
    await precondition(actions, departure=soon(60).isoformat())
    await actions.garage.restart()
    await actions.garage.live(45 * MINUTE, 60)
    assert actions.garage.obeyed() == ["auto_conditioning_start"]


async def test_a_start_at_once_says_so_too(actions: Actions) -> None:
    """Whoever reads the answer need not know which way it went."""
    answer = await precondition(actions)
    assert (answer["result"], answer["started"], answer["lead"]) == ("sent", True, 0)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        pytest.param({"departure": -5}, "departure_not_ahead", id="in the past"),
        pytest.param(
            {"departure": 60 * 24 * 8}, "departure_not_ahead", id="in a week and a day"
        ),
        pytest.param({"until": -5}, "departure_not_ahead", id="until a moment past"),
        pytest.param({"until": 300}, "until_not_after", id="for five hours"),
        pytest.param(
            {"departure": 60, "until": 30},
            "until_not_after",
            id="ends before it begins",
        ),
        pytest.param(
            {"departure": 60, "until": 300}, "until_not_after", id="on for hours after"
        ),
    ],
)
async def test_times_that_cannot_be_are_refused(
    actions: Actions, given: dict[str, int], key: str
) -> None:
    """The text says what to do instead."""
    data = {name: soon(minutes).isoformat() for name, minutes in given.items()}
    error = await actions.refusal("precondition", **data)
    assert error.translation_key == key


@pytest.mark.parametrize("temperature", [70, -300, "nan"])
async def test_a_temperature_that_no_car_takes_is_refused_at_once(
    actions: Actions, temperature: Any
) -> None:
    """And not found out in the morning, in a cold car."""
    error = await actions.refusal(
        "precondition", departure=soon(60).isoformat(), temperature=temperature
    )
    assert error.translation_key == "invalid_parameter"


async def test_stopping_takes_no_departure(actions: Actions) -> None:
    """One or the other."""
    error = await actions.refusal(
        "precondition", mode="stop", departure=soon(60).isoformat()
    )
    assert error.translation_key == "stop_with_comfort"
