"""Turns Tesla's answers into readings: the only place that knows their shape.

Nothing in here raises, whatever arrives: a missing section brings no reading, a value
that cannot be read is an unknown one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from .field import Field, Group, Reading, Source
from .record import record
from .unread import Unread
from .values import (
    KM_PER_MILE,
    Choice,
    boolean,
    choice,
    epoch_milliseconds,
    epoch_seconds,
    identifier,
    integer,
    location,
    miles,
    mph,
    number,
    opened,
    percent,
    phases,
    text,
)
from .vehicle_fields import COMMAND_SIGNING, STATE, VEHICLE_FIELDS

__all__ = [
    "KM_PER_MILE",
    "Choice",
    "Product",
    "boolean",
    "choice",
    "epoch_milliseconds",
    "epoch_seconds",
    "identifier",
    "integer",
    "location",
    "miles",
    "mph",
    "number",
    "opened",
    "percent",
    "phases",
    "product_readings",
    "text",
    "vehicle_data_readings",
    "vehicles",
]

_ABSENT: Final = object()


class Misplaced:
    """Stands for a value or a list where an object belongs: no parser takes it."""


@record
class Product:
    """A car in the free list of an account's products."""

    vin: str
    id: str | None
    name: str | None
    state: str | None
    command_signing: str | None
    access_type: str | None
    in_service: bool | None
    device_type: str | None


def vehicles(body: object) -> list[Product]:
    """Return the cars in a list of products; energy sites have no VIN."""
    if not isinstance(body, list | tuple):
        return []
    return [product for entry in body if (product := _product(entry)) is not None]


def _product(entry: object) -> Product | None:
    """Return one entry of the list, if it is a car."""
    if not isinstance(entry, Mapping) or (vin := text(entry.get("vin"))) is None:
        return None
    return Product(
        vin=vin,
        id=identifier(entry.get("id_s")) or identifier(entry.get("id")),
        name=text(entry.get("display_name")) or text(entry.get("vehicle_name")),
        state=STATE.parse(entry.get("state")),
        command_signing=COMMAND_SIGNING.parse(entry.get("command_signing")),
        access_type=text(entry.get("access_type")),
        in_service=boolean(entry.get("in_service")),
        device_type=text(entry.get("device_type")),
    )


def product_readings(
    body: object, *, now: datetime, unread: Unread | None = None
) -> list[Reading[Any]]:
    """Return what one entry of the list of products says, as of now.

    `unread` remembers what could not be read, so that it is said but once.
    """
    if not isinstance(body, Mapping):
        return []
    said = Unread() if unread is None else unread
    return _section_readings(body, _of(Group.PRODUCT), now, said)


def vehicle_data_readings(
    body: object,
    *,
    now: datetime,
    lag: timedelta = timedelta(),
    unread: Unread | None = None,
) -> list[Reading[Any]]:
    """Return what an answer of `vehicle_data` says, each section at its own time.

    A section's time in the future is a clock gone wrong and counts as now: otherwise
    nothing the car says later could replace it. Where it is known to be our own clock,
    and how far it lags behind, that is no future.
    """
    said = Unread() if unread is None else unread
    readings = product_readings(body, now=now, unread=said)
    if not isinstance(body, Mapping):
        return readings
    latest = now + lag
    for group in _SECTIONS:
        section = body.get(group.value)
        if isinstance(section, Mapping) and section:
            at = min(_said_at(section.get("timestamp")) or latest, latest)
            readings += _section_readings(section, _of(group), at, said)
        elif section is not None and not isinstance(section, Mapping):
            said.say(group.value, type(section).__name__)
    return readings


def _said_at(timestamp: object) -> datetime | None:
    """Return the time of a section; those that come by name have a protobuf's."""
    if isinstance(timestamp, Mapping):
        return epoch_seconds(timestamp.get("seconds"))
    return epoch_milliseconds(timestamp)


def _section_readings(
    section: Mapping[Any, Any],
    fields: Iterable[Field[Any]],
    at: datetime,
    said: Unread,
) -> list[Reading[Any]]:
    """Return the readings of the fields that a section has."""
    return [
        Reading(
            field=field,
            value=said.read(field, raw, field.parse),
            at=at,
            source=Source.POLL,
        )
        for field in fields
        if (raw := _raw(field, section)) is not _ABSENT
    ]


def _raw(field: Field[Any], section: Mapping[Any, Any]) -> Any:
    """Return what Tesla sends for a field, or that it sends nothing."""
    if not field.joined:
        raw = _at(field.poll[0], section)
        return None if raw is _ABSENT and field.vanishes else raw
    found = tuple(_at(path, section) for path in field.poll)
    if _ABSENT not in found:
        return found
    return None if field.vanishes else _ABSENT


def _at(path: str, section: Mapping[Any, Any]) -> Any:
    """Return what stands at a dotted path of a section."""
    if "." not in path:
        return section.get(path, _ABSENT)
    part: Any = section
    for name in path.split("."):
        if part is not None and not isinstance(part, Mapping):
            return Misplaced()
        if part is None or name not in part:
            return _ABSENT
        part = part[name]
    return part


def _of(group: Group) -> tuple[Field[Any], ...]:
    """Return the polled fields of a section."""
    return _BY_GROUP[group]


_BY_GROUP: Final = {
    group: tuple(f for f in VEHICLE_FIELDS if f.group is group and f.poll)
    for group in Group
}
_SECTIONS: Final = tuple(group for group in Group if group is not Group.PRODUCT)
