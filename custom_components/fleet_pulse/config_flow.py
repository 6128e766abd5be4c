"""Sign-in at Tesla, and what can be continued later.

    user ─▶ pick credential ─▶ Tesla's consent ─▶ region ─▶ vehicles ─▶ the entry exists
                                                                          │ at once, or
                                                                          ▼ reconfigure
    domain ─▶ register (progress) ─▶ pair (QR; check again, later) ─▶ done

The entry is created before the key is registered, as reading needs no key. What was
reached is stored in the entry, so the second part may be left and taken up again.
"""

import asyncio
from collections.abc import Mapping
import logging
import re
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.const import CONF_DOMAIN
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol
from yarl import URL

from . import application, vault, well_known
from .api import async_base_url, async_client
from .application_credentials import TeslaImplementation
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_AUTH_IMPLEMENTATION,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
    DOMAIN,
)
from .errors import Problem, tried
from .fleet import keys
from .fleet.auth import TokenPair, claims
from .fleet.client import FleetClient
from .fleet.errors import NotRegistered
from .journal import Journal
from .model.parse import product_readings, vehicles
from .model.persist import dump
from .model.state import State
from .runtime import FleetPulseConfigEntry
from .store import SnapshotStore
from .tokens import ACCOUNT_KIND, PURPOSE, StoredTokens

_LOGGER = logging.getLogger(__name__)
_HOSTNAME: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?)+")


class _JustSignedIn:
    """The tokens of the flow, before they have a vault."""

    def __init__(self, pair: TokenPair) -> None:
        """Serve one pair, fresh from Tesla."""
        self._pair = pair

    async def access_token(self, rejected: str | None = None) -> str:
        """Return the access token; a rejected one has no successor here."""
        return self._pair.access_token


class FleetPulseConfigFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Sign in, register the key, pair the cars."""

    DOMAIN = DOMAIN
    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._pair: TokenPair | None = None
        self._account = ""
        self._base_url = ""
        self._region = ""
        self._products: list[dict[str, Any]] = []
        self._domain = ""
        self._registration: asyncio.Task[Problem | None] | None = None

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of this module."""
        return _LOGGER

    # ---- sign-in

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange Tesla's code; the base class would log the token on a bad day."""
        assert isinstance(self.flow_impl, TeslaImplementation)
        found = await tried(self.flow_impl.async_exchange(self.external_data))
        if isinstance(found, Problem):
            return self._aborted(found)
        self._pair = found
        whose = claims(found.access_token)
        self._account = whose.subject
        await self.async_set_unique_id(whose.subject)
        if self.source == SOURCE_REAUTH:
            return await self._async_signed_in_again()
        self._abort_if_unique_id_configured()
        return await self.async_step_region()

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Say that Tesla, or the owner, did not consent."""
        error = str(self.external_data.get("error", ""))
        key = "consent_denied" if error == "access_denied" else "consent_failed"
        return self.async_abort(reason=key, description_placeholders={"error": error})

    async def async_step_region(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask Tesla where it keeps the account, and show it."""
        if user_input is not None:
            return await self.async_step_vehicles()
        assert self._pair is not None
        guess = claims(self._pair.access_token).region
        self._base_url = async_base_url(self.hass, guess)
        found = await tried(self._client().region())
        if isinstance(found, Problem):
            return self._aborted(found)
        self._base_url = found.base_url
        self._region = found.region.value.upper() if found.region else found.base_url
        return self.async_show_form(
            step_id="region", description_placeholders={"region": self._region}
        )

    async def async_step_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the cars Tesla lists; then the entry is made."""
        if user_input is not None:
            return await self._async_create()
        found = await tried(self._client().products())
        if isinstance(found, Problem) and not isinstance(found.error, NotRegistered):
            return self._aborted(found)
        # Tesla lists no cars to an application it does not know in this region yet;
        # registering is the next part, and the cars then come by themselves.
        self._products = [] if isinstance(found, Problem) else found
        names = [
            product.name or product.vin[-6:] for product in vehicles(self._products)
        ]
        return self.async_show_form(
            step_id="vehicles",
            description_placeholders={"vehicles": ", ".join(names) or "-"},
        )

    async def _async_create(self) -> ConfigFlowResult:
        """Seal the tokens, keep what the list said, and create the entry."""
        await self._async_store_tokens()
        now = dt_util.utcnow()
        snapshot = {
            product.vin: {
                "state": dump(State().merged(product_readings(body, now=now)))
            }
            for body in self._products
            for product in vehicles([body])
        }
        store = SnapshotStore(self.hass, vault.identify(self._account))
        await store.async_save(snapshot)
        return self.async_create_entry(
            title=self.flow_impl.name,
            data={
                CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain,
                CONF_ACCOUNT: self._account,
                CONF_API_URL: self._base_url,
            },
        )

    async def _async_store_tokens(self) -> None:
        """Seal the first tokens; they never stand in the entry."""
        assert self._pair is not None
        file = await vault.async_open(self.hass, ACCOUNT_KIND, self._account)
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
        await self._async_store_tokens()
        entry = self._get_reauth_entry()
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason="reauth_successful")

    # ---- key, registration, pairing

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take up the set-up where it was left."""
        entry = self._get_reconfigure_entry()
        self._base_url = entry.data[CONF_API_URL]
        self._domain = entry.data.get(CONF_DOMAIN, "")
        if self._base_url in entry.data.get(CONF_REGISTERED, ()):
            return await self.async_step_pair()
        return await self.async_step_domain()

    async def async_step_domain(
        self,
        user_input: dict[str, Any] | None = None,
        problem: Problem | None = None,
    ) -> ConfigFlowResult:
        """Ask under which domain Tesla shall fetch the public key."""
        errors = {"base": problem.key} if problem else {}
        if user_input is not None:
            self._domain = user_input[CONF_DOMAIN].strip().lower()
            if _HOSTNAME.fullmatch(self._domain):
                return await self._async_begin_registration()
            errors[CONF_DOMAIN] = "invalid_domain"
        suggested = self._domain or self._own_host()
        return self.async_show_form(
            step_id="domain",
            data_schema=vol.Schema({vol.Required(CONF_DOMAIN, default=suggested): str}),
            errors=errors,
            description_placeholders={
                "path": well_known.PATH,
                "detail": problem.placeholders["detail"] if problem else "",
            },
        )

    def _own_host(self) -> str:
        """Return the name this Home Assistant is reached by from outside."""
        try:
            url = get_url(self.hass, prefer_external=True, allow_cloud=False)
        except NoURLAvailableError:
            return ""
        return URL(url).host or ""

    async def _async_begin_registration(self) -> ConfigFlowResult:
        """Serve the key before Tesla is asked to fetch it."""
        entry = self._get_reconfigure_entry()
        impl = await self._async_implementation()
        found = await tried(
            application.async_create_key(self.hass, impl.application.client_id)
        )
        if isinstance(found, Problem):
            return self._aborted(found)
        well_known.async_register(self.hass)
        self._async_keep(
            entry,
            {CONF_DOMAIN: self._domain, CONF_PUBLIC_KEY: keys.public_pem(found)},
        )
        return await self.async_step_register()

    async def async_step_register(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while Tesla fetches the key; this takes some seconds."""
        if self._registration is None:
            self._registration = self.hass.async_create_task(self._async_register())
        if not self._registration.done():
            return self.async_show_progress(
                step_id="register",
                progress_action="register",
                progress_task=self._registration,
                description_placeholders={"domain": self._domain},
            )
        return self.async_show_progress_done(next_step_id="registered")

    async def _async_register(self) -> Problem | None:
        """Register the domain in the account's region."""
        impl = await self._async_implementation()
        return await tried(
            application.async_register(
                self.hass,
                impl.application,
                domain=self._domain,
                base_url=self._base_url,
                ledger=Journal(self.hass, self._account),
            )
        )

    async def async_step_registered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on to the cars, or back to the domain with what Tesla said."""
        assert self._registration is not None
        problem = self._registration.result()
        self._registration = None
        if problem is not None:
            return await self.async_step_domain(problem=problem)
        entry = self._get_reconfigure_entry()
        known = set(entry.data.get(CONF_REGISTERED, ()))
        self._async_keep(entry, {CONF_REGISTERED: sorted(known | {self._base_url})})
        return await self.async_step_pair()

    async def async_step_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the QR code that puts our key into a car; "later" is a fine answer."""
        entry: FleetPulseConfigEntry = self._get_reconfigure_entry()
        unpaired = await entry.runtime_data.async_unpaired()
        if not unpaired:
            return self.async_abort(reason="set_up")
        if user_input is not None and user_input["later"]:
            return self.async_abort(reason="pair_later")
        vin, name = unpaired[0]
        url = f"https://tesla.com/_ak/{self._domain}?vin={vin}"
        qr_code = QrCodeSelectorConfig(
            data=url, scale=6, error_correction_level=QrErrorCorrectionLevel.QUARTILE
        )
        return self.async_show_form(
            step_id="pair",
            data_schema=vol.Schema(
                {
                    vol.Optional("qr_code"): QrCodeSelector(qr_code),
                    vol.Required("later", default=False): bool,
                }
            ),
            errors={} if user_input is None else {"base": "not_paired"},
            description_placeholders={"vehicle": name, "url": url},
        )

    # ---- small things

    async def _async_implementation(self) -> TeslaImplementation:
        """Return the application the entry signed in with."""
        impl = await async_get_config_entry_implementation(
            self.hass, self._get_reconfigure_entry()
        )
        assert isinstance(impl, TeslaImplementation)
        return impl

    def _async_keep(self, entry: ConfigEntry, reached: dict[str, Any]) -> None:
        """Store what was reached in the entry."""
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **reached}
        )

    def _client(self) -> FleetClient:
        """Return a client with the tokens of the flow; it asks only what is free."""
        assert self._pair is not None
        return async_client(
            self.hass,
            tokens=_JustSignedIn(self._pair),
            ledger=Journal(self.hass, self._account),
            base_url=self._base_url,
        )

    def _aborted(self, problem: Problem) -> ConfigFlowResult:
        """End the flow with a problem's text."""
        return self.async_abort(
            reason=problem.key, description_placeholders=problem.placeholders
        )
