"""Actions on the integration itself: for administrators, with or without an account."""

from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.helpers.translation import async_get_exception_message
import voluptuous as vol

from . import doctor, vault
from .const import DOMAIN
from .errors import acting

ATTR_BILLED: Final = "billed"
ATTR_ENTRY: Final = "config_entry_id"
RUN_CHECKS: Final = vol.Schema(
    {
        vol.Optional(ATTR_BILLED, default=False): cv.boolean,
        vol.Optional(ATTR_ENTRY): cv.string,
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Offer all actions."""

    async def rotate(_: ServiceCall) -> ServiceResponse:
        """Exchange the keys of everything that is sealed."""
        with acting(hass, None):
            return _told(await vault.async_rotate(hass))

    async_register_admin_service(
        hass,
        DOMAIN,
        "rotate_encryption_key",
        rotate,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_admin_service(
        hass,
        DOMAIN,
        "run_checks",
        _run_checks,
        schema=RUN_CHECKS,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _run_checks(call: ServiceCall) -> ServiceResponse:
    """Have the doctor examine one account, or all."""
    wanted = call.data.get(ATTR_ENTRY)
    chosen = [
        entry
        for entry in call.hass.config_entries.async_loaded_entries(DOMAIN)
        if wanted in (None, entry.entry_id)
    ]
    if not chosen:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_loaded"
        )
    billed = call.data[ATTR_BILLED]
    return {
        "accounts": {
            entry.entry_id: (
                await doctor.async_run(call.hass, entry, billed=billed)
            ).as_dict()
            for entry in chosen
        }
    }


def _told(rotation: vault.Rotation) -> dict[str, Any]:
    """Return what was done, and what only the owner can do."""
    to_do: list[str] = []
    if not rotation.is_new:
        said = {"detail": rotation.source}
        to_do.append(async_get_exception_message(DOMAIN, "kek_is_the_owners", said))
    if rotation.left:
        said = {"detail": ", ".join(rotation.left)}
        to_do.append(async_get_exception_message(DOMAIN, "rotation_left", said))
    return {
        "source": rotation.source,
        "new_key": rotation.is_new,
        "files": rotation.files,
        "not_opened": list(rotation.left),
        "to_do": to_do,
    }
