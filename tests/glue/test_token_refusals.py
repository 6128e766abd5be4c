"""What refused refreshes add up to for one account, over restarts and sign-ins."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.refusals import TokenTrouble
from custom_components.fleet_pulse.tokens import BACK_OFF
from tests.fake_fleet.cloud import FakeCloud

from .account import TOKEN_PATH, Account, opened
from .household import Household
from .sealing import restart

HOUR: Final = 3600
WALL: Final = {"status": 403, "html": True}


@pytest.fixture
async def account(cloud: FakeCloud, tmp_path: Path) -> AsyncIterator[Account]:
    """Give an account whose access token has ended."""
    async with opened(cloud, tmp_path) as account:
        await account.sign_in()
        account.expire()
        yield account


async def ask(account: Account) -> str | BaseException:
    """Ask for a token; return it or the error."""
    asked = asyncio.gather(account.tokens.access_token(), return_exceptions=True)
    return (await asked)[0]


async def sign_out(account: Account) -> None:
    """Sign in, and have Tesla end it, as another installation's refreshes do."""
    await account.sign_in()
    account.cloud.tokens.revoke()
    account.expire()
    assert isinstance(await ask(account), e.SignInRequired)


# ---- a refresh on demand


async def test_a_refresh_can_be_asked_for(account: Account) -> None:
    """Also while the token is valid: the doctor proves it, twice in a row."""
    await account.tokens.access_token()
    first = account.stored
    await account.tokens.async_rotate()
    second = account.stored
    await account.tokens.async_rotate()
    assert account.family.used >= {first.pair.refresh_token, second.pair.refresh_token}
    assert account.stored.previous == second.pair.refresh_token
    assert account.takes(await account.tokens.access_token())
    assert account.refreshes == 3


async def test_whoever_asks_for_a_refresh_shares_it(account: Account) -> None:
    """With the callers who need a token, and with one another."""
    asking = [account.tokens.async_rotate() for _ in range(5)]
    tokens = [account.tokens.access_token() for _ in range(5)]
    await asyncio.gather(*asking, *tokens)
    assert account.refreshes == 1


async def test_a_refresh_on_demand_waits_like_any_other(account: Account) -> None:
    """Nobody hammers Tesla with a button."""
    account.cloud.fail(TOKEN_PATH, status=503)
    with pytest.raises(e.TeslaUnavailable):
        await account.tokens.async_rotate()
    with pytest.raises(e.TeslaUnavailable):
        await account.tokens.async_rotate()
    assert account.refreshes == 1


# ---- clocks


@pytest.mark.parametrize("jump", [-24 * HOUR, 24 * HOUR])
async def test_a_clock_that_jumps_does_not_prolong_the_wait(
    account: Account, jump: int
) -> None:
    """A minute's wait must not become a day's."""
    account.cloud.fail(TOKEN_PATH, status=503)
    assert isinstance(await ask(account), e.TeslaUnavailable)
    account.cloud.step(jump)
    assert isinstance(await ask(account), str)


# ---- what the owner must hear


@pytest.mark.parametrize(
    ("fault", "times", "trouble"),
    [
        pytest.param(WALL, 2, None, id="a bot wall, twice"),
        pytest.param(WALL, 3, TokenTrouble.REFUSED_THRICE, id="a bot wall, thrice"),
        pytest.param(
            {"status": 400, "body": {"error": "invalid_client"}},
            1,
            TokenTrouble.CREDENTIAL_REFUSED,
            id="the application",
        ),
        pytest.param({"status": 503}, 5, None, id="trouble at Tesla"),
    ],
)
async def test_trouble_ends_with_the_next_success(
    account: Account, fault: dict[str, Any], times: int, trouble: TokenTrouble | None
) -> None:
    """It is told while it lasts, and nobody has to sign in."""
    before = account.stored
    account.cloud.fail(TOKEN_PATH, times=times, **fault)
    await _try(account, times)
    assert account.tokens.trouble == trouble
    assert account.stored == before
    account.cloud.step(BACK_OFF[-1])
    assert account.takes(await account.tokens.access_token())
    assert account.tokens.trouble is None


async def _try(account: Account, times: int) -> None:
    """Ask as often as the waits allow."""
    for _ in range(times):
        assert isinstance(await ask(account), e.FleetError)
        account.cloud.step(BACK_OFF[-1])


async def test_a_cloned_sign_in_is_told_over_restarts(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    """Three sign-outs within a day, each in a life of its own; a day ends it."""
    troubles = [await _sign_out_in_a_new_life(cloud, tmp_path) for _ in range(3)]
    assert troubles == [None, None, TokenTrouble.CLONED]
    async with opened(cloud, tmp_path) as account:
        await account.sign_in()
        assert account.takes(await account.tokens.access_token())
        assert account.tokens.trouble is TokenTrouble.CLONED
        cloud.step(24 * HOUR)
        assert account.tokens.trouble is None


async def _sign_out_in_a_new_life(
    cloud: FakeCloud, folder: Path
) -> TokenTrouble | None:
    """Sign in and be signed out; asking again in the next life counts no second time."""
    async with opened(cloud, folder) as account:
        await sign_out(account)
    async with opened(cloud, folder) as account:
        assert isinstance(await ask(account), e.SignInRequired)
        return account.tokens.trouble


async def test_a_sign_out_is_counted_on_a_full_disk_too(
    account: Account, tmp_path: Path
) -> None:
    """It is only forgotten with the next restart."""
    account.cloud.tokens.revoke()
    storage = tmp_path / ".storage"
    storage.rename(tmp_path / "away")
    storage.write_text("no folder")
    assert isinstance(await ask(account), e.SignInRequired)


async def test_damaged_notes_of_sign_outs_are_forgotten(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    """They are a hint, and no reason to stop."""
    async with opened(cloud, tmp_path) as account:
        await sign_out(account)
    (path,) = (tmp_path / ".storage").glob("fleet_pulse.account.*")
    kept = json.loads(path.read_text())
    kept["items"]["sign_outs"] = kept["items"]["tokens"]
    path.write_text(json.dumps(kept))
    async with opened(cloud, tmp_path) as account:
        assert account.tokens.trouble is None
        await account.sign_in()
        assert account.takes(await account.tokens.access_token())


# ---- restarts


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 503}, id="trouble at Tesla"),
        pytest.param(WALL, id="a bot wall"),
        pytest.param({"status": 401, "body": {"error": "login_required"}}, id="ended"),
        pytest.param({"status": 400, "body": {"error": "invalid_client"}}, id="client"),
    ],
)
async def test_a_loop_of_restarts_asks_once_each(
    home: Household, fault: dict[str, Any]
) -> None:
    """What keeps Home Assistant from starting does not get the owner locked out."""
    home.cloud.fail(TOKEN_PATH, times=99, **fault)
    home.cloud.tokens.expire_access()
    before = len(home.cloud.requests.to(TOKEN_PATH))
    await _restart(home, 5)
    assert len(home.cloud.requests.to(TOKEN_PATH)) - before <= 5


async def _restart(home: Household, times: int) -> None:
    """Restart as often, seconds apart."""
    for _ in range(times):
        await restart(home)
        await home.pass_time(3, 1)
