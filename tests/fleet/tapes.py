"""A car on a tape and somebody who watches it by the poll policy, minute by minute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field as dataclass_field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from custom_components.fleet_pulse.fleet.errors import Asleep, FleetError
from custom_components.fleet_pulse.fleet.habits import Habits
from custom_components.fleet_pulse.fleet.listing import ListMemory, next_list
from custom_components.fleet_pulse.fleet.sleep import (
    Needs,
    Poll,
    PollKind,
    PollMemory,
    Waits,
    decide,
)
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Location, Reading, Source
from custom_components.fleet_pulse.model.state import State

from .cars import NOW, PARKED

MINUTE: Final = timedelta(minutes=1)
FALLS_ASLEEP_AFTER: Final = 12 * MINUTE
LOOK_KEEPS_AWAKE: Final = 15 * MINUTE
"""The strict model of older cars; newer ones do not mind being looked at."""
SELF_WAKE_EVERY: Final = timedelta(hours=1)
SELF_WAKE_FOR: Final = 2.5 * MINUTE
LIMIT: Final = 80

KEEPERS: Final = ("sentry", "dog", "camp")
"""What lets a parked car never sleep."""

type Fault = Callable[[datetime, str], FleetError | None]
"""What goes wrong at a true time with a `list` or a `look`."""


def no_fault(at: datetime, what: str) -> FleetError | None:
    """Let everything go well."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What a car does for a while."""

    doing: str
    """`driving`, `charging`, `attended`, `parked`, or one of `KEEPERS`."""
    lasts: timedelta


@dataclass(slots=True, kw_only=True)
class TapeCar:
    """A car that does what its tape says and sleeps when it may."""

    tape: Sequence[Segment]
    is_strict: bool
    points_a_minute: float = 0.2
    now: datetime = NOW
    level: float = 50.0
    is_awake: bool = True
    busy_at: datetime = NOW
    asleep_at: datetime = NOW
    km: float = 0.0
    planned: str = "parked"
    pushed: tuple[datetime, dict[Field[Any], Any]] | None = None
    """The snapshot of the last time it woke or fell asleep."""

    def segment(self) -> tuple[str, datetime]:
        """Return what the tape says now, and since when; at its end it parks."""
        start = NOW
        for segment in self.tape:
            if self.now < start + segment.lasts:
                return segment.doing, start
            start += segment.lasts
        return "parked", start

    @property
    def doing(self) -> str:
        """Return what it does: a full car no longer charges."""
        doing, _ = self.segment()
        return "parked" if doing == "charging" and self.level >= LIMIT else doing

    def advance(self, now: datetime) -> None:
        """Let time pass, in small steps."""
        while self.now < now:
            step = min(now - self.now, 0.5 * MINUTE)
            self.now += step
            self._live(step / MINUTE)

    def _live(self, minutes: float) -> None:
        """Drive, charge, fall asleep or wake, for a moment."""
        doing, was_awake = self.doing, self.is_awake
        planned, _ = self.segment()
        if planned != self.planned:
            # Whoever pulls the cable has the car awake.
            self.planned, self.is_awake, self.busy_at = planned, True, self.now
        if doing == "charging":
            self.level = min(self.level + self.points_a_minute * minutes, LIMIT)
        if doing == "driving":
            self.km += minutes
            self.level = max(self.level - 0.1 * minutes, 5)
        if doing != "parked":
            self.is_awake, self.busy_at = True, self.now
        elif self.is_awake and self.now - self.busy_at >= FALLS_ASLEEP_AFTER:
            self.is_awake, self.asleep_at = False, self.now
        elif not self.is_awake and self.now - self.asleep_at >= SELF_WAKE_EVERY:
            # Awake by itself for as long as is left of the time to fall asleep.
            self.is_awake = True
            self.busy_at = self.now - FALLS_ASLEEP_AFTER + SELF_WAKE_FOR
        if self.is_awake is not was_awake:
            self.pushed = (self.now, self.says())

    def look(self) -> dict[Field[Any], Any]:
        """Return what `vehicle_data` says; being looked at keeps some awake."""
        if self.is_strict and self.doing == "parked":
            until = self.now + LOOK_KEEPS_AWAKE - FALLS_ASLEEP_AFTER
            self.busy_at = max(self.busy_at, until)
        return self.says()

    def says(self) -> dict[Field[Any], Any]:
        """Return all that is so."""
        doing = self.doing
        left = (LIMIT - self.level) / self.points_a_minute
        return PARKED | {
            fields.BATTERY_LEVEL: round(self.level),
            fields.CABLE_CONNECTED: self.segment()[0] == "charging",
            fields.CHARGE_LIMIT_SOC: LIMIT,
            fields.CHARGER_POWER: 8 if doing == "charging" else 0,
            fields.CHARGING_STATE: "charging"
            if doing == "charging"
            else "disconnected",
            fields.CLIMATE_KEEPER_MODE: doing if doing in ("dog", "camp") else "off",
            fields.LOCATION: Location(round(40 + self.km / 100, 4), 10.0),
            fields.MINUTES_TO_FULL_CHARGE: round(left) if doing == "charging" else 0,
            fields.ODOMETER: round(self.km, 1),
            fields.SENTRY_MODE: doing == "sentry",
            fields.SHIFT_STATE: "d" if doing == "driving" else "p",
            fields.USER_PRESENT: doing in ("driving", "attended", "camp"),
        }


@dataclass(slots=True, kw_only=True)
class Moment:
    """What was true and what was shown at some time."""

    at: datetime
    doing: str
    since: datetime
    is_awake: bool
    level: float
    shown_doing: str
    shown_level: int | None


@dataclass(slots=True, kw_only=True)
class Watcher:
    """The glue in a nutshell: lists and looks exactly when the policy says so."""

    car: TapeCar
    waits: Waits = dataclass_field(default_factory=Waits)
    needs: Needs = dataclass_field(default_factory=Needs)
    fault: Fault = no_fault
    ahead: Callable[[datetime], timedelta] = lambda _: timedelta()
    """How much our clock is ahead of the true time."""
    has_snapshots: bool = False
    learns: bool = False
    """Whether it keeps count of drives and places; else all is as usual."""
    habits: Habits = dataclass_field(default_factory=Habits)
    state: State = dataclass_field(default_factory=State)
    memory: PollMemory = dataclass_field(default_factory=PollMemory)
    lists: ListMemory = dataclass_field(default_factory=ListMemory)
    listed: list[datetime] = dataclass_field(default_factory=list)
    looks: list[datetime] = dataclass_field(default_factory=list)
    in_vain: list[datetime] = dataclass_field(default_factory=list)
    """Looks at a car that slept: billed for nothing."""
    early: list[datetime] = dataclass_field(default_factory=list)
    """Looks before a wait was over."""
    moments: list[Moment] = dataclass_field(default_factory=list)
    heard: list[tuple[datetime, bool]] = dataclass_field(default_factory=list)
    """When the car said how it is, and whether just that was shown then."""
    _known: tuple[datetime, dict[Field[Any], Any]] | None = None

    @property
    def now(self) -> datetime:
        """Return what our clock says."""
        return self.car.now + self.ahead(self.car.now)

    def watch(self, lasts: timedelta) -> None:
        """Watch the car for a while."""
        end = self.car.now + lasts
        while self.car.now < end:
            poll = self._decide()
            is_due = poll.kind is PollKind.LIST
            now = self.now
            self.lists = self.lists.believed(now=now)
            at = next_list(self.lists, now=now, waits=self.waits, is_needed=is_due)
            if at <= now:
                self._list()
                self._look_if_due()
                continue
            self._note()
            wake_up = min(at, poll.at or at) if not is_due else at
            # A clock may jump meanwhile, and whatever waits for it looks at it anew.
            pause = min(max(wake_up - now, timedelta(seconds=1)), MINUTE)
            self.car.advance(self.car.now + pause)

    def _decide(self) -> Poll:
        """Ask the policy."""
        now = self.now
        self.memory = self.memory.believed(now=now)
        return decide(
            self.state,
            self.memory,
            now=now,
            needs=self._needs(now),
            waits=self.waits,
        )

    def _needs(self, now: datetime) -> Needs:
        """Return what the surroundings want."""
        needs = replace(self.needs, has_snapshots=self.has_snapshots)
        if not self.learns:
            return needs
        usual = self.habits.usual(now, UTC)
        return replace(
            needs,
            sleeps_here=self.habits.sleeps_here(self.state),
            drives=usual.drives,
            is_new=not usual.is_known,
            leaves_as_usual=usual.is_regular,
        )

    def _list(self) -> None:
        """Ask the free list."""
        now = self.now
        self.listed.append(self.car.now)
        error = self.fault(self.car.now, "list")
        if error is not None:
            self.lists = self.lists.failed(error, now=now, waits=self.waits)
            return
        self.lists = self.lists.answered(now=now)
        before, since = self.state, self.memory.online_since
        # The list is dated by our clock, which may have jumped back.
        said = self.state.said(fields.STATE)
        if said is not None and said.at > now:
            known = {k: r for k, r in self.state.readings.items() if r.at <= now}
            self.state = State(known)
        word = "online" if self.car.is_awake else "asleep"
        self._hear({fields.STATE: word}, at=now)
        if self.has_snapshots and self.car.pushed not in (None, self._known):
            self._known = self.car.pushed
            assert self._known is not None
            self._hear(self._known[1], at=self._known[0], source=Source.CACHED)
        self.memory = self.memory.listed(online=self.car.is_awake, now=now)
        self._learn(before, since or self.memory.online_since)

    def _look_if_due(self) -> None:
        """Look at the car, if the policy says so."""
        if self._decide().kind is not PollKind.FETCH:
            return
        now = self.now
        self.looks.append(self.car.now)
        waits = (self.memory.blocked_until, self.memory.retry_at)
        if any(until is not None and until > now for until in waits):
            self.early.append(self.car.now)
        error = self.fault(self.car.now, "look")
        if not self.car.is_awake:
            self.in_vain.append(self.car.now)
            error = Asleep()
        if error is not None:
            if isinstance(error, Asleep):
                self._hear({fields.STATE: "asleep"}, at=now + timedelta.resolution)
            self.memory = self.memory.failed(error, now=now, waits=self.waits)
            return
        before = self.state
        self._hear(self.car.look(), at=self.car.now)
        self._learn(before, self.memory.online_since)
        self.memory = self.memory.looked(before, self.state, now=now)

    def _learn(self, before: State, online_since: datetime | None) -> None:
        """Have the habits learned."""
        self.habits = self.habits.learned(
            before, self.state, online_since=online_since, now=self.now
        )

    def _hear(
        self,
        said: dict[Field[Any], Any],
        *,
        at: datetime,
        source: Source = Source.POLL,
    ) -> None:
        """Merge what the car or the list said."""
        self.state = self.state.merged(
            Reading(field=field, value=value, at=at, source=source)
            for field, value in said.items()
        )
        if fields.ODOMETER in said:
            shown = {field: self.state.get(field) for field in said}
            self.heard.append((self.car.now, shown == said))

    def _note(self) -> None:
        """Note what is true and what is shown."""
        gear = self.state.get(fields.SHIFT_STATE)
        charging = self.state.get(fields.CHARGING_STATE)
        shown = "driving" if gear == "d" else "parked"
        self.moments.append(
            Moment(
                at=self.car.now,
                doing=self.car.doing,
                since=self.car.segment()[1],
                is_awake=self.car.is_awake,
                level=self.car.level,
                shown_doing="charging" if charging == "charging" else shown,
                shown_level=self.state.get(fields.BATTERY_LEVEL),
            )
        )
