"""The life of a commuter's car, as it reaches Home Assistant: with noise, and gaps.

The car says how it is when something changes, every ten minutes while it is awake, and
nothing while it sleeps. Its energy and its place tremble. What telemetry said once it
may say again hours later; Home Assistant starts anew at any moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

from custom_components.fleet_pulse.alerts.facts import Upcoming
from custom_components.fleet_pulse.alerts.kinds import BY_KEY
from custom_components.fleet_pulse.model.field import Location, Reading, Source

from .bench import BERLIN, MINUTE, Bench, Words, alert, readings

MONDAY: Final = datetime(2026, 11, 2, tzinfo=BERLIN)
PACK_KWH: Final = 75.0
_AWAKE_FOR: Final = 15 * MINUTE
_POLLS: Final = 10 * MINUTE
_BUSY: Final[Words] = {
    "charging_state": "charging",
    "is_climate_on": True,
    "kept_awake": True,
    "sentry_mode": True,
    "shift_state": "d",
    "user_present": True,
}
TOLD: Final = BY_KEY.keys() - {"left_open_at_home"}
"""All but the one that an owner who unlocks the car at home does not want."""
_AROUND: Final = (
    "spent_share",
    "target_soc",
    "telemetry_at",
    "troubles",
    "zones",
)
"""What is so around a car; `estimate` and `kept_awake` are this tape's own."""
_OWN: Final = ("estimate", "kept_awake", "place", "soc")

type Changes = Mapping[str, Words | None]
"""By the time of the day; None leaves out what usually happens then."""

WORKDAY: Final[Changes] = {
    "07:25": {"user_present": True, "locked": False},
    "07:28": {"cable_connected": False, "charging_state": "disconnected"},
    "07:30": {"shift_state": "d", "zones": ()},
    "08:00": {"shift_state": "p", "drives": 20, "zones": ("zone.work",), "soc": 74.3},
    "08:02": {"user_present": False, "locked": True},
    "17:00": {"user_present": True, "locked": False},
    "17:05": {"shift_state": "d", "zones": ()},
    "17:35": {"shift_state": "p", "drives": 20, "zones": ("zone.home",), "soc": 68.4},
    "17:37": {"user_present": False, "locked": True},
    "17:38": {"cable_connected": True, "charging_state": "stopped"},
    "22:00": {"charging_state": "charging", "charger_power": 11, "target_soc": 80},
    "23:30": {
        "charging_state": "complete",
        "charger_power": 0,
        "soc": 80.5,
        "target_soc": None,
    },
}


@dataclass(frozen=True, kw_only=True)
class Day:
    """What is unusual about a day, and which episodes come of it."""

    changes: Changes = field(default_factory=dict)
    late: Mapping[str, Changes] = field(default_factory=dict)
    """What telemetry said at other times, by when it arrives."""
    episodes: tuple[tuple[str, str], ...] = ()
    """Kinds, and when they are raised."""
    is_work: bool = True


@dataclass(frozen=True)
class Heard:
    """Something reaches Home Assistant; without readings it is the free list."""

    at: datetime
    said: tuple[Reading[Any], ...]
    around: Words
    is_restart: bool = False


def clock(day: int, time: str) -> datetime:
    """Return a moment of the tape; 24:00 and later are of the next day."""
    hours, minutes = time.split(":")
    local = MONDAY + timedelta(days=day)
    shown = local.replace(hour=0) + timedelta(hours=int(hours), minutes=int(minutes))
    return shown.astimezone(UTC)


def played(days: tuple[Day, ...], seed: int) -> Bench:
    """Return what came of some days, with the noise of a seed."""
    random = Random(seed)
    car = Bench(alert(*TOLD), at=clock(0, "00:00"))
    heard = [*_speech(days, random), *_late(days)]
    heard += [*_resent(heard, random), *_restarts(len(days), random)]
    for one in sorted(heard, key=lambda one: one.at):
        car.wait(one.at - car.now, is_talking=False)
        car.restart() if one.is_restart else car.hear(one.said, **one.around)
    return car


def _changes(days: tuple[Day, ...]) -> Iterator[tuple[datetime, Words]]:
    """Return all that changes, as it comes."""
    yield (
        clock(0, "00:00"),
        {
            "cable_connected": True,
            "charging_state": "complete",
            "soc": 80.5,
            "spent_share": 10,
            "zones": ("zone.home",),
        },
    )
    for number, day in enumerate(days):
        usual = WORKDAY if day.is_work else {}
        for time, words in sorted({**usual, **day.changes}.items()):
            if words is not None:
                yield clock(number, time), words


def _speech(days: tuple[Day, ...], random: Random) -> Iterator[Heard]:
    """Return what the car says of itself while it is awake, and of its sleep."""
    changes = [*_changes(days), (clock(len(days), "00:00"), {})]
    truth: dict[str, Any] = {"odometer": 10_000.0, "kept_awake": False}
    online_since: datetime | None = None
    for (at, words), (until, _) in pairwise(changes):
        truth |= words
        truth["odometer"] += truth.pop("drives", 0)
        online_since = online_since or at
        is_busy = any(truth.get(key) == value for key, value in _BUSY.items())
        sleeps = until if is_busy else at + _AWAKE_FOR
        for poll in range(
            (min(until, sleeps) - at - timedelta.resolution) // _POLLS + 1
        ):
            yield _said(truth, at + poll * _POLLS, online_since, days, random)
        if sleeps < until:
            online_since = None
            yield Heard(sleeps, (), {"online_since": None, "heard_at": sleeps})


def _said(
    truth: Words, at: datetime, since: datetime, days: tuple[Day, ...], random: Random
) -> Heard:
    """Return what a car says, and what is so around it."""
    energy = truth["soc"] / 100 * PACK_KWH + random.uniform(-0.02, 0.02)
    place = Location(52.5 + random.gauss(0, 2e-4), 13.4 + random.gauss(0, 2e-4))
    words = {key: truth[key] for key in truth if key not in (*_OWN, *_AROUND)}
    words |= {
        "battery_level": int(energy / PACK_KWH * 100),
        "energy_remaining": energy,
        "location": place,
    }
    around = {key: truth[key] for key in _AROUND if key in truth}
    around |= {"month": at.date().replace(day=1), "heard_at": at, "online_since": since}
    around["upcoming"] = _upcoming(at, truth.get("estimate"), days)
    return Heard(at, tuple(readings(words, at)), around)


def _upcoming(
    at: datetime, estimate: timedelta | None, days: tuple[Day, ...]
) -> tuple[Upcoming, ...]:
    """Return the departures for work that come next, from seven o'clock on."""
    deadlines = (
        clock(number, "07:00") for number, day in enumerate(days) if day.is_work
    )
    return tuple(
        Upcoming(
            rule="work",
            name="Work",
            deadline=deadline,
            target_soc=80,
            estimated_ready=None if estimate is None else deadline + estimate,
        )
        for deadline in deadlines
        if deadline > at
    )[:2]


def _late(days: tuple[Day, ...]) -> Iterator[Heard]:
    """Return what was said where there was no reception, one word after the other."""
    for number, day in enumerate(days):
        for arrives, changes in day.late.items():
            at = clock(number, arrives)
            for time, words in sorted(changes.items()):
                said = readings(words or {}, clock(number, time), Source.STREAM)
                at += timedelta(seconds=1)
                yield Heard(at, tuple(said), {})


def _resent(heard: list[Heard], random: Random) -> Iterator[Heard]:
    """Return what is said once more, later, as telemetry does after a break."""
    for one in heard:
        if one.said and random.random() < 0.2:
            again = timedelta(minutes=random.randint(1, 360), seconds=random.random())
            yield Heard(one.at + again, one.said, {})


def _restarts(days: int, random: Random) -> Iterator[Heard]:
    """Return some starts of Home Assistant, at any moment of each day."""
    for number in range(days):
        for _ in range(3):
            second = timedelta(seconds=random.randint(60, 86_399))
            yield Heard(clock(number, "00:00") + second, (), {}, is_restart=True)
