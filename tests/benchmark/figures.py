"""Compares what is shown with what is so, minute by minute, and sums it up.

Staleness is the time since a value was last seen to be right: at a sample or whenever
what is shown changed. A delay runs from
a plug, an unplugging or an arrival until the shown value is right; one that the next
such event overtakes ends there, unseen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.fake_fleet.car import Car
from tests.fake_fleet.geography import distance_km

from .shown import Shown

SAMPLE: Final = 60
SOC_MOVED: Final = 1.0
MOVED_KM: Final = 0.2
FACTS: Final = ("soc", "plug", "position")
ACTIVITIES: Final = ("parked", "driving", "charging")
EVENTS: Final = {"plug": "plug", "arrival": "position"}
"""What is waited for, and the fact that shows it."""


def _percentile(sorted_values: list[float], share: float) -> float:
    """Give the value that a share of all does not exceed."""
    if not sorted_values:
        return 0.0
    return sorted_values[max(0, -(-len(sorted_values) * share // 1).__int__() - 1)]


def nothing() -> dict[str, Any]:
    """Give the same figures where nothing is shown: there are none."""
    spread_of_none = {"mean_s": None, "p95_s": None}
    return {
        "soc_error_charging_max": None,
        "delay": {name: {**spread_of_none, "max_s": None} for name in EVENTS},
        "staleness": {
            fact: {doing: {**spread_of_none} for doing in ACTIVITIES} for fact in FACTS
        },
    }


def spread(values: Iterable[float], *, worst: bool = False) -> dict[str, float]:
    """Sum up some seconds."""
    ordered = sorted(values)
    mean = sum(ordered) / len(ordered) if ordered else 0.0
    found = {"mean_s": round(mean, 1), "p95_s": round(_percentile(ordered, 0.95), 1)}
    if worst:
        found["max_s"] = round(ordered[-1], 1) if ordered else 0.0
    return found


@dataclass(slots=True, kw_only=True)
class Watch:
    """What has been found so far about one contestant."""

    car: Car
    read: Callable[[], Shown]
    begin: datetime
    base: float = 0.0
    """The car's unrounded level at the reading that is shown."""
    last_read: float = 0.0
    """The car's unrounded level when it last said something."""
    right_at: dict[str, datetime] = field(default_factory=dict)
    """When each fact was last seen to be right."""
    staleness: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    delays: dict[str, list[float]] = field(default_factory=dict)
    waiting: dict[str, datetime] = field(default_factory=dict)
    soc_error: float = 0.0
    _shown: Shown = field(default_factory=Shown)
    _events: int = 0
    _was_plugged: bool = False

    def heard(self) -> None:
        """Note that the car has just said how it is."""
        self.last_read = self.car.soc

    def look(self, now: datetime) -> None:
        """Follow the car's life until now, and compare what is shown with it."""
        self.car.advance(now)
        self._follow()
        before, self._shown = self._shown, self.read()
        shown = self._shown
        self._find_base(shown)
        right = {"soc": self._is_level(shown), **self._right(shown)}
        was_right = self._right(before)
        for fact in FACTS:
            if right[fact]:
                self.right_at[fact] = now
        for name, fact in EVENTS.items():
            if was_right[fact] and name in self.waiting:
                # It was shown so before it was so.
                self._end(name, self.waiting[name])
            if right[fact] and name in self.waiting:
                self._end(name, now)
        if self.activity == "charging" and shown.level is not None:
            self.soc_error = max(self.soc_error, abs(shown.level - self.car.soc))

    def sample(self, now: datetime) -> None:
        """Compare everything, once a minute."""
        if now <= self.begin:
            self.soc_error = 0.0
        self.look(now)
        if now < self.begin:
            return
        for fact in FACTS:
            stale = (now - self.right_at.get(fact, self.begin)).total_seconds()
            self.staleness.setdefault((fact, self.activity), []).append(stale)

    def _find_base(self, shown: Shown) -> None:
        """Find the level at the reading that is shown."""
        if shown.level is None:
            return
        if shown.level == round(self.last_read):
            self.base = self.last_read
        elif abs(shown.level - self.base) > SOC_MOVED:
            self.base = float(shown.level)

    @property
    def activity(self) -> str:
        """Say what the car is doing."""
        parts = self.car.parts
        if parts.motion.trip is not None:
            return "driving"
        return "charging" if parts.is_charging else "parked"

    def _is_level(self, shown: Shown) -> bool:
        """Tell whether the level has hardly moved since it was read."""
        return shown.level is not None and abs(self.car.soc - self.base) < SOC_MOVED

    def _right(self, shown: Shown) -> dict[str, bool]:
        """Tell whether plug and position are shown as they are now."""
        return {
            "plug": shown.is_plugged is self.car.plugged,
            "position": self._is_there(shown),
        }

    def _is_there(self, shown: Shown) -> bool:
        """Tell whether the car is shown where it is."""
        if shown.place is None:
            return False
        return distance_km(shown.place, self.car.location) < MOVED_KM

    def _follow(self) -> None:
        """Take in what has happened to the car."""
        events = self.car.events[self._events :]
        self._events += len(events)
        for at, what in events:
            if what.startswith("plugged in"):
                self._begin("plug", at)
                self._was_plugged = True
            elif what == "drove off" and self._was_plugged:
                self._begin("plug", at)
                self._was_plugged = False
            if what == "drove off" and "arrival" in self.waiting:
                self._end("arrival", at)
            if what == "arrived":
                self._begin("arrival", at)

    def _begin(self, name: str, at: datetime) -> None:
        """Wait for an event to be shown."""
        if name in self.waiting:
            self._end(name, at)
        self.waiting[name] = at

    def _end(self, name: str, at: datetime) -> None:
        """Note how long an event took to be shown."""
        began = self.waiting.pop(name)
        if began >= self.begin:
            self.delays.setdefault(name, []).append((at - began).total_seconds())

    def figures(self) -> dict[str, Any]:
        """Sum everything up."""
        return {
            "soc_error_charging_max": round(self.soc_error, 2),
            "delay": {
                name: spread(self.delays.get(name, ()), worst=True) for name in EVENTS
            },
            "staleness": {
                fact: {
                    activity: spread(self.staleness.get((fact, activity), ()))
                    for activity in ACTIVITIES
                }
                for fact in FACTS
            },
        }
