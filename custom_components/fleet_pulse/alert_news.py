"""Tells on Home Assistant's bus when an episode of an alert begins, and when it ends."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .alert_words import async_alert_text
from .alerts.news import AlertNews, NewsKind
from .const import DOMAIN
from .promises import async_device_id
from .rule_news import ATTR_TYPE, written_out

EVENT_ALERT: Final = f"{DOMAIN}_alert"
"""Fired once when an episode begins and once when it ends.

With `device_id` (the car's), `type` ("raised", "cleared"), `kind`, `episode`, `name`
(the alert's), `message` (in words), `severity`, `since` and `said_at` (texts, UTC),
`value`, `threshold`, and what else the kind says.
"""
ATTR_KIND: Final = "kind"


@callback
def async_tell_alert(
    hass: HomeAssistant, entry: ConfigEntry, news: AlertNews, name: str
) -> None:
    """Tell whoever listens; never with a VIN in it."""
    episode, is_over = news.episode, news.kind is NewsKind.CLEARED
    told = {
        "device_id": async_device_id(hass, entry, episode.vin),
        ATTR_TYPE: news.kind.value,
        ATTR_KIND: episode.kind,
        "episode": episode.id,
        "name": name,
        "message": async_alert_text(hass, episode, is_over=is_over),
        "severity": episode.severity.value,
        "since": episode.since,
        "said_at": episode.said_at,
        "value": episode.value,
        "threshold": episode.threshold,
    }
    hass.bus.async_fire(EVENT_ALERT, written_out({**episode.values, **told}))
