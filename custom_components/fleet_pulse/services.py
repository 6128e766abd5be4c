"""Actions. They exist as long as the integration does, with or without an account."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
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
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .errors import acting
from .fleet.statement import statement
from .model import vehicle_fields as fields
from .risk import async_refuse_stranger
from .runtime import FleetPulseConfigEntry
from .steps import Handler
from .vehicle_actions import VEHICLE_ACTIONS

ATTR_MONTH: Final = "month"
"""Any day of it; the month is Tesla's, in UTC."""


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
        await async_refuse_stranger(hass, call.context, chosen)
        # One car's trouble must not keep another one waiting, or asleep.
        results = await asyncio.gather(
            *(one(entry, vehicle, call) for entry, vehicle in chosen.values()),
            return_exceptions=True,
        )
        return {"vehicles": _told(hass, call, dict(zip(chosen, results, strict=True)))}

    return act


def _told(
    hass: HomeAssistant,
    call: ServiceCall,
    results: dict[str, dict[str, Any] | BaseException],
) -> dict[str, Any]:
    """Return how it went for each car, or raise where nobody would read that."""
    troubles = {
        device_id: result
        for device_id, result in results.items()
        if isinstance(result, BaseException)
    }
    for trouble in troubles.values():
        if len(results) == 1 or not isinstance(trouble, HomeAssistantError):
            raise trouble
    if troubles and (not call.return_response or len(troubles) == len(results)):
        raise _trouble_of_several(hass, results, troubles)
    return {
        device_id: _failed(result) if isinstance(result, BaseException) else result
        for device_id, result in results.items()
    }


def _failed(trouble: BaseException) -> dict[str, Any]:
    """Return what a response says of a car that did not do it."""
    key = getattr(trouble, "translation_key", None)
    return {"result": "failed", "error": key, "message": str(trouble)}


def _trouble_of_several(
    hass: HomeAssistant,
    results: Iterable[str],
    troubles: Mapping[str, BaseException],
) -> HomeAssistantError:
    """Return what tells which cars did it, and what is wrong with each other one."""
    devices = dr.async_get(hass)

    def name(device_id: str) -> str:
        device = devices.async_get(device_id)
        return (device and (device.name_by_user or device.name)) or device_id

    said = [f"{name(one)}: {trouble}" for one, trouble in troubles.items()]
    done = [name(one) for one in results if one not in troubles]
    placeholders = {"done": ", ".join(done), "detail": ". ".join(said)}
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="some_vehicles_failed" if done else "all_vehicles_failed",
        translation_placeholders=placeholders,
    )


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
