"""Rules in a household: added and changed the way a form does, and what they do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.setup import async_setup_component

from custom_components.fleet_pulse.rules.view import Matter, RuleView
from custom_components.fleet_pulse.runner import Runner
from tests.fake_fleet.car import HOME, Car

from .household import Household

NIGHT: Final[Mapping[str, Any]] = {
    "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "windows": [{"start": "23:00:00", "end": "06:00:00"}],
    "target_soc": 80,
}
"""Charge every night to 80 %."""
MORNING: Final[Mapping[str, Any]] = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ready_by": "07:30:00",
    "target_soc": 80,
}
"""Have 80 % on weekdays by half past seven."""


def runner(home: Household) -> Runner:
    """Give what entities and actions use of rules."""
    found: Runner = home.entry.runtime_data.runner
    return found


async def live_here(home: Household) -> None:
    """Have Home Assistant's own zone where the cars are at home."""
    latitude, longitude = HOME
    await home.hass.config.async_update(latitude=latitude, longitude=longitude)
    assert await async_setup_component(home.hass, "zone", {})
    await home.settle()


async def add_rule(
    home: Household,
    name: str,
    data: Mapping[str, Any],
    *,
    matter: str = Matter.CHARGING,
    car: Car | None = None,
) -> str:
    """Add a rule or departure of a car; return the id of its subentry."""
    await live_here(home)
    subentry = ConfigSubentry(
        data=MappingProxyType({"car": (car or home.car).vin, **data}),
        subentry_type=matter,
        title=name,
        unique_id=None,
    )
    home.hass.config_entries.async_add_subentry(home.entry, subentry)
    await home.settle()
    return subentry.subentry_id


async def change_rule(home: Household, rule_id: str, **data: Any) -> None:
    """Change a rule as its form does; what is None is not chosen any more."""
    subentry = home.entry.subentries[rule_id]
    changed = {**subentry.data, **data}
    home.hass.config_entries.async_update_subentry(
        home.entry,
        subentry,
        data={key: value for key, value in changed.items() if value is not None},
    )
    await home.settle()


async def remove_rule(home: Household, rule_id: str) -> None:
    """Delete a rule."""
    home.hass.config_entries.async_remove_subentry(home.entry, rule_id)
    await home.settle()


def view(home: Household, rule_id: str) -> RuleView:
    """Give a rule as it is now."""
    return runner(home).views[rule_id]


def sent(home: Household, car: Car | None = None) -> list[str]:
    """Give the commands that reached a car, in order."""
    return [command for _, command, _, _ in (car or home.car).commands]
