"""Alerts in a household: made the way their form does, and what comes of them."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from custom_components.fleet_pulse.alert_news import EVENT_ALERT
from custom_components.fleet_pulse.alerting import Alerting
from custom_components.fleet_pulse.alerts.alert import ALERT

from .household import Household
from .rules import live_here


def alerting(home: Household) -> Alerting:
    """Give what entities and actions use of alerts."""
    found: Alerting = home.entry.runtime_data.alerting
    return found


async def add_alert(
    home: Household, kinds: Iterable[str], *, name: str = "Watch", **data: Any
) -> str:
    """Add an alert; return the id of its subentry."""
    await live_here(home)
    subentry = ConfigSubentry(
        data=MappingProxyType({"kinds": sorted(kinds), **data}),
        subentry_type=ALERT,
        title=name,
        unique_id=None,
    )
    home.hass.config_entries.async_add_subentry(home.entry, subentry)
    await home.settle()
    await home.come_to_rest()
    await home.settle()
    return subentry.subentry_id


async def change_alert(home: Household, alert_id: str, **data: Any) -> None:
    """Change an alert as its form does."""
    subentry = home.entry.subentries[alert_id]
    home.hass.config_entries.async_update_subentry(
        home.entry, subentry, data={**subentry.data, **data}
    )
    await home.settle()


def news(home: Household) -> list[dict[str, Any]]:
    """Give what is told on the bus from now on."""
    heard: list[dict[str, Any]] = []
    home.hass.bus.async_listen(EVENT_ALERT, lambda event: heard.append(event.data))
    return heard


def active(home: Household) -> list[str]:
    """Give the kinds of what is active of the first car."""
    return [episode.kind for episode in alerting(home).active(home.car.vin)]
