"""From what was seen at the key's address to one finding."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
import hashlib
from ipaddress import ip_address
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from yarl import URL

from ..model.record import record
from .key_host import PATH, Diagnosis, Finding

LARGEST: Final = 1_000
"""The PEM of a P-256 key has 178 bytes."""
IN_TIME: Final = 5.0
"""The seconds after which Tesla may have given up."""

_BOM: Final = b"\xef\xbb\xbf"
_HEADER: Final = b"-----BEGIN PUBLIC KEY-----"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

# Numbers of OpenSSL, which Python hands on without names.
_TLS: Final[Mapping[int, Finding]] = {
    9: Finding.CERTIFICATE_NOT_YET_VALID,
    10: Finding.CERTIFICATE_EXPIRED,
    18: Finding.CERTIFICATE_UNTRUSTED,
    19: Finding.CERTIFICATE_UNTRUSTED,
    20: Finding.CERTIFICATE_UNTRUSTED,
    21: Finding.CERTIFICATE_UNTRUSTED,
    62: Finding.CERTIFICATE_OTHER_NAME,
    64: Finding.CERTIFICATE_OTHER_NAME,
}


class Trouble(StrEnum):
    """What ended a look before an answer was whole."""

    NO_NAME = "no_name"
    NAME_SERVER_SILENT = "name_server_silent"
    NO_CONNECTION = "no_connection"
    NO_ANSWER = "no_answer"
    BROKEN_ANSWER = "broken_answer"
    TLS = "tls"


@record
class Sighting:
    """What one look saw, up to where it ended."""

    domain: str
    addresses: tuple[str, ...] = ()
    trouble: Trouble | None = None
    tls_code: int | None = None
    """OpenSSL's number for what is wrong with a certificate."""
    tls_words: str = ""
    """OpenSSL's words for any other trouble."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters."""
    body: bytes = b""
    """Its beginning, as far as was worth reading."""
    seconds: float = 0


def diagnose(seen: Sighting, point: bytes) -> Diagnosis:
    """Say what was found; `point` is our public key, uncompressed."""
    found = _at_the_address(seen, point)
    # A private key on show is one wherever it stands.
    inside = next((name for name in seen.addresses if not _is_public(name)), None)
    if inside is None or found.finding is Finding.PRIVATE_KEY:
        return found
    finding = Finding.PRIVATE_GOOD if found.is_good else Finding.PRIVATE_ADDRESS
    return Diagnosis(finding=finding, detail=_words(inside))


def _is_public(address: str) -> bool:
    """Whether Tesla could reach an address at all."""
    try:
        return ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False


def _at_the_address(seen: Sighting, point: bytes) -> Diagnosis:
    """Judge what happened, wherever it was."""
    if seen.trouble is Trouble.TLS:
        certificate = _TLS.get(seen.tls_code or 0, Finding.TLS_TROUBLE)
        return Diagnosis(finding=certificate, detail=_words(seen.tls_words) or "-")
    if seen.trouble is not None or seen.status is None:
        trouble = seen.trouble or Trouble.BROKEN_ANSWER
        return Diagnosis(finding=Finding(trouble.value), detail=_where(seen))
    if b"PRIVATE KEY-----" in seen.body:
        return Diagnosis(finding=Finding.PRIVATE_KEY, detail=_where(seen))
    if seen.status in _REDIRECTS:
        return _redirect(seen)
    if seen.status != 200:
        return Diagnosis(finding=_refusal(seen), detail=str(seen.status))
    return _content(seen, point)


def _where(seen: Sighting) -> str:
    """Name the address, or the domain that has none."""
    return _words(", ".join(seen.addresses[:2])) or _words(seen.domain)


# ---- answers without content


def _redirect(seen: Sighting) -> Diagnosis:
    """Name where a redirect leads."""
    here = target = URL()
    try:
        here = URL(f"https://{seen.domain}{PATH}")
        target = here.join(URL(seen.headers["location"]))
        finding = _kind_of_redirect(here, target)
    except KeyError, ValueError:
        finding = Finding.REDIRECT
    shown = target.host or "-"
    if target.host == here.host:
        is_safe = target.scheme == "https"
        shown = target.raw_path if is_safe else f"{target.scheme}://{shown}"
    return Diagnosis(finding=finding, detail=f"{seen.status} to {_words(shown)}")


_LOGIN_WORDS: Final = re.compile(
    r"\b(auth(elia|entik|orize)?|cloudflareaccess|log-?in|oauth2?|outpost|sign-?in|sso)\b",
    re.IGNORECASE,
)


def _kind_of_redirect(here: URL, target: URL) -> Finding:
    """Tell the usual redirects apart."""
    if target.with_fragment(None) == here:
        return Finding.REDIRECT_HTTPS
    if f"www.{here.host}" == target.host or f"www.{target.host}" == here.host:
        return Finding.REDIRECT_WWW
    if _LOGIN_WORDS.search(f"{target.host} {target.path}"):
        return Finding.REDIRECT_LOGIN
    return Finding.REDIRECT


def _refusal(seen: Sighting) -> Finding:
    """Tell the answers apart that are neither a redirect nor the key."""
    status, headers = seen.status or 0, seen.headers
    if status in (403, 429, 503) and _is_wall(headers):
        return Finding.CHALLENGE
    if status in (401, 407) or (status >= 400 and "www-authenticate" in headers):
        return Finding.LOGIN
    if status == 403:
        return Finding.FORBIDDEN
    if status in (404, 410):
        here = _is_home_assistant(seen)
        return Finding.NOT_FOUND_HERE if here else Finding.NOT_FOUND
    # Home Assistant refuses a proxy before it sets any header of its own.
    if status == 400 and seen.body.strip() == b"400: Bad Request":
        return Finding.PROXY_NOT_TRUSTED
    return Finding.SERVER_TROUBLE if status >= 500 else Finding.OTHER_STATUS


def _is_wall(headers: Mapping[str, str]) -> bool:
    """Whether a wall against robots answered in the server's place."""
    server = headers.get("server", "").lower()
    return "cf-mitigated" in headers or server.startswith("cloudflare")


def _is_home_assistant(seen: Sighting) -> bool:
    """Whether a Home Assistant says that nothing is there."""
    return (
        seen.body.strip() == b"404: Not Found"
        and seen.headers.get("referrer-policy") == "no-referrer"
    )


# ---- content


def _content(seen: Sighting, point: bytes) -> Diagnosis:
    """Judge a body that came with 200."""
    other = None if seen.body.startswith(_HEADER) else _no_key(seen)
    if other in (None, Finding.NOT_PEM) and len(seen.body) > LARGEST:
        return Diagnosis(finding=Finding.TOO_LARGE, detail=f"{LARGEST}")
    if other is not None:
        kind = _words(seen.headers.get("content-type", "").partition(";")[0])
        return Diagnosis(finding=other, detail=kind or "-")
    found = _key(seen.body, point)
    if found.is_good and seen.seconds > IN_TIME:
        return Diagnosis(finding=Finding.TOO_SLOW, detail=f"{seen.seconds:.0f} s")
    return found


def _no_key(seen: Sighting) -> Finding:
    """Tell apart what does not begin as a public key does."""
    text = seen.body.removeprefix(_BOM).strip()
    start = text[:20].lower()
    if not text:
        return Finding.EMPTY
    if _HEADER in seen.body:
        return Finding.NOT_FIRST
    is_page = start.startswith((b"<!doctype", b"<html", b"<head", b"<body"))
    if is_page or seen.headers.get("content-type", "").startswith("text/html"):
        is_login = re.search(rb"type=[\"']?password", text, re.IGNORECASE)
        return Finding.LOGIN_PAGE if is_login else Finding.WEB_PAGE
    if text.startswith((b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERT")):
        return Finding.CERTIFICATE
    if text.startswith((b"-----BEGIN RSA PUBLIC KEY-----", b"ssh-")):
        return Finding.OTHER_ALGORITHM
    return Finding.NOT_PEM


def _key(pem: bytes, point: bytes) -> Diagnosis:
    """Compare a key with ours."""
    try:
        key = load_pem_public_key(pem)
    except ValueError, UnsupportedAlgorithm:
        return Diagnosis(finding=Finding.DAMAGED)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        kind = type(key).__name__.removesuffix("PublicKey").strip("_")
        return Diagnosis(finding=Finding.OTHER_ALGORITHM, detail=_words(kind))
    if not isinstance(key.curve, ec.SECP256R1):
        return Diagnosis(finding=Finding.OTHER_CURVE, detail=_words(key.curve.name))
    there = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if there == point:
        return Diagnosis(finding=Finding.GOOD)
    detail = f"{fingerprint(there)}, {fingerprint(point)}"
    return Diagnosis(finding=Finding.OTHER_KEY, detail=detail)


def fingerprint(point: bytes) -> str:
    """Return the short name of a public key, as `keys.fingerprint` does of a pair."""
    return hashlib.sha256(point).hexdigest()[:16]


def _words(text: str) -> str:
    """Keep of foreign text what can do no harm in a dialog."""
    return re.sub(r"[^A-Za-z0-9 .,:/_-]", " ", text)[:80].strip()
