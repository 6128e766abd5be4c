"""What Tesla's answers mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.answers import (
    LONGEST_WAIT,
    MEANINGS,
    OWNER_REFUSALS,
    PARTNER_REFUSALS,
    Refusals,
    error_from,
    named_base,
    object_in,
    retry_after,
    token_error_from,
)

from .scripted import NOW, TOKEN, VIN

HTML = "<!DOCTYPE html><html><body>Request blocked</body></html>"


def said(words: str) -> str:
    """A body in the form of the Fleet API."""
    return json.dumps({"response": None, "error": words, "error_description": ""})


API_CASES = [
    pytest.param(301, "", e.InvalidAnswer, id="a redirect is no answer"),
    pytest.param(400, said("invalid_command"), e.BadRequest, id="invalid command"),
    pytest.param(401, "", e.TokenRejected, id="401 without a body"),
    pytest.param(401, HTML, e.TokenRejected, id="401 with a page"),
    pytest.param(401, said("token expired (401)"), e.TokenRejected, id="expired"),
    pytest.param(
        401,
        said("mobile_access_disabled"),
        e.MobileAccessDisabled,
        id="no mobile access",
    ),
    pytest.param(401, said("unknown user"), e.UnknownUser, id="unknown user"),
    pytest.param(402, "", e.BillingLimit, id="payment required"),
    pytest.param(
        403, said("Unauthorized missing scopes"), e.ScopeMissing, id="missing scopes"
    ),
    pytest.param(
        403,
        said("Tesla Vehicle Command Protocol required, please refer to …"),
        e.ProtocolRequired,
        id="protocol required",
    ),
    pytest.param(
        403,
        said("account disabled: EXCEEDED_LIMIT"),
        e.BillingLimit,
        id="over the limit",
    ),
    pytest.param(403, said("no"), e.Forbidden, id="403 with other words"),
    pytest.param(403, HTML, e.Forbidden, id="a bot wall"),
    pytest.param(404, said("not_found"), e.NotFound, id="not found"),
    pytest.param(404, "", e.NotFound, id="404 without a body"),
    pytest.param(404, HTML, e.InvalidAnswer, id="404 of a gateway"),
    pytest.param(
        405, said("vehicle is currently in service"), e.InService, id="in service"
    ),
    pytest.param(405, HTML, e.InvalidAnswer, id="405 of a gateway"),
    pytest.param(
        408,
        said("vehicle unavailable: vehicle is offline or asleep"),
        e.Asleep,
        id="asleep",
    ),
    pytest.param(408, "", e.Asleep, id="408 without a body"),
    pytest.param(408, HTML, e.TeslaUnavailable, id="408 of a gateway"),
    pytest.param(409, "", e.BadRequest, id="another 4xx"),
    pytest.param(
        412,
        said("Account x must be registered in the current region https://…"),
        e.NotRegistered,
        id="not registered here",
    ),
    pytest.param(
        412,
        said("Root domain example.com must match registered allowed origin"),
        e.OriginMismatch,
        id="origin mismatch",
    ),
    pytest.param(421, "", e.WrongRegion, id="wrong region"),
    pytest.param(
        422,
        said("Validation failed: Public key hash has already been taken"),
        e.KeyTaken,
        id="key taken",
    ),
    pytest.param(
        422, said("Validation failed: domain"), e.BadRequest, id="another validation"
    ),
    pytest.param(422, "null", e.ProtocolUnsupported, id="protocol not supported"),
    pytest.param(423, "", e.AccountLocked, id="locked"),
    pytest.param(424, "", e.KeyDownloadFailed, id="424 without a body"),
    pytest.param(
        424, said("Public key download failed"), e.KeyDownloadFailed, id="no public key"
    ),
    pytest.param(429, "", e.RateLimited, id="too many"),
    pytest.param(451, "", e.PrivacyRefused, id="privacy"),
    pytest.param(500, said("upstream internal error"), e.TeslaUnavailable, id="500"),
    pytest.param(502, HTML, e.TeslaUnavailable, id="502"),
    pytest.param(503, "", e.TeslaUnavailable, id="503"),
    pytest.param(504, "{", e.TeslaUnavailable, id="504 with half a body"),
    pytest.param(540, "", e.CarTrouble, id="the car answers nonsense"),
]


@pytest.mark.parametrize(("status", "body", "expected"), API_CASES)
def test_an_answer_means_one_class(
    status: int, body: str, expected: type[e.FleetError]
) -> None:
    """The class is exact and carries the status."""
    error = error_from(status, {}, body, NOW)
    assert type(error) is expected
    assert error.status == status


@pytest.mark.parametrize("status", [423, 424, 451, 540])
@pytest.mark.parametrize("body", ["", HTML, "[]", said("Unauthorized missing scopes")])
def test_statuses_of_unknown_bodies_never_depend_on_one(status: int, body: str) -> None:
    """Whatever they say, it is the status that counts."""
    bare = error_from(status, {}, "", NOW)
    assert type(error_from(status, {}, body, NOW)) is type(bare)


def test_the_table_is_sorted_and_each_status_ends_with_any_words() -> None:
    """So that every row can be reached and no body is left without a meaning."""
    statuses = [row.status for row in MEANINGS]
    assert statuses == sorted(statuses)
    last = {row.status: row.words for row in MEANINGS}
    assert set(last.values()) == {""}
    assert len([row for row in MEANINGS if not row.words]) == len(last)
    assert all(row.words == row.words.lower() for row in MEANINGS)


@pytest.mark.parametrize("table", [OWNER_REFUSALS, PARTNER_REFUSALS])
def test_the_tables_of_refusals_are_sorted(table: Refusals) -> None:
    """A table is sorted by key."""
    assert list(table) == sorted(table)


OWNER_CASES = [
    pytest.param(400, '{"error": "invalid_grant"}', e.SignInRequired, id="used up"),
    pytest.param(401, '{"error": "login_required"}', e.SignInRequired, id="log in"),
    pytest.param(
        403, '{"error": "login_required"}', e.SignInRequired, id="log in, 403"
    ),
    pytest.param(
        401, '{"error": "invalid_client"}', e.CredentialRefused, id="wrong secret"
    ),
    pytest.param(
        400, '{"error": "unauthorized_client"}', e.CredentialRefused, id="wrong client"
    ),
    pytest.param(
        400, '{"error": "invalid_request"}', e.CredentialRefused, id="wrong request"
    ),
    pytest.param(
        400, '{"error": "temporarily_unavailable"}', e.TeslaUnavailable, id="later"
    ),
    pytest.param(401, "", e.SignInRequired, id="401 without a body"),
    pytest.param(401, "{}", e.SignInRequired, id="401 that says nothing"),
    pytest.param(401, '{"error": 5}', e.SignInRequired, id="401 that says a number"),
    pytest.param(401, HTML, e.Forbidden, id="401 with a page"),
    pytest.param(403, "", e.Forbidden, id="403 without a body"),
    pytest.param(403, HTML, e.Forbidden, id="a bot wall"),
    pytest.param(
        400, '{"error": "invalid_scope"}', e.ScopeNotAllowed, id="not for applications"
    ),
    pytest.param(
        400, '{"error": "unsupported_grant_type"}', e.BadRequest, id="a mistake of ours"
    ),
    pytest.param(400, '{"error": "slow_down"}', e.Forbidden, id="another word"),
    pytest.param(404, "login_required", e.Forbidden, id="a word outside of JSON"),
    pytest.param(400, '{"error": "401"}', e.SignInRequired, id="the key of a row"),
    pytest.param(302, "", e.InvalidAnswer, id="a redirect"),
    pytest.param(429, '{"error": "login_required"}', e.RateLimited, id="too many"),
    pytest.param(500, '{"error": "invalid_grant"}', e.TeslaUnavailable, id="500"),
    pytest.param(503, HTML, e.TeslaUnavailable, id="503"),
]


@pytest.mark.parametrize(("status", "body", "expected"), OWNER_CASES)
def test_a_refused_refresh_means_one_class(
    status: int, body: str, expected: type[e.FleetError]
) -> None:
    """The body's `error` before the status, and no sign-in for trouble at Tesla."""
    assert type(token_error_from(status, {}, body, NOW)) is expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(
            400, '{"error": "unauthorized_client"}', e.GrantMissing, id="grant"
        ),
        pytest.param(
            401, '{"error": "invalid_client"}', e.CredentialRefused, id="secret"
        ),
        pytest.param(
            400,
            '{"error": "unauthorized_client", "error_description": "We don\'t recognize'
            ' this client_id and client_secret combination"}',
            e.CredentialRefused,
            id="a wrong secret that is called unauthorized",
        ),
        pytest.param(
            400, '{"error": "invalid_audience"}', e.RegionRefused, id="not here"
        ),
        pytest.param(
            400, '{"error": "invalid_scope"}', e.ScopeNotAllowed, id="not so much"
        ),
        pytest.param(401, "", e.CredentialRefused, id="401 without a body"),
        pytest.param(403, HTML, e.Forbidden, id="a bot wall"),
        pytest.param(503, "", e.TeslaUnavailable, id="503"),
    ],
)
def test_a_refused_partner_token_never_asks_the_owner(
    status: int, body: str, expected: type[e.FleetError]
) -> None:
    """No sign-in mends the application."""
    error = token_error_from(status, {}, body, NOW, refusals=PARTNER_REFUSALS)
    assert type(error) is expected


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        pytest.param(429, {}, None, id="nothing"),
        pytest.param(429, {"Retry-After": "120"}, 120, id="seconds"),
        pytest.param(429, {"retry-after": " 1.5 "}, 1.5, id="half seconds"),
        pytest.param(
            429,
            {"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)},
            90,
            id="a date",
        ),
        pytest.param(
            429,
            {"Retry-After": format_datetime(NOW - timedelta(days=1), usegmt=True)},
            0,
            id="a date gone by",
        ),
        pytest.param(
            429,
            {
                "Date": format_datetime(NOW + timedelta(days=1), usegmt=True),
                "Retry-After": format_datetime(
                    NOW + timedelta(days=1, seconds=90), usegmt=True
                ),
            },
            90,
            id="a date by a clock that is a day ahead",
        ),
        pytest.param(
            429,
            {
                "Date": "yesterday",
                "Retry-After": format_datetime(
                    NOW + timedelta(seconds=90), usegmt=True
                ),
            },
            90,
            id="a date beside a date that is none",
        ),
        pytest.param(
            429, {"Retry-After": "Mon, 23 Nov 2026 12:00:07 -0000"}, 7, id="no zone"
        ),
        pytest.param(
            429,
            {"Retry-After": "Mon, 23 Nov 999999 12:00:07 GMT"},
            None,
            id="year 999999",
        ),
        pytest.param(429, {"RateLimit-Reset": "45983"}, 45983, id="a reset"),
        pytest.param(
            429,
            {"Retry-After": "soon", "RateLimit-Reset": "7"},
            7,
            id="words, then reset",
        ),
        pytest.param(
            429,
            {
                "RateLimit-Data-Reset": "9",
                "RateLimit-Data-Remaining": "3",
                "RateLimit-Wakes-Reset": "40",
                "RateLimit-Wakes-Remaining": "0",
            },
            40,
            id="the reset of the empty bucket",
        ),
        pytest.param(429, {"RateLimit-Reset": "-1"}, None, id="a reset gone by"),
        pytest.param(429, {"Retry-After": "9" * 12}, LONGEST_WAIT, id="a lifetime"),
        pytest.param(429, {"Retry-After": "inf"}, None, id="for ever"),
        pytest.param(429, {"Retry-After": "٣"}, None, id="digits of another script"),
        pytest.param(503, {"Retry-After": "30"}, 30, id="with 503, too"),
        pytest.param(503, {"RateLimit-Reset": "30"}, None, id="a window is no wait"),
    ],
)
def test_how_long_tesla_asks_us_to_wait(
    status: int, headers: dict[str, str], expected: float | None
) -> None:
    """Seconds, a date or a bucket's reset; at most a day."""
    assert retry_after(status, headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        pytest.param(
            {},
            "user out of region, use base URL: https://eu.tesla.com, see https://x.y",
            "https://eu.tesla.com",
            id="in the words of Tesla",
        ),
        pytest.param(
            {},
            said("use base URL: https://eu.tesla.com."),
            "https://eu.tesla.com",
            id="before a full stop",
        ),
        pytest.param(
            {"Alt-Svc": "h2=https://eu.tesla.com"},
            "",
            "https://eu.tesla.com",
            id="a URL",
        ),
        pytest.param(
            {"alt-svc": 'h2="eu.tesla.com:443"; ma=60'},
            "",
            "https://eu.tesla.com",
            id="as the RFC has it",
        ),
        pytest.param({"Alt-Svc": "clear"}, "", None, id="nothing of use"),
        pytest.param({}, HTML, None, id="a page"),
    ],
)
def test_the_base_url_that_a_421_names(
    headers: dict[str, str], body: str, expected: str | None
) -> None:
    """In the body, or else in Alt-Svc."""
    error = error_from(421, headers, body, NOW)
    assert isinstance(error, e.WrongRegion)
    assert error.base_url == expected == named_base(headers, body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(said("not_found"), "not_found", id="the error"),
        pytest.param(
            '{"error": "login_required", "error_description": "Login required"}',
            "login_required: Login required",
            id="with its description",
        ),
        pytest.param(
            "upstream connect error", "upstream connect error", id="plain text"
        ),
        pytest.param(HTML, "", id="nothing of a page"),
        pytest.param('{"error": {"code": 5}}', "", id="nothing of an object"),
        pytest.param(said("x " * 400), ("x " * 400)[:300], id="at most 300 letters"),
        pytest.param(said(f"vehicle {VIN} gone"), "vehicle … gone", id="no VIN"),
        pytest.param(said(f"token {TOKEN} bad"), "token … bad", id="no token"),
        pytest.param(
            said("Account 00000000-0000-4000-8000-000000000001 must"),
            "Account … must",
            id="no account",
        ),
        pytest.param(
            said("EU_eyJhbGciOiJSUzI1NiIsInR5cCI6 refused"),
            "… refused",
            id="no refresh",
        ),
        pytest.param(said("secret s3cr3t bad"), "secret … bad", id="nothing hidden"),
    ],
)
def test_teslas_own_words_without_what_identifies(body: str, expected: str) -> None:
    """The words are kept for the owner, VINs and tokens are not."""
    assert error_from(404, {}, body, NOW, hidden=("s3cr3t", "")).detail == expected


def test_teslas_reference_is_kept() -> None:
    """It is what Tesla's support asks for."""
    assert error_from(500, {"X-Txid": "abc"}, "", NOW).reference == "abc"
    body = '{"error": "login_required", "referenceID": "r-1"}'
    assert token_error_from(401, {}, body, NOW).reference == "r-1"
    assert error_from(500, {}, "", NOW).reference is None


_TEXTS = st.text(max_size=60)
_HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "RateLimit-Reset", "Alt-Svc", "x-txid"]) | _TEXTS,
    st.sampled_from(["9", "Mon, 23 Nov 2026 12:00:07 GMT", "h2=https://x"]) | _TEXTS,
    max_size=4,
)
_BODIES = _TEXTS | st.builds(
    json.dumps, st.recursive(st.none() | st.integers() | _TEXTS, st.lists, max_leaves=5)
)


@given(st.integers(300, 999), _HEADERS, _BODIES)
def test_every_answer_has_a_meaning(
    status: int, headers: dict[str, str], body: str
) -> None:
    """Both tables are total: garbage is an error, never a crash."""
    for error in (
        error_from(status, headers, body, NOW),
        token_error_from(status, headers, body, NOW),
    ):
        assert isinstance(error, e.FleetError)
        assert error.retry_after is None or 0 <= error.retry_after <= LONGEST_WAIT


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_vin_and_no_token_survives(before: str, after: str) -> None:
    """Wherever in Tesla's words they stand."""
    words = str(error_from(400, {}, said(f"{before} {VIN} {TOKEN} {after}"), NOW))
    assert VIN not in words
    assert TOKEN not in words


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"OK", id="a word"),
        pytest.param(HTML.encode(), id="a page"),
        pytest.param(b'{"response": {', id="half an object"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"5", id="a number"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff\xfe\xfa", id="no text at all"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="an endless number"),
        pytest.param(b'{"a": ' + b"[" * 200_000, id="an endless depth"),
    ],
)
def test_a_success_must_be_an_object(body: bytes) -> None:
    """Anything else is an invalid answer, and none of it is repeated."""
    with pytest.raises(e.InvalidAnswer):
        object_in(body)


def test_numbers_that_are_none_are_nothing() -> None:
    """Python's JSON would take NaN for a number."""
    assert object_in(b'{"a": NaN, "b": [Infinity]}') == {"a": None, "b": [None]}


def test_dates_without_a_zone_are_utc() -> None:
    """As the RFC has it."""
    late = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    assert retry_after(429, {"Retry-After": "23 Nov 2026 12:01:00"}, NOW) == 60
    assert late - NOW == timedelta(seconds=60)
