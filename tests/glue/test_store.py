"""The cars as they were last known: written seldom, read whatever is there."""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
import pytest

from .garage import Garage
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its real files: they are what is to be damaged here."""
    return {}


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car was looked at."""
    garage = Garage(home)
    await garage.wake_up(seconds=70)
    await garage.fetch()
    return garage


def path(garage: Garage) -> Path:
    """Give the file."""
    folder = Path(garage.home.hass.config.config_dir) / ".storage"
    (found,) = folder.glob("fleet_pulse.snapshot.*[0-9a-f]")
    return found


def kept(garage: Garage) -> dict[str, Any]:
    """Give what is in the file."""
    found: dict[str, Any] = json.loads(path(garage).read_text())["data"]
    return found


async def test_a_look_is_on_disk_within_a_minute(garage: Garage) -> None:
    """A crash loses no more; readings that never pause are written as well."""
    await garage.home.pass_time(70, 5)
    first = kept(garage)[garage.car.vin]["state"]["odometer"]["at"]
    garage.car.power(on=True)
    for _ in range(8):
        await garage.home.pass_time(20, 5)
        await garage.fetch()
    assert kept(garage)[garage.car.vin]["state"]["odometer"]["at"] > first


async def test_a_list_without_news_is_not_written(garage: Garage) -> None:
    """Cards wear out: a car that sleeps for hours writes nothing."""
    for car in garage.cloud.cars.values():
        car.sleep_now()
    await garage.home.pass_time(3 * MINUTE, 30)
    written = path(garage).stat().st_mtime_ns
    lists = len(garage.lists())
    await garage.home.pass_time(20 * MINUTE, 30)
    assert len(garage.lists()) > lists + 10
    assert path(garage).stat().st_mtime_ns == written


async def test_everything_is_there_again_with_its_time(garage: Garage) -> None:
    """After a restart without reception: old values, true times, and their source."""
    before = garage.home.state("sensor", "odometer")
    await garage.unload()
    await garage.home.pass_time(7 * 24 * HOUR, 24 * HOUR)
    garage.cloud.fail("*", status=503, times=999)
    await garage.load()
    shown = garage.home.state("sensor", "odometer")
    assert shown.state == before.state
    assert shown.attributes["last_updated"] == before.attributes["last_updated"]
    assert shown.attributes["source"] == "restored"
    assert garage.home.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('{"version": 1, "minor_version": 1, "da', id="torn"),
        pytest.param("", id="empty"),
        pytest.param("[]", id="no store"),
        pytest.param({"version": 1, "data": ["a", 1]}, id="no cars"),
        pytest.param({"version": 1, "data": {"VIN": 5}}, id="a car that is a number"),
        pytest.param({"version": 99, "data": {"x": {}}}, id="from a later version"),
        pytest.param({"version": 0, "data": {"x": {}}}, id="from an earlier version"),
    ],
)
async def test_a_damaged_file_is_an_empty_one(garage: Garage, content: Any) -> None:
    """The entry loads all the same, and the list brings the cars back."""
    await garage.unload()
    whole = {"minor_version": 1, "key": path(garage).name}
    text = content if isinstance(content, str) else json.dumps(whole | content)
    path(garage).write_text(text)
    await garage.load()
    assert garage.home.entry.state is ConfigEntryState.LOADED
    assert set(garage.data.account.vehicles) == set(garage.cloud.cars)
    assert garage.home.state("sensor", "state").state == "online"


async def test_a_damaged_car_keeps_what_can_be_read(garage: Garage) -> None:
    """One bad reading is left out; the others are shown."""
    await garage.unload()
    stored = json.loads(path(garage).read_text())
    car = stored["data"][garage.car.vin]
    car["signs"] = "perhaps"
    car["state"]["battery_level"] = {"value": "full", "at": "yesterday"}
    path(garage).write_text(json.dumps(stored))
    await garage.load()
    assert garage.home.state("sensor", "battery_level").state == "unknown"
    assert garage.home.state("sensor", "odometer").state != "unknown"
    assert garage.vehicle().takes_signed
