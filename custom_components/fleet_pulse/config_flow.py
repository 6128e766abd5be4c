"""Signing in at Tesla: what must be done before there is an entry.

    user ─▶ pick credential ─▶ Tesla's consent ─▶ region ─▶ vehicles ─▶ the entry exists
            └─────── consent.py ─────────┘ ▲        │                     │ next flow
                       signing in mends it └── look ┘ again               ▼ onboarding.py

The entry is created before the key is registered, as reading needs no key. Tesla may
answer 412 to everything until the application is registered: then the region is the
token's guess, and the cars come after the registration.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from . import application, migration, vault
from .account_flow import AccountFlow
from .alert_flow import AlertFlow
from .alerts.alert import ALERT
from .api import async_base_url, async_client
from .charge_rule_flow import ChargeRuleFlow
from .consent import Trouble
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_AUTH_IMPLEMENTATION,
    CONF_SIGNED_IN_AT,
    DOMAIN,
)
from .departure_flow import DepartureFlow
from .errors import tried
from .fleet.auth import TokenPair
from .fleet.client import FleetClient
from .fleet.errors import NotRegistered, ScopeMissing, SignInRequired, TokenRejected
from .journal import Journal
from .model.parse import Product, product_readings, vehicles
from .model.persist import dump
from .model.state import State
from .model.vin import model
from .onboarding import OnboardingFlow
from .options_flow import AccountOptions
from .rules.view import Matter
from .store import SnapshotStore
from .wording import async_words

_DRIVER: Final = "DRIVER"
"""Tesla's word for somebody whom the owner of a car has invited."""
_SIGN_IN_MENDS: Final = (ScopeMissing, SignInRequired, TokenRejected)


RULE_FLOWS: Final[Mapping[str, type[ConfigSubentryFlow]]] = {
    ALERT: AlertFlow,
    Matter.CHARGING: ChargeRuleFlow,
    Matter.PRECONDITIONING: DepartureFlow,
}
"""By the type of the subentry."""


class _JustSignedIn:
    """The tokens of the flow, before they have a vault."""

    def __init__(self, pair: TokenPair) -> None:
        """Serve one pair, fresh from Tesla."""
        self._pair = pair

    async def access_token(self, rejected: str | None = None) -> str:
        """Return the access token; a rejected one has no successor here."""
        return self._pair.access_token


class FleetPulseConfigFlow(OnboardingFlow, AccountFlow, domain=DOMAIN):
    """Sign in for the first time; the rest is for an entry that exists."""

    VERSION = 1
    MINOR_VERSION = migration.MINOR_VERSION

    _base_url: str
    _client: FleetClient

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the dialog behind the gear of an account."""
        return AccountOptions()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the dialogs of what an account has several of."""
        return dict(RULE_FLOWS)

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._products: list[dict[str, Any]] | None = None

    @override
    async def _async_signed_in(self) -> ConfigFlowResult:
        """Go on to what there is to see, or to the entry that there is."""
        if self.source != SOURCE_USER:
            return await super()._async_signed_in()
        self._base_url = async_base_url(self.hass, self._claims.region)
        self._client = async_client(
            self.hass,
            tokens=_JustSignedIn(self._pair),
            ledger=Journal(self.hass, self._claims.subject),
            base_url=self._base_url,
            region_changed=self._async_move,
        )
        return await self.async_step_region()

    async def _async_move(self, base_url: str) -> None:
        """Note where Tesla really keeps the account."""
        self._base_url = base_url

    # ---- what Tesla knows

    async def async_step_region(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show where Tesla keeps the account and its cars."""
        if user_input is not None:
            return await self.async_step_vehicles()
        problem = await tried(self._async_look())
        if problem is not None and not isinstance(problem.error, NotRegistered):
            self._trouble = Trouble(problem.key, problem.placeholders)
            is_refused = isinstance(problem.error, _SIGN_IN_MENDS)
            return await (
                self.async_step_consent() if is_refused else self.async_step_look()
            )
        return self.async_show_form(
            step_id="region",
            description_placeholders={
                "region": await self._async_region(self._base_url)
            },
        )

    async def async_step_look(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say why Tesla told nothing, and ask again: the sign-in is still good."""
        if user_input is not None:
            return await self.async_step_region()
        return self._show("look")

    async def _async_look(self) -> None:
        """Ask for the cars; on the wrong host Tesla names the right one.

        Then ask for the region itself: of an application without cars, Tesla may take
        the list from any host.
        """
        self._products = await self._client.products()
        found = await self._client.region()
        self._base_url = found.base_url

    async def async_step_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the cars Tesla lists; then the entry is made."""
        if user_input is not None:
            problem = await tried(self._async_keep_signed_in())
            return self._ended(problem) if problem else await self._async_create()
        if self._products is None:
            return self.async_show_form(step_id="unregistered")
        found = vehicles(self._products)
        if not found:
            sites = any("energy_site_id" in product for product in self._products)
            return self.async_show_form(
                step_id="energy_only" if sites else "no_products"
            )
        access = await async_words(self.hass, "access_type")
        is_shared = any(product.access_type == _DRIVER for product in found)
        return self.async_show_form(
            step_id="vehicles_shared" if is_shared else "vehicles",
            description_placeholders={
                "vehicles": "\n".join(_line(product, access) for product in found)
            },
        )

    async def async_step_unregistered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the entry also where there is no car, or not one's own."""
        return await self.async_step_vehicles(user_input)

    async_step_energy_only = async_step_unregistered
    async_step_no_products = async_step_unregistered
    async_step_vehicles_shared = async_step_unregistered

    # ---- the entry

    async def _async_create(self) -> ConfigFlowResult:
        """Keep what the list said, and create the entry."""
        now = dt_util.utcnow()
        snapshot = {
            product.vin: {
                "state": dump(State().merged(product_readings(body, now=now)))
            }
            for body in self._products or ()
            for product in vehicles([body])
        }
        account = self._claims.subject
        await SnapshotStore(self.hass, vault.identify(account)).async_save(snapshot)
        return self.async_create_entry(
            title=self._title(),
            data={
                **self._reached(),
                CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain,
                CONF_ACCOUNT: account,
                CONF_API_URL: self._base_url,
                CONF_SIGNED_IN_AT: self._signed_in_at.isoformat(timespec="seconds"),
            },
        )

    def _title(self) -> str:
        """Return the credential's name, with a number where an account has it."""
        name = self.flow_impl.name
        taken = {entry.title for entry in self._async_current_entries()}
        numbered = (f"{name} {number}" for number in count(2))
        return (
            name if name not in taken else next(t for t in numbered if t not in taken)
        )

    def _reached(self) -> dict[str, Any]:
        """Return what another account has reached for the same application."""
        for entry in self._async_current_entries():
            if entry.data[CONF_AUTH_IMPLEMENTATION] == self.flow_impl.domain:
                return {
                    key: entry.data[key]
                    for key in application.SHARED
                    if key in entry.data
                }
        return {}

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on at once with the part that can also be continued later."""
        entry: ConfigEntry = result["result"]
        following = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
        )
        result["next_flow"] = (FlowType.CONFIG_FLOW, following["flow_id"])
        return result


def _line(product: Product, access: Mapping[str, str]) -> str:
    """Return a line of the list: which car it is, and what the account may do."""
    known = (
        f"**{product.name or product.vin[-6:]}**",
        model(product.vin),
        access.get((product.access_type or "").lower()),
    )
    return "- " + " · ".join(word for word in known if word)
