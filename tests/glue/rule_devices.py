"""The devices of rules and departures."""

from homeassistant.helpers import device_registry as dr

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household


def device_of_rule(home: Household, rule_id: str) -> dr.DeviceEntry:
    """Give the device of a rule."""
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, rule_id), home.entry.entry_id
    )
    assert found is not None
    return found
