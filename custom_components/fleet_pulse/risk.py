"""Who may do what to a car: what drives or erases, and what limited users may."""

from collections.abc import Iterable
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er

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


async def async_refuse_stranger(
    hass: HomeAssistant, context: Context, device_ids: Iterable[str]
) -> None:
    """Refuse users who may not control everything of the cars they name.

    Home Assistant checks that for actions on entities; these are on whole cars.
    """
    user_id = context.user_id
    user = user_id and await hass.auth.async_get_user(user_id)
    if not user_id or (user and user.permissions.access_all_entities(POLICY_CONTROL)):
        return
    entities = er.async_get(hass)
    for device_id in device_ids:
        for one in er.async_entries_for_device(entities, device_id):
            if not user or not user.permissions.check_entity(
                one.entity_id, POLICY_CONTROL
            ):
                raise Unauthorized(
                    context=context,
                    entity_id=one.entity_id,
                    permission=POLICY_CONTROL,
                )
