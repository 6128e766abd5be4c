"""Actions. They exist as long as the integration does, with or without an account."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .commander import Cause
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .errors import acting
from .fleet.activity import last_word
from .fleet.errors import FleetError
from .fleet.statement import statement
from .model import vehicle_fields as fields
from .model.record import record
from .runtime import FleetPulseConfigEntry

type Handler = Callable[
    [FleetPulseConfigEntry, VehicleCoordinator, ServiceCall], Awaitable[dict[str, Any]]
]
ATTR_FETCH: Final = "fetch"
ATTR_MONTH: Final = "month"
"""Any day of it; the month is Tesla's, in UTC."""


@record
class VehicleAction:
    """An action on cars."""

    name: str
    fields: dict[vol.Marker, Any]
    handle: Handler


async def _refresh(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, call: ServiceCall
) -> dict[str, Any]:
    """Ask the free list, or on request the car itself, if it is awake."""
    tried_at = vehicle.memory.tried_at
    await (vehicle.async_ask() if call.data[ATTR_FETCH] else vehicle.async_look())
    raise_failure(entry.runtime_data.account)
    was_asked = vehicle.memory.tried_at != tried_at
    if was_asked:
        raise_failure(vehicle)
    said_at = last_word(vehicle.data)
    return {
        "online": vehicle.is_online,
        "fetched": was_asked,
        "asking": vehicle.poll.reason.value,
        "last_update": said_at and said_at.isoformat(timespec="seconds"),
    }


def raise_failure(coordinator: DataUpdateCoordinator[Any]) -> None:
    """Raise what the last question came to, which was only logged."""
    error = coordinator.last_exception
    if not coordinator.last_update_success and error is not None:
        raise error.__cause__ if isinstance(error.__cause__, FleetError) else error


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
        schema=vol.Schema({vol.Optional(ATTR_MONTH): cv.date}),
        supports_response=SupportsResponse.ONLY,
    )


def _on_vehicles(
    hass: HomeAssistant, handle: Handler
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return what does something to each car a call names."""

    async def one(
        entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, call: ServiceCall
    ) -> dict[str, Any]:
        with acting(hass, entry):
            return await handle(entry, vehicle, call)

    async def act(call: ServiceCall) -> ServiceResponse:
        chosen = _vehicles(hass, call)
        # One car's trouble must not keep another one waiting, or asleep.
        results = await asyncio.gather(
            *(one(entry, vehicle, call) for entry, vehicle in chosen.values()),
            return_exceptions=True,
        )
        response: dict[str, Any] = {}
        for device_id, result in zip(chosen, results, strict=True):
            if isinstance(result, BaseException):
                raise result
            response[device_id] = result
        return {"vehicles": response}

    return act


def _vehicles(
    hass: HomeAssistant, call: ServiceCall
) -> dict[str, tuple[FleetPulseConfigEntry, VehicleCoordinator]]:
    """Return the cars a call names, by device, by entity or by area."""
    devices = dr.async_get(hass)
    named = _devices(hass, call)
    found = {
        device.id: (entry, vehicle)
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for vin, vehicle in entry.runtime_data.account.vehicles.items()
        if (
            device := devices.async_get_device_by_identifier(
                (DOMAIN, vin), entry.entry_id
            )
        )
        and device.id in named
    }
    if not found:
        raise _nothing_chosen(hass, named)
    return found


def _devices(hass: HomeAssistant, call: ServiceCall) -> set[str]:
    """Return the devices a call names, itself or by what belongs to them."""
    chosen = async_extract_referenced_entity_ids(hass, TargetSelection(call.data))
    entities = er.async_get(hass)
    named = chosen.referenced | chosen.indirectly_referenced
    return chosen.referenced_devices | {
        entity.device_id
        for entity_id in named
        if (entity := entities.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.device_id is not None
    }


def _nothing_chosen(hass: HomeAssistant, named: set[str]) -> HomeAssistantError:
    """Return what is wrong with a call that names none of our running cars."""
    stopped = {
        entry.entry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is not ConfigEntryState.LOADED
    }
    devices = dr.async_get(hass)
    waits = any(
        (device := devices.async_get(device_id)) and device.config_entry_id in stopped
        for device_id in named
    )
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_loaded" if waits else "no_vehicle",
    )


async def _get_usage(call: ServiceCall) -> ServiceResponse:
    """Return what a month was asked of Tesla, and what it costs."""
    loaded = call.hass.config_entries.async_loaded_entries(DOMAIN)
    if not loaded:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_loaded"
        )
    month = call.data.get(ATTR_MONTH, dt_util.utcnow().date())
    return {"accounts": {entry.entry_id: _usage(entry, month) for entry in loaded}}


def _usage(entry: FleetPulseConfigEntry, month: date) -> dict[str, Any]:
    """Return what one account asked in a month, and what it costs."""
    account = entry.runtime_data.account
    return statement(
        account.journal.ledger,
        month,
        budget=account.budget,
        now=dt_util.utcnow(),
        names={
            vin: vehicle.data.get(fields.DISPLAY_NAME)
            for vin, vehicle in account.vehicles.items()
        },
    )
