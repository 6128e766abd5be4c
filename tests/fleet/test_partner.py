"""Registering a domain with the application's own token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession
import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.auth import Application, AuthClient
from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.hosts import Hosts
from custom_components.fleet_pulse.fleet.partner import (
    Partner,
    PartnerTokens,
    Registration,
)

from .scripted import NOW, RecordingLedger, Reply, ScriptedServer, ok

pytestmark = pytest.mark.usefixtures("socket_enabled")

# The point of data/fleet_api/partner_accounts_public_key.json.
POINT = (
    "04b2b6bc68c2da0665ce656815594996c62394edd8bea905fe781a754fe6a845a7"
    "14330902f225e9269d466e05b349981fda9d85cc23c6fb444aa73b629105dc6e"
)
GRANT = Reply(body={"access_token": "partner", "expires_in": 28800})
NEWER_GRANT = Reply(body={"access_token": "newer", "expires_in": 28800})
SHORT_GRANT = Reply(body={"access_token": "short", "expires_in": 59})


@asynccontextmanager
async def registering(
    *replies: Reply, grants: tuple[Reply, ...] = (GRANT,)
) -> AsyncIterator[tuple[Partner, ScriptedServer, ScriptedServer]]:
    """Give a partner with a script for the API and one for the sign-in server."""
    async with (
        ScriptedServer(*grants) as sign_in,
        ScriptedServer(*replies) as api,
        ClientSession() as session,
    ):
        hosts = Hosts.resolve(sign_in.url, api.url)
        tokens = PartnerTokens(
            AuthClient(session, hosts, lambda: NOW),
            Application(client_id="client", client_secret="ta-secret.1"),
            audience=api.url,
            now=lambda: NOW,
        )
        client = FleetClient(
            session,
            tokens=tokens,
            ledger=RecordingLedger([]),
            base_url=api.url,
            accepts=lambda _: False,
            now=lambda: NOW,
        )
        yield Partner(client), api, sign_in


async def test_a_domain_is_registered_with_the_applications_own_token() -> None:
    """The audience is the region's base; one token serves several requests."""
    registered = {"account_id": "a-1", "domain": "example.com", "public_key": POINT}
    async with registering(ok(registered), ok({"public_key": POINT})) as (
        partner,
        api,
        sign_in,
    ):
        assert await partner.register("example.com") == Registration(
            account_id="a-1", domain="example.com", public_key=bytes.fromhex(POINT)
        )
        assert await partner.public_key("example.com") == bytes.fromhex(POINT)
        register, read = api.arrivals
        (grant,) = sign_in.arrivals
    assert (register.method, register.path) == ("POST", "/api/1/partner_accounts")
    assert register.json == {"domain": "example.com"}
    assert register.headers["Authorization"] == "Bearer partner"
    assert read.path == "/api/1/partner_accounts/public_key"
    assert read.query == {"domain": ["example.com"]}
    assert grant.form["grant_type"] == "client_credentials"
    assert grant.form["audience"] == api.url


async def test_a_registration_may_leave_the_key_out() -> None:
    """Then it is asked for."""
    async with registering(ok({})) as (partner, _, _):
        assert (await partner.register("example.com")).public_key is None


@pytest.mark.parametrize(
    "response",
    [
        pytest.param({}, id="no key"),
        pytest.param({"public_key": "04zz"}, id="no hex"),
        pytest.param({"public_key": POINT[:-2]}, id="too short"),
        pytest.param({"public_key": "02" + POINT[2:]}, id="another form"),
        pytest.param([POINT], id="a list"),
    ],
)
async def test_a_key_that_is_none_is_an_invalid_answer(response: object) -> None:
    """It could not be compared with ours."""
    async with registering(ok(response)) as (partner, _, _):
        with pytest.raises(e.InvalidAnswer):
            await partner.public_key("example.com")


async def test_a_rejected_partner_token_is_replaced_once() -> None:
    """As an owner's is."""
    rejected = Reply(status=401, body={"error": "token expired (401)"})
    async with registering(
        rejected, ok({"public_key": POINT}), grants=(GRANT, NEWER_GRANT)
    ) as (partner, api, sign_in):
        await partner.public_key("example.com")
        assert len(sign_in.arrivals) == 2
        assert api.arrivals[1].headers["Authorization"] == "Bearer newer"


async def test_a_token_about_to_end_is_not_used_again() -> None:
    """It might end under way."""
    answer = ok({"public_key": POINT})
    async with registering(answer, grants=(SHORT_GRANT, GRANT)) as (
        partner,
        _,
        sign_in,
    ):
        await partner.public_key("example.com")
        await partner.public_key("example.com")
        assert len(sign_in.arrivals) == 2


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        pytest.param(
            412, "must match registered allowed origin", e.OriginMismatch, id="origin"
        ),
        pytest.param(
            422, "Public key hash has already been taken", e.KeyTaken, id="key taken"
        ),
        pytest.param(
            424, "Public key download failed", e.KeyDownloadFailed, id="download"
        ),
    ],
)
async def test_a_refused_registration_says_why(
    status: int, words: str, expected: type[e.FleetError]
) -> None:
    """In Tesla's own words."""
    refusal = Reply(status=status, body={"error": words})
    async with registering(refusal) as (partner, _, _):
        with pytest.raises(expected) as caught:
            await partner.register("example.com")
        assert caught.value.detail == words


async def test_an_application_without_the_grant_says_so() -> None:
    """The owner chose Authorization Code alone."""
    refusal = Reply(status=400, body={"error": "unauthorized_client"})
    async with registering(ok({}), grants=(refusal,)) as (partner, api, _):
        with pytest.raises(e.GrantMissing):
            await partner.register("example.com")
        assert api.arrivals == []
