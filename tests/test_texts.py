"""Every name, text and icon has something to stand for, and the other way round."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.helpers import service
from homeassistant.helpers.entity import EntityDescription
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest
import voluptuous as vol

from custom_components.fleet_pulse import PLATFORMS, climate, errors, services
from custom_components.fleet_pulse.alerts.alert import ALERT
from custom_components.fleet_pulse.alerts.closures import LEAVINGS
from custom_components.fleet_pulse.alerts.kinds import BY_KEY, BY_KEY as KINDS_BY_KEY
from custom_components.fleet_pulse.alerts.tyres import TYRE_KEYS
from custom_components.fleet_pulse.awaited import AWAITED
from custom_components.fleet_pulse.car_conditions import CAR_CONDITIONS
from custom_components.fleet_pulse.condition import CONDITIONS
from custom_components.fleet_pulse.config_flow import RULE_FLOWS, FleetPulseConfigFlow
from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.fleet.key_host import Finding
from custom_components.fleet_pulse.fleet.wake import WakeRefusal
from custom_components.fleet_pulse.model.commands import COMMANDS
from custom_components.fleet_pulse.model.field import Field
from custom_components.fleet_pulse.options_flow import AccountOptions
from custom_components.fleet_pulse.rules.memory import HeldBy
from custom_components.fleet_pulse.rules.reason import ChargeWhy, DepartureWhy, Reason
from custom_components.fleet_pulse.rules.view import Matter
from custom_components.fleet_pulse.trigger import TRIGGERS
from custom_components.fleet_pulse.words import reason_key

CHECKOUT: Final = Path(__file__).parents[1]
PACKAGE: Final = CHECKOUT / "custom_components" / DOMAIN


def read(name: str) -> dict[str, Any]:
    """Read a JSON file of the integration, refusing a key that comes twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        assert len(found) == len(pairs), [key for key, _ in pairs]
        return found

    found: dict[str, Any] = json.loads(
        (PACKAGE / name).read_text(), object_pairs_hook=once
    )
    return found


TEXTS: Final = read("translations/en.json")
ICONS: Final = read("icons.json")
MANIFEST: Final = read("manifest.json")
ACTIONS: Final = load_yaml_dict(str(PACKAGE / "services.yaml"))
OF_AUTOMATIONS: Final = {
    "conditions": (load_yaml_dict(str(PACKAGE / "conditions.yaml")), CONDITIONS),
    "triggers": (load_yaml_dict(str(PACKAGE / "triggers.yaml")), TRIGGERS),
}
"""What automations are made of: as the frontend reads it, and as it is."""
SCHEMAS: Final[Mapping[str, Mapping[str, Mapping[Any, Any]]]] = {
    "conditions": {row.key: row.options for row in CAR_CONDITIONS},
    "triggers": {row.key: row.schema for row in AWAITED},
}
"""What the tables take beside the cars."""
RULES: Final = load_yaml_dict(str(PACKAGE / "quality_scale.yaml"))["rules"]


def descriptions() -> Iterator[tuple[str, EntityDescription]]:
    """Give every row of every platform's tables."""
    for platform in PLATFORMS:
        module = import_module(f"custom_components.{DOMAIN}.{platform}")
        for name, table in vars(module).items():
            if name.isupper() and isinstance(table, tuple):
                yield from (
                    (platform, row)
                    for row in table
                    if isinstance(row, EntityDescription)
                )


ENTITIES: Final = sorted(descriptions(), key=lambda row: (row[0], row[1].key))
BY_NAME: Final = {(platform, row.key): row for platform, row in ENTITIES}


def options(row: EntityDescription) -> tuple[str, ...]:
    """Give the words an enum sensor or a select shows."""
    words = getattr(row, "options", None)
    if words is None and row.device_class is not SensorDeviceClass.ENUM:
        return ()
    return tuple(words if words is not None else field_of(row).options)


def field_of(row: Any) -> Field[Any]:
    """Give the field whose words an enum sensor shows."""
    field: Field[Any] = row.field
    return field


def leaves(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Give every text of a tree with the path to it."""
    if isinstance(tree, Mapping):
        for key, below in tree.items():
            yield from leaves(below, (*path, key))
    else:
        yield ".".join(path), str(tree)


def words_of_the_code() -> set[str]:
    """Give every text that stands in the code: where a key is named, it is there."""
    return {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


CODE: Final = words_of_the_code()
ERROR_KEYS: Final = {
    *errors.FAULTS.values(),
    *errors.TEXTS.values(),
    *(f"refused_{reason}" for reason in errors.REFUSALS),
    *(f"wake_refused_{reason}" for reason in WakeRefusal),
    *(f"missing_{n.key}" for row in COMMANDS.values() for n in row.may_need),
} - {"wake_refused", "equipment_missing"}

REASONS: Final = {
    reason_key(Reason(why=why)) for kind in (ChargeWhy, DepartureWhy) for why in kind
}
ALERTS: Final = {
    *(f"alert_{key}{end}" for key in KINDS_BY_KEY for end in ("", "_over")),
    *(f"alert_at_{key}" for key, row in KINDS_BY_KEY.items() if row.limits),
}
HOLDS: Final = {f"held_by_{by}" for by in HeldBy}
FINDINGS: Final = {f"key_{finding}" for finding in Finding if finding != Finding.GOOD}

# ---- entities


@pytest.mark.parametrize("name", BY_NAME, ids=".".join)
def test_every_entity_has_a_name(name: tuple[str, str]) -> None:
    """And every word an enum sensor or a select shows is written for people."""
    platform, key = name
    texts = TEXTS["entity"][platform][key]
    assert texts["name"]
    assert set(texts.get("state", {})) == set(options(BY_NAME[name]))


def test_every_name_has_an_entity() -> None:
    """Nothing is left of an entity that is gone."""
    named = {
        (platform, key)
        for platform in TEXTS["entity"]
        for key in TEXTS["entity"][platform]
    }
    assert named == set(BY_NAME)


def test_a_platform_gives_no_name_twice() -> None:
    """Two entities of a car must be told apart."""
    names = [
        (platform, texts["name"])
        for platform, keys in TEXTS["entity"].items()
        for texts in keys.values()
    ]
    assert len(names) == len(set(names))


def test_every_preset_has_a_name() -> None:
    """The climate's presets are the car's own modes."""
    attributes = TEXTS["entity"]["climate"]["cabin"]["state_attributes"]
    assert set(attributes["preset_mode"]["state"]) == set(climate.PRESETS)


@pytest.mark.parametrize("name", BY_NAME, ids=".".join)
def test_every_entity_has_an_icon_or_a_device_class(name: tuple[str, str]) -> None:
    """An enum's device class shows no more than an eye."""
    platform, key = name
    kind = BY_NAME[name].device_class
    says_what_it_is = kind is not None and kind is not SensorDeviceClass.ENUM
    assert says_what_it_is or key in ICONS["entity"][platform]


def test_every_icon_has_an_entity_or_an_action() -> None:
    """Nothing is left of what is gone."""
    drawn = {
        (platform, key)
        for platform in ICONS["entity"]
        for key in ICONS["entity"][platform]
    }
    assert drawn <= set(BY_NAME)
    assert set(ICONS["services"]) == set(ACTIONS)
    assert set(ICONS) == {"entity", "services", *OF_AUTOMATIONS}


def test_icons_are_material_design_icons() -> None:
    """By the form Home Assistant demands."""
    assert [
        icon for _, icon in leaves(ICONS) if not re.fullmatch(r"mdi:[a-z0-9-]+", icon)
    ] == []


def test_icons_exist() -> None:
    """By the frontend's own set."""
    frontend = pytest.importorskip("hass_frontend", reason="the demo brings it")
    listed = Path(frontend.where(), "static/mdi/iconList.json").read_text()
    known = {icon["name"] for icon in json.loads(listed)}
    assert {icon.removeprefix("mdi:") for _, icon in leaves(ICONS)} - known == set()


# ---- actions


def test_home_assistant_reads_the_actions() -> None:
    """By the schema its loader applies at run time."""
    assert set(service._SERVICES_SCHEMA(ACTIONS)) == set(ACTIONS)


def test_every_action_is_described() -> None:
    """Name, description and fields: as many as there are."""
    assert set(TEXTS["services"]) == set(ACTIONS)
    described = {
        (name, field)
        for name, texts in TEXTS["services"].items()
        for field in texts.get("fields", {})
    }
    assert described == {
        (name, field)
        for name, action in ACTIONS.items()
        for field in (action or {}).get("fields", {})
    }


def test_every_action_of_a_car_takes_what_is_described() -> None:
    """The schema and its description name the same fields."""
    taken = {
        row.name: {str(field) for field in row.fields}
        for row in services.VEHICLE_ACTIONS
    }
    assert taken == {
        name: set((action or {}).get("fields", {}))
        for name, action in ACTIONS.items()
        if "target" in (action or {})
    }


CHOICES: Final = {
    (name, key): field["selector"]["select"]
    for name, action in ACTIONS.items()
    for key, field in (action or {}).get("fields", {}).items()
    if "select" in field["selector"]
}


def test_every_choice_of_an_action_has_a_name() -> None:
    """Except for Tesla's own names of commands."""
    named = {
        choice["translation_key"]: set(choice["options"])
        for choice in CHOICES.values()
        if "translation_key" in choice
    }
    texts = {key: set(TEXTS["selector"][key]["options"]) for key in named}
    assert texts == named
    assert set(CHOICES["send_command", "command"]["options"]) == set(COMMANDS)


def test_every_choice_of_an_action_is_taken() -> None:
    """Each by itself, as the schema reads it."""
    taken = {
        (row.name, str(marker)): vol.Schema({marker: schema})
        for row in services.VEHICLE_ACTIONS
        for marker, schema in row.fields.items()
    }
    said = [
        (name, {name[1]: [word] if choice.get("multiple") else word})
        for name, choice in CHOICES.items()
        for word in choice["options"]
    ]
    assert [taken[name](given) for name, given in said] == [given for _, given in said]


@pytest.mark.parametrize("name", TEXTS["services"])
def test_an_action_says_what_it_does(name: str) -> None:
    """As does each of its fields."""
    texts = TEXTS["services"][name]
    assert [
        part
        for part in (texts, *texts.get("fields", {}).values())
        if not (part["name"] and part["description"])
    ] == []


# ---- triggers and conditions


@pytest.mark.parametrize("kind", OF_AUTOMATIONS)
def test_what_automations_are_made_of_is_described(kind: str) -> None:
    """Each has name, description, fields and an icon, and nothing else has."""
    described, made = OF_AUTOMATIONS[kind]
    fields = {
        name: set((described[name] or {}).get("fields", {})) for name in sorted(made)
    }
    assert {name for name in described if not name.startswith(".")} == set(made)
    texts = TEXTS[kind]
    assert {name: set(text.get("fields", {})) for name, text in texts.items()} == fields
    assert set(ICONS[kind]) == set(made)
    assert [
        part
        for text in texts.values()
        for part in (text, *text.get("fields", {}).values())
        if not (part["name"] and part["description"])
    ] == []


def choices(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give each list to choose from: of what, the option, and the list."""
    for name, row in OF_AUTOMATIONS[kind][0].items():
        for key, field in (row or {}).get("fields", {}).items():
            if not name.startswith(".") and "select" in field["selector"]:
                yield name, key, field["selector"]["select"]


OFFERED: Final = [
    (SCHEMAS[kind][name], key, one)
    for kind in OF_AUTOMATIONS
    for name, key, one in choices(kind)
]


def test_every_choice_of_an_automation_has_words() -> None:
    """Each list is a text's own, and nothing is left of a word that is gone."""
    texts = TEXTS["selector"]
    chosen = {one["translation_key"]: set(one["options"]) for _, _, one in OFFERED}
    assert {key: set(texts[key]["options"]) for key in chosen} == chosen
    assert chosen["alert_kind"] == set(BY_KEY)


def test_every_choice_of_an_automation_is_taken() -> None:
    """As the schema reads it."""
    taken = [vol.Schema(schema, extra=True) for schema, _, _ in OFFERED]
    assert [
        schema({key: one["options"], "below": 5})[key]
        for schema, (_, key, one) in zip(taken, OFFERED, strict=True)
    ] == [one["options"] for _, _, one in OFFERED]


@pytest.mark.parametrize("kind", OF_AUTOMATIONS)
def test_the_editor_offers_every_option_of_a_table(kind: str) -> None:
    """And none that is not taken; the tables are in order."""
    described = OF_AUTOMATIONS[kind][0]
    assert {key: {str(one) for one in SCHEMAS[kind][key]} for key in SCHEMAS[kind]} == {
        key: set((described[key] or {}).get("fields", {})) - {"behavior"}
        for key in SCHEMAS[kind]
    }
    assert list(SCHEMAS[kind]) == sorted(SCHEMAS[kind])


def test_an_event_calls_what_it_tells_as_dialogs_do() -> None:
    """A kind of alert has one name, wherever it is shown."""
    attributes = TEXTS["entity"]["event"]["alert"]["state_attributes"]
    names = TEXTS["selector"]["alert_kind"]["options"]
    assert attributes["event_type"]["state"] == names
    assert set(names) == set(BY_KEY)


# ---- errors and flows


def test_every_error_text_has_an_error() -> None:
    """It is in a table, or its key stands in the code."""
    assert {key for key in TEXTS["exceptions"] if key not in ERROR_KEYS | CODE} == set()


def test_every_key_that_is_raised_has_a_text() -> None:
    """Whoever names a key means a text."""
    raised = {
        keyword.value.value
        for path in PACKAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "translation_key" and isinstance(keyword.value, ast.Constant)
    }
    assert raised - set(TEXTS["exceptions"]) == set()
    assert raised


FLOWS: Final = {
    ("config",): FleetPulseConfigFlow,
    ("options",): AccountOptions,
    **{("config_subentries", kind): flow for kind, flow in RULE_FLOWS.items()},
}
FLOW_NAMES: Final = [".".join(kind) for kind in FLOWS]


def texts_of(kind: tuple[str, ...]) -> dict[str, Any]:
    """Give the texts of a flow."""
    found: dict[str, Any] = TEXTS
    for part in kind:
        found = found[part]
    return found


def test_every_kind_of_rule_has_a_flow_and_texts() -> None:
    """And nothing is left of a kind that is gone."""
    kinds = {ALERT, *Matter}
    assert set(TEXTS["config_subentries"]) == set(RULE_FLOWS) == kinds


@pytest.mark.parametrize("kind", FLOWS, ids=FLOW_NAMES)
def test_every_step_of_a_flow_exists(kind: tuple[str, ...]) -> None:
    """And nothing is left of a step that is gone."""
    steps = set(texts_of(kind)["step"])
    assert {
        step for step in steps if not hasattr(FLOWS[kind], f"async_step_{step}")
    } == set()


@pytest.mark.parametrize("kind", FLOWS, ids=FLOW_NAMES)
@pytest.mark.parametrize("part", ["abort", "error", "progress"])
def test_every_text_of_a_flow_has_a_use(kind: tuple[str, ...], part: str) -> None:
    """It is an error's, or its key stands in the code, or in Home Assistant's."""
    of_home_assistant = {
        "already_configured",
        "reauth_successful",
        "reconfigure_successful",
    }
    used = ERROR_KEYS | FINDINGS | CODE | of_home_assistant
    unused = set(texts_of(kind).get(part, ())) - used
    assert unused == set()


def test_the_options_say_what_is_wrong_as_the_set_up_does() -> None:
    """The same mistake has the same words, wherever it is made."""
    errors, of_set_up = TEXTS["options"]["error"], TEXTS["config"]["error"]
    # A PIN is set nowhere else.
    assert set(errors) - set(of_set_up) == {"pin_format"}
    assert {key: of_set_up.get(key, text) for key, text in errors.items()} == errors


def test_every_finding_has_a_text() -> None:
    """What can be wrong with the hosted key is told, each in its own words."""
    texts = {key: TEXTS["config"]["error"].get(key) for key in FINDINGS}
    assert [key for key, text in texts.items() if not text] == []
    assert len(set(texts.values())) == len(FINDINGS)


def test_every_common_text_has_a_use() -> None:
    """Its key stands in the code, or is that of the title above it."""
    keys = {key.removesuffix("_title") for key in TEXTS["common"]}
    assert keys - CODE - REASONS - HOLDS - ALERTS == set()


def test_every_alert_has_its_words() -> None:
    """A name, what is told when it begins and when it ends, and what it is told of."""
    assert set(TEXTS["selector"]["alert_kind"]["options"]) == set(KINDS_BY_KEY)
    assert ALERTS - set(TEXTS["common"]) == set()
    assert set(TEXTS["selector"]["alert_part"]["options"]) == {*LEAVINGS, *TYRE_KEYS}


def test_every_reason_has_a_sentence() -> None:
    """Whatever a rule does or does not do, it can say why."""
    assert (REASONS | HOLDS) - set(TEXTS["common"]) == set()


# ---- wording

# What an engineer says, and an owner has no use for.
JARGON: Final = re.compile(
    r"\b(api|backend|boolean|cache|callback|coordinator|endpoint|enum|exception"
    r"|http(?!s?:)|json|null|payload|poll|protobuf|rest api|scope|signature"
    r"|state of charge|timeout|token|traceback|tuple|vcsec|vin)s?\b",
    re.IGNORECASE,
)


def test_texts_are_for_owners() -> None:
    """None of them has an engineer's word in it."""
    assert [row for row in leaves(TEXTS) if JARGON.search(row[1])] == []


def test_texts_are_whole() -> None:
    """No blanks around, no bracket left open, no link that only core may use."""
    broken = [
        (path, text)
        for path, text in leaves(TEXTS)
        if text != text.strip() or "[%key" in text or text.count("{") != text.count("}")
    ]
    assert broken == []


def test_texts_can_be_shown() -> None:
    """The frontend takes `<` for a tag and `'{` for a quotation, and shows neither."""
    broken = [row for row in leaves(TEXTS) if "<" in row[1] or "'{" in row[1]]
    assert broken == []


def test_errors_are_plain() -> None:
    """The frontend shows what is wrong with a form as it stands, without Markdown."""
    broken = [
        row
        for kind in FLOWS
        for row in leaves(texts_of(kind)["error"])
        if re.search(r"[`*]|]\(", row[1])
    ]
    assert broken == []


def test_sentences_are_sentences() -> None:
    """They begin large and end."""
    broken = [
        (path, text)
        for path, text in leaves(TEXTS)
        if path.endswith((".message", ".description")) or ".abort." in path
        if not text[0].isupper() or text[-1] not in ".`"
    ]
    assert broken == []


def test_names_are_short() -> None:
    """They must fit a card: capital first, no full stop, no room for a sentence."""
    broken = [
        (path, text)
        for path, text in leaves(TEXTS["entity"])
        if not text[0].isupper() or text.endswith(".") or len(text) > 45
    ]
    assert broken == []


# ---- manifest, HACS, quality scale


def test_the_manifest_is_in_order() -> None:
    """Domain, name, then alphabetical: Home Assistant's own checker demands it."""
    assert list(MANIFEST) == [
        "domain",
        "name",
        *sorted(set(MANIFEST) - {"domain", "name"}),
    ]
    assert MANIFEST["domain"] == DOMAIN
    assert MANIFEST["documentation"].startswith("https://")
    assert "cloud" in MANIFEST["iot_class"]


@pytest.mark.parametrize("row", MANIFEST["requirements"])
def test_a_requirement_has_a_lower_bound_only(row: str) -> None:
    """An equal pin would fight core integrations that pin the same library."""
    assert {bound.operator for bound in Requirement(row).specifier} == {">="}


def test_hacs_gets_only_what_it_knows() -> None:
    """Its set of keys is closed, and so is the Marketplace's."""
    hacs = json.loads((CHECKOUT / "hacs.json").read_text())
    allowed = {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "zip_release",
    }
    assert {"homeassistant", "name"} <= set(hacs) <= allowed
    assert hacs["name"] == MANIFEST["name"]


QUALITY: Final = {
    # Bronze
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    # Silver
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    # Gold
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    # Platinum
    "async-dependency",
    "inject-websession",
    "strict-typing",
}


def test_the_quality_scale_names_every_rule() -> None:
    """Bronze, silver, gold and platinum: nothing is left unsaid."""
    assert set(RULES) == QUALITY


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_how_it_stands(rule: str) -> None:
    """Done, still to do, or exempt, which needs a reason."""
    said = RULES[rule] if isinstance(RULES[rule], dict) else {"status": RULES[rule]}
    assert said["status"] in ("done", "exempt", "todo")
    assert said["status"] != "exempt" or said["comment"]
