"""What is mended of an account that has an entry: sign-in, credential, scopes, region.

reauth ──▶ why ─────────────┐
scopes ─────────────────────┼─▶ consent.py ─▶ same account? ─▶ new tokens, sealed
credentials ─▶ another id ──┘
└▶ another secret ─▶ Tesla takes it for the application ─▶ sealed
region_again ─▶ ask (progress) ─▶ as before, or another: register there
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)

from . import application, vault
from .api import async_auth_client, async_hosts
from .consent import ConsentFlow, Trouble
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_AUTH_IMPLEMENTATION,
    CONF_REGISTERED,
    CONF_SIGNED_IN_AT,
    DOMAIN,
)
from .errors import Problem, tried
from .fleet.auth import Application
from .fleet.errors import GrantMissing
from .runtime import FleetPulseConfigEntry
from .stage_flow import StageFlow
from .tokens import ACCOUNT_KIND, PURPOSE, StoredTokens
from .wording import async_words


class AccountFlow(StageFlow, ConsentFlow):
    """Sign in again, or mend what signing in needs; the entry stays what it is."""

    def __init__(self) -> None:
        """Start with nothing begun."""
        super().__init__()
        self._is_begun = False
        self._is_credential_alone = False
        self._region_before = ""
        self._region_found: str | Problem = ""

    # ---- signed in

    @override
    async def _async_signed_in(self) -> ConfigFlowResult:
        """Take the new tokens of the same account, and start the entry anew."""
        problem = await tried(self._async_keep_signed_in())
        if problem is not None:
            return self._ended(problem)
        is_reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if is_reauth else self._get_reconfigure_entry()
        data = {
            **entry.data,
            CONF_SIGNED_IN_AT: self._signed_in_at.isoformat(timespec="seconds"),
        }
        if data[CONF_AUTH_IMPLEMENTATION] != self.flow_impl.domain:
            # Another application: it is not registered, and has a key of its own.
            data[CONF_AUTH_IMPLEMENTATION] = self.flow_impl.domain
            for key in application.OF_ONE_APPLICATION:
                data.pop(key, None)
        if is_reauth:
            result = self.async_update_and_abort(
                entry, data=data, reason="reauth_successful"
            )
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return result
        self.hass.config_entries.async_update_entry(entry, data=data)
        # What comes next in a set-up that is not finished needs the new sign-in.
        await self.hass.config_entries.async_reload(entry.entry_id)
        return await self._async_go_on("reconfigure_successful")

    async def _async_keep_signed_in(self) -> None:
        """Seal the tokens, and the credential they came by; no entry holds either."""
        await self._async_keep_credential()
        file = await vault.async_open(self.hass, ACCOUNT_KIND, self._claims.subject)
        if file.is_broken:
            await file.async_renew()
        await file.async_put(PURPOSE, StoredTokens(pair=self._pair).dump())

    async def _async_keep_credential(self) -> None:
        """Seal a corrected credential; another application is not registered yet.

        Every account that signed in with the credential has the other application
        from now on, and must sign in with it: a reload tells the others.
        """
        impl = self.implementation
        await impl.async_keep()
        if not impl.is_another_application:
            return
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            if entry.data[CONF_AUTH_IMPLEMENTATION] == impl.domain:
                over = application.OF_ONE_APPLICATION
                kept = {k: v for k, v in entry.data.items() if k not in over}
                self.hass.config_entries.async_update_entry(entry, data=kept)
                if entry.unique_id != self._claims.subject:
                    self.hass.config_entries.async_schedule_reload(entry.entry_id)

    # ---- sign in again

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
        if user_input is not None:
            return await self._async_go(entry)
        problem = await tried(self._async_unsealed(entry))
        return self.async_show_form(
            step_id="reauth_confirm",
            errors={"base": problem.key} if problem else None,
            description_placeholders={
                "account": entry.title,
                **(problem.placeholders if problem else {}),
            },
        )

    async def _async_unsealed(self, entry: ConfigEntry) -> None:
        """Find out whether it is ours to open what is sealed, and not Tesla's no."""
        file = await vault.async_open(self.hass, ACCOUNT_KIND, entry.data[CONF_ACCOUNT])
        file.get(PURPOSE)

    @override
    async def async_step_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go to Tesla to grant more; what then still is missing is told as always."""
        if self.source == SOURCE_RECONFIGURE and not self._is_begun:
            self._is_begun = True
            return await self._async_go(self._get_reconfigure_entry())
        return await super().async_step_scopes(user_input)

    async def _async_go(self, entry: ConfigEntry) -> ConfigFlowResult:
        """Go to Tesla with the entry's credential, or another if that is gone."""
        return await self.async_step_pick_implementation(
            {"implementation": entry.data[CONF_AUTH_IMPLEMENTATION]}
        )

    # ---- credential

    @override
    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for client id and secret, also where nothing is wrong with them."""
        if self.source == SOURCE_RECONFIGURE and not self._is_begun:
            # That there is one was seen when the flow began.
            self.flow_impl = await async_get_config_entry_implementation(
                self.hass, self._get_reconfigure_entry()
            )
            self._is_begun = True
            self._is_credential_alone = True
        return await super().async_step_credentials(user_input)

    @override
    async def _async_corrected(self, corrected: Application) -> ConfigFlowResult:
        """Prove a secret with the application's own sign-in, an id with the owner's.

        Tokens belong to an application: another one needs the owner's consent.
        """
        is_same = corrected.client_id == self.implementation.client_id
        if not (self._is_credential_alone and is_same):
            self._is_credential_alone = False
            return await super()._async_corrected(corrected)
        problem = await tried(self._async_prove(corrected))
        if problem is not None:
            self._trouble = Trouble(problem.key, problem.placeholders)
            return await self.async_step_credentials()
        return await self._async_go_on("reconfigure_successful")

    async def _async_prove(self, corrected: Application) -> None:
        """Seal a secret that Tesla takes."""
        entry = self._get_reconfigure_entry()
        # Tesla misses a grant only of an application whose secret is right.
        with suppress(GrantMissing):
            await async_auth_client(self.hass).partner_token(
                corrected, entry.data[CONF_API_URL]
            )
        self.implementation.use(corrected)
        await self.implementation.async_keep()

    @override
    async def _async_mend_credential(self, problem: Problem) -> ConfigFlowResult:
        """Ask for client id and secret, with what Tesla says of those in use."""
        self._trouble = Trouble(problem.key, problem.placeholders)
        return await self.async_step_credentials()

    # ---- region

    async def async_step_region_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while Tesla is asked where it keeps the account."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if self._work is None:
            # Tesla may name the region while being asked: the entry then has it first.
            self._region_before = self._entry.data[CONF_API_URL]
        return self._show_work(
            progress_action="region_again", work=self._async_search, then="region_seen"
        )

    async def _async_search(self) -> str:
        """Ask Tesla for the account's base URL."""
        entry: FleetPulseConfigEntry = self._entry
        return (await entry.runtime_data.account.client.region()).base_url

    async def async_step_region_seen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take what Tesla said."""
        self._region_found = self._worked()
        return await self.async_step_region_found()

    async def async_step_region_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what Tesla said; on to the registration where the region is another."""
        found = self._region_found
        if user_input is not None:
            return await self.async_step_region_again()
        if isinstance(found, Problem):
            self._trouble = Trouble(found.key, found.placeholders)
            return self._show("region_found")
        quoted = {"region": await self._async_region(found)}
        if found == self._region_before:
            return self.async_abort(
                reason="region_same", description_placeholders=quoted
            )
        self._keep({CONF_API_URL: found})
        if found not in self._entry.data.get(CONF_REGISTERED, ()):
            return await self._async_step("register_again")
        return self.async_abort(
            reason="region_changed", description_placeholders=quoted
        )

    async def _async_region(self, base_url: str) -> str:
        """Return a region in people's words, or its address where it has none."""
        region = async_hosts(self.hass).region_of(base_url)
        words = await async_words(self.hass, "region")
        return words.get(region or "", base_url)
