"""Fleet Pulse for Tesla: the owner's cars through Tesla's own Fleet API."""

from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from . import (
    admin_services,
    assistants,
    car_watch,
    device,
    issues,
    removal,
    rule_device,
    rule_issues,
    services,
    well_known,
)
from .const import CONF_API_URL, DOMAIN
from .errors import asking_to_sign_in, setting_up
from .migration import async_migrate
from .runtime import FleetPulseConfigEntry, async_build
from .spending import Spending
from .watcher import Watcher

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.DEVICE_TRACKER,
    Platform.EVENT,
    Platform.LOCK,
    Platform.MEDIA_PLAYER,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the actions and the public key, whether or not an account works."""
    services.async_register(hass)
    admin_services.async_register(hass)
    well_known.async_register(hass)
    removal.async_watch(hass)
    assistants.async_watch(hass)
    return True


async def async_migrate_entry(
    hass: HomeAssistant, entry: FleetPulseConfigEntry
) -> bool:
    """Bring an entry of an older version up to date."""
    return await async_migrate(hass, entry)


async def async_setup_entry(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> bool:
    """Bring an account back from disk; the first question to Tesla follows later."""
    with (
        asking_to_sign_in(hass, entry),
        setting_up(),
        issues.opening(hass, entry),
    ):
        data = entry.runtime_data = await async_build(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    device.async_register(hass, entry)
    rule_device.async_register(hass, entry)
    data.runner.async_start()
    car_watch.async_watch(hass, entry)
    data.alerting.async_start()
    rule_issues.async_watch(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    data.alerting.async_begin()
    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, data.async_end)
    )
    Watcher(hass, entry).async_start()
    Spending(hass, entry, data.account).async_start()
    data.account.async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> bool:
    """Stop asking, and let everything noted reach the disk."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_stop()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Delete everything kept of an account, and say what remains elsewhere."""
    await removal.async_remove(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, device_entry: DeviceEntry
) -> bool:
    """Allow the removal of a car that left the account, and forget it."""
    account = entry.runtime_data.account
    kept = {entry.unique_id, *entry.subentries}
    return all(
        identity not in kept and account.async_forget(identity)
        for _, identity in device_entry.identifiers
    )


async def _async_updated(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Start anew only for what the running parts cannot take in."""
    data = entry.runtime_data
    rule_device.async_register(hass, entry)
    # What the set-up reached is stored in the entry step by step; a new key is found
    # by the next command.
    data.channels.async_forget()
    data.account.async_take_options(entry.options)
    is_enough = data.runner.async_take_rules()
    data.alerting.async_take_alerts()
    # What the set-up has just reached may have been somebody's repair issue.
    data.account.async_update_listeners()
    if not is_enough or entry.data[CONF_API_URL] != data.account.client.base_url:
        hass.config_entries.async_schedule_reload(entry.entry_id)
