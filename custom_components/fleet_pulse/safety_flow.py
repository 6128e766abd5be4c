"""The options about what is dangerous: each is off until the owner wants it."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from .const import CONF_ALLOW_RISKY


class SafetyFlow(OptionsFlow):
    """The page of the options that says what an action may do at worst."""

    async def async_step_safety(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is allowed, and keep what is changed."""
        if user_input is not None:
            return self._kept(user_input)
        allowed = self.config_entry.options.get(CONF_ALLOW_RISKY, False)
        schema = {vol.Required(CONF_ALLOW_RISKY, default=allowed): BooleanSelector()}
        return self.async_show_form(step_id="safety", data_schema=vol.Schema(schema))

    def _kept(self, chosen: dict[str, Any]) -> ConfigFlowResult:
        """Keep the options of one page; those of the others stay."""
        return self.async_create_entry(data={**self.config_entry.options, **chosen})
