"""What an answer of Tesla's authorize page says before the owner is sent there."""

from collections.abc import Mapping
from enum import StrEnum
import re
from typing import Final, Self

from yarl import URL

from ..model.record import record


class Preflight(StrEnum):
    """What is wrong with the request, as far as Tesla says so."""

    CLIENT_ID = "client_id"
    """Tesla does not know the application."""
    REDIRECT_URI = "redirect_uri"
    """The redirect URI is not exactly one of those registered."""


# Followed by "=" the name only repeats the query that was sent, after `name=` it is
# a field of a form. An unknown redirect URI comes first: Tesla may name the
# application that it is not registered for, but not the other way round.
_NAMED: Final = r"(?<!name=[\"']){}[ _-]?{}\b(?!\s*(?:=|%3d))"
_FINDINGS: Final = (
    (re.compile(_NAMED.format("redirect", "ur[il]"), re.IGNORECASE), "redirect_uri"),
    (re.compile(_NAMED.format("client", "id"), re.IGNORECASE), "client_id"),
)


def finding(status: int, body_text: str) -> Preflight | None:
    """What a refusal names; nothing where it names nothing.

    A bot wall's 403 or a server in trouble says nothing about the request.
    """
    if not 400 <= status < 500:
        return None
    named = (Preflight(what) for words, what in _FINDINGS if words.search(body_text))
    return next(named, None)


@record
class AuthorizePage:
    """How Tesla answered an authorize URL; without a status, not at all."""

    status: int | None = None
    finding: Preflight | None = None
    error: str | None = None
    """OAuth's word, where Tesla sends the browser straight back with one."""

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], body_text: str) -> Self:
        """Read an answer."""
        sent_to = headers.get("Location", "") if 300 <= status < 400 else ""
        return cls(
            status=status,
            finding=finding(status, body_text),
            error=_error_in(sent_to),
        )


def _error_in(url: str) -> str | None:
    """Read the error that a redirect carries, if its address can be read."""
    try:
        return URL(url).query.get("error")
    except ValueError:
        return None
