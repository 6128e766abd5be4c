"""The page about actions: what each takes, and every command that can be sent."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.util.yaml import load_yaml_dict

from custom_components import fleet_pulse
from custom_components.fleet_pulse.model.command import Command, Param, Risk
from custom_components.fleet_pulse.model.commands import COMMANDS
from scripts.entity_page import NAMES

PACKAGE: Final = Path(fleet_pulse.__file__).parent
TEXTS: Final[dict[str, Any]] = json.loads(
    (PACKAGE / "translations/en.json").read_text(encoding="utf-8")
)
ACTIONS: Final = load_yaml_dict(str(PACKAGE / "services.yaml"))

HEAD: Final = """\
# Actions

Made from the program's own tables by `scripts/write_docs.py`: change those.

Actions on cars take cars as targets: by device, by any entity of theirs, by area, floor
or label. Several cars are told side by side. The response names each car by its device
and says `result`: `sent`, `already` (it was so, nothing was sent) or `failed`, then with
`error` and `message`. Without a response, or if no car did it, trouble is raised as an
error that names the cars that did it and says what is wrong with each other one.

Actions of more than one step send only what differs, wake a sleeping car once, and leave
it asleep if nothing is to do. They stop at the first step that fails; the error says what
was done before. Every wake goes through the guard, and every command is billed by Tesla.

Actions on rules (apply charge rule, hold, resume) ask nothing of a car at once. They say
`applied`, `held` or `resumed`, what the car's rules come to now as `reason`, and the same
in words as `message`.

[Automations to copy](examples.md).
"""
COMMANDS_HEAD: Final = """\
## Commands

What the action *Send command* takes, by Tesla's own names; the parameters in bold are
required. A PIN is written into no log, and neither is a place. Commands marked **drives**
or **erases** work only for administrators, by hand, and only after the option for them
was chosen with the gear of the integration's entry. What opens or drives is dropped if
the car needs more than 90 seconds to be reached. A command that is not worth a wake is
only sent to a car that is awake.
"""
RISKS: Final[Mapping[Risk, str]] = {
    Risk.NONE: "",
    Risk.OPENS: "opens",
    Risk.DRIVES: "**drives**",
    Risk.ERASES: "**erases**",
}


def written() -> str:
    """Return the page."""
    return "\n".join(
        (HEAD, *_actions(), COMMANDS_HEAD, *_commands(), ""),
    )


def _actions() -> Iterable[str]:
    """Return a section for each action."""
    for name, texts in sorted(TEXTS["services"].items()):
        yield f"## {texts['name']}\n"
        yield f"`fleet_pulse.{name}`\n"
        yield f"{texts['description']}\n"
        fields = (ACTIONS[name] or {}).get("fields", {})
        if not fields:
            continue
        yield "| Field | Name | Takes | What it is |"
        yield "| --- | --- | --- | --- |"
        for key, field in fields.items():
            text = texts["fields"][key]
            shown = f"**`{key}`**" if field.get("required") else f"`{key}`"
            cells = (shown, text["name"], _takes(field), text["description"])
            yield f"| {' | '.join(cells)} |"
        yield ""


def _takes(field: Mapping[str, Any]) -> str:
    """Return what a field of an action takes."""
    ((kind, limits),) = field["selector"].items()
    limits = limits or {}
    if kind == "select" and "translation_key" in limits:
        words = ", ".join(f"`{word}`" for word in limits["options"])
        takes = f"several of {words}" if limits.get("multiple") else words
    elif kind == "select":
        takes = "[a command](#commands)"
    elif kind == "number":
        unit = limits.get("unit_of_measurement", "")
        takes = f"{limits['min']} to {limits['max']} {unit}".strip()
    else:
        takes = SELECTORS[kind]
    default = field.get("default")
    if default is None:
        return takes
    shown = str(default).lower() if isinstance(default, bool) else default
    return f"{takes}; `{shown}` if left out"


SELECTORS: Final = {
    "boolean": "true or false",
    "config_entry": "an account",
    "date": "a date",
    "datetime": "a date and a time",
    "device": "a device",
    "duration": "a time span",
    "entity": "an entity",
    "location": "`latitude` and `longitude`",
    "object": "names and values",
    "text": "text",
    "time": "a time",
}
"""What fields take that say no more than their kind."""


def _commands() -> Iterable[str]:
    """Return the table of commands."""
    yield "| Command | Parameters | Needs | Risk | Wakes |"
    yield "| --- | --- | --- | --- | --- |"
    for row in COMMANDS.values():
        parameters = "; ".join(map(_parameter, row.params))
        cells = (f"`{row.key}`", parameters, _needs(row), RISKS[row.risk])
        yield f"| {' | '.join(cells)} | {'yes' if row.wakes else 'no'} |"


def _parameter(param: Param) -> str:
    """Return a parameter and what it takes, in the words of its own refusal."""
    is_needed = param.required and param.default is None
    shown = f"**`{param.name}`**" if is_needed else f"`{param.name}`"
    try:
        param.read(object())
    except ValueError as err:
        return f"{shown}: {str(err).removeprefix('must be ').removeprefix('must ')}"
    raise AssertionError(f"{param.name} takes anything")


def _needs(row: Command) -> str:
    """Return what a car must have for a command, or which software."""
    needs = []
    if row.needs is not None:
        needs.append(NAMES.get(row.needs.key, row.needs.key.replace("_", " ")))
    if row.needs_by is not None:
        needs += [need.key.replace("_", " ") for need in row.needs_by[1].values()]
    if row.min_firmware is not None:
        needs.append(f"software {row.min_firmware}")
    return ", ".join(dict.fromkeys(needs))
