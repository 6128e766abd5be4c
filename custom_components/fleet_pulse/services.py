"""Actions. They exist as long as the integration does, with or without an account."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .commander import Cause
from .const import DOMAIN
from .coordinator import DEFAULT_BUDGET, VehicleCoordinator
from .errors import acting
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry

type Handler = Callable[
    [FleetPulseConfigEntry, VehicleCoordinator, ServiceCall], Awaitable[dict[str, Any]]
]
ATTR_FETCH: Final = "fetch"


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleAction:
    """An action on cars."""

    name: str
    fields: dict[vol.Marker, Any]
    handle: Handler


async def _refresh(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, call: ServiceCall
) -> dict[str, Any]:
    """Ask the free list, or on request the car itself, if it is awake."""
    if call.data[ATTR_FETCH]:
        await vehicle.async_ask()
    else:
        await vehicle.async_look()
    return {"online": vehicle.is_online, "asking": vehicle.poll.reason.value}


async def _wake(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, call: ServiceCall
) -> dict[str, Any]:
    """Wake the car, if the guard allows."""
    cause = Cause(reason="action wake")
    outcome = await entry.runtime_data.commander.async_wake(vehicle, cause)
    return {
        "result": outcome.value,
        "wakes_today": entry.runtime_data.journal.wakes_today(vehicle.vin),
    }


VEHICLE_ACTIONS: Final = (
    VehicleAction(
        name="refresh",
        fields={vol.Optional(ATTR_FETCH, default=False): cv.boolean},
        handle=_refresh,
    ),
    VehicleAction(name="wake", fields={}, handle=_wake),
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Offer all actions."""
    for action in VEHICLE_ACTIONS:
        hass.services.async_register(
            DOMAIN,
            action.name,
            _on_vehicles(hass, action.handle),
            schema=cv.make_entity_service_schema(action.fields),
            supports_response=SupportsResponse.OPTIONAL,
        )
    hass.services.async_register(
        DOMAIN,
        "get_usage",
        _get_usage,
        supports_response=SupportsResponse.ONLY,
    )


def _on_vehicles(
    hass: HomeAssistant, handle: Handler
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return what does something to each car a call names."""

    async def act(call: ServiceCall) -> ServiceResponse:
        response: dict[str, Any] = {}
        for entry, vehicle, name in _vehicles(hass, call):
            with acting(hass, entry):
                response[name] = await handle(entry, vehicle, call)
        return {"vehicles": response}

    return act


def _vehicles(
    hass: HomeAssistant, call: ServiceCall
) -> list[tuple[FleetPulseConfigEntry, VehicleCoordinator, str]]:
    """Return the cars a call names, by device, by entity or by area."""
    chosen = async_extract_referenced_entity_ids(hass, TargetSelection(call.data))
    entities, devices = er.async_get(hass), dr.async_get(hass)
    named = set(chosen.referenced_devices)
    for entity_id in chosen.referenced | chosen.indirectly_referenced:
        entity = entities.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN and entity.device_id:
            named.add(entity.device_id)
    found = []
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for vin, vehicle in entry.runtime_data.account.vehicles.items():
            device = devices.async_get_device(identifiers={(DOMAIN, vin)})
            if device is not None and device.id in named:
                found.append((entry, vehicle, device.id))
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_vehicle"
        )
    return found


async def _get_usage(call: ServiceCall) -> ServiceResponse:
    """Return what this month was asked of Tesla, and what it costs."""
    today = dt_util.utcnow().date()
    accounts: dict[str, Any] = {}
    for entry in call.hass.config_entries.async_loaded_entries(DOMAIN):
        account = entry.runtime_data.account
        ledger = entry.runtime_data.journal.ledger
        accounts[entry.entry_id] = {
            "cost": str(account.cost),
            "projected": str(account.projected),
            "currency": DEFAULT_BUDGET.currency,
            "billed": {key.value: n for key, n in ledger.billed(today).items()},
            "requests": {key.value: n for key, n in ledger.counts(today).items()},
            "lines": [
                {
                    "day": line.day.isoformat(),
                    "category": line.kind.category.value,
                    "vehicle": _name(account.vehicles, line.kind.vin),
                    "reason": line.kind.reason,
                    "requests": line.tally.requests,
                    "billed": line.tally.billed,
                }
                for line in ledger.usage(today)
            ],
        }
    return {"accounts": accounts}


def _name(vehicles: dict[str, VehicleCoordinator], vin: str | None) -> str | None:
    """Return what the owner calls a car; a VIN is not for traces of automations."""
    if vin is None or vin not in vehicles:
        return None
    return vehicles[vin].data.get(fields.DISPLAY_NAME)
