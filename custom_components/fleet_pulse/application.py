"""The owner's application at Tesla: its private key, sealed, and its registration."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)

from . import vault
from .api import async_partner
from .fleet import keys
from .fleet.auth import Application
from .fleet.client import LedgerPort
from .fleet.errors import KeyDiffers, PrivateKeyLost, SealBroken

PURPOSE: Final = "private_key"
KIND: Final = "application"
"""The kind of vault that holds an application's private key."""


async def async_application(hass: HomeAssistant, entry: ConfigEntry) -> Application:
    """Return the application an account signed in with."""
    impl = await async_get_config_entry_implementation(hass, entry)
    assert isinstance(impl, LocalOAuth2Implementation)
    return Application(client_id=impl.client_id, client_secret=impl.client_secret)


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
    file = await vault.async_open(hass, KIND, client_id)
    await file.async_put(PURPOSE, keys.private_pem(key).encode())
    return key


async def async_register(
    hass: HomeAssistant,
    application: Application,
    *,
    domain: str,
    base_url: str,
    ledger: LedgerPort,
) -> None:
    """Register the application's domain in one region; Tesla must have seen our key."""
    key = await async_create_key(hass, application.client_id)
    partner = async_partner(hass, application, base_url, ledger)
    registered = await partner.register(domain)
    found = registered.public_key or await partner.public_key(domain)
    if found != keys.public_bytes(key):
        raise KeyDiffers(domain)
