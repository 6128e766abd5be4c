"""The main job, end to end: a sleeping car shown, woken once, and paid for rightly."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.commander import Cause
from custom_components.fleet_pulse.fleet.errors import WakeRefused

from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Have asyncio watch the whole path: calls from wrong threads, tasks let go."""
    asyncio.get_running_loop().set_debug(True)


async def test_set_up_asks_nothing_that_is_billed(home: Household) -> None:
    """Set-up with a sleeping car makes no billable request and wakes nobody."""
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.cloud.requests.billed == []
    assert home.car.state == "asleep"
    assert home.state("sensor", "state").state == "asleep"


async def test_updating_entities_costs_nothing(home: Household) -> None:
    """`update_entity` twenty times is at most two free lists."""
    lists = len(home.cloud.requests.to("/products"))
    for _ in range(20):
        await home.call("homeassistant", "update_entity", "sensor", "battery_level")
    assert len(home.cloud.requests.to("/products")) - lists <= 2
    assert home.cloud.requests.billed == []


async def test_a_drive_is_shown_with_the_time_the_car_said_it(home: Household) -> None:
    """What the car did is shown with its true time, also after it fell asleep."""
    home.car.power(on=True)
    home.car.drive(25)
    await home.pass_time(45 * MINUTE, 30)
    shown = home.state("sensor", "odometer")
    said = dt_util.parse_datetime(shown.attributes["last_updated"])
    assert said is not None
    assert float(shown.state) == pytest.approx(home.odometer_km(), abs=1)
    await home.pass_time(HOUR, 60)
    await home.until(lambda: home.state("sensor", "state").state == "asleep")
    shown = home.state("sensor", "odometer")
    said = dt_util.parse_datetime(shown.attributes["last_updated"])
    assert said is not None
    assert dt_util.utcnow() - said > timedelta(minutes=5)
    assert shown.attributes["source"] == "poll"
    assert home.cloud.requests.of("wake") == []


async def test_charging_a_sleeping_car_wakes_it_once(home: Household) -> None:
    """Start charging: one wake, one signed command, one look to verify it."""
    home.car.plug("ac")
    home.car.sleep_now()
    await home.pass_time(MINUTE)
    before = len(home.cloud.requests.of("data"))
    await home.act("switch", "turn_on", "switch", "charge")
    assert home.car.charging_state in ("Starting", "Charging")
    assert len(home.cloud.requests.of("wake")) == 1
    assert home.state("switch", "charge").state == "on"
    await home.pass_time(2 * MINUTE)
    assert len(home.cloud.requests.of("data")) - before == 1
    assert home.state("switch", "charge").state == "on"
    assert home.state("sensor", "wakes_today").state == "1"


async def test_a_dragged_slider_is_one_command(home: Household) -> None:
    """Twelve values within a second are one command with the last of them."""
    home.car.request_wake()
    await home.pass_time(3 * MINUTE)
    before = len(home.cloud.requests.to("/signed_command"))
    tasks = [
        asyncio.create_task(
            home.call(
                "number", "set_value", "number", "charge_limit_soc", value=60 + value
            )
        )
        for value in range(12)
    ]
    await home.pass_time(5, 1)
    for task in tasks:
        await task
    assert home.car.limit == 71
    # A handshake, and the command.
    assert len(home.cloud.requests.to("/signed_command")) - before == 2


async def test_an_unlock_whose_answer_is_lost_is_not_sent_again(
    home: Household,
) -> None:
    """What opens the car is never repeated: it may have been done."""
    home.car.request_wake()
    await home.pass_time(3 * MINUTE)
    await home.call("lock", "lock", "lock", "doors")
    before = len(home.cloud.requests.to("/signed_command"))
    home.cloud.fail("*/signed_command", reset="after", times=1)
    with pytest.raises(HomeAssistantError, match="may have done it"):
        await home.act("lock", "unlock", "lock", "doors")
    await home.pass_time(5 * MINUTE)
    assert len(home.cloud.requests.to("/signed_command")) - before == 1


async def test_a_car_out_of_reach_is_not_woken_for_ever(home: Household) -> None:
    """Two posts at most, a clear error, and the next scheduled try has to wait."""
    home.car.reachable = False
    await home.pass_time(MINUTE)
    with pytest.raises(HomeAssistantError, match="did not wake up"):
        await home.act("switch", "turn_on", "switch", "charge", within=200)
    assert 1 <= len(home.cloud.requests.of("wake")) <= 2
    posts = len(home.cloud.requests.of("wake"))
    data = home.entry.runtime_data
    vehicle = data.account.vehicles[home.car.vin]
    with pytest.raises(WakeRefused) as refused:
        await data.commander.async_wake(vehicle, Cause(reason="rule", scheduled=True))
    assert refused.value.retry_at is not None
    assert refused.value.retry_at > dt_util.utcnow()
    assert len(home.cloud.requests.of("wake")) == posts


async def test_the_ledger_equals_the_bill(home: Household) -> None:
    """After a busy day both sides name the same sum."""
    home.car.power(on=True)
    home.car.drive(25)
    await home.pass_time(HOUR, 30)
    await home.act("lock", "lock", "lock", "doors")
    await home.pass_time(3 * HOUR, 60)
    bill = home.cloud.bill.total()
    assert bill > 0
    assert home.entry.runtime_data.account.cost == bill
