"""The token endpoint: codes, rotation, grace and reuse, and what is refused."""

from datetime import timedelta

import pytest

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET
from tests.fake_fleet.tokens import claims_of

from .driver import REDIRECT_URI, Answer, Driver

DAY = 24 * 3600.0


async def test_exchange_gives_what_tesla_gives(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The access token is a JWT whose claims a client may read."""
    answer = await driver.exchange(await driver.code())
    assert answer.status == 200
    assert answer.json.keys() == {
        "access_token",
        "expires_in",
        "id_token",
        "refresh_token",
        "token_type",
    }
    assert answer.json["expires_in"] == 28800
    assert answer.json["refresh_token"].startswith("EU_")
    claims = claims_of(answer.json["access_token"])
    now = int(cloud.clock.now().timestamp())
    assert (claims["iat"], claims["exp"]) == (now, now + 28800)
    assert (claims["ou_code"], claims["azp"]) == ("EU", CLIENT_ID)
    assert cloud.api_urls["eu"] in claims["aud"]
    assert "vehicle_cmds" in claims["scp"]


async def test_json_is_taken_like_a_form(driver: Driver) -> None:
    """Tesla takes both."""
    code = await driver.code()
    body = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "audience": driver.cloud.api_urls["na"],
    }
    url = f"{driver.cloud.auth_url}/oauth2/v3/token"
    answer = await driver.call("POST", url, body=body)
    assert answer.status == 200


@pytest.mark.parametrize("body", [pytest.param([], id="a list"), "text"])
async def test_json_must_be_an_object(driver: Driver, body: object) -> None:
    """Anything else has no parameters."""
    url = f"{driver.cloud.auth_url}/oauth2/v3/token"
    answer = await driver.call("POST", url, body=body)
    assert (answer.status, answer.error) == (400, "invalid_request")


async def test_parameters_do_not_belong_into_the_address(driver: Driver) -> None:
    """Addresses end up in logs."""
    url = f"{driver.cloud.auth_url}/oauth2/v3/token"
    answer = await driver.call("POST", url, query={"a": "b"}, body={})
    assert (answer.status, answer.error) == (400, "invalid_request")


async def test_other_bodies_are_not_read(driver: Driver) -> None:
    """Plain text is no request."""
    url = f"{driver.cloud.auth_url}/oauth2/v3/token"
    async with driver.session.post(url, data="grant_type=refresh_token") as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        pytest.param(
            {"client_secret": "wrong"}, 401, "invalid_client", id="wrong secret"
        ),
        pytest.param({"client_secret": None}, 401, "invalid_client", id="no secret"),
        pytest.param({"client_id": "x"}, 401, "invalid_client", id="wrong client"),
        pytest.param({"client_id": None}, 400, "invalid_request", id="no client"),
        pytest.param(
            {"redirect_uri": "https://example.com/auth/external/callback"},
            400,
            "invalid_grant",
            id="another registered redirect",
        ),
        pytest.param({"redirect_uri": None}, 400, "invalid_request", id="no redirect"),
        pytest.param(
            {"audience": "https://example.com"}, 400, "invalid_request", id="audience"
        ),
        pytest.param({"code": "EU_0"}, 400, "invalid_grant", id="unknown code"),
        pytest.param({"code": None}, 400, "invalid_request", id="no code"),
        pytest.param({"code_verifier": "x"}, 400, "invalid_request", id="PKCE"),
        pytest.param(
            {"grant_type": "password"}, 400, "unsupported_grant_type", id="odd grant"
        ),
    ],
)
async def test_exchange_is_refused(
    driver: Driver, changed: dict[str, str | None], status: int, error: str
) -> None:
    """Everything must match what was agreed on."""
    code = await driver.code()
    answer = await driver.exchange(code, **changed)
    assert (answer.status, answer.error) == (status, error)


async def test_exchange_works_without_an_audience(driver: Driver) -> None:
    """As Home Assistant's own integration does it; the token then fits the west."""
    answer = await driver.exchange(await driver.code(), audience=None)
    assert answer.status == 200
    driver.access = answer.json["access_token"]
    assert (await driver.get("/api/1/products")).status == 200


async def test_code_works_for_two_minutes(cloud: FakeCloud, driver: Driver) -> None:
    """Afterwards the owner must be asked again."""
    in_time, too_late = await driver.code(), await driver.code()
    cloud.step(120)
    assert (await driver.exchange(in_time)).status == 200
    cloud.step(1)
    assert (await driver.exchange(too_late)).error == "invalid_grant"


async def test_code_used_twice_ends_what_it_brought(driver: Driver) -> None:
    """Somebody else may have seen it."""
    code = await driver.code()
    first = await driver.exchange(code)
    assert (await driver.exchange(code)).error == "invalid_grant"
    answer = await driver.refresh(first.json["refresh_token"])
    assert (answer.status, answer.error) == (401, "login_required")


async def test_two_refreshes_each_with_the_newest_token(driver: Driver) -> None:
    """Every answer replaces the refresh token."""
    await driver.sign_in()
    seen = {driver.refresh_token}
    assert (await driver.refresh()).status == 200
    seen.add(driver.refresh_token)
    assert (await driver.refresh()).status == 200
    seen.add(driver.refresh_token)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("waited", "status"),
    [
        pytest.param(0, 200, id="at once"),
        pytest.param(DAY, 200, id="a day later"),
        pytest.param(DAY + 1, 401, id="more than a day later"),
    ],
)
async def test_old_token_covers_a_lost_answer(
    cloud: FakeCloud, driver: Driver, waited: float, status: int
) -> None:
    """The answer never arrived, so the old token is all the client has."""
    await driver.sign_in()
    old = driver.refresh_token
    await driver.refresh()
    cloud.step(waited)
    assert (await driver.refresh(old)).status == status


async def test_after_the_grace_the_newest_token_works(driver: Driver) -> None:
    """What the second answer brought is the family's token now."""
    await driver.sign_in()
    old = driver.refresh_token
    await driver.refresh()
    lost = driver.refresh_token
    await driver.refresh(old)
    newest = driver.refresh_token
    assert (await driver.refresh(lost)).status == 401
    assert (await driver.refresh(newest)).status == 200


async def test_third_use_ends_the_family(driver: Driver) -> None:
    """Two clients with one token look like a thief."""
    await driver.sign_in()
    old = driver.refresh_token
    await driver.refresh()
    await driver.refresh(old)
    newest = driver.refresh_token
    assert (await driver.refresh(old)).error == "login_required"
    assert (await driver.refresh(newest)).error == "login_required"


async def test_token_before_the_last_ends_the_family(driver: Driver) -> None:
    """Only the one used last has a grace."""
    await driver.sign_in()
    oldest = driver.refresh_token
    await driver.refresh()
    await driver.refresh()
    newest = driver.refresh_token
    assert (await driver.refresh(oldest)).status == 401
    assert (await driver.refresh(newest)).status == 401


async def test_unused_token_ends_after_three_months(
    cloud: FakeCloud, driver: Driver
) -> None:
    """A season without a refresh needs a new sign-in."""
    await driver.sign_in()
    cloud.step(90 * DAY + 1)
    assert (await driver.refresh()).error == "login_required"


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        pytest.param(
            {"client_secret": "wrong"}, 401, "invalid_client", id="wrong secret"
        ),
        pytest.param({"client_id": "x"}, 401, "invalid_client", id="unknown client"),
        pytest.param({"refresh_token": "x"}, 401, "login_required", id="odd token"),
        pytest.param({"refresh_token": None}, 400, "invalid_request", id="no token"),
    ],
)
async def test_refresh_is_refused(
    driver: Driver, changed: dict[str, str | None], status: int, error: str
) -> None:
    """A refusal costs nothing: the token at hand still works."""
    await driver.sign_in()
    answer = await driver.refresh(**changed)
    assert (answer.status, answer.error) == (status, error)
    assert (await driver.refresh()).status == 200


async def test_token_of_another_application_is_refused(
    cloud: FakeCloud, driver: Driver
) -> None:
    """A family belongs to the application that it began with."""
    cloud.add_application("other", "secret")
    await driver.sign_in()
    answer = await driver.refresh(client_id="other")
    assert answer.error == "login_required"


async def test_without_offline_access_there_is_nothing_to_refresh(
    driver: Driver,
) -> None:
    """Staying signed in is a scope of its own."""
    await driver.sign_in("openid vehicle_device_data")
    assert driver.refresh_token == ""


async def test_lost_answer_after_rotation(cloud: FakeCloud, driver: Driver) -> None:
    """Tesla rotated, the client never heard: the old token saves it."""
    await driver.sign_in()
    old = driver.refresh_token
    cloud.fail("/oauth2/v3/token", reset="after")
    with pytest.raises(OSError):  # noqa: PT011 - any way to lose a connection.
        await driver.refresh()
    assert (await driver.refresh(old)).status == 200
    assert (await driver.refresh()).status == 200


@pytest.mark.parametrize(
    ("minutes", "status"),
    [
        pytest.param(479, 200, id="a minute before its end"),
        pytest.param(480, 401, id="at its end"),
    ],
)
async def test_access_token_lives_eight_hours(
    cloud: FakeCloud, driver: Driver, minutes: float, status: int
) -> None:
    """By the cloud's clock, which a test can step."""
    await driver.sign_in()
    cloud.step(minutes * 60)
    answer = await driver.get("/api/1/products")
    assert answer.status == status


async def test_expired_revoked_and_missing_tokens_are_told_apart(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The words are Tesla's."""
    missing = await driver.get("/api/1/products")
    await driver.sign_in()
    cloud.tokens.expire_access()
    expired = await driver.get("/api/1/products")
    cloud.tokens.revoke()
    revoked = await driver.get("/api/1/products")
    assert [answer.status for answer in (missing, expired, revoked)] == [401] * 3
    assert missing.error == revoked.error == "invalid bearer token"
    assert expired.error == "token expired (401)"
    assert (await driver.refresh()).error == "login_required"


async def test_skewed_cloud_dates_its_tokens_wrong(
    cloud: FakeCloud, driver: Driver
) -> None:
    """Tesla's clock an hour ahead shows in token and header alike."""
    cloud.skew = timedelta(hours=1)
    await driver.sign_in()
    ahead = cloud.clock.now() + timedelta(hours=1)
    assert claims_of(driver.access)["iat"] == int(ahead.timestamp())
    answer = await driver.get("/api/1/products")
    assert answer.headers["Date"] == f"{ahead:%a, %d %b %Y %H:%M:%S} GMT"


async def partner(driver: Driver, **changed: str | None) -> Answer:
    """Ask for a partner token that should be refused."""
    return await driver.partner_token(**changed)


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        pytest.param({"client_secret": "x"}, 401, "invalid_client", id="secret"),
        pytest.param({"audience": "https://x.y"}, 400, "invalid_request", id="where"),
        pytest.param({"audience": None}, 400, "invalid_request", id="no audience"),
        pytest.param({"scope": "everything"}, 400, "invalid_scope", id="scope"),
    ],
)
async def test_partner_token_is_refused(
    driver: Driver, changed: dict[str, str | None], status: int, error: str
) -> None:
    """The application must say for which region and what for."""
    answer = await partner(driver, **changed)
    assert (answer.status, answer.error) == (status, error)


async def test_partner_token_needs_the_grant(cloud: FakeCloud, driver: Driver) -> None:
    """Machine-to-Machine must be ticked on the developer page."""
    cloud.applications["client-id"].grants = frozenset({"authorization_code"})
    answer = await partner(driver)
    assert (answer.status, answer.error) == (400, "unauthorized_client")


async def test_partner_token_has_no_owner(cloud: FakeCloud, driver: Driver) -> None:
    """It stands for the application, in one region, and is not refreshed."""
    answer = await partner(driver)
    assert answer.json.keys() == {"access_token", "expires_in", "token_type"}
    claims = claims_of(answer.json["access_token"])
    assert claims["aud"] == [cloud.api_urls["eu"]]
    assert "ou_code" not in claims
