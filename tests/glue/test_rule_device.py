"""Each rule has a device of its own, which lives and dies with it."""

from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fleet_pulse.const import DOMAIN

from .actions import device_of
from .household import Household
from .rule_devices import device_of_rule
from .rules import MORNING, add_rule


async def test_a_rule_has_a_device_below_its_subentry_and_its_car(
    home: Household,
) -> None:
    """It bears the rule's name, and is found on the car's page."""
    rule = await add_rule(home, "Weekdays", MORNING)
    device = device_of_rule(home, rule)
    assert device.name == "Weekdays"
    assert device.config_subentry_id == rule
    assert device.via_device_id == device_of(home, home.car)


async def test_a_rule_of_a_car_that_nobody_knows_has_a_device_all_the_same(
    home: Household,
) -> None:
    """The car may come back to the account."""
    rule = await add_rule(home, "Weekdays", {**MORNING, "car": "elsewhere"})
    assert device_of_rule(home, rule).via_device_id is None


async def test_a_rule_that_is_renamed_renames_its_device(home: Household) -> None:
    """Unless its owner named the device himself: Home Assistant keeps that apart."""
    rule = await add_rule(home, "Weekdays", MORNING)
    entry = home.entry
    home.hass.config_entries.async_update_subentry(
        entry, entry.subentries[rule], title="Work"
    )
    await home.settle()
    assert device_of_rule(home, rule).name == "Work"


async def test_a_rule_that_goes_takes_its_device_along(home: Household) -> None:
    """As it goes for good."""
    rule = await add_rule(home, "Weekdays", MORNING)
    home.hass.config_entries.async_remove_subentry(home.entry, rule)
    await home.settle()
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, rule), home.entry.entry_id
    )
    assert found is None


async def test_a_device_cannot_be_deleted_while_its_rule_is_there(
    house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """The rule would go on without anything to switch it off by."""
    assert await async_setup_component(house.hass, "config", {})
    await house.set_up()
    rule = await add_rule(house, "Weekdays", MORNING)
    client = await hass_ws_client(house.hass)
    answer = await client.remove_device(device_of_rule(house, rule).id)
    assert not answer["success"]
    assert device_of_rule(house, rule).name == "Weekdays"
