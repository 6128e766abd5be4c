"""Reads the snapshot that a car pushed and the free list carries: state for nothing.

It is a protobuf `VehicleData` in base64. Importing its messages is heavy, so whoever
needs this module imports it, and calls it, beside the event loop.

Sections carry the time they were written at; a section that could and does not is no
evidence of anything, as is one from the future. What the car left unset it did not
say: protobuf's defaults (0, False, "") are never taken for values.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp
from tesla_protocol.command.vehicle_pb2 import VehicleData

from ..model.field import Field, Group, Reading, Source
from ..model.record import record
from ..model.unread import Unread
from ..model.values import epoch_seconds
from ..model.vehicle_fields import VEHICLE_FIELDS

SKEW: Final = timedelta(minutes=5)
"""A car's clock may be ahead by so much; its word then counts as said now."""
_LONGEST: Final = 1_000_000
"""Characters; real ones have some thousand."""
_ABSENT: Final = object()
_STAMP: Final = "timestamp"
# Words by which a choice says that it is not made, and that there is no such thing.
_UNSAID: Final = frozenset({"Invalid", "Unknown", "Unspecified"})
_NOTHING: Final[Mapping[str, str]] = dict.fromkeys(("None", "SNA"), "<invalid>")

MESSAGES: Final[Mapping[Group, tuple[str, ...]]] = {
    Group.CHARGE: ("charge_state",),
    Group.CHARGE_SCHEDULES: (),
    Group.CLIMATE: ("climate_state",),
    Group.CONFIG: ("vehicle_config",),
    Group.DRIVE: ("drive_state", "location_state"),
    Group.GUI: ("gui_settings",),
    Group.PRECONDITION_SCHEDULES: (),
    Group.PRODUCT: (),
    Group.VEHICLE: (
        "closures_state",
        "vehicle_state",
        "tire_pressure_state",
        "vehicle_detail_state",
        "legacy_vehicle_state",
    ),
}
"""The messages that hold what `vehicle_data` says in one section."""
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "media_info": ("media_state", "media_detail_state"),
    "software_update": (
        "software_update_state",
        "legacy_vehicle_state.software_update_state",
    ),
}
"""Objects within a section of `vehicle_data` that are messages of their own."""
SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    "{}_celsius".format,
    lambda key: key.replace("door_", "door_open_"),
    lambda key: key.replace("window_", "window_open_"),
)
"""How protobufs name what a row's key names, beside the polled name."""


@record
class Place:
    """Where a snapshot says a fact: one path, or several that are joined."""

    section: str
    paths: tuple[tuple[FieldDescriptor, ...], ...]


def decode(
    text: object, now: datetime, unread: Unread | None = None
) -> tuple[Reading[Any], ...]:
    """Return what a snapshot says; nothing if it cannot be read, whatever it is."""
    data = _unpacked(text)
    if data is None:
        return ()
    times = _times(data, now)
    said = Unread() if unread is None else unread
    return tuple(
        Reading(
            field=field,
            value=said.read(field, raw, field.parse_cached or field.parse),
            at=at,
            source=Source.CACHED,
        )
        for field, places in PLACES.items()
        for at, raw in _newest(data, field, places, times)
    )


def resolved(path: str) -> tuple[FieldDescriptor, ...] | None:
    """Return the fields that a dotted path goes through, if the protobuf has them."""
    found: list[FieldDescriptor] = []
    message: Any = VehicleData.DESCRIPTOR
    for name in path.split("."):
        step = None if message is None else message.fields_by_name.get(name)
        if step is None:
            return None
        found.append(step)
        message = step.message_type
    return tuple(found)


def _unpacked(text: object) -> Any | None:
    """Return the message, if this is one."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        return VehicleData.FromString(b64decode(text.strip(), validate=True))
    except ValueError, DecodeError:
        return None


def _times(data: Message, now: datetime) -> dict[str, datetime]:
    """Return by section when it was written, the sections without a time left out."""
    times: dict[str, datetime] = {}
    undated = []
    for step, section in data.ListFields():
        if step.message_type is None:
            continue
        if _STAMP not in step.message_type.fields_by_name:
            undated.append(step.name)
        elif (at := _moment(section, now)) is not None:
            times[step.name] = at
    # What a car is made of has no room for a time: it is as old as the push.
    if times:
        times |= dict.fromkeys(undated, max(times.values()))
    return times


def _moment(section: Any, now: datetime) -> datetime | None:
    """Return when a section was written, if that can be."""
    if not section.HasField(_STAMP):
        return None
    at = epoch_seconds(_seconds(section.timestamp))
    return None if at is None or at > now + SKEW else min(at, now)


def _seconds(stamp: Timestamp) -> float:
    """Return a protobuf's moment as the poll writes moments."""
    return float(stamp.seconds + stamp.nanos / 1e9)


def _newest(
    data: Message,
    field: Field[Any],
    places: tuple[Place, ...],
    times: Mapping[str, datetime],
) -> Iterator[tuple[datetime, Any]]:
    """Return when a field was last said, and what; nothing if it was not said."""
    dated = [place for place in places if place.section in times]
    said = [
        (times[place.section], raw)
        for place in dated
        if (raw := _raw(data, place)) is not _ABSENT
    ]
    if said:
        yield max(said, key=lambda pair: pair[0])
    elif dated and field.vanishes:
        yield times[dated[0].section], None


def _raw(data: Message, place: Place) -> Any:
    """Return what stands at a place; joined values are there together or not at all."""
    found = tuple(_at(data, path) for path in place.paths)
    if _ABSENT in found:
        return _ABSENT
    return found if len(found) > 1 else found[0]


def _at(message: Message, path: tuple[FieldDescriptor, ...]) -> Any:
    """Return what the car set at a path, as the poll would spell it."""
    value: Any = message
    for step in path:
        if step.has_presence and not value.HasField(step.name):
            return _ABSENT
        value = getattr(value, step.name)
    last = path[-1]
    if not last.has_presence and value == last.default_value:
        return _ABSENT
    return _plain(last, value)


def _plain(step: FieldDescriptor, value: Any) -> Any:
    """Return a protobuf's value as the poll would spell it."""
    if isinstance(value, Timestamp):
        return _seconds(value)
    if step.message_type is not None:
        return _word(value.WhichOneof(step.message_type.oneofs[0].name))
    if step.enum_type is not None:
        return _word(_name(step.enum_type, value))
    if step.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        # Seven digits are all it holds: what comes after them is noise.
        return float(f"{value:.7g}")
    return value


def _word(name: str | None) -> Any:
    """Return the word of a choice, or that none was made."""
    if name is None or name in _UNSAID:
        return _ABSENT
    return _NOTHING.get(name, name)


def _name(kind: Any, number: int) -> str:
    """Return the word of a number, without the list's own name before it."""
    if number not in kind.values_by_number:
        return f"#{number}"
    word: str = kind.values_by_number[number].name
    return word.removeprefix(kind.name.removesuffix("_E")).removeprefix("_")


def _places(field: Field[Any]) -> tuple[Place, ...]:
    """Return where a snapshot may say a field, by its row or by its polled names."""
    if field.cached is not None:
        sets = list(batched(field.cached, _together(field), strict=True))
    else:
        sets = list(zip(*map(_usual(field), field.poll or (field.key,)), strict=True))
    return tuple(place for paths in sets if (place := _place(paths)) is not None)


def _together(field: Field[Any]) -> int:
    """Return how many paths make one value."""
    return len(field.poll) if field.joined else 1


def _usual(field: Field[Any]) -> Callable[[str], list[str]]:
    """Return a function that names the paths at which a polled name usually stands."""

    def paths(name: str) -> list[str]:
        head, _, rest = name.partition(".")
        names = dict.fromkeys((name, *(make(field.key) for make in SPELLINGS)))
        whole = [f"{message}.{n}" for n in names for message in MESSAGES[field.group]]
        return whole + [f"{message}.{rest}" for message in PARTS.get(head, ())]

    return paths


def _place(paths: tuple[str, ...]) -> Place | None:
    """Return a place that the protobuf has."""
    found = [steps for path in paths if (steps := resolved(path)) is not None]
    if len(found) != len(paths) or not all(map(_is_fact, found)):
        return None
    return Place(section=found[0][0].name, paths=tuple(found))


def _is_fact(path: tuple[FieldDescriptor, ...]) -> bool:
    """Say whether a path ends at one value: plain, a moment, or a choice."""
    last = path[-1]
    kind = last.message_type
    return not last.is_repeated and (
        kind is None
        or kind.full_name == Timestamp.DESCRIPTOR.full_name
        or [choice.name for choice in kind.oneofs] == ["type"]
    )


PLACES: Final[Mapping[Field[Any], tuple[Place, ...]]] = {
    field: places for field in VEHICLE_FIELDS if (places := _places(field))
}
"""Where the snapshot says what, for the fields that it may say."""
