"""Cars for tests, on a clock that the test steps."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.specs import MODEL_Y

MONDAY_EVENING: Final = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)
"""20:00 in Berlin, where the test cars live."""


def parked(start: datetime = MONDAY_EVENING, **wishes: Any) -> Car:
    """Make a car on a clock of its own."""
    time_scale = wishes.pop("time_scale", 1)
    clock = Clock.stepped(start, time_scale=time_scale)
    return Car(spec=wishes.pop("spec", MODEL_Y), clock=clock, **wishes)


def live(car: Car, seconds: float, slices: int = 1) -> Car:
    """Let it live on, looked at so many times meanwhile."""
    for _ in range(slices):
        car.advance(car.clock.step(seconds / slices))
    return car


def happened(car: Car, what: str) -> list[datetime]:
    """Say when something happened to it."""
    return [at for at, event in car.events if event.startswith(what)]
