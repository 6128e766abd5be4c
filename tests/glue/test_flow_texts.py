"""Every key that a flow shows has its text."""

import ast
import json
from pathlib import Path
from typing import Final

import pytest

from custom_components.fleet_pulse import (
    account_flow,
    config_flow,
    consent,
    errors,
    hosting_flow,
    key_flow,
    onboarding,
    pairing_flow,
    stage_flow,
)
from custom_components.fleet_pulse.fleet import errors as fleet

COMMANDS_ONLY: Final = {
    fleet.BudgetSpent,
    fleet.CommandRefused,
    fleet.EndUnknown,
    fleet.EquipmentMissing,
    fleet.Expired,
    fleet.FirmwareTooOld,
    fleet.Interrupted,
    fleet.InvalidParameter,
    fleet.InvalidReply,
    fleet.KeyNotPaired,
    fleet.LowAmpsIgnored,
    fleet.NotDeferrable,
    fleet.Overtaken,
    fleet.SchedulesUnknown,
    fleet.StaleReading,
    fleet.VehicleFault,
    fleet.WaitedInVain,
    fleet.WakeFailed,
    fleet.WakeRefused,
}
"""What only a command can end with, never a question of the flow."""
SOURCES: Final = [
    Path(module.__file__)
    for module in (
        account_flow,
        config_flow,
        consent,
        hosting_flow,
        key_flow,
        onboarding,
        pairing_flow,
        stage_flow,
    )
]
TEXTS: Final = json.loads(
    SOURCES[0].with_name("translations").joinpath("en.json").read_text()
)["config"]


WITHOUT_WORDS: Final = {"abort": set(), "progress": set(), "step": set()}
"""The step that shows progress has the words of its progress."""


def named(argument: str) -> set[str]:
    """Find the texts that the flow's source names in an argument."""
    return {
        node.value.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == argument
        if isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize("part", ["abort", "error"])
def test_every_error_a_flow_can_meet_has_a_text(part: str) -> None:
    """As an end, and as the line above a form."""
    met = {text for kind, text in errors.TEXTS.items() if kind not in COMMANDS_ONLY}
    assert met - set(TEXTS[part]) == set()


@pytest.mark.parametrize(
    ("argument", "part"),
    [("reason", "abort"), ("progress_action", "progress"), ("step_id", "step")],
)
def test_every_key_the_flow_names_has_a_text(argument: str, part: str) -> None:
    """No owner reads a key in place of a sentence."""
    keys = named(argument) - WITHOUT_WORDS[part]
    assert keys
    assert keys - set(TEXTS[part]) == set()
