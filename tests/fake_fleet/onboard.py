"""The schedules stored in a car, and where they count.

A schedule counts where the car stands within `RADIUS_KM` of its place; latitude and
longitude zero count everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from .geography import Place, distance_km

RADIUS_KM: Final = 0.5
DAYS: Final = {
    name: 1 << bit
    for bit, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))
}
_GROUPS: Final = {"all": 127, "weekdays": 62, "weekends": 65}


def day_bits(days: object) -> int | None:
    """Read days as Tesla's comma string or as bits (Sunday is 1); None is nonsense."""
    if isinstance(days, int):
        return days if 0 <= days <= 127 else None
    if not isinstance(days, str):
        return None
    bits = 0
    for name in days.lower().split(","):
        named = DAYS.get(name.strip()[:3]) or _GROUPS.get(name.strip())
        if named is None:
            return None
        bits |= named
    return bits


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSchedule:
    """A window of charging; minutes count from midnight, car time."""

    id: int
    name: str = ""
    days_of_week: int = 127
    start_enabled: bool = False
    start_time: int = 0
    end_enabled: bool = False
    end_time: int = 0
    one_time: bool = False
    enabled: bool = True
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreconditionSchedule:
    """A time at which the cabin is to be comfortable."""

    id: int
    name: str = ""
    days_of_week: int = 127
    precondition_time: int = 0
    one_time: bool = False
    enabled: bool = True
    latitude: float = 0.0
    longitude: float = 0.0


type Schedule = ChargeSchedule | PreconditionSchedule


@dataclass(slots=True, kw_only=True)
class Schedules:
    """What is stored in one car."""

    charge: dict[int, ChargeSchedule] = field(default_factory=dict)
    precondition: dict[int, PreconditionSchedule] = field(default_factory=dict)
    mode: Literal["Off", "StartAt", "DepartBy"] = "Off"
    """The older single schedule, valid everywhere."""
    start_time: int = 0
    departure_time: int = 0
    off_peak_end: int = 0
    off_peak_enabled: bool = False
    off_peak_weekdays: bool = False
    precondition_enabled: bool = False
    precondition_weekdays: bool = False

    def charge_here(self, place: Place) -> list[ChargeSchedule]:
        """List the charge schedules that count at a place."""
        return [
            row
            for row in (*self.charge.values(), *self._legacy_charge())
            if _counts(row, place)
        ]

    def precondition_here(self, place: Place) -> list[PreconditionSchedule]:
        """List the precondition schedules that count at a place."""
        rows = (*self.precondition.values(), *self._legacy_precondition())
        return [row for row in rows if _counts(row, place)]

    def retire(self, schedule: Schedule) -> None:
        """Switch a one-time schedule off after it ran."""
        if isinstance(schedule, ChargeSchedule):
            self.charge.pop(schedule.id, None)
        else:
            self.precondition.pop(schedule.id, None)

    def _legacy_charge(self) -> Iterator[ChargeSchedule]:
        """See the older settings as schedules."""
        if self.mode == "StartAt":
            yield ChargeSchedule(id=-1, start_enabled=True, start_time=self.start_time)
        if self.mode == "DepartBy" and self.off_peak_enabled:
            days = 62 if self.off_peak_weekdays else 127
            yield ChargeSchedule(
                id=-1, end_enabled=True, end_time=self.off_peak_end, days_of_week=days
            )

    def _legacy_precondition(self) -> Iterator[PreconditionSchedule]:
        """See the older departure as a schedule."""
        if self.mode == "DepartBy" and self.precondition_enabled:
            days = 62 if self.precondition_weekdays else 127
            yield PreconditionSchedule(
                id=-1, precondition_time=self.departure_time, days_of_week=days
            )


def _counts(row: Schedule, place: Place) -> bool:
    """Whether a schedule is on, and the car where it counts."""
    there = (row.latitude, row.longitude)
    return row.enabled and (
        there == (0.0, 0.0) or distance_km(there, place) <= RADIUS_KM
    )
