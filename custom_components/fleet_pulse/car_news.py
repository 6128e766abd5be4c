"""Tells on Home Assistant's bus what a car just did, as an owner would say it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .model.happened import CarNews
from .promises import async_device_id
from .rule_news import ATTR_TYPE, written_out

EVENT_CAR: Final = f"{DOMAIN}_car"
"""Fired once for everything that a car does and its owner may wait for.

With `device_id`, `name` (the car's), `type` (a kind of news), `said_at`, `soc`,
`soc_said_at`; for a zone `zone` and `zone_name`; where it woke up `by` and `reason`.
"""
ATTR_BY: Final = "by"
ATTR_ZONE: Final = "zone"


@callback
def async_tell_car(
    hass: HomeAssistant,
    entry: ConfigEntry,
    vin: str,
    news: CarNews,
    values: Mapping[str, Any],
) -> None:
    """Tell whoever listens, with what else there is to say; never with a VIN in it."""
    device_id = async_device_id(hass, entry, vin)
    told = {
        ATTR_DEVICE_ID: device_id,
        ATTR_NAME: _name(hass, device_id),
        ATTR_TYPE: news.kind.value,
        "said_at": news.said_at,
        "soc": news.soc,
        "soc_said_at": news.soc_said_at,
    }
    hass.bus.async_fire(
        EVENT_CAR, written_out({**values, **told, **_place(hass, news)})
    )


@callback
def _name(hass: HomeAssistant, device_id: str | None) -> str:
    """Return what a car is called."""
    device = dr.async_get(hass).async_get(device_id or "")
    return (device and (device.name_by_user or device.name)) or ""


@callback
def _place(hass: HomeAssistant, news: CarNews) -> dict[str, str]:
    """Return the zone that something is about, and what it is called."""
    if news.zone is None:
        return {}
    state = hass.states.get(news.zone)
    return {ATTR_ZONE: news.zone, "zone_name": state.name if state else news.zone}
