"""Registering the application in a region, with the application's own token."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from ..model.record import record
from . import endpoints
from .account import object_of, text_of
from .auth import Application, AuthClient, PartnerToken
from .client import FleetClient
from .errors import InvalidAnswer

_SPARE: Final = timedelta(seconds=60)
_POINT_LENGTH: Final = 65


class PartnerTokens:
    """The tokens of an application for one region."""

    def __init__(
        self,
        auth: AuthClient,
        application: Application,
        *,
        audience: str,
        now: Callable[[], datetime],
    ) -> None:
        """Take whose tokens, and for which regional base."""
        self._auth = auth
        self._application = application
        self._audience = audience
        self._now = now
        self._token: PartnerToken | None = None

    async def access_token(self, rejected: str | None = None) -> str:
        """A token to use now, newer than the one that Tesla rejected."""
        known = self._token
        if known is None or known.access_token == rejected or self._is_old(known):
            known = await self._auth.partner_token(self._application, self._audience)
            self._token = known
        return known.access_token

    def _is_old(self, token: PartnerToken) -> bool:
        """Whether a token might end under way."""
        return token.expires_at - self._now() < _SPARE


@record
class Registration:
    """What Tesla registered."""

    account_id: str | None
    domain: str | None
    public_key: bytes | None
    """The point that Tesla downloaded, uncompressed; it must equal ours."""


class Partner:
    """Asks the Fleet API on behalf of the application, in one region.

    The client is one whose tokens are `PartnerTokens` and which accepts no other host.
    """

    def __init__(self, client: FleetClient) -> None:
        """Take the client to ask with."""
        self._client = client

    async def register(self, domain: str) -> Registration:
        """Register a domain; Tesla downloads the public key from it meanwhile."""
        answer = await self._client.request(
            endpoints.PARTNER_REGISTER, body={"domain": domain}
        )
        fields = object_of(answer)
        return Registration(
            account_id=text_of(fields, "account_id"),
            domain=text_of(fields, "domain"),
            public_key=_point(fields),
        )

    async def public_key(self, domain: str) -> bytes:
        """The public key that Tesla has for a domain, as an uncompressed point."""
        answer = await self._client.request(
            endpoints.PARTNER_PUBLIC_KEY, query={"domain": domain}
        )
        point = _point(object_of(answer))
        if point is None:
            raise InvalidAnswer("the answer has no public key")
        return point


def _point(fields: dict[str, Any]) -> bytes | None:
    """Read an uncompressed point written in hex."""
    text = text_of(fields, "public_key")
    if text is None:
        return None
    try:
        point = bytes.fromhex(text)
    except ValueError:
        raise InvalidAnswer("the public key is not hex") from None
    if len(point) != _POINT_LENGTH or not point.startswith(b"\x04"):
        raise InvalidAnswer("the public key is no uncompressed point of P-256")
    return point
