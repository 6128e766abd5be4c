"""What an owner asks of the cabin of a car before a departure."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ..model.invalid import InvalidInput
from ..model.read import chosen, days, number, time_of, words
from ..model.record import record

SEATS: Final = {
    "front_left": 0,
    "front_right": 1,
    "rear_left": 2,
    "rear_center": 4,
    "rear_right": 5,
}
"""Seats an owner chooses from, and Tesla's numbers for them."""
LEAST_SOC: Final = 30
"""Unplugged, no departure takes more out of the battery, whatever the owner says."""
_TEMPERATURES: Final = (15, 30)
_HIGHEST_FLOOR: Final = 90
_BUFFERS: Final = (0, 240)


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

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form wrote; raises InvalidInput."""
        entity = data.get("entity")
        if not entity:
            raise InvalidInput("calendar.entity", "calendar_missing")
        keyword = (data.get("keyword") or "").strip() or None
        needs_location = bool(data.get("needs_location", keyword is None))
        if keyword is None and not needs_location:
            raise InvalidInput("calendar.keyword", "keyword_or_location")
        minutes = number(data, "buffer", _BUFFERS, "buffer_range", part="calendar")
        return cls(
            entity=str(entity),
            keyword=keyword,
            needs_location=needs_location,
            travel_entity=data.get("travel_entity") or None,
            buffer=timedelta(minutes=10 if minutes is None else minutes),
        )


@record
class Extras:
    """What belongs to it beside the climate itself."""

    seats: tuple[str, ...] = ()
    seat_heat: int = 3
    steering_wheel: bool = False
    defrost: bool = False
    """Only where it is at most 1 °C outside."""

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form wrote; raises InvalidInput."""
        seats = words(data, "seats")
        if any(seat not in SEATS for seat in seats):
            raise InvalidInput("extras.seats", "seat_unknown")
        level = number(data, "seat_heat", (1, 3), "number_invalid", part="extras")
        return cls(
            seats=seats,
            seat_heat=3 if level is None else int(level),
            steering_wheel=bool(data.get("steering_wheel", False)),
            defrost=bool(data.get("defrost", False)),
        )

    def __bool__(self) -> bool:
        """Say whether anything is chosen."""
        return bool(self.seats) or self.steering_wheel or self.defrost


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
    """Entity ids; none is anywhere."""
    weather: str | None = None
    """A weather entity: with it the lead time follows the temperature outside."""
    presence: tuple[str, ...] = ()
    """One of these must be home, if any is named."""
    needs_plug: bool = False
    floor_soc: int = 30
    """Unplugged, it is not preconditioned below."""
    extras: Extras = Extras()

    @classmethod
    def load(cls, id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry; raises InvalidInput."""
        if not data.get("car"):
            raise InvalidInput("car", "car_missing")
        floor = number(data, "floor_soc", (0, _HIGHEST_FLOOR), "floor_range")
        return cls(
            id=id,
            name=name,
            vin=str(data["car"]),
            source=chosen(data, "source", Source, "source_unknown"),
            **_source(data),
            temperature=number(data, "temperature", _TEMPERATURES, "temperature_range"),
            zones=words(data, "zones", ("zone.home",)),
            weather=data.get("weather") or None,
            presence=words(data, "presence"),
            needs_plug=bool(data.get("needs_plug", False)),
            floor_soc=LEAST_SOC if floor is None else int(floor),
            extras=Extras.load(data.get("extras") or {}),
        )

    @property
    def floor(self) -> int:
        """Return the level below which an unplugged car is left alone."""
        return max(self.floor_soc, LEAST_SOC)

    @property
    def is_fixed(self) -> bool:
        """Say whether a car can do it by itself: a weekly time, and no guard of ours."""
        is_plain = self.source is not Source.CALENDAR and bool(self.zones)
        is_guarded = self.needs_plug or self.floor > LEAST_SOC or self.presence
        return is_plain and not (self.weather or is_guarded or self.extras)

    @property
    def entities(self) -> frozenset[str]:
        """Return the entities without which it cannot be decided."""
        named = {*self.zones, *self.presence, self.weather}
        if self.calendar is not None:
            named |= {self.calendar.entity, self.calendar.travel_entity}
        return frozenset(entity for entity in named if entity)


def _source(data: Mapping[str, Any]) -> dict[str, Any]:
    """Read what belongs to the source that is chosen; raises InvalidInput."""
    source = chosen(data, "source", Source, "source_unknown")
    if source is Source.CALENDAR:
        return {"calendar": CalendarSource.load(data.get("calendar") or {})}
    if source is Source.CHARGE_RULE:
        if not data.get("rule"):
            raise InvalidInput("rule", "rule_missing")
        return {"rule": str(data["rule"])}
    weekdays, at = days(data), time_of(data, "at")
    if not weekdays:
        raise InvalidInput("days", "days_missing")
    if at is None:
        raise InvalidInput("at", "time_missing")
    return {"days": weekdays, "at": at}
