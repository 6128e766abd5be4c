"""Runs the schedules stored in a car, at the edges of their windows.

    no schedule here --> a cable charges at once
    waiting --(window begins)--> charging --(window ends, if it has an end)--> stopped

A person's start and stop stand until the next edge. A removed schedule acts no more; a
car that waited for it charges at once, as with Tesla. Schedules follow the stamps, not
the accelerated lives of the cars: 02:00 is 02:00 of whoever set it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Final

from . import driver
from .clock import Clock
from .onboard import ChargeSchedule, PreconditionSchedule, Schedule
from .parts import Parts
from .windows import Window, charge_windows, precondition_windows

LOOK_AGAIN: Final = timedelta(minutes=10)
"""An end without a start moves with what is still to be charged."""
MIN_SOC: Final = 20.0
"""Below, an unplugged car does not precondition."""
_GRAIN: Final = timedelta(milliseconds=1)
"""More than any rounding between stamps and physics, less than anyone sees."""


class Scheduler:
    """Keeps which windows are under way, and when to look again."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        """Serve one car."""
        self._parts = parts
        self._clock = clock
        self._charging: Window | None = None
        self._preconditioning: Window | None = None
        self.next_check = inf

    def plugged(self) -> None:
        """Decide whether a cable that was just put in charges at once."""
        self._charging = None
        parts = self._parts
        if self._charge_rows() and not self._covering(self._charge_windows()):
            parts.charging.wanted = False
        self.check()

    def check(self) -> bool:
        """Begin and end what is due; answer whether something began."""
        now = self._now()
        charge, precondition = self._charge_windows(), self._precondition_windows()
        began = self._check_charging(charge, now)
        began |= self._check_preconditioning(precondition, now)
        edges = [
            edge
            for window in (*charge, *precondition, *self._under_way())
            for edge in (window.start, window.end)
            if edge > now
        ]
        if any(not row.start_enabled for row in self._charge_rows()):
            edges.append(now + LOOK_AGAIN)
        self.next_check = min(map(self._clock.physics, edges), default=inf)
        return began

    def _check_charging(self, windows: Sequence[Window], now: datetime) -> bool:
        """Start and stop charging at the edges."""
        charging, began = self._parts.charging, False
        rows = self._charge_rows()
        active = self._charging
        if active is not None and active.schedule not in rows:
            active = None
        if active is not None and now >= active.end:
            if active.stops and charging.wanted:
                charging.wanted = False
                self._parts.note("schedule ended charging")
            self._retire(active.schedule)
            active = None
        if active is None:
            active = self._covering(windows)
            if active is not None and not charging.wanted:
                driver.start_charging(self._parts)
                self._parts.note("schedule started charging")
                began = True
        self._charging = active
        self._show_waiting(windows, now)
        return began

    def _show_waiting(self, windows: Sequence[Window], now: datetime) -> None:
        """Know when charging will begin, if the car waits for that."""
        charging = self._parts.charging
        was_waiting = charging.starts_at is not None
        charging.starts_at = None
        if charging.wanted or charging.charger is None or self._charging:
            return
        starts = [window.start for window in windows if window.start > now]
        if starts:
            charging.starts_at = starts[0]
        elif was_waiting and not self._charge_rows():
            driver.start_charging(self._parts)

    def _check_preconditioning(self, windows: Sequence[Window], now: datetime) -> bool:
        """Warm the cabin for a departure, and give up on a driver who never came."""
        parts, active = self._parts, self._preconditioning
        if active is not None and now >= active.end:
            if parts.cabin.is_preconditioning and not parts.is_user_present:
                parts.cabin.is_on = parts.cabin.is_preconditioning = False
                self._parts.note("schedule ended preconditioning")
            self._retire(active.schedule)
            active = None
        self._preconditioning = active or self._covering(windows)
        if active is not None or self._preconditioning is None or parts.cabin.is_on:
            return False
        if parts.battery.soc < MIN_SOC and parts.charging.charger is None:
            self._parts.note("schedule could not precondition: low_soc")
            return False
        parts.cabin.is_on = parts.cabin.is_preconditioning = True
        self._parts.note("schedule started preconditioning")
        return True

    def _charge_rows(self) -> list[ChargeSchedule]:
        """List the charge schedules that count now."""
        parts = self._parts
        if parts.charging.charger is None or parts.charging.charger.is_dc:
            return []
        return parts.schedules.charge_here(parts.motion.place)

    def _charge_windows(self) -> list[Window]:
        """Resolve them, if there are any."""
        if not (rows := self._charge_rows()):
            return []
        hours = driver.hours_to_full(self._parts) / self._clock.time_scale
        return charge_windows(
            rows,
            now=self._now(),
            zone=self._parts.zone,
            needed=timedelta(hours=hours) + LOOK_AGAIN,
        )

    def _precondition_windows(self) -> list[Window]:
        """Resolve the precondition schedules, if any count now."""
        parts = self._parts
        rows: list[PreconditionSchedule] = []
        if parts.motion.trip is None:
            rows = parts.schedules.precondition_here(parts.motion.place)
        return precondition_windows(rows, now=self._now(), zone=parts.zone)

    def _covering(self, windows: Sequence[Window]) -> Window | None:
        """Find the window that is under way; of several, the one that began last."""
        now = self._now()
        return next((w for w in reversed(windows) if w.covers(now)), None)

    def _under_way(self) -> list[Window]:
        """List the windows whose end still matters."""
        return [w for w in (self._charging, self._preconditioning) if w is not None]

    def _retire(self, schedule: Schedule) -> None:
        """Forget a schedule that was for once."""
        if schedule.one_time:
            self._parts.schedules.retire(schedule)

    def _now(self) -> datetime:
        """Say the time by the stamps, just after the edge that may have called."""
        return self._parts.now + _GRAIN
