"""The last question of the set-up: whether to be told of what matters, and on which phone."""

from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentry,
)
import voluptuous as vol

from . import alert_words
from .alert_form import CONF_KINDS, CONF_NOTIFY, CONF_PHONES, PHONES, PROPOSED
from .alert_targets import async_is_phone, async_only_phone
from .alerts.alert import ALERT
from .const import CONF_FINISHED
from .stage_flow import StageFlow

_CONF_ALERTS: Final = "alerts"


class AlertStage(StageFlow):
    """Offers an alert with what most people want to hear of."""

    async def async_step_alerts(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask once, where there is a car; by default for yes, with the one phone."""
        if user_input is None and not self._is_to_be_offered():
            return await self._async_step("finished")
        errors = {}
        if user_input is not None:
            phones = user_input.get(CONF_PHONES, [])
            if all(async_is_phone(self.hass, phone) for phone in phones):
                if user_input[_CONF_ALERTS]:
                    self._add_alert(phones)
                return await self._async_step("finished")
            errors[CONF_PHONES] = "phone_unknown"
        proposed = user_input or {CONF_PHONES: async_only_phone(self.hass)}
        return self.async_show_form(
            step_id="alerts",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(_CONF_ALERTS, default=True): bool,
                        vol.Optional(CONF_PHONES): PHONES.selector,
                    }
                ),
                proposed,
            ),
            errors=errors,
            description_placeholders={
                "kinds": alert_words.async_names(self.hass, PROPOSED)
            },
        )

    def _is_to_be_offered(self) -> bool:
        """Return whether there is a car, and nothing is made or declined yet."""
        entry = self._entry
        return (
            entry.state is ConfigEntryState.LOADED
            and bool(entry.runtime_data.account.vehicles)
            and not entry.data.get(CONF_FINISHED)
            and not any(one.subentry_type == ALERT for one in entry.subentries.values())
        )

    def _add_alert(self, phones: list[str]) -> None:
        """Keep an alert as its own form would."""
        alert = ConfigSubentry(
            data=MappingProxyType({CONF_KINDS: PROPOSED, CONF_NOTIFY: phones}),
            subentry_type=ALERT,
            title=alert_words.async_alert_name(self.hass),
            unique_id=None,
        )
        self.hass.config_entries.async_add_subentry(self._entry, alert)
