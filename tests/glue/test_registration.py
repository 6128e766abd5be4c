"""What Tesla says to a registration, and how it is mended without starting over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest
from pytest_aiohttp import AiohttpServer

from custom_components.fleet_pulse.fleet import keys
from tests.fake_fleet.accounts import AUTHORIZATION_CODE
from tests.fake_fleet.partner import KEY_TAKEN
from tests.fake_fleet.populate import ORIGIN

from .flows import HOST, Owner, application
from .household import Household


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose cars can be read, with the key not yet registered."""
    await house.prepare()
    owner = Owner(house)
    await owner.sign_in()
    return owner


type Step = Callable[[Household], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What is wrong, what the owner reads, and what mends it."""

    key: str
    words: str
    spoil: Step = lambda house: None
    mend: Step = lambda house: None
    page: Callable[[], web.Response] | None = None
    """What another web server answers in place of Home Assistant."""


def text(body: str | bytes) -> Callable[[], web.Response]:
    """Give an answer with a body."""
    content = body if isinstance(body, bytes) else body.encode()
    return lambda: web.Response(body=content)


RSA: Final = (
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
OTHER: Final = keys.public_pem(keys.create())
TAKEN: Final = {"response": None, "error": KEY_TAKEN, "error_description": ""}
REGISTER: Final = "*/partner_accounts"


@pytest.mark.parametrize(
    "mishap",
    [
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="no such host",
                spoil=lambda house: house.cloud.hosts.clear(),
            ),
            id="the domain leads nowhere",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="status 302",
                page=lambda: web.Response(status=302, headers={"Location": "/"}),
            ),
            id="a redirect",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="status 401",
                page=lambda: web.Response(status=401),
            ),
            id="a login",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="not a PEM",
                page=text("<!DOCTYPE html><html></html>"),
            ),
            id="a web page",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="not an elliptic curve key",
                page=text(RSA),
            ),
            id="a key of the wrong kind",
        ),
        pytest.param(
            Mishap(key="key_differs", words=HOST, page=text(OTHER)),
            id="another application's key",
        ),
        pytest.param(
            Mishap(
                key="origin_mismatch",
                words=f"Root domain {HOST}",
                spoil=lambda house: setattr(application(house), "origins", {"x.org"}),
                mend=lambda house: setattr(application(house), "origins", {ORIGIN}),
            ),
            id="the domain is no allowed origin",
        ),
        pytest.param(
            Mishap(
                key="grant_missing",
                words="Machine-to-Machine",
                spoil=lambda house: setattr(
                    application(house), "grants", {AUTHORIZATION_CODE}
                ),
                mend=lambda house: setattr(
                    application(house),
                    "grants",
                    {AUTHORIZATION_CODE, "client_credentials"},
                ),
            ),
            id="the grant type is missing",
        ),
        pytest.param(
            Mishap(
                key="key_taken",
                words="hash has already been taken",
                spoil=lambda house: house.cloud.fail(REGISTER, status=422, body=TAKEN),
            ),
            id="another application has the key",
        ),
        pytest.param(
            Mishap(
                key="tesla_unavailable",
                words="trouble",
                spoil=lambda house: house.cloud.fail(REGISTER, status=503),
            ),
            id="Tesla has trouble",
        ),
        pytest.param(
            Mishap(
                key="rate_limited",
                words="08:02",
                spoil=lambda house: house.cloud.fail(
                    REGISTER, status=429, retry_after=60
                ),
            ),
            id="Tesla asks to wait: until when is said",
        ),
    ],
)
async def test_a_refused_registration_is_told_and_mended(
    owner: Owner, house: Household, aiohttp_server: AiohttpServer, mishap: Mishap
) -> None:
    """The owner reads Tesla's words beside ours, mends it, and presses Submit again."""
    await owner.host_key()
    site = await aiohttp_server(elsewhere(mishap.page or text("")))
    urls = [house.cloud.hosts[HOST], str(site.make_url("")).rstrip("/")]
    house.cloud.hosts[HOST] = urls[mishap.page is not None]
    mishap.spoil(house)
    result = await owner.submit(await owner.reconfigure(), domain=HOST)
    assert result["errors"] == {"base": mishap.key}
    assert mishap.words in await owner.words(result)
    assert result["data_schema"]({})["domain"] == HOST
    house.cloud.hosts[HOST] = urls[0]
    mishap.mend(house)
    result = await owner.submit(result, domain=HOST)
    assert result["step_id"] == "pair"


def elsewhere(page: Callable[[], web.Response]) -> web.Application:
    """Give a web server that answers every path alike."""

    async def answer(request: web.Request) -> web.Response:
        return page()

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return app


async def test_a_registration_that_names_no_key_is_asked_for_it(
    owner: Owner, house: Household
) -> None:
    """What Tesla downloaded is compared even if its first answer does not say."""
    house.cloud.fail(
        REGISTER, body={"response": {"domain": HOST}}, status=200, acts=True
    )
    assert (await owner.register())["step_id"] == "pair"
    assert len(house.cloud.requests.to("/partner_accounts/public_key")) == 1


async def test_a_secret_that_was_renewed_is_entered_anew(
    owner: Owner, house: Household
) -> None:
    """The registration finds it wrong; the owner enters it and comes back by itself."""
    application(house).client_secret = "renewed"
    result = await owner.register()
    assert result["step_id"] == "credentials"
    assert result["errors"] == {"base": "credential_refused"}
    assert "client_secret" in await owner.words(result)
    entered = {"client_id": application(house).client_id, "client_secret": "wrong"}
    result = await owner.submit(result, **entered)
    assert result["errors"] == {"base": "credential_refused"}
    result = await owner.submit(result, **entered | {"client_secret": "renewed"})
    assert result["step_id"] == "pair"
    assert application(house).registrations["eu"].domain == HOST
