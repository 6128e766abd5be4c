"""Selects of the cars: how warm or cool a seat or the steering wheel should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import VehicleDescription, VehicleEntity, async_show
from .model import commands, equipment, vehicle_fields as fields
from .model.equipment import Equipment
from .model.field import Field
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""Whoever hesitates selects several times; the commander keeps the last choice."""

SEAT_LEVELS: Final = {"off": 0, "low": 1, "medium": 2, "high": 3}
WHEEL_LEVELS: Final = {"off": 0, "low": 1, "high": 3}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleSelectDescription(VehicleDescription, SelectEntityDescription):
    """A choice: the command that makes it, and the level that each option is."""

    param: str
    levels: Mapping[str, int]
    """What the car shows for each option, in ascending order."""
    counts_from: int = 0
    """What the command calls the level that the car shows as 0."""
    also: tuple[str, int] | None = None
    """The parameter that says which of several things is meant."""

    def params(self, option: str) -> dict[str, Any]:
        """Return what the command is given for an option."""
        which = () if self.also is None else (self.also,)
        return {self.param: self.levels[option] + self.counts_from, **dict(which)}

    def option(self, level: int) -> str:
        """Return the option a level shows; cars also show levels they do not take."""
        at_least = (name for name, known in self.levels.items() if level <= known)
        return next(at_least, [*self.levels][-1])


def heating(
    place: str, field: Field[int], seat: int, needs: Equipment | None = None
) -> VehicleSelectDescription:
    """Return the choice of a seat's warmth; who has the back seats warmed enables it."""
    return VehicleSelectDescription(
        key=f"seat_heater_{place}",
        field=field,
        commands=(commands.REMOTE_SEAT_HEATER_REQUEST,),
        param="level",
        levels=SEAT_LEVELS,
        options=[*SEAT_LEVELS],
        also=("seat_position", seat),
        needs=needs,
        entity_registry_enabled_default=needs is None,
    )


def cooling(place: str, field: Field[int], seat: int) -> VehicleSelectDescription:
    """Return the choice of how much a seat is cooled."""
    return VehicleSelectDescription(
        key=f"seat_fan_front_{place}",
        field=field,
        commands=(commands.REMOTE_SEAT_COOLER_REQUEST,),
        param="seat_cooler_level",
        levels=SEAT_LEVELS,
        options=[*SEAT_LEVELS],
        counts_from=1,
        also=("seat_position", seat),
    )


_BACK: Final = equipment.REAR_SEAT_HEATERS
_THIRD: Final = equipment.THIRD_ROW_SEATS

SELECTS: Final = (
    cooling("left", fields.SEAT_FAN_FRONT_LEFT, 1),
    cooling("right", fields.SEAT_FAN_FRONT_RIGHT, 2),
    heating("left", fields.SEAT_HEATER_LEFT, 0),
    heating("rear_center", fields.SEAT_HEATER_REAR_CENTER, 4, _BACK),
    heating("rear_left", fields.SEAT_HEATER_REAR_LEFT, 2, _BACK),
    heating("rear_right", fields.SEAT_HEATER_REAR_RIGHT, 5, _BACK),
    heating("right", fields.SEAT_HEATER_RIGHT, 1),
    heating("third_row_left", fields.SEAT_HEATER_THIRD_ROW_LEFT, 7, _THIRD),
    heating("third_row_right", fields.SEAT_HEATER_THIRD_ROW_RIGHT, 8, _THIRD),
    VehicleSelectDescription(
        key="steering_wheel_heat_level",
        field=fields.STEERING_WHEEL_HEAT_LEVEL,
        commands=(commands.REMOTE_STEERING_WHEEL_HEAT_LEVEL_REQUEST,),
        param="level",
        levels=WHEEL_LEVELS,
        options=[*WHEEL_LEVELS],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Offer every car there is and will be."""
    async_show(entry, async_add_entities, VehicleSelect, SELECTS)


class VehicleSelect(VehicleEntity[VehicleSelectDescription], SelectEntity):
    """One of a few levels of something in a car."""

    entity_description: VehicleSelectDescription

    @property
    @override
    def current_option(self) -> str | None:
        """Return what is known."""
        level: int | None = self.known(self.entity_description.field)
        return None if level is None else self.entity_description.option(level)

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose; of several choices in a row only the last is sent."""
        [command] = self.entity_description.commands
        await self.async_send(command, **self.entity_description.params(option))
