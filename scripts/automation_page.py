"""The page about triggers and conditions: what automations can go by."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.util.yaml import load_yaml_dict

from custom_components import fleet_pulse
from scripts.automation_examples import EXAMPLES

PACKAGE: Final = Path(fleet_pulse.__file__).parent
HEAD: Final = """\
# Triggers and conditions

Made from the program's own texts by `scripts/write_docs.py`: change those.

In the editor of automations choose *Add trigger* or *Add condition*, then what it is
about: a car, a charge rule, a departure, one of their entities, or their area. A car
stands for all its rules. What is about a car, such as a hold, is so for whoever chose
one of its rules.

What a trigger tells is in `trigger`: `device_id`, `name` (of the car, the rule or the
alert) and the values of its event: [`fleet_pulse_car`](events.md),
[`fleet_pulse_alert`](events.md), [`fleet_pulse_rule`](events.md), and for a command that
is not carried out [`fleet_pulse_command_refused`, `…_dropped` and
`…_unconfirmed`](events.md). `said_at` is when the car said so.

What a car does is told when the car says it, which is when it is looked at, sends a
snapshot or reports by itself: some minutes later, and never by asking it for this. What
it said more than 15 minutes ago, what comes late or again, what was unknown before, and
what changed while Home Assistant was not running tells nothing: the first look after a
restart only takes note of how the car is.
"""
PARTS: Final[Mapping[str, str]] = {"triggers": "Triggers", "conditions": "Conditions"}


def written() -> str:
    """Return the page."""
    texts = json.loads((PACKAGE / "translations/en.json").read_text(encoding="utf-8"))
    lines = [HEAD]
    for kind, heading in PARTS.items():
        described = load_yaml_dict(str(PACKAGE / f"{kind}.yaml"))
        lines += [f"## {heading}\n", *_table(described, texts[kind]), ""]
    return "\n".join([*lines, EXAMPLES])


def _table(described: Mapping[str, Any], texts: Mapping[str, Any]) -> Iterable[str]:
    """Return the table of one kind."""
    yield "| Name | In YAML | What it is for | Options |"
    yield "| --- | --- | --- | --- |"
    for key in sorted(texts):
        text, fields = texts[key], described[key].get("fields", {})
        options = "; ".join(_option(one, fields[one], text) for one in fields)
        name = f"`fleet_pulse.{key}`"
        yield f"| {text['name']} | {name} | {text['description']} | {options} |"


def _option(key: str, field: Mapping[str, Any], text: Mapping[str, Any]) -> str:
    """Return an option and what it takes."""
    said = f"`{key}`: {text['fields'][key]['description']}"
    values = ", ".join(f"`{one}`" for one in _values(field["selector"]))
    return f"{said} ({values})" if values else said


def _values(selector: Mapping[str, Any]) -> Iterable[str]:
    """Return what can be chosen, where that is a list."""
    if "automation_behavior" in selector:
        return ("any", "all")
    options: Iterable[str] = selector.get("select", {}).get("options", ())
    return options
