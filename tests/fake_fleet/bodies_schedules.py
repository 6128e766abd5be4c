"""Writes the sections of `vehicle_data` about schedules stored in the car.

They come only when asked for by name, and keep time as protobufs do.
"""

from datetime import datetime

from .parts import Parts
from .units import Body, protobuf_time


def charge_schedule_data(parts: Parts, now: datetime) -> Body:
    """Write the charge schedules stored in the car."""
    rows = parts.schedules.charge.values()
    return {
        "charge_schedules": [
            {
                "id": row.id,
                "name": row.name,
                "days_of_week": row.days_of_week,
                "start_enabled": row.start_enabled,
                "start_time": row.start_time,
                "end_enabled": row.end_enabled,
                "end_time": row.end_time,
                "one_time": row.one_time,
                "enabled": row.enabled,
                "latitude": row.latitude,
                "longitude": row.longitude,
            }
            for row in rows
        ],
        "timestamp": protobuf_time(now),
        "charge_buffer": 6,
        "max_num_charge_schedules": 100,
        "next_schedule": any(row.enabled for row in rows),
        "show_schedule_complete_state": True,
    }


def preconditioning_schedule_data(parts: Parts, now: datetime) -> Body:
    """Write the precondition schedules stored in the car."""
    rows = parts.schedules.precondition.values()
    return {
        "precondition_schedules": [
            {
                "id": row.id,
                "name": row.name,
                "days_of_week": row.days_of_week,
                "precondition_time": row.precondition_time,
                "one_time": row.one_time,
                "enabled": row.enabled,
                "latitude": row.latitude,
                "longitude": row.longitude,
            }
            for row in rows
        ],
        "timestamp": protobuf_time(now),
        "max_num_precondition_schedules": 100,
        "next_schedule": any(row.enabled for row in rows),
    }
