"""What lets a car be driven or erases something: who may do it, and when."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .const import CONF_ALLOW_RISKY, DOMAIN
from .model.command import Risk

RISKY: Final = (Risk.DRIVES, Risk.ERASES)


async def async_refuse(
    hass: HomeAssistant, entry: ConfigEntry, risk: Risk, context: Context | None
) -> None:
    """Refuse a risk, but to administrators who asked for it to work.

    What no user started, such as an automation by itself, is refused, too.
    """
    if risk not in RISKY:
        return
    if not entry.options.get(CONF_ALLOW_RISKY, False):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="risky_not_allowed"
        )
    user_id = None if context is None else context.user_id
    user = user_id and await hass.auth.async_get_user(user_id)
    if not user or not user.is_admin:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="risky_needs_administrator"
        )
