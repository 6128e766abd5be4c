"""When a car sleeps and when it wakes, in physics seconds.

    online --(nothing keeps it up for 10 to 15 min; 2 to 3 after a self-wake)--> asleep
    asleep --(about an hour)--> online, by itself
    asleep --(wake_up)--> waking --(8 to 60 real seconds)--> online
    asleep, waking --(owner, cable, schedule)--> online at once

Waking looks asleep from outside. What keeps a car up is decided by `Parts.is_busy`.
In the `strict` model every served `vehicle_data` keeps it up for 15 minutes more.
All waits are drawn from the car's own seeded generator, at transitions only, so that
looking at a car more often never changes what it does.
"""

from collections.abc import Callable
from math import inf
from random import Random
from typing import Final, Literal

type Mode = Literal["online", "asleep", "waking"]
type SleepModel = Literal["lenient", "strict"]

IDLE: Final = (600.0, 900.0)
SELF_WAKE_AFTER: Final = (3300.0, 3900.0)
SELF_WAKE_LASTS: Final = (120.0, 180.0)
STRICT_EXTENSION: Final = 900.0


class SleepMachine:
    """The sleep of one car."""

    def __init__(
        self,
        *,
        random: Random,
        note: Callable[[str], None],
        model: SleepModel,
        wake_lasts: tuple[float, float],
        self_wakes: bool,
        asleep: bool,
        seconds: float,
    ) -> None:
        """Begin awake and idle, or asleep; `note` writes into the car's log."""
        self._random = random
        self._note = note
        self.model = model
        self.wake_lasts = wake_lasts
        """How long a wake_up takes, in physics seconds: shortest and longest."""
        self.self_wakes = self_wakes
        self.mode: Mode = "asleep" if asleep else "online"
        self._sleep_at = inf if asleep else seconds + self._draw(IDLE)
        self._wake_at = inf
        self._self_wake_at = seconds + self._draw(SELF_WAKE_AFTER) if asleep else inf
        self._was_busy = False

    @property
    def is_online(self) -> bool:
        """Whether it can be talked to."""
        return self.mode == "online"

    @property
    def next_event(self) -> float:
        """Say when something happens by itself."""
        if self.mode == "online":
            return inf if self._was_busy else self._sleep_at
        return min(self._wake_at, self._self_wake_at if self.self_wakes else inf)

    def tick(self, seconds: float, *, busy: bool) -> None:
        """Do what is due; `busy` is whether something keeps it up."""
        if self.mode == "online":
            self._tick_online(seconds, busy=busy)
        elif seconds >= self._wake_at:
            self.wake(seconds, "wake_up")
        elif self.self_wakes and seconds >= self._self_wake_at:
            self.wake(seconds, "itself")
            self._sleep_at = seconds + self._draw(SELF_WAKE_LASTS)

    def request(self, seconds: float, *, reachable: bool) -> None:
        """Hear a wake_up. A second one does not hurry the first."""
        if self.mode == "online":
            self.stir(seconds)
        elif self.mode == "asleep" and reachable:
            self.mode = "waking"
            self._wake_at = seconds + self._draw(self.wake_lasts)

    def wake(self, seconds: float, by: str) -> None:
        """Come online now."""
        if self.mode == "online":
            self.stir(seconds)
            return
        self.mode = "online"
        self._wake_at = self._self_wake_at = inf
        self._sleep_at = seconds + self._draw(IDLE)
        self._was_busy = False
        self._note(f"woke by {by}")

    def sleep(self, seconds: float) -> None:
        """Fall asleep now, whatever keeps it up."""
        if self.mode == "asleep":
            return
        self.mode = "asleep"
        self._sleep_at = self._wake_at = inf
        self._self_wake_at = seconds + self._draw(SELF_WAKE_AFTER)
        self._note("fell asleep")

    def stir(self, seconds: float) -> None:
        """Begin the idle time anew: something was done to it."""
        if self.mode == "online":
            self._sleep_at = max(self._sleep_at, seconds + self._draw(IDLE))

    def served_data(self, seconds: float) -> None:
        """Hear that `vehicle_data` was answered."""
        if self.model == "strict" and self.mode == "online":
            self._sleep_at = max(self._sleep_at, seconds + STRICT_EXTENSION)

    def _tick_online(self, seconds: float, *, busy: bool) -> None:
        """Notice that it is no longer needed, and fall asleep after a while."""
        if busy:
            self._was_busy = True
            return
        if self._was_busy:
            self._was_busy = False
            self._sleep_at = max(seconds + self._draw(IDLE), self._sleep_at)
        if seconds >= self._sleep_at:
            self.sleep(seconds)

    def _draw(self, span: tuple[float, float]) -> float:
        """Draw a wait."""
        return round(self._random.uniform(*span), 3)
