"""Actions: what they cost, whom they reach, what they answer."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .actions import call, device_of, refusal
from .bad_answers import refused
from .household import Household
from .outage import MINUTE


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home that is set up for reading; the newer car sleeps."""
    await house.set_up(pair=False)
    flows = house.hass.config_entries.flow
    (left,) = flows.async_progress()
    flows.async_abort(left["flow_id"])
    await house.pass_time(MINUTE)
    return house


# ---- refresh


@pytest.mark.parametrize("fetch", [False, True])
async def test_refreshing_a_sleeping_car_costs_nothing(
    home: Household, fetch: bool
) -> None:
    """It is not woken, and not asked: Tesla would bill the answer that it sleeps."""
    device = device_of(home)
    await call(home, "refresh", device_id=device, fetch=fetch)
    response = await call(home, "refresh", device_id=device, fetch=fetch)
    assert response["vehicles"] == {
        device: {
            "online": False,
            "fetched": False,
            "asking": "asleep",
            "last_update": None,
        }
    }
    assert home.cloud.requests.billed == []
    assert home.car.state == "asleep"


async def test_refresh_is_free_unless_asked_to_fetch(home: Household) -> None:
    """Without `fetch` only the free list is asked, also of a car that is awake."""
    home.car.request_wake()
    await home.pass_time(MINUTE)
    device = device_of(home)
    response = await call(home, "refresh", device_id=device)
    assert response["vehicles"][device]["online"]
    assert not response["vehicles"][device]["fetched"]
    assert home.cloud.requests.billed == []


async def test_fetch_asks_a_car_that_is_awake_once(home: Household) -> None:
    """What a person asks for is not put off, and answers with the car's own time."""
    home.car.request_wake()
    await home.pass_time(MINUTE)
    device = device_of(home)
    response = await call(home, "refresh", device_id=device, fetch=True)
    said = response["vehicles"][device]
    assert said["fetched"]
    assert said["last_update"] == home.state("sensor", "last_update").state
    assert len(home.cloud.requests.billed) == 1
    assert home.cloud.requests.billed[0].vin == home.car.vin


async def test_refreshing_both_cars_asks_one_list(home: Household) -> None:
    """One list names all cars of an account."""
    devices = [device_of(home), device_of(home, home.old_car)]
    lists = len(home.cloud.requests.to("/products"))
    await home.pass_time(11, 11)
    response = await call(home, "refresh", device_id=devices)
    assert set(response["vehicles"]) == set(devices)
    assert len(home.cloud.requests.to("/products")) == lists + 1


async def test_a_refresh_that_fails_says_so(home: Household) -> None:
    """The values stay, and whoever asked learns that they are not newer."""
    await home.pass_time(11, 11)
    home.cloud.fail("*/products", times=1, status=503)
    error = await refusal(home, "refresh", device_id=device_of(home))
    assert error.translation_key == "tesla_unavailable"


async def test_a_missing_permission_is_told_and_can_be_mended(
    home: Household,
) -> None:
    """The owner may grant it by signing in again, which is offered at once."""
    await home.pass_time(11, 11)
    denied = refused(403, "Unauthorized missing scopes")
    home.cloud.fail("*/products", times=1, **denied)
    error = await refusal(home, "refresh", device_id=device_of(home))
    assert error.translation_key == "scope_missing"
    await home.settle()
    (flow,) = home.hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"


# ---- wake


async def test_wake_wakes_and_counts(home: Household) -> None:
    """One wake, which Tesla bills, and a response that says so."""
    device = device_of(home)
    task = home.hass.async_create_task(call(home, "wake", device_id=device))
    await home.pass_time(MINUTE, 2)
    said = (await task)["vehicles"][device]
    assert 0 < said.pop("seconds") <= MINUTE
    assert said == {
        "result": "sent",
        "reason": "action wake",
        "posts": 1,
        "wakes_today": 1,
        "wakes_left": 19,
        "wakes_left_for_rules": 4,
    }
    assert home.car.state == "online"
    assert len(home.cloud.requests.of("wake")) == 1


async def test_waking_a_car_that_is_awake_costs_nothing(home: Household) -> None:
    """It is so already."""
    home.car.request_wake()
    await home.pass_time(MINUTE)
    device = device_of(home)
    response = await call(home, "wake", device_id=device)
    assert response["vehicles"][device] == {
        "result": "already",
        "reason": None,
        "seconds": 0,
        "posts": 0,
        "wakes_today": 0,
        "wakes_left": 20,
        "wakes_left_for_rules": 4,
    }
    assert home.cloud.requests.billed == []


async def test_a_car_that_does_not_wake_does_not_hinder_another(
    home: Household,
) -> None:
    """Both are tried, side by side; each has its own result in the response."""
    home.car.reachable = False
    home.old_car.sleep_now()
    await home.pass_time(MINUTE)
    devices = [device_of(home), device_of(home, home.old_car)]
    task = home.hass.async_create_task(call(home, "wake", device_id=devices))
    await home.pass_time(2 * MINUTE, 4)
    said = (await task)["vehicles"]
    assert said[devices[0]]["result"] == "failed"
    assert said[devices[0]]["error"] == "wake_failed"
    woken = said[devices[1]]
    assert (woken["result"], woken["posts"], woken["wakes_today"]) == ("sent", 1, 1)
    assert home.old_car.state == "online"
    again = (await call(home, "wake", device_id=devices))["vehicles"]
    assert again[devices[0]]["error"] == "wake_refused_backing_off"
    assert "Next try from 08:" in again[devices[0]]["message"]
    assert again[devices[1]]["result"] == "already"


async def test_who_reads_no_response_hears_of_each_car_all_the_same(
    home: Household,
) -> None:
    """An automation that goes on only after success must not go on."""
    home.car.reachable = False
    home.old_car.sleep_now()
    await home.pass_time(MINUTE)
    devices = [device_of(home), device_of(home, home.old_car)]
    task = home.hass.async_create_task(
        home.hass.services.async_call(
            DOMAIN, "wake", {"device_id": devices}, blocking=True
        )
    )
    await home.pass_time(2 * MINUTE, 4)
    with pytest.raises(HomeAssistantError) as error:
        await task
    assert str(error.value) == (
        f"Not every car did it. Done: {home.old_car.name}. Not done:"
        f" {home.car.name}: The car did not wake up. It may be out of reception. Try"
        " again in some minutes; until then it is not woken again, as Tesla bills"
        " every try"
    )


async def test_where_no_car_did_it_each_trouble_is_told(home: Household) -> None:
    """Nobody would look into a response of nothing but troubles."""
    home.car.reachable = home.old_car.reachable = False
    home.old_car.sleep_now()
    await home.pass_time(MINUTE)
    devices = [device_of(home), device_of(home, home.old_car)]
    task = home.hass.async_create_task(refusal(home, "wake", device_id=devices))
    await home.pass_time(2 * MINUTE, 4)
    error = await task
    assert error.translation_key == "all_vehicles_failed"
    assert f"{home.car.name}: The car did not wake up" in str(error)
    assert f"{home.old_car.name}: The car did not wake up" in str(error)


async def test_waking_without_permission_is_told(home: Household) -> None:
    """Tesla's refusal ends the attempt at once."""
    denied = refused(403, "Unauthorized missing scopes")
    home.cloud.fail("*/wake_up", times=1, **denied)
    error = await refusal(home, "wake", device_id=device_of(home))
    assert error.translation_key == "scope_missing"


# ---- targets


def by_entity(house: Household) -> dict[str, Any]:
    """Choose a car by one of its entities."""
    return {"entity_id": house.entity_id("sensor", "battery_level")}


def by_device(house: Household) -> dict[str, Any]:
    """Choose a car itself."""
    return {"device_id": device_of(house)}


def by_area(house: Household) -> dict[str, Any]:
    """Choose a car by where it is kept."""
    garage = ar.async_get(house.hass).async_create("Garage")
    devices = dr.async_get(house.hass)
    devices.async_update_device(device_of(house), area_id=garage.id)
    return {"area_id": garage.id}


def twice(house: Household) -> dict[str, Any]:
    """Choose a car by several of its entities, and itself."""
    keys = ("battery_level", "odometer")
    entities = [house.entity_id("sensor", key) for key in keys]
    return {"entity_id": entities, "device_id": device_of(house)}


@pytest.mark.parametrize("target", [by_entity, by_device, by_area, twice])
async def test_a_car_is_reached(
    home: Household, target: Callable[[Household], dict[str, Any]]
) -> None:
    """By entity, device or area, and once whatever names it."""
    response = await call(home, "refresh", **target(home))
    assert set(response["vehicles"]) == {device_of(home)}


def the_account(house: Household) -> dict[str, Any]:
    """Choose the account's own device."""
    entities = er.async_get(house.hass)
    unique_id = f"{house.entry.unique_id}-cost_this_month"
    return {"entity_id": entities.async_get_entity_id("sensor", DOMAIN, unique_id)}


def a_stranger(house: Household) -> dict[str, Any]:
    """Choose an entity of somebody else."""
    found = er.async_get(house.hass).async_get_or_create("light", "demo", "lamp")
    return {"entity_id": found.entity_id}


def an_empty_area(house: Household) -> dict[str, Any]:
    """Choose an area without a car."""
    return {"area_id": ar.async_get(house.hass).async_create("Cellar").id}


def a_ghost(house: Household) -> dict[str, Any]:
    """Choose a device that is gone."""
    return {"device_id": "gone"}


@pytest.mark.parametrize("action", ["refresh", "wake"])
@pytest.mark.parametrize("target", [the_account, a_stranger, an_empty_area, a_ghost])
async def test_no_car_is_the_callers_mistake(
    home: Household, action: str, target: Callable[[Household], dict[str, Any]]
) -> None:
    """It is said what to choose, and nothing is asked."""
    asked = len(home.cloud.requests)
    error = await refusal(home, action, **target(home))
    assert isinstance(error, ServiceValidationError)
    assert str(error) == (
        "No car of Fleet Pulse was chosen. Choose a car, one of its entities, or its"
        " area"
    )
    assert len(home.cloud.requests) == asked


def nothing(house: Household) -> dict[str, Any]:
    """Choose nothing: the action is about all accounts."""
    return {}


@pytest.mark.parametrize(
    ("action", "choose"),
    [("refresh", by_device), ("wake", by_entity), ("get_usage", nothing)],
)
async def test_an_account_that_is_not_running_is_told(
    home: Household, action: str, choose: Callable[[Household], dict[str, Any]]
) -> None:
    """The actions are there all the same, and say where to look."""
    target = choose(home)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    error = await refusal(home, action, **target)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "not_loaded"


# ---- usage


async def test_usage_says_who_asked_what_for_and_what_it_costs(
    home: Household,
) -> None:
    """Per day, category, car and reason; the sum is Tesla's own."""
    home.car.request_wake()
    await home.pass_time(MINUTE)
    await call(home, "refresh", device_id=device_of(home), fetch=True)
    usage = (await call(home, "get_usage"))["accounts"][home.entry.entry_id]
    assert usage["cost"] == str(home.cloud.bill.total())
    assert usage["currency"] == "USD"
    assert usage["billed"]["data"] == 1
    assert usage["requests"]["free"] >= 2
    (line,) = [line for line in usage["lines"] if line["category"] == "data"]
    assert line == {
        "day": "2026-10-05",
        "category": "data",
        "vehicle": home.car.name,
        "reason": "poll: asked",
        "requests": 1,
        "billed": 1,
    }
    # The list is about all cars, and about none.
    (free,) = [line for line in usage["lines"] if line["category"] == "free"]
    assert free["vehicle"] is None
    assert free["billed"] == 0


async def test_usage_of_another_month(home: Household) -> None:
    """Any day of it chooses it; nothing was asked then."""
    await home.pass_time(MINUTE)
    said = await call(home, "get_usage", month="2026-09-30")
    usage = said["accounts"][home.entry.entry_id]
    assert (usage["month"], usage["requests"]["free"], usage["lines"]) == (
        "2026-09",
        0,
        [],
    )
    assert usage["projected"] is None
