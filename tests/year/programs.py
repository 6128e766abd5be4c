"""How the wishes are made true: what every contestant of the year can be asked to do."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date

from homeassistant.config_entries import ConfigEntry

from tests.benchmark.home import Home
from tests.fake_fleet.car import Car


class Wishes(ABC):
    """What is wished of one car, as its owner has it at the desk."""

    @abstractmethod
    async def switch(self, *, on: bool) -> None:
        """Switch the weekday's wish off or on."""

    @abstractmethod
    async def skip(self, day: date) -> None:
        """Leave out the weekday's wish on a day."""

    @abstractmethod
    async def unskip(self) -> None:
        """Undo what is left of a day left out; a rule knows its day by itself."""

    @abstractmethod
    async def delete(self) -> None:
        """Delete the weekday's wish."""

    @abstractmethod
    async def make(self) -> None:
        """Make the weekday's wish anew."""


class Program(ABC):
    """A contestant in its Home Assistant."""

    house: Home
    entry: ConfigEntry

    @asynccontextmanager
    @abstractmethod
    async def running(self, house: Home) -> AsyncIterator[None]:
        """Set it up, wishes and all, and let it live."""
        yield

    @abstractmethod
    def wishes(self, car: Car) -> Wishes:
        """Give what is wished of a car."""

    @abstractmethod
    async def end(self, *, cut: bool) -> None:
        """End, orderly or with the disk as it happens to be."""

    @abstractmethod
    async def begin(self) -> None:
        """Begin again."""

    @abstractmethod
    def audit(self, months: Iterable[date]) -> None:
        """Refuse a year that is not what it says."""
