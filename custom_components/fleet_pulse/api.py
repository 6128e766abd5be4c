"""Tesla's hosts as the environment has them, and the clients that speak to them."""

from collections.abc import Awaitable, Callable, Mapping
import os
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .const import DOMAIN, ENV_API_URL, ENV_AUTH_URL, ENV_TIME_SCALE
from .fleet.auth import Application, AuthClient
from .fleet.client import FleetClient, LedgerPort, TokenSource
from .fleet.hosts import Hosts, Region
from .fleet.partner import Partner, PartnerTokens

_REGION_OF_CONTINENT: Final[Mapping[str, Region]] = {
    "Africa": Region.EU,
    "Europe": Region.EU,
}


def hosts() -> Hosts:
    """Return Tesla's hosts, or those the environment names for debugging."""
    return Hosts.resolve(os.environ.get(ENV_AUTH_URL), os.environ.get(ENV_API_URL))


def time_scale() -> float:
    """Return how many times faster the cars live: 1 but in the demo."""
    scale = float(os.environ.get(ENV_TIME_SCALE, "1"))
    tesla = hosts()
    if scale != 1 and not (tesla.auth_overridden and tesla.api_overridden):
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="time_scale_without_override"
        )
    return scale


@callback
def async_base_url(hass: HomeAssistant, region: Region | None = None) -> str:
    """Return the base URL of a region; without one, of where this home seems to be."""
    if region is None:
        continent = hass.config.time_zone.partition("/")[0]
        region = _REGION_OF_CONTINENT.get(continent, Region.NA)
        if hass.config.country == "CN":
            region = Region.CN
    return hosts().base_url(region)


@callback
def async_auth_client(hass: HomeAssistant) -> AuthClient:
    """Return the client of Tesla's sign-in server."""
    return AuthClient(async_get_clientsession(hass), hosts(), dt_util.utcnow)


@callback
def async_client(
    hass: HomeAssistant,
    *,
    tokens: TokenSource,
    ledger: LedgerPort,
    base_url: str,
    region_changed: Callable[[str], Awaitable[None]] | None = None,
) -> FleetClient:
    """Return a client of the Fleet API for one account."""
    return FleetClient(
        async_get_clientsession(hass),
        tokens=tokens,
        ledger=ledger,
        base_url=base_url,
        accepts=hosts().accepts,
        now=dt_util.utcnow,
        region_changed=region_changed,
    )


@callback
def async_partner(
    hass: HomeAssistant, application: Application, base_url: str, ledger: LedgerPort
) -> Partner:
    """Return the client that registers an application in one region."""
    tokens = PartnerTokens(
        async_auth_client(hass),
        application,
        audience=base_url,
        now=dt_util.utcnow,
    )
    return Partner(
        FleetClient(
            async_get_clientsession(hass),
            tokens=tokens,
            ledger=ledger,
            base_url=base_url,
            # Another region is another registration, never a redirect.
            accepts=base_url.__eq__,
            now=dt_util.utcnow,
        )
    )
