"""The tokens the cloud has given out, and Tesla's rules for using them.

A refresh token belongs to a family that begins with a consent. `current` has not been
used. Using it makes it `previous` and brings a new `current`. `previous` works once
more within 24 hours, which covers one lost answer; the token that the lost answer
carried is then void. Any other used token, or `previous` a third time, is taken for
theft: the whole family ends.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
import secrets
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
import jwt

from .accounts import Account, Application

ACCESS_LIFE: Final = timedelta(hours=8)
CODE_LIFE: Final = timedelta(minutes=2)
REFRESH_LIFE: Final = timedelta(days=90)
GRACE: Final = timedelta(hours=24)


class NotAccepted(Exception):
    """A code or refresh token does not work; the text is Tesla's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code on its way from the browser to the token endpoint."""

    client_id: str
    email: str
    redirect_uri: str
    scopes: frozenset[str]
    nonce: str | None
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class Access:
    """An access token as the cloud remembers it."""

    client_id: str
    email: str | None
    """None for the application's own (partner) token."""
    scopes: frozenset[str]
    audience: frozenset[str]
    expires_at: datetime
    revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Family:
    """All refresh tokens that descend from one consent."""

    client_id: str
    email: str
    scopes: frozenset[str]
    audience: frozenset[str]
    current: str
    current_since: datetime
    previous: str | None = None
    previous_used_at: datetime | None = None
    used: set[str] = field(default_factory=set)
    ended: bool = False

    def accepts_again(self, token: str, now: datetime) -> bool:
        """Say whether a used token is within its one day of grace."""
        used_at = self.previous_used_at
        return token == self.previous and used_at is not None and now - used_at <= GRACE

    def rotate(self, token: str, following: str, now: datetime) -> None:
        """Replace the current token by the following one."""
        # The grace is for one lost answer: a second use of the old token ends it.
        fresh = token == self.current
        self.previous = token if fresh else None
        self.previous_used_at = now if fresh else None
        self.used.add(token)
        self.current, self.current_since = following, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a refresh or an exchange yields."""

    access: str
    refresh: str | None
    scopes: frozenset[str]


class Tokens:
    """Every code and token of this cloud."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with none and a signing key of this run's own."""
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.issuer = ""
        self.access_life = ACCESS_LIFE
        self._codes: dict[str, Code] = {}
        self._spent_codes: dict[str, Family | None] = {}
        self._access: dict[str, Access] = {}
        self._families: dict[str, Family] = {}

    def new_code(
        self,
        application: Application,
        account: Account,
        *,
        redirect_uri: str,
        scopes: Iterable[str],
        nonce: str | None = None,
    ) -> str:
        """Give out a code for what the owner has just agreed to."""
        code = f"{account.region.upper()}_{secrets.token_hex(32)}"
        self._codes[code] = Code(
            client_id=application.client_id,
            email=account.email,
            redirect_uri=redirect_uri,
            scopes=frozenset(scopes),
            nonce=nonce,
            expires_at=self._now() + CODE_LIFE,
        )
        return code

    def take_code(self, code: str, client_id: str, redirect_uri: str) -> Code:
        """Use a code up; a second use ends what the first one brought."""
        if (family := self._spent_codes.get(code)) is not None:
            family.ended = True
        known = self._codes.pop(code, None)
        if known is None or known.expires_at < self._now():
            raise NotAccepted("The authorization code is invalid or expired")
        self._spent_codes[code] = None
        if (known.client_id, known.redirect_uri) != (client_id, redirect_uri):
            raise NotAccepted("The redirect_uri does not match the authorization code")
        return known

    def grant(
        self, code: str, known: Code, account: Account, audience: Iterable[str]
    ) -> Pair:
        """Give the first pair for a used code."""
        family = Family(
            client_id=known.client_id,
            email=known.email,
            scopes=known.scopes,
            audience=frozenset(audience),
            current=self._new_refresh(account),
            current_since=self._now(),
        )
        self._spent_codes[code] = family
        self._families[family.current] = family
        return self._pair(family, account)

    def family_of(self, refresh_token: str, client_id: str) -> Family:
        """Find the family of a token and check that it may be used now."""
        family = self._families.get(refresh_token)
        if family is None or family.client_id != client_id or family.ended:
            raise NotAccepted("The refresh_token is invalid")
        now = self._now()
        if refresh_token == family.current:
            if now - family.current_since > REFRESH_LIFE:
                raise NotAccepted("The refresh_token is invalid")
            return family
        if family.accepts_again(refresh_token, now):
            return family
        # Only what was used before can be used twice; a token that nobody ever
        # received back is merely void.
        family.ended = refresh_token in family.used
        raise NotAccepted(
            "Login required" if family.ended else "The refresh_token is invalid"
        )

    def refresh(self, family: Family, refresh_token: str, account: Account) -> Pair:
        """Rotate the family and give the new pair."""
        following = self._new_refresh(account)
        family.rotate(refresh_token, following, self._now())
        family.scopes &= account.consents.get(family.client_id, frozenset())
        self._families[following] = family
        return self._pair(family, account)

    def partner(
        self, application: Application, scopes: Iterable[str], audience: str
    ) -> str:
        """Give the application a token of its own."""
        granted = frozenset(scopes)
        return self._new_access(
            {"sub": application.account_id, "gty": "client-credentials"},
            Access(
                client_id=application.client_id,
                email=None,
                scopes=granted,
                audience=frozenset({audience}),
                expires_at=self._now() + self.access_life,
            ),
        )

    def access(self, token: str) -> Access | None:
        """Give what an access token stands for; None for one never issued."""
        return self._access.get(token)

    def id_token(self, account: Account, client_id: str, nonce: str | None) -> str:
        """Give the OpenID token that comes beside an access token."""
        now = int(self._now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": client_id,
            "sub": account.subject,
            "email": account.email,
            "iat": now,
            "exp": now + int(self.access_life.total_seconds()),
        }
        return self._sign(claims | ({"nonce": nonce} if nonce else {}))

    def expire_access(self, email: str | None = None) -> None:
        """Let every access token (of one owner) have ended a second ago."""
        for access in self._access.values():
            if email in (None, access.email):
                access.expires_at = self._now() - timedelta(seconds=1)

    def revoke(self, email: str | None = None) -> None:
        """End every token (of one owner), as a changed password does."""
        for access in self._access.values():
            access.revoked = access.revoked or email in (None, access.email)
        for family in self._families.values():
            family.ended = family.ended or email in (None, family.email)

    def _pair(self, family: Family, account: Account) -> Pair:
        """Give an access token with the family's current refresh token."""
        access = Access(
            client_id=family.client_id,
            email=family.email,
            scopes=family.scopes,
            audience=family.audience,
            expires_at=self._now() + self.access_life,
        )
        claims = {
            "sub": account.subject,
            "ou_code": account.region.upper(),
            "amr": ["pwd"],
            "locale": "en-US",
            "account_type": "person",
        }
        refresh = family.current if "offline_access" in family.scopes else None
        return Pair(
            access=self._new_access(claims, access),
            refresh=refresh,
            scopes=family.scopes,
        )

    def _new_access(self, claims: dict[str, Any], access: Access) -> str:
        """Sign an access token and remember it."""
        token = self._sign(
            {
                "iss": self.issuer,
                "azp": access.client_id,
                "aud": sorted(access.audience),
                "scp": sorted(access.scopes),
                "iat": int(self._now().timestamp()),
                "exp": int(access.expires_at.timestamp()),
                "jti": secrets.token_hex(8),
            }
            | claims
        )
        self._access[token] = access
        return token

    def _new_refresh(self, account: Account) -> str:
        """Make up a refresh token in Tesla's form."""
        return f"{account.region.upper()}_{secrets.token_hex(32)}"

    def _sign(self, claims: dict[str, Any]) -> str:
        """Make a JWT."""
        return jwt.encode(claims, self._key, algorithm="ES256")


def claims_of(token: str) -> dict[str, Any]:
    """Read the claims of a JWT without checking it, as a client does."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(
        urlsafe_b64decode(part + "=" * (-len(part) % 4))
    )
    return claims
