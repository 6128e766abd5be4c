"""Commands that go wrong, and questions nobody answers: what an owner is told."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
import logging
from typing import Any

import pytest

from tests.fake_fleet.refusal import PROTOCOL_REQUIRED

from .bad_answers import LOOK_AT_CAR, answered, refused
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


# ---- the command


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(
            refused(405, "vehicle is currently in service"),
            "The car is in service, so it takes nothing from outside. Try again when it"
            " is back",
            id="405",
        ),
        pytest.param(
            refused(403, PROTOCOL_REQUIRED),
            "The car does not know this Home Assistant's key yet (no key was made yet:"
            " finish the set-up first). Choose Reconfigure in the menu of Fleet Pulse"
            " and scan the QR code",
            id="403: signed commands only, and no key to sign with",
        ),
        pytest.param(
            answered({"result": "yes"}),
            "Tesla's answer cannot be read (the answer to a command has no result)."
            " Usually this passes by itself. If this was a command, the car may have"
            " done it: look at the car before you try again",
            id="a result that is neither yes nor no",
        ),
        pytest.param(
            answered({"result": False, "reason": "flux_low"}),
            'The car refused; its own word for the reason is "flux_low". The'
            " car's screen or the Tesla app may say more",
            id="a reason nobody knows passes verbatim",
        ),
        pytest.param(
            answered({"result": False, "reason": None}),
            'The car refused; its own word for the reason is "no details". The car\'s'
            " screen or the Tesla app may say more",
            id="no reason at all",
        ),
        pytest.param(
            answered({"result": False, "reason": "vehicle_in_service"}),
            "The car is in service, so it takes nothing from outside. Try again when it"
            " is back",
            id="a reason we know",
        ),
    ],
)
async def test_a_refused_command_says_why(
    home: Household, fault: Mapping[str, Any], said: str
) -> None:
    """In the owner's words, and the lock is shown as it was."""
    before = shown(home, home.old_car)
    home.cloud.fail(UNLOCK, seconds=MINUTE, **fault)
    assert await told(unlock(home)) == said
    assert shown(home, home.old_car) == before
    assert home.old_car.locked


async def test_a_command_to_a_car_that_just_fell_asleep_wakes_it(
    home: Household,
) -> None:
    """408: one wake, and the command is sent again."""
    asleep = refused(408, "vehicle unavailable: vehicle is offline or asleep")
    home.cloud.fail(UNLOCK, times=1, **asleep)
    task = asyncio.create_task(unlock(home))
    await home.pass_time(10, 2)
    await task
    assert not home.old_car.locked
    assert len(home.cloud.requests.of("wake")) == 1


# ---- no answer in time


async def test_a_list_without_an_answer_ends(
    home: Household, log: pytest.LogCaptureFixture
) -> None:
    """Half a minute is enough; the next list brings everything back."""
    before = shown(home)
    home.cloud.fail(LIST, times=1, delay=10 * MINUTE)
    await home.pass_time(MINUTE, MINUTE)
    await home.pass_time(31, 31)
    assert len(lines(log, "Error fetching fleet_pulse account data: No answer")) == 1
    assert shown(home) == before
    await home.pass_time(3 * MINUTE, MINUTE)
    assert len(lines(log, "Fetching fleet_pulse account data recovered")) == 1


@pytest.mark.parametrize(
    ("path", "act", "sent"),
    [
        pytest.param(LOOK, ask, 1, id="a look is billed and not repeated"),
        pytest.param(UNLOCK, unlock, 1, id="what opens the car is not repeated"),
    ],
)
async def test_what_is_not_answered_is_told(
    home: Household,
    path: str,
    act: Callable[[Household], Coroutine[Any, Any, None]],
    sent: int,
) -> None:
    """After half a minute, with what to do before another try."""
    before = shown(home, home.old_car)
    fault = home.cloud.fail(path, times=None, seconds=MINUTE, delay=10 * MINUTE)
    task = asyncio.create_task(told(act(home)))
    await home.settle()
    await home.pass_time(31, 31)
    assert LOOK_AT_CAR in await task
    assert fault.hits == sent
    assert shown(home, home.old_car) == before


# ---- the signed command


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(
            answered("not base64!"), "the answer is no base64", id="no base64"
        ),
        pytest.param(
            answered("AAECAwQF"), "the reply is not what", id="bytes without meaning"
        ),
        pytest.param(answered(""), "the reply belongs to another", id="no bytes"),
        pytest.param(answered({}), "the answer is no text", id="an object"),
        pytest.param(
            refused(422, "vehicle does not support the protocol"),
            "signed commands only",
            id="422: nor does the car take it unsigned",
        ),
        pytest.param(
            refused(403, "Unauthorized missing scopes"), "a permission", id="403"
        ),
    ],
)
async def test_a_signed_command_gone_wrong_says_why(
    house: Household, fault: Mapping[str, Any], said: str
) -> None:
    """Nothing but the car's own signed word counts as done."""
    await house.set_up()
    house.car.request_wake()
    await house.pass_time(2 * MINUTE, MINUTE)
    house.cloud.fail("*/signed_command", seconds=5 * MINUTE, **fault)
    flashed = house.act("button", "press", "button", "flash_lights", within=20)
    assert said in await told(flashed)
    assert house.car.flashes == 0
