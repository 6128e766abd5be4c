"""The public key where Tesla looks for it, served by Home Assistant itself.

Exactly the PEM, to anybody, without redirect: Tesla's most frequent reasons to refuse
a registration are a redirect, a login or a web page at this path.
"""

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback

from .const import CONF_DOMAIN, CONF_PUBLIC_KEY, DOMAIN
from .fleet import key_host

PATH: Final = key_host.PATH
_HEADERS: Final = {"Cache-Control": "no-store"}
_REGISTERED: Final = f"{DOMAIN}.well_known"


def key_for(host: str, keys: Iterable[tuple[str, str]]) -> str | None:
    """Return the PEM for a host out of (domain, PEM) pairs.

    A single key is served under any name: Tesla's name for this Home Assistant may
    differ from the one a reverse proxy passes on.
    """
    by_domain = dict(keys)
    if host in by_domain:
        return by_domain[host]
    different = set(by_domain.values())
    return different.pop() if len(different) == 1 else None


class PublicKeyView(HomeAssistantView):
    """GET and HEAD of the key."""

    url = PATH
    name = "fleet_pulse:public_key"
    requires_auth = False

    async def get(self, request: web.Request) -> web.Response:
        """Answer with the PEM of the host that was asked for."""
        hass = request.app[KEY_HASS]
        keys = (
            (entry.data[CONF_DOMAIN], entry.data[CONF_PUBLIC_KEY])
            for entry in hass.config_entries.async_entries(DOMAIN)
            if CONF_PUBLIC_KEY in entry.data
        )
        pem = key_for((request.url.host or "").lower(), keys)
        if pem is None:
            raise web.HTTPNotFound(headers=_HEADERS)
        return web.Response(
            body=pem.encode(), content_type="application/x-pem-file", headers=_HEADERS
        )

    head = get


@callback
def async_register(hass: HomeAssistant) -> None:
    """Serve the key; any number of calls register one view."""
    if _REGISTERED in hass.data:
        return
    hass.data[_REGISTERED] = True
    hass.http.register_view(PublicKeyView)
