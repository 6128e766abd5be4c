"""Whether there is a cable in a car, by the newest of the two words that say so."""

from . import vehicle_fields as fields
from .field import Reading
from .state import State


def plugged(state: State) -> Reading[bool] | None:
    """Return what is shown of a car's cable, and since when; None: nothing tells."""
    cable = state.reading(fields.CABLE_CONNECTED)
    charging = state.reading(fields.CHARGING_STATE)
    said = [
        (reading.at, is_in, reading)
        for reading, is_in in (
            (cable, cable and cable.value),
            (charging, charging and charging.value and not _is_out(charging.value)),
        )
        if reading is not None and reading.value is not None
    ]
    if not said:
        return None
    at, is_in, newest = max(said, key=lambda one: (one[0], bool(one[1])))
    return Reading(
        field=fields.CABLE_CONNECTED, value=bool(is_in), at=at, source=newest.source
    )


def _is_out(charging: str) -> bool:
    """Say whether a charging state means that there is no cable."""
    return charging == "disconnected"
