"""The owner's application at Tesla: its private key, sealed, and its registration.

The key, the domain it is found under and where both are registered belong to the
application: accounts that signed in with the same one share them.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)

from . import vault
from .api import async_partner
from .const import (
    CONF_API_URL,
    CONF_AUTH_IMPLEMENTATION,
    CONF_DOMAIN,
    CONF_FINISHED,
    CONF_HOSTING,
    CONF_PAIRED,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
    DOMAIN,
)
from .fleet import keys
from .fleet.auth import Application
from .fleet.client import LedgerPort
from .fleet.errors import KeyDiffers, KeyLost, PrivateKeyLost, SealBroken

PURPOSE: Final = "private_key"
SHARED: Final = (CONF_DOMAIN, CONF_HOSTING, CONF_PUBLIC_KEY, CONF_REGISTERED)
"""What accounts of one application have in common."""
OF_ONE_KEY: Final = (CONF_REGISTERED, CONF_PAIRED, CONF_FINISHED)
"""What is over with a key: Tesla and the cars know nothing of the next one."""
OF_ONE_APPLICATION: Final = (*OF_ONE_KEY, CONF_HOSTING, CONF_PUBLIC_KEY)
"""What is over with an application; its domain may serve the next one, too."""
KIND: Final = "application"
"""The kind of vault that holds an application's private key."""


async def async_application(hass: HomeAssistant, entry: ConfigEntry) -> Application:
    """Return the application an account signed in with."""
    impl = await async_get_config_entry_implementation(hass, entry)
    assert isinstance(impl, LocalOAuth2Implementation)
    return Application(client_id=impl.client_id, client_secret=impl.client_secret)


# ---- the key


async def async_key(
    hass: HomeAssistant, client_id: str
) -> EllipticCurvePrivateKey | None:
    """Return the application's key, None if none was made yet.

    Raises PrivateKeyLost where there is one that cannot be opened: making another one
    in its place would silently lock the owner out of the car's command protocol.
    """
    file = await vault.async_open(hass, KIND, client_id)
    try:
        pem = file.get(PURPOSE)
    except SealBroken as err:
        raise PrivateKeyLost(err.detail) from err
    return None if pem is None else keys.from_pem(pem)


async def async_create_key(
    hass: HomeAssistant, client_id: str
) -> EllipticCurvePrivateKey:
    """Return the application's key; make and seal one the first time."""
    if (known := await async_key(hass, client_id)) is not None:
        return known
    key = await hass.async_add_executor_job(keys.create)
    await async_keep_key(hass, client_id, key)
    return key


async def async_keep_key(
    hass: HomeAssistant, client_id: str, key: EllipticCurvePrivateKey
) -> None:
    """Seal a key in the place of whatever was there: the owner has confirmed that."""
    file = await vault.async_open(hass, KIND, client_id)
    if file.is_broken:
        await file.async_renew()
    await file.async_put(PURPOSE, keys.private_pem(key).encode())


async def async_account_key(
    hass: HomeAssistant, entry: ConfigEntry, client_id: str
) -> EllipticCurvePrivateKey | None:
    """Return the key that an account's cars know, None if none was made yet.

    Raises KeyLost where the account names one that is not here: its file was deleted,
    or the folder is that of another installation.
    """
    key, named = await async_key(hass, client_id), entry.data.get(CONF_PUBLIC_KEY)
    if named is not None and (key is None or keys.public_pem(key) != named):
        raise KeyLost
    return key


# ---- accounts of one application


@callback
def async_accounts(hass: HomeAssistant, entry: ConfigEntry) -> list[ConfigEntry]:
    """Return all accounts that signed in with an account's application."""
    wanted = entry.data[CONF_AUTH_IMPLEMENTATION]
    return [
        other
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.data[CONF_AUTH_IMPLEMENTATION] == wanted
    ]


@callback
def async_share(
    hass: HomeAssistant,
    entry: ConfigEntry,
    reached: Mapping[str, Any],
    over: Collection[str] = (),
) -> None:
    """Store what was reached for an application with all its accounts; drop the rest."""
    for other in async_accounts(hass, entry):
        kept = {key: other.data[key] for key in other.data if key not in over}
        hass.config_entries.async_update_entry(other, data={**kept, **reached})


def regions(accounts: list[ConfigEntry]) -> set[str]:
    """Return the bases of all regions in which accounts of an application live."""
    return {entry.data[CONF_API_URL] for entry in accounts}


# ---- registration


async def async_register(
    hass: HomeAssistant,
    application: Application,
    *,
    key: EllipticCurvePrivateKey,
    domain: str,
    base_url: str,
    ledger: LedgerPort,
) -> None:
    """Register the application's domain in one region; Tesla must have seen our key."""
    partner = async_partner(hass, application, base_url, ledger)
    registered = await partner.register(domain)
    found = registered.public_key or await partner.public_key(domain)
    if found != keys.public_bytes(key):
        raise KeyDiffers(domain)
