"""Tesla's vectors of the Vehicle Command Protocol, read from beside the checkout."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.fleet_pulse.model.command import Domain

PATH: Final = Path(__file__).parents[2] / "../shared/data/vehicle_command/vectors.json"
IS_HERE: Final = PATH.exists()
VECTORS: Final[dict[str, Any]] = json.loads(PATH.read_text()) if IS_HERE else {}

needs_vectors = pytest.mark.skipif(
    not IS_HERE, reason="Tesla's command vectors are not beside the checkout"
)

DOMAINS: Final = {2: Domain.VCSEC, 3: Domain.INFOTAINMENT}
NOW: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
VIN: Final = "5YJ30123456789ABC"

# protocol.md#test-keys of Tesla's vehicle-command: published, never enrolled.
CLIENT_SCALAR: Final = (
    0x2538CDC29A97C19C1E99A637D6CF4F8C970C118B56EDE1E6323E6D162C4B30DB
)
CLIENT_PUBLIC: Final = (
    "04b2b6bc68c2da0665ce656815594996c62394edd8bea905fe781a754fe6a845a7"
    "14330902f225e9269d466e05b349981fda9d85cc23c6fb444aa73b629105dc6e"
)
VEHICLE_PUBLIC: Final = (
    "04c7a1f47138486aa4729971494878d33b1a24e39571f748a6e16c5955b3d877d3"
    "a6aaa0e955166474af5d32c410f439a2234137ad1bb085fd4e8813c958f11d97"
)


def published(group: str) -> dict[str, Any]:
    """Return one published group; empty where the file is missing."""
    groups = VECTORS.get("published", {})
    found: dict[str, Any] = groups.get(group, {})
    return found


def generated(group: str) -> dict[str, Any]:
    """Return one group made by Tesla's own code; empty where the file is missing."""
    groups = VECTORS.get("generated", {})
    found: dict[str, Any] = groups.get(group, {})
    return found


def cases(found: list[Any]) -> list[Any]:
    """Return cases to run through; one that says why where the file is missing."""
    return found or [pytest.param({}, marks=needs_vectors, id="vectors missing")]


def private_key(scalar: int | str) -> ec.EllipticCurvePrivateKey:
    """Return the private key of a published scalar."""
    number = int(scalar, 16) if isinstance(scalar, str) else scalar
    return ec.derive_private_key(number, ec.SECP256R1())
