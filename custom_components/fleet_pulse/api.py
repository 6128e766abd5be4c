"""Tesla's hosts as the environment has them, and the clients that speak to them."""

from collections.abc import Awaitable, Callable, Mapping
from math import inf, nan
import os
import secrets
from socket import SOCK_STREAM
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .const import ENV_API_URL, ENV_AUTH_URL, ENV_TIME_SCALE
from .fleet import key_probe
from .fleet.auth import Application, AuthClient
from .fleet.client import FleetClient, LedgerPort, TokenSource
from .fleet.errors import InvalidOverride
from .fleet.hosts import Hosts, Region
from .fleet.key_host import Diagnosis
from .fleet.partner import Partner, PartnerTokens
from .fleet.transport import DEFAULT_TIMEOUT

_CHINA: Final = "CN"
_REGION_OF_CONTINENT: Final[Mapping[str, Region]] = {
    "Africa": Region.EU,
    "Europe": Region.EU,
}


def hosts(*, china: bool = False) -> Hosts:
    """Return Tesla's hosts, or those the environment names for debugging."""
    auth, api = os.environ.get(ENV_AUTH_URL), os.environ.get(ENV_API_URL)
    return Hosts.resolve(auth, api, china=china)


def time_scale() -> float:
    """Return how many times faster the cars live: 1 but in the demo."""
    try:
        scale = float(os.environ.get(ENV_TIME_SCALE, "1"))
    except ValueError:
        scale = nan
    if not 0 < scale < inf:
        raise InvalidOverride(f"{ENV_TIME_SCALE} must be a number above 0")
    tesla = hosts()
    if scale != 1 and not (tesla.auth_overridden and tesla.api_overridden):
        raise InvalidOverride(
            f"{ENV_TIME_SCALE} needs {ENV_AUTH_URL} and {ENV_API_URL} too"
        )
    return scale


@callback
def async_hosts(hass: HomeAssistant) -> Hosts:
    """Return the hosts for this home; China has a sign-in of its own."""
    return hosts(china=hass.config.country == _CHINA)


@callback
def async_base_url(hass: HomeAssistant, region: Region | None = None) -> str:
    """Return the base URL of a region; without one, of where this home seems to be."""
    if region is None:
        continent = hass.config.time_zone.partition("/")[0]
        region = _REGION_OF_CONTINENT.get(continent, Region.NA)
        if hass.config.country == _CHINA:
            region = Region.CN
    return async_hosts(hass).base_url(region)


@callback
def async_auth_client(
    hass: HomeAssistant, *, timeout: float = DEFAULT_TIMEOUT
) -> AuthClient:
    """Return the client of Tesla's sign-in server."""
    return AuthClient(
        async_get_clientsession(hass),
        async_hosts(hass),
        dt_util.utcnow,
        timeout=timeout,
    )


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
        accepts=async_hosts(hass).accepts,
        now=dt_util.utcnow,
        region_changed=region_changed,
        series=f"{secrets.token_hex(4)}-",
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


async def async_look_at_key(
    hass: HomeAssistant, domain: str, point: bytes
) -> Diagnosis:
    """Look at the key under a domain as Tesla will; `point` is ours, uncompressed."""

    async def resolve(name: str) -> list[str]:
        """Give a name's addresses as this machine knows them."""
        found = await hass.loop.getaddrinfo(name, 443, type=SOCK_STREAM)
        return [str(address[0]) for *_, address in found]

    return await key_probe.look(
        async_get_clientsession(hass),
        domain,
        point,
        resolve=resolve,
        clock=hass.loop.time,
    )
