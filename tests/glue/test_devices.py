"""The cars as devices: how they are described, how they come, and how they go."""

from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from tests.fake_fleet.accounts import Account
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3

from .entities import MINUTE, device, entries, look, read, values
from .household import Household


@pytest.fixture
async def removable(house: Household) -> Household:
    """Give a home whose devices can be removed by hand."""
    assert await async_setup_component(house.hass, "config", {})
    await house.set_up()
    return house


def owner(home: Household) -> Account:
    """Give the owner of the cars at Tesla."""
    return next(iter(home.cloud.accounts.values()))


async def removed(
    home: Household, browser: WebSocketGenerator, found: dr.DeviceEntry
) -> bool:
    """Remove a device as an owner does; say whether it was allowed."""
    client = await browser(home.hass)
    answer = await client.remove_device(found.id)
    await home.settle()
    return bool(answer["success"])


async def test_how_cars_and_account_are_described(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """A car has a name, a model an owner recognises, and its firmware."""
    await read(home)
    found = dr.async_entries_for_config_entry(
        dr.async_get(home.hass), home.entry.entry_id
    )
    assert sorted(found, key=lambda entry: entry.name or "") == snapshot


async def test_a_car_that_never_spoke_has_its_name_and_model(home: Household) -> None:
    """The list has the name and the VIN the model; the firmware is not known yet."""
    found = device(home, home.car)
    assert found is not None
    described = (found.name, found.model, found.sw_version)
    assert described == ("Skipper", "Model Y", None)
    assert home.entity_id("lock", "doors") == "lock.skipper_doors"


async def test_new_firmware_and_a_new_name_are_shown(home: Household) -> None:
    """The device says what the car said last."""
    await read(home)
    home.car.parts.software.version = "2026.38.1 0123456789ab"
    home.car.parts.settings.name = "Captain"
    await look(home)
    found = device(home, home.car)
    assert found is not None
    assert (found.name, found.sw_version) == ("Captain", "2026.38.1")


async def test_a_new_car_appears_by_itself(home: Household) -> None:
    """A car that joins the account is there with the next list, unread."""
    spare = Car(spec=MODEL_3, clock=home.cloud.clock, seed=3, state="asleep")
    home.cloud.add_car(spare, owner(home))
    assert device(home, spare) is None
    await home.pass_time(2 * MINUTE)
    found = device(home, spare)
    assert found is not None
    assert (found.name, found.model) == ("Pebble", "Model 3")
    assert values(home, spare).keys() == values(home, home.car).keys()
    assert home.state("sensor", "state", spare).state == "asleep"
    assert home.state("lock", "doors", spare).state == "unknown"
    assert home.cloud.requests.billed == []


async def test_a_car_that_left_is_unavailable_until_it_returns(
    home: Household,
) -> None:
    """Sold, or only not shared for a while: the other car stays."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    before = values(home, home.car)
    owner(home).vins.remove(home.car.vin)
    await home.pass_time(2 * MINUTE)
    assert set(values(home, home.car).values()) == {"unavailable"}
    assert "unavailable" not in values(home, home.old_car).values()
    owner(home).vins.append(home.car.vin)
    await home.pass_time(2 * MINUTE)
    assert values(home, home.car) == before


async def test_only_a_car_that_left_can_be_removed(
    removable: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """A car of the account, and the account itself, cannot be removed by mistake."""
    home = removable
    mine = device(home, home.car)
    account = dr.async_get(home.hass).async_get_device_by_identifier(
        ("fleet_pulse", str(home.entry.unique_id)), home.entry.entry_id
    )
    assert mine is not None
    assert account is not None
    assert not await removed(home, hass_ws_client, mine)
    assert not await removed(home, hass_ws_client, account)
    owner(home).vins.remove(home.car.vin)
    await home.pass_time(2 * MINUTE)
    assert await removed(home, hass_ws_client, mine)
    assert device(home, home.car) is None
    assert entries(home, home.car) == []


async def test_a_removed_car_stays_away_until_it_returns(
    removable: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """A restart does not bring it back; the account's list does."""
    home = removable
    mine = device(home, home.car)
    assert mine is not None
    owner(home).vins.remove(home.car.vin)
    await home.pass_time(2 * MINUTE)
    assert await removed(home, hass_ws_client, mine)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.pass_time(2 * MINUTE)
    assert device(home, home.car) is None
    owner(home).vins.append(home.car.vin)
    await home.pass_time(2 * MINUTE)
    assert device(home, home.car) is not None
    assert home.state("sensor", "state").state == "asleep"
