"""What people say to Home Assistant that it has no words of its own for."""

from collections.abc import Iterable
import logging
from typing import Any, Final, override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.number import (
    ATTR_VALUE,
    DOMAIN as NUMBER_DOMAIN,
    SERVICE_SET_VALUE,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    intent,
)
from homeassistant.helpers.translation import async_get_exception_message
import voluptuous as vol

from .const import DOMAIN
from .model import vehicle_fields as fields
from .waiting import async_is_done_soon

_LOGGER = logging.getLogger(__name__)

SLOT_LIMIT: Final = "percentage"
SLOT_VEHICLE: Final = "vehicle"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Offer what Home Assistant's own intents leave out."""
    intent.async_register(hass, SetChargeLimit())


class SetChargeLimit(intent.IntentHandler):
    """Set the charge limit of the car that is named, or of the only one."""

    intent_type = "FleetPulseSetChargeLimit"
    description = "Sets up to how many percent a car is charged"
    # The set is Home Assistant's own type.
    platforms = {NUMBER_DOMAIN}

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return what a sentence must say."""
        return {
            vol.Required(SLOT_LIMIT): vol.All(vol.Coerce(int), vol.Range(0, 100)),
            vol.Optional(SLOT_VEHICLE): intent.non_empty_string,
        }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Set it, and say so, or that it takes longer, or what is wrong."""
        slots = self.async_validate_slots(intent_obj.slots)
        name = slots.get(SLOT_VEHICLE, {}).get("value")
        found = _exposed(intent_obj, name)
        response = intent_obj.create_response()
        if len(found) > 1:
            which = async_get_exception_message(DOMAIN, "which_vehicle")
            response.async_set_error(
                intent.IntentResponseErrorCode.NO_VALID_TARGETS, which
            )
            return response
        (entity,) = found
        try:
            is_done = await _async_set(
                intent_obj, entity.entity_id, slots[SLOT_LIMIT]["value"]
            )
        except HomeAssistantError as err:
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE, str(err)
            )
            return response
        state = intent_obj.hass.states.get(entity.entity_id)
        response.async_set_states([] if state is None else [state])
        response.async_set_speech_slots({"is_done": is_done})
        return response


def _exposed(intent_obj: intent.Intent, name: str | None) -> list[er.RegistryEntry]:
    """Return the charge limits that are meant and may be touched, one at least."""
    hass, assistant = intent_obj.hass, intent_obj.assistant
    ours = [one for one in _limits(hass) if name is None or _is_called(hass, one, name)]
    found = [
        one
        for one in ours
        if assistant is None or async_should_expose(hass, assistant, one.entity_id)
    ]
    if found:
        return found
    reason = intent.MatchFailedReason
    raise intent.MatchFailedError(
        intent.MatchTargetsResult(
            is_match=False,
            no_match_reason=reason.ASSISTANT if ours else reason.NAME,
        ),
        intent.MatchTargetsConstraints(
            name=name, domains={NUMBER_DOMAIN}, assistant=assistant
        ),
    )


def _limits(hass: HomeAssistant) -> Iterable[er.RegistryEntry]:
    """Return the charge limits of all cars."""
    key = f"-{fields.CHARGE_LIMIT_SOC.key}"
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for one in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        ):
            if one.domain == NUMBER_DOMAIN and one.unique_id.endswith(key):
                yield one


def _is_called(hass: HomeAssistant, one: er.RegistryEntry, name: str) -> bool:
    """Return whether people call a car, its charge limit, or its place so."""
    device = dr.async_get(hass).async_get(one.device_id or "")
    area_id = one.area_id or (device and device.area_id)
    area = area_id and ar.async_get(hass).async_get_area(area_id)
    names = (
        *er.async_get_entity_aliases(hass, one, allow_empty=False),
        device and device.name,
        device and device.name_by_user,
        area and area.name,
    )
    return name.strip().casefold() in {
        known.strip().casefold() for known in names if known
    }


async def _async_set(intent_obj: intent.Intent, entity_id: str, limit: int) -> bool:
    """Set a charge limit; return whether that is done already, or only under way."""
    work = intent_obj.hass.async_create_task(
        intent_obj.hass.services.async_call(
            NUMBER_DOMAIN,
            SERVICE_SET_VALUE,
            {ATTR_ENTITY_ID: entity_id, ATTR_VALUE: limit},
            context=intent_obj.context,
            blocking=True,
        )
    )
    return await async_is_done_soon(work, _tell)


def _tell(error: BaseException) -> None:
    """Log what became of a limit that was answered before it was set."""
    _LOGGER.warning("A charge limit that was spoken was not set: %s", error)
