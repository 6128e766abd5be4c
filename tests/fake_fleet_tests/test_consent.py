"""The consent page: exact redirect URIs, and an owner who may say no."""

import pytest
from yarl import URL

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import EMAIL

from .driver import REDIRECT_URI, Answer, Driver


def sent_back(answer: Answer) -> dict[str, str]:
    """Read what the browser brings back to the application."""
    assert answer.status == 302
    where = URL(answer.headers["Location"])
    assert str(where.with_query(None)) == REDIRECT_URI
    return dict(where.query)


async def test_page_can_be_read(driver: Driver) -> None:
    """A person sees who asks for what, and two buttons."""
    answer = await driver.authorize()
    assert answer.status == 200
    assert "client-id" in answer.text
    assert 'value="allow">Allow</button>' in answer.text
    assert 'value="deny">Deny</button>' in answer.text


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        pytest.param({"client_id": "nobody"}, "client_id", id="unknown client"),
        pytest.param({"client_id": None}, "client_id", id="no client"),
        pytest.param({"redirect_uri": None}, "redirect_uri", id="no redirect"),
        pytest.param(
            {"redirect_uri": f"{REDIRECT_URI}/"}, "redirect_uri", id="slash too many"
        ),
        pytest.param(
            {"redirect_uri": f"{REDIRECT_URI}?a=1"}, "redirect_uri", id="query added"
        ),
        pytest.param(
            {"redirect_uri": REDIRECT_URI.replace("http:", "https:")},
            "redirect_uri",
            id="other scheme",
        ),
        pytest.param(
            {"redirect_uri": REDIRECT_URI.replace("127.0.0.1", "localhost")},
            "redirect_uri",
            id="other name of the same host",
        ),
    ],
)
async def test_unregistered_sender_gets_a_page_not_a_redirect(
    cloud: FakeCloud, driver: Driver, changed: dict[str, str | None], named: str
) -> None:
    """The browser stays at Tesla, and the page names what to fix."""
    cloud.auto_consent = True
    answer = await driver.authorize(**changed)
    assert answer.status == 400
    assert f"We don&#x27;t recognize this {named}." in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param(
            {"response_type": "token"}, "unsupported_response_type", id="not a code"
        ),
        pytest.param({"scope": "openid everything"}, "invalid_scope", id="odd scope"),
        pytest.param({"scope": ""}, "invalid_scope", id="no scope"),
        pytest.param(
            {"code_challenge": "x", "code_challenge_method": "S256"},
            "invalid_request",
            id="PKCE is not documented",
        ),
    ],
)
async def test_known_sender_is_told_by_redirect(
    cloud: FakeCloud, driver: Driver, changed: dict[str, str | None], error: str
) -> None:
    """Other mistakes travel back to the application, with its state."""
    cloud.auto_consent = True
    told = sent_back(await driver.authorize(**changed))
    assert told == {"error": error, "state": "a/b+c=d"}


async def test_application_without_the_grant_is_told(
    cloud: FakeCloud, driver: Driver
) -> None:
    """Machine-to-Machine alone lets nobody sign in."""
    cloud.applications["client-id"].grants = frozenset({"client_credentials"})
    told = sent_back(await driver.authorize())
    assert told["error"] == "unauthorized_client"


async def click(driver: Driver, **form: str | list[str]) -> Answer:
    """Press a button of the page."""
    async with driver.session.post(
        f"{driver.cloud.auth_url}/oauth2/v3/authorize",
        params=driver.authorize_query(),
        data=[
            (name, each)
            for name, value in form.items()
            for each in ([value] if isinstance(value, str) else value)
        ],
        allow_redirects=False,
    ) as response:
        return Answer(response.status, response.headers, await response.text())


async def test_deny_goes_back_without_a_code(driver: Driver) -> None:
    """A refusal is told to the application."""
    told = sent_back(await click(driver, account=EMAIL, decision="deny"))
    assert told["error"] == "access_denied"
    assert told["state"] == "a/b+c=d"
    assert "code" not in told


async def test_allow_goes_back_with_a_code_that_works(driver: Driver) -> None:
    """The scopes that were ticked are the scopes of the token."""
    told = sent_back(
        await click(
            driver,
            account=EMAIL,
            decision="allow",
            scope=["openid", "offline_access", "vehicle_device_data"],
        )
    )
    assert told["state"] == "a/b+c=d"
    answer = await driver.exchange(told["code"])
    assert answer.status == 200


async def test_nobody_to_sign_in(cloud: FakeCloud, driver: Driver) -> None:
    """A cloud without owners says so."""
    cloud.accounts.clear()
    assert (await driver.authorize()).status == 400
    told = sent_back(await click(driver, account=EMAIL, decision="allow"))
    assert told["error"] == "access_denied"


async def test_script_can_play_the_owner(cloud: FakeCloud, driver: Driver) -> None:
    """With `auto_consent` no page is shown."""
    cloud.auto_consent = True
    told = sent_back(await driver.authorize())
    assert told["state"] == "a/b+c=d"
    assert told["code"].startswith("EU_")
