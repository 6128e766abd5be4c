"""Whatever Tesla answers, nothing known is lost, and nothing old looks new."""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
import pytest

from .bad_answers import ANSWERS, answered, refused
from .household import Household
from .outage import LIST, LOOK, MINUTE, UNLOCK, ask, lines, shown, told, unlock, watched


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home whose cars are known and stay online."""
    return await watched(house)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Keep what an owner finds in the log."""
    caplog.set_level(logging.INFO)
    return caplog


# ---- the list


@pytest.mark.parametrize(("fault", "cause", "step"), ANSWERS)
async def test_a_list_gone_wrong_changes_nothing(
    home: Household,
    log: pytest.LogCaptureFixture,
    fault: Mapping[str, Any],
    cause: str,
    step: str,
) -> None:
    """What was known stays, with its time; the log says it once, and once it is over.

    While it lasts, no car is asked, and Tesla is not asked more often than before.
    """
    before, billed = shown(home), len(home.cloud.requests.billed)
    broken = home.cloud.fail(LIST, seconds=8 * MINUTE, **fault)
    await home.pass_time(8 * MINUTE, 2 * MINUTE)
    assert 1 <= broken.hits <= 8
    assert shown(home) == before
    assert len(home.cloud.requests.billed) == billed
    (said,) = lines(log, "Error fetching fleet_pulse account data")
    assert cause in said
    assert step in said
    await home.pass_time(10 * MINUTE, 2.5 * MINUTE)
    assert len(lines(log, "Fetching fleet_pulse account data recovered")) == 1
    assert len(lines(log, "Error fetching fleet_pulse account data")) == 1
    assert shown(home).keys() == before.keys()


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"state": "dreaming"}, id="a state nobody knows"),
        pytest.param({"state": 7}, id="a number for a state"),
        pytest.param({"state": None}, id="no state"),
        pytest.param({"state": ["online"]}, id="a list for a state"),
    ],
)
async def test_a_state_that_cannot_be_read_is_unknown(
    home: Household, entry: dict[str, Any]
) -> None:
    """It is neither guessed nor kept as if Tesla had just said it; nothing is asked."""
    billed = len(home.cloud.requests.billed)
    body = [{"vin": home.car.vin, "id": 1, **entry}]
    home.cloud.fail(LIST, times=1, **answered(body))
    await home.pass_time(MINUTE)
    assert home.state("sensor", "state").state == STATE_UNKNOWN
    assert home.state("sensor", "battery_level").state != STATE_UNKNOWN
    assert len(home.cloud.requests.billed) == billed


async def test_entries_that_are_no_cars_are_left_out(home: Household) -> None:
    """Energy sites, numbers and broken entries disturb nobody."""
    before = shown(home)
    strange: list[Any] = [
        1,
        None,
        "x",
        [],
        {},
        {"vin": 5},
        {"vin": ""},
        {"energy_site_id": 9},
    ]
    ours = [car.product() for car in home.cloud.cars.values()]
    home.cloud.fail(LIST, times=1, **answered([*strange, *ours]))
    await home.pass_time(MINUTE)
    after = shown(home)
    assert {key: said[0] for key, said in after.items()} == {
        key: said[0] for key, said in before.items()
    }


async def test_a_refused_account_is_told_to_sign_in(
    home: Household, log: pytest.LogCaptureFixture
) -> None:
    """Only a refused sign-in makes cars unavailable, and Tesla is left alone then."""
    home.cloud.fail(LIST, seconds=60 * MINUTE, **refused(401, "token expired"))
    login = {"error": "login_required", "error_description": "The refresh_token"}
    home.cloud.fail("/oauth2/v3/token", seconds=60 * MINUTE, status=401, body=login)
    await home.pass_time(5 * MINUTE, MINUTE)
    assert home.state("sensor", "battery_level").state == STATE_UNAVAILABLE
    (said,) = lines(log, "Authentication failed while fetching fleet_pulse account")
    assert "Tesla has ended the sign-in" in said
    (flow,) = home.hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    asked = len(home.cloud.requests)
    await home.pass_time(20 * MINUTE, MINUTE)
    assert len(home.cloud.requests) == asked


async def test_an_outage_at_the_start_shows_what_was_known(
    home: Household, log: pytest.LogCaptureFixture
) -> None:
    """Home Assistant starts as ever while Tesla does not answer."""
    before = shown(home)
    home.cloud.fail(LIST, seconds=5 * MINUTE, status=503)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert home.entry.state is ConfigEntryState.LOADED
    after = shown(home)
    assert after.keys() == before.keys()
    level = home.entity_id("sensor", "battery_level")
    assert after[level][:2] == before[level][:2]
    assert after[level][2] == "restored"
    assert len(lines(log, "Error fetching fleet_pulse account data")) == 1


# ---- the look and the command


@pytest.mark.parametrize(("fault", "cause", "step"), ANSWERS)
async def test_who_asks_is_told_and_nothing_changes(
    home: Household,
    log: pytest.LogCaptureFixture,
    fault: Mapping[str, Any],
    cause: str,
    step: str,
) -> None:
    """A look and a command that went wrong say the cause and the next step.

    What the car said stays, with its time, until it speaks again; the log says it
    once, and once it is over. What opens the car is sent only once.
    """
    before, before_old = shown(home), shown(home, home.old_car)
    look = home.cloud.fail(LOOK, seconds=MINUTE, **fault)
    command = home.cloud.fail(UNLOCK, seconds=MINUTE, **fault)
    asked = await told(ask(home))
    assert cause in asked
    assert step in asked
    assert await told(unlock(home)) == asked
    assert shown(home, home.old_car) == before_old
    await home.pass_time(2 * MINUTE, MINUTE)
    assert 1 <= look.hits <= 6
    assert command.hits == 1 + (fault.get("status") == 401)
    assert shown(home) == before
    assert len(lines(log, "Error fetching fleet_pulse vehicle data")) == 1
    await home.pass_time(15 * MINUTE, 5 * MINUTE)
    await ask(home)
    assert len(lines(log, "Fetching fleet_pulse vehicle data recovered")) == 1
    assert len(lines(log, "Error fetching fleet_pulse vehicle data")) == 1
    newest = home.entity_id("sensor", "last_update")
    assert str(shown(home)[newest][0]) > str(before[newest][0])


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        pytest.param({}, {}, id="an answer without any section"),
        pytest.param(
            {"charge_state": None, "climate_state": 5, "vehicle_state": []},
            {},
            id="sections that are none",
        ),
        pytest.param(
            {"charge_state": {}}, {}, id="a section with nothing in it, not even a time"
        ),
        pytest.param(
            {"charge_state": {"battery_level": None, "charging_state": "<invalid>"}},
            {"battery_level": STATE_UNKNOWN, "charging_state": STATE_UNKNOWN},
            id="values the car does not know",
        ),
        pytest.param(
            {"charge_state": {"battery_level": "much", "charge_rate": {}}},
            {"battery_level": STATE_UNKNOWN},
            id="values of another kind",
        ),
        pytest.param(
            {"charge_state": {"battery_level": 1e400, "battery_range": -5}},
            {"battery_level": STATE_UNKNOWN},
            id="a number beyond all numbers",
        ),
        pytest.param(
            {"charge_state": {"charging_state": "Levitating"}},
            {"charging_state": STATE_UNKNOWN},
            id="a word nobody knows",
        ),
        pytest.param(
            {"charge_state": {"battery_level": 7, "timestamp": "yesterday"}},
            {"battery_level": "7"},
            id="a time that cannot be read is now",
        ),
        pytest.param(
            {"charge_state": {"battery_level": 7, "timestamp": 1}},
            {},
            id="a value from long ago does not replace a newer one",
        ),
    ],
)
async def test_what_cannot_be_read_is_unknown(
    home: Household,
    log: pytest.LogCaptureFixture,
    said: dict[str, Any],
    shows: dict[str, str],
) -> None:
    """What is missing stays as it was; what is nonsense is unknown, never guessed."""
    before = shown(home)
    home.cloud.fail(LOOK, times=1, **answered(said))
    await ask(home)
    changed = {home.entity_id("sensor", key): state for key, state in shows.items()}
    after = {key: row[0] for key, row in shown(home).items()}
    assert {key: after[key] for key in changed} == changed
    kept = [home.entity_id("sensor", key) for key in ("odometer", "inside_temp")]
    assert [after[key] for key in kept] == [before[key][0] for key in kept]
    assert STATE_UNAVAILABLE not in after.values()
    assert lines(log, "Error") == []


async def test_a_look_that_comes_too_late_shows_the_car_asleep(
    home: Household, log: pytest.LogCaptureFixture
) -> None:
    """408: the car fell asleep in between, which is no trouble and asked but once."""
    before = shown(home)
    asleep = refused(408, "vehicle unavailable: vehicle is offline or asleep")
    fault = home.cloud.fail(LOOK, seconds=MINUTE, **asleep)
    # The list said "online" two seconds ago, and is not asked again so soon.
    await home.pass_time(2, 2)
    await ask(home)
    assert home.state("sensor", "state").state == "asleep"
    await ask(home)
    assert fault.hits == 1
    level = home.entity_id("sensor", "battery_level")
    assert shown(home)[level] == before[level]
    assert lines(log, "Error") == []
