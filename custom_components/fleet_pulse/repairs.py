"""Fix flows: say what is wrong and what will happen, then hand over to what mends it.

A fix flow mends nothing itself, and closing its dialog proves nothing: the issue goes
when the doctor, the watcher or the set-up sees that it is mended.
"""

from typing import override

from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import DOMAIN
from .doctor import async_self_check
from .errors import acting
from .fleet.checks import Trouble
from .issues import BY_TROUBLE, CHECK_AGAIN, OPTIONS, REAUTH
from .rule_issues import CONF_ISSUE, CONF_RULE, IN_VAIN
from .runtime import FleetPulseConfigEntry


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the dialog that leads to what mends an issue."""
    assert data is not None
    if CONF_RULE in data:
        dialog = TryAnew if data[CONF_ISSUE] == IN_VAIN else EditRule
        return dialog(str(data["entry_id"]), str(data[CONF_RULE]))
    trouble = Trouble(str(data["trouble"]))
    return HandOver(str(data["entry_id"]), BY_TROUBLE[trouble].step)


class HandOver(RepairsFlow):
    """Confirms, and starts the flow that mends."""

    def __init__(self, entry_id: str, step: str) -> None:
        """Know whose issue it is, and where it is mended."""
        super().__init__()
        self._entry_id = entry_id
        self._step = step

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what is wrong and what comes next; then hand over."""
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=issue.translation_placeholders
                if issue
                else None,
            )
        return await self._async_hand_over()

    async def _async_hand_over(self) -> RepairsFlowResult:
        """Start what mends it."""
        if self._step == CHECK_AGAIN:
            return await self._async_check_again()
        if self._step == OPTIONS:
            return await self._async_options()
        flow_id = await self._async_following()
        if flow_id is None:
            # It found nothing to do: then the issue may be over, too.
            await self._async_examine()
            return self.async_abort(reason="nothing_to_do")
        return self.async_abort(
            reason="handed_over", next_flow=(FlowType.CONFIG_FLOW, flow_id)
        )

    async def _async_options(self) -> RepairsFlowResult:
        """Open the dialog behind the account's gear."""
        opened = await self.hass.config_entries.options.async_init(self._entry_id)
        return self.async_abort(
            reason="handed_over", next_flow=(FlowType.OPTIONS_FLOW, opened["flow_id"])
        )

    async def _async_following(self) -> str | None:
        """Start the flow that mends, or find the sign-in that waits already."""
        flows = self.hass.config_entries.flow
        if self._step != REAUTH:
            result = await flows.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id},
                data={"next_step_id": self._step},
            )
            is_over = result["type"] is FlowResultType.ABORT
            return None if is_over else result["flow_id"]
        entry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        for waiting in entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
            return waiting["flow_id"]
        result = await flows.async_init(
            DOMAIN,
            context={
                "source": SOURCE_REAUTH,
                "entry_id": entry.entry_id,
                "title_placeholders": {"name": entry.title},
                "unique_id": entry.unique_id,
            },
            data=dict(entry.data),
        )
        return result["flow_id"]

    async def _async_check_again(self) -> RepairsFlowResult:
        """Look once more at what no flow can mend."""
        if not await self._async_examine():
            return self.async_abort(reason="not_loaded")
        if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) is None:
            return self.async_create_entry(data={})
        return self.async_abort(reason="still_wrong")

    async def _async_examine(self) -> bool:
        """Have the doctor look, if the account runs; say whether it does."""
        entry: FleetPulseConfigEntry = self.hass.config_entries.async_get_known_entry(
            self._entry_id
        )
        if entry.state is not ConfigEntryState.LOADED:
            return False
        await async_self_check(self.hass, entry)
        # The watcher looks, too: it alone knows of some troubles.
        entry.runtime_data.account.async_update_listeners()
        return True


class EditRule(HandOver):
    """Confirms, and opens the dialog of a rule; its id stands for the step."""

    @override
    async def _async_hand_over(self) -> RepairsFlowResult:
        """Open the dialog of the rule, if it is still there."""
        entry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        rule = entry.subentries.get(self._step)
        if rule is None:
            return self.async_abort(reason="nothing_to_do")
        opened = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, rule.subentry_type),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._step},
        )
        flow = (FlowType.CONFIG_SUBENTRIES_FLOW, opened["flow_id"])
        return self.async_abort(reason="handed_over", next_flow=flow)


class TryAnew(HandOver):
    """Confirms, and has the car told once more; a rule's id stands for the step."""

    @override
    async def _async_hand_over(self) -> RepairsFlowResult:
        """Try once more what failed; only what the car then says ends the issue."""
        entry: FleetPulseConfigEntry = self.hass.config_entries.async_get_known_entry(
            self._entry_id
        )
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        with acting(self.hass, entry):
            await entry.runtime_data.runner.async_try_anew(self._step)
        return self.async_abort(reason="tried_anew")
