"""What a car may have or not: decides which of its entities there are.

Nothing is asked for it: the car says it of itself whenever it says anything. What it
never mentions is unknown, not missing; what it names with null or none is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from . import vehicle_fields as fields
from .field import Field
from .state import State


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equipment:
    """Something that not every car has, and the fact that tells."""

    key: str
    field: Field[Any]
    is_there_fn: Callable[[Any], bool] = bool
    null: bool | None = False
    """What it means that the car names the fact and says null."""

    def is_there(self, state: State) -> bool | None:
        """Return whether the car has it; None as long as nobody said."""
        reading = state.reading(self.field)
        if reading is None:
            return None
        return self.null if reading.value is None else self.is_there_fn(reading.value)


def has(key: str, field: Field[Any]) -> Equipment:
    """Return equipment that the car counts or denies."""
    return Equipment(key=key, field=field)


def tells(key: str, field: Field[Any]) -> Equipment:
    """Return equipment that is there once the car says anything of it but null.

    Null is no denial: a sensor may only not have spoken yet.
    """
    return Equipment(key=key, field=field, is_there_fn=lambda _: True, null=None)


ACTUATED_TRUNKS: Final = has("actuated_trunks", fields.CAN_ACTUATE_TRUNKS)
COLD_WEATHER_CHARGE_PORT: Final = tells(
    "cold_weather_charge_port", fields.CHARGE_PORT_COLD_WEATHER_MODE
)
FAN_ONLY_OVERHEAT_PROTECTION: Final = has(
    "fan_only_overheat_protection", fields.SUPPORTS_FAN_ONLY_OVERHEAT_PROTECTION
)
HOMELINK: Final = has("homelink", fields.HOMELINK_DEVICE_COUNT)
MOTORIZED_CHARGE_PORT: Final = has(
    "motorized_charge_port", fields.MOTORIZED_CHARGE_PORT
)
OVERHEAT_PROTECTION: Final = has(
    "overheat_protection", fields.ALLOW_CABIN_OVERHEAT_PROTECTION
)
OVERHEAT_TEMPERATURE: Final = has(
    "overheat_temperature", fields.COP_USER_SET_TEMP_SUPPORTED
)
REAR_SEAT_HEATERS: Final = has("rear_seat_heaters", fields.REAR_SEAT_HEATERS)
SEAT_COOLING: Final = has("seat_cooling", fields.HAS_SEAT_COOLING)
SENTRY_MODE: Final = has("sentry_mode", fields.SENTRY_MODE_AVAILABLE)
STEERING_WHEEL_HEATER: Final = tells(
    "steering_wheel_heater", fields.STEERING_WHEEL_HEATER
)
SUNROOF: Final = has("sunroof", fields.SUN_ROOF_INSTALLED)
THIRD_ROW_SEATS: Final = Equipment(
    key="third_row_seats",
    field=fields.THIRD_ROW_SEATS,
    is_there_fn=lambda seats: seats != "None",
)
TIRE_PRESSURE_SENSORS: Final = tells("tire_pressure_sensors", fields.TPMS_PRESSURE_FL)
TONNEAU: Final = Equipment(
    key="tonneau",
    field=fields.CAR_TYPE,
    is_there_fn=lambda car_type: car_type == "cybertruck",
    null=None,
)

# Some commands have no signed form; most cars take no other.
UNSIGNED_COMMANDS: Final = Equipment(
    key="unsigned_commands",
    field=fields.COMMAND_SIGNING,
    is_there_fn=lambda signing: signing != "required",
    null=None,
)

# Every row above is in the table.
EQUIPMENT: Final[tuple[Equipment, ...]] = tuple(
    row for row in tuple(globals().values()) if isinstance(row, Equipment)
)
