"""A car on a bench: it says what it is told to say, and alerts are looked after."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.fleet_pulse.alerts.alert import Alert
from custom_components.fleet_pulse.alerts.facts import Facts
from custom_components.fleet_pulse.alerts.kinds import BY_KEY
from custom_components.fleet_pulse.alerts.memory import AlertMemory
from custom_components.fleet_pulse.alerts.news import AlertNews, Message, NewsKind
from custom_components.fleet_pulse.alerts.review import Reviewed, review
from custom_components.fleet_pulse.model import vehicle_fields
from custom_components.fleet_pulse.model.field import Reading, Source
from custom_components.fleet_pulse.model.state import State

VIN: Final = "5YJ3E7EB0KF000001"
BERLIN: Final = ZoneInfo("Europe/Berlin")
# A Monday evening, 20:00 in Berlin.
BEGIN: Final = datetime(2026, 11, 30, 19, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)
PHONE: Final = ("notify.phone",)

type Words = Mapping[str, Any]

FINE: Final[Words] = {
    "battery_level": 70,
    "cable_connected": False,
    "cabin_overheat_protection_active": False,
    "car_version": "2026.40.1",
    "charger_power": 0,
    "charging_state": "disconnected",
    "climate_keeper_mode": "off",
    "door_driver_front": False,
    "is_climate_on": False,
    "locked": True,
    "odometer": 10_000.0,
    "sentry_mode": False,
    "shift_state": "p",
    "software_update_status": "none",
    "tpms_pressure_fl": 2.9,
    "tpms_pressure_fr": 2.9,
    "tpms_pressure_rl": 2.9,
    "tpms_pressure_rr": 2.9,
    "user_present": False,
}
"""What a car says that gives no reason for any alert."""


def alert(*kinds: str, **more: Any) -> Alert:
    """Return an alert about some kinds, or about all."""
    wanted = frozenset(kinds or BY_KEY)
    return Alert(**{"id": "a", "name": "A", "kinds": wanted, "notify": PHONE} | more)


def readings(
    words: Words, at: datetime, source: Source = Source.POLL
) -> list[Reading[Any]]:
    """Return what a car says at a moment."""
    return [
        Reading(field=vehicle_fields.BY_KEY[key], value=value, at=at, source=source)
        for key, value in words.items()
    ]


class Bench:
    """A car, what is round it, and what alerts say of it."""

    def __init__(self, *alerts: Alert, at: datetime = BEGIN) -> None:
        """Have a car that was fine three hours ago, and one look at it."""
        self.alerts = alerts
        self.now = at - 3 * 60 * MINUTE
        self.memory = AlertMemory()
        self.state = State()
        self.words: dict[str, Any] = {}
        self.around: dict[str, Any] = {"zones": ("zone.work",)}
        self.news: list[tuple[datetime, AlertNews]] = []
        self.messages: list[tuple[datetime, Message]] = []
        self.last = Reviewed(memory=self.memory)
        self.is_first = True
        self.say(FINE)
        self.now = at
        self.say()

    # ---- what happens

    def say(
        self,
        words: Words | None = None,
        *,
        at: datetime | None = None,
        source: Source = Source.POLL,
        **around: Any,
    ) -> None:
        """Have the car say something, and all it said before once more."""
        if words:
            # Of two words of the same second nobody could say which is the newer.
            self.now += SECOND
            self.words |= words
        self.around["heard_at"] = self.now
        self.hear(readings(self.words, at or self.now, source), **around)

    def hear(self, said: Iterable[Reading[Any]], **around: Any) -> None:
        """Hear exactly this, and look."""
        self.around |= around
        self.state = self.state.merged(said)
        self.look()

    def look(self) -> None:
        """Look at what is known."""
        facts = Facts(now=self.now, zone=BERLIN, vin=VIN, state=self.state)
        facts = replace(facts, **self.around)
        self.last = review(self.memory, facts, self.alerts, is_first=self.is_first)
        self.memory, self.is_first = self.last.memory, False
        self.news += [(self.now, one) for one in self.last.news]
        self.messages += [(self.now, one) for one in self.last.messages]

    def wait(self, length: timedelta, *, is_talking: bool = True) -> None:
        """Let time pass, in which the car says the same every minute, or nothing."""
        until = self.now + length
        while self.now < until:
            heard: datetime = self.around["heard_at"]
            spoken = max(heard + MINUTE, self.now) if is_talking else until
            self.now = min(spoken, self.last.look_at or until, until)
            self.say() if is_talking and self.now == spoken else self.look()

    def restart(self, *, after: timedelta = timedelta()) -> None:
        """Have Home Assistant start anew, from what is on disk."""
        self.now += after
        self.memory = AlertMemory.load(json.loads(json.dumps(self.memory.dump())))
        self.is_first = True
        self.look()

    # ---- what came of it

    def raised(self) -> list[datetime]:
        """Return when episodes began."""
        return [at for at, one in self.news if one.kind is NewsKind.RAISED]

    def cleared(self) -> list[datetime]:
        """Return when episodes ended."""
        return [at for at, one in self.news if one.kind is NewsKind.CLEARED]

    def acts(self) -> list[str]:
        """Return what was told, in turn."""
        return [message.act.value for _, message in self.messages]
