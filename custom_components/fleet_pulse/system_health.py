"""What Home Assistant's system page says of us."""

from datetime import datetime
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from . import api, vault
from .const import DOMAIN
from .diagnostics import overrides
from .fleet.errors import InvalidOverride


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Offer our part of the page."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what helps at first sight; both looks at Tesla are free."""
    entries = hass.config_entries.async_entries(DOMAIN)
    said = {
        "entries": len(entries),
        "last_list": _last_list(hass),
        "key_source": vault.kek_source(hass),
        "overrides": ", ".join(overrides()) or "none",
    }
    try:
        hosts, scale = api.async_hosts(hass), api.time_scale()
    except InvalidOverride as err:
        return said | {"time_scale": str(err)}
    return said | {
        "time_scale": scale,
        "can_reach_api": system_health.async_check_can_reach_url(
            hass, api.async_base_url(hass)
        ),
        "can_reach_auth": system_health.async_check_can_reach_url(
            hass, hosts.authorize_url
        ),
    }


def _last_list(hass: HomeAssistant) -> datetime | str:
    """Return when Tesla last listed the cars of any account."""
    times = [
        at
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if (at := entry.runtime_data.account.list_memory.asked_at) is not None
    ]
    return dt_util.as_local(max(times)) if times else "never"
