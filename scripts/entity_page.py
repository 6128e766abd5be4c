"""The page about entities: what a car and an account show and offer."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.components import binary_sensor as binary_sensors
from homeassistant.helpers.entity import EntityDescription

from custom_components import fleet_pulse
from custom_components.fleet_pulse.binary_sensor import BINARY_SENSORS
from custom_components.fleet_pulse.button import ACCOUNT_BUTTONS, BUTTONS, RULE_BUTTONS
from custom_components.fleet_pulse.calendar import CALENDARS
from custom_components.fleet_pulse.climate import CLIMATES
from custom_components.fleet_pulse.cover import COVERS
from custom_components.fleet_pulse.device_tracker import TRACKERS
from custom_components.fleet_pulse.entity import VehicleDescription
from custom_components.fleet_pulse.event import EVENTS
from custom_components.fleet_pulse.lock import LOCKS
from custom_components.fleet_pulse.media_player import MEDIA_PLAYERS
from custom_components.fleet_pulse.model.values import HOLDS
from custom_components.fleet_pulse.number import NUMBERS
from custom_components.fleet_pulse.rule_binary_sensors import RULE_BINARY_SENSORS
from custom_components.fleet_pulse.rule_entity import RuleDescription
from custom_components.fleet_pulse.rule_sensors import RULE_SENSORS
from custom_components.fleet_pulse.rules.view import Matter
from custom_components.fleet_pulse.select import SELECTS
from custom_components.fleet_pulse.sensor import ACCOUNT_SENSORS
from custom_components.fleet_pulse.switch import RULE_SWITCHES, SWITCHES
from custom_components.fleet_pulse.update import UPDATES
from custom_components.fleet_pulse.vehicle_sensors import SENSORS

type Rows = Iterable[EntityDescription]

VEHICLE_TABLES: Final[Mapping[str, Rows]] = {
    "sensor": SENSORS,
    "binary_sensor": BINARY_SENSORS,
    "device_tracker": TRACKERS,
    "update": UPDATES,
    "lock": LOCKS,
    "climate": CLIMATES,
    "cover": COVERS,
    "switch": SWITCHES,
    "media_player": MEDIA_PLAYERS,
    "number": NUMBERS,
    "select": SELECTS,
    "button": BUTTONS,
    "event": EVENTS,
    "calendar": CALENDARS,
}
ACCOUNT_TABLES: Final[Mapping[str, Rows]] = {
    "sensor": ACCOUNT_SENSORS,
    "button": ACCOUNT_BUTTONS,
}
RULE_TABLES: Final[Mapping[str, tuple[RuleDescription, ...]]] = {
    "sensor": RULE_SENSORS,
    "binary_sensor": RULE_BINARY_SENSORS,
    "switch": RULE_SWITCHES,
    "button": RULE_BUTTONS,
}
OF_RULES: Final = {
    Matter.CHARGING: "## Of each charge rule\n",
    Matter.PRECONDITIONING: "## Of each departure\n",
}
HEAD: Final = """\
# Entities

Made from the program's own tables by `scripts/write_docs.py`: change those.

Every entity of a car says in its attributes when the car said its value
(`last_updated`) and how it was heard (`source`; a media player's is where the music
comes from, as everywhere in Home Assistant). Looking at one never wakes a car.
Until the car has said something its entities are unknown, never guessed. An entity
that needs equipment is there once the car has said that it has it. One that is not
enabled by default waits in the entity list of the device: enable it there.
"""
ON_OFF: Final = {"on": "On", "off": "Off"}
SHOWS: Final = {
    "button": "when it was pressed last",
    "calendar": "what rules did, do and will do, to be moved or deleted",
    "climate": "whether it runs, and what it is set to",
    "cover": "open or closed",
    "device_tracker": "a place on the map",
    "event": "when it happened last, and what came of it",
    "lock": "locked or unlocked",
    "media_player": "what plays, and how loud",
    "switch": "on or off",
    "update": "the version installed, the one offered, and how far its installation is",
}
"""What platforms show whose rows say no more than that."""
KINDS: Final = {"timestamp": "date and time", "monetary": "money"}
"""What sensors show that have neither unit nor options."""
HELD: Final[Mapping[type, str]] = {str: "words"}
"""What is in a field that has neither; all others hold a number."""
NAMES: Final = {"homelink": "HomeLink", "sentry_mode": "Sentry Mode"}
"""Equipment that is spelt by its owner."""
STREAMED: Final = "a car that sends by itself"


def _loaded(package: str) -> dict[str, Any]:
    """Return the English texts of an integration."""
    path = Path(package).parent / "translations" / "en.json"
    texts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return texts


TEXTS: Final = _loaded(fleet_pulse.__file__)["entity"]
CLASSES: Final = _loaded(binary_sensors.__file__)["entity_component"]


def written() -> str:
    """Return the page."""
    return "\n".join(
        (
            HEAD,
            "## Of each car\n",
            *_sections(VEHICLE_TABLES),
            "## Of the account\n",
            *_sections(ACCOUNT_TABLES),
            *_of_rules(),
        )
    )


def _of_rules() -> Iterable[str]:
    """Return a part for each kind of rule."""
    for matter, heading in OF_RULES.items():
        tables = {
            platform: [row for row in rows if matter in row.matters]
            for platform, rows in RULE_TABLES.items()
        }
        yield heading
        yield from _sections({name: rows for name, rows in tables.items() if rows})


def _sections(tables: Mapping[str, Rows]) -> Iterable[str]:
    """Return a heading and a table for each platform."""
    for platform, rows in tables.items():
        yield f"### {platform.replace('_', ' ').capitalize()}\n"
        yield "| Name | Shows | Enabled by default | Needs |"
        yield "| --- | --- | --- | --- |"
        for row in sorted(rows, key=lambda row: _name(platform, row)):
            is_enabled = "yes" if row.entity_registry_enabled_default else "no"
            cells = (_name(platform, row), _shows(platform, row), is_enabled)
            yield f"| {' | '.join(cells)} | {_needs(row)} |"
        yield ""


def _name(platform: str, row: EntityDescription) -> str:
    """Return what an owner reads."""
    name: str = TEXTS[platform][row.key]["name"]
    return name


def _shows(platform: str, row: EntityDescription) -> str:
    """Return what an entity may show: words, a unit, or a kind of thing."""
    if platform == "binary_sensor":
        states = CLASSES.get(row.device_class or "_", CLASSES["_"]).get("state", ON_OFF)
        return f"{states['on']} / {states['off']}"
    if states := TEXTS[platform][row.key].get("state"):
        return ", ".join(states.values())
    if platform in SHOWS:
        return SHOWS[platform]
    field = getattr(row, "field", None)
    if field is None:
        return KINDS.get(row.device_class or "", "a number")
    if field.unit is not None:
        return str(field.unit)
    return KINDS.get(row.device_class or "") or HELD.get(HOLDS[field.parse], "a number")


def _needs(row: EntityDescription) -> str:
    """Return what a car must have, or do, for an entity to be there."""
    if not isinstance(row, VehicleDescription):
        return ""
    found = dict.fromkeys((row.needs, *(command.needs for command in row.told)))
    needs = [NAMES.get(need.key, need.key.replace("_", " ")) for need in found if need]
    if row.field is not None and not row.field.poll and not row.told:
        needs.append(STREAMED)
    return ", ".join(needs)
