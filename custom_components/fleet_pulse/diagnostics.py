"""What an owner may send around: everything about how it works, nothing about whom.

Every value is chosen: a field's value is told only where it is a number, a switch or
one of the field's own words. Then each text is searched for what identifies the
household, in case somebody else quoted it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
import os
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util
from yarl import URL

from . import api, application, issues, vault
from .alerts.alert import Alert
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_DOMAIN,
    CONF_FINISHED,
    CONF_HOSTING,
    CONF_REGISTERED,
    CONF_SIGNED_IN_AT,
    DOMAIN,
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_KEK,
    ENV_KEK_FILE,
    ENV_TIME_SCALE,
    MANUFACTURER,
)
from .coordinator import VehicleCoordinator
from .errors import Problem, tried
from .fleet import keys
from .fleet.errors import InvalidOverride
from .model import vehicle_fields as fields
from .model.field import Field, Location, Reading
from .runtime import FleetPulseConfigEntry

_PLAIN: Final = (CONF_FINISHED, CONF_HOSTING, CONF_SIGNED_IN_AT)
_VARIABLES: Final = (ENV_API_URL, ENV_AUTH_URL, ENV_KEK, ENV_KEK_FILE, ENV_TIME_SCALE)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TOLD: Final = frozenset(
    {fields.CAR_TYPE.key, fields.CAR_VERSION.key, fields.SOFTWARE_UPDATE_VERSION.key}
)
"""Free texts that many cars share."""
_PLACES: Final = frozenset(
    {
        fields.HEADING.key,
        fields.LOCATED_AT_FAVORITE.key,
        fields.LOCATED_AT_HOME.key,
        fields.LOCATED_AT_WORK.key,
    }
)
"""Numbers and switches that tell where the car is, or where it goes."""
_COMMON: Final = frozenset({"Fleet Pulse", "Home", "Home Assistant", MANUFACTURER})
"""Names that half the world has; without them no sentence could be read."""
_OF_EPISODES: Final = (
    "kind",
    "severity",
    "since",
    "said_at",
    "threshold",
    "is_delivered",
    "is_acknowledged",
)
"""What is told of an episode; its values may be names and places."""
_SHORTEST: Final = 4
"""Characters; what is shorter stands everywhere and identifies nobody."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FleetPulseConfigEntry
) -> dict[str, Any]:
    """Return all that may be told of an account."""
    data = await _async_account(hass, entry)
    data["vehicles"] = {
        name: _vehicle(entry, vehicle) for name, vehicle in _named(entry).items()
    }
    return await _async_told(hass, entry, data)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return all that may be told of one car, and of its account."""
    data = await _async_account(hass, entry)
    identities = {identity for _, identity in device.identifiers}
    data["vehicles"] = {
        name: _vehicle(entry, vehicle)
        for name, vehicle in _named(entry).items()
        if vehicle.vin in identities
    }
    return await _async_told(hass, entry, data)


def overrides() -> dict[str, str]:
    """Return which variables are set; only an address of this machine is told."""
    found = {name: os.environ.get(name, "").strip() for name in _VARIABLES}
    return {name: _shown(text) for name, text in found.items() if text}


def _shown(text: str) -> str:
    """Return where a URL of this machine leads, and of anything else that it is set."""
    try:
        host = URL(text).host
    except ValueError:
        host = None
    return host if host in _LOOPBACK else "set"


# ---- the account


async def _async_account(
    hass: HomeAssistant, entry: FleetPulseConfigEntry
) -> dict[str, Any]:
    """Return how an account is set up and how it fares."""
    account, tokens = entry.runtime_data.account, entry.runtime_data.tokens
    integration = await async_get_integration(hass, DOMAIN)
    error = account.last_exception
    return {
        "version": str(integration.version),
        "overrides": overrides(),
        "kek_source": vault.kek_source(hass),
        "entry": _entry(hass, entry),
        "key": await _async_fingerprint(hass, entry),
        "scopes": sorted(account.scopes),
        "access_token_until": tokens.pair.expires_at,
        "trouble": tokens.trouble,
        "issues": sorted(issues.async_troubles(hass, entry)),
        "clock_skew": account.client.skew,
        "list": {
            "succeeded": account.last_update_success,
            "error": None if error is None else type(error.__cause__ or error).__name__,
            **asdict(account.list_memory),
        },
        "quiet_until": account.quiet_until,
        "ledger": _ledger(entry),
        "alerts": [_alert(one) for one in entry.runtime_data.alerting.alerts.values()],
        "report": account.report.as_dict() if account.report else None,
    }


def _entry(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> dict[str, Any]:
    """Return what the set-up reached."""
    registered = entry.data.get(CONF_REGISTERED, ())
    return {
        "region": _region(hass, entry.data[CONF_API_URL]),
        "registered": [_region(hass, base_url) for base_url in registered],
        "domain": REDACTED if entry.data.get(CONF_DOMAIN) else None,
        "is_polling": entry.runtime_data.account.is_polling,
        **{key: entry.data.get(key) for key in _PLAIN},
    }


def _region(hass: HomeAssistant, base_url: str) -> str | None:
    """Return the region of a base URL; a wrong override must not hide all the rest."""
    try:
        return api.async_hosts(hass).region_of(base_url)
    except InvalidOverride:
        return None


async def _async_fingerprint(
    hass: HomeAssistant, entry: FleetPulseConfigEntry
) -> str | None:
    """Return the short name of our key; Tesla's view of it is in the report."""
    owned = await tried(application.async_application(hass, entry))
    if isinstance(owned, Problem):
        return owned.key
    key = await tried(application.async_account_key(hass, entry, owned.client_id))
    if isinstance(key, Problem):
        return key.key
    return None if key is None else keys.fingerprint(key)


def _ledger(entry: FleetPulseConfigEntry) -> dict[str, Any]:
    """Return what was asked this month, by category."""
    account, ledger = entry.runtime_data.account, entry.runtime_data.journal.ledger
    today = dt_util.utcnow().date()
    return {
        "requests": ledger.counts(today),
        "billed": ledger.billed(today),
        "cost": account.cost,
        "budget": account.budget.amount,
        "currency": account.budget.currency,
        "level": account.budget_level,
    }


# ---- the cars


def _named(entry: FleetPulseConfigEntry) -> dict[str, VehicleCoordinator]:
    """Return the cars by names that are nobody's."""
    vehicles = entry.runtime_data.account.vehicles.values()
    return {f"car {number}": one for number, one in enumerate(vehicles, 1)}


def _vehicle(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator
) -> dict[str, Any]:
    """Return what is known of a car, and why it is asked or not."""
    wakes = (w for w in entry.runtime_data.journal.wakes if w.vin == vehicle.vin)
    return {
        "is_listed": vehicle.is_listed,
        "is_online": vehicle.is_online,
        "is_doubtful": vehicle.is_doubtful,
        "signs": vehicle.signs,
        "knows_no_schedules": vehicle.knows_no_schedules,
        "takes_signed": vehicle.takes_signed,
        "heard_at": vehicle.heard_at,
        "poll": asdict(vehicle.poll),
        "memory": asdict(vehicle.memory),
        "habits": {
            "drives": len(vehicle.habits.drives),
            "places": len(vehicle.habits.places),
        },
        "wakes": [
            {key: fact for key, fact in asdict(wake).items() if key != "vin"}
            for wake in wakes
        ],
        "fields": {
            key: _reading(reading) for key, reading in vehicle.data.readings.items()
        },
        "expected": sorted(vehicle.data.provisional),
        "alerts": [
            {name: getattr(episode, name) for name in _OF_EPISODES}
            for episode in entry.runtime_data.alerting.active(vehicle.vin)
        ],
    }


def _alert(alert: Alert) -> dict[str, Any]:
    """Return what an alert is about; whom it tells, where and of which cars is private."""
    return {
        "kinds": sorted(alert.kinds),
        "thresholds": dict(alert.thresholds),
        "cars": len(alert.vins) or "all",
        "zones": len(alert.zones),
        "notify": len(alert.notify),
        "has_quiet_hours": alert.quiet_from is not None,
    }


def _reading(reading: Reading[Any]) -> dict[str, Any]:
    """Return a reading, its value only where it identifies nobody."""
    is_told = _is_told(reading.field, reading.value)
    return {
        "value": reading.value if is_told else REDACTED,
        "at": reading.at,
        "source": reading.source,
    }


def _is_told(field: Field[Any], value: object) -> bool:
    """Say whether a value may be told."""
    if isinstance(value, Location) or field.key in _PLACES:
        return False
    if isinstance(value, str):
        return bool(field.options) or field.key in _TOLD
    return value is None or isinstance(value, bool | int | float | datetime)


# ---- hiding


async def _async_told(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, data: dict[str, Any]
) -> dict[str, Any]:
    """Return what was collected as it may leave the house."""
    told: dict[str, Any] = _blotted(data, await _async_hidden(hass, entry))
    return told


async def _async_hidden(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> list[str]:
    """Return all that identifies the household or admits to it, longest first."""
    data = entry.runtime_data
    owned = await tried(application.async_application(hass, entry))
    named = [
        entry.title,
        entry.data[CONF_ACCOUNT],
        entry.data.get(CONF_DOMAIN),
        *([] if isinstance(owned, Problem) else [owned.client_id, owned.client_secret]),
        data.tokens.pair.access_token,
        data.tokens.pair.refresh_token,
        hass.config.location_name,
        *_own_hosts(hass),
        *_of_cars(data.account.vehicles.values()),
    ]
    hidden = {text for text in named if text and len(text) >= _SHORTEST} - _COMMON
    return sorted(hidden, key=len, reverse=True)


def _own_hosts(hass: HomeAssistant) -> list[str | None]:
    """Return the names under which this home is reached."""
    urls = (hass.config.external_url, hass.config.internal_url)
    return [URL(url).host for url in urls if url]


def _of_cars(vehicles: Iterable[VehicleCoordinator]) -> list[str | None]:
    """Return the cars' numbers, and what their owner calls them."""
    return [
        text
        for vehicle in vehicles
        for text in (
            vehicle.vin,
            vehicle.data.get(fields.DISPLAY_NAME),
            vehicle.data.get(fields.VEHICLE_NAME),
        )
    ]


def _blotted(found: object, hidden: list[str]) -> Any:
    """Return data as JSON takes it, with what identifies anybody blotted out."""
    if isinstance(found, Mapping):
        return {
            _blotted(key, hidden): _blotted(fact, hidden) for key, fact in found.items()
        }
    if isinstance(found, list | tuple | set | frozenset):
        return [_blotted(fact, hidden) for fact in found]
    if isinstance(found, datetime):
        return found.isoformat(timespec="seconds")
    if isinstance(found, timedelta):
        return found.total_seconds()
    if isinstance(found, str | Decimal):
        text = found.value if isinstance(found, StrEnum) else str(found)
        for secret in hidden:
            text = text.replace(secret, REDACTED)
        return text
    return found
