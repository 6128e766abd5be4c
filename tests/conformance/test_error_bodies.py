"""Recorded error bodies of Tesla, each with the class that it must mean."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.answers import error_from, token_error_from

ERRORS = Path(__file__).parents[2] / "../shared/data/fleet_api/errors.json"
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


def test_the_recorded_421_names_the_base_url() -> None:
    """Without the comma that follows it."""
    row = recorded()["421_wrong_region"]
    error = error_from(421, {}, json.dumps(row["body"]), NOW)
    assert isinstance(error, e.WrongRegion)
    assert error.base_url == "https://fleet-api.prd.eu.vn.cloud.tesla.com"
