"""What is on disk of the sessions with cars, whenever the program might be killed."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import secrets
from typing import Any

import pytest

from custom_components.fleet_pulse import kek
from custom_components.fleet_pulse.commander import Outcome
from custom_components.fleet_pulse.fleet.envelope import Vault
from custom_components.fleet_pulse.model import commands
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .garage import Garage, town
from .household import Household

CALLS = (commands.DOOR_UNLOCK.call(), commands.FLASH_LIGHTS.call())
"""One for each computer of a car."""


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give a garage with two cars that are awake and know our key."""
    garage = Garage(home)
    garage.pair_other()
    for car in (garage.car, garage.other):
        await garage.wake_up(car)
    return garage


def vault_file(garage: Garage) -> Path:
    """Find the sealed file of the account."""
    folder = Path(garage.home.hass.config.config_dir)
    return next((folder / ".storage").glob("fleet_pulse.account.*"))


def counters_on_disk(garage: Garage) -> dict[str, int]:
    """Open what a killed program would leave; give the counters it begins behind."""
    path = vault_file(garage)
    ring = kek.key_ring(Path(garage.home.hass.config.config_dir))
    vault = Vault.load(
        json.loads(path.read_text()), path.name, ring, secrets.token_bytes
    )
    sessions: dict[str, Any] = json.loads(vault.get("sessions") or b"{}")
    return {name: session["counter"] for name, session in sessions.items()}


def counters_heard(car: Car, garage: Garage) -> dict[str, int]:
    """Give the last counter that each computer of a car heard."""
    heard = garage.cloud.sides[car.vin].heard
    return {
        f"{car.vin}.{domain}": max(one.counter for one in heard if one.domain == number)
        for number, domain in ((2, "vcsec"), (3, "infotainment"))
    }


async def test_a_counter_is_on_disk_before_a_car_hears_it(garage: Garage) -> None:
    """Of two computers of two cars whose sessions open at the same moment."""
    cars = (garage.car, garage.other)
    for _ in range(3):
        work = [garage.sending(call, car=car) for call in CALLS for car in cars]
        assert await garage.results(*work) == [Outcome.SENT] * 4
        on_disk = counters_on_disk(garage)
        heard = counters_heard(garage.car, garage) | counters_heard(
            garage.other, garage
        )
        assert on_disk.keys() == heard.keys()
        assert all(on_disk[name] >= heard[name] for name in heard)


async def test_counters_are_reserved_on_disk_by_the_dozen(garage: Garage) -> None:
    """An SD card is not worn by every command, and a restart skips what is reserved."""
    flash = CALLS[1]
    await garage.result(garage.sending(flash))
    written = vault_file(garage).stat().st_ino, counters_on_disk(garage)
    for _ in range(20):
        await garage.result(garage.sending(flash))
        await garage.home.pass_time(5, 5)
    assert (vault_file(garage).stat().st_ino, counters_on_disk(garage)) == written

    await garage.reload()
    await garage.result(garage.sending(flash))
    heard = garage.cloud.sides[garage.car.vin].heard
    (reserved,) = written[1].values()
    assert heard[-1].counter == reserved + 1
    assert {one.outcome for one in heard} == {"handshake", "ok"}
