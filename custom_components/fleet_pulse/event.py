"""What happened to a car: who wanted it awake, and what alerts told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_DEVICE_ID, EntityCategory
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .alert_news import ATTR_KIND, EVENT_ALERT
from .alerts.kinds import KINDS
from .entity import VehicleDescription, VehicleEntity, async_show
from .fleet.wake_news import WakeKind
from .promises import EVENT_WAKE
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
ATTR_TYPE: Final = "type"


@dataclass(frozen=True, kw_only=True)
class VehicleEventDescription(VehicleDescription, EventEntityDescription):
    """Something that is told of a car on Home Assistant's bus."""

    event: str
    """The event on the bus."""
    type_key: str = ATTR_TYPE
    """What of it is the entity's type of event; the rest are its attributes."""


EVENTS: Final = (
    VehicleEventDescription(
        key="alert",
        event=EVENT_ALERT,
        type_key=ATTR_KIND,
        event_types=[kind.key for kind in KINDS],
    ),
    VehicleEventDescription(
        key="wake",
        event=EVENT_WAKE,
        event_types=[kind.value for kind in WakeKind],
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show what happens to every car there is and will be."""
    async_show(entry, async_add_entities, VehicleEvent, EVENTS)


class VehicleEvent(VehicleEntity[VehicleEventDescription], EventEntity):
    """Something that happens to a car."""

    entity_description: VehicleEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Hear what is told of this car."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.hass.bus.async_listen(
                self.entity_description.event,
                self._async_heard,
                event_filter=self._is_meant,
            )
        )

    @callback
    def _is_meant(self, data: Mapping[str, Any]) -> bool:
        """Return whether what is told is about this car."""
        device = self.device_entry
        return device is not None and data.get(ATTR_DEVICE_ID) == device.id

    @callback
    def _async_heard(self, event: Event) -> None:
        """Show what happened last."""
        type_key = self.entity_description.type_key
        told = {
            key: value
            for key, value in event.data.items()
            if key not in (ATTR_DEVICE_ID, type_key)
        }
        self._trigger_event(event.data[type_key], told)
        self.async_write_ha_state()
