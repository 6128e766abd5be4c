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

from custom_components.fleet_pulse.alerts.kinds import BY_KEY
from custom_components.fleet_pulse.const import DOMAIN

from .household import Household

CHECKOUT: Final = Path(__file__).parents[2]
PAGES: Final = ("README.md", "docs/automations.md", "docs/examples.md")
BLOCK: Final = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every automation of the documentation, by page and name."""
    for page in PAGES:
        for number, found in enumerate(
            BLOCK.findall((CHECKOUT / page).read_text(encoding="utf-8")), 1
        ):
            example: Any = parse_yaml(found)
            if "triggers" in example:
                yield f"{page}: {example.get('alias', f'number {number}')}", example


EXAMPLES: Final = dict(examples())


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


@pytest.fixture
async def house(house: Household) -> Household:
    """Give a home in which automations can be written."""
    await house.prepare()
    assert await async_setup_component(house.hass, "automation", {})
    return house


async def test_every_example_is_an_automation(house: Household) -> None:
    """With everything Home Assistant's editor would check."""
    checked = {
        name: await async_validate_config_item(
            house.hass, "example", {"alias": "Example", **example}
        )
        for name, example in EXAMPLES.items()
    }
    wrong = {
        name: found and found.validation_error
        for name, found in checked.items()
        if found is None or found.validation_error is not None
    }
    assert wrong == {}
    assert checked


async def test_every_example_calls_actions_as_they_are(house: Household) -> None:
    """Each with fields it takes; what a template says is not known here."""
    offered = house.hass.services.async_services()[DOMAIN]
    assert [name for name, one in EXAMPLES.items() if not list(named(one))] == []
    refused = [
        (name, action)
        for name, example in EXAMPLES.items()
        for action, data in ours(example)
        if not is_taken(offered[action], data)
    ]
    assert refused == []


def test_every_kind_of_alert_has_an_example() -> None:
    """In the README, by the trigger that waits for it."""
    waited_for = [
        trigger["options"]["kind"]
        for name, example in EXAMPLES.items()
        if name.startswith("README.md")
        for trigger in example["triggers"]
        if trigger["trigger"] == "fleet_pulse.alert_raised"
    ]
    assert sorted(waited_for) == sorted(BY_KEY)


def is_taken(action: Service, data: Mapping[str, Any]) -> bool:
    """Say whether an action takes what an example gives it; raise why not."""
    assert action.schema is not None
    said = {key: value for key, value in data.items() if _is_said(value)}
    return bool(action.schema(said)) or not said


def _is_said(value: Any) -> bool:
    """Say whether a value is known before the automation runs."""
    return not (isinstance(value, str) and is_template_string(value))
