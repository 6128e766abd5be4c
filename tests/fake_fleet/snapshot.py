"""Packs what a car last pushed: the protobuf snapshot that the free list carries.

The messages hold the facts of `vehicle_data` under mostly the same names, so they are
filled from its bodies; the tables below name what differs.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from tesla_protocol.command.vehicle_pb2 import VehicleData

from .parts import Parts
from .sections import written
from .units import INVALID, Body

RENAMED: Final[Mapping[str, str]] = {
    "bioweapon_mode_on": "bioweapon_mode",
    "charge_rate_mph_float": "charge_rate",
    "charging_amps": "charge_amps",
    "door_open_driver_front": "df",
    "door_open_driver_rear": "dr",
    "door_open_passenger_front": "pf",
    "door_open_passenger_rear": "pr",
    "door_open_trunk_front": "ft",
    "door_open_trunk_rear": "rt",
    "inside_temp_celsius": "inside_temp",
    "max_avail_temp_celsius": "max_avail_temp",
    "min_avail_temp_celsius": "min_avail_temp",
    "native_latitude_d": "latitude",
    "native_longitude_d": "longitude",
    "outside_temp_celsius": "outside_temp",
    "speed_float": "speed",
    "window_open_driver_front": "fd_window",
    "window_open_driver_rear": "rd_window",
    "window_open_passenger_front": "fp_window",
    "window_open_passenger_rear": "rp_window",
}
"""Fields of the protobuf on the left, keys of `vehicle_data` on the right."""
SKIPPED: Final = frozenset({"feature_bitmask", "scheduled_charging_start_time_app"})
"""Fields of the same name that hold something else."""
KEEPERS: Final = ("Off", "On", "Dog", "Party")


def snapshot(parts: Parts, now: datetime) -> str:
    """Pack everything as the free list's `cached_data` does."""
    bodies = written(parts, now, None, location=True)
    drive, state = bodies["drive_state"], bodies["vehicle_state"]
    data = VehicleData()
    for message, body in (
        (data.charge_state, bodies["charge_state"]),
        (data.climate_state, bodies["climate_state"]),
        (data.closures_state, state),
        (data.drive_state, drive),
        (data.legacy_vehicle_state, state),
        (data.location_state, drive),
        (data.tire_pressure_state, state),
        (data.vehicle_config, bodies["vehicle_config"]),
        (data.vehicle_detail_state, state),
    ):
        _fill(message, body)
        _stamp(message, now)
    _choose(data, parts)
    hundredths = round(state["odometer"] * 100)
    data.drive_state.odometer_in_hundredths_of_a_mile = hundredths
    return b64encode(data.SerializeToString()).decode()


def _fill(message: Message, body: Body) -> None:
    """Copy every plain fact that has a field."""
    for field in message.DESCRIPTOR.fields:
        value = body.get(RENAMED.get(field.name, field.name))
        if value in (None, INVALID) or field.name in SKIPPED:
            continue
        plain = _plain(field.cpp_type, value)
        if plain is not None:
            setattr(message, field.name, plain)


def _plain(kind: int, value: Any) -> Any:
    """Read a value as a field's kind; None is a kind that is no plain one."""
    match kind:
        case FieldDescriptor.CPPTYPE_BOOL:
            return bool(value)
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return float(value)
        case FieldDescriptor.CPPTYPE_STRING:
            return str(value)
        case FieldDescriptor.CPPTYPE_MESSAGE | FieldDescriptor.CPPTYPE_ENUM:
            return None
    return int(value)


def _stamp(message: Any, now: datetime) -> None:
    """Say when the section was written."""
    if "timestamp" in message.DESCRIPTOR.fields_by_name:
        message.timestamp.FromDatetime(now)


def _choose(data: VehicleData, parts: Parts) -> None:
    """Say what protobufs say by which field of a choice is there."""
    cabin, charging = parts.cabin, data.charge_state
    getattr(charging.charging_state, parts.charging_state).SetInParent()
    cable = parts.charging.charger
    if cable is not None:
        kind = "IEC" if parts.spec.eu_vehicle else "SAE"
        getattr(charging.conn_charge_cable, kind).SetInParent()
    fast = "Combo" if cable is not None and cable.is_dc else "SNA"
    getattr(charging.fast_charger_type, fast).SetInParent()
    gear = data.drive_state.shift_state
    (gear.D if parts.motion.trip else gear.P).SetInParent()
    keeper = KEEPERS[cabin.keeper]
    getattr(data.climate_state.climate_keeper_mode, keeper).SetInParent()
    defrost = "Max" if cabin.is_max_defrost else "Off"
    getattr(data.climate_state.defrost_mode, defrost).SetInParent()
    sentry = data.closures_state.sentry_mode_state
    (sentry.Armed if parts.settings.sentry else sentry.Off).SetInParent()
    data.location_state.native_type.WGS.SetInParent()
