"""The one look at the end of the set-up that may wake a car, if the owner wants it."""

from typing import Any

import pytest

from .flows import Owner
from .household import Household
from .test_onboarding_progress import THROUGH


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner who has come to the first look; one car of two sleeps."""
    await house.prepare()
    owner = Owner(house, {key: THROUGH[key] for key in THROUGH if key != "first_read"})
    await owner.host_key()
    await owner.sign_in()
    return owner


@pytest.fixture
async def form(owner: Owner) -> Any:
    """Give the form that asks."""
    return await owner.reconfigure()


async def test_it_is_off_unless_wanted(
    owner: Owner, form: Any, house: Household
) -> None:
    """Who presses Submit has woken nothing, and pays nothing."""
    assert form["data_schema"]({}) == {"wake": False}
    words = await owner.words(form)
    assert house.car.name in words
    assert house.old_car.name in words
    assert (await owner.submit(form))["reason"] == "pair_later"
    assert house.cloud.requests.billed == []
    assert house.car.state == "asleep"


async def test_each_car_is_woken_and_read_once(
    owner: Owner, form: Any, house: Household
) -> None:
    """With progress, through the guard, counted, and shown."""
    result = await owner.flow.async_configure(form["flow_id"], {"wake": True})
    assert result["type"] == "progress"
    assert "woken and read" in await owner.words(result)
    result = await owner.wait(result)
    assert result["reason"] == "pair_later"
    billed = [request.category for request in house.cloud.requests.billed]
    assert sorted(billed) == ["data", "data", "wake"]
    assert house.state("sensor", "wakes_today").state == "1"
    assert house.state("sensor", "battery_level").state == str(
        house.car.vehicle_data({"charge_state"}, location=False)["charge_state"][
            "battery_level"
        ]
    )


async def test_a_car_that_does_not_wake_is_told(
    owner: Owner, form: Any, house: Household
) -> None:
    """First that it did not, then that the guard waits; leaving it off is the way on."""
    house.car.reachable = False
    result = await owner.submit(form, wake=True)
    assert result["errors"] == {"base": "wake_failed"}
    assert house.old_car.name not in await owner.words(result)
    result = await owner.submit(result, wake=True)
    assert result["errors"] == {"base": "wake_refused_backing_off"}
    await owner.words(result)
    assert (await owner.submit(result, wake=False))["reason"] == "pair_later"
    assert house.entry.data["finished"]


async def test_a_read_that_fails_is_told(
    owner: Owner, form: Any, house: Household
) -> None:
    """The car is awake, but Tesla has trouble with its data."""
    house.cloud.fail("*/vehicle_data", status=503, times=9)
    result = await owner.submit(form, wake=True)
    assert result["errors"] == {"base": "tesla_unavailable"}
    await owner.words(result)


async def test_cars_that_were_read_already_are_not_asked_for(
    owner: Owner, form: Any, house: Household
) -> None:
    """Where nothing is left to read there is no question."""
    house.car.request_wake()
    await house.pass_time(1200, 60)
    assert (await owner.reconfigure())["reason"] == "pair_later"


async def test_an_entry_that_stopped_is_no_reason_to_stay(
    owner: Owner, form: Any, house: Household
) -> None:
    """The look can be had any time later."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await owner.submit(form, wake=True))["reason"] == "pair_later"
