"""What turns a signed-in account into cars that take commands.

    reconfigure ─▶ domain ─▶ register (progress) ─▶ pair (QR; check again, later) ─▶ done
        │            ▲ Tesla's words │                ▲
        └─ menu: ────┴───────────────┴────────────────┘   once it is registered

What was reached is stored in the entry, so it may be left at any point and taken up
again: the flow that creates the entry goes on here by itself, later "Reconfigure" does.
"""

import asyncio
from collections.abc import Awaitable, Callable
import re
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
)
import voluptuous as vol
from yarl import URL

from . import application, well_known
from .const import (
    CONF_ACCOUNT,
    CONF_API_URL,
    CONF_DOMAIN,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
)
from .errors import Problem, tried
from .fleet import keys
from .fleet.auth import Application
from .journal import Journal
from .runtime import FleetPulseConfigEntry
from .waiting import async_wait

SEEN_FOR: Final = 1
"""Seconds that progress is shown at least."""
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]")
"""A name with a dot: Tesla comes from outside, so no bare name and no address."""


class OnboardingFlow(ConfigFlow):
    """Register the key, pair the cars; all for an entry that exists."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._base_url = ""
        self._domain = ""
        self._application: Application | None = None
        self._registration: asyncio.Task[Problem | None] | None = None
        self._unpaired: list[tuple[str, str]] = []

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take up the set-up where it was left."""
        entry = self._get_reconfigure_entry()
        self._base_url = entry.data[CONF_API_URL]
        self._domain = entry.data.get(CONF_DOMAIN, "")
        if user_input is not None:
            step: Callable[[], Awaitable[ConfigFlowResult]] = getattr(
                self, f"async_step_{user_input['next_step_id']}"
            )
            return await step()
        if self._base_url not in entry.data.get(CONF_REGISTERED, ()):
            return await self.async_step_domain()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["pair", "domain"]
        )

    async def async_step_register_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Register where it is missing."""
        self._base_url = self._get_reconfigure_entry().data[CONF_API_URL]
        return await self.async_step_domain()

    # ---- key and registration

    async def async_step_domain(
        self,
        user_input: dict[str, Any] | None = None,
        problem: Problem | None = None,
    ) -> ConfigFlowResult:
        """Ask under which domain Tesla shall fetch the public key."""
        errors = {"base": problem.key} if problem else {}
        if user_input is not None:
            self._domain = user_input[CONF_DOMAIN].strip().lower()
            if _DOMAIN.fullmatch(self._domain):
                return await self._async_begin_registration()
            errors[CONF_DOMAIN] = "invalid_domain"
        suggested = self._domain or self._own_host()
        return self.async_show_form(
            step_id="domain",
            data_schema=vol.Schema({vol.Required(CONF_DOMAIN, default=suggested): str}),
            errors=errors,
            description_placeholders={
                "path": well_known.PATH,
                **(problem.placeholders if problem else {}),
            },
        )

    def _own_host(self) -> str:
        """Return the name this Home Assistant is reached by from outside."""
        try:
            url = get_url(
                self.hass, allow_internal=False, allow_cloud=False, allow_ip=False
            )
        except NoURLAvailableError:
            return ""
        return URL(url).host or ""

    async def _async_begin_registration(self) -> ConfigFlowResult:
        """Serve the key before Tesla is asked to fetch it."""
        try:
            problem = await tried(self._async_serve_key())
        except ConfigEntryAuthFailed:
            return self.async_abort(reason="credential_unavailable")
        if problem is not None:
            return self._aborted(problem)
        return await self.async_step_register()

    async def _async_serve_key(self) -> None:
        """Make the key the first time, and serve it under the domain."""
        entry = self._get_reconfigure_entry()
        self._application = await application.async_application(self.hass, entry)
        key = await application.async_create_key(self.hass, self._application.client_id)
        well_known.async_register(self.hass)
        reached: dict[str, Any] = {
            CONF_DOMAIN: self._domain,
            CONF_PUBLIC_KEY: keys.public_pem(key),
        }
        if entry.data.get(CONF_DOMAIN) != self._domain:
            reached[CONF_REGISTERED] = []
        self._async_keep(entry, reached)

    async def async_step_register(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while Tesla fetches the key; this takes some seconds."""
        if self._registration is None:
            self._registration = self.hass.async_create_task(
                self._async_show_registration(), "fleet_pulse registration"
            )
        if not self._registration.done():
            return self.async_show_progress(
                step_id="register",
                progress_action="register",
                progress_task=self._registration,
                description_placeholders={"domain": self._domain},
            )
        return self.async_show_progress_done(next_step_id="registered")

    async def _async_show_registration(self) -> Problem | None:
        """Register, and let the progress be seen for a moment."""
        found = await tried(self._async_register())
        # The frontend listens for the end only once it has drawn the progress: what
        # ends sooner, as refusals do, would leave the dialog turning for ever.
        await async_wait(self.hass, SEEN_FOR)
        return found

    async def _async_register(self) -> None:
        """Register the domain in the account's region, and remember that."""
        assert self._application is not None
        entry = self._get_reconfigure_entry()
        await application.async_register(
            self.hass,
            self._application,
            domain=self._domain,
            base_url=self._base_url,
            ledger=Journal(self.hass, entry.data[CONF_ACCOUNT]),
        )
        known = set(entry.data.get(CONF_REGISTERED, ()))
        self._async_keep(entry, {CONF_REGISTERED: sorted(known | {self._base_url})})

    async def async_step_registered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on to the cars, or back to the domain with what Tesla said."""
        assert self._registration is not None
        problem = self._registration.result()
        self._registration = None
        if problem is not None:
            return await self.async_step_domain(problem=problem)
        return await self.async_step_pair()

    # ---- pairing

    async def async_step_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the QR code that puts our key into a car; "later" is a fine answer."""
        entry: FleetPulseConfigEntry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if user_input is not None and user_input["later"]:
            return self.async_abort(reason="pair_later")
        found = await tried(_async_unpaired(entry))
        if isinstance(found, Problem) and self._unpaired:
            return self._show_pair({"base": found.key}, found.placeholders)
        if isinstance(found, Problem):
            return self._aborted(found)
        if not found:
            nothing = "no_vehicles" if found is None else "set_up"
            return self.async_abort(reason=nothing)
        is_same = user_input is not None and self._unpaired[:1] == found[:1]
        self._unpaired = found
        return self._show_pair({"base": "not_paired"} if is_same else {}, {})

    def _show_pair(
        self, errors: dict[str, str], placeholders: dict[str, str]
    ) -> ConfigFlowResult:
        """Show the code for the next car."""
        vin, name = self._unpaired[0]
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
            errors=errors,
            description_placeholders={"vehicle": name, "url": url, **placeholders},
        )

    # ---- small things

    def _async_keep(self, entry: ConfigEntry, reached: dict[str, Any]) -> None:
        """Store what was reached in the entry."""
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **reached}
        )

    def _aborted(self, problem: Problem) -> ConfigFlowResult:
        """End the flow with a problem's text."""
        return self.async_abort(
            reason=problem.key, description_placeholders=problem.placeholders
        )


async def _async_unpaired(
    entry: FleetPulseConfigEntry,
) -> list[tuple[str, str]] | None:
    """Return the cars without our key; None if Tesla lists no car at all.

    Tesla lists cars only to a registered application: they may come just now.
    """
    account = entry.runtime_data.account
    if not account.vehicles or not account.last_update_success:
        await account.async_refresh()
    if not account.vehicles:
        return None
    return await entry.runtime_data.async_unpaired()
