"""Whom an alert tells: phones with Home Assistant's app, and entities that notify.

Phones are named by their devices: what is sent to those can have buttons, and can be
taken back. Everything else is an entity.
"""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

_APP: Final = "mobile_app"
_NOTIFY: Final = "notify"


def is_entity(target: str) -> bool:
    """Tell an entity from a device, which has no domain."""
    return "." in target


@callback
def async_is_phone(hass: HomeAssistant, device_id: str) -> bool:
    """Return whether a device is there and has Home Assistant's app."""
    device = dr.async_get(hass).async_get(device_id)
    return device is not None and any(
        entry is not None and entry.domain == _APP
        for entry in map(hass.config_entries.async_get_entry, device.config_entries)
    )


@callback
def async_only_phone(hass: HomeAssistant) -> list[str]:
    """Return the one phone of a household; of several, nobody knows whose they are."""
    devices = dr.async_get(hass)
    phones = [
        device.id
        for entry in hass.config_entries.async_entries(_APP)
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
    ]
    return phones if len(phones) == 1 else []


@callback
def async_phone_entities(hass: HomeAssistant) -> list[str]:
    """Return the entities that would tell a phone without buttons."""
    return [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.domain == _NOTIFY and entity.platform == _APP
    ]


@callback
def async_name(hass: HomeAssistant, target: str) -> str | None:
    """Return how somebody calls whom is told; None: it is not there any more."""
    if not is_entity(target):
        device = dr.async_get(hass).async_get(target)
        return None if device is None else device.name_by_user or device.name or target
    if (state := hass.states.get(target)) is not None:
        return state.name
    entity = er.async_get(hass).async_get(target)
    return None if entity is None else entity.name or entity.original_name or target


@callback
def async_missing(hass: HomeAssistant, named: Iterable[str]) -> list[str]:
    """Return what is named and not there any more: devices, entities, zones."""
    return [one for one in named if async_name(hass, one) is None]
