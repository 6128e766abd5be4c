"""What is mended of an account that has an entry: sign-in, credential, scopes, region.

reauth ──▶ why ─────────────┐
scopes ─────────────────────┼─▶ consent.py ─▶ same account? ─▶ new tokens, sealed
credentials ─▶ another id ──┘
└▶ another secret ─▶ Tesla takes it for the application ─▶ sealed
region_again ─▶ ask (progress) ─▶ as before, or another: register there
"""

from abc import abstractmethod
import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, override

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
from .tokens import ACCOUNT_KIND, PURPOSE, StoredTokens
from .waiting import async_wait
from .wording import async_words

_SEEN_FOR: Final = 1
"""Seconds that progress is shown at least; see onboarding."""


class AccountFlow(ConsentFlow):
    """Sign in again, or mend what signing in needs; the entry stays what it is."""

    def __init__(self) -> None:
        """Start with nothing begun."""
        super().__init__()
        self._is_begun = False
        self._is_credential_alone = False
        self._search: asyncio.Task[str | Problem] | None = None
        self._region_before = ""

    @abstractmethod
    async def async_step_register_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Register in every region that is missing; onboarding does."""

    @abstractmethod
    async def _async_go_on(self, reason: str) -> ConfigFlowResult:
        """Go on with a set-up that is not finished, or end; onboarding does."""

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

    # ---- region

    async def async_step_region_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while Tesla is asked where it keeps the account."""
        if self._search is None:
            entry: FleetPulseConfigEntry = self._get_reconfigure_entry()
            if entry.state is not ConfigEntryState.LOADED:
                return self.async_abort(reason="not_loaded")
            # Tesla may name the region while being asked: the entry then has it first.
            self._region_before = entry.data[CONF_API_URL]
            self._search = self.hass.async_create_task(
                self._async_show_search(entry), "fleet_pulse region"
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="region_again",
                progress_action="region_again",
                progress_task=self._search,
            )
        return self.async_show_progress_done(next_step_id="region_found")

    async def _async_show_search(self, entry: FleetPulseConfigEntry) -> str | Problem:
        """Ask, and let the progress be seen for a moment."""
        found = await tried(entry.runtime_data.account.client.region())
        await async_wait(self.hass, _SEEN_FOR)
        return found if isinstance(found, Problem) else found.base_url

    async def async_step_region_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what Tesla said; on to the registration where the region is another."""
        assert self._search is not None
        found = self._search.result()
        if isinstance(found, Problem):
            if user_input is None:
                self._trouble = Trouble(found.key, found.placeholders)
                return self._show("region_found")
            self._search = None
            return await self.async_step_region_again()
        entry = self._get_reconfigure_entry()
        quoted = {"region": await self._async_region(found)}
        if found == self._region_before:
            return self.async_abort(
                reason="region_same", description_placeholders=quoted
            )
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_API_URL: found}
        )
        if found not in entry.data.get(CONF_REGISTERED, ()):
            return await self.async_step_register_again()
        return self.async_abort(
            reason="region_changed", description_placeholders=quoted
        )

    async def _async_region(self, base_url: str) -> str:
        """Return a region in people's words, or its address where it has none."""
        region = async_hosts(self.hass).region_of(base_url)
        words = await async_words(self.hass, "region")
        return words.get(region or "", base_url)
