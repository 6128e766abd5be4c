"""Two accounts of Tesla's in one Home Assistant, with a car that both may use."""

import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from tests.fake_fleet.accounts import Account
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3

from .entities import HOUR, MINUTE, read
from .flows import Owner
from .garage import Garage
from .household import Household

SECOND: Final = "second@example.com"
HINT: Final = "A car of this account is shown by another account already"


@pytest.fixture
def partner(home: Household) -> Account:
    """Give somebody with a car of their own, who may drive the owner's, too."""
    found = home.cloud.add_account(SECOND, "eu")
    car = Car(spec=MODEL_3, clock=home.cloud.clock, seed=3, state="asleep")
    car._sleep.self_wakes = False
    home.cloud.add_car(car, found)
    home.cloud.invite(home.car, found)
    home.car._sleep.self_wakes = False
    return found


@pytest.fixture
async def second(home: Household, partner: Account) -> ConfigEntry:
    """Set the second account up, too."""
    owner = Owner(home)
    result = await owner.start()
    assert result["type"] == "external"
    created = await owner.sign_in_from(result, email=SECOND)
    await home.settle()
    found: ConfigEntry = created["result"]
    await home.pass_time(2 * MINUTE)
    return found


def cars_of(home: Household, entry: ConfigEntry) -> set[str]:
    """Give the names of the cars that an account shows."""
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), entry.entry_id)
    return {
        str(device.name)
        for device in devices
        if device.entry_type is not dr.DeviceEntryType.SERVICE
    }


def ids(home: Household, car: Car, entry: ConfigEntry) -> set[str]:
    """Give the ids of a car's entities that an account shows."""
    found = er.async_entries_for_config_entry(er.async_get(home.hass), entry.entry_id)
    return {e.entity_id for e in found if e.unique_id.startswith(car.vin)}


def live(home: Household, car: Car, entry: ConfigEntry) -> set[str]:
    """Give those among them that show something."""
    return {
        entity_id
        for entity_id in ids(home, car, entry)
        if (state := home.hass.states.get(entity_id)) is not None
        and state.state != STATE_UNAVAILABLE
    }


def told(log: pytest.LogCaptureFixture) -> int:
    """Count how often it was said that a car is elsewhere."""
    return sum(message.startswith(HINT) for message in log.messages)


async def test_each_account_has_its_own_list(
    home: Household, second: ConfigEntry
) -> None:
    """One call a minute each, for all that it shows."""
    await home.pass_time(MINUTE)
    before = len(Garage(home).lists())
    await home.pass_time(HOUR / 2)
    assert 58 <= len(Garage(home).lists()) - before <= 62


async def test_a_car_of_both_is_shown_once(
    home: Household,
    second: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By whom had it first; the other account shows its own cars, and says so once."""
    caplog.set_level(logging.INFO)
    await home.hass.config_entries.async_reload(second.entry_id)
    await home.pass_time(10 * MINUTE)
    assert cars_of(home, home.entry) == {"Skipper", "Grandpa"}
    assert cars_of(home, second) == {"Pebble"}
    assert "does not generate unique IDs" not in caplog.text
    assert told(caplog) == 1


async def test_a_car_of_both_is_looked_at_once(
    home: Household, second: ConfigEntry
) -> None:
    """One look where one account alone would take one."""
    garage = Garage(home)
    await read(home)
    (one,) = garage.looks()
    assert one.status == 200


async def test_a_restart_changes_nothing_whoever_comes_first(
    home: Household, second: ConfigEntry
) -> None:
    """Also while the first account is not there yet, its car stays its car."""
    entries = home.hass.config_entries
    shown = ids(home, home.car, home.entry)
    assert await entries.async_unload(second.entry_id)
    assert await entries.async_unload(home.entry.entry_id)
    assert await entries.async_setup(second.entry_id)
    await home.pass_time(5 * MINUTE)
    assert cars_of(home, second) == {"Pebble"}
    assert await entries.async_setup(home.entry.entry_id)
    await home.pass_time(2 * MINUTE)
    assert len(live(home, home.car, home.entry)) > 30
    assert ids(home, home.car, home.entry) == shown


async def remove(home: Household, entry: ConfigEntry) -> None:
    """Remove an account."""
    await home.hass.config_entries.async_remove(entry.entry_id)


async def disable(home: Household, entry: ConfigEntry) -> None:
    """Switch an account off."""
    await home.hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )


async def sell(home: Household, entry: ConfigEntry) -> None:
    """Take the car out of the account, and wait."""
    home.cloud.accounts["owner@example.com"].vins.remove(home.car.vin)
    await home.pass_time(26 * HOUR, HOUR / 2)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(remove, id="removed"),
        pytest.param(disable, id="disabled"),
        pytest.param(sell, id="without the car"),
    ],
)
async def test_the_other_account_takes_over(
    home: Household, second: ConfigEntry, end: Any
) -> None:
    """The same entities under the same names, and they show something again."""
    first = home.entry
    shown, seen = ids(home, home.car, first), live(home, home.car, first)
    await end(home, first)
    await home.pass_time(3 * MINUTE)
    assert cars_of(home, second) == {"Pebble", "Skipper"}
    assert ids(home, home.car, second) == shown
    assert live(home, home.car, second) == seen
    assert ids(home, home.car, first) == set()
    assert home.state("sensor", "state").state == "asleep"


async def test_an_account_that_comes_back_leaves_the_car_where_it_is(
    home: Household, second: ConfigEntry
) -> None:
    """A car does not go to and fro; its other cars are back."""
    first = home.entry
    await disable(home, first)
    await home.pass_time(3 * MINUTE)
    await home.hass.config_entries.async_set_disabled_by(first.entry_id, None)
    await home.pass_time(5 * MINUTE)
    assert cars_of(home, second) == {"Pebble", "Skipper"}
    assert cars_of(home, first) == {"Grandpa"}
    assert len(live(home, home.old_car, first)) > 30
