"""What automations note that wait for our triggers, each by the trigger."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components import automation
from homeassistant.core import Event, callback
from homeassistant.setup import async_setup_component

from .household import Household

HEARD: Final = "heard"
SAID: Final = (
    "by",
    "command",
    "description",
    "device_id",
    "kind",
    "name",
    "reason",
    "said_at",
    "soc",
    "value",
)
"""What may be said of any of it."""


class Diary:
    """What automations noted, each by the trigger it waits for."""

    def __init__(self, home: Household) -> None:
        """Begin with nothing noted."""
        self.home = home
        self.noted: list[dict[str, Any]] = []

        @callback
        def note(event: Event) -> None:
            self.noted.append(dict(event.data))

        home.hass.bus.async_listen(HEARD, note)

    async def keep(self, *waits: tuple[str, Mapping[str, Any]], **target: Any) -> None:
        """Have an automation wait for each trigger, with its options."""
        written = [_automation(key, options, target) for key, options in waits]
        ours = {automation.DOMAIN: written}
        assert await async_setup_component(self.home.hass, automation.DOMAIN, ours)
        await self.home.settle()

    def read(self) -> list[str]:
        """Give the triggers that were noted, and turn the page."""
        found = [one["trigger"] for one in self.noted]
        self.noted.clear()
        return found


def _automation(
    key: str, options: Mapping[str, Any], target: Mapping[str, Any]
) -> dict[str, Any]:
    """Write an automation as the editor does."""
    trigger = {"trigger": f"fleet_pulse.{key}", "target": target, "options": options}
    said = {name: f"{{{{ trigger.{name} | default('') }}}}" for name in SAID}
    return {
        "alias": f"{key} {options}",
        "triggers": trigger,
        "actions": {
            "event": HEARD,
            "event_data": {
                **said,
                "trigger": key,
                "zone": "{{ trigger.zone_name | default('') }}",
            },
        },
    }
