"""What an owner asks of the cabin of a car before a departure."""

from datetime import time, timedelta
from enum import StrEnum

from ..model.record import record


class Source(StrEnum):
    """Where departures come from."""

    CALENDAR = "calendar"
    CHARGE_RULE = "charge_rule"
    WEEKLY = "weekly"


@record
class CalendarSource:
    """Which events of a calendar are departures."""

    entity: str
    keyword: str | None = None
    needs_location: bool = True
    travel_entity: str | None = None
    """Says how long the way takes."""
    buffer: timedelta = timedelta(minutes=10)


@record
class Extras:
    """What belongs to it beside the climate itself."""

    seats: tuple[str, ...] = ()
    seat_heat: int = 3
    steering_wheel: bool = False
    defrost: bool = False
    """Only where it is at most 1 °C outside."""


@record
class Departure:
    """A departure rule; times are wall times of Home Assistant's zone."""

    id: str
    """Of its subentry."""
    name: str
    vin: str
    source: Source
    days: frozenset[int] = frozenset()
    """Weekdays, Monday is 0; of a weekly one."""
    at: time | None = None
    """Of a weekly one."""
    rule: str | None = None
    """The charge rule that it follows, by id."""
    calendar: CalendarSource | None = None
    temperature: float | None = None
    """In °C; None leaves the car's own setting."""
    zones: tuple[str, ...] = ("zone.home",)
    weather: str | None = None
    """A weather entity: with it the lead time follows the temperature outside."""
    presence: tuple[str, ...] = ()
    """One of these must be home, if any is named."""
    needs_plug: bool = False
    floor_soc: int = 30
    """Unplugged, it is not preconditioned below."""
    extras: Extras = Extras()
