"""Signing in at Tesla: OAuth's authorization code, refresh and client credentials.

PKCE is not documented by Tesla and never sent. The client secret and both tokens are
in no log, no text of an error and no `repr`.
"""

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime, timedelta
import logging
from typing import Any, Final
from urllib.parse import quote, urlencode

from aiohttp import ClientSession

from ..model.record import record
from .answers import (
    OWNER_REFUSALS,
    PARTNER_REFUSALS,
    Refusals,
    object_in,
    token_error_from,
)
from .claims import Claims, claims
from .errors import FleetError, InvalidAnswer, ScopeMissing
from .hosts import Hosts
from .preflight import AuthorizePage, Preflight
from .transport import DEFAULT_TIMEOUT, Request, send

__all__ = [
    "PARTNER_SCOPES",
    "SCOPES",
    "Application",
    "AuthClient",
    "AuthorizePage",
    "Claims",
    "PartnerToken",
    "Preflight",
    "TokenPair",
    "claims",
]

_LOGGER: Final = logging.getLogger(__name__)

SCOPES: Final = (
    "openid",
    "offline_access",
    "user_data",
    "vehicle_device_data",
    "vehicle_location",
    "vehicle_cmds",
    "vehicle_charging_cmds",
    "energy_device_data",
    "energy_cmds",
)
# The least that registers: Tesla refuses a scope that the application may not ask for,
# and not every owner lets theirs ask for all.
PARTNER_SCOPES: Final = ("openid",)

LONGEST_LIFE: Final = timedelta(days=1)
"""Tesla's access tokens live 8 h; a longer promise is not believed."""


@record
class Application:
    """The owner's application at Tesla."""

    client_id: str
    client_secret: str = field(repr=False)


@record
class TokenPair:
    """The tokens of an owner."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    """When the access token ends."""


@record
class PartnerToken:
    """The token of the application itself."""

    access_token: str = field(repr=False)
    expires_at: datetime


class AuthClient:
    """Talks to Tesla's sign-in server."""

    def __init__(
        self,
        session: ClientSession,
        hosts: Hosts,
        now: Callable[[], datetime],
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Take what the client needs of the world."""
        self._session = session
        self._hosts = hosts
        self._now = now
        self._timeout = timeout

    def authorize_url(
        self,
        application: Application,
        redirect_uri: str,
        scopes: Iterable[str],
        state: str,
        nonce: str,
    ) -> str:
        """The page where the owner consents; it asks for scopes not yet granted."""
        query = {
            "response_type": "code",
            "client_id": application.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
            "nonce": nonce,
            "prompt_missing_scopes": "true",
        }
        return f"{self._hosts.authorize_url}?{urlencode(query, quote_via=quote)}"

    async def preflight(self, url: str) -> Preflight | None:
        """What Tesla would tell the owner to be wrong with an authorize URL, if it does.

        An answer that is not recognised, or none at all, blocks nobody.
        """
        return (await self.authorize_page(url)).finding

    async def authorize_page(self, url: str) -> AuthorizePage:
        """How Tesla answers an authorize URL before anybody has signed in."""
        request = Request(
            method="GET",
            url=url,
            headers={"Accept": "text/html"},
            once=False,
            timeout=self._timeout,
        )
        try:
            answer = await send(self._session, request)
        except FleetError as err:
            _LOGGER.debug("GET authorize: %s", type(err).__name__)
            return AuthorizePage()
        _LOGGER.debug("GET authorize: %s", answer.status)
        return AuthorizePage.read(answer.status, answer.headers, answer.text)

    async def exchange(
        self, application: Application, code: str, redirect_uri: str, audience: str
    ) -> TokenPair:
        """Turn the code of a consent into tokens."""
        asked_at = self._now()
        form = {
            "grant_type": "authorization_code",
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "code": code,
            "redirect_uri": redirect_uri,
            "audience": audience,
        }
        hidden = (application.client_secret, code)
        fields = await self._granted(form, OWNER_REFUSALS, hidden)
        if "refresh_token" not in fields:
            raise ScopeMissing("offline_access")
        return _pair(fields, asked_at)

    async def refresh(self, application: Application, refresh_token: str) -> TokenPair:
        """Turn a refresh token into new tokens; the old one is used up.

        An answer without a refresh token leaves the old one in force (RFC 6749, 6).
        """
        asked_at = self._now()
        form = {
            "grant_type": "refresh_token",
            "client_id": application.client_id,
            "refresh_token": refresh_token,
        }
        fields = await self._granted(form, OWNER_REFUSALS, (refresh_token,))
        return _pair({"refresh_token": refresh_token} | fields, asked_at)

    async def partner_token(
        self,
        application: Application,
        audience: str,
        scopes: Iterable[str] = PARTNER_SCOPES,
    ) -> PartnerToken:
        """A token of the application itself, for one region."""
        asked_at = self._now()
        form = {
            "grant_type": "client_credentials",
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "scope": " ".join(scopes),
            "audience": audience,
        }
        hidden = (application.client_secret,)
        fields = await self._granted(form, PARTNER_REFUSALS, hidden)
        token = _token(fields, "access_token")
        expires_at = _expiry(fields, token, asked_at)
        return PartnerToken(access_token=token, expires_at=expires_at)

    async def _granted(
        self, form: dict[str, str], refusals: Refusals, hidden: tuple[str, ...]
    ) -> dict[str, Any]:
        """Ask the token endpoint, once: a refresh token does not bear repetition."""
        request = Request(
            method="POST",
            url=self._hosts.token_url,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=urlencode(form).encode(),
            timeout=self._timeout,
        )
        answer = await send(self._session, request)
        _LOGGER.debug("POST token (%s): %s", form["grant_type"], answer.status)
        if answer.succeeded:
            return object_in(answer.body)
        raise token_error_from(
            answer.status,
            answer.headers,
            answer.text,
            self._now(),
            refusals=refusals,
            hidden=hidden,
        )


def _pair(fields: dict[str, Any], asked_at: datetime) -> TokenPair:
    """Read an owner's tokens."""
    access_token = _token(fields, "access_token")
    return TokenPair(
        access_token=access_token,
        refresh_token=_token(fields, "refresh_token"),
        expires_at=_expiry(fields, access_token, asked_at),
    )


def _token(fields: dict[str, Any], key: str) -> str:
    """Read a token that can stand in a header."""
    found = fields.get(key)
    if not isinstance(found, str) or not found.isascii() or not found.isprintable():
        raise InvalidAnswer(f"the answer has no usable {key}")
    if not found or " " in found:
        raise InvalidAnswer(f"the answer has no usable {key}")
    return found


def _expiry(fields: dict[str, Any], token: str, asked_at: datetime) -> datetime:
    """When a token ends: counted from the question, so never too late."""
    seconds = fields.get("expires_in")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        life = min(max(seconds, 0), LONGEST_LIFE.total_seconds())
        return asked_at + timedelta(seconds=life)
    return claims(token).expires_at
