"""What all entities share: what is unknown, since when, and how sparingly written."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.components.recorder import Recorder, history
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest

from .entities import (
    HOUR,
    MINUTE,
    Rows,
    guard,
    look,
    look_unchanged,
    read,
    said_at,
    states,
    values,
)
from .household import Household

OWN: Final = {
    "binary_sensor.alert",
    "calendar.rules",
    "event.alert",
    "event.wake",
    "sensor.charging_by_rules",
    "sensor.last_update",
    "sensor.last_wake",
    "sensor.poll_reason",
    "sensor.waiting_commands",
    "sensor.wakes_left",
    "sensor.wakes_left_for_rules",
    "sensor.wakes_today",
}
"""What nobody said: we know it ourselves."""
LISTED: Final = {"sensor.state"}
"""What the free list says, each minute anew."""


def said_by_the_car(home: Household) -> set[str]:
    """Give the entities that show what the car said, by platform and key."""
    return {
        key
        for key in states(home, home.car)
        if key not in OWN | LISTED and not key.startswith("button.")
    }


def times(home: Household) -> dict[str, str]:
    """Give when the car said what its entities show."""
    return {
        key: said
        for key, said in attributes(home, "last_updated").items()
        if key not in LISTED
    }


def attributes(home: Household, name: str) -> dict[str, Any]:
    """Give an attribute of all of a car's entities that have it."""
    return {
        key: state.attributes[name]
        for key, state in states(home, home.car).items()
        if name in state.attributes
    }


def sources(home: Household) -> dict[str, str]:
    """Give how we heard what a car's entities show.

    A player's source is where its music comes from, as Home Assistant has it.
    """
    found = attributes(home, "source")
    found.pop("media_player.media", None)
    return found


# ---- what is known


async def test_a_car_that_was_never_read_is_unknown(home: Household) -> None:
    """Before the first look nothing is guessed: not closed, not locked, not 0."""
    found = values(home, home.car)
    assert {key: said for key, said in found.items() if said != "unknown"} == {
        "calendar.rules": "off",
        "sensor.charging_by_rules": "idle",
        "sensor.poll_reason": "asleep",
        "sensor.state": "asleep",
        "sensor.waiting_commands": "0",
        "sensor.wakes_left": "20",
        "sensor.wakes_today": "0",
    }


async def test_everything_says_when_the_car_said_it(home: Household) -> None:
    """Every entity on a word of the car has its time and source; no other has."""
    await read(home)
    expected = said_by_the_car(home) | LISTED
    assert set(attributes(home, "last_updated")) == expected
    heard = expected - {"media_player.media"}
    assert sources(home) == dict.fromkeys(heard, "poll")
    [said] = set(times(home).values())
    assert said == values(home, home.car)["sensor.last_update"]


async def test_the_recorder_does_not_store_them(
    recorder_mock: Recorder, home: Household
) -> None:
    """Time and source are for people who look now; they make no history."""
    start = dt_util.utcnow() - timedelta(hours=1)
    await read(home)
    level = home.entity_id("sensor", "battery_level")
    assert {"last_updated", "source"} < set(
        home.state("sensor", "battery_level").attributes
    )
    await get_instance(home.hass).async_block_till_done()
    stored = await get_instance(home.hass).async_add_executor_job(
        history.state_changes_during_period, home.hass, start, None, level
    )
    *_, last = stored[level]
    assert last.state == values(home, home.car)["sensor.battery_level"]
    assert "device_class" in last.attributes
    assert not {"last_updated", "source"} & set(last.attributes)


# ---- what is written


async def test_what_did_not_change_is_not_written(home: Household) -> None:
    """Over ten unchanged looks only the last update makes rows."""
    await read(home)
    said = await guard(home)
    await look_unchanged(home, said, 1)
    rows = Rows(home, home.car)
    await look_unchanged(home, said, 10)
    assert rows.written == {"sensor.last_update": 10}


@pytest.mark.usefixtures("everything_enabled")
async def test_what_an_owner_enables_is_not_written_either(home: Household) -> None:
    """Disabled is what changes often while it changes, not what repeats itself."""
    await read(home)
    said = await guard(home)
    await look_unchanged(home, said, 1)
    rows = Rows(home, home.car)
    await look_unchanged(home, said, 10)
    assert rows.written == {"sensor.last_update": 10}


async def test_freshness_is_written_once_when_the_car_falls_asleep(
    home: Household,
) -> None:
    """Asleep, everything says when it was last confirmed; that is one row each."""
    await read(home)
    await look_unchanged(home, await guard(home), 3)
    said = said_at(home.state("sensor", "battery_level"))
    home.car.sleep_now()
    rows = Rows(home, home.car)
    await home.pass_time(5 * MINUTE)
    once = said_by_the_car(home) | LISTED | {"sensor.poll_reason"}
    assert rows.written == dict.fromkeys(once, 1)
    assert said_at(home.state("sensor", "battery_level")) > said


async def test_a_car_that_only_stirs_writes_nothing_but_that(home: Household) -> None:
    """Cars wake themselves hourly for minutes: nobody looked, so nothing is fresher."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    rows = Rows(home, home.car)
    looks = len(home.cloud.requests.of("data"))
    await home.pass_time(3 * HOUR, 60)
    assert len([e for _, e in home.car.events if e == "woke by itself"]) >= 2
    assert len(home.cloud.requests.of("data")) == looks
    assert set(rows.written) == {*LISTED, "sensor.poll_reason"}


# ---- restart


async def test_after_a_restart_everything_is_there_at_once(home: Household) -> None:
    """Old values with their true times, though Tesla cannot be reached."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    before, said = values(home, home.car), times(home)
    home.cloud.fail("*", status=503, seconds=HOUR)
    billed = len(home.cloud.requests.billed)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.LOADED
    assert values(home, home.car) == before | {"sensor.poll_reason": "unknown"}
    assert times(home) == said
    assert set(sources(home).values()) == {"restored"}
    await home.pass_time(10 * MINUTE, 60)
    assert times(home) == said
    assert len(home.cloud.requests.billed) == billed


async def test_what_is_confirmed_after_a_restart_says_so(home: Household) -> None:
    """The next look makes restored values the car's own again."""
    await read(home)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.pass_time(MINUTE)
    await look(home)
    assert set(sources(home).values()) == {"poll"}


# ---- availability


async def test_a_refused_account_is_unavailable_until_signed_in(
    home: Household,
) -> None:
    """What the account does not show us is not ours to show; the ledger is."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    before = values(home, home.car)
    home.cloud.tokens.revoke()
    await home.pass_time(2 * MINUTE)
    assert set(values(home, home.car).values()) == {"unavailable"}
    cost = home.hass.states.get("sensor.tesla_cost_this_month")
    assert cost is not None
    assert cost.state != "unavailable"
    [reauth] = home.hass.config_entries.flow.async_progress()
    page = await home.hass.config_entries.flow.async_configure(reauth["flow_id"], {})
    await home.consent(page)
    await home.settle()
    await home.pass_time(2 * MINUTE)
    assert values(home, home.car) == before


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 503}, id="Tesla has trouble"),
        pytest.param({"status": 429, "retry_after": 60}, id="too many requests"),
        pytest.param({"reset": "before"}, id="no connection"),
    ],
)
async def test_trouble_leaves_everything_as_it_was(
    home: Household, fault: dict[str, Any]
) -> None:
    """Stale stays stale, and stays there."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    before, said = values(home, home.car), times(home)
    home.cloud.fail("*", seconds=HOUR, **fault)
    await home.pass_time(10 * MINUTE, 60)
    assert values(home, home.car) == before
    assert times(home) == said
