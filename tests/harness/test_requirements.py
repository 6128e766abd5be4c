"""What `requirements_test.txt` promises about itself."""

from collections.abc import Iterator
from importlib.metadata import version
import json
from pathlib import Path
import re
from typing import Any

from homeassistant import bootstrap, components
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

CHECKOUT = Path(__file__).parents[2]
COMPONENTS = Path(components.__path__[0])
MANIFEST = CHECKOUT / "custom_components" / "fleet_pulse" / "manifest.json"

# What the demo's configuration.yaml names besides what is always there.
CONFIGURED = {"config", "energy", "frontend", "history", "logbook", "sun"}
STANDING_IN = {
    path.stem.replace("_", "-")
    for path in (Path(__file__).parent / "stand_ins").glob("*.py")
}


def pinned() -> dict[str, Requirement]:
    """Read the pins by name."""
    lines = (CHECKOUT / "requirements_test.txt").read_text().splitlines()
    rows = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(row.name): row for row in rows}


def manifest(domain: str) -> dict[str, Any]:
    """Read the manifest of one of Home Assistant's own integrations."""
    path = COMPONENTS / domain / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def loaded() -> Iterator[dict[str, Any]]:
    """Give the manifests of all that the demo loads, dependencies included."""
    left = CONFIGURED | bootstrap.CORE_INTEGRATIONS | bootstrap.DEFAULT_INTEGRATIONS
    seen: set[str] = set()
    while left:
        domain = left.pop()
        seen.add(domain)
        found = manifest(domain)
        yield found
        left |= set(found.get("dependencies", ())) - seen


def wanted_by_home_assistant() -> list[str]:
    """List what Home Assistant would install for the demo, but what we stand in for."""
    rows = {row for found in loaded() for row in found.get("requirements", ())}
    names = {row: canonicalize_name(Requirement(row).name) for row in rows}
    return sorted(row for row in rows if names[row] not in STANDING_IN)


@pytest.mark.parametrize("wanted", wanted_by_home_assistant())
def test_the_demo_needs_nothing_that_is_not_installed(wanted: str) -> None:
    """What Home Assistant pins is installed in that very version."""
    requirement = Requirement(wanted)
    assert version(requirement.name) in requirement.specifier


def test_every_pin_is_exact() -> None:
    """Today's set-up is tomorrow's."""
    assert all(re.fullmatch(r"==\S+", str(row.specifier)) for row in pinned().values())


def test_pins_stand_within_the_manifests_bounds() -> None:
    """What is tested is what the manifest allows an owner's machine to have."""
    needed = [
        Requirement(row) for row in json.loads(MANIFEST.read_text())["requirements"]
    ]
    pins = pinned()
    for row in needed:
        (pin,) = pins[canonicalize_name(row.name)].specifier
        assert pin.version in row.specifier
        # An equal pin would fight core integrations that pin the same library.
        assert all(bound.operator != "==" for bound in row.specifier)
