"""Snapshots as cars push them into the free list, made by hand and by the fake cloud."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tesla_protocol.command.vehicle_pb2 import VehicleData

from custom_components.fleet_pulse.fleet.cached_data import decode
from custom_components.fleet_pulse.model.state import State
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.specs import CarSpec

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
SAID: Final = NOW - timedelta(hours=3)

type Fill = Callable[[Any], object]


def packed(*fills: Fill, at: datetime | None = SAID) -> str:
    """Pack a snapshot; every section that is filled was written then."""
    data = VehicleData()
    for fill in fills:
        fill(data)
    for step, section in data.ListFields():
        if at is not None and "timestamp" in step.message_type.fields_by_name:
            section.timestamp.FromDatetime(at)
    return b64encode(data.SerializeToString()).decode()


def state_of(*fills: Fill, at: datetime | None = SAID) -> State:
    """Return what a snapshot says."""
    return State().merged(decode(packed(*fills, at=at), NOW))


def put(path: str, value: Any) -> Fill:
    """Make a function that sets a plain value at a path."""
    *parents, last = path.split(".")

    def fill(data: Any) -> None:
        for name in parents:
            data = getattr(data, name)
        setattr(data, last, value)

    return fill


def choose(path: str) -> Fill:
    """Make a function that makes a choice: the last part is the word."""

    def fill(data: Any) -> None:
        for name in path.split("."):
            data = getattr(data, name)
        data.SetInParent()

    return fill


def stamp(path: str, at: datetime) -> Fill:
    """Make a function that sets a moment."""

    def fill(data: Any) -> None:
        for name in path.split("."):
            data = getattr(data, name)
        data.FromDatetime(at)

    return fill


def pushing(spec: CarSpec) -> Car:
    """Return a plugged-in car that has just fallen asleep, and pushed a snapshot."""
    car = Car(spec=spec, clock=Clock.stepped(NOW), soc=61.4)
    car.cached_data = True
    car.plug("ac")
    car.sleep_now()
    return car


def unpacked(text: str) -> VehicleData:
    """Return the message of a snapshot."""
    return VehicleData.FromString(b64decode(text))
