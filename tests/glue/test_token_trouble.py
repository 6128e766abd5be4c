"""When refreshing fails: Home Assistant asks to sign in only where that helps."""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .account import TOKEN_PATH
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


def refreshes(home: Household) -> int:
    """Count what the sign-in server was asked for so far."""
    return len(home.cloud.requests.to(TOKEN_PATH))


def asked_to_sign_in(home: Household) -> list[ConfigFlowResult]:
    """Give the dialogs that wait for the owner's sign-in."""
    waiting = home.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in waiting if flow["context"]["source"] == SOURCE_REAUTH]


def refused(status: int, error: str) -> dict[str, Any]:
    """Write a refusal as the sign-in server does."""
    return {"status": status, "body": {"error": error, "error_description": "No."}}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refused(401, "login_required"), id="login_required"),
        pytest.param(refused(400, "invalid_grant"), id="invalid_grant"),
        pytest.param(refused(403, "login_required"), id="login_required with a 403"),
        pytest.param({"status": 401, "body": {}}, id="401 without a word"),
    ],
)
async def test_a_refused_owner_is_asked_once(
    home: Household, fault: dict[str, Any]
) -> None:
    """One dialog, whoever notices first, and Tesla is left alone from then on."""
    home.cloud.fail(TOKEN_PATH, times=99, **fault)
    home.cloud.tokens.expire_access()
    before = refreshes(home)
    with pytest.raises(HomeAssistantError, match="Sign in again"):
        await home.act("lock", "lock", "lock", "doors")
    assert len(asked_to_sign_in(home)) == 1
    await home.pass_time(HOUR, 5 * MINUTE)
    assert len(asked_to_sign_in(home)) == 1
    assert refreshes(home) - before == 1
    assert home.state("sensor", "state").state == "unavailable"
    assert home.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refused(401, "invalid_client"), id="invalid_client"),
        pytest.param(refused(400, "unauthorized_client"), id="unauthorized_client"),
        pytest.param(refused(400, "invalid_request"), id="invalid_request"),
        pytest.param({"status": 403, "html": True}, id="a bot wall"),
        pytest.param({"status": 401, "html": True}, id="a page with a 401"),
        pytest.param({"status": 400, "body": "{"}, id="400 without a word"),
        pytest.param({"status": 429, "retry_after": 30}, id="429"),
        pytest.param({"status": 500}, id="500"),
        pytest.param(
            refused(503, "login_required"), id="503 that speaks of signing in"
        ),
        pytest.param({"status": 200, "html": True}, id="200 with a page"),
        pytest.param({"reset": "before"}, id="a reset"),
    ],
)
async def test_what_signing_in_does_not_mend_asks_nobody(
    home: Household, fault: dict[str, Any]
) -> None:
    """The cars stay as they were known, Tesla is asked less and less, then it works."""
    shown = home.state("sensor", "battery_level").state
    home.cloud.fail(TOKEN_PATH, seconds=HOUR / 2, **fault)
    home.cloud.tokens.expire_access()
    before = refreshes(home)
    await home.pass_time(HOUR / 2, MINUTE)
    assert asked_to_sign_in(home) == []
    assert 2 <= refreshes(home) - before <= 12
    assert home.state("sensor", "battery_level").state == shown
    lists = len(home.cloud.requests.to("/products"))
    await home.pass_time(HOUR / 2, 5 * MINUTE)
    assert len(home.cloud.requests.to("/products")) > lists
    assert asked_to_sign_in(home) == []


async def test_a_lost_answer_is_made_up_for(home: Household) -> None:
    """Tesla had rotated already; nobody notices but the log."""
    home.cloud.fail(TOKEN_PATH, reset="after")
    home.cloud.tokens.expire_access()
    before = refreshes(home)
    await home.pass_time(HOUR, MINUTE)
    assert refreshes(home) - before == 2
    assert asked_to_sign_in(home) == []
    assert home.entry.runtime_data.account.last_update_success


async def test_a_command_that_waited_for_a_token_did_nothing(home: Household) -> None:
    """A refresh that is lost moved no car, and the owner is not told that it might."""
    home.car.request_wake()
    await home.pass_time(3 * MINUTE)
    home.cloud.tokens.expire_access()
    home.cloud.fail(TOKEN_PATH, times=9, reset="after")
    with pytest.raises(HomeAssistantError) as caught:
        await home.act("lock", "unlock", "lock", "doors")
    assert "may have done" not in str(caught.value)
    assert home.car.locked


async def test_fifty_who_ask_at_once_cause_one_refresh(home: Household) -> None:
    """The client's callers, with a token that has ended: all are answered."""
    home.cloud.tokens.expire_access()
    before = refreshes(home)
    client = home.entry.runtime_data.account.client
    answers = await asyncio.gather(*(client.me() for _ in range(50)))
    assert {answer.email for answer in answers} == {"owner@example.com"}
    assert refreshes(home) - before == 1


async def test_unloading_waits_for_the_refresh(home: Household) -> None:
    """What Tesla has rotated is on disk before the entry comes back."""
    home.cloud.fail(TOKEN_PATH, late=HOUR)
    home.cloud.tokens.expire_access()
    entry = home.entry
    before = refreshes(home)
    client = entry.runtime_data.account.client
    asking = asyncio.create_task(client.me())
    await home.settle()
    assert refreshes(home) - before == 1
    reloading = asyncio.create_task(
        home.hass.config_entries.async_reload(entry.entry_id)
    )
    await home.settle()
    assert not reloading.done()
    assert entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS
    await home.cloud.patience.end()
    assert (await asking).email == "owner@example.com"
    await reloading
    await home.pass_time(5 * MINUTE)
    assert entry.state is ConfigEntryState.LOADED
    assert refreshes(home) - before == 1
    assert asked_to_sign_in(home) == []
