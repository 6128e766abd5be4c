"""Actions on the integration itself: for administrators, with or without an account."""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.helpers.translation import async_get_exception_message

from . import vault
from .const import DOMAIN
from .errors import acting


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
