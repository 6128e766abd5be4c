"""What can be found where Tesla looks for the public key, and what each find means.

A look passes these in order, and each finding ends it at one of them:

    name ─▶ address ─▶ connection ─▶ certificate ─▶ no redirect ─▶ no login ─▶ path
         ─▶ raw PEM ─▶ our key ─▶ in time

This machine stands inside: what is only so from here is not certain, and the owner
may go on. Tesla's own download at the registration decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..model.record import record

PATH: Final = "/.well-known/appspecific/com.tesla.3p.public-key.pem"


class Facet(StrEnum):
    """What the owner's checklist asks of the hosted key, in the order it shows."""

    NO_REDIRECT = "no_redirect"
    NO_AUTH = "no_auth"
    PATH = "path"
    RAW_PEM = "raw_pem"
    KEY_EQUAL = "key_equal"


class Finding(StrEnum):
    """What was found; one for each thing to do about it."""

    GOOD = "good"

    NO_NAME = "no_name"
    NAME_SERVER_SILENT = "name_server_silent"
    PRIVATE_ADDRESS = "private_address"
    PRIVATE_GOOD = "private_good"
    """All is well at an address that Tesla cannot see."""
    NO_CONNECTION = "no_connection"
    NO_ANSWER = "no_answer"
    BROKEN_ANSWER = "broken_answer"

    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_OTHER_NAME = "certificate_other_name"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    """Self-signed, of an unknown issuer, or without the certificates in between."""
    TLS_TROUBLE = "tls_trouble"

    REDIRECT = "redirect"
    REDIRECT_WWW = "redirect_www"
    REDIRECT_HTTPS = "redirect_https"
    """To itself: a server behind a proxy that takes it for unencrypted."""
    REDIRECT_LOGIN = "redirect_login"

    LOGIN = "login"
    LOGIN_PAGE = "login_page"
    FORBIDDEN = "forbidden"
    CHALLENGE = "challenge"
    """A wall against robots, which looks at who asks."""

    NOT_FOUND = "not_found"
    NOT_FOUND_HERE = "not_found_here"
    """A Home Assistant says so, which has no key for this domain."""
    PROXY_NOT_TRUSTED = "proxy_not_trusted"
    """A Home Assistant refuses what a proxy forwards to it."""
    SERVER_TROUBLE = "server_trouble"
    OTHER_STATUS = "other_status"

    PRIVATE_KEY = "private_key"
    WEB_PAGE = "web_page"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_FIRST = "not_first"
    CERTIFICATE = "certificate"
    NOT_PEM = "not_pem"
    DAMAGED = "damaged"
    OTHER_ALGORITHM = "other_algorithm"
    OTHER_CURVE = "other_curve"
    OTHER_KEY = "other_key"

    TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a finding says about the checklist."""

    failed: Facet | None = None
    reached: int = 0
    """How many facets were passed."""
    is_certain: bool = True


_ALL: Final = tuple(Facet)


def _failed(facet: Facet, *, is_certain: bool = True) -> _Meaning:
    """Fail one facet, with those before it passed."""
    return _Meaning(facet, _ALL.index(facet), is_certain)


_BEFORE: Final = _Meaning()
_CANNOT_JUDGE: Final = _Meaning(is_certain=False)
_REDIRECTED: Final = _failed(Facet.NO_REDIRECT)
_LOGIN: Final = _failed(Facet.NO_AUTH)
_ELSEWHERE: Final = _failed(Facet.PATH)
_NO_ANSWER_OF_THE_PATH: Final = _Meaning(reached=_ALL.index(Facet.PATH))
_NOT_RAW: Final = _failed(Facet.RAW_PEM)
_NOT_OURS: Final = _failed(Facet.KEY_EQUAL)

_MEANINGS: Final[Mapping[Finding, _Meaning]] = {
    Finding.BROKEN_ANSWER: _CANNOT_JUDGE,
    Finding.CERTIFICATE: _NOT_RAW,
    Finding.CERTIFICATE_EXPIRED: _BEFORE,
    Finding.CERTIFICATE_NOT_YET_VALID: _BEFORE,
    Finding.CERTIFICATE_OTHER_NAME: _BEFORE,
    Finding.CERTIFICATE_UNTRUSTED: _BEFORE,
    # It may let Tesla pass, and it alone knows.
    Finding.CHALLENGE: _failed(Facet.NO_AUTH, is_certain=False),
    Finding.DAMAGED: _NOT_RAW,
    Finding.EMPTY: _NOT_RAW,
    Finding.FORBIDDEN: _LOGIN,
    Finding.GOOD: _Meaning(reached=len(_ALL)),
    Finding.LOGIN: _LOGIN,
    Finding.LOGIN_PAGE: _LOGIN,
    Finding.NAME_SERVER_SILENT: _CANNOT_JUDGE,
    Finding.NOT_FIRST: _NOT_RAW,
    Finding.NOT_FOUND: _ELSEWHERE,
    Finding.NOT_FOUND_HERE: _ELSEWHERE,
    Finding.NOT_PEM: _NOT_RAW,
    Finding.NO_ANSWER: _CANNOT_JUDGE,
    Finding.NO_CONNECTION: _CANNOT_JUDGE,
    Finding.NO_NAME: _BEFORE,
    Finding.OTHER_ALGORITHM: _NOT_OURS,
    Finding.OTHER_CURVE: _NOT_OURS,
    Finding.OTHER_KEY: _NOT_OURS,
    Finding.OTHER_STATUS: _NO_ANSWER_OF_THE_PATH,
    Finding.PRIVATE_ADDRESS: _CANNOT_JUDGE,
    Finding.PRIVATE_GOOD: _Meaning(reached=len(_ALL), is_certain=False),
    Finding.PRIVATE_KEY: _NOT_RAW,
    Finding.PROXY_NOT_TRUSTED: _NO_ANSWER_OF_THE_PATH,
    Finding.REDIRECT: _REDIRECTED,
    Finding.REDIRECT_HTTPS: _REDIRECTED,
    Finding.REDIRECT_LOGIN: _REDIRECTED,
    Finding.REDIRECT_WWW: _REDIRECTED,
    Finding.SERVER_TROUBLE: _NO_ANSWER_OF_THE_PATH,
    Finding.TLS_TROUBLE: _BEFORE,
    Finding.TOO_LARGE: _NOT_RAW,
    Finding.TOO_SLOW: _Meaning(reached=len(_ALL), is_certain=False),
    Finding.WEB_PAGE: _NOT_RAW,
}


@record
class Diagnosis:
    """What one look found."""

    finding: Finding
    detail: str = ""
    """Safe words for the text: a target, a status, fingerprints; nothing of a body."""

    @property
    def is_good(self) -> bool:
        """Whether Tesla will find our key, as far as this machine can see."""
        return self.finding is Finding.GOOD

    @property
    def is_certain(self) -> bool:
        """Whether it is so from outside too; if not, the owner may go on."""
        return _MEANINGS[self.finding].is_certain

    @property
    def path_ok(self) -> bool | None:
        """Whether something is at the exact path; None where it was not reached."""
        return self.facet(Facet.PATH)

    @property
    def no_redirect(self) -> bool | None:
        """Whether the path itself answered."""
        return self.facet(Facet.NO_REDIRECT)

    @property
    def raw_pem(self) -> bool | None:
        """Whether a PEM public key is there from the first byte."""
        return self.facet(Facet.RAW_PEM)

    @property
    def no_auth(self) -> bool | None:
        """Whether anybody is answered."""
        return self.facet(Facet.NO_AUTH)

    @property
    def key_equal(self) -> bool | None:
        """Whether the key is ours."""
        return self.facet(Facet.KEY_EQUAL)

    def facet(self, facet: Facet) -> bool | None:
        """How one line of the checklist stands; None where it was not reached."""
        meaning = _MEANINGS[self.finding]
        if facet is meaning.failed:
            return False
        return True if _ALL.index(facet) < meaning.reached else None
