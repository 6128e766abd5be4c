"""A client id and secret that the owner corrected, sealed by us.

Home Assistant keeps what was entered first and cannot change it while it is in use.
So a correction stands beside it, bound to exactly that: once the owner enters another
credential there, that one counts and the correction is dropped.
"""

import hashlib
import json
import logging
from typing import Final

from homeassistant.core import HomeAssistant

from . import vault
from .fleet.auth import Application
from .fleet.errors import SealBroken

_LOGGER = logging.getLogger(__name__)

KIND: Final = "credential"
"""The kind of vault that holds a correction, by Home Assistant's credential."""
PURPOSE: Final = "client"


def _print_of(given: Application) -> str:
    """Return what a correction remembers of the credential it stands beside."""
    told = f"{given.client_id}\n{given.client_secret}"
    return hashlib.sha256(told.encode()).hexdigest()


async def async_in_force(
    hass: HomeAssistant, auth_domain: str, given: Application
) -> Application:
    """Return the correction of a credential, or the credential where there is none.

    One that cannot be opened is passed over: Tesla then refuses the credential, and
    the owner is asked to correct it again.
    """
    try:
        file = await vault.async_open(hass, KIND, auth_domain)
        raw = file.get(PURPOSE)
    except SealBroken as err:
        _LOGGER.warning("Using the credential of Home Assistant's own store: %s", err)
        return given
    if raw is None:
        return given
    kept = json.loads(raw)
    if kept["corrects"] != _print_of(given):
        await async_remove(hass, auth_domain)
        return given
    return Application(client_id=kept["client_id"], client_secret=kept["client_secret"])


async def async_correct(
    hass: HomeAssistant, auth_domain: str, given: Application, corrected: Application
) -> None:
    """Seal what counts in place of a credential; raises NotSaved if it could not."""
    file = await vault.async_open(hass, KIND, auth_domain)
    if file.is_broken:
        await file.async_renew()
    kept = {
        "client_id": corrected.client_id,
        "client_secret": corrected.client_secret,
        "corrects": _print_of(given),
    }
    await file.async_put(PURPOSE, json.dumps(kept).encode())


async def async_remove(hass: HomeAssistant, auth_domain: str) -> None:
    """Delete the correction of a credential, if there is one."""
    await vault.async_delete(hass, vault.file_name(KIND, auth_domain).__eq__)
