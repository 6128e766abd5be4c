"""The cars of an account: how they are there from the first moment, come and go."""

from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from tests.fake_fleet.accounts import Account
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3, MODEL_S_2016

from .entities import HOUR, MINUTE, device, entries, read, said_at, states, values
from .flows import account_of
from .garage import Garage
from .household import Household

DAY: Final = 24 * HOUR
STEP: Final = HOUR / 2


@pytest.fixture
def owner(home: Household) -> Account:
    """Give the owner of the cars at Tesla."""
    return account_of(home)


@pytest.fixture
async def known(home: Household) -> Household:
    """Give a home whose car was looked at, and sleeps for good."""
    await read(home)
    for car in home.cloud.cars.values():
        car._sleep.self_wakes = False
        car.sleep_now()
    await home.pass_time(2 * MINUTE)
    return home


def new(home: Household, seed: int, spec: Any = MODEL_3, **how: Any) -> Car:
    """Build a car that nobody has yet."""
    how.setdefault("state", "asleep")
    return Car(spec=spec, clock=home.cloud.clock, seed=seed, self_wakes=False, **how)


def names(home: Household, *cars: Car) -> list[str | None]:
    """Give the names of the devices of cars, where there are any."""
    return [found and found.name for found in (device(home, car) for car in cars)]


def said(found: dict[str, State]) -> dict[str, tuple[str, str]]:
    """Give what the car itself said, and when; the list's word is Tesla's."""
    return {
        key: (state.state, state.attributes["last_updated"])
        for key, state in found.items()
        if state.attributes.get("last_updated") and key != "sensor.state"
    }


def snapshots(storage: dict[str, Any]) -> str:
    """Give what is kept of the cars on disk."""
    return str([kept for key, kept in storage.items() if "fleet_pulse.snapshot" in key])


# ---- the first time


async def test_a_sleeping_car_is_there_at_once_and_unknown(home: Household) -> None:
    """Named, asleep, available; nothing is guessed, nothing billed, nobody woken."""
    home.car._sleep.self_wakes = False
    (found,) = names(home, home.car)
    shown = values(home, home.car)
    assert found == "Skipper"
    assert (shown["sensor.state"], shown["lock.doors"]) == ("asleep", STATE_UNKNOWN)
    assert STATE_UNAVAILABLE not in shown.values()
    assert {
        shown[key]
        for key in ("sensor.odometer", "sensor.battery_level", "sensor.last_update")
    } == {STATE_UNKNOWN}
    await home.pass_time(12 * HOUR, STEP)
    assert home.cloud.requests.of("wake") == []
    assert [r for r in home.cloud.requests.billed if r.vin == home.car.vin] == []
    assert home.car.wake_requests == 0


async def test_whether_it_is_online_is_shown_to_who_enables_it(home: Household) -> None:
    """Its state says so already: two that are written each hour would be one too many."""
    name = home.entity_id("binary_sensor", "connectivity")
    assert home.hass.states.get(name) is None
    er.async_get(home.hass).async_update_entity(name, disabled_by=None)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    found = home.state("binary_sensor", "connectivity")
    assert (found.state, found.attributes["device_class"]) == ("off", "connectivity")
    home.car.request_wake()
    await home.pass_time(2 * MINUTE)
    assert home.state("binary_sensor", "connectivity").state == "on"


async def test_a_car_that_wakes_by_itself_is_looked_at_once(
    home: Household,
) -> None:
    """The list sees it; one look fills everything, with the car's own times."""
    garage = Garage(home)
    home.car._sleep.self_wakes = False
    await home.pass_time(20 * MINUTE)
    home.car.request_wake()
    await home.until(lambda: home.state("sensor", "state").state != "asleep")
    await home.pass_time(5 * MINUTE)
    (look,) = garage.looks()
    shown = home.state("sensor", "odometer")
    assert float(shown.state) == pytest.approx(home.odometer_km(), abs=0.1)
    assert said_at(shown) <= look.at
    assert home.cloud.requests.of("wake") == []


async def test_after_a_restart_everything_is_back_within_the_set_up(
    known: Household,
) -> None:
    """With its old times, before anything is asked: also when Tesla cannot be reached."""
    garage = Garage(known)
    before = states(known, known.car)
    await garage.unload()
    await known.pass_time(3 * DAY, DAY)
    known.cloud.fail("*", status=503, times=999)
    asked = len(known.cloud.requests)
    entry_id = known.entry.entry_id
    assert await known.hass.config_entries.async_setup(entry_id)
    after = states(known, known.car)
    assert len(known.cloud.requests) == asked
    assert said(after) == said(before)
    assert len(said(after)) > 30
    await known.settle()


# ---- cars that come


async def test_several_new_cars_come_with_one_list(
    home: Household, owner: Account
) -> None:
    """Devices and entities, without a reload, and nothing billed."""
    loaded = home.entry.runtime_data
    cars = [new(home, seed, spec) for seed, spec in ((3, MODEL_3), (4, MODEL_S_2016))]
    for car in cars:
        home.cloud.add_car(car, owner)
    await home.pass_time(MINUTE + 10)
    assert names(home, *cars) == ["Pebble", "Grandpa"]
    assert [values(home, car)["sensor.state"] for car in cars] == ["asleep"] * 2
    assert home.entry.runtime_data is loaded
    assert [r for r in home.cloud.requests.billed if r.vin != home.old_car.vin] == []


async def test_a_car_that_was_delivered_while_nobody_looked(
    home: Household, owner: Account
) -> None:
    """It is there with the first list after the start."""
    garage = Garage(home)
    await garage.unload()
    spare = new(home, 3)
    home.cloud.add_car(spare, owner)
    await home.pass_time(DAY, DAY)
    await garage.load()
    await home.pass_time(MINUTE)
    assert names(home, spare) == ["Pebble"]
    assert home.state("sensor", "state", spare).state == "asleep"


# ---- cars that go


async def test_a_car_that_left_is_removed_after_a_day(
    known: Household, hass_storage: dict[str, Any]
) -> None:
    """Unavailable at once; later device, entities and snapshot go by themselves."""
    account_of(known).vins.remove(known.car.vin)
    await known.pass_time(2 * MINUTE)
    assert set(values(known, known.car).values()) == {STATE_UNAVAILABLE}
    await known.pass_time(23 * HOUR, STEP)
    assert names(known, known.car) == ["Skipper"]
    await known.pass_time(2 * HOUR, STEP)
    assert names(known, known.car, known.old_car) == [None, "Grandpa"]
    assert entries(known, known.car) == []
    await known.pass_time(2 * MINUTE)
    assert known.car.vin not in snapshots(hass_storage)
    assert known.old_car.vin in snapshots(hass_storage)


async def test_a_restart_does_not_begin_to_count_anew(known: Household) -> None:
    """Nor does it show a car as there that had left before."""
    garage = Garage(known)
    account_of(known).vins.remove(known.car.vin)
    await known.pass_time(13 * HOUR, STEP)
    await garage.unload()
    known.cloud.fail("*/products", status=503, times=1)
    await garage.load()
    assert set(values(known, known.car).values()) == {STATE_UNAVAILABLE}
    await known.pass_time(12 * HOUR, STEP)
    assert device(known, known.car) is None


async def test_a_car_that_returns_in_time_has_its_history(known: Household) -> None:
    """Nothing was forgotten: values, times, and the device itself."""
    before, was = values(known, known.car), device(known, known.car)
    account_of(known).vins.remove(known.car.vin)
    await known.pass_time(20 * HOUR, STEP)
    account_of(known).vins.append(known.car.vin)
    await known.pass_time(20 * HOUR, STEP)
    account_of(known).vins.remove(known.car.vin)
    await known.pass_time(20 * HOUR, STEP)
    account_of(known).vins.append(known.car.vin)
    await known.pass_time(2 * MINUTE)
    assert was is not None
    assert values(known, known.car) == before
    found = device(known, known.car)
    assert found is not None
    assert found.id == was.id


async def test_a_car_that_returns_later_comes_as_a_new_one(known: Household) -> None:
    """Under its old names, which automations use; what it once said is not shown."""
    ids = {entry.entity_id for entry in entries(known, known.car)}
    account_of(known).vins.remove(known.car.vin)
    await known.pass_time(26 * HOUR, STEP)
    assert device(known, known.car) is None
    account_of(known).vins.append(known.car.vin)
    await known.pass_time(2 * MINUTE)
    assert names(known, known.car) == ["Skipper"]
    shown = values(known, known.car)
    assert (shown["sensor.state"], shown["lock.doors"]) == ("asleep", STATE_UNKNOWN)
    await read(known)
    # What it is equipped with is learned anew.
    assert {entry.entity_id for entry in entries(known, known.car)} == ids


def site() -> dict[str, Any]:
    """Give a battery at home, as the list has it."""
    return {"energy_site_id": 7, "resource_type": "battery"}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 200, "body": {"response": []}}, id="an empty list"),
        pytest.param(
            {"status": 200, "body": {"response": [site()]}}, id="a list of homes only"
        ),
        pytest.param({"status": 200, "body": {"response": None}}, id="no list"),
        pytest.param(
            {"status": 200, "body": {"response": [{"vin": "5YJ3E1EA0KF999999"}, 5]}},
            id="a garbled list",
        ),
        pytest.param({"status": 503}, id="an error"),
        pytest.param({"status": 429}, id="too many requests"),
        pytest.param({"html": True}, id="a page in place of the list"),
        pytest.param(
            {
                "status": 403,
                "body": {"error": "Unauthorized missing scopes"},
            },
            id="a permission taken back",
        ),
        pytest.param({"status": 401}, id="an account that is refused"),
    ],
)
async def test_nothing_but_a_good_list_makes_a_car_leave(
    known: Household, fault: dict[str, Any]
) -> None:
    """However long it goes on, nothing is removed, and all comes back as it was."""
    before = values(known, known.car)
    known.cloud.fail("*/products", times=9999, **fault)
    await known.pass_time(4 * DAY, HOUR)
    assert names(known, known.car, known.old_car) == ["Skipper", "Grandpa"]
    assert entries(known, known.car) != []
    known.cloud.faults.clear()
    await known.pass_time(10 * MINUTE)
    after = values(known, known.car)
    assert after["sensor.odometer"] == before["sensor.odometer"]


# ---- names


async def test_a_renamed_car_keeps_the_ids_of_its_entities(known: Household) -> None:
    """The device follows what the car is called at Tesla; automations stay whole."""
    ids = {entry.entity_id for entry in entries(known, known.car)}
    known.car.parts.settings.name = "Captain"
    await known.pass_time(MINUTE + 10)
    assert names(known, known.car) == ["Captain"]
    assert {entry.entity_id for entry in entries(known, known.car)} == ids


async def test_a_name_given_by_hand_stays(known: Household) -> None:
    """Whatever the car is called at Tesla."""
    found = device(known, known.car)
    assert found is not None
    dr.async_get(known.hass).async_update_device(found.id, name_by_user="Mine")
    known.car.parts.settings.name = "Captain"
    await known.pass_time(MINUTE + 10)
    found = device(known, known.car)
    assert found is not None
    assert (found.name_by_user, found.name) == ("Mine", "Captain")


async def test_a_list_that_leaves_the_name_out_changes_none(known: Household) -> None:
    """The car is still called what it was called, also after a restart."""
    known.cloud.fail(
        "*/products", status=200, times=5, body={"response": unnamed(known)}
    )
    await known.pass_time(2 * MINUTE)
    assert names(known, known.car) == ["Skipper"]
    await Garage(known).restart()
    assert names(known, known.car) == ["Skipper"]


def unnamed(home: Household) -> list[dict[str, Any]]:
    """Give the list without any name."""
    bodies = [car.product() for car in home.cloud.cars.values()]
    return [body | {"display_name": None} for body in bodies]
