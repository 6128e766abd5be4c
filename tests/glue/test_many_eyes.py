"""Many people look at many entities: that costs one free list, and nothing else."""

from datetime import timedelta
from itertools import pairwise

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.fake_fleet.log import Request

from .entities import HOUR, MINUTE, entries
from .garage import Garage
from .household import Household


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home whose first car sleeps, and whose other one is awake."""
    await house.set_up()
    house.car._sleep.self_wakes = False
    await house.pass_time(2 * MINUTE)
    return house


def fifty(home: Household) -> list[str]:
    """Give the ids of fifty entities of both cars."""
    found = [*entries(home, home.car), *entries(home, home.old_car)]
    return [
        entry.entity_id
        for entry in found
        if home.hass.states.get(entry.entity_id) is not None
    ][:50]


async def refresh(hass: HomeAssistant, ids: list[str]) -> None:
    """Have entities updated, as a script does."""
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": ids}, blocking=True
    )


def apart(lists: list[Request]) -> float:
    """Give the fewest seconds between two lists."""
    return min((b.at - a.at).total_seconds() for a, b in pairwise(lists))


async def test_fifty_updates_at_once_are_one_list(home: Household) -> None:
    """All wait for the same one."""
    garage = Garage(home)
    await home.pass_time(20)
    before = len(home.cloud.requests)
    ids = fifty(home)
    await refresh(home.hass, ids)
    (asked,) = home.cloud.requests[before:]
    assert len(ids) == 50
    assert asked.path == "/api/1/products"
    assert garage.looks() == []


async def press(home: Household, times: int) -> None:
    """Have fifty entities updated again and again, every other second."""
    for _ in range(times):
        await refresh(home.hass, fifty(home))
        await home.pass_time(2, 2)


async def test_updates_again_and_again_are_a_list_each_ten_seconds(
    home: Household,
) -> None:
    """However impatient a script is."""
    await home.pass_time(20)
    before = len(home.cloud.requests)
    await press(home, 30)
    asked = home.cloud.requests[before:]
    assert {request.path for request in asked} == {"/api/1/products"}
    assert 5 <= len(asked) <= 7
    assert apart(asked) >= 10


async def test_without_polling_a_person_still_sees_something(home: Household) -> None:
    """Home Assistant's own switch ends all asking but that."""
    entries_ = home.hass.config_entries
    entries_.async_update_entry(home.entry, pref_disable_polling=True)
    await entries_.async_reload(home.entry.entry_id)
    await home.pass_time(20)
    before = len(home.cloud.requests)
    await home.pass_time(HOUR, MINUTE)
    assert len(home.cloud.requests) == before
    await refresh(home.hass, fifty(home))
    (asked,) = home.cloud.requests[before:]
    assert asked.path == "/api/1/products"


async def test_a_dashboard_asks_nothing(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """States are sent from memory, history from the recorder."""
    home = house
    assert await async_setup_component(home.hass, "history", {})
    assert await async_setup_component(home.hass, "websocket_api", {})
    await home.set_up()
    await home.pass_time(2 * MINUTE)
    await get_instance(home.hass).async_block_till_done()
    before = len(home.cloud.requests)
    ids = fifty(home)
    browser = await hass_ws_client(home.hass)
    await browser.send_json_auto_id({"type": "subscribe_entities", "entity_ids": ids})
    assert (await browser.receive_json())["success"]
    added = (await browser.receive_json())["event"]["a"]
    assert set(added) == set(ids)
    start = dt_util.utcnow() - timedelta(hours=1)
    await browser.send_json_auto_id(
        {
            "type": "history/history_during_period",
            "start_time": start.isoformat(),
            "entity_ids": ids,
        }
    )
    answer = await browser.receive_json()
    assert answer["success"]
    assert len(home.cloud.requests) == before
