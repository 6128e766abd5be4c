"""What Tesla's answers mean: two tables from status and words to an error class.

The API's table is searched by status, then by words anywhere in the body. The sign-in
server's is searched by the body's `error` first: Tesla answers `login_required` with
401 and `invalid_grant` with 400, and a bot wall answers whatever it likes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import json
import re
from typing import Any, Final

from ..model.record import record
from .errors import (
    AccountLocked,
    Asleep,
    BadRequest,
    BillingLimit,
    CarTrouble,
    CredentialRefused,
    FleetError,
    Forbidden,
    GrantMissing,
    InService,
    InvalidAnswer,
    KeyDownloadFailed,
    KeyTaken,
    MobileAccessDisabled,
    NotFound,
    NotRegistered,
    OriginMismatch,
    PrivacyRefused,
    ProtocolRequired,
    ProtocolUnsupported,
    RateLimited,
    RegionRefused,
    ScopeMissing,
    ScopeNotAllowed,
    SignInRequired,
    TeslaUnavailable,
    TokenRejected,
    UnknownUser,
    WrongRegion,
)

HTML: Final = "<html"
ANY: Final = ""
LONGEST_WAIT: Final = 86_400.0


@record
class Meaning:
    """What one status means when the body holds these words."""

    status: int
    words: str
    """In lower case; the first row that fits wins, so the empty one comes last."""
    error: type[FleetError]


def _meaning(status: int, words: str, error: type[FleetError]) -> Meaning:
    """Keep a row of the table on one line."""
    return Meaning(status=status, words=words, error=error)


# 423, 424, 451 and 540 have no known body: their rows go by the status alone. A page
# of HTML is a gateway speaking, not the API: it must not make a car vanish.
MEANINGS: Final[tuple[Meaning, ...]] = (
    _meaning(400, ANY, BadRequest),
    _meaning(401, "mobile_access_disabled", MobileAccessDisabled),
    _meaning(401, "unknown user", UnknownUser),
    _meaning(401, ANY, TokenRejected),
    _meaning(402, ANY, BillingLimit),
    _meaning(403, "missing scopes", ScopeMissing),
    _meaning(403, "command protocol required", ProtocolRequired),
    _meaning(403, "exceeded_limit", BillingLimit),
    _meaning(403, ANY, Forbidden),
    _meaning(404, HTML, InvalidAnswer),
    _meaning(404, ANY, NotFound),
    _meaning(405, HTML, InvalidAnswer),
    _meaning(405, ANY, InService),
    _meaning(408, HTML, TeslaUnavailable),
    _meaning(408, ANY, Asleep),
    _meaning(412, "allowed origin", OriginMismatch),
    _meaning(412, ANY, NotRegistered),
    _meaning(421, ANY, WrongRegion),
    _meaning(422, "key hash has already been taken", KeyTaken),
    _meaning(422, "validation failed", BadRequest),
    _meaning(422, ANY, ProtocolUnsupported),
    _meaning(423, ANY, AccountLocked),
    _meaning(424, ANY, KeyDownloadFailed),
    _meaning(429, ANY, RateLimited),
    _meaning(451, ANY, PrivacyRefused),
    _meaning(540, ANY, CarTrouble),
)

UNNAMED_401: Final = "401"
WRONG_PAIR: Final = "client_id and client_secret combination"
"""Tesla has said so with `unauthorized_client`, which else is about a grant type."""

type Refusals = Mapping[str, type[FleetError]]

# What the sign-in server's `error` means for an owner's tokens. A body that says
# something else, or nothing, is judged by its status.
OWNER_REFUSALS: Final[Refusals] = {
    UNNAMED_401: SignInRequired,
    "invalid_audience": RegionRefused,
    "invalid_client": CredentialRefused,
    "invalid_grant": SignInRequired,
    "invalid_request": CredentialRefused,
    "invalid_scope": ScopeNotAllowed,
    "login_required": SignInRequired,
    "server_error": TeslaUnavailable,
    "temporarily_unavailable": TeslaUnavailable,
    "unauthorized_client": CredentialRefused,
    "unsupported_grant_type": BadRequest,
}

# For the application's own token no owner can help by signing in again.
PARTNER_REFUSALS: Final[Refusals] = {
    UNNAMED_401: CredentialRefused,
    "invalid_audience": RegionRefused,
    "invalid_client": CredentialRefused,
    "invalid_request": CredentialRefused,
    "invalid_scope": ScopeNotAllowed,
    "server_error": TeslaUnavailable,
    "temporarily_unavailable": TeslaUnavailable,
    "unauthorized_client": GrantMissing,
    "unsupported_grant_type": BadRequest,
}


def error_from(
    status: int,
    headers: Mapping[str, str],
    body_text: str,
    now: datetime,
    *,
    hidden: Sequence[str] = (),
) -> FleetError:
    """The error that an answer of the API means; `hidden` never shows in its text."""
    lowered = body_text.lower()
    fits = (row for row in MEANINGS if row.status == status and row.words in lowered)
    row = next(fits, None)
    error = row.error if row else _by_class(status, BadRequest)
    facts = _facts(status, headers, body_text, now, hidden)
    if error is WrongRegion:
        return WrongRegion(base_url=named_base(headers, body_text), **facts)
    return error(**facts)


def token_error_from(
    status: int,
    headers: Mapping[str, str],
    body_text: str,
    now: datetime,
    *,
    refusals: Refusals = OWNER_REFUSALS,
    hidden: Sequence[str] = (),
) -> FleetError:
    """The error that a refusal of the sign-in server means.

    A server in trouble (5xx, 429) never costs the owner a sign-in, whatever it says.
    """
    kind = _by_class(status, Forbidden)
    code: str | None = None
    if kind is Forbidden:
        said = _text(_fields(body_text), "error")
        code = said if said in refusals and said != UNNAMED_401 else None
        kind = refusals.get(said, kind)
        if WRONG_PAIR in body_text.lower():
            kind = CredentialRefused
        if kind is Forbidden and status == 401 and not _is_html(body_text):
            kind = refusals[UNNAMED_401]
    error = kind(**_facts(status, headers, body_text, now, hidden))
    error.code = code
    return error


def object_in(body: bytes) -> dict[str, Any]:
    """The JSON object of a successful answer."""
    try:
        found = json.loads(body, parse_constant=lambda _: None)
    except ValueError, RecursionError:
        said = "an HTML page" if _is_html(body[:200].decode("latin-1")) else "no JSON"
        raise InvalidAnswer(f"Tesla answered {said}") from None
    if not isinstance(found, dict):
        raise InvalidAnswer("Tesla answered JSON that is no object")
    return found


def retry_after(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds Tesla asks us to wait, at most a day.

    Tesla has sent `Retry-After` in seconds, a proxy may send a date; with a 429 the
    `RateLimit-…-Reset` of a bucket that is empty says the same. A date is meant by the
    sender's clock: by ours, were it a day late, a minute's wait would last a day.
    """
    known = {name.lower(): text.strip() for name, text in headers.items()}
    wait = _seconds(known.get("retry-after", ""))
    if wait is None:
        sent_at = _http_date(known.get("date", "")) or now
        wait = _seconds_until(known.get("retry-after", ""), sent_at)
    if wait is None and status == 429:
        wait = _bucket_reset(known)
    return None if wait is None else min(max(wait, 0.0), LONGEST_WAIT)


def named_base(headers: Mapping[str, str], body_text: str) -> str | None:
    """The base URL that a 421 names in its body, or else in `Alt-Svc`."""
    if found := re.search(
        r"base url:?\s*(https?://[^\s,;\"'\\<>]+)", body_text, re.IGNORECASE
    ):
        return found[1].rstrip("./")
    known = {name.lower(): text for name, text in headers.items()}
    # Tesla's own proxy reads `h2=https://host`; the RFC says `h2="host:443"`.
    service = re.search(r"h\d=\"?(https?://)?([\w.:-]+)", known.get("alt-svc", ""))
    if service is None:
        return None
    return f"{service[1] or 'https://'}{service[2].removesuffix(':443')}"


def _by_class(status: int, refusal: type[FleetError]) -> type[FleetError]:
    """What a status without a row of its own means."""
    if status == 429:
        return RateLimited
    if status >= 500:
        return TeslaUnavailable
    # A redirect is never followed, so it is an answer that nobody documented.
    return refusal if status >= 400 else InvalidAnswer


def _facts(
    status: int,
    headers: Mapping[str, str],
    body_text: str,
    now: datetime,
    hidden: Sequence[str],
) -> dict[str, Any]:
    """What every error carries."""
    fields = _fields(body_text)
    known = {name.lower(): text for name, text in headers.items()}
    reference = _text(fields, "referenceID") or known.get("x-txid", "")
    return {
        "detail": _scrubbed(_said(fields, body_text), hidden),
        "status": status,
        "retry_after": retry_after(status, headers, now),
        "reference": reference[:80] or None,
    }


def _said(fields: Mapping[str, Any], body_text: str) -> str:
    """Tesla's own words in a body."""
    words = [_text(fields, "error"), _text(fields, "error_description")]
    if spoken := ": ".join(word for word in words if word):
        return spoken
    if fields or _is_html(body_text):
        return ""
    return body_text.strip()


def _fields(body_text: str) -> dict[str, Any]:
    """The JSON object in a body, empty where there is none."""
    try:
        return object_in(body_text.encode())
    except InvalidAnswer:
        return {}


def _text(fields: Mapping[str, Any], key: str) -> str:
    """One text of an object, empty where it is missing or something else."""
    found = fields.get(key)
    return found if isinstance(found, str) else ""


def _is_html(text: str) -> bool:
    """Whether a page came instead of an answer."""
    return text.lstrip("\ufeff \t\r\n").lower().startswith(("<!doctype", HTML))


# A VIN, a UUID, a JWT, a refresh token: whatever identifies or admits is a long run
# of letters and digits. Plain words have no digits, and host names have dots.
_REVEALING = re.compile(
    r"eyJ[\w.-]+|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|(?=[A-Za-z_+=]*\d)[A-Za-z0-9_+=]{17,}"
)


def _scrubbed(words: str, hidden: Sequence[str]) -> str:
    """Tesla's words without anything that identifies or admits, of bearable length."""
    for secret in filter(None, hidden):
        words = words.replace(secret, "…")
    return _REVEALING.sub("…", words)[:300]


def _seconds(text: str) -> float | None:
    """A plain number of seconds."""
    plain = re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII)
    return float(text) if plain else None


def _seconds_until(text: str, now: datetime) -> float | None:
    """How far away an HTTP date is."""
    moment = _http_date(text)
    return None if moment is None else (moment - now).total_seconds()


def _http_date(text: str) -> datetime | None:
    """A date as HTTP writes it; without a zone it is UTC."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError, OverflowError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bucket_reset(known: Mapping[str, str]) -> float | None:
    """The latest reset among the buckets that are not known to have something left."""
    waits = [
        wait
        for name, text in known.items()
        if re.fullmatch(r"ratelimit-(.+-)?reset", name)
        and known.get(name.removesuffix("reset") + "remaining", "0") == "0"
        and (wait := _seconds(text)) is not None
    ]
    return max(waits, default=None)
