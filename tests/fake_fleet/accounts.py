"""Who may speak to the cloud: the owner's application and the owner's account."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import NAMESPACE_URL, uuid5

type Region = Literal["na", "eu", "cn"]

REGIONS: Final[tuple[Region, ...]] = ("cn", "eu", "na")

SCOPES: Final = (
    "energy_cmds",
    "energy_device_data",
    "offline_access",
    "openid",
    "user_data",
    "vehicle_charging_cmds",
    "vehicle_cmds",
    "vehicle_device_data",
    "vehicle_location",
)

AUTHORIZATION_CODE: Final = "authorization_code"
CLIENT_CREDENTIALS: Final = "client_credentials"

GRANTS: Final = (AUTHORIZATION_CODE, CLIENT_CREDENTIALS)
"""What Tesla's developer page calls "Authorization Code and Machine-to-Machine"."""


def identity(kind: str, name: str) -> str:
    """Give the same UUID for the same name, so that runs can be repeated."""
    return str(uuid5(NAMESPACE_URL, f"{kind}:{name}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a region knows of an application that registered there."""

    domain: str = ""
    public_key: bytes = b""
    """Uncompressed P-256 point; empty where a test registered without a key."""


@dataclass(slots=True, kw_only=True)
class Application:
    """A developer application: it changes as its owner edits and registers it."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: frozenset[str]
    grants: frozenset[str]
    origins: frozenset[str]
    scopes: frozenset[str] = frozenset(SCOPES)
    registrations: dict[Region, Registration] = field(default_factory=dict)
    limit_exceeded: bool = False
    """Set it to see what Tesla answers once the billing limit is spent."""

    @property
    def account_id(self) -> str:
        """The account Tesla names in its answers about this application."""
        return identity("application", self.client_id)

    @property
    def registered_regions(self) -> frozenset[Region]:
        """The regions whose hosts answer this application at all."""
        return frozenset(self.registrations)

    def register(
        self, *regions: Region, domain: str = "", public_key: bytes = b""
    ) -> None:
        """Take the application as registered, without asking any web server."""
        for region in regions:
            self.registrations[region] = Registration(
                domain=domain, public_key=public_key
            )

    def owns_domain(self, domain: str) -> bool:
        """Say whether one of the allowed origins covers this domain."""
        hosts = [origin.split("://")[-1].split("/")[0] for origin in self.origins]
        names = [host.split(":")[0] for host in hosts]
        return any(domain == name or domain.endswith(f".{name}") for name in names)


@dataclass(slots=True, kw_only=True)
class Account:
    """An owner at Tesla, with cars in one region."""

    email: str
    region: Region
    scopes: frozenset[str]
    """The most this owner ticks on the consent page."""
    vins: list[str] = field(default_factory=list)
    driven: set[str] = field(default_factory=set)
    """Cars among them that belong to somebody else, who invited this driver."""
    energy_sites: list[int] = field(default_factory=list)
    consents: dict[str, frozenset[str]] = field(default_factory=dict)
    """Scopes granted, by client id; what is withdrawn is gone at once."""

    @property
    def subject(self) -> str:
        """The `sub` of every token of this owner."""
        return identity("account", self.email)

    def consent(self, client_id: str, scopes: Iterable[str]) -> frozenset[str]:
        """Grant what was asked for as far as the owner agrees."""
        self.consents[client_id] = self.scopes.intersection(scopes)
        return self.consents[client_id]

    def withdraw(self, *scopes: str) -> None:
        """Take scopes back from every application, for good."""
        self.scopes = self.scopes.difference(scopes)
        self.consents = {
            client_id: granted.difference(scopes)
            for client_id, granted in self.consents.items()
        }
