"""Where Tesla lives: sign-in and the regional bases, and which addresses to trust."""

from collections.abc import Mapping
from enum import StrEnum
import re
from typing import Final, Self

from ..model.record import record
from .errors import InvalidOverride


class Region(StrEnum):
    """Where Tesla keeps an account."""

    NA = "na"
    """North America and Asia-Pacific."""
    EU = "eu"
    """Europe, Middle East, Africa."""
    CN = "cn"
    """China."""


TESLA_BASES: Final[Mapping[Region, str]] = {
    Region.CN: "https://fleet-api.prd.cn.vn.cloud.tesla.cn",
    Region.EU: "https://fleet-api.prd.eu.vn.cloud.tesla.com",
    Region.NA: "https://fleet-api.prd.na.vn.cloud.tesla.com",
}

_AUTHORIZE: Final = "/oauth2/v3/authorize"
_TOKEN: Final = "/oauth2/v3/token"  # noqa: S105 - a path, not a token
_TRUSTED: Final = (".tesla.com", ".tesla.cn")

# Deliberately narrower than RFC 3986: no user, no query, no backslash, so that no
# two parsers can disagree about the host that gets the owner's token.
_BASE = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?"
)


def normal_base(url: str) -> str | None:
    """The one spelling of a base URL, or nothing where it is none."""
    scheme, mark, rest = url.strip().partition("://")
    host, slash, path = rest.partition("/")
    found = _BASE.fullmatch(f"{scheme}{mark}{host}".lower() + slash + path)
    if found is None:
        return None
    default = {"http": "80", "https": "443"}[found["scheme"]]
    port = "" if found["port"] in (None, default) else f":{found['port']}"
    return f"{found['scheme']}://{found['host']}{port}{found['path']}"


@record
class Hosts:
    """The addresses in force: Tesla's own, or those of the environment."""

    authorize_url: str
    token_url: str
    api: Mapping[Region, str]
    auth_overridden: bool = False
    api_overridden: bool = False

    @classmethod
    def resolve(
        cls,
        auth_override: str | None,
        api_override: str | None,
        *,
        china: bool = False,
    ) -> Self:
        """Take what the environment overrides and Tesla's own for the rest."""
        auth = _override(auth_override)
        api = _api_override(api_override)
        sign_in = auth or f"https://auth.tesla.{'cn' if china else 'com'}"
        exchange = auth or (
            sign_in if china else "https://fleet-auth.prd.vn.cloud.tesla.com"
        )
        return cls(
            authorize_url=sign_in + _AUTHORIZE,
            token_url=exchange + _TOKEN,
            api=api or TESLA_BASES,
            auth_overridden=auth is not None,
            api_overridden=api is not None,
        )

    def base_url(self, region: Region) -> str:
        """The base of a region; of the first known one where it has no override."""
        return self.api.get(region) or next(iter(self.api.values()))

    def region_of(self, base_url: str) -> Region | None:
        """Which region a base URL serves."""
        wanted = normal_base(base_url)
        return next((key for key, base in self.api.items() if base == wanted), None)

    def accepts(self, url: str) -> bool:
        """Whether the owner's token may be sent to this base URL."""
        base = normal_base(url)
        if base is None or self.api_overridden:
            return base in self.api.values()
        scheme, _, host = base.partition("://")
        return scheme == "https" and "/" not in host and host.endswith(_TRUSTED)


def _override(text: str | None) -> str | None:
    """Read one overriding URL; an unset or blank variable overrides nothing."""
    if text is None or not text.strip():
        return None
    if (base := normal_base(text)) is None:
        # The text is not repeated: it may hold a user and a password.
        raise InvalidOverride("expected a base URL such as https://host:8443")
    return base


def _api_override(text: str | None) -> Mapping[Region, str] | None:
    """Read one URL for all regions, or `na=URL,eu=URL,cn=URL`."""
    if text is None or not text.strip():
        return None
    if "=" not in text:
        base = _override(text)
        return {region: base for region in Region if base}
    bases = {}
    for part in text.split(","):
        name, _, url = (piece.strip() for piece in part.partition("="))
        base = _override(url)
        if name.lower() not in Region or base is None:
            raise InvalidOverride("expected one URL, or na=URL,eu=URL,cn=URL")
        bases[Region(name.lower())] = base
    return bases
