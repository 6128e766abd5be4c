"""A commuter's month in seconds: the poll policy alone, beside core's, on fake cars.

No Home Assistant, no HTTP: the cars of the fake cloud, the free list once a minute, and
whoever asks. What takes a real Home Assistant hours is seen here while a policy is
being changed. `python -m tests.benchmark.pure [days]` prints the months.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field as dataclass_field, replace
from datetime import UTC, datetime, timedelta
from statistics import mean
import sys
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from custom_components.fleet_pulse.fleet.budget import BudgetLevel
from custom_components.fleet_pulse.fleet.habits import Habits
from custom_components.fleet_pulse.fleet.listing import ListMemory, next_list
from custom_components.fleet_pulse.fleet.poll import Needs, PollKind, PollMemory
from custom_components.fleet_pulse.fleet.sleep import decide
from custom_components.fleet_pulse.fleet.waits import Waits
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Source
from custom_components.fleet_pulse.model.parse import (
    product_readings,
    vehicle_data_readings,
)
from custom_components.fleet_pulse.model.state import State
from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside, distance_km
from tests.fake_fleet.onboard import PreconditionSchedule
from tests.fake_fleet.sleep_machine import SleepModel
from tests.fake_fleet.specs import MODEL_Y

ZONE: Final = ZoneInfo("Europe/Berlin")
START: Final = datetime(2027, 2, 1, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
LOOK_USD: Final = 0.002
WAITS: Final = Waits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What differs between the months of the benchmark."""

    key: str
    charger: str = "ac_slow"
    sentry: bool = False
    preconditions: bool = False


MONTHS: Final = (
    Month(key="A"),
    Month(key="B", charger="ac"),
    Month(key="C", sentry=True),
    Month(key="D", preconditions=True),
)


class World:
    """One commuter's car, minute by minute."""

    def __init__(self, month: Month, model: SleepModel, *, seed: int = 1) -> None:
        """Begin on a Monday at midnight."""
        self.month = month
        self.clock = Clock.stepped(START)
        commuter = Commuter(
            home=HOME,
            work=beside(HOME, 14, 60),
            zone=ZONE,
            seed=seed,
            charger=month.charger,
        )
        self.car = Car(
            spec=MODEL_Y,
            clock=self.clock,
            seed=seed,
            sleep_model=model,
            commuter=commuter,
        )
        if month.preconditions:
            self.car.parts.schedules.precondition[1] = PreconditionSchedule(
                id=1, days_of_week=62, precondition_time=7 * 60 + 45
            )

    def step(self) -> datetime:
        """Let a minute pass, with what the owner does in it."""
        now = self.clock.step(60)
        self.car.advance(now)
        is_guarding = self.month.sentry and 9 <= now.astimezone(ZONE).hour < 17
        if self.car.parts.settings.sentry is not is_guarding:
            self.car._life.touch("owner")
            self.car.parts.settings.sentry = is_guarding
            self.car._life.react()
        return now

    def look(self) -> dict[str, Any]:
        """Return what `vehicle_data` says; the car hears that it was served."""
        self.car.served_data()
        return self.car.vehicle_data(None, location=True)


class Watching(Protocol):
    """Whoever watches the car."""

    state: State
    looks: list[datetime]

    def minute(self, world: World, now: datetime) -> None:
        """Do what is due in this minute."""


@dataclass(slots=True)
class Nobody:
    """Nobody watches: the car sleeps as it likes."""

    state: State = dataclass_field(default_factory=State)
    looks: list[datetime] = dataclass_field(default_factory=list)

    def minute(self, world: World, now: datetime) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Core:
    """Home Assistant's own integration: a look every ten minutes while online."""

    state: State = dataclass_field(default_factory=State)
    looks: list[datetime] = dataclass_field(default_factory=list)

    def minute(self, world: World, now: datetime) -> None:
        """Look in every tenth minute."""
        if now.minute % 10 == 3 and world.car.state == "online":
            self.looks.append(now)
            readings = vehicle_data_readings(world.look(), now=now)
            self.state = self.state.merged(readings)


@dataclass(slots=True)
class Ours:
    """The poll policy, as the coordinator goes by it."""

    cached: bool = False
    budget: BudgetLevel = BudgetLevel.NORMAL
    habits: Habits = dataclass_field(default_factory=Habits)
    state: State = dataclass_field(default_factory=State)
    memory: PollMemory = dataclass_field(default_factory=PollMemory)
    lists: ListMemory = dataclass_field(default_factory=ListMemory)
    looks: list[datetime] = dataclass_field(default_factory=list)
    reasons: dict[str, int] = dataclass_field(default_factory=dict)
    _snapshot: str | None = None

    def minute(self, world: World, now: datetime) -> None:
        """Ask the list, and look if the policy says so."""
        if next_list(self.lists, now=now, waits=WAITS, is_needed=True) > now:
            return
        self.lists = self.lists.answered(now=now)
        before = self.state
        self._read_snapshot(world, now)
        product = product_readings(world.car.product(), now=now)
        self.state = self.state.merged(product)
        online = world.car.state == "online"
        since = self.memory.online_since
        self.memory = self.memory.listed(online=online, now=now)
        self._learn(before, since or self.memory.online_since, now)
        usual = self.habits.usual(now, ZONE)
        needs = Needs(
            has_snapshots=self.cached,
            drives=usual.drives,
            is_new=not usual.is_known,
            leaves_as_usual=usual.is_regular,
            sleeps_here=self.habits.sleeps_here(self.state),
        )
        poll = decide(
            self.state,
            self.memory,
            now=now,
            needs=needs,
            waits=WAITS,
            budget=self.budget,
        )
        if poll.kind is not PollKind.FETCH:
            return
        self.looks.append(now)
        self.reasons[poll.reason] = self.reasons.get(poll.reason, 0) + 1
        before = self.state
        self.state = before.merged(vehicle_data_readings(world.look(), now=now))
        self._learn(before, self.memory.online_since, now)
        self.memory = self.memory.looked(before, self.state, now=now)

    def _learn(self, before: State, since: datetime | None, now: datetime) -> None:
        """Have the habits learned from."""
        self.habits = self.habits.learned(
            before, self.state, online_since=since, now=now
        )

    def _read_snapshot(self, world: World, now: datetime) -> None:
        """Take what the car pushed around sleep and waking, as the list brings it."""
        car = world.car
        if not self.cached:
            return
        car.cached_data = True
        pushed = car.product()["cached_data"]
        if pushed == self._snapshot:
            return
        self._snapshot = pushed
        body = car.vehicle_data(None, location=True)
        self.state = self.state.merged(
            replace(reading, source=Source.CACHED)
            for reading in vehicle_data_readings(body, now=now)
            if reading.field.group.value in body
        )


@dataclass(slots=True)
class Figures:
    """What is counted while somebody watches."""

    staleness: dict[tuple[str, str], list[float]] = dataclass_field(
        default_factory=dict
    )
    delays: dict[str, list[float]] = dataclass_field(default_factory=dict)
    soc_error: float = 0

    def line(self, key: str) -> str:
        """Return mean and 95th percentile of a delay, and its longest."""
        found = sorted(self.delays.get(key, [0.0]))
        at_95 = found[int(0.95 * (len(found) - 1))]
        return f"{mean(found):4.1f}/{at_95:4.1f}/{found[-1]:4.1f}"

    def p95(self, fact: str, doing: str) -> str:
        """Return the 95th percentile of a staleness."""
        found = sorted(self.staleness.get((fact, doing), [0.0]))
        return f"{found[int(0.95 * (len(found) - 1))]:5.1f}"


def truth(car: Car) -> tuple[float, bool, tuple[float, float]]:
    """Return what is so."""
    return car.soc, car.plugged, car.location


def doing(car: Car) -> str:
    """Return what the car does."""
    if car.parts.motion.trip is not None:
        return "driving"
    return "charging" if car.parts.is_charging else "parked"


def shown(state: State) -> tuple[float | None, bool | None, Any]:
    """Return what is shown."""
    return (
        state.get(fields.BATTERY_LEVEL),
        state.get(fields.CABLE_CONNECTED),
        state.get(fields.LOCATION),
    )


def wrong(car: Car, state: State, at_look: float) -> Iterator[tuple[str, bool]]:
    """Tell of each fact whether what is shown has been overtaken."""
    soc, plugged, place = truth(car)
    _, cable, location = shown(state)
    yield "soc", abs(soc - at_look) >= 1
    yield "plug", cable is not plugged
    here = None if location is None else (location.latitude, location.longitude)
    yield "position", here is None or distance_km(place, here) >= 0.2


def run(
    month: Month, model: SleepModel, watcher: Watching, days: int
) -> tuple[Figures, World]:
    """Let somebody watch the car for some days."""
    world, figures = World(month, model), Figures()
    car = world.car
    since: dict[str, datetime] = {}
    at_look, said_at = car.soc, None
    plugged, was_doing = car.plugged, doing(car)
    waiting: dict[str, datetime] = {}
    for _ in range(days * 24 * 60):
        now = world.step()
        watcher.minute(world, now)
        said = watcher.state.said(fields.BATTERY_LEVEL)
        if said is not None and said.at != said_at:
            said_at, at_look = said.at, car.soc
        does = doing(car)
        facts = dict(wrong(car, watcher.state, at_look))
        for fact, is_wrong in facts.items():
            start = since.setdefault(fact, now) if is_wrong else now
            if not is_wrong:
                since.pop(fact, None)
            stale = (now - start) / MINUTE
            figures.staleness.setdefault((fact, does), []).append(stale)
        if does == "charging" and facts["plug"] is False:
            figures.soc_error = max(figures.soc_error, abs(car.soc - at_look))
        if car.plugged is not plugged:
            plugged, waiting["plug"] = car.plugged, now
        if was_doing == "driving" and does != "driving":
            waiting["arrival"] = now
        was_doing = does
        for event, fact in (("plug", "plug"), ("arrival", "position")):
            if event in waiting and not facts[fact]:
                delay = (now - waiting.pop(event)) / MINUTE
                figures.delays.setdefault(event, []).append(delay)
    return figures, world


MODES: Final[dict[str, Callable[[], Watching]]] = {
    "nobody": Nobody,
    "core": Core,
    "polling": Ours,
    "cached": lambda: Ours(cached=True),
    "economy": lambda: Ours(cached=True, budget=BudgetLevel.ECONOMY),
}


def report(days: int, months: Iterable[Month] = MONTHS) -> Iterator[str]:
    """Tell of every month and mode."""
    for month in months:
        for model in ("lenient", "strict"):
            looks_of_core, awake = 1, 1.0
            for mode, make in MODES.items():
                watcher = make()
                figures, world = run(month, model, watcher, days)
                minutes = world.car.awake_seconds / 60
                if mode == "core":
                    looks_of_core = len(watcher.looks)
                if mode == "nobody":
                    awake = minutes
                yield (
                    f"{month.key} {model:7} {mode:8}"
                    f" ${len(watcher.looks) * LOOK_USD:6.3f}"
                    f" x{len(watcher.looks) / looks_of_core:5.2f}"
                    f" awake x{minutes / awake:5.2f}"
                    f" plug {figures.line('plug')} arrival {figures.line('arrival')}"
                    f" parked soc{figures.p95('soc', 'parked')}"
                    f" plug{figures.p95('plug', 'parked')}"
                    f" pos{figures.p95('position', 'parked')} driving soc{figures.p95('soc', 'driving')}"
                    f" pos{figures.p95('position', 'driving')}"
                    f" error {figures.soc_error:4.1f}"
                    f" {getattr(watcher, 'reasons', '')}"
                )


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 28
    wanted = [m for m in MONTHS if len(sys.argv) < 3 or m.key in sys.argv[2]]
    for line in report(asked, wanted):
        sys.stdout.write(f"{line}\n")
