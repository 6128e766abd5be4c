"""What triggers and conditions of rules are about: the devices that an owner chose."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
import voluptuous as vol

TARGETED: Final = {
    vol.Required(CONF_TARGET): vol.All(cv.TARGET_FIELDS, vol.Length(min=1))
}
"""What every trigger and condition of ours takes."""


@callback
def async_devices(hass: HomeAssistant, target: Mapping[str, Any]) -> set[str]:
    """Return the devices that are chosen, themselves or by what belongs to them.

    It is looked up each time: a rule that is made later belongs to its area, too.
    """
    chosen = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)))
    entities = er.async_get(hass)
    named = (
        entities.async_get(entity_id)
        for entity_id in chosen.referenced | chosen.indirectly_referenced
    )
    owners = {entity.device_id for entity in named if entity and entity.device_id}
    return chosen.referenced_devices | owners


@callback
def async_with_cars(hass: HomeAssistant, device_ids: set[str]) -> set[str]:
    """Return devices, and the cars of those that are a rule's."""
    devices = dr.async_get(hass)
    known = (devices.async_get(device_id) for device_id in device_ids)
    cars = {one.via_device_id for one in known if isinstance(one, dr.DeviceEntry)}
    return device_ids | {car for car in cars if car is not None}
