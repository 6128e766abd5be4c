"""What all entities of rules and departures share: the device, and sparing writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import rule_device
from .rule_news import written_out
from .rules.reason import Reason
from .rules.view import Matter, RuleView
from .runtime import FleetPulseConfigEntry
from .words import async_sentence

ATTR_EXPLANATION: Final = "explanation"
"""A reason in words."""
EXPLAINED: Final = frozenset(
    {
        ATTR_EXPLANATION,
        "amps",
        "by",
        "cap",
        "deadline",
        "detail",
        "entity",
        "floor",
        "level",
        "limit",
        "min_w",
        "price",
        "ready",
        "rule",
        "start",
        "target",
        "temperature",
        "until",
        "watts",
    }
)
"""The attributes of an entity that shows a reason; none of them is recorded."""


@callback
def async_explained(hass: HomeAssistant, reason: Reason) -> dict[str, Any]:
    """Return the attributes of a reason: its sentence, and what that quotes."""
    quoted = {key: reason.values[key] for key in EXPLAINED & reason.values.keys()}
    return {ATTR_EXPLANATION: async_sentence(hass, reason), **written_out(quoted)}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RuleDescription(EntityDescription):
    """An entity of a rule."""

    matters: tuple[Matter, ...] = tuple(Matter)
    """The kinds of rules that have it."""


class RuleEntity[D: RuleDescription](Entity):
    """An entity of a charge rule or a departure.

    It follows the runner, and is written when something that it shows changes. It is
    there as long as the rule is, whether or not the car can be reached.
    """

    entity_description: D
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: FleetPulseConfigEntry, rule_id: str, description: D
    ) -> None:
        """Show something of a rule."""
        self.entity_description = description
        self._runner = entry.runtime_data.runner
        self._entry = entry
        self._rule_id = rule_id
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{rule_id}-{description.key}"
        self._written: tuple[Any, ...] = ()

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the rule's own."""
        return rule_device.identify(self._rule_id)

    @property
    def view(self) -> RuleView | None:
        """Return the rule as it is now; None if it cannot be read."""
        return self._runner.views.get(self._rule_id)

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to show."""
        return self.view is not None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the runner."""
        await super().async_added_to_hass()
        self._written = self._shown()
        self.async_on_remove(self._runner.async_listen(self._async_changed))

    @callback
    def _async_changed(self) -> None:
        """Write only what changed: the runner tells whenever anything did."""
        if (shown := self._shown()) != self._written:
            self._written = shown
            self.async_write_ha_state()

    def _shown(self) -> tuple[Any, ...]:
        """Return everything that is shown."""
        return self.available, self.available and self.state, self._attributes()

    def _attributes(self) -> Any:
        """Return the attributes, if there is a rule to have them."""
        return self.extra_state_attributes if self.available else None


@callback
def async_show_rules[D: RuleDescription](
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: Callable[[FleetPulseConfigEntry, str, D], RuleEntity[D]],
    rows: Iterable[D],
) -> None:
    """Add the entities of a table for every rule; a new rule starts the entry anew."""
    table = tuple(rows)
    for rule_id, subentry in entry.subentries.items():
        found = [row for row in table if subentry.subentry_type in row.matters]
        async_add_entities(
            [kind(entry, rule_id, row) for row in found], config_subentry_id=rule_id
        )
