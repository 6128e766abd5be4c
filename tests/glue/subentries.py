"""Rules and departures of a household, as its owner's forms write them."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import device_registry as dr

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household


async def add_rule(home: Household, title: str, **data: Any) -> str:
    """Have a charge rule for the first car; give its id."""
    return await _add(home, "charge_rule", title, data)


async def add_departure(home: Household, title: str, **data: Any) -> str:
    """Have a departure of the first car; give its id."""
    return await _add(home, "departure", title, data)


def device_of_rule(home: Household, rule_id: str) -> dr.DeviceEntry:
    """Give the device of a rule."""
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, rule_id), home.entry.entry_id
    )
    assert found is not None
    return found


async def _add(home: Household, kind: str, title: str, data: dict[str, Any]) -> str:
    """Add a subentry as the end of its flow does."""
    subentry = ConfigSubentry(
        data=MappingProxyType({"car": home.car.vin} | data),
        subentry_type=kind,
        title=title,
        unique_id=None,
    )
    home.hass.config_entries.async_add_subentry(home.entry, subentry)
    await home.settle()
    return subentry.subentry_id
