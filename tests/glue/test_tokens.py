"""Tokens over real sockets: one refresh at a time, on disk first, never lost."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.tokens import BACK_OFF, PURPOSE
from tests.fake_fleet.cloud import FakeCloud
from tests.harness.leap import leap

from .account import TIMEOUT, TOKEN_PATH, Account, opened

HOUR: Final = 3600
LOGIN_REQUIRED: Final = {"status": 401, "body": {"error": "login_required"}}


@pytest.fixture
async def account(cloud: FakeCloud, tmp_path: Path) -> AsyncIterator[Account]:
    """Give an account that has just signed in."""
    async with opened(cloud, tmp_path) as account:
        await account.sign_in()
        yield account


@pytest.fixture
async def expired(account: Account) -> Account:
    """Give an account whose access token has ended."""
    account.expire()
    return account


# ---- one refresh


async def test_a_valid_token_is_handed_out_as_it_is(account: Account) -> None:
    """Nobody is asked as long as it is valid for another minute."""
    account.cloud.step(8 * HOUR - 61)
    assert await account.tokens.access_token() == account.stored.pair.access_token
    assert account.refreshes == 0


async def test_a_token_in_its_last_minute_is_refreshed(account: Account) -> None:
    """What is asked with it must not arrive too late."""
    account.cloud.step(8 * HOUR - 60)
    old = account.stored
    token = await account.tokens.access_token()
    assert account.takes(token)
    assert token != old.pair.access_token
    assert account.refreshes == 1


async def test_fifty_callers_share_one_refresh(expired: Account) -> None:
    """All get the same new token out of one request."""
    callers = (expired.tokens.access_token() for _ in range(50))
    tokens = set(await asyncio.gather(*callers))
    assert tokens == {expired.stored.pair.access_token}
    assert expired.takes(tokens.pop())
    assert expired.refreshes == 1


async def test_fifty_callers_share_one_failure(expired: Account) -> None:
    """All get the same error out of one request."""
    expired.cloud.fail(TOKEN_PATH, status=503)
    callers = (expired.tokens.access_token() for _ in range(50))
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert {type(answer) for answer in answers} == {e.TeslaUnavailable}
    assert expired.refreshes == 1


async def test_each_refresh_uses_the_newest_token(expired: Account) -> None:
    """Two in a row: the second one uses what the first one brought."""
    first = expired.stored
    await expired.tokens.access_token()
    second = expired.stored
    expired.expire()
    await expired.tokens.access_token()
    assert expired.family.used == {
        first.pair.refresh_token,
        second.pair.refresh_token,
    }
    assert expired.stored.pair.refresh_token == expired.family.current
    assert expired.stored.previous == second.pair.refresh_token
    assert expired.refreshes == 2


async def test_a_rejected_token_is_refreshed_although_it_looks_valid(
    account: Account,
) -> None:
    """Tesla may end a token early."""
    old = account.stored.pair.access_token
    assert await account.tokens.access_token(rejected=old) != old
    assert account.refreshes == 1


async def test_whoever_comes_late_with_a_rejected_token_gets_the_newer_one(
    account: Account,
) -> None:
    """Without another refresh."""
    old = account.stored.pair.access_token
    new = await account.tokens.access_token(rejected=old)
    assert await account.tokens.access_token(rejected=old) == new
    assert account.refreshes == 1


async def test_a_caller_who_gives_up_does_not_tear_the_refresh(
    expired: Account,
) -> None:
    """The others still get their token, and it is kept."""
    expired.cloud.fail(TOKEN_PATH, late=HOUR)
    impatient = asyncio.create_task(expired.tokens.access_token())
    patient = asyncio.create_task(expired.tokens.access_token())
    await expired.cloud.patience.begun()
    impatient.cancel()
    await expired.cloud.patience.end()
    assert await patient == expired.stored.pair.access_token
    assert impatient.cancelled()
    assert expired.refreshes == 1


async def test_a_refresh_nobody_waits_for_any_more_is_kept(expired: Account) -> None:
    """All callers gave up; the next one gets what it brought."""
    expired.cloud.fail(TOKEN_PATH, late=HOUR)
    caller = asyncio.create_task(expired.tokens.access_token())
    await expired.cloud.patience.begun()
    caller.cancel()
    await expired.cloud.patience.end()
    await expired.hass.async_block_till_done()
    assert expired.stored.pair.refresh_token == expired.family.current
    await expired.tokens.access_token()
    assert expired.refreshes == 1


async def test_a_failure_nobody_waits_for_is_no_noise(
    expired: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """All callers gave up; what went wrong is told to the next one."""
    expired.cloud.fail(TOKEN_PATH, status=503, delay=HOUR)
    caller = asyncio.create_task(expired.tokens.access_token())
    await expired.cloud.patience.begun()
    caller.cancel()
    await expired.cloud.patience.end()
    await expired.hass.async_block_till_done()
    with pytest.raises(e.TeslaUnavailable):
        await expired.tokens.access_token()
    assert expired.refreshes == 1


async def test_nobody_gets_a_token_that_is_not_on_disk(
    cloud: FakeCloud, expired: Account, tmp_path: Path
) -> None:
    """Another Home Assistant on the same folder knows it the moment it is used."""
    token = await expired.tokens.access_token()
    async with opened(cloud, tmp_path) as restarted:
        assert await restarted.tokens.access_token() == token
        assert restarted.stored == expired.stored


# ---- what goes wrong on the way


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"status": 500}, e.TeslaUnavailable, id="500"),
        pytest.param({"status": 503, "html": True}, e.TeslaUnavailable, id="503 page"),
        pytest.param(
            {"status": 503, "body": {"error": "login_required"}},
            e.TeslaUnavailable,
            id="503 that talks of signing in",
        ),
        pytest.param({"status": 429}, e.RateLimited, id="429"),
        pytest.param(
            {"status": 429, "body": {"error": "invalid_grant"}},
            e.RateLimited,
            id="429 that talks of the grant",
        ),
        pytest.param({"status": 403, "html": True}, e.Forbidden, id="a bot wall"),
        pytest.param({"status": 401, "html": True}, e.Forbidden, id="401 page"),
        pytest.param({"reset": "before"}, e.Unreachable, id="reset before"),
        pytest.param({"reset": "after"}, e.Unreachable, id="answer lost"),
        pytest.param({"truncate": True}, e.Unreachable, id="answer torn"),
        pytest.param({"delay": HOUR}, e.Unreachable, id="timeout before"),
        pytest.param({"late": HOUR}, e.Unreachable, id="timeout after"),
        pytest.param({"html": True}, e.InvalidAnswer, id="200 with a page"),
        pytest.param({"body": "{"}, e.InvalidAnswer, id="200 with half a body"),
        pytest.param({"body": {}}, e.InvalidAnswer, id="200 without a token"),
        pytest.param(
            {"status": 401, "body": {"error": "invalid_client"}},
            e.CredentialRefused,
            id="invalid_client",
        ),
        pytest.param(
            {"status": 400, "body": {"error": "unauthorized_client"}},
            e.CredentialRefused,
            id="unauthorized_client",
        ),
    ],
)
async def test_the_pair_outlives_a_failed_refresh(
    expired: Account, fault: dict[str, Any], error: type[e.FleetError]
) -> None:
    """The old pair is kept, Tesla left alone for a while, then it works again."""
    before = expired.stored
    expired.cloud.patience.began = partial(leap, TIMEOUT)
    expired.cloud.fail(TOKEN_PATH, **fault)
    with pytest.raises(error) as caught:
        await expired.tokens.access_token()
    assert not caught.value.may_have_acted
    assert expired.stored == before
    asked = expired.refreshes
    with pytest.raises(error):
        await expired.tokens.access_token()
    assert expired.refreshes == asked
    await expired.cloud.patience.end()
    expired.cloud.step(BACK_OFF[0])
    assert expired.takes(await expired.tokens.access_token())


async def test_no_connection_is_no_reason_to_sign_in(expired: Account) -> None:
    """Tesla's server is gone, and comes back."""
    before = expired.stored
    await expired.cloud.stop()
    with pytest.raises(e.Unreachable):
        await expired.tokens.access_token()
    assert expired.stored == before


async def test_the_waits_grow_and_end_with_a_success(expired: Account) -> None:
    """Each failure in a row waits longer; afterwards it begins anew."""
    expired.cloud.fail(TOKEN_PATH, status=503, times=5)
    waits = (*BACK_OFF, BACK_OFF[-1])
    assert await _asked_after(expired, [0, *waits]) == [1, 2, 3, 4, 5, 6]
    expired.expire()
    expired.cloud.fail(TOKEN_PATH, status=503)
    assert await _asked_after(expired, [0, BACK_OFF[0]]) == [7, 8]


async def _asked_after(account: Account, waits: list[int]) -> list[int]:
    """Ask a second too early and then in time, after each wait; count the requests."""
    counts = []
    for wait in waits:
        account.cloud.step(max(wait - 1, 0))
        await asyncio.gather(account.tokens.access_token(), return_exceptions=True)
        account.cloud.step(min(wait, 1))
        await asyncio.gather(account.tokens.access_token(), return_exceptions=True)
        counts.append(account.refreshes)
    return counts


async def test_tesla_says_how_long_to_wait(expired: Account) -> None:
    """`Retry-After` counts where it is longer than our own wait."""
    expired.cloud.fail(TOKEN_PATH, status=429, retry_after=90)
    assert await _asked_after(expired, [0]) == [1]
    expired.cloud.step(80)
    with pytest.raises(e.RateLimited):
        await expired.tokens.access_token()
    expired.cloud.step(10)
    assert expired.takes(await expired.tokens.access_token())


async def test_the_error_that_is_repeated_does_not_grow(expired: Account) -> None:
    """It is kept for long, so it must not keep every frame it passed."""
    expired.cloud.tokens.revoke()
    depths = [await _depth(expired) for _ in range(4)]
    assert depths[1] == depths[2] == depths[3]


async def _depth(account: Account) -> int:
    """Count the frames of the error that a caller gets."""
    with pytest.raises(e.SignInRequired) as caught:
        await account.tokens.access_token()
    return len(caught.traceback)


# ---- the day of grace


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"reset": "after"}, id="reset"),
        pytest.param({"truncate": True}, id="torn"),
        pytest.param({"late": HOUR}, id="too late"),
        pytest.param({"html": True}, id="replaced by a page"),
        pytest.param({"status": 502, "acts": True}, id="replaced by a gateway's 502"),
    ],
)
@pytest.mark.parametrize("wait", [BACK_OFF[0], 23 * HOUR])
async def test_an_answer_lost_after_the_rotation_is_made_up_for(
    expired: Account, fault: dict[str, Any], wait: int
) -> None:
    """Tesla has rotated, we do not know to what: the old token works once more."""
    lost = expired.stored.pair.refresh_token
    expired.cloud.patience.began = partial(leap, TIMEOUT)
    expired.cloud.fail(TOKEN_PATH, **fault)
    with pytest.raises(e.FleetError):
        await expired.tokens.access_token()
    assert expired.family.current != lost
    await expired.cloud.patience.end()
    expired.cloud.step(wait)
    assert expired.takes(await expired.tokens.access_token())
    assert expired.stored.pair.refresh_token == expired.family.current
    expired.expire()
    assert expired.takes(await expired.tokens.access_token())


async def test_a_lost_answer_survives_a_restart(
    cloud: FakeCloud, expired: Account, tmp_path: Path
) -> None:
    """What is on disk is what Tesla takes once more."""
    cloud.fail(TOKEN_PATH, reset="after")
    with pytest.raises(e.Unreachable):
        await expired.tokens.access_token()
    async with opened(cloud, tmp_path) as restarted:
        assert restarted.takes(await restarted.tokens.access_token())


async def test_after_the_day_of_grace_only_the_owner_helps(expired: Account) -> None:
    """A lost answer that nobody asked for again for more than a day."""
    expired.cloud.fail(TOKEN_PATH, reset="after")
    with pytest.raises(e.Unreachable):
        await expired.tokens.access_token()
    expired.cloud.step(25 * HOUR)
    with pytest.raises(e.SignInRequired):
        await expired.tokens.access_token()


async def test_a_refused_token_falls_back_to_the_one_before(expired: Account) -> None:
    """Within a day Tesla takes the token that was used last."""
    await expired.tokens.access_token()
    expired.expire()
    refused = expired.stored.pair.refresh_token
    expired.cloud.fail(TOKEN_PATH, **LOGIN_REQUIRED)
    assert expired.takes(await expired.tokens.access_token())
    assert expired.refreshes == 3
    assert refused not in expired.family.used
    assert expired.stored.pair.refresh_token == expired.family.current
    expired.expire()
    assert expired.takes(await expired.tokens.access_token())


@pytest.mark.parametrize(
    ("age", "refusals", "asked"),
    [
        pytest.param(8 * HOUR, 2, 2, id="both are refused"),
        pytest.param(25 * HOUR, 1, 1, id="the one before is too old"),
    ],
)
async def test_a_refusal_without_a_way_out_needs_the_owner(
    expired: Account, age: int, refusals: int, asked: int
) -> None:
    """The fallback is tried once, not for ever."""
    await expired.tokens.access_token()
    before = expired.stored
    expired.cloud.step(age)
    expired.cloud.fail(TOKEN_PATH, times=refusals, **LOGIN_REQUIRED)
    with pytest.raises(e.SignInRequired):
        await expired.tokens.access_token()
    expired.cloud.step(HOUR)
    with pytest.raises(e.SignInRequired):
        await expired.tokens.access_token()
    assert expired.refreshes == 1 + asked
    assert expired.stored == before


async def test_a_fallback_that_fails_is_tried_again(expired: Account) -> None:
    """Trouble at Tesla in the second request is no refusal."""
    await expired.tokens.access_token()
    expired.expire()
    expired.cloud.fail(TOKEN_PATH, **LOGIN_REQUIRED)
    expired.cloud.fail(TOKEN_PATH, status=503)
    with pytest.raises(e.TeslaUnavailable):
        await expired.tokens.access_token()
    expired.cloud.step(BACK_OFF[0])
    assert expired.takes(await expired.tokens.access_token())


# ---- the vault is the one truth


async def test_a_new_sign_in_counts_at_once(expired: Account) -> None:
    """Also after a refusal, which was of the sign-in before."""
    expired.cloud.tokens.revoke()
    with pytest.raises(e.SignInRequired):
        await expired.tokens.access_token()
    new = await expired.sign_in()
    assert await expired.tokens.access_token() == new.pair.access_token


async def test_a_sign_in_during_a_refresh_is_not_overwritten(expired: Account) -> None:
    """What the owner agreed to last stays, and is handed out."""
    expired.cloud.fail(TOKEN_PATH, late=HOUR)
    caller = asyncio.create_task(expired.tokens.access_token())
    await expired.cloud.patience.begun()
    new = await expired.sign_in()
    await expired.cloud.patience.end()
    assert await caller == new.pair.access_token
    assert expired.stored == new


async def test_a_full_disk_costs_no_sign_in(expired: Account, tmp_path: Path) -> None:
    """The pair that could not be written is kept, and written when there is room.

    Tesla takes the old refresh token only once more: asking anew each time would
    sign the owner out.
    """
    await expired.tokens.access_token()
    old = expired.stored
    expired.expire()
    storage = tmp_path / ".storage"
    storage.rename(tmp_path / "away")
    storage.write_text("no folder")
    assert await _asked_after(expired, [0, *BACK_OFF]) == [2, 2, 2, 2, 2]
    with pytest.raises(e.NotSaved):
        await expired.tokens.access_token()
    assert expired.stored == old
    storage.unlink()
    (tmp_path / "away").rename(storage)
    expired.cloud.step(BACK_OFF[-1])
    assert expired.takes(await expired.tokens.access_token())
    assert expired.refreshes == 2


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(
            b'{"access_token": "a", "refresh_token": "b", "expires_at": "never",'
            b' "previous": null, "rotated_at": null}',
            id="no time",
        ),
        pytest.param(
            b'{"access_token": "a", "refresh_token": "b", "expires_at": 7,'
            b' "previous": null, "rotated_at": null}',
            id="a number for a time",
        ),
    ],
)
async def test_what_cannot_be_read_needs_a_sign_in(
    cloud: FakeCloud, tmp_path: Path, raw: bytes | None
) -> None:
    """Another version may have sealed it; that is no reason to crash."""
    async with opened(cloud, tmp_path) as account:
        await account.file.async_put("other" if raw is None else PURPOSE, raw or b"")
        with pytest.raises(e.SealBroken):
            await account.tokens.access_token()


async def test_tokens_do_not_show(account: Account) -> None:
    """Neither in a repr nor in what a failed refresh says."""
    await account.tokens.access_token(rejected=account.stored.pair.access_token)
    stored = account.stored
    shown = f"{stored!r}{account.tokens!r}{vars(account.tokens)}"
    secrets = (
        stored.pair.access_token,
        stored.pair.refresh_token,
        stored.previous or "",
    )
    assert [secret for secret in secrets if secret in shown] == []


# ---- unloading


async def test_unloading_waits_for_the_refresh_under_way(expired: Account) -> None:
    """It reaches the disk, and no other one begins behind it."""
    expired.cloud.fail(TOKEN_PATH, late=HOUR)
    caller = asyncio.create_task(expired.tokens.access_token())
    await expired.cloud.patience.begun()
    finishing = asyncio.create_task(expired.tokens.async_finish())
    assert (await asyncio.wait({finishing}, timeout=0))[1]
    await expired.cloud.patience.end()
    await finishing
    token = expired.stored.pair.access_token
    assert expired.stored.pair.refresh_token == expired.family.current
    assert await caller == await expired.tokens.access_token() == token
    with pytest.raises(e.Unreachable):
        await expired.tokens.access_token(rejected=token)
    assert expired.refreshes == 1


async def test_stopping_home_assistant_waits_for_the_refresh(
    cloud: FakeCloud, expired: Account, tmp_path: Path
) -> None:
    """What Tesla has rotated reaches the disk."""
    cloud.fail(TOKEN_PATH, late=HOUR)
    caller = asyncio.create_task(expired.tokens.access_token())
    await cloud.patience.begun()
    stopping = asyncio.create_task(expired.hass.async_stop(force=True))
    assert (await asyncio.wait({stopping}, timeout=0))[1]
    await cloud.patience.end()
    await stopping
    async with opened(cloud, tmp_path) as restarted:
        assert restarted.stored.pair.refresh_token == restarted.family.current
        assert await restarted.tokens.access_token() == await caller
