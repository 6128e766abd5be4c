"""The options of an account: what Tesla may cost, and how much is asked of it.

They count as soon as they are kept: the entry's one listener takes them in.
"""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .budget_form import budget_fields, budget_options
from .const import CONF_BUDGET, CONF_CACHED_DATA, CONF_HARD_STOP, CONF_LIST_EVERY
from .preferences import DEFAULT_LIST_EVERY

_SECONDS: Final = NumberSelector(
    NumberSelectorConfig(
        min=30,
        max=600,
        step=10,
        mode=NumberSelectorMode.SLIDER,
        unit_of_measurement="s",
    )
)


class AccountOptions(OptionsFlow):
    """One form for all options of an account."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is in force, and keep what is changed."""
        errors: dict[str, str] = {}
        if user_input is not None:
            budget = budget_options(user_input)
            if isinstance(budget, dict):
                return self._kept({**user_input, **budget})
            errors[CONF_BUDGET] = budget
        schema = self._schema()
        if user_input is not None:
            schema = self.add_suggested_values_to_schema(schema, user_input)
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)

    def _schema(self) -> vol.Schema:
        """Return the form, filled in with what is in force."""
        options = self.config_entry.options
        return vol.Schema(
            {
                **budget_fields(options),
                vol.Required(
                    CONF_HARD_STOP, default=options.get(CONF_HARD_STOP, False)
                ): BooleanSelector(),
                vol.Required(
                    CONF_LIST_EVERY,
                    default=options.get(CONF_LIST_EVERY, DEFAULT_LIST_EVERY),
                ): _SECONDS,
                vol.Required(
                    CONF_CACHED_DATA, default=options.get(CONF_CACHED_DATA, True)
                ): BooleanSelector(),
            }
        )

    def _kept(self, chosen: dict[str, Any]) -> ConfigFlowResult:
        """Keep the options; others, if there are any, stay."""
        chosen[CONF_LIST_EVERY] = int(chosen[CONF_LIST_EVERY])
        return self.async_create_entry(data={**self.config_entry.options, **chosen})
