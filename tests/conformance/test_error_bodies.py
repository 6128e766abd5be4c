"""Recorded error bodies of Tesla, each with the class that it must mean."""

import ast
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.fleet_pulse import errors
from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.answers import (
    OWNER_REFUSALS,
    PARTNER_REFUSALS,
    error_from,
    token_error_from,
)
from tests.fake_fleet import auth
from tests.fake_fleet.refusal import DOCUMENTED, wrapped

CHECKOUT = Path(__file__).parents[2]
TEXTS = json.loads(
    Path(errors.__file__).with_name("translations").joinpath("en.json").read_text()
)
ERRORS = CHECKOUT / "../shared/data/fleet_api/errors.json"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

EXPECTED: dict[str, type[e.FleetError]] = {
    "400_invalid_command": e.BadRequest,
    "401_invalid_bearer": e.TokenRejected,
    "401_mobile_access_disabled": e.MobileAccessDisabled,
    "401_token_endpoint_login_required": e.SignInRequired,
    "401_token_endpoint_refresh_invalid": e.SignInRequired,
    "401_token_expired": e.TokenRejected,
    "401_unknown_user": e.UnknownUser,
    "403_billing_limit": e.BillingLimit,
    "403_missing_scopes": e.ScopeMissing,
    "403_protocol_required": e.ProtocolRequired,
    "404_not_found": e.NotFound,
    "405_in_service": e.InService,
    "408_offline_or_asleep": e.Asleep,
    "412_not_registered": e.NotRegistered,
    "412_origin_mismatch": e.OriginMismatch,
    "421_wrong_region": e.WrongRegion,
    "422_key_taken": e.KeyTaken,
    "422_protocol_not_supported": e.ProtocolUnsupported,
    "424_public_key": e.KeyDownloadFailed,
    "429_rate_limited": e.RateLimited,
    "451_legal": e.PrivacyRefused,
    "500_upstream": e.TeslaUnavailable,
    "503_504_timeout": e.TeslaUnavailable,
    "540_device_unexpected": e.CarTrouble,
}


def recorded() -> dict[str, dict[str, Any]]:
    """The recorded bodies by name."""
    if not ERRORS.exists():
        pytest.skip("the recorded error bodies are not beside this checkout")
    return {row["name"]: row for row in json.loads(ERRORS.read_text())}


def test_every_recorded_body_has_an_expectation() -> None:
    """A new recording must be judged by a person."""
    assert set(recorded()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_body_means_its_class(name: str) -> None:
    """The class is exact."""
    row = recorded()[name]
    judge = token_error_from if "token_endpoint" in name else error_from
    body = "" if row["body"] is None else json.dumps(row["body"])
    error = judge(row["status"], {}, body, NOW)
    assert type(error) is EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_body_is_told_to_the_owner(name: str) -> None:
    """With a text of its own, in an action and in a dialog; nothing is "unknown"."""
    key = errors.TEXTS[EXPECTED[name]]
    assert key != "unknown_error"
    assert key in TEXTS["exceptions"]
    assert key in TEXTS["config"]["abort"]
    assert key in TEXTS["config"]["error"]


def refusals_of_the_sign_in() -> list[tuple[int, str]]:
    """Every refusal of the fake cloud's token endpoint: status and Tesla's word."""
    calls = [
        node
        for node in ast.walk(ast.parse(Path(auth.__file__).read_text()))
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "oauth"
    ]
    return sorted({tuple(map(ast.literal_eval, call.args[:2])) for call in calls})


def test_the_token_endpoint_refuses_in_many_ways() -> None:
    """Else the next test would prove nothing."""
    assert len(refusals_of_the_sign_in()) >= 7


OF_OWNERS = {"invalid_grant", "login_required"}
"""About codes and refresh tokens, which an application's own sign-in has not."""
REFUSED = [
    (table, status, word)
    for status, word in refusals_of_the_sign_in()
    for table in (OWNER_REFUSALS, PARTNER_REFUSALS)
    if table is OWNER_REFUSALS or word not in OF_OWNERS
]


@pytest.mark.parametrize(("table", "status", "word"), REFUSED)
def test_a_refused_sign_in_is_told_to_the_owner(
    table: dict[str, type[e.FleetError]], status: int, word: str
) -> None:
    """By the word and not by the status alone; with a text of its own."""
    body = json.dumps({"error": word})
    error = token_error_from(status, {}, body, NOW, refusals=table)
    assert type(error) not in (e.Forbidden, e.FleetError)
    assert errors.text_of(error) in TEXTS["exceptions"]
    assert errors.text_of(error) in TEXTS["config"]["abort"]


@pytest.mark.parametrize("status", DOCUMENTED)
def test_what_the_fake_cloud_says_is_told_to_the_owner(status: int) -> None:
    """No refusal that tests meet is "unknown"."""
    error = error_from(status, {}, json.dumps(wrapped(status).body), NOW)
    assert errors.text_of(error) in set(TEXTS["exceptions"]) - {"unknown_error"}


def test_the_recorded_421_names_the_base_url() -> None:
    """Without the comma that follows it."""
    row = recorded()["421_wrong_region"]
    error = error_from(421, {}, json.dumps(row["body"]), NOW)
    assert isinstance(error, e.WrongRegion)
    assert error.base_url == "https://fleet-api.prd.eu.vn.cloud.tesla.com"
