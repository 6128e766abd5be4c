"""The cars as devices, described before their entities, and anew when they change."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo

from .const import DOMAIN, MANUFACTURER
from .coordinator import VehicleCoordinator
from .model import vehicle_fields as fields
from .model.record import record
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
        described: _Description | None = None

        @callback
        def describe() -> None:
            nonlocal described
            if vehicle is not entry.runtime_data.account.vehicles.get(vehicle.vin):
                # What it still hears after it left must not bring it back.
                return
            if (found := _description(vehicle)) != described:
                described = found
                devices.async_get_or_create(
                    config_entry_id=entry.entry_id,
                    identifiers={(DOMAIN, vehicle.vin)},
                    manufacturer=MANUFACTURER,
                    model=found.model,
                    name=found.name or _known_name(devices, entry, vehicle),
                    serial_number=vehicle.vin,
                    sw_version=found.firmware,
                )

        describe()
        entry.async_on_unload(vehicle.async_add_listener(describe))

    entry.runtime_data.account.async_each_vehicle(entry, follow)


@record
class _Description:
    """What may change of a device.

    Home Assistant's DeviceInfo is a dict up to 2026.10 and none from 2026.11 on.
    """

    name: str | None
    model: str | None
    firmware: str | None


def _known_name(
    devices: dr.DeviceRegistry,
    entry: FleetPulseConfigEntry,
    vehicle: VehicleCoordinator,
) -> str:
    """Return the name a car had, or its model: the list leaves names out at times."""
    device = devices.async_get_device_by_identifier(
        (DOMAIN, vehicle.vin), entry.entry_id
    )
    known = None if device is None else device.name
    return known or model(vehicle.vin) or MANUFACTURER


def _description(vehicle: VehicleCoordinator) -> _Description:
    """Describe a car by its VIN and by what it said of itself."""
    known, line = vehicle.data, model(vehicle.vin)
    named = known.get(fields.DISPLAY_NAME) or known.get(fields.VEHICLE_NAME)
    return _Description(
        name=named,
        model=line,
        firmware=known.get(fields.CAR_VERSION),
    )
