"""The way to Tesla's consent page and back.

pick credential ─▶ look at Tesla's page ─▶ the owner goes there ─▶ creation
│    ▲                    │ "no"
▼    │ again              ▼
application               the end, with Tesla's word
(what to mend at Tesla)
"""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from .api import async_auth_client
from .application_credentials import TeslaImplementation
from .const import DOMAIN
from .errors import Problem, tried
from .fleet.auth import Preflight

_LOGGER = logging.getLogger(__name__)
_UNKNOWN: Final[Mapping[Preflight, str]] = {
    Preflight.CLIENT_ID: "unknown_client_id",
    Preflight.REDIRECT_URI: "unknown_redirect_uri",
}
_PATIENCE: Final = 5
"""Seconds for a look at Tesla's page before the owner is sent there anyway."""


class ConsentFlow(AbstractOAuth2FlowHandler):
    """Home Assistant's own flow for OAuth, with words for what goes wrong at Tesla."""

    DOMAIN = DOMAIN

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

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose an application, unless an override of Tesla's hosts is no address."""
        found = await tried(super().async_step_pick_implementation(user_input))
        if isinstance(found, Problem):
            return self.async_abort(
                reason=found.key, description_placeholders=found.placeholders
            )
        return found

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Send the owner to Tesla, if Tesla would not stop them at its door.

        An application or address that Tesla does not know ends at a page of Tesla's
        without a way back, so the page is looked at first.
        """
        is_there = self.cur_step is not None and self.cur_step["step_id"] == "auth"
        result = await super().async_step_auth(user_input)
        if is_there or result["type"] is not FlowResultType.EXTERNAL_STEP:
            return result
        found = await async_auth_client(self.hass, timeout=_PATIENCE).preflight(
            result["url"]
        )
        if found is None:
            return result
        impl = self.implementation
        return self.async_show_form(
            step_id="application",
            errors={"base": _UNKNOWN[found]},
            description_placeholders={
                "client_id": impl.client_id,
                "redirect_uri": impl.redirect_uri,
            },
        )

    async def async_step_application(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look again after the owner mended the application at Tesla."""
        return await self.async_step_auth()

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Say that Tesla, or the owner, did not consent."""
        error = str(self.external_data.get("error", ""))
        key = "consent_denied" if error == "access_denied" else "consent_failed"
        return self.async_abort(reason=key, description_placeholders={"error": error})
