"""What Home Assistant's own integration shows of a car, and what ours does."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.helpers import entity_registry as er

from custom_components.fleet_pulse.binary_sensor import BINARY_SENSORS
from custom_components.fleet_pulse.button import BUTTONS
from custom_components.fleet_pulse.climate import CLIMATES
from custom_components.fleet_pulse.cover import COVERS
from custom_components.fleet_pulse.device_tracker import TRACKERS
from custom_components.fleet_pulse.entity import VehicleDescription
from custom_components.fleet_pulse.lock import LOCKS
from custom_components.fleet_pulse.media_player import MEDIA_PLAYERS
from custom_components.fleet_pulse.number import NUMBERS
from custom_components.fleet_pulse.select import SELECTS
from custom_components.fleet_pulse.switch import SWITCHES
from custom_components.fleet_pulse.update import UPDATES
from custom_components.fleet_pulse.vehicle_sensors import SENSORS
from tests.fake_fleet.car import Car
from tests.glue.household import Household

CORE: Final = "tesla_fleet"
PLATFORMS: Final = {
    "binary_sensor": 23,
    "button": 6,
    "climate": 2,
    "cover": 5,
    "device_tracker": 2,
    "lock": 2,
    "media_player": 1,
    "number": 2,
    "select": 8,
    "sensor": 31,
    "switch": 6,
    "update": 1,
}
"""The platforms to compare, and how many entities core has at least."""
SAME_FACT: Final = {
    # A moment that moves with every look; ours counts hours, as Tesla does.
    "charge_state_minutes_to_full_charge": "charge_state_time_to_full_charge",
    "charge_state_user_charge_enable_request": "charge_state_charging_state",
    "boombox": "remote_boombox",
    "driver_temp": "climate_state_is_climate_on",
    "enable_keyless_driving": "remote_start_drive",
    "homelink": "trigger_homelink",
    "honk": "honk_horn",
    "location": "drive_state_latitude",
    "media": "vehicle_state_media_info_media_playback_status",
    "route": "drive_state_active_route_latitude",
    "state": "product_state",
    "windows": "vehicle_state_fd_window",
}
"""Where core names a fact or a command otherwise than Tesla."""
_TABLES: Final[Mapping[str, Iterable[VehicleDescription]]] = {
    # Core asks only whether there is more than one phase; ours says how many.
    "binary_sensor": (*BINARY_SENSORS, *(s for s in SENSORS if "phases" in s.key)),
    "button": BUTTONS,
    "climate": CLIMATES,
    "cover": COVERS,
    "device_tracker": TRACKERS,
    "lock": LOCKS,
    "media_player": MEDIA_PLAYERS,
    "number": NUMBERS,
    "select": SELECTS,
    "sensor": SENSORS,
    "switch": SWITCHES,
    "update": UPDATES,
}


def facts(platform: str) -> set[str]:
    """Give the facts that entities of ours show, spelt as core spells its keys.

    A button shows none: it is known by its command.
    """
    return {row.key for row in _TABLES[platform] if row.field is None} | {
        f"{row.field.group}_{path.replace('.', '_')}"
        for row in _TABLES[platform]
        if row.field is not None
        for path in row.field.poll
    }


def shown_by_core(home: Household, car: Car, platform: str) -> list[str]:
    """Give the keys of core's entities of a car, also of the disabled ones."""
    return [
        entry.unique_id.removeprefix(f"{car.vin}-")
        for entry in _entries(home, CORE, car)
        if entry.domain == platform and entry.unique_id != f"{car.vin}-vin"
    ]


def enabled(home: Household, integration: str) -> int:
    """Count the entities of the first car that an integration enables by itself."""
    found = _entries(home, integration, home.car)
    return len([entry for entry in found if entry.disabled_by is None])


def _entries(home: Household, integration: str, car: Car) -> list[er.RegistryEntry]:
    """Give the registry's entries of an integration for a car."""
    [entry] = home.hass.config_entries.async_entries(integration)
    found = er.async_entries_for_config_entry(er.async_get(home.hass), entry.entry_id)
    return [one for one in found if one.unique_id.startswith(car.vin)]
