"""The examples of the documentation are automations that Home Assistant takes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import Service
from homeassistant.helpers.template import is_template_string
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household

CHECKOUT: Final = Path(__file__).parents[2]
PAGES: Final = ("README.md", "docs/automations.md", "docs/examples.md")
BLOCK: Final = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def examples() -> Iterator[Any]:
    """Give every automation of the documentation."""
    for page in PAGES:
        for number, found in enumerate(
            BLOCK.findall((CHECKOUT / page).read_text(encoding="utf-8")), 1
        ):
            example: Any = parse_yaml(found)
            if "triggers" in example:
                name = example.get("alias", f"number {number}")
                yield pytest.param(example, id=f"{page}: {name}")


def ours(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the calls of our actions in an automation: each name and its data."""
    if isinstance(part, Mapping):
        domain, _, name = str(part.get("action", "")).partition(".")
        if domain == DOMAIN:
            yield name, {**part.get("data", {}), **part.get("target", {})}
        part = list(part.values())
    if isinstance(part, list):
        for below in part:
            yield from ours(below)


def named(part: Any) -> Iterator[str]:
    """Give the actions, triggers and conditions of ours in an automation."""
    if isinstance(part, Mapping):
        kinds = [str(part.get(kind)) for kind in ("action", "trigger", "condition")]
        yield from (name for name in kinds if name.startswith(f"{DOMAIN}."))
        part = list(part.values())
    if isinstance(part, list):
        for below in part:
            yield from named(below)


@pytest.mark.parametrize("example", examples())
async def test_an_example_is_an_automation(
    house: Household, example: dict[str, Any]
) -> None:
    """With everything Home Assistant's editor would check."""
    await house.prepare()
    assert await async_setup_component(house.hass, "automation", {})
    written = {"alias": "Example", **example}
    checked = await async_validate_config_item(house.hass, "example", written)
    assert checked is not None
    assert checked.validation_error is None


@pytest.mark.parametrize("example", examples())
async def test_an_example_calls_actions_as_they_are(
    house: Household, example: dict[str, Any]
) -> None:
    """Each with fields it takes; what a template says is not known here."""
    await house.prepare()
    calls = list(ours(example))
    assert list(named(example))
    offered = house.hass.services.async_services()[DOMAIN]
    refused = [name for name, data in calls if not is_taken(offered[name], data)]
    assert refused == []


def is_taken(action: Service, data: Mapping[str, Any]) -> bool:
    """Say whether an action takes what an example gives it; raise why not."""
    assert action.schema is not None
    said = {key: value for key, value in data.items() if _is_said(value)}
    return bool(action.schema(said)) or not said


def _is_said(value: Any) -> bool:
    """Say whether a value is known before the automation runs."""
    return not (isinstance(value, str) and is_template_string(value))
