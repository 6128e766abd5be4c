"""A garage for one car with its rules, in which time goes on in short steps.

The car is a few lines of physics, and does what its commands say. What is remembered
goes through JSON at every step, so every moment is as good as a restart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field as part, replace
from datetime import UTC, datetime, time, timedelta
import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.planner.learned import Learned, Session
from custom_components.fleet_pulse.planner.rate import Rate
from custom_components.fleet_pulse.rules.advance import advanced
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.desired import Desired, decide
from custom_components.fleet_pulse.rules.effects import Effect, effects
from custom_components.fleet_pulse.rules.heard import heard
from custom_components.fleet_pulse.rules.memory import Memory, Sent
from custom_components.fleet_pulse.rules.news import news
from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.situation import Situation, Surplus
from custom_components.fleet_pulse.rules.solar import sun
from custom_components.fleet_pulse.rules.view import News, RuleView
from custom_components.fleet_pulse.rules.views import views

BERLIN: Final = ZoneInfo("Europe/Berlin")
HOME: Final = "zone.home"
MINUTE: Final = timedelta(minutes=1)
LEARNED: Final = Learned().learned(Session(zone=HOME, kw=11.04))
"""It has charged here before."""
STEP: Final = 5 * MINUTE
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")
MONDAY: Final = datetime(2026, 3, 9, tzinfo=BERLIN)
"""Long before any clock changes."""
_KWH: Final = 75 * 0.01 / 0.9
"""What a percent takes out of the wall."""
_AWAKE: Final = timedelta(minutes=12)
"""So long a car stays awake when nothing keeps it."""


def rule(id: str = "night", **data: Any) -> ChargeRule:
    """Return a rule as its form would write it: weekdays, 80 %, ready by 07:30."""
    usual = {"car": "VIN", "days": [*WEEKDAYS], "target_soc": 80}
    if "windows" not in data:
        usual["ready_by"] = "07:30:00"
    return ChargeRule.load(id, id.title(), {**usual, **data})


def window(start: str, end: str) -> dict[str, str]:
    """Return a window as a form writes it."""
    return {"start": f"{start}:00", "end": f"{end}:00"}


def at(clock: str, *, days: int = 0) -> datetime:
    """Return a moment by the clock in Berlin, counted from that Monday."""
    day = (MONDAY + timedelta(days=days)).date()
    return datetime.combine(day, time.fromisoformat(clock), BERLIN).astimezone(UTC)


def hours(first: datetime, prices: Iterable[float]) -> tuple[Rate, ...]:
    """Return a price for each hour."""
    hour = timedelta(hours=1)
    return tuple(
        Rate(start=first + n * hour, end=first + (n + 1) * hour, price=price)
        for n, price in enumerate(prices)
    )


@dataclass
class Garage:
    """A car, its rules, and all that happens."""

    rules: list[ChargeRule]
    now: datetime = part(default_factory=lambda: at("18:00"))
    level: float = 40.0
    limit: int = 80
    kw: float = 11.0
    plugged: bool = True
    charging: bool = False
    amps: int = 16
    zones: frozenset[str] | None = frozenset({HOME})
    rates: Mapping[str, tuple[Rate, ...]] = part(default_factory=dict)
    watts: float | None = None
    """What the sun leaves over, before the car takes any of it."""
    said: dict[Field[Any], Any] = part(default_factory=dict)
    """What the car says besides, or instead."""
    around: dict[str, Any] = part(default_factory=dict)
    """What is known of the situation besides."""
    obeys: bool = True
    """Commands do what they say."""
    memory: Memory = part(default_factory=Memory)
    state: State = part(default_factory=State)
    learned: Learned = LEARNED
    sent: list[tuple[datetime, str, int | None]] = part(default_factory=list)
    told: list[News] = part(default_factory=list)
    wakes: list[datetime] = part(default_factory=list)
    charged: list[datetime] = part(default_factory=list)
    reasons: list[ChargeWhy] = part(default_factory=list)
    desired: Desired | None = None
    _awake_until: datetime = MONDAY
    _surplus: dict[str, Surplus] = part(default_factory=dict)

    def __post_init__(self) -> None:
        """Have the car say what it is."""
        self._awake_until = self.now + _AWAKE
        self.look()

    # ---- what the owner does

    def plug(self) -> Garage:
        """Plug the car in: it charges at once, if there is anything to charge."""
        self.plugged, self.charging = True, self.level < self.limit
        return self.stirs()

    def unplug(self) -> Garage:
        """Take the cable out."""
        self.plugged = self.charging = False
        return self.stirs()

    def app(self, **values: Any) -> Garage:
        """Change something in the car or its app: `limit`, `charging`, `amps`."""
        for name, value in values.items():
            setattr(self, name, value)
        return self.stirs()

    def stirs(self) -> Garage:
        """Have the car awake for a while, and look at it."""
        self._awake_until = self.now + _AWAKE
        self.look()
        return self

    def until(self, clock: str, *, days: int = 0) -> Garage:
        """Let time go on until a moment."""
        end = at(clock, days=days)
        while self.now < end:
            self._pass_a_step()
        return self

    def until_step(self, count: int) -> Garage:
        """Let time go on by a number of steps."""
        for _ in range(count):
            self._pass_a_step()
        return self

    def restart(self) -> Garage:
        """Start the program anew: what is not on disk is forgotten."""
        self.memory = Memory.load(json.loads(json.dumps(self.memory.dump())))
        self.look()
        return self

    # ---- what came of it

    def drawing(self, first: str, last: str, *, days: int = 0, to: int = 0) -> str:
        """Draw when it charged, one character for half an hour."""
        moment, end, half = at(first, days=days), at(last, days=to), 30 * MINUTE
        drawn = ""
        while moment < end:
            count = sum(moment <= one < moment + half for one in self.charged)
            drawn += "#" if count > 3 else "."
            moment += half
        return drawn

    @property
    def commands(self) -> list[str]:
        """Return what was sent, in order, with the values."""
        return [f"{name} {'' if n is None else n}".strip() for _, name, n in self.sent]

    @property
    def is_online(self) -> bool:
        """Say whether the car can be reached without a wake."""
        return self.charging or self.now < self._awake_until

    @property
    def why(self) -> ChargeWhy:
        """Return the reason of what the car does."""
        assert self.desired is not None
        return ChargeWhy(self.desired.reason.why)

    @property
    def view(self) -> RuleView:
        """Return what is shown of the first rule."""
        return self.views[self.rules[0].id]

    @property
    def views(self) -> Mapping[str, RuleView]:
        """Return what is shown of all rules."""
        return views(self.rules, self.memory, self.situation, self.learned)

    @property
    def situation(self) -> Situation:
        """Return all that rules decide from."""
        known = Situation(
            now=self.now,
            zone=BERLIN,
            state=self.state,
            is_online=self.is_online,
            zones=self.zones,
            rates=self.rates,
            surplus=self._surplus,
        )
        return replace(known, **self.around)

    # ---- how it goes

    def look(self) -> None:
        """Hear the car if it is awake, decide, and send what follows."""
        known = self.memory
        if self.is_online:
            before, self.state = self.state, self.state.merged(self._words())
            self.memory = heard(
                self.memory, before, self.state, now=self.now, rules=self.rules
            )
        self._decide()
        self.told += news(known, self.memory, self.situation, self.rules)
        for effect in effects(self._wanted, self.memory, self.situation):
            self._send(effect)

    @property
    def _wanted(self) -> Desired:
        """Return what was decided last."""
        assert self.desired is not None
        return self.desired

    def _decide(self) -> None:
        """Decide until nothing more follows from it, and remember that."""
        self._measure_sun()
        for _ in range(3):
            situation = self.situation
            self.desired = decide(self.rules, self.memory, situation, self.learned)
            self.memory = advanced(
                self.memory,
                self.desired,
                situation,
                rules=self.rules,
                learned=self.learned,
            )
        self.reasons.append(self.why)
        self.memory = Memory.load(json.loads(json.dumps(self.memory.dump())))

    def _measure_sun(self) -> None:
        """Tell each rule by the sun what is left over."""
        if self.watts is None:
            return
        left = self.watts - (self.amps * 690 if self.charging else 0)
        for one in self.rules:
            if one.solar is not None:
                known = self._surplus.get(one.id)
                self._surplus[one.id] = sun(
                    one.solar, known, left, self.state, self.now
                )

    def _send(self, effect: Effect) -> None:
        """Bring a command to the car, if it is awake or may be woken now."""
        urgency, call = effect.urgency, effect.call
        is_due = urgency.deadline is not None and self.now >= urgency.deadline
        if not self.is_online and urgency.may_wait and not is_due:
            return
        value = next(iter(call.params.values()), None)
        number = value if isinstance(value, int) else None
        if self._tried_lately(call.command.key, number):
            return
        if not self.is_online:
            self.wakes.append(self.now)
            self._awake_until = self.now + _AWAKE
        self.sent.append((self.now, call.command.key, number))
        sent = Sent(command=call.command.key, at=self.now, value=number)
        self.memory = replace(self.memory, sent=(*self.memory.sent, sent)[-40:])
        if self.obeys:
            self._obey(call.command.key, number)

    def _tried_lately(self, command: str, value: int | None) -> bool:
        """Say whether the same was just sent: it is not repeated every minute."""
        return any(
            (one.command, one.value) == (command, value)
            and self.now - one.at < 5 * MINUTE
            for one in self.memory.sent
        )

    def _obey(self, command: str, value: int | None) -> None:
        """Do what a command says."""
        self._awake_until = self.now + _AWAKE
        if command == "set_charge_limit" and value is not None:
            self.limit = value
        if command == "set_charging_amps" and value is not None:
            self.amps = value
        if command == "charge_start":
            self.charging = self.plugged and self.level < self.limit
        if command == "charge_stop":
            self.charging = False

    def _pass_a_step(self) -> None:
        """Let a little time pass."""
        self.charging = self.charging and self.level < self.limit
        if self.charging:
            self.charged.append(self.now)
            kw = min(self.kw, self.amps * 0.69)
            gained = kw * (STEP / timedelta(hours=1)) / _KWH
            self.level = min(self.level + gained, float(self.limit))
        self.now += STEP
        if self.charging and self.level >= self.limit:
            self.charging = False
            self._awake_until = self.now + _AWAKE
        self.look()

    def _words(self) -> list[Reading[Any]]:
        """Return what the car says."""
        values: dict[Field[Any], Any] = {
            fields.BATTERY_LEVEL: int(self.level),
            fields.CABLE_CONNECTED: self.plugged,
            fields.CHARGE_LIMIT_SOC: self.limit,
            fields.CHARGE_CURRENT_REQUEST: self.amps,
            fields.CHARGE_CURRENT_REQUEST_MAX: 16,
            fields.CHARGER_ACTUAL_CURRENT: self.amps if self.charging else 0,
            fields.CHARGER_PHASES: 3,
            fields.CHARGER_VOLTAGE: 230 if self.charging else 2,
            fields.CHARGING_STATE: self._charging_state,
            fields.ODOMETER: 1000.0,
            **self.said,
        }
        return [
            Reading(field=one, value=value, at=self.now, source=Source.POLL)
            for one, value in values.items()
        ]

    @property
    def _charging_state(self) -> str:
        """Return what the car says of charging."""
        if not self.plugged:
            return "disconnected"
        if self.charging:
            return "charging"
        return "complete" if self.level >= self.limit else "stopped"
