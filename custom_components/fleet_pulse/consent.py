"""The way to Tesla's consent page and back, for an account that is new or known.

    pick credential ─▶ register_app ─▶ look at Tesla's page ─▶ the owner goes there
                        (what to          │ "no"      ▲          │         │
                         register)        ▼           │ again    │ no      │ yes
                              application, credentials ◀─────────┤         ▼
                                              consent ◀──────────┴──── exchange
                                                      ▲                    │
                                                      └── scopes ◀─────────┤ something
                                                            │ go on        │ is missing
                                                            ▼              ▼
                                                          what the tokens are for

Nothing that can be mended ends the flow: every "no" has a form that says what to mend,
and whose Submit goes to Tesla again.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
import logging
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import (
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2FlowHandler,
)
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .api import async_auth_client
from .application_credentials import DEVELOPER_URL, TeslaImplementation, own_origin
from .const import DOMAIN
from .errors import Problem, tried
from .fleet.auth import Application, Claims, Preflight, TokenPair, claims
from .fleet.errors import (
    CredentialRefused,
    InvalidOverride,
    NotSaved,
    ScopeMissing,
    SealBroken,
)
from .wording import async_words

_LOGGER = logging.getLogger(__name__)

CONF_WANTED: Final = "wanted"
MISSED: Final = (
    "vehicle_location",
    "vehicle_cmds",
    "vehicle_charging_cmds",
    "user_data",
    "energy_device_data",
    "energy_cmds",
)
"""What a sign-in may lack; each has a text that says what does not work then."""
_NEEDED: Final = "vehicle_device_data"
_NO_DIALOG_MENDS: Final = (InvalidOverride, NotSaved, SealBroken)
_SCOPES_TEXTS: Final = "scope"
"""Where the texts about what is missed stand."""
_PATIENCE: Final = 5
"""Seconds for a look at Tesla's page before the owner is sent there anyway."""
_REJECTIONS: Final[Mapping[str, str]] = {
    "access_denied": "consent_denied",
    "invalid_scope": "consent_permissions",
    "unauthorized_client": "consent_grants",
}
"""What Tesla's word for "no" means, where the owner can do something about it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a form says went wrong before: a text, and what the text quotes."""

    key: str
    quoted: Mapping[str, str] = field(default_factory=dict)


class ConsentFlow(AbstractOAuth2FlowHandler):
    """Home Assistant's own flow for OAuth, with words for what goes wrong at Tesla."""

    DOMAIN = DOMAIN

    _pair: TokenPair
    _claims: Claims
    _signed_in_at: datetime

    def __init__(self) -> None:
        """Start with nothing said."""
        super().__init__()
        self._is_told = False
        self._trouble: Trouble | None = None

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of this module."""
        return _LOGGER

    @property
    def implementation(self) -> TeslaImplementation:
        """Return the owner's application at Tesla."""
        assert isinstance(self.flow_impl, TeslaImplementation)
        return self.flow_impl

    @abstractmethod
    async def _async_signed_in(self) -> ConfigFlowResult:
        """Do what the tokens are for."""

    # ---- to Tesla

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose an application, unless an override of Tesla's hosts is no address."""
        found = await tried(super().async_step_pick_implementation(user_input))
        return self._ended(found) if isinstance(found, Problem) else found

    async def async_step_register_app(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show, before anything can fail, what the application at Tesla must have."""
        if user_input is not None:
            self._is_told = True
            return await self.async_step_auth()
        redirect_uri = self.implementation.redirect_uri
        derived = "my" if redirect_uri == MY_AUTH_CALLBACK_PATH else "browser"
        return self.async_show_form(
            step_id="register_app",
            description_placeholders={
                "client_id": self.implementation.client_id,
                "developer_url": DEVELOPER_URL,
                "origin": own_origin(self.hass),
                "redirect_uri": redirect_uri,
                "derived": (await async_words(self.hass, "redirect_uri"))[derived],
            },
        )

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Send the owner to Tesla, if Tesla would not stop them at its door.

        An application or address that Tesla does not know ends at a page of Tesla's
        without a way back, so the page is looked at first.
        """
        if self.source == SOURCE_USER and not self._is_told:
            return await self.async_step_register_app()
        is_there = self.cur_step is not None and self.cur_step["step_id"] == "auth"
        result = await super().async_step_auth(user_input)
        if is_there or result["type"] is not FlowResultType.EXTERNAL_STEP:
            return result
        found = await async_auth_client(self.hass, timeout=_PATIENCE).preflight(
            result["url"]
        )
        if found is Preflight.REDIRECT_URI:
            return await self.async_step_application()
        if found is Preflight.CLIENT_ID:
            self._trouble = Trouble("unknown_client_id")
            return await self.async_step_credentials()
        return result

    async def async_step_application(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look again after the owner registered the redirect URI at Tesla."""
        if user_input is not None:
            return await self.async_step_auth()
        impl = self.implementation
        return self.async_show_form(
            step_id="application",
            errors={"base": "unknown_redirect_uri"},
            description_placeholders={
                "client_id": impl.client_id,
                "redirect_uri": impl.redirect_uri,
            },
        )

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for client id and secret again; the secret is never shown."""
        if user_input is not None:
            typed = Application(
                client_id=user_input[CONF_CLIENT_ID].strip(),
                client_secret=user_input[CONF_CLIENT_SECRET].strip(),
            )
            if typed.client_id and typed.client_secret:
                return await self._async_corrected(typed)
            self._trouble = Trouble("incomplete")
        client_id = vol.Required(CONF_CLIENT_ID, default=self.implementation.client_id)
        secret = TextSelectorConfig(type=TextSelectorType.PASSWORD)
        schema = {
            client_id: TextSelector(),
            vol.Required(CONF_CLIENT_SECRET): TextSelector(secret),
        }
        return self._show("credentials", vol.Schema(schema))

    async def _async_corrected(self, corrected: Application) -> ConfigFlowResult:
        """Have Tesla judge what was typed in."""
        self.implementation.use(corrected)
        return await self.async_step_auth()

    # ---- and back

    async def async_step_consent(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say why nobody is signed in yet, and go to Tesla again."""
        if user_input is not None:
            return await self.async_step_auth()
        return self._show("consent")

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Say that Tesla, or the owner, did not consent."""
        error = str(self.external_data["error"])
        key = _REJECTIONS.get(error, "consent_failed")
        self._trouble = Trouble(key, {"error": error})
        return await self.async_step_consent()

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange Tesla's code; the base class would log the token on a bad day."""
        problem = await tried(self._async_exchange())
        if problem is not None:
            return await self._async_mend(problem)
        await self._async_check_account()
        granted = self._claims.scopes
        # A token that does not name its permissions is tried as it is.
        if granted and _NEEDED not in granted:
            self._trouble = Trouble("needed_missing")
            return await self.async_step_consent()
        if granted and not granted.issuperset(MISSED):
            return await self.async_step_scopes()
        return await self._async_signed_in()

    async def _async_exchange(self) -> None:
        """Get the tokens, and read whose they are."""
        self._pair = await self.implementation.async_exchange(self.external_data)
        self._claims = claims(self._pair.access_token)
        self._signed_in_at = dt_util.utcnow()

    async def _async_check_account(self) -> None:
        """End the flow where this is not the account it is for."""
        is_new = self.source == SOURCE_USER
        await self.async_set_unique_id(self._claims.subject, raise_on_progress=is_new)
        if is_new:
            self._abort_if_unique_id_configured()
        else:
            self._abort_if_unique_id_mismatch(reason="wrong_account")

    async def _async_mend(self, problem: Problem) -> ConfigFlowResult:
        """Lead to the form in which a problem can be mended, if there is one."""
        if isinstance(problem.error, _NO_DIALOG_MENDS):
            return self._ended(problem)
        self._trouble = Trouble(problem.key, problem.placeholders)
        if isinstance(problem.error, CredentialRefused):
            return await self.async_step_credentials()
        if isinstance(problem.error, ScopeMissing):
            # Only staying signed in is missed before anything was asked.
            self._trouble = Trouble("staying_missing")
        return await self.async_step_consent()

    async def async_step_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what will not work with what was granted; ask Tesla again, or go on."""
        if user_input is not None:
            wanted = user_input[CONF_WANTED]
            return await (self.async_step_auth() if wanted else self._async_signed_in())
        missing = [scope for scope in MISSED if scope not in self._claims.scopes]
        choice = SelectSelectorConfig(
            options=missing,
            multiple=True,
            mode=SelectSelectorMode.LIST,
            translation_key=_SCOPES_TEXTS,
        )
        field_of = vol.Optional(CONF_WANTED, default=[])
        return self.async_show_form(
            step_id="scopes",
            data_schema=vol.Schema({field_of: SelectSelector(choice)}),
        )

    # ---- small things

    def _show(self, step_id: str, schema: vol.Schema | None = None) -> ConfigFlowResult:
        """Show a form below what went wrong before."""
        trouble = self._trouble
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors={"base": trouble.key} if trouble else {},
            description_placeholders=trouble.quoted if trouble else None,
        )

    def _ended(self, problem: Problem) -> ConfigFlowResult:
        """End the flow with a problem's text."""
        return self.async_abort(
            reason=problem.key, description_placeholders=problem.placeholders
        )
