"""Turns the schedules of a car into windows of time, by the wall clock of its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from .onboard import ChargeSchedule, PreconditionSchedule, Schedule

START_ONLY: Final = timedelta(hours=6)
"""Tesla's `charge_buffer`: plugging in so long after a start still charges at once."""
LEAD: Final = timedelta(minutes=20)
"""How long before the wanted time the cabin is begun with."""
LINGER: Final = timedelta(minutes=10)
"""How long the cabin is kept for a driver who is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One occurrence of a schedule, in UTC."""

    schedule: Schedule
    start: datetime
    end: datetime
    stops: bool = True
    """Whether its end ends what its start began."""

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies inside."""
        return self.start <= moment < self.end


def charge_windows(
    rows: Iterable[ChargeSchedule], *, now: datetime, zone: ZoneInfo, needed: timedelta
) -> list[Window]:
    """Resolve charge schedules around `now`; `needed` is how long a charge takes."""
    found = [
        window
        for row in rows
        for day in _days(row.days_of_week, now, zone)
        if (window := _charge_window(row, day, zone, needed)) is not None
    ]
    return sorted(found, key=lambda window: window.start)


def precondition_windows(
    rows: Iterable[PreconditionSchedule], *, now: datetime, zone: ZoneInfo
) -> list[Window]:
    """Resolve precondition schedules around `now`."""
    found = [
        Window(schedule=row, start=ready - LEAD, end=ready + LINGER)
        for row in rows
        for day in _days(row.days_of_week, now, zone)
        for ready in (_at(day, row.precondition_time, zone),)
    ]
    return sorted(found, key=lambda window: window.start)


def _charge_window(
    row: ChargeSchedule, day: date, zone: ZoneInfo, needed: timedelta
) -> Window | None:
    """Resolve a charge schedule on one of its days."""
    start, end = _at(day, row.start_time, zone), _at(day, row.end_time, zone)
    if row.start_enabled and row.end_enabled:
        if row.end_time <= row.start_time:
            # A window belongs to the day on which it starts.
            end = _at(day + timedelta(days=1), row.end_time, zone)
        return Window(schedule=row, start=start, end=end)
    if row.start_enabled:
        return Window(schedule=row, start=start, end=start + START_ONLY, stops=False)
    if row.end_enabled:
        return Window(schedule=row, start=end - needed, end=end)
    return None


def _days(bits: int, now: datetime, zone: ZoneInfo) -> list[date]:
    """List the schedule's days from yesterday to this day next week."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in range(-1, 8))
    return [day for day in days if bits >> (day.isoweekday() % 7) & 1]


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Translate minutes after midnight, by the wall clock, into UTC."""
    hour, minute = divmod(minutes, 60)
    wall = datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone)
    return wall.astimezone(UTC)
