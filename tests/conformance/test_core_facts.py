"""Every fact of a car that Home Assistant's own integration shows has a row of ours.

Its keys are paths of `vehicle_data` written with underscores. They are read from its
tables and, where it has none, from what its classes ask their coordinator for.
"""

import ast
from collections.abc import Iterator
import importlib
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from custom_components.fleet_pulse.model.field import Group
from custom_components.fleet_pulse.model.vehicle_fields import VEHICLE_FIELDS

pytest.importorskip("tesla_fleet_api.const")

PLATFORMS: Final = (
    "binary_sensor",
    "climate",
    "cover",
    "device_tracker",
    "lock",
    "media_player",
    "number",
    "select",
    "sensor",
    "switch",
    "update",
)
SECTIONS: Final = tuple(
    f"{group}_" for group in Group if group not in (Group.PRODUCT, Group.GUI)
)
# Both are shown by one class, which puts the name together.
TOGETHER: Final = {
    "climate_state_driver_temp_setting",
    "climate_state_passenger_temp_setting",
}


def core(platform: str) -> ModuleType:
    """Give a module of core's integration."""
    return importlib.import_module(
        f"homeassistant.components.tesla_fleet.{platform}",
    )


def tabled(platform: str) -> set[str]:
    """Give the keys of a platform's tables of cars."""
    return {
        row.key
        for name, table in vars(core(platform)).items()
        if name.startswith(("VEHICLE_", "SEAT_HEATER_"))
        for row in table
        if hasattr(row, "key")
    }


def named(platform: str) -> set[str]:
    """Give everything in a platform's code that is named like a fact of a car."""
    path = core(platform).__file__
    assert path is not None
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {word for word in _words(tree) if word.startswith(SECTIONS)}


def _words(tree: ast.AST) -> Iterator[str]:
    """Give all strings but the pieces of those that are put together."""
    if isinstance(tree, ast.JoinedStr):
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    for part in ast.iter_child_nodes(tree):
        yield from _words(part)


def ours() -> set[str]:
    """Give what our rows poll, spelled as core spells it."""
    return {
        path
        if field.group is Group.PRODUCT
        else f"{field.group}_{path.replace('.', '_')}"
        for field in VEHICLE_FIELDS
        for path in field.poll
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_shows_nothing_that_we_do_not_know(platform: str) -> None:
    """Whatever it shows or decides by, one of our rows reads."""
    assert named(platform) | tabled(platform) <= ours()


def test_core_is_read_at_all() -> None:
    """The tables are found, and so are the facts of classes without one."""
    tables = {key for platform in PLATFORMS for key in tabled(platform)}
    facts = {fact for platform in PLATFORMS for fact in named(platform)}
    assert len(tabled("sensor")) >= 30
    assert len(tabled("binary_sensor")) >= 20
    assert len(tables) >= 60
    assert len(facts) >= 90
    assert ours() >= TOGETHER
