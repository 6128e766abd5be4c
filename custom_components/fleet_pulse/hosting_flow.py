"""Where Tesla finds the public key: chosen, looked at, and registered.

hosting ─▶ hosting_here | hosting_static | hosting_proxy ─▶ check (progress)
▲                                             │
certain failure │        ┌──────────── good ──────────────────┤
check_failed ◀──┼────────┼─────────────────────────────────────┤
▲ again,    │        ▼                                    ▼ cannot judge
│ or anyway─┼─▶ register (progress) ◀──────────────── check_unclear
└───────────┴────────┤ Tesla's words
▼
pair
"""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import SelectSelector
import voluptuous as vol
from yarl import URL

from . import application, well_known
from .api import async_look_at_key
from .const import (
    CONF_ACCOUNT,
    CONF_DOMAIN,
    CONF_HOSTING,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
)
from .errors import Problem
from .fleet import keys
from .fleet.errors import (
    CredentialRefused,
    KeyDiffers,
    KeyDownloadFailed,
    KeyLost,
    SealBroken,
)
from .fleet.key_host import Diagnosis
from .journal import Journal
from .stage_flow import StageFlow

HOSTINGS: Final[Mapping[str, str]] = {
    "here": "hosting_here",
    "proxy": "hosting_proxy",
    "static": "hosting_static",
}
"""Who may answer with the key, and the step that says how."""
CONF_AGAIN: Final = "again"
CONF_ANYWAY: Final = "anyway"
_CHOICES: Final[Mapping[str, str]] = {
    "check_failed": CONF_ANYWAY,
    "check_unclear": CONF_AGAIN,
}
"""What may be ticked where a look found something, against what Submit else does."""

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]")
"""A name with a dot: Tesla comes from outside, so no bare name and no address."""
_NABU_CASA: Final = re.compile(r"(?:.*\.)?nabu\.casa")
_UNKNOWN_HOME: Final = "http://YOUR_HOME_ASSISTANT:8123"

_HOSTINGS: Final = SelectSelector(
    {"options": list(HOSTINGS), "translation_key": "hosting"}
)
# Home Assistant refuses a forwarded address from a proxy that it was not told of, and
# nginx adds none by itself.
_NGINX: Final = """location = {path} {{
    proxy_pass {home};
    proxy_set_header Host $host;
}}"""
_CADDY: Final = """handle {path} {{
    reverse_proxy {home} {{
        header_up -X-Forwarded-For
    }}
}}"""

_OF_KEY: Final = (KeyLost, SealBroken)
"""What is mended where the key is made or brought along."""
_OF_HOSTING: Final = (KeyDiffers, KeyDownloadFailed)
"""What Tesla says where it does not find our key: the check tells more."""


def problem_of(domain: str) -> str | None:
    """Return what is wrong with a domain that was entered."""
    if not _DOMAIN.fullmatch(domain):
        return "invalid_domain"
    return "nabu_casa_domain" if _NABU_CASA.fullmatch(domain) else None


class HostingFlow(StageFlow):
    """The stages that end with the application registered at Tesla."""

    _found: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    """What the last look came to, as errors and what they quote."""

    # ---- who answers

    async def async_step_hosting(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the ways to have the key found, with what each one needs."""
        if CONF_PUBLIC_KEY not in self._entry.data:
            return await self._async_step("key")
        return self.async_show_menu(
            step_id="hosting", menu_options=list(HOSTINGS.values())
        )

    async def async_step_hosting_here(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have this Home Assistant answer."""
        return await self._async_host("here", user_input)

    async def async_step_hosting_static(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the owner put a file on a web server."""
        return await self._async_host("static", user_input)

    async def async_step_hosting_proxy(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the owner's web server pass this one path on."""
        return await self._async_host("proxy", user_input)

    async def _async_host(
        self, hosting: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for the domain, and keep it with who answers there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            problem = self._keep_hosting(hosting, user_input[CONF_DOMAIN])
            if problem is None:
                return await self.async_step_check()
            errors[CONF_DOMAIN] = problem
        suggested = self._domain or self._own_host()
        return self.async_show_form(
            step_id=HOSTINGS[hosting],
            data_schema=vol.Schema({vol.Required(CONF_DOMAIN, default=suggested): str}),
            errors=errors,
            description_placeholders=self._instructions(),
        )

    def _keep_hosting(self, hosting: str, entered: str) -> str | None:
        """Keep where the key is found, or return what is wrong with the domain."""
        domain = entered.strip().lower()
        if (problem := problem_of(domain)) is not None:
            return problem
        reached: dict[str, Any] = {CONF_HOSTING: hosting, CONF_DOMAIN: domain}
        if domain != self._domain:
            reached[CONF_REGISTERED] = []
        self._share(reached)
        return None

    def _own_host(self) -> str:
        """Return the name this Home Assistant is reached by from outside."""
        try:
            url = get_url(
                self.hass, allow_internal=False, allow_cloud=False, allow_ip=False
            )
        except NoURLAvailableError:
            return ""
        return URL(url).host or ""

    def _instructions(self) -> dict[str, str]:
        """Return what the owner copies to a web server."""
        try:
            home = get_url(self.hass, allow_external=False, allow_cloud=False)
        except NoURLAvailableError:
            home = _UNKNOWN_HOME
        path = well_known.PATH
        return {
            "path": path,
            "pem": self._entry.data[CONF_PUBLIC_KEY].strip(),
            "nginx": _NGINX.format(path=path, home=home),
            "caddy": _CADDY.format(path=path, home=home),
        }

    # ---- a look before Tesla's own

    async def async_step_register_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Register where it is missing; also the key may have to be hosted first."""
        return await self.async_step_check()

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look for the key the way Tesla will, as far as that is seen from here."""
        if CONF_HOSTING not in self._entry.data:
            return await self.async_step_hosting()
        return self._show_work(
            progress_action="check",
            work=self._async_look_at_key,
            then="checked",
            placeholders={"domain": self._domain},
        )

    async def _async_look_at_key(self) -> Diagnosis:
        """Look for the key under its domain."""
        key = await self._async_key_made()
        return await async_look_at_key(self.hass, self._domain, keys.public_bytes(key))

    async def async_step_checked(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on if the key is there, or say what is in its place."""
        found: Diagnosis | Problem = self._worked()
        if isinstance(found, Problem):
            return await self._async_refused(found)
        if found.is_good:
            return await self.async_step_register()
        return self._show_look(
            "check_failed" if found.is_certain else "check_unclear",
            {"base": f"key_{found.finding}"},
            {"detail": found.detail},
        )

    def _show_look(
        self,
        step_id: str,
        errors: Mapping[str, str],
        said: Mapping[str, str],
    ) -> ConfigFlowResult:
        """Show what a look, or Tesla, found, and what may be changed."""
        self._found = errors, said
        hosting = self._entry.data[CONF_HOSTING]
        fields: dict[vol.Marker, Any] = {
            vol.Required(CONF_DOMAIN, default=self._domain): str,
            vol.Required(CONF_HOSTING, default=hosting): _HOSTINGS,
        }
        if (choice := _CHOICES.get(step_id)) is not None:
            fields[vol.Required(choice, default=False)] = bool
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(fields),
            errors=dict(errors),
            description_placeholders={
                "domain": self._domain,
                "url": f"https://{self._domain}{well_known.PATH}",
                **said,
            },
        )

    async def async_step_check_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look again after the owner has mended it, or ask Tesla all the same."""
        return await self._async_look_again("check_failed", user_input)

    async def async_step_registration_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try again after the owner has mended what Tesla found."""
        return await self._async_look_again("registration_failed", user_input)

    async def _async_look_again(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Take over another domain, which is looked at first; show another way."""
        if user_input is None:
            return self._show_look(step_id, *self._found)
        hosting, before = user_input[CONF_HOSTING], self._domain
        is_other = hosting != self._entry.data[CONF_HOSTING]
        problem = self._keep_hosting(hosting, user_input[CONF_DOMAIN])
        if problem is not None:
            return self._show_look(step_id, {CONF_DOMAIN: problem}, {})
        if is_other:
            return await self._async_step(HOSTINGS[hosting])
        goes_on = user_input.get(CONF_ANYWAY) or user_input.get(CONF_AGAIN) is False
        if goes_on and self._domain == before:
            return await self.async_step_register()
        return await self.async_step_check()

    async def async_step_check_unclear(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on, as Tesla's own look decides; or look again."""
        return await self._async_look_again("check_unclear", user_input)

    # ---- registration

    async def async_step_register(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while Tesla fetches the key; this takes some seconds."""
        return self._show_work(
            progress_action="register",
            work=self._async_register,
            then="registered",
            placeholders={"domain": self._domain},
        )

    async def _async_register(self) -> None:
        """Register in every region that is missing, and remember each one.

        Where none is missing the owner wants it done again.
        """
        used, key = await self._async_application(), await self._async_key_made()
        entry = self._entry
        accounts = application.async_accounts(self.hass, entry)
        needed = application.regions(accounts)
        known = set(entry.data.get(CONF_REGISTERED, ()))
        for base_url in sorted((needed - known) or needed):
            await application.async_register(
                self.hass,
                used,
                key=key,
                domain=self._domain,
                base_url=base_url,
                ledger=Journal(self.hass, entry.data[CONF_ACCOUNT]),
            )
            known |= {base_url}
            self._share({CONF_REGISTERED: sorted(known)})

    async def async_step_registered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on to the cars, or back with what Tesla said."""
        found: Problem | None = self._worked()
        if found is not None:
            return await self._async_refused(found)
        return await self._async_step("pair")

    async def _async_refused(self, problem: Problem) -> ConfigFlowResult:
        """Lead to where a refusal is mended, with Tesla's words beside ours."""
        if isinstance(problem.error, CredentialRefused):
            return await self._async_mend_credential(problem)
        if isinstance(problem.error, _OF_KEY):
            return await self._async_step("key")
        is_hosting = isinstance(problem.error, _OF_HOSTING)
        return self._show_look(
            "check_failed" if is_hosting else "registration_failed",
            {"base": problem.key},
            problem.placeholders,
        )
