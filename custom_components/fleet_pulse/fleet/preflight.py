"""What an answer of Tesla's authorize page says before the owner is sent there."""

from enum import StrEnum
import re
from typing import Final


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
