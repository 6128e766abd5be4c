"""The options about what is dangerous: each is off until the owner wants it.

The PIN is no option: it goes into the account's sealed file, and is never shown again.
"""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from . import vault
from .const import CONF_ACCOUNT, CONF_ALLOW_RISKY
from .errors import Problem, tried
from .pin import PATTERN, Pin
from .tokens import ACCOUNT_KIND
from .vault import VaultFile

PIN: Final = "pin"
FORGET_PIN: Final = "forget_pin"

_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


class SafetyFlow(OptionsFlow):
    """The page of the options that says what an action may do at worst."""

    async def async_step_safety(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is allowed, and keep what is changed."""
        identity: str = self.config_entry.data[CONF_ACCOUNT]
        file = await vault.async_open(self.hass, ACCOUNT_KIND, identity)
        errors: dict[str, str] = {}
        quoted: dict[str, str] = {}
        if user_input is not None:
            pin = user_input.pop(PIN, None)
            pin = "" if user_input.pop(FORGET_PIN, False) else pin
            if pin and not PATTERN.fullmatch(pin):
                errors[PIN] = "pin_format"
            elif (problem := await self._async_keep(file, pin)) is None:
                return self._kept(user_input)
            else:
                errors[PIN], quoted = problem.key, problem.placeholders
        return self.async_show_form(
            step_id="safety",
            data_schema=self._safety(file),
            errors=errors,
            description_placeholders=quoted,
        )

    def _safety(self, file: VaultFile) -> vol.Schema:
        """Return the form; a PIN that is set can be replaced or forgotten, not read."""
        allowed = self.config_entry.options.get(CONF_ALLOW_RISKY, False)
        schema: dict[Any, Any] = {
            vol.Required(CONF_ALLOW_RISKY, default=allowed): BooleanSelector(),
        }
        if not file.is_broken:
            schema[vol.Optional(PIN)] = _SECRET
        if not file.is_broken and Pin(file).is_set:
            schema[vol.Optional(FORGET_PIN, default=False)] = BooleanSelector()
        return vol.Schema(schema)

    async def _async_keep(self, file: VaultFile, pin: str | None) -> Problem | None:
        """Seal the PIN, unless the owner said nothing; return what went wrong."""
        if pin is None:
            return None
        found = await tried(Pin(file).async_set(pin))
        if isinstance(found, Problem):
            return found
        if self.config_entry.state is ConfigEntryState.LOADED:
            # No option changed, so that nobody else tells the locks.
            for vehicle in self.config_entry.runtime_data.account.vehicles.values():
                vehicle.async_update_listeners()
        return None

    def _kept(self, chosen: dict[str, Any]) -> ConfigFlowResult:
        """Keep the options of one page; those of the others stay."""
        return self.async_create_entry(data={**self.config_entry.options, **chosen})
