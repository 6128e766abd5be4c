"""A fleet in one account: as few questions as for one car, and no burst of anything."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback
import pytest

from custom_components.fleet_pulse.coordinator import LOOKS_AT_ONCE
from tests.fake_fleet.car import Car
from tests.fake_fleet.faults import Fault
from tests.fake_fleet.specs import MODEL_3
from tests.lengths import IS_LONG

from .entities import HOUR, MINUTE
from .garage import Garage
from .household import Household

MANY: Final = 100 if IS_LONG else 30
pytestmark = pytest.mark.long


def move_in(house: Household, cars: int) -> None:
    """Have an account with so many cars, all asleep for good."""
    account = next(iter(house.cloud.accounts.values()))
    for car in list(house.cloud.cars.values())[cars:]:
        account.vins.remove(car.vin)
    for seed in range(len(account.vins), cars):
        car = Car(
            spec=MODEL_3,
            clock=house.cloud.clock,
            seed=100 + seed,
            name=f"Car {seed}",
            state="asleep",
        )
        house.cloud.add_car(car, account)
    for car in house.cloud.cars.values():
        car._sleep.self_wakes = False
        car.sleep_now()


@pytest.fixture
async def fleet(house: Household) -> Household:
    """Give a home with a hundred cars."""
    move_in(house, MANY)
    await house.set_up(pair=False)
    await house.pass_time(MINUTE)
    return house


# ---- what is asked


@pytest.mark.parametrize("cars", [1, MANY])
async def test_one_list_a_minute_is_all(house: Household, cars: int) -> None:
    """However many cars: the same free calls an hour, and nothing billed."""
    move_in(house, cars)
    await house.set_up(pair=False)
    await house.pass_time(MINUTE)
    before = len(house.cloud.requests)
    await house.pass_time(HOUR)
    asked = house.cloud.requests[before:]
    assert len(house.entry.runtime_data.account.vehicles) == cars
    assert {request.path for request in asked} == {"/api/1/products"}
    assert len(asked) == 60
    assert house.cloud.requests.billed == []


async def test_an_hour_without_news_writes_nothing(fleet: Household) -> None:
    """Not one state of a hundred cars."""
    written = list[str]()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    fleet.hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    await fleet.pass_time(HOUR, MINUTE)
    assert written == []


async def test_a_hundred_cars_are_back_within_the_set_up(fleet: Household) -> None:
    """From disk alone, every one of them."""
    await Garage(fleet).unload()
    before = len(fleet.cloud.requests)
    assert await fleet.hass.config_entries.async_setup(fleet.entry.entry_id)
    assert len(fleet.cloud.requests) == before
    found = [fleet.state("sensor", "state", c) for c in fleet.cloud.cars.values()]
    assert {state.state for state in found} == {"asleep"}
    assert len(found) == MANY
    await fleet.settle()


# ---- looks


def wake_all(house: Household) -> None:
    """Have all cars wake, and stay up to guard themselves."""
    for car in house.cloud.cars.values():
        car.parts.settings.sentry = True
        car.request_wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What was seen after a second."""

    begun: int
    """Looks that have begun so far."""
    list_age: timedelta


async def watch(house: Household, slow: Fault, seconds: int) -> list[Second]:
    """Note every second which looks have begun, and how old the list is."""
    seen = []
    for _ in range(seconds):
        await house.pass_time(1, 1)
        listed_at = house.cloud.requests.to("/products")[-1].at
        age = house.cloud.clock.now() - listed_at
        seen.append(Second(begun=slow.hits, list_age=age))
    return seen


async def test_looks_at_a_hundred_cars_are_spread(fleet: Household) -> None:
    """All wake at once; a few are looked at at a time, each behind a fresh list."""
    wake_all(fleet)
    slow = fleet.cloud.fail("*/vehicle_data", delay=1, times=9999)
    await fleet.pass_time(3 * MINUTE, 10)
    seen = await watch(fleet, slow, 3 * MINUTE)
    begun = [(b.begun - a.begun, b.list_age) for a, b in pairwise(seen)]
    assert seen[-1].begun >= MANY
    assert max(looks for looks, _ in begun) <= LOOKS_AT_ONCE
    # What begins late in a second is seen after the next one.
    oldest = max(age for looks, age in begun if looks)
    assert oldest <= timedelta(seconds=5 + 2)
    done = fleet.cloud.requests.to("/vehicle_data")
    assert {look.vin for look in done} == fleet.cloud.cars.keys()
    assert {look.status for look in done} == {200}
