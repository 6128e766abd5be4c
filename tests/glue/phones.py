"""Phones of a household that have Home Assistant's app, as far as dialogs see them."""

from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .household import Household

APP = "mobile_app"


def add_phone(home: Household, name: str = "Anna's phone") -> str:
    """Have a phone with its device and its entity; return the device's id."""
    entry = MockConfigEntry(domain=APP, title=name)
    entry.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(APP, name)}, name=name
    )
    er.async_get(home.hass).async_get_or_create(
        "notify", APP, name, config_entry=entry, device_id=device.id
    )
    return device.id


def lose_phone(home: Household, device_id: str) -> None:
    """Have a phone go, as when its integration is deleted."""
    dr.async_get(home.hass).async_remove_device(device_id)
