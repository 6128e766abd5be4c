"""A field is one fact of a car; a reading is what the car said of it, and when."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from .record import record


class Source(StrEnum):
    """Who told us."""

    ANSWER = "answer"
    """The car's yes to what was written into it."""
    POLL = "poll"
    CACHED = "cached"
    STREAM = "stream"
    COMMAND = "command"
    RESTORED = "restored"


class Group(StrEnum):
    """The part of the car a field belongs to: a section of `vehicle_data`.

    `PRODUCT` is the free list of an account's products, whose time is the time of
    the answer.
    """

    CHARGE = "charge_state"
    CHARGE_SCHEDULES = "charge_schedule_data"
    CLIMATE = "climate_state"
    CONFIG = "vehicle_config"
    DRIVE = "drive_state"
    GUI = "gui_settings"
    PRECONDITION_SCHEDULES = "preconditioning_schedule_data"
    PRODUCT = "product"
    VEHICLE = "vehicle_state"

    @property
    def is_by_name(self) -> bool:
        """Say whether it comes only when asked for by name."""
        return self in (Group.CHARGE_SCHEDULES, Group.PRECONDITION_SCHEDULES)

    @property
    def tells_time(self) -> bool:
        """Say whether what is said in it is the car's last word on itself.

        The list of products speaks for Tesla, and a car that says yes to a schedule has
        said nothing of itself.
        """
        return self is not Group.PRODUCT and not self.is_by_name


class Unit(StrEnum):
    """The units used inside; `parse.py` converts Tesla's into these, once."""

    AMPERE = "A"
    BAR = "bar"
    CELSIUS = "°C"
    DEGREE = "°"
    HOUR = "h"
    KILOMETRE = "km"
    KILOMETRE_PER_HOUR = "km/h"
    KILOWATT = "kW"
    KILOWATT_HOUR = "kWh"
    MINUTE = "min"
    PERCENT = "%"
    SECOND = "s"
    VOLT = "V"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field[T]:
    """One fact: where Tesla says it, how it is read, and in which unit it is kept.

    Rows are singletons and compared by identity.
    """

    key: str
    group: Group
    parse: Callable[[Any], T | None]
    """Total: whatever Tesla sends becomes a value or None, never an exception."""
    poll: tuple[str, ...] = ()
    """Name inside the group's section, dotted below it; several are joined."""
    joined: bool = False
    """Hand `parse` a tuple of the values of all `poll` names, once all are there."""
    vanishes: bool = False
    """Tesla leaves the name out of its section when there is no such thing now."""
    stream: str | None = None
    """Telemetry field; a part of a message is dotted (`DoorState.DriverFront`)."""
    parse_stream: Callable[[Any], T | None] | None = None
    """Where the stream speaks otherwise than the poll."""
    cached: tuple[str, ...] | None = None
    """Paths in the protobuf snapshot of the free product list, dotted from its root.

    The first present wins; a joined fact has as many paths as it has polled names.
    None: as polled, in the messages that stand for the group. Empty: nowhere.
    """
    parse_cached: Callable[[Any], T | None] | None = None
    """Where the snapshot speaks otherwise than the poll."""
    unit: Unit | None = None
    options: tuple[str, ...] = ()
    """All values of an enumeration, as this project spells them."""


def row[T](
    group: Group,
    key: str,
    parse: Callable[[Any], T | None],
    unit: Unit | None = None,
    *,
    poll: str | tuple[str, ...] | None = None,
    joined: bool = False,
    vanishes: bool = False,
    stream: str | None = None,
    parse_stream: Callable[[Any], T | None] | None = None,
    cached: str | tuple[str, ...] | None = None,
    parse_cached: Callable[[Any], T | None] | None = None,
) -> Field[T]:
    """Make a row of a field table; the name polled is the key unless said otherwise."""
    return Field(
        key=key,
        group=group,
        parse=parse,
        unit=unit,
        poll=(key,) if poll is None else (poll,) if isinstance(poll, str) else poll,
        joined=joined,
        vanishes=vanishes,
        stream=stream,
        parse_stream=parse_stream,
        cached=(cached,) if isinstance(cached, str) else cached,
        parse_cached=parse_cached,
        options=getattr(parse, "options", ()),
    )


def streamed[T](
    group: Group,
    key: str,
    parse: Callable[[Any], T | None],
    stream: str,
    unit: Unit | None = None,
) -> Field[T]:
    """Make a row of a fact that no poll has."""
    return row(group, key, parse, unit, poll=(), stream=stream)


def table(rows: Mapping[str, object]) -> tuple[Field[Any], ...]:
    """Return the rows among the names of a module, by their keys."""
    found = (row for row in rows.values() if isinstance(row, Field))
    return tuple(sorted(found, key=lambda row: row.key))


def by_key(rows: Iterable[Field[Any]]) -> Mapping[str, Field[Any]]:
    """Return rows to be found by their keys."""
    return MappingProxyType({row.key: row for row in rows})


def media[T](
    key: str,
    parse: Callable[[Any], T | None],
    poll: str,
    stream: str,
    unit: Unit | None = None,
    *,
    cached: str | tuple[str, ...] | None = None,
) -> Field[T]:
    """Make a row of what is played, which the poll has an object for."""
    name = f"media_info.{poll}"
    return row(Group.VEHICLE, key, parse, unit, poll=name, stream=stream, cached=cached)


@record
class Reading[T]:
    """What the car said: a value, and the UTC time the car meant. None is unknown."""

    field: Field[T]
    value: T | None
    at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Location:
    """A place on earth in degrees (WGS 84)."""

    latitude: float
    longitude: float
