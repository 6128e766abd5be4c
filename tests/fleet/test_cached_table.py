"""The table's paths into the snapshot: all are there, and none is read by accident."""

from collections import Counter
from typing import Any, Final

import pytest
from tesla_protocol.command.vehicle_pb2 import VehicleData

from custom_components.fleet_pulse.fleet.cached_data import (
    MESSAGES,
    PARTS,
    PLACES,
    resolved,
)
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Group

NAMED: Final = [field for field in fields.VEHICLE_FIELDS if field.cached]
# What a poll says and a snapshot has no field for.
POLLED_ONLY: Final = {
    fields.CAR_TYPE,
    fields.CHARGE_PORT_TYPE,
    fields.CHARGE_SCHEDULES,
    fields.EXTERIOR_COLOR,
    fields.GUI_CHARGE_RATE_UNITS,
    fields.GUI_DISTANCE_UNITS,
    fields.GUI_RANGE_DISPLAY,
    fields.GUI_TEMPERATURE_UNITS,
    fields.PRECONDITION_SCHEDULES,
    fields.REAR_SEAT_HEATERS,
    fields.RIGHT_HAND_DRIVE,
    fields.SUN_ROOF_INSTALLED,
    fields.THIRD_ROW_SEATS,
    fields.TRIM_BADGING,
    fields.WHEEL_TYPE,
}
SHARED: Final = {
    "charge_state.charger_power",
    "charge_state.charging_state",
    "charge_state.conn_charge_cable",
    "charge_state.fast_charger_present",
    "charge_state.minutes_to_full_charge",
    "closures_state.sentry_mode_state",
}


def dotted(field: Field[Any]) -> list[str]:
    """Give the paths at which a snapshot may say a field."""
    return [
        ".".join(step.name for step in path)
        for place in PLACES[field]
        for path in place.paths
    ]


@pytest.mark.parametrize("field", [pytest.param(f, id=f.key) for f in NAMED])
def test_a_named_path_is_one_of_the_protobuf(field: Field[Any]) -> None:
    """Each leads through messages to a fact, and all of them are used."""
    assert field.cached is not None
    assert [path for path in field.cached if resolved(path) is None] == []
    assert tuple(dotted(field)) == field.cached


@pytest.mark.parametrize("field", [pytest.param(f, id=f.key) for f in NAMED])
def test_a_path_is_named_only_where_it_must_be(field: Field[Any]) -> None:
    """What is found by its polled name needs no word in the row."""
    usual = {
        f"{message}.{name}"
        for message in MESSAGES[field.group]
        for name in field.poll or (field.key,)
    }
    assert field.cached is not None
    assert not set(field.cached) <= usual


def test_every_fact_of_a_poll_is_looked_for_in_the_snapshot() -> None:
    """But for what protobufs do not have, and what the list itself says."""
    polled = {
        field
        for field in fields.VEHICLE_FIELDS
        if field.poll and field.group is not Group.PRODUCT
    }
    assert polled - PLACES.keys() == POLLED_ONLY


def test_no_path_is_read_by_accident() -> None:
    """Only these carry more than one fact."""
    read = Counter(path for field in PLACES for path in dotted(field))
    assert {path for path, times in read.items() if times > 1} == SHARED


def test_messages_are_the_protobuf_s() -> None:
    """The sections of a poll and its objects stand for messages that there are."""
    names = {
        name for table in (MESSAGES, PARTS) for row in table.values() for name in row
    }
    assert [name for name in names if resolved(name) is None] == []
    assert set(MESSAGES) == set(Group)


def test_only_what_a_car_is_made_of_has_no_time() -> None:
    """All other messages that are read say when they were written."""
    sections = {place.section for places in PLACES.values() for place in places}
    undated = {
        name
        for name in sections
        if "timestamp"
        not in VehicleData.DESCRIPTOR.fields_by_name[name].message_type.fields_by_name
    }
    assert undated == {"vehicle_config"}
