"""A bad tape of snapshots: each row's section missing, undated, or of a wrong kind."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
import pytest
from tesla_protocol.command.vehicle_pb2 import VehicleData

from custom_components.fleet_pulse.fleet.cached_data import PLACES, Place, decode
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State

from .pushed import NOW, SAID

EARLIER: Final = SAID - timedelta(hours=1)
ROWS: Final = [pytest.param(row, id=row.key) for row in PLACES]
# Tags of a field that is a number and of one that is 8 bytes, where a message belongs.
NUMBER, EIGHT_BYTES = 0, 1

type Path = Sequence[FieldDescriptor]


def fill(message: Any, path: Path) -> None:
    """Set a fact to something that is there: 1, "1", a moment, the first choice."""
    for step in path[:-1]:
        message = getattr(message, step.name)
    last = path[-1]
    if last.message_type is None:
        kind = str if last.cpp_type == FieldDescriptor.CPPTYPE_STRING else int
        setattr(message, last.name, kind(1))
    elif last.message_type.oneofs:
        getattr(
            getattr(message, last.name), last.message_type.fields[1].name
        ).SetInParent()
    else:
        getattr(message, last.name).FromDatetime(SAID)


def whole() -> VehicleData:
    """Return a snapshot that says everything we look for."""
    data = VehicleData()
    for places in PLACES.values():
        for place in places:
            for path in place.paths:
                fill(data, path)
    for step, section in data.ListFields():
        if step.message_type.fields_by_name.get("timestamp"):
            section.timestamp.FromDatetime(SAID)
    return data


def sections(row: Field[Any]) -> list[str]:
    """Give the sections in which a row's fact may stand."""
    return sorted({place.section for place in PLACES[row]})


def without(row: Field[Any]) -> VehicleData:
    """Return a snapshot that lacks a row's sections."""
    data = whole()
    for name in sections(row):
        data.ClearField(name)
    return data


def misfit(row: Field[Any], kind: int) -> bytes:
    """Return a snapshot with values of a wrong wire type for a row's sections."""
    fields = VehicleData.DESCRIPTOR.fields_by_name
    raw = without(row).SerializeToString()
    for name in sections(row):
        tag = fields[name].number << 3 | kind
        raw += bytes([tag & 0x7F | 0x80, tag >> 7]) if tag > 0x7F else bytes([tag])
        raw += b"\x05" if kind == NUMBER else b"\xff" * 8
    return raw


def undated(row: Field[Any]) -> VehicleData:
    """Return a snapshot in which a row's sections have no time."""
    data = whole()
    for name in sections(row):
        getattr(data, name).ClearField("timestamp")
    return data


def after(row: Field[Any], raw: bytes) -> tuple[object, datetime]:
    """Return what is known of a row after a snapshot, and since when."""
    before = Reading(field=row, value="before", at=EARLIER, source=Source.POLL)
    readings = decode(b64encode(raw).decode(), NOW)
    said = State().merged([before]).merged(readings).said(row)
    assert said is not None
    return said.value, said.at


@pytest.mark.parametrize("row", ROWS)
def test_everything_that_is_said_is_read(row: Field[Any]) -> None:
    """With all of it there, each row has something as of then."""
    value, at = after(row, whole().SerializeToString())
    assert (value == "before", at) == (False, SAID)


@pytest.mark.parametrize("row", ROWS)
def test_a_missing_section_says_nothing(
    row: Field[Any], caplog: pytest.LogCaptureFixture
) -> None:
    """What was known keeps its age; and that is usual, so no line."""
    caplog.set_level(logging.DEBUG)
    assert after(row, without(row).SerializeToString()) == ("before", EARLIER)
    assert f"{row.key} cannot be read" not in caplog.text


@pytest.mark.parametrize("kind", [NUMBER, EIGHT_BYTES])
@pytest.mark.parametrize("row", ROWS)
def test_a_section_of_a_wrong_kind_says_nothing(row: Field[Any], kind: int) -> None:
    """A number where a message belongs is none of what is looked for."""
    assert after(row, misfit(row, kind)) == ("before", EARLIER)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.key)
        for row in PLACES
        if "vehicle_config" not in sections(row)
    ],
)
def test_a_section_without_a_time_says_nothing(row: Field[Any]) -> None:
    """Nobody knows how old it is, so it is not shown as new."""
    assert after(row, undated(row).SerializeToString()) == ("before", EARLIER)


def test_all_places_are_found() -> None:
    """Each row has one, and all paths of a place stand in its section."""
    places: list[Place] = [place for found in PLACES.values() for place in found]
    assert all(PLACES.values())
    assert all(
        path[0].name == place.section for place in places for path in place.paths
    )
