"""What opens and closes at the cars: lids, windows, roofs."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, override

from homeassistant.components.cover import (
    CoverDeviceClass,
    CoverEntity,
    CoverEntityDescription,
    CoverEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.command import Call, Command
from .model.field import Field, Reading
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""The commander keeps the order per car; one car never waits for another."""


@dataclass(frozen=True, kw_only=True)
class VehicleCoverDescription(VehicleDescription, CoverEntityDescription):
    """A cover: the facts it shows, and the call for either way."""

    also: tuple[Field[Any], ...] = ()
    """More of its kind that move together with the field."""
    is_open_fn: Callable[[Any], bool | None] = bool
    position: Field[int] | None = None
    """How far it is open, in percent."""
    open_call: Call
    close_call: Call | None = None
    stop_call: Call | None = None
    beside: bool = False
    """Whether cars without signed commands close it only for who stands beside."""

    @property
    @override
    def told(self) -> tuple[Command, ...]:
        """Return what it is there for; not every car closes what it opens."""
        return (self.open_call.command,)

    @property
    def every(self) -> tuple[Field[Any], ...]:
        """Return all that must be closed for it to be closed."""
        return self.also if self.field is None else (self.field, *self.also)


_ROOF: Final = {"closed": False, "open": True, "vent": True}
"""While it moves or looks for its end stops, nobody knows."""

COVERS: Final = (
    VehicleCoverDescription(
        key="charge_port",
        field=fields.CHARGE_PORT_DOOR_OPEN,
        device_class=CoverDeviceClass.DOOR,
        open_call=commands.CHARGE_PORT_DOOR_OPEN.call(),
        close_call=commands.CHARGE_PORT_DOOR_CLOSE.call(),
    ),
    VehicleCoverDescription(
        key="frunk",
        field=fields.FRUNK,
        device_class=CoverDeviceClass.DOOR,
        open_call=commands.ACTUATE_TRUNK.call(which_trunk="front", move="open"),
    ),
    VehicleCoverDescription(
        key="sun_roof",
        field=fields.SUN_ROOF_STATE,
        is_open_fn=_ROOF.get,
        position=fields.SUN_ROOF_PERCENT_OPEN,
        device_class=CoverDeviceClass.WINDOW,
        open_call=commands.SUN_ROOF_CONTROL.call(state="vent"),
        close_call=commands.SUN_ROOF_CONTROL.call(state="close"),
    ),
    VehicleCoverDescription(
        key="tonneau",
        field=fields.TONNEAU,
        device_class=CoverDeviceClass.SHUTTER,
        open_call=commands.OPEN_TONNEAU.call(),
        close_call=commands.CLOSE_TONNEAU.call(),
        stop_call=commands.STOP_TONNEAU.call(),
    ),
    VehicleCoverDescription(
        key="trunk",
        field=fields.TRUNK,
        device_class=CoverDeviceClass.DOOR,
        open_call=commands.ACTUATE_TRUNK.call(which_trunk="rear", move="open"),
        close_call=commands.ACTUATE_TRUNK.call(which_trunk="rear", move="close"),
    ),
    VehicleCoverDescription(
        key="windows",
        field=fields.WINDOW_DRIVER_FRONT,
        also=(
            fields.WINDOW_DRIVER_REAR,
            fields.WINDOW_PASSENGER_FRONT,
            fields.WINDOW_PASSENGER_REAR,
        ),
        device_class=CoverDeviceClass.WINDOW,
        open_call=commands.WINDOW_CONTROL.call(command="vent"),
        close_call=commands.WINDOW_CONTROL.call(command="close"),
        beside=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleCover, COVERS)


class VehicleCover(VehicleEntity[VehicleCoverDescription], CoverEntity):
    """Something of a car that opens and closes."""

    entity_description: VehicleCoverDescription

    @property
    @override
    def supported_features(self) -> CoverEntityFeature:
        """Return what this car does with it, as far as it does not deny that."""
        row = self.entity_description
        ways = (
            (row.open_call, CoverEntityFeature.OPEN),
            (row.close_call, CoverEntityFeature.CLOSE),
            (row.stop_call, CoverEntityFeature.STOP),
        )
        found = CoverEntityFeature(0)
        for call, feature in ways:
            if call is not None and call.missing(self.coordinator.data) is None:
                found |= feature
        return found

    @property
    @override
    def is_closed(self) -> bool | None:
        """Return whether all of it is closed; one that is open suffices for no."""
        row = self.entity_description
        opened = [
            None if value is None else row.is_open_fn(value)
            for value in map(self.known, row.every)
        ]
        if True in opened:
            return False
        return None if None in opened else True

    @property
    @override
    def current_cover_position(self) -> int | None:
        """Return how far it is open, where the car says that."""
        return self.known(self.entity_description.position)

    @property
    @override
    def _reading(self) -> Reading[Any] | None:
        """Return the oldest word on any of it: the state is no newer than that."""
        readings = map(self.coordinator.data.reading, self.entity_description.every)
        found = [reading for reading in readings if reading is not None]
        return min(found, key=attrgetter("at"), default=None)

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open; never repeated, never later than a minute and a half."""
        await self.async_send_call(self.entity_description.open_call)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close."""
        row = self.entity_description
        place = self.known(fields.LOCATION) if row.beside else None
        if row.close_call is None:
            return
        if place is None:
            await self.async_send_call(row.close_call)
            return
        given = {**row.close_call.params, "lat": place.latitude, "lon": place.longitude}
        await self.async_send(row.close_call.command, **given)

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Halt where it is."""
        if (call := self.entity_description.stop_call) is not None:
            await self.async_send_call(call)
