"""What an access token says of itself, read without proving it.

The token came over TLS from Tesla itself; only Tesla needs to prove it.
"""

import base64
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from ..model.record import record
from .answers import object_in
from .errors import InvalidAnswer
from .hosts import Region


@record
class Claims:
    """Whose token it is, what it may do, and until when."""

    subject: str = field(repr=False)
    region: Region | None
    """Tesla's first guess at the account's region; `users/region` knows."""
    scopes: frozenset[str]
    expires_at: datetime


def claims(token: str) -> Claims:
    """Read the claims of a token; whatever is none raises `InvalidAnswer`."""
    fields = _payload(token)
    subject = fields.get("sub")
    if not isinstance(subject, str) or not subject:
        raise InvalidAnswer("the token names no subject")
    code = fields.get("ou_code")
    name = code.lower() if isinstance(code, str) else ""
    return Claims(
        subject=subject,
        region=Region(name) if name in Region else None,
        scopes=_scopes(fields.get("scp")),
        expires_at=_moment(fields.get("exp")),
    )


def _payload(token: str) -> dict[str, Any]:
    """The middle part of a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        raise InvalidAnswer("the token is no JWT")
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        body = base64.b64decode(padded, altchars=b"-_", validate=True)
    except ValueError:
        raise InvalidAnswer("the token is no JWT") from None
    return object_in(body)


def _scopes(found: object) -> frozenset[str]:
    """The granted scopes, as a list or as one text."""
    if isinstance(found, str):
        return frozenset(found.split())
    if isinstance(found, list):
        return frozenset(scope for scope in found if isinstance(scope, str))
    return frozenset()


def _moment(found: object) -> datetime:
    """The moment in epoch seconds."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise InvalidAnswer("the token names no end")
    try:
        return datetime.fromtimestamp(found, UTC)
    except ValueError, OverflowError, OSError:
        raise InvalidAnswer("the token names no end") from None
