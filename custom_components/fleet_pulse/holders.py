"""Which account shows a car that several accounts have: owner and invited driver.

Every car is one device and is asked by one account, whoever had it first; so nothing is
billed twice and no entity exists twice. The device registry knows who that is, also
across restarts and while the other account is not running. Only an account that the
owner removed or switched off gives its cars to another one.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN


@callback
def is_held(hass: HomeAssistant, entry: ConfigEntry, vin: str) -> bool:
    """Return whether another account that is switched on shows a car."""
    return any(
        _device(hass, other, vin) is not None
        for other in _others(hass, entry)
        if other.disabled_by is None
    )


@callback
def async_take(hass: HomeAssistant, entry: ConfigEntry, vin: str) -> None:
    """Have no account that is switched off keep a car that moves to this one.

    Home Assistant remembers what it removes, so the car's entities keep their names
    and their history.
    """
    for other in _others(hass, entry):
        async_remove(hass, other, vin)


@callback
def async_remove(hass: HomeAssistant, entry: ConfigEntry, vin: str) -> None:
    """Remove a car's device from an account, and its entities with it."""
    if (device := _device(hass, entry, vin)) is not None:
        dr.async_get(hass).async_remove_device(device.id)


def _others(hass: HomeAssistant, entry: ConfigEntry) -> list[ConfigEntry]:
    """Return the other accounts."""
    return [
        other
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.entry_id != entry.entry_id
    ]


def _device(hass: HomeAssistant, entry: ConfigEntry, vin: str) -> dr.DeviceEntry | None:
    """Return the device of a car in an account."""
    devices = dr.async_get(hass)
    return devices.async_get_device_by_identifier((DOMAIN, vin), entry.entry_id)
