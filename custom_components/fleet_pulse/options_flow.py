"""The options of an account, a page for each matter behind one menu.

    gear ─▶ menu ─┬▶ asking: what Tesla may cost, and how much is asked of it
                  ├▶ wakes:  how often a car may be woken
                  └▶ safety: what is dangerous (safety_flow.py)

They count as soon as they are kept: the entry's one listener takes them in. Keeping a
page leaves what the others say as it is.
"""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .budget_form import budget_fields, budget_options
from .const import (
    CONF_BUDGET,
    CONF_CACHED_DATA,
    CONF_HARD_STOP,
    CONF_LIST_EVERY,
    CONF_WAKE_POSTS,
    CONF_WAKES_DAILY,
    CONF_WAKES_SCHEDULED,
)
from .preferences import DEFAULT_LIST_EVERY, DEFAULT_WAKES
from .safety_flow import SafetyFlow

_SECONDS: Final = NumberSelector(
    NumberSelectorConfig(
        min=30,
        max=600,
        step=10,
        mode=NumberSelectorMode.SLIDER,
        unit_of_measurement="s",
    )
)


def _count(least: int, most: int) -> NumberSelector:
    """Return a field for a small count."""
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    )


_COUNTS: Final = {
    CONF_WAKES_DAILY: _count(0, 50),
    CONF_WAKES_SCHEDULED: _count(0, 20),
    CONF_WAKE_POSTS: _count(1, 3),
}


class AccountOptions(SafetyFlow):
    """A menu of the options of an account."""

    async def async_step_init(
        self, _: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the pages."""
        pages = ["asking", "wakes", "safety"]
        return self.async_show_menu(step_id="init", menu_options=pages)

    async def async_step_asking(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what may be spent and asked, and keep what is changed."""
        errors: dict[str, str] = {}
        if user_input is not None:
            budget = budget_options(user_input)
            if isinstance(budget, dict):
                every = int(user_input[CONF_LIST_EVERY])
                return self._kept({**user_input, **budget, CONF_LIST_EVERY: every})
            errors[CONF_BUDGET] = budget
        schema = self._asking()
        if user_input is not None:
            schema = self.add_suggested_values_to_schema(schema, user_input)
        return self.async_show_form(step_id="asking", data_schema=schema, errors=errors)

    async def async_step_wakes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how often a car may be woken, and keep what is changed."""
        if user_input is not None:
            return self._kept({key: int(count) for key, count in user_input.items()})
        options = self.config_entry.options
        schema = {
            vol.Required(key, default=options.get(key, DEFAULT_WAKES[key])): selector
            for key, selector in _COUNTS.items()
        }
        return self.async_show_form(step_id="wakes", data_schema=vol.Schema(schema))

    def _asking(self) -> vol.Schema:
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
