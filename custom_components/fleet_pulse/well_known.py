"""The public key where Tesla looks for it, served by Home Assistant itself.

Exactly the PEM, to anybody, without redirect: Tesla's most frequent reasons to refuse
a registration are a redirect, a login or a web page at this path.

Which key is meant is decided by the name in the request's `Host`. A reverse proxy that
keeps it is understood as it is. Of one that puts its own name there, Home Assistant
believes `X-Forwarded-Host` only together with `X-Forwarded-For`, and only if its `http:`
names the proxy as trusted (without that it answers 400 by itself); a proxy that sends
neither has a name nobody registered, which is enough as long as there is one key.

All entries count, loaded or not: a key must stay hosted while its account is disabled.
"""

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .const import CONF_DOMAIN, CONF_PUBLIC_KEY, CONF_REGISTERED, DOMAIN
from .fleet import key_host

PATH: Final = key_host.PATH
_HEADERS: Final = {"Cache-Control": "no-store"}
_REGISTERED: Final = f"{DOMAIN}.well_known"


def host_in(authority: str) -> str:
    """Return the name in a `Host` as name servers know it; empty if it is none.

    The same name comes in capitals, with the root's dot, a port, or letters that only
    Punycode can carry.
    """
    try:
        return (URL.build(scheme="https", authority=authority).raw_host or "").rstrip(
            "."
        )
    except ValueError:
        return ""


def key_for(authority: str, keys: Iterable[tuple[str, str]]) -> str | None:
    """Return the PEM for a `Host` out of (domain, PEM) pairs; a later pair wins.

    A single key is served under any name: Tesla's name for this Home Assistant may
    differ from the one a reverse proxy passes on.
    """
    by_host = {host_in(domain): pem for domain, pem in keys}
    if (found := by_host.get(host_in(authority))) is not None:
        return found
    different = set(by_host.values())
    return different.pop() if len(different) == 1 else None


def _last_word(entry: ConfigEntry) -> tuple[bool, bool, str]:
    """Order entries so that, of two with one domain, the one in use comes last."""
    is_registered = bool(entry.data.get(CONF_REGISTERED))
    return entry.disabled_by is None, is_registered, entry.created_at.isoformat()


class PublicKeyView(HomeAssistantView):
    """GET and HEAD of the key."""

    url = PATH
    name = "fleet_pulse:public_key"
    requires_auth = False

    async def get(self, request: web.Request) -> web.Response:
        """Answer with the PEM of the host that was asked for."""
        hass = request.app[KEY_HASS]
        entries = sorted(hass.config_entries.async_entries(DOMAIN), key=_last_word)
        keys = (
            # The key comes before its domain, and is served under any name by then.
            (entry.data.get(CONF_DOMAIN, ""), entry.data[CONF_PUBLIC_KEY])
            for entry in entries
            if CONF_PUBLIC_KEY in entry.data
        )
        pem = key_for(request.host, keys)
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
