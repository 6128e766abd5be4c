"""The devices of rules and departures: one each, below its subentry and its car.

An owner sees them on the page of the car, and may name them anew there.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import DOMAIN
from .promises import async_device_id
from .rules.view import Matter

_MODELS: Final[Mapping[str, str]] = {
    Matter.CHARGING: "Charge rule",
    Matter.PRECONDITIONING: "Departure",
}


def identify(rule_id: str) -> DeviceInfo:
    """Return what links an entity to the device of its rule."""
    return DeviceInfo(identifiers={(DOMAIN, rule_id)})


@callback
def async_register(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have a device for every rule, named as its owner named the rule last."""
    devices = dr.async_get(hass)
    for subentry in entry.subentries.values():
        if (model := _MODELS.get(subentry.subentry_type)) is None:
            continue
        devices.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, subentry.subentry_id)},
            model=model,
            name=subentry.title,
            via_device_id=async_device_id(hass, entry, subentry.data["car"]),
        )
