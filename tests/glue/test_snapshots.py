"""Snapshots in the free list: the car is shown as it was when it slept, for nothing."""

from datetime import timedelta
import logging
from typing import Any, Final

from homeassistant.core import State
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.const import CONF_CACHED_DATA
from tests.fake_fleet.car import Car

from .entities import HOUR, MINUTE, look, said_at, values
from .household import Household

LEVEL: Final = ("sensor", "battery_level")
GARBLED: Final = "cached_data cannot be read"


@pytest.fixture
async def pushing(house: Household) -> Household:
    """Give a home whose car pushes snapshots, sleeps, and has not been looked at."""
    house.car.cached_data = True
    await house.set_up()
    return house


def asked(home: Household) -> int:
    """Count the looks at the car, which Tesla bills."""
    return len([r for r in home.cloud.requests.of("data") if r.vin == home.car.vin])


def source(state: State) -> Any:
    """Give where a state came from."""
    return state.attributes.get("source")


async def nap(home: Household) -> None:
    """Have the car come online, fall asleep, and the list be asked."""
    home.car.request_wake()
    await home.pass_time(2 * MINUTE)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    assert home.car.state == "asleep"


async def test_a_car_that_sleeps_is_known_for_nothing(pushing: Household) -> None:
    """It was never looked at, and everything it pushed is shown with its time."""
    await nap(pushing)
    shown = pushing.state(*LEVEL)
    assert shown.state == str(round(pushing.car.soc))
    assert source(shown) == "cached"
    assert said_at(shown) <= dt_util.utcnow() - timedelta(minutes=1)
    assert asked(pushing) == 0


async def test_a_car_that_parks_and_is_plugged_in_is_shown_right(
    pushing: Household,
) -> None:
    """After a drive and with the cable in it sleeps: place, distance, plug, level."""
    pushing.car.drive(2)
    await pushing.pass_time(2.5 * MINUTE)
    pushing.car.plug("ac")
    pushing.car.sleep_now()
    await pushing.pass_time(2 * MINUTE)
    seen = values(pushing, pushing.car)
    assert asked(pushing) == 0
    assert float(seen["sensor.odometer"]) == pytest.approx(pushing.odometer_km(), 1e-4)
    assert seen["binary_sensor.charge_cable"] == "on"
    assert seen["sensor.battery_level"] == str(round(pushing.car.soc))
    assert seen["sensor.state"] == "asleep"
    tracker = pushing.state("device_tracker", "location").attributes
    assert (tracker["latitude"], tracker["longitude"]) == pytest.approx(
        pushing.car.location, abs=1e-4
    )


@pytest.mark.parametrize(
    ("pushes", "looks"),
    [
        pytest.param(True, 0, id="what pushes will say it for nothing"),
        pytest.param(False, 1, id="what does not is looked at"),
    ],
)
async def test_a_car_that_was_silent_for_half_a_day_and_wakes(
    house: Household, pushes: bool, looks: int
) -> None:
    """What is known is old; but a look is only worth its price without snapshots."""
    house.car.cached_data = pushes
    await house.set_up()
    await nap(house)
    await look(house)
    house.car.sleep_now()
    await house.pass_time(13 * HOUR, HOUR / 4)
    before = asked(house)
    await nap(house)
    assert asked(house) - before == looks


async def test_the_cable_that_was_taken_out_is_gone(pushing: Household) -> None:
    """A protobuf without the kind of cable does not keep the last one."""
    pushing.car.plug("ac")
    await nap(pushing)
    assert values(pushing, pushing.car)["binary_sensor.charge_cable"] == "on"
    pushing.car.unplug()
    await nap(pushing)
    assert values(pushing, pushing.car)["binary_sensor.charge_cable"] == "off"


async def test_an_old_snapshot_is_no_news(pushing: Household) -> None:
    """A look is newer than what the list still carries."""
    await nap(pushing)
    pushing.car.request_wake()
    await pushing.pass_time(MINUTE)
    pushing.car.act("set_charge_limit", {"percent": 61})
    await look(pushing)
    shown = pushing.state(*LEVEL)
    limit = values(pushing, pushing.car)["number.charge_limit_soc"]
    await pushing.pass_time(2 * MINUTE)
    assert float(limit) == 61
    assert values(pushing, pushing.car)["number.charge_limit_soc"] == limit
    assert source(shown) == "poll"
    assert said_at(pushing.state(*LEVEL)) == said_at(shown)


async def test_what_never_changes_is_written_once(pushing: Household) -> None:
    """The list brings the same text every minute; it is decoded once, told once."""
    await nap(pushing)
    before = pushing.state(*LEVEL)
    await pushing.pass_time(HOUR / 4, 30)
    after = pushing.state(*LEVEL)
    assert (after.last_reported, said_at(after)) == (
        before.last_reported,
        said_at(before),
    )


async def test_an_owner_may_switch_it_off_and_on(pushing: Household) -> None:
    """Off: nothing is decoded. On again: what is there is."""
    entries = pushing.hass.config_entries
    entries.async_update_entry(pushing.entry, options={CONF_CACHED_DATA: False})
    await nap(pushing)
    assert pushing.state(*LEVEL).state == "unknown"
    entries.async_update_entry(pushing.entry, options={CONF_CACHED_DATA: True})
    await pushing.pass_time(2 * MINUTE)
    assert pushing.state(*LEVEL).state == str(round(pushing.car.soc))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AAAA", id="bytes that are no protobuf"),
        pytest.param("not base64!", id="words"),
        pytest.param("", id="nothing"),
        pytest.param(17, id="a number"),
        pytest.param(["x"], id="a list"),
        pytest.param({"encrypted_data": "x"}, id="an object"),
    ],
)
async def test_garbage_is_said_once_and_nothing_else(
    pushing: Household,
    text: object,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line at debug for the car, whatever it is and however often it comes."""
    caplog.set_level(logging.DEBUG, "custom_components.fleet_pulse")
    garble(pushing.car, monkeypatch, {"cached_data": text})
    await nap(pushing)
    await pushing.pass_time(5 * MINUTE)
    said = [r for r in caplog.records if GARBLED in r.getMessage()]
    assert [record.levelno for record in said] == [logging.DEBUG]
    assert pushing.state(*LEVEL).state == "unknown"
    assert pushing.state("sensor", "state").state == "asleep"


async def test_an_encrypted_snapshot_is_none(
    pushing: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some cars' are sealed for the owner's phone: the list is read without them."""
    garble(pushing.car, monkeypatch, {"cached_data": None, "encrypted_data": "AAAA"})
    await nap(pushing)
    assert pushing.state(*LEVEL).state == "unknown"
    assert pushing.state("sensor", "state").state == "asleep"


def garble(car: Car, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]) -> None:
    """Have the list say something else of a car's snapshot."""
    product = car.product
    monkeypatch.setattr(car, "product", lambda: product() | more)


async def test_a_restart_keeps_what_was_pushed(pushing: Household) -> None:
    """The value and its time come back from disk, and no look is needed."""
    await nap(pushing)
    before = pushing.state(*LEVEL)
    await pushing.hass.config_entries.async_reload(pushing.entry.entry_id)
    await pushing.settle()
    after = pushing.state(*LEVEL)
    assert (after.state, said_at(after)) == (before.state, said_at(before))
    assert asked(pushing) == 0
