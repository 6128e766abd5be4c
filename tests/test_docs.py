"""The pages that are made from tables say what the tables say."""

import re

import pytest

from custom_components.fleet_pulse import errors
from custom_components.fleet_pulse.alerts.kinds import KINDS
from custom_components.fleet_pulse.condition import CONDITIONS
from custom_components.fleet_pulse.model.commands import COMMANDS
from custom_components.fleet_pulse.trigger import TRIGGERS
from scripts import (
    action_page,
    alert_page,
    automation_examples,
    entity_page,
    error_page,
    write_docs,
)


@pytest.mark.parametrize("name", write_docs.PAGES)
def test_a_page_is_as_its_tables_write_it(name: str) -> None:
    """Run `.venv/bin/python -m scripts.write_docs` after a change, and commit."""
    committed = (write_docs.DOCS / name).read_text(encoding="utf-8")
    assert committed == write_docs.PAGES[name]()


def test_writing_the_pages_changes_nothing(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the script writes is what was compared."""
    monkeypatch.setattr(write_docs, "DOCS", tmp_path)
    write_docs.main()
    names = write_docs.PAGES
    assert [(write_docs.DOCS / name).read_text() for name in names] == [
        written() for written in names.values()
    ]


def test_every_edge_case_has_the_test_that_is_named() -> None:
    """The page that maps one to the other names no test that was renamed since."""
    page = (write_docs.DOCS / "proof.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .+ \| `(\S+\.py)` \| `(test_\w+)` \|$", page, re.MULTILINE)
    assert len(rows) > 30
    tests = write_docs.DOCS.parent / "tests"
    lost = [row for row in rows if f"def {row[1]}(" not in (tests / row[0]).read_text()]
    assert lost == []


def test_the_page_about_errors_judges_every_error() -> None:
    """A new class needs a word on what the program does about it."""
    assert set(error_page.BY_ITSELF) == set(errors.TEXTS)


def test_the_page_about_errors_shows_every_text() -> None:
    """Whatever an owner may read can be looked up there."""
    page = error_page.written()
    keys = {*errors.TEXTS.values(), *errors.FAULTS.values()} - {
        "command_refused",
        "equipment_missing",
        "wake_refused",
    }
    assert [key for key in sorted(keys) if error_page._shown(key) not in page] == []


def test_the_page_about_entities_names_every_entity() -> None:
    """Whatever an owner may see can be looked up there."""
    page = entity_page.written()
    names = [
        text["name"] for texts in entity_page.TEXTS.values() for text in texts.values()
    ]
    assert [name for name in names if f"| {name} |" not in page] == []


def test_the_page_about_actions_names_every_command() -> None:
    """Whatever can be sent can be looked up there, with its parameters."""
    page = action_page.written()
    assert [key for key in COMMANDS if f"| `{key}` |" not in page] == []
    names = {param.name for row in COMMANDS.values() for param in row.params}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_the_page_about_automations_has_an_example_of_each() -> None:
    """Every trigger and condition is used in an automation that is there to copy."""
    lines = {line.strip(" -") for line in automation_examples.EXAMPLES.splitlines()}
    triggers = {f"trigger: fleet_pulse.{key}" for key in TRIGGERS}
    conditions = {f"condition: fleet_pulse.{key}" for key in CONDITIONS}
    assert (triggers | conditions) - lines == set()


def test_the_page_about_alerts_says_when_each_is_raised() -> None:
    """In words that are about no kind that is gone, and with the table's numbers."""
    rows = {kind.key: kind for kind in KINDS}
    assert set(alert_page.WHEN) == set(rows)
    once = {key for key, kind in rows.items() if kind.cooldown is None}
    assert set(alert_page.ONCE_FOR) == once
    page = alert_page.written()
    assert (
        "| the battery is below 20 % | it is above 25 %, or charges | 5 min |" in page
    )
    assert [key for key in rows if f"| `{key}` |" not in page] == []
