"""The cars as devices, described before their entities, and anew when they change."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo

from .const import DOMAIN, MANUFACTURER
from .coordinator import VehicleCoordinator
from .model import vehicle_fields as fields
from .model.vin import model
from .runtime import FleetPulseConfigEntry


def identify(vehicle: VehicleCoordinator) -> DeviceInfo:
    """Return what links an entity to the device of its car."""
    return DeviceInfo(identifiers={(DOMAIN, vehicle.vin)})


@callback
def async_register(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Keep the devices of all cars there are and will be as the cars are now."""
    devices = dr.async_get(hass)

    def follow(vehicle: VehicleCoordinator) -> None:
        described: dict[str, str | None] | None = None

        @callback
        def describe() -> None:
            nonlocal described
            if (info := _info(vehicle)) != described:
                described = info
                devices.async_get_or_create(
                    config_entry_id=entry.entry_id,
                    identifiers={(DOMAIN, vehicle.vin)},
                    **info,
                )

        describe()
        entry.async_on_unload(vehicle.async_add_listener(describe))

    entry.runtime_data.account.async_each_vehicle(entry, follow)


def _info(vehicle: VehicleCoordinator) -> dict[str, str | None]:
    """Describe a car by its VIN and by what it said of itself.

    Not as a DeviceInfo: that is a dict up to 2026.10, and none from 2026.11 on.
    """
    known, line = vehicle.data, model(vehicle.vin)
    named = known.get(fields.DISPLAY_NAME) or known.get(fields.VEHICLE_NAME)
    return {
        "manufacturer": MANUFACTURER,
        "model": line,
        "name": named or line or MANUFACTURER,
        "serial_number": vehicle.vin,
        "sw_version": known.get(fields.CAR_VERSION),
    }
