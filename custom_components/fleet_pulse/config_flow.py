"""Signing in at Tesla: what must be done before there is an entry.

    user ─▶ pick credential ─▶ Tesla's consent ─▶ region ─▶ vehicles ─▶ the entry exists
            └─────── consent.py ─────────┘                          │ next flow
                                                                    ▼ onboarding.py

The entry is created before the key is registered, as reading needs no key. Tesla may
answer 412 to everything until the application is registered: then the region is the
token's guess, and the cars come after the registration.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.util import dt as dt_util

from . import vault
from .api import async_base_url, async_client, async_hosts
from .consent import ConsentFlow
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_AUTH_IMPLEMENTATION,
    CONF_DOMAIN,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
    DOMAIN,
)
from .errors import tried
from .fleet.auth import Claims, TokenPair, claims
from .fleet.client import FleetClient
from .fleet.errors import NotRegistered
from .journal import Journal
from .model.parse import product_readings, vehicles
from .model.persist import dump
from .model.state import State
from .onboarding import OnboardingFlow
from .store import SnapshotStore
from .tokens import ACCOUNT_KIND, PURPOSE, StoredTokens


class _JustSignedIn:
    """The tokens of the flow, before they have a vault."""

    def __init__(self, pair: TokenPair) -> None:
        """Serve one pair, fresh from Tesla."""
        self._pair = pair

    async def access_token(self, rejected: str | None = None) -> str:
        """Return the access token; a rejected one has no successor here."""
        return self._pair.access_token


class FleetPulseConfigFlow(OnboardingFlow, ConsentFlow, domain=DOMAIN):
    """Sign in, for the first time or again; the rest is onboarding."""

    VERSION = 1
    MINOR_VERSION = 1

    _pair: TokenPair
    _claims: Claims
    _client: FleetClient

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._products: list[dict[str, Any]] | None = None

    # ---- tokens

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange Tesla's code; the base class would log the token on a bad day."""
        problem = await tried(self._async_exchange())
        if problem is not None:
            return self._aborted(problem)
        await self.async_set_unique_id(self._claims.subject)
        if self.source == SOURCE_REAUTH:
            return await self._async_signed_in_again()
        self._abort_if_unique_id_configured()
        return await self.async_step_region()

    async def _async_exchange(self) -> None:
        """Get the tokens, and a client that asks only what is free."""
        self._pair = await self.implementation.async_exchange(self.external_data)
        self._claims = claims(self._pair.access_token)
        self._base_url = async_base_url(self.hass, self._claims.region)
        self._client = async_client(
            self.hass,
            tokens=_JustSignedIn(self._pair),
            ledger=Journal(self.hass, self._claims.subject),
            base_url=self._base_url,
            region_changed=self._async_move,
        )

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
            return self._aborted(problem)
        region = async_hosts(self.hass).region_of(self._base_url)
        return self.async_show_form(
            step_id="region",
            description_placeholders={
                "region": region.value.upper() if region else self._base_url
            },
        )

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
            return self._aborted(problem) if problem else await self._async_create()
        if self._products is None:
            return self.async_show_form(step_id="unregistered")
        names = [
            product.name or product.vin[-6:] for product in vehicles(self._products)
        ]
        return self.async_show_form(
            step_id="vehicles",
            description_placeholders={"vehicles": ", ".join(names) or "-"},
        )

    async def async_step_unregistered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the entry without cars: Tesla lists them after the registration."""
        return await self.async_step_vehicles(user_input)

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
            title=self.flow_impl.name,
            data={
                **self._reached(),
                CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain,
                CONF_ACCOUNT: account,
                CONF_API_URL: self._base_url,
            },
        )

    def _reached(self) -> dict[str, Any]:
        """Return what another account has reached for the same application."""
        for entry in self._async_current_entries():
            if entry.data[CONF_AUTH_IMPLEMENTATION] == self.flow_impl.domain:
                wanted = (CONF_DOMAIN, CONF_PUBLIC_KEY, CONF_REGISTERED)
                return {key: entry.data[key] for key in wanted if key in entry.data}
        return {}

    async def _async_keep_signed_in(self) -> None:
        """Seal the first tokens; they never stand in the entry."""
        file = await vault.async_open(self.hass, ACCOUNT_KIND, self._claims.subject)
        if file.is_broken:
            await file.async_renew()
        await file.async_put(PURPOSE, StoredTokens(pair=self._pair).dump())

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

    # ---- sign-in again

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin a new sign-in for an account Tesla signed out."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say why, before the owner is sent to Tesla."""
        entry = self._get_reauth_entry()
        if user_input is None:
            return self.async_show_form(
                step_id="reauth_confirm",
                description_placeholders={"account": entry.title},
            )
        return await self.async_step_pick_implementation(
            {"implementation": entry.data[CONF_AUTH_IMPLEMENTATION]}
        )

    async def _async_signed_in_again(self) -> ConfigFlowResult:
        """Seal the new tokens of the same account and start the entry anew."""
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        problem = await tried(self._async_keep_signed_in())
        if problem is not None:
            return self._aborted(problem)
        entry = self._get_reauth_entry()
        data = dict(entry.data)
        if data[CONF_AUTH_IMPLEMENTATION] != self.flow_impl.domain:
            # Another application: it is not registered, and has a key of its own.
            data[CONF_AUTH_IMPLEMENTATION] = self.flow_impl.domain
            data.pop(CONF_REGISTERED, None)
        result = self.async_update_and_abort(
            entry, data=data, reason="reauth_successful"
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result
