"""The action that makes a car comfortable before somebody sits in it."""

from typing import Any, Final

from homeassistant.const import UnitOfTemperature
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.unit_conversion import TemperatureConverter
import voluptuous as vol

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .model.command import Call
from .rules import climate_calls
from .rules.departure import SEATS
from .runtime import FleetPulseConfigEntry
from .steps import VehicleAction, async_send_all

ATTR_DEFROST: Final = "defrost"
ATTR_MODE: Final = "mode"
ATTR_SEATS: Final = "seats"
ATTR_SEAT_HEAT: Final = "seat_heat"
ATTR_STEERING_WHEEL: Final = "steering_wheel"
ATTR_TEMPERATURE: Final = "temperature"

LEVELS: Final = {"off": 0, "low": 1, "medium": 2, "high": 3}


async def _precondition(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Start with everything that belongs to it, or stop."""
    if action.data[ATTR_MODE] == "stop":
        _refuse_comfort(action)
        stop = {ATTR_MODE: climate_calls.STOP}
        return await async_send_all(entry, vehicle, action, stop)
    start = {ATTR_MODE: climate_calls.START}
    temperature = action.data.get(ATTR_TEMPERATURE)
    if temperature is not None:
        start[ATTR_TEMPERATURE] = _temperature(vehicle, temperature)
    # Ending defrost may end the climate, too; seats are heated only while that is on.
    defrost = action.data.get(ATTR_DEFROST)
    before, after = _defrost(on=False), _defrost(on=True)
    stages = (
        before if defrost is False else {},
        start,
        _comfort(action),
        after if defrost else {},
    )
    return await async_send_all(entry, vehicle, action, *stages, undone=(ATTR_MODE,))


def _refuse_comfort(action: ServiceCall) -> None:
    """Refuse to stop and to heat at once."""
    comfort = (ATTR_DEFROST, ATTR_SEATS, ATTR_STEERING_WHEEL, ATTR_TEMPERATURE)
    if any(name in action.data for name in comfort):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="stop_with_comfort"
        )


def _temperature(vehicle: VehicleCoordinator, given: float) -> Call:
    """Return the setting of both sides, from the owner's own unit."""
    unit = vehicle.hass.config.units.temperature_unit
    celsius = TemperatureConverter.convert(given, unit, UnitOfTemperature.CELSIUS)
    return climate_calls.warmth(celsius)


def _comfort(action: ServiceCall) -> dict[str, Call]:
    """Return what is asked for beyond the climate itself."""
    wanted, level = action.data, LEVELS[action.data[ATTR_SEAT_HEAT]]
    calls = {
        seat: climate_calls.seat_heat(seat, level)
        for seat in wanted.get(ATTR_SEATS, ())
    }
    if (heat := wanted.get(ATTR_STEERING_WHEEL)) is not None:
        calls[ATTR_STEERING_WHEEL] = climate_calls.wheel_heat(on=heat)
    return calls


def _defrost(*, on: bool) -> dict[str, Call]:
    """Return what clears the windows, or ends that."""
    return {ATTR_DEFROST: climate_calls.defrost(on=on)}


PRECONDITION_ACTION: Final = VehicleAction(
    name="precondition",
    fields={
        vol.Optional(ATTR_MODE, default="start"): vol.In(("start", "stop")),
        vol.Optional(ATTR_TEMPERATURE): vol.Coerce(float),
        vol.Optional(ATTR_SEATS): vol.All(cv.ensure_list, [vol.In(SEATS)]),
        vol.Optional(ATTR_SEAT_HEAT, default="high"): vol.In(LEVELS),
        vol.Optional(ATTR_STEERING_WHEEL): cv.boolean,
        vol.Optional(ATTR_DEFROST): cv.boolean,
    },
    handle=_precondition,
)
