"""Judges the year, minute by minute, from the car alone.

A deadline counts if physics allows it: from when the cable was in (or the rule was
there), the fake cloud's own laws take the car to its target in time. What was undone
by hand does not count. The limit is judged while the car is at home and online long
enough for anybody to have set it; charging against the owner's will, at any time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.fake_fleet import physics
from tests.fake_fleet.car import Car
from tests.fake_fleet.geography import distance_km

from .will import Will
from .wishes import WARM, ZONE, Occasion, leavings, occasions

NEAR_KM: Final = 0.1
SETTLED: Final = timedelta(minutes=15)
"""How long a car is online before it must have what is wanted."""
MARGIN: Final = timedelta(minutes=30)
NEARLY: Final = 1.0
"""A full car loses less than a point until it drives off."""
WARM_ENOUGH: Final = 2.5
OBEYED: Final = timedelta(minutes=10)
"""How long the car may still charge after it was told not to."""
AGAIN: Final = timedelta(hours=12)
NIGHT: Final = (22, 6)
MOOT: Final = frozenset(
    {"already_set", "is_charging", "not_charging", "complete", "schedule not found"}
)
"""Answers to a command that was not needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugged:
    """The car as it was when the cable went in, or when counting began anew."""

    at: datetime
    soc: float
    temperature: float


@dataclass(slots=True, kw_only=True)
class Judge:
    """What has been found so far."""

    car: Car
    will: Will
    begin: datetime
    end: datetime
    found: list[tuple[datetime, str]] = field(default_factory=list)
    """What went wrong, and when."""
    deadlines: int = 0
    deadlines_met: int = 0
    departures: int = 0
    departures_warm: int = 0
    wrong_limit_min: int = 0
    against_will_min: int = 0
    _due: list[Occasion] = field(default_factory=list)
    _leaving: list[datetime] = field(default_factory=list)
    _plugged: Plugged | None = None
    _told_since: datetime | None = None
    """Since when it could be told something, at home."""
    _wanted: int = 0
    _wanted_since: datetime | None = None
    _quiet_since: datetime | None = None
    _deaf_until: datetime | None = None
    _heard_since_plugged: bool = False

    def __post_init__(self) -> None:
        """List what will be judged."""
        since = self.begin.astimezone(ZONE).date()
        until = self.end.date() + timedelta(days=1)
        self._due = [
            one for one in occasions(since, until) if self.begin < one.end <= self.end
        ]
        self._leaving = [
            at for at in leavings(since, until) if self.begin < at <= self.end
        ]

    def deaf(self, until: datetime) -> None:
        """Expect no limit to be set while Home Assistant is down."""
        self._deaf_until = until

    def sample(self, now: datetime) -> None:
        """Look at the car as it is now."""
        self._follow(now)
        if now < self.begin:
            return
        self._judge_limit(now)
        self._judge_will(now)
        while self._due and self._due[0].end <= now:
            self._judge_deadline(self._due.pop(0))
        while self._leaving and self._leaving[0] <= now:
            self._judge_warmth(self._leaving.pop(0))

    # ---- following the car

    def _follow(self, now: datetime) -> None:
        """Know since when it is plugged in and online."""
        car = self.car
        if not car.plugged and self._plugged is not None:
            self._plugged = None
            self.will.unplugged()
        if car.plugged and self._plugged is None:
            self._plugged = self._snapshot(now)
            self._heard_since_plugged = False
        is_online = car.state == "online"
        self._heard_since_plugged |= is_online
        if not (is_online and self._is_at_home()):
            # Elsewhere the car is nothing to rules that are for home.
            self._told_since = None
        elif self._told_since is None:
            self._told_since = now
        wanted = self.will.limit(now)
        if wanted != self._wanted:
            self._wanted, self._wanted_since = wanted, now

    def _is_at_home(self) -> bool:
        """Tell whether it stands where the rules are for."""
        car = self.car
        near = distance_km(car.location, car.home) < NEAR_KM
        return near and car.parts.motion.trip is None

    def _snapshot(self, now: datetime) -> Plugged:
        """Keep what physics starts from."""
        battery = self.car.parts.battery
        return Plugged(at=now, soc=battery.soc, temperature=battery.temperature)

    # ---- judging

    def _judge_limit(self, now: datetime) -> None:
        """Expect the limit that rule or owner wanted last."""
        moments = (self._told_since, self._wanted_since, self._deaf_until)
        if self._told_since is None or now - max(filter(None, moments)) < SETTLED:
            return
        if self.car.limit != self._wanted:
            self.wrong_limit_min += 1
            self._note(now, f"limit {self.car.limit}, wanted {self._wanted}")

    def _judge_will(self, now: datetime) -> None:
        """Expect no charging that the owner does not want."""
        if not self.will.is_quiet(now):
            self._quiet_since = None
            return
        self._quiet_since = self._quiet_since or now
        if now - self._quiet_since > OBEYED and self.car.charging_state == "Charging":
            self.against_will_min += 1
            self._note(now, "charges against the owner's will")

    def _judge_deadline(self, occasion: Occasion) -> None:
        """Expect the target to be reached, if physics allows it."""
        if self.will.is_void(occasion) or not self._is_possible(occasion):
            return
        self.deadlines += 1
        if self.car.soc >= occasion.wish.target - NEARLY:
            self.deadlines_met += 1
        else:
            what = f"{self.car.soc:.1f} % of {occasion.wish.target}"
            self._note(occasion.end, f"{occasion.wish.key} missed: {what}")

    def _is_possible(self, occasion: Occasion) -> bool:
        """Tell whether the car could have reached the target."""
        plugged, car, target = self._plugged, self.car, occasion.wish.target
        if plugged is None or not self._is_at_home():
            return False
        if not self._heard_since_plugged and car.limit < target:
            # Nobody could tell a car without reception about another limit.
            return False
        charger = car.parts.charging.charger
        assert charger is not None
        starts = [plugged.at, occasion.begin, self.will.back_at]
        since = max(moment for moment in starts if moment is not None)
        hours = physics.hours_to_charge(
            car.spec,
            soc=plugged.soc,
            to=target,
            temperature=min(plugged.temperature, car.parts.battery.temperature),
            offered=physics.offered_kw(car.spec, charger, car.spec.ac_amps_max)
            - physics.AWAKE_KW,
        )
        needed = timedelta(hours=hours) + MARGIN
        return plugged.soc >= target or since + needed <= occasion.end

    def _judge_warmth(self, leaving: datetime) -> None:
        """Expect a comfortable cabin, if the car stands at home with energy."""
        cabin = self.car.parts.cabin
        if not self._is_at_home():
            return
        self.departures += 1
        if abs(cabin.inside - WARM) <= WARM_ENOUGH:
            self.departures_warm += 1
        else:
            self._note(leaving, f"cabin at {cabin.inside:.1f} °C")

    def _note(self, at: datetime, what: str) -> None:
        """Write down what went wrong; the same thing once a night."""
        recent = [one for when, one in self.found[-5:] if at - when < AGAIN]
        if what not in recent:
            self.found.append((at, what))

    # ---- summing up

    def wakes(self) -> list[datetime]:
        """List when the car was woken by request, by the wall clock."""
        return [
            at.astimezone(ZONE)
            for at, what in self.car.events
            if what == "wake_up requested" and at >= self.begin
        ]

    def figures(self) -> dict[str, Any]:
        """Sum up."""
        late, early = NIGHT
        wakes = self.wakes()
        commands = [one for one in self.car.commands if one[0] >= self.begin]
        return {
            "wakes": len(wakes),
            "wakes_at_night": sum(not early <= at.hour < late for at in wakes),
            "deadlines_met": self.deadlines_met,
            "deadlines": self.deadlines,
            "departures_warm": self.departures_warm,
            "departures": self.departures,
            "wrong_limit_min": self.wrong_limit_min,
            "against_will_min": self.against_will_min,
            "moot_commands": sum(answer.reason in MOOT for *_, answer in commands),
        }
