"""Tells on Home Assistant's bus what rules and departures just did."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .promises import async_device_id
from .rules.view import News

EVENT_RULE: Final = f"{DOMAIN}_rule"
"""Fired once for everything that rules and departures do, and for what keeps them.

With `device_id` (the rule's, or the car's where it is about no single rule), `type`
(a kind of news), `name` (the rule's) and what else is to be said.
"""
ATTR_CAR: Final = "car_device_id"
ATTR_TYPE: Final = "type"


@callback
def async_tell_rule(
    hass: HomeAssistant, entry: ConfigEntry, news: News, name: str = ""
) -> None:
    """Tell whoever listens what just came about; never with a VIN in it."""
    car = async_device_id(hass, entry, news.vin)
    rule = news.rule and async_device_id(hass, entry, news.rule)
    told = {
        "device_id": rule or car,
        ATTR_CAR: car,
        ATTR_TYPE: news.kind.value,
        "name": name,
    }
    hass.bus.async_fire(EVENT_RULE, written_out(news.values) | told)


def written_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as events and attributes take them: moments and days as text."""
    return {key: _written_out(value) for key, value in values.items()}


def _written_out(value: Any) -> Any:
    """Return one value as text, if it is a moment or a day."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
