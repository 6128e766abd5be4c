"""What turns a signed-in account into cars that take commands.

    key ─▶ hosting ─▶ check ─▶ register ─▶ pair ─▶ budget ─▶ first read ─▶ alerts
                        ▲        │ Tesla's words
                        └────────┘

What was reached is stored in the entry, so it may be left at any point and taken up
again: the flow that creates the entry goes on here by itself, later "Reconfigure" does,
or a repair issue, which names the step. Once all is done, "Reconfigure" is a menu.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult

from . import application
from .alert_stage import AlertStage
from .const import (
    CONF_BUDGET,
    CONF_DOMAIN,
    CONF_FINISHED,
    CONF_HOSTING,
    CONF_PAIRED,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
)
from .errors import Problem, tried
from .hosting_flow import HostingFlow
from .key_flow import KeyFlow
from .pairing_flow import PairingFlow

CHANGES: Final = (
    "pair",
    "hosting",
    "credentials",
    "scopes",
    "region_again",
    "budget",
    "key_export",
    "key_import",
)
"""What can be looked at again, or changed, in a set-up that is finished."""
NEXT_STEP: Final = "next_step_id"


class Stage(StrEnum):
    """The stages in their order, each by the step it begins with."""

    KEY = "key"
    HOSTING = "hosting"
    REGISTRATION = "check"
    PAIRING = "pair"
    BUDGET = "budget"
    FIRST_READ = "first_read"
    FINISHED = "finished"


def next_stage(
    data: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    has_key: bool,
    regions: set[str],
) -> Stage:
    """Return the first stage that was not reached yet.

    `has_key` says whether the key that the entry names is really here, `regions` where
    the application must be registered.
    """
    reached = {
        Stage.KEY: has_key and CONF_PUBLIC_KEY in data,
        Stage.HOSTING: bool(data.get(CONF_HOSTING)) and bool(data.get(CONF_DOMAIN)),
        Stage.REGISTRATION: regions <= set(data.get(CONF_REGISTERED, ())),
        Stage.PAIRING: CONF_PAIRED in data,
        Stage.BUDGET: CONF_BUDGET in options,
        Stage.FIRST_READ: bool(data.get(CONF_FINISHED)),
    }
    return next((stage for stage in reached if not reached[stage]), Stage.FINISHED)


class OnboardingFlow(KeyFlow, HostingFlow, PairingFlow, AlertStage):
    """Find out what comes next; all for an entry that exists."""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take up the set-up where it was left, or at the step that is named."""
        await self._async_application()
        if user_input is not None:
            return await self._async_step(user_input[NEXT_STEP])
        if not self._entry.data.get(CONF_FINISHED):
            return await self.async_step_finish()
        unfinished = await self._async_stage() is not Stage.FINISHED
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                *(["finish"] if unfinished else []),
                *(step for step in CHANGES if hasattr(self, f"async_step_{step}")),
            ],
        )

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with the first stage that is not done."""
        return await self._async_step(await self._async_stage())

    async def _async_stage(self) -> Stage:
        """Return the next stage of this account."""
        entry = self._entry
        key = await tried(self._async_key())
        return next_stage(
            entry.data,
            entry.options,
            has_key=key is not None and not isinstance(key, Problem),
            regions=application.regions(application.async_accounts(self.hass, entry)),
        )
