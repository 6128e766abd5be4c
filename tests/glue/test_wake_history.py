"""What an owner sees of wakes: who wanted each, what came of it, how many are left."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from homeassistant.components.recorder import Recorder
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.promises import EVENT_WAKE

from .garage import RULE, Garage
from .household import Household
from .sealing import restart
from .test_options_flow import choose

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
EVENT: Final = ("event", "wake")


@pytest.fixture
def told(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Collect what Home Assistant is told about wakes."""
    heard: list[dict[str, Any]] = []

    @callback
    def hear(event: Event) -> None:
        heard.append(dict(event.data))

    hass.bus.async_listen(EVENT_WAKE, hear)
    return heard


async def press(home: Household) -> None:
    """Press the button that wakes the car."""
    await home.act("button", "press", "button", "wake", within=200)


def shown(home: Household) -> dict[str, Any]:
    """Give the event entity's attributes that say what happened."""
    ours = ("event_type", "reason", "result", "posts", "scheduled")
    attributes = home.state(*EVENT).attributes
    return {key: attributes.get(key) for key in ours}


# ---- the event entity, and the sensors


async def test_before_the_first_wake_there_is_nothing_to_tell(home: Household) -> None:
    """Nothing happened, and all wakes are left."""
    assert home.state(*EVENT).state == "unknown"
    assert home.state("sensor", "last_wake").state == "unknown"
    assert home.state("sensor", "wakes_today").state == "0"
    assert home.state("sensor", "wakes_left").state == "20"


async def test_a_wake_is_told_with_who_wanted_it(
    home: Household, told: list[dict[str, Any]]
) -> None:
    """When, by what, how it ended, after how long; and it counts."""
    began = dt_util.utcnow()
    await press(home)
    assert shown(home) == {
        "event_type": "awake",
        "reason": "button wake",
        "result": "awake",
        "posts": 1,
        "scheduled": False,
    }
    (news,) = told
    assert 0 < news["seconds"] <= MINUTE
    last = home.state("sensor", "last_wake")
    at = dt_util.parse_datetime(last.state)
    assert at is not None
    assert at - began < timedelta(seconds=10)
    said = {key: news[key] for key in ("reason", "result", "seconds", "posts")}
    assert {key: last.attributes[key] for key in said} == said
    assert home.state("sensor", "wakes_today").state == "1"
    assert home.state("sensor", "wakes_left").state == "19"


async def test_a_wake_that_failed_and_the_refusal_after_it_are_told(
    home: Household,
) -> None:
    """The owner sees that the car was called twice, and why not again."""
    home.car.reachable = False
    with pytest.raises(HomeAssistantError, match="did not wake up"):
        await press(home)
    assert shown(home)["event_type"] == "failed"
    assert shown(home)["posts"] == 2
    with pytest.raises(HomeAssistantError, match="Next try from"):
        await press(home)
    assert shown(home) == {
        "event_type": "refused",
        "reason": "button wake",
        "result": "backing_off",
        "posts": 0,
        "scheduled": False,
    }
    retry_at = dt_util.parse_datetime(home.state(*EVENT).attributes["retry_at"])
    assert retry_at is not None
    assert timedelta() < retry_at - dt_util.utcnow() <= timedelta(minutes=1)


async def test_what_was_told_outlasts_a_restart(home: Household) -> None:
    """Event and sensors say the same as before."""
    await press(home)
    before = home.state(*EVENT), home.state("sensor", "last_wake")
    await restart(home)
    after = home.state(*EVENT), home.state("sensor", "last_wake")
    assert [state.state for state in after] == [state.state for state in before]
    assert after[1].attributes["result"] == "awake"


async def test_a_car_is_not_told_of_another_ones_wake(home: Household) -> None:
    """Each has its own history."""
    await press(home)
    assert home.state(*EVENT, car=home.old_car).state == "unknown"
    assert home.state("sensor", "wakes_left", car=home.old_car).state == "20"


@pytest.mark.usefixtures("everything_enabled")
async def test_the_limits_left_follow_the_options(home: Household) -> None:
    """At once, and none is ever less than nothing."""
    await press(home)
    await choose(home, on="wakes", wakes_daily=3, wakes_scheduled=4)
    assert home.state("sensor", "wakes_left").state == "2"
    assert home.state("sensor", "wakes_left_for_rules").state == "2"
    await choose(home, on="wakes", wakes_daily=0, wakes_scheduled=4)
    assert home.state("sensor", "wakes_left").state == "0"
    assert home.state("sensor", "wakes_left_for_rules").state == "0"


async def test_a_day_later_all_are_left_again(home: Household) -> None:
    """Nobody has to do anything for it."""
    await press(home)
    await home.pass_time(25 * HOUR, 10 * MINUTE)
    assert home.state("sensor", "wakes_today").state == "0"
    assert home.state("sensor", "wakes_left").state == "20"


# ---- what is no news


async def test_a_rule_refused_every_minute_is_told_once_an_hour(
    home: Household, told: list[dict[str, Any]]
) -> None:
    """Otherwise it would fill the recorder; who else is refused is news."""
    await choose(home, on="wakes", wakes_daily=0)
    garage = Garage(home)
    refused = [await garage.results(garage.waking(RULE)) for _ in range(5)]
    assert len(refused) == 5
    assert len(told) == 1
    with pytest.raises(HomeAssistantError, match="you allow to 0"):
        await press(home)
    assert [one["reason"] for one in told] == ["a rule", "button wake"]
    await home.pass_time(HOUR, MINUTE)
    await garage.results(garage.waking(RULE))
    assert len(told) == 3


async def test_a_shared_wake_is_told_once(
    home: Household, told: list[dict[str, Any]]
) -> None:
    """However many waited for it."""
    garage = Garage(home)
    await garage.results(*(garage.waking() for _ in range(4)))
    assert len(told) == 1


async def test_nothing_that_identifies_is_told(
    home: Household, told: list[dict[str, Any]]
) -> None:
    """Neither the car's number nor where it is."""
    await press(home)
    entity = home.state(*EVENT)
    texts = f"{told} {entity.attributes} {home.state('sensor', 'last_wake').attributes}"
    assert home.car.vin not in texts
    assert {"latitude", "longitude"}.isdisjoint(told[0])


# ---- the logbook


async def logbook(home: Household, client: Any, **asked: Any) -> list[dict[str, Any]]:
    """Read the logbook of the last days."""
    await async_wait_recording_done(home.hass)
    start = dt_util.utcnow() - timedelta(days=2)
    message = {"type": "logbook/get_events", "start_time": start.isoformat(), **asked}
    await client.send_json_auto_id(message)
    answer = await client.receive_json()
    assert answer["success"], answer
    found: list[dict[str, Any]] = answer["result"]
    return found


def ours(entries: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give who did what, of the entries that are ours."""
    return [
        (one["name"], one["message"]) for one in entries if one.get("domain") == DOMAIN
    ]


async def test_the_logbook_says_who_woke_the_car(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """How it ended, and of a refusal why, and when it may be tried again."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    await press(house)
    house.car.sleep_now()
    await house.pass_time(2 * MINUTE)
    house.car.reachable = False
    with pytest.raises(HomeAssistantError):
        await press(house)
    with pytest.raises(HomeAssistantError) as refused:
        await press(house)
    device = er.async_get(house.hass).async_get(house.entity_id(*EVENT))
    assert device is not None
    # What is of this very moment comes later; a socket would not outlast that.
    await house.pass_time(10)
    client = await hass_ws_client()
    found = ours(await logbook(house, client, device_ids=[device.device_id]))
    name = house.car.name
    assert [who for who, _ in found] == [name] * 3
    woken, failed, not_woken = (what for _, what in found)
    assert woken.endswith(" s, asked for by: button wake")
    assert failed == "did not wake up, asked for by: button wake"
    assert not_woken == f"was not woken, asked for by: button wake. {refused.value}."
    assert house.car.vin not in str(found)


async def test_the_logbook_says_what_a_car_did_not_do(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """And how much of the budget is spent."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    client = await hass_ws_client()
    device = dr.async_get(house.hass).async_get_device_by_identifier(
        (DOMAIN, house.car.vin), house.entry.entry_id
    )
    assert device is not None
    told = {"device_id": device.id, "command": "set_charge_limit"}
    house.hass.bus.async_fire(f"{DOMAIN}_command_unconfirmed", told)
    house.hass.bus.async_fire(
        f"{DOMAIN}_command_dropped", {**told, "reason": "x", "message": "It is late."}
    )
    await choose(house, budget="0.02")
    await press(house)
    found = ours(await logbook(house, client))
    assert (
        house.car.name,
        "said yes to the command set_charge_limit and did not do it.",
    ) in found
    assert (
        house.car.name,
        "did not get the command set_charge_limit. It is late.",
    ) in found
    assert "has spent 100 % of the month's budget of 0.02 USD" in [m for _, m in found]
