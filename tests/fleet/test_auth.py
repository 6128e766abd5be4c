"""Signing in at Tesla, over real sockets."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession
from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.auth import (
    PARTNER_SCOPES,
    SCOPES,
    Application,
    AuthClient,
    AuthorizePage,
    Claims,
    PartnerToken,
    Preflight,
    TokenPair,
    claims,
)
from custom_components.fleet_pulse.fleet.hosts import Hosts, Region

from .scripted import NOW, TIMEOUT, Reply, ScriptedServer

pytestmark = pytest.mark.usefixtures("socket_enabled")

SECRET = "ta-secret.Abc+123"
APPLICATION = Application(client_id="the client", client_secret=SECRET)
AUDIENCE = "https://fleet-api.prd.eu.vn.cloud.tesla.com"
REDIRECT = "https://my.home-assistant.io/redirect/oauth"
HTML = b"<!DOCTYPE html><html><body>Access denied</body></html>"
GRANT = {
    "access_token": "access-1",
    "refresh_token": "EU_refresh-1",
    "id_token": "id-1",
    "expires_in": 28800,
    "token_type": "Bearer",
}
PAIR = TokenPair(
    access_token="access-1",
    refresh_token="EU_refresh-1",
    expires_at=NOW + timedelta(hours=8),
)

type Ask = Callable[[AuthClient], Awaitable[Any]]


def token(payload: object) -> str:
    """A JWT with this payload and a signature that nobody looks at."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    middle = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{middle}.c2lnbmF0dXJl"


def refresh(client: AuthClient) -> Awaitable[TokenPair]:
    """Refresh with a token that must not show anywhere."""
    return client.refresh(APPLICATION, "EU_refresh-0")


def exchange(client: AuthClient) -> Awaitable[TokenPair]:
    """Exchange a code that must not show anywhere."""
    return client.exchange(APPLICATION, "code-0", REDIRECT, AUDIENCE)


def partner_token(client: AuthClient) -> Awaitable[PartnerToken]:
    """Ask for the application's own token."""
    return client.partner_token(APPLICATION, AUDIENCE)


@asynccontextmanager
async def signing_in(
    *replies: Reply,
) -> AsyncIterator[tuple[AuthClient, ScriptedServer]]:
    """Give a client that talks to a server with this script."""
    async with ScriptedServer(*replies) as server, ClientSession() as session:
        hosts = Hosts.resolve(server.url, None)
        yield AuthClient(session, hosts, lambda: NOW, timeout=TIMEOUT), server


async def test_the_authorize_url_holds_what_tesla_documents() -> None:
    """Every parameter once, the redirect URI letter by letter, and no PKCE."""
    async with ClientSession() as session:
        client = AuthClient(session, Hosts.resolve(None, None), lambda: NOW)
        url = client.authorize_url(APPLICATION, REDIRECT, SCOPES, "st/&=", "n 1")
    assert url.startswith("https://auth.tesla.com/oauth2/v3/authorize?")
    assert "+" not in url
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["the client"],
        "redirect_uri": [REDIRECT],
        "scope": [" ".join(SCOPES)],
        "state": ["st/&="],
        "nonce": ["n 1"],
        "prompt_missing_scopes": ["true"],
    }


async def test_a_code_becomes_tokens() -> None:
    """With the secret, the same redirect URI and the audience."""
    async with signing_in(Reply(body=GRANT)) as (client, server):
        assert await exchange(client) == PAIR
        (arrival,) = server.arrivals
    assert (arrival.method, arrival.path) == ("POST", "/oauth2/v3/token")
    assert arrival.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert arrival.form == {
        "grant_type": "authorization_code",
        "client_id": "the client",
        "client_secret": SECRET,
        "code": "code-0",
        "redirect_uri": REDIRECT,
        "audience": AUDIENCE,
    }


async def test_a_refresh_token_becomes_tokens() -> None:
    """Without the secret: Tesla needs none."""
    async with signing_in(Reply(body=GRANT)) as (client, server):
        assert await refresh(client) == PAIR
        assert server.arrivals[0].form == {
            "grant_type": "refresh_token",
            "client_id": "the client",
            "refresh_token": "EU_refresh-0",
        }


async def test_the_application_gets_a_token_of_its_own() -> None:
    """For one region, with the one permission that every application has."""
    async with signing_in(Reply(body=GRANT)) as (client, server):
        assert await partner_token(client) == PartnerToken(
            access_token="access-1", expires_at=NOW + timedelta(hours=8)
        )
        assert server.arrivals[0].form == {
            "grant_type": "client_credentials",
            "client_id": "the client",
            "client_secret": SECRET,
            "scope": " ".join(PARTNER_SCOPES),
            "audience": AUDIENCE,
        }
    assert PARTNER_SCOPES == ("openid",), "less registers no application, more may not"


async def test_a_refresh_without_a_new_token_leaves_the_old_one() -> None:
    """As OAuth has it."""
    answer = {"access_token": "access-1", "expires_in": 60}
    async with signing_in(Reply(body=answer)) as (client, _):
        assert (await refresh(client)).refresh_token == "EU_refresh-0"


async def test_a_consent_without_offline_access_says_so() -> None:
    """Without a refresh token the account would last eight hours."""
    answer = {"access_token": "access-1", "expires_in": 60}
    async with signing_in(Reply(body=answer)) as (client, _):
        with pytest.raises(e.ScopeMissing) as caught:
            await exchange(client)
        assert caught.value.detail == "offline_access"


@pytest.mark.parametrize(
    ("expires_in", "expected"),
    [
        pytest.param(60, timedelta(seconds=60), id="seconds"),
        pytest.param(-5, timedelta(), id="gone by"),
        pytest.param(1e300, timedelta(days=1), id="for ever"),
        pytest.param(None, timedelta(hours=1), id="nothing: as the token says"),
        pytest.param("60", timedelta(hours=1), id="a text: as the token says"),
        pytest.param(True, timedelta(hours=1), id="a bool: as the token says"),
    ],
)
async def test_when_a_token_ends(expires_in: object, expected: timedelta) -> None:
    """Counted from the question."""
    end = (NOW + timedelta(hours=1)).timestamp()
    access = token({"sub": "owner", "exp": end})
    answer = GRANT | {"access_token": access, "expires_in": expires_in}
    async with signing_in(Reply(body=answer)) as (client, _):
        assert (await refresh(client)).expires_at == NOW + expected


def refused(status: int, error: str) -> Reply:
    """A refusal in the form of the token endpoint."""
    return Reply(status=status, body={"error": error, "error_description": "Because"})


@pytest.mark.parametrize("ask", [exchange, refresh])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(refused(400, "invalid_grant"), e.SignInRequired, id="used up"),
        pytest.param(refused(401, "login_required"), e.SignInRequired, id="log in"),
        pytest.param(Reply(status=401), e.SignInRequired, id="401 without a body"),
        pytest.param(refused(401, "invalid_client"), e.CredentialRefused, id="client"),
        pytest.param(
            refused(403, "unauthorized_client"), e.CredentialRefused, id="403"
        ),
        pytest.param(
            refused(400, "invalid_request"), e.CredentialRefused, id="request"
        ),
        pytest.param(Reply(status=403, body=HTML), e.Forbidden, id="a bot wall"),
        pytest.param(
            Reply(status=401, body=HTML), e.Forbidden, id="a bot wall with 401"
        ),
        pytest.param(Reply(status=418), e.Forbidden, id="another 4xx"),
        pytest.param(Reply(status=429), e.RateLimited, id="429"),
        pytest.param(Reply(status=500), e.TeslaUnavailable, id="500"),
        pytest.param(refused(503, "login_required"), e.TeslaUnavailable, id="503"),
        pytest.param(Reply(status=302), e.InvalidAnswer, id="a redirect"),
        pytest.param(Reply(body=HTML), e.InvalidAnswer, id="a page"),
        pytest.param(Reply(body=b""), e.InvalidAnswer, id="nothing"),
        pytest.param(Reply(body=["x"]), e.InvalidAnswer, id="a list"),
        pytest.param(
            Reply(body=GRANT | {"access_token": 5}), e.InvalidAnswer, id="a number"
        ),
        pytest.param(
            Reply(body=GRANT | {"access_token": "a\r\nb"}), e.InvalidAnswer, id="lines"
        ),
        pytest.param(
            Reply(body=GRANT | {"refresh_token": ""}), e.InvalidAnswer, id="empty"
        ),
        pytest.param(
            Reply(body=GRANT | {"refresh_token": "a b"}), e.InvalidAnswer, id="a space"
        ),
        pytest.param(
            Reply(body=GRANT | {"expires_in": None}), e.InvalidAnswer, id="no end"
        ),
        pytest.param(
            Reply(body=GRANT, ending="truncated"), e.AnswerLost, id="truncated"
        ),
        pytest.param(Reply(ending="reset after"), e.AnswerLost, id="reset after"),
        pytest.param(Reply(ending="reset before"), e.AnswerLost, id="reset before"),
        pytest.param(Reply(ending="too late"), e.AnswerLost, id="no answer"),
    ],
)
async def test_a_refused_grant_is_one_class(
    ask: Ask, reply: Reply, expected: type[e.FleetError]
) -> None:
    """Asked once, and only Tesla's clear word costs the owner a sign-in."""
    async with signing_in(reply) as (client, server):
        with pytest.raises(e.FleetError) as caught:
            await ask(client)
        assert type(caught.value) is expected
        assert server.connections == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(
            refused(400, "unauthorized_client"), e.GrantMissing, id="no grant"
        ),
        pytest.param(refused(401, "invalid_client"), e.CredentialRefused, id="secret"),
        pytest.param(Reply(status=401), e.CredentialRefused, id="401"),
        pytest.param(Reply(status=503), e.TeslaUnavailable, id="503"),
        pytest.param(Reply(body={"expires_in": 5}), e.InvalidAnswer, id="no token"),
    ],
)
async def test_a_refused_partner_token_is_one_class(
    reply: Reply, expected: type[e.FleetError]
) -> None:
    """None of them asks the owner to sign in."""
    async with signing_in(reply) as (client, _):
        with pytest.raises(e.FleetError) as caught:
            await partner_token(client)
        assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("ask", "secret"),
    [
        pytest.param(exchange, SECRET, id="the secret with a code"),
        pytest.param(exchange, "code-0", id="the code"),
        pytest.param(refresh, "EU_refresh-0", id="the refresh token"),
        pytest.param(partner_token, SECRET, id="the secret with no owner"),
    ],
)
async def test_no_secret_reaches_log_error_or_repr(
    ask: Ask, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even when Tesla repeats what it was sent."""
    caplog.set_level(logging.DEBUG)
    echo = Reply(status=400, body={"error": "odd", "error_description": f"<{secret}>"})
    async with signing_in(echo, Reply(body=GRANT)) as (client, _):
        with pytest.raises(e.Forbidden) as caught:
            await ask(client)
        logging.getLogger("test").error("Caught", exc_info=caught.value)
        granted = await ask(client)
    assert caught.value.detail == "odd: <…>"
    seen = f"{caplog.text} {granted!r} {APPLICATION!r} {caught.value!r}"
    assert secret not in seen
    assert SECRET not in seen
    assert "access-1" not in seen
    assert "refresh-1" not in seen


FULL = {"sub": "owner", "ou_code": "EU", "scp": ["openid"], "exp": 1_800_000_000}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(
            FULL,
            Claims(
                subject="owner",
                region=Region.EU,
                scopes=frozenset({"openid"}),
                expires_at=datetime.fromtimestamp(1_800_000_000, UTC),
            ),
            id="all of them",
        ),
        pytest.param(
            FULL | {"scp": "openid vehicle_cmds", "ou_code": "MOON", "exp": 1.5},
            Claims(
                subject="owner",
                region=None,
                scopes=frozenset({"openid", "vehicle_cmds"}),
                expires_at=datetime.fromtimestamp(1.5, UTC),
            ),
            id="scopes as a text, an unknown region",
        ),
        pytest.param(
            {"sub": "owner", "exp": 0, "scp": 5, "ou_code": 5},
            Claims(
                subject="owner",
                region=None,
                scopes=frozenset(),
                expires_at=datetime.fromtimestamp(0, UTC),
            ),
            id="no more than it takes",
        ),
    ],
)
def test_the_claims_of_a_token(payload: object, expected: Claims) -> None:
    """Read without proving them."""
    assert claims(token(payload)) == expected
    assert "owner" not in repr(expected)


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param("", id="nothing"),
        pytest.param("a.b", id="two parts"),
        pytest.param("a.b.c", id="no base64"),
        pytest.param("a.é.c", id="no letters"),
        pytest.param(token(b"\xff"), id="no text"),
        pytest.param(token([]), id="a list"),
        pytest.param(token(FULL | {"sub": ""}), id="no subject"),
        pytest.param(token(FULL | {"sub": 5}), id="a number for a subject"),
        pytest.param(token(FULL | {"exp": "soon"}), id="a word for an end"),
        pytest.param(token(FULL | {"exp": True}), id="a bool for an end"),
        pytest.param(token(FULL | {"exp": 1e300}), id="an end out of reach"),
        pytest.param(token(b'{"sub": "o", "exp": NaN}'), id="no number for an end"),
    ],
)
def test_what_is_no_token_has_no_claims(garbage: str) -> None:
    """Whatever Tesla sends, it is an invalid answer at worst."""
    with pytest.raises(e.InvalidAnswer):
        claims(garbage)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(["sub", "exp", "scp", "ou_code"]), _JSON))
def test_claims_are_total(payload: dict[str, object]) -> None:
    """Claims come out, or the one error."""
    with suppress(e.InvalidAnswer):
        assert claims(token(payload)).subject


UNKNOWN = "We don't recognize this {0}. Please use the {0} found in your app details."


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(Reply(body=HTML), None, id="a page to sign in"),
        pytest.param(
            Reply(status=302, headers={"Location": "http://127.0.0.1:9"}),
            None,
            id="302",
        ),
        pytest.param(
            Reply(status=400, body=UNKNOWN.format("client_id").encode()),
            Preflight.CLIENT_ID,
            id="an unknown client",
        ),
        pytest.param(
            Reply(status=400, body=UNKNOWN.format("redirect_uri").encode()),
            Preflight.REDIRECT_URI,
            id="an unknown redirect URI",
        ),
        pytest.param(
            Reply(status=400, body=b"The client_id has no such Redirect URI"),
            Preflight.REDIRECT_URI,
            id="a redirect URI that a client does not have",
        ),
        pytest.param(
            Reply(status=404, body=b"?client_id=x&redirect_uri=y not found"),
            None,
            id="a query repeated",
        ),
        pytest.param(
            Reply(status=400, body=b'<input name="redirect_uri" value="x">'),
            None,
            id="a field of a form",
        ),
        pytest.param(Reply(status=403, body=HTML), None, id="a bot wall"),
        pytest.param(
            Reply(status=503, body=b"redirect_uri"), None, id="a server in trouble"
        ),
        pytest.param(Reply(ending="too late"), None, id="no answer"),
        pytest.param(Reply(ending="reset after"), None, id="a reset"),
    ],
)
async def test_what_an_authorize_url_is_refused_for(
    reply: Reply, expected: Preflight | None
) -> None:
    """What is not recognised blocks nobody."""
    async with signing_in(reply) as (client, _):
        url = client.authorize_url(APPLICATION, REDIRECT, SCOPES, "state", "nonce")
        assert await client.preflight(url) is expected


@pytest.mark.parametrize(
    ("location", "error"),
    [
        pytest.param("https://x.y/z?error=invalid_scope", "invalid_scope", id="a no"),
        pytest.param("https://x.y/z?code=1", None, id="a yes"),
        pytest.param("http://[", None, id="no address at all"),
    ],
)
def test_what_an_authorize_page_sends_back(location: str, error: str | None) -> None:
    """OAuth's word is read out of where Tesla sends the browser, if there is one."""
    page = AuthorizePage.read(302, {"Location": location}, "")
    assert page.error == error
    assert page.finding is None
