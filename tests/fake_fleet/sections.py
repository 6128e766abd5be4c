"""TABLE: the sections of `vehicle_data`, and which of them an answer holds."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from . import bodies, bodies_schedules, bodies_vehicle
from .parts import Parts
from .units import Body

LOCATION: Final = "location_data"
"""Asked for like a section, but answered inside `drive_state`."""

SECTIONS: Final[Mapping[str, Callable[[Parts, datetime], Body]]] = {
    "charge_state": bodies.charge_state,
    "climate_state": bodies.climate_state,
    "drive_state": bodies.drive_state,
    "gui_settings": bodies.gui_settings,
    "vehicle_config": bodies_vehicle.vehicle_config,
    "vehicle_state": bodies_vehicle.vehicle_state,
}
"""What comes unless something else is asked for."""

ON_DEMAND: Final[Mapping[str, Callable[[Parts, datetime], Body]]] = {
    "charge_schedule_data": bodies_schedules.charge_schedule_data,
    "preconditioning_schedule_data": bodies_schedules.preconditioning_schedule_data,
}
"""What comes only when asked for by name."""


def written(
    parts: Parts, now: datetime, sections: set[str] | None, *, location: bool
) -> Body:
    """Write the sections asked for (None: all usual ones) and nothing else.

    `location` is whether the place may be told at all and was asked for.
    """
    wanted = set(SECTIONS) if sections is None else sections
    writers = {**SECTIONS, **ON_DEMAND}
    body: Body = {
        name: write(parts, now) for name, write in writers.items() if name in wanted
    }
    if location and ({LOCATION, "drive_state"} & wanted):
        told = body.get("drive_state") or bodies.drive_state(parts, now)
        body["drive_state"] = told | bodies.location(parts, now)
    return body
