"""Departures in a household: from calendar and weather to the car, and back."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.view import Matter
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .appointments import CALENDAR, WEATHER, Appointments, add_calendar, add_weather
from .garage import Garage, town
from .household import Household
from .rules import add_rule, runner, view

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give a garage with a car that was seen at home, plugged in, and fell asleep."""
    found = Garage(home)
    found.car.plug("ac")
    await found.wake_up()
    await found.fetch()
    found.car.sleep_now()
    await found.look()
    return found


@pytest.fixture
def told(garage: Garage) -> list[Mapping[str, Any]]:
    """Collect what is told of rules."""
    found: list[Mapping[str, Any]] = []

    @callback
    def tell(event: Event) -> None:
        found.append(event.data)

    garage.home.hass.bus.async_listen("fleet_pulse_rule", tell)
    return found


def soon(minutes: int) -> datetime:
    """Give a moment ahead on a full minute."""
    now = dt_util.utcnow().replace(second=0, microsecond=0)
    return now + timedelta(minutes=minutes)


def weekly(at: datetime, **more: Any) -> dict[str, Any]:
    """Give a departure at this time of the day, every day."""
    local = dt_util.as_local(at)
    return {
        "source": "weekly",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "at": local.strftime("%H:%M:%S"),
        **more,
    }


async def depart(garage: Garage, data: Mapping[str, Any]) -> str:
    """Add a departure."""
    return await add_rule(garage.home, "Work", data, matter=Matter.PRECONDITIONING)


def why(garage: Garage, rule: str) -> DepartureWhy:
    """Give the reason of a departure."""
    return DepartureWhy(view(garage.home, rule).reason.why)


def kinds(told: list[Mapping[str, Any]]) -> list[str]:
    """Give what was told, by kind."""
    return [one["type"] for one in told]


async def test_a_car_is_warm_in_time_for_a_departure(
    garage: Garage, told: list[Mapping[str, Any]]
) -> None:
    """One wake, one start, told, and ended a while after the departure."""
    await add_weather(garage.home.hass, 3)
    at = soon(60)
    rule = await depart(garage, weekly(at, weather=WEATHER, temperature=22))
    await garage.live(39 * MINUTE, 60)
    assert garage.obeyed() == []
    assert view(garage.home, rule).next_start == at - timedelta(minutes=20)
    await garage.live(4 * MINUTE)
    assert garage.obeyed() == ["auto_conditioning_start", "set_temps"]
    assert len(garage.wakes()) == 1
    assert why(garage, rule) is DepartureWhy.PRECONDITIONING
    assert view(garage.home, rule).is_active
    await garage.live(20 * MINUTE, 30)
    assert kinds(told) == ["preconditioning_started", "ready"]
    await garage.live(20 * MINUTE, 30)
    assert garage.obeyed()[-1] == "auto_conditioning_stop"
    assert not garage.car.parts.cabin.is_on
