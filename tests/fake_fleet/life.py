"""How a car lives: one cut after another.

Life is cut at events (falling asleep, arriving, the edge of a schedule) and at a grid
of moments that depends on nothing but what the car is doing. Looking at it more often
therefore changes nothing: same seed, same commands at the same moments, same life.
What a look shows is at most one cut of the grid old.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import floor
from typing import Final

from . import driver, physics, simulation
from .chargers import CHARGERS
from .clock import Clock
from .commuter import Commuter, Outing
from .parts import Parts
from .scheduler import Scheduler
from .sleep_machine import SleepMachine

GRID: Final = {"driving": 5.0, "active": 30.0, "asleep": 300.0}
"""Seconds between two cuts."""
INSTALLING: Final = 1500.0


class Life:
    """Brings a car's parts, its sleep, its schedules and its driver together."""

    def __init__(
        self,
        *,
        parts: Parts,
        clock: Clock,
        sleep: SleepMachine,
        commuter: Commuter | None,
        mean_outside: float,
        yearly_swing: float,
        push: Callable[[], None],
    ) -> None:
        """Begin where the parts are; `push` is called when a car tells of itself."""
        self.parts = parts
        self.sleep = sleep
        self.scheduler = Scheduler(parts, clock)
        self._clock = clock
        self._commuter = commuter
        self._mean_outside = mean_outside
        self._yearly_swing = yearly_swing
        self._push = push
        self._outing = self._next_outing()
        self._charging_state = parts.charging_state

    def advance(self, now: datetime) -> None:
        """Live until now."""
        target = self._clock.physics(now)
        while (cut := self._next_cut()) <= target:
            self._live(cut)

    def _next_cut(self) -> float:
        """Say when something may happen next; always later than the last cut."""
        parts = self.parts
        events = [self._grid(), self.sleep.next_event, self.scheduler.next_check]
        if parts.motion.trip is not None:
            events.append(parts.motion.trip.ends)
        if parts.motion.is_leaving:
            events.append(parts.motion.present_until)
        if parts.charging_state == "Starting":
            events.append(parts.charging.starting_until)
        if parts.software.status in ("scheduled", "installing"):
            events.append(parts.software.installs_at)
        if self._outing is not None:
            events.append(self._outing_at(self._outing))
        return max(parts.seconds, min(events))

    def _grid(self) -> float:
        """Find the next regular cut."""
        parts = self.parts
        width = GRID["asleep"]
        if parts.motion.trip is not None:
            width = GRID["driving"]
        elif self.sleep.is_online or parts.is_charging:
            width = GRID["active"]
        return (floor(parts.seconds / width) + 1) * width

    def catch_up(self) -> None:
        """Live until exactly now, for something is about to be done to it."""
        now = self._clock.now()
        self.advance(now)
        self._elapse(self._clock.physics(now))

    def _live(self, until: float) -> None:
        """Live until a cut, and let happen what is due."""
        self._elapse(until)
        parts = self.parts
        if parts.motion.trip is not None and until >= parts.motion.trip.ends:
            driver.arrive(parts)
            self.parts.note("arrived")
        if parts.motion.is_leaving and until >= parts.motion.present_until:
            driver.leave(parts)
        self._install(until)
        if self._outing is not None and until >= self._outing_at(self._outing):
            self._go(self._outing)
        if until >= self.scheduler.next_check and self.scheduler.check():
            self.sleep.wake(until, "schedule")
        self._settle()

    def _elapse(self, until: float) -> None:
        """Let physics act."""
        local = self._clock.life(until).astimezone(self.parts.zone)
        day = local.timetuple().tm_yday
        mean = physics.seasonal(self._mean_outside, self._yearly_swing, day)
        simulation.elapse(self.parts, until, local, mean)
        self.parts.now = self._clock.stamp(until)

    def react(self) -> None:
        """Look at everything anew after something was done to the car."""
        if self.scheduler.check():
            self.sleep.wake(self.parts.seconds, "schedule")
        self._settle()

    def _settle(self) -> None:
        """Sleep or wake as things now are, and write down how charging stands."""
        parts = self.parts
        if parts.is_charging and not self.sleep.is_online:
            self.sleep.wake(parts.seconds, "charging")
        self.sleep.tick(parts.seconds, busy=parts.is_busy)
        if parts.is_awake != self.sleep.is_online:
            # Asleep or awake, either way the last thing it did was to tell of itself.
            parts.is_awake = self.sleep.is_online
            self._push()
        if parts.charging_state != self._charging_state:
            self._charging_state = parts.charging_state
            self.parts.note(f"charging state {self._charging_state}")

    def touch(self, by: str) -> None:
        """Have someone at the car, which wakes it."""
        self.catch_up()
        self.sleep.wake(self.parts.seconds, by)

    def _install(self, until: float) -> None:
        """Install an update when its time has come."""
        software = self.parts.software
        if software.status not in ("scheduled", "installing"):
            return
        if until < software.installs_at:
            return
        if software.status == "scheduled":
            self.sleep.wake(until, "update")
            software.status, software.installs_at = "installing", until + INSTALLING
        else:
            software.version, software.update = software.update, ""
            software.status, software.downloaded = "", 0
            self.parts.note(f"installed {software.version}")
            self._push()

    def _go(self, outing: Outing) -> None:
        """Do what the commuter does next."""
        parts = self.parts
        self.sleep.wake(parts.seconds, "owner")
        if outing.what == "drive":
            driver.depart(parts, outing.to, outing.minutes)
            self.parts.note("drove off")
        elif parts.motion.trip is None and parts.charging.charger is None:
            driver.plug(parts, CHARGERS[outing.charger])
            self.parts.note(f"plugged in: {outing.charger}")
            self.scheduler.plugged()
        self._outing = self._next_outing()

    def _next_outing(self) -> Outing | None:
        """Ask the commuter, whose time is the car's life."""
        if self._commuter is None:
            return None
        # A moment later than now, or the outing just done would be next again.
        moment = self._clock.life(self.parts.seconds) + timedelta(milliseconds=1)
        return self._commuter.after(moment)

    def _outing_at(self, outing: Outing) -> float:
        """Say when an outing is, in physics seconds."""
        return round((outing.at - self._clock.start).total_seconds(), 6)
