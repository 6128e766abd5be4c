"""Sensors of the cars, and of what Tesla bills."""

from typing import Final

from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import HOUR, MINUTE, look, read, said_at, shown, street_shown, values
from .household import Household

REASON: Final = "sensor.poll_reason"
STATE: Final = "sensor.state"


def account(home: Household) -> dict[str, State]:
    """Give the states of the account's own sensors, by key."""
    found = er.async_entries_for_config_entry(
        er.async_get(home.hass), home.entry.entry_id
    )
    mark = f"{home.entry.unique_id}-"
    return {
        entry.unique_id.removeprefix(mark): state
        for entry in found
        if entry.unique_id.startswith(mark)
        and (state := home.hass.states.get(entry.entity_id)) is not None
    }


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, the oldest one charging."""
    street.old_car.plug("ac")
    await read(street)
    assert shown(street, street.car, "sensor") == snapshot(name="Model Y, in full")
    assert street_shown(street, "sensor") == snapshot(name="every model")


async def test_the_account_shows_what_tesla_bills(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Cost and counts are the account's, on a device of their own."""
    await read(home)
    await home.pass_time(2 * MINUTE)
    assert account(home) == snapshot
    cost = float(account(home)["cost_this_month"].state)
    assert cost == float(home.cloud.bill.total())
    looks = account(home)["data_requests_this_month"].state
    assert looks == str(len(home.cloud.requests.of("data")))


async def test_the_state_is_what_the_car_does(home: Household) -> None:
    """Asleep, online, driving, charging: one word, by what the car said."""
    said = [values(home, home.car)[STATE]]
    await read(home)
    said.append(values(home, home.car)[STATE])
    home.car.drive(30)
    await look(home)
    said.append(values(home, home.car)[STATE])
    await home.pass_time(41 * MINUTE, 60)
    home.car.plug("ac")
    await look(home)
    said.append(values(home, home.car)[STATE])
    home.car.unplug()
    home.car.offer_update("2026.38.1")
    home.car.act("schedule_software_update", {"offset_sec": 0})
    await home.pass_time(5)
    await look(home)
    said.append(values(home, home.car)[STATE])
    home.car.reachable = False
    await home.pass_time(2 * MINUTE)
    said.append(values(home, home.car)[STATE])
    assert said == ["asleep", "online", "driving", "charging", "updating", "offline"]


async def test_the_list_is_not_the_car_speaking(home: Household) -> None:
    """The last update is the last look, however often the free list is asked."""
    await read(home)
    looked = said_at(home.state("sensor", "battery_level"))
    home.car.sleep_now()
    lists = len(home.cloud.requests.to("/products"))
    await home.pass_time(HOUR / 2, 30)
    assert len(home.cloud.requests.to("/products")) - lists > 20
    shown_at = dt_util.parse_datetime(values(home, home.car)["sensor.last_update"])
    assert shown_at == looked
    assert said_at(home.state("sensor", "battery_level")) == looked


async def test_the_reason_for_asking_is_the_latest(home: Household) -> None:
    """Why a car is asked or not is shown as soon as it is decided."""
    said = [values(home, home.car)[REASON]]
    home.car.request_wake()
    await home.pass_time(2 * MINUTE)
    said.append(values(home, home.car)[REASON])
    await read(home)
    said.append(values(home, home.car)[REASON])
    assert said == ["asleep", "just_started", "parked"]
