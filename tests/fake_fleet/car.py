"""One car of the fake cloud: what the server asks of it, what people do to it."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from . import actions, driver
from .answer import ActResult, refused
from .assembly import assembled
from .chargers import CHARGERS
from .clock import Clock
from .commuter import Commuter
from .geography import Place
from .life import Life
from .sections import written
from .sleep_machine import SleepMachine, SleepModel
from .snapshot import snapshot
from .specs import CarSpec

HOME: Final[Place] = (52.5200, 13.4050)
WAKE_SECONDS: Final = (8.0, 60.0)
SCALED_WAKE_SECONDS: Final = (2.5, 3.5)
"""Beside accelerated physics a wake-up is short, but long enough to be seen."""


class Car:
    """A car with a life of its own.

    `parts` is the record of truth; the properties name what tests ask for most.
    """

    def __init__(
        self,
        *,
        spec: CarSpec,
        clock: Clock,
        vin: str | None = None,
        name: str | None = None,
        seed: int = 1,
        state: Literal["online", "asleep"] = "online",
        soc: float = 62.0,
        home: Place = HOME,
        timezone: str = "Europe/Berlin",
        sleep_model: SleepModel = "lenient",
        self_wakes: bool = True,
        wake_seconds: tuple[float, float] | None = None,
        commuter: Commuter | None = None,
        mean_outside: float = 11.0,
        yearly_swing: float = 0.0,
    ) -> None:
        """Build a car parked at home; `wake_seconds` is real time, not physics.

        `yearly_swing` is how much warmer summer, and colder winter, is than the mean.
        """
        self.spec = spec
        self.clock = clock
        self.vin = vin or f"{spec.vin_prefix}{seed:06d}"
        self.id = 100_000_000_000 + seed
        self.vehicle_id = 200_000_000 + seed
        self.user_id = 300_001
        self.command_signing = spec.command_signing
        self.reachable = True
        self.whitelist: set[bytes] = set()
        self.whitelist_changed: list[Callable[[], None]] = []
        self.cached_data = False
        """Whether the car pushes snapshots, which the free list then carries."""
        self._snapshot: str | None = None
        self.wake_requests = 0
        self.commands: list[tuple[datetime, str, dict[str, Any], ActResult]] = []
        """Every command that reached it, and what it answered."""
        self.home = home
        now = clock.now()
        self.parts = assembled(
            spec,
            name=name or spec.name,
            soc=soc,
            place=home,
            zone=ZoneInfo(timezone),
            seed=seed,
            is_awake=state == "online",
            seconds=clock.physics(now),
            now=now,
        )
        self.events = self.parts.events
        shortest, longest = wake_seconds or (
            WAKE_SECONDS if clock.time_scale == 1 else SCALED_WAKE_SECONDS
        )
        self._sleep = SleepMachine(
            random=Random(f"{seed}:sleep"),
            note=self.parts.note,
            model=sleep_model,
            wake_lasts=(shortest * clock.time_scale, longest * clock.time_scale),
            self_wakes=self_wakes,
            asleep=state == "asleep",
            seconds=self.parts.seconds,
        )
        self._life = Life(
            parts=self.parts,
            clock=clock,
            sleep=self._sleep,
            commuter=commuter,
            mean_outside=mean_outside,
            yearly_swing=yearly_swing,
            push=self._push,
        )
        self._random = Random(f"{seed}:people")
        self._refusals: list[ActResult] = []
        self.refuses: dict[str, str] = {}

    # What the server calls.

    @property
    def state(self) -> Literal["online", "asleep", "offline"]:
        """What Tesla says of it."""
        if not self.reachable:
            return "offline"
        return "online" if self._sleep.is_online else "asleep"

    def advance(self, now: datetime) -> None:
        """Let the car live until now."""
        self._life.advance(now)

    def product(self) -> dict[str, Any]:
        """Show it as the free list does."""
        return {
            "id": self.id,
            "user_id": self.user_id,
            "vehicle_id": self.vehicle_id,
            "vin": self.vin,
            "color": None,
            "access_type": "OWNER",
            "display_name": self.name,
            "option_codes": None,
            "cached_data": self._snapshot if self.cached_data else None,
            "mobile_access_disabled": False,
            "granular_access": {"hide_private": False},
            "tokens": None,
            "state": self.state,
            "in_service": self.in_service,
            "id_s": str(self.id),
            "calendar_enabled": True,
            "api_version": self.spec.api_version,
            "backseat_token": None,
            "backseat_token_updated_at": None,
            "ble_autopair_enrolled": False,
            "device_type": "vehicle",
            "command_signing": self.command_signing,
            "release_notes_supported": True,
        }

    def vehicle_data(
        self, sections: set[str] | None, *, location: bool
    ) -> dict[str, Any]:
        """Answer `vehicle_data`; None is Tesla's default set of sections."""
        head = self.product()
        for only_in_the_list in ("cached_data", "command_signing", "device_type"):
            del head[only_in_the_list]
        return head | written(self.parts, self.clock.now(), sections, location=location)

    def served_data(self) -> None:
        """Hear that `vehicle_data` was served: a strict car stays up for it."""
        self._sleep.served_data(self.clock.physics(self.clock.now()))

    def request_wake(self) -> None:
        """Hear a `wake_up`; the car comes online when it likes, or never."""
        self._life.catch_up()
        self.wake_requests += 1
        self.parts.note("wake_up requested")
        self._sleep.request(self.parts.seconds, reachable=self.reachable)
        self._life.react()

    def act(self, command: str, params: dict[str, Any]) -> ActResult:
        """Obey a command, by Tesla's REST name and parameters."""
        self._life.catch_up()
        answer = self._answer(command, params)
        self.commands.append((self.parts.now, command, dict(params), answer))
        self.parts.note(f"command {command}: {answer.reason or 'ok'}")
        self._sleep.stir(self.parts.seconds)
        self._life.react()
        return answer

    def pair(self, public_key: bytes) -> None:
        """Put an uncompressed P-256 point on the whitelist."""
        self.whitelist.add(public_key)
        self._whitelist_changed("key paired")

    def unpair(self, public_key: bytes) -> None:
        """Take a key off the whitelist."""
        self.whitelist.discard(public_key)
        self._whitelist_changed("key removed")

    # What people do.

    def drive(self, minutes: float, to: Place | None = None) -> None:
        """Drive off now; without a destination, somewhere around."""
        self._life.touch("owner")
        there = to or driver.somewhere(self.parts, minutes, self._random.randrange(360))
        driver.depart(self.parts, there, minutes)
        self.parts.note("drove off")
        self._life.react()

    def plug(self, kind: str = "ac") -> None:
        """Plug in: a key of `CHARGERS`, among them `ac`, `ac_slow` and `dc`."""
        charger = CHARGERS[kind]
        self._life.touch("cable")
        driver.plug(self.parts, charger)
        self.parts.note(f"plugged in: {kind}")
        self._life.scheduler.plugged()
        self._life.react()

    def unplug(self) -> None:
        """Take the cable out."""
        self._life.touch("cable")
        if self.plugged:
            driver.unplug(self.parts)
            self.parts.note("unplugged")
        self._life.react()

    def power(self, *, on: bool) -> None:
        """Cut or restore the electricity of the charging point."""
        self._life.catch_up()
        self.parts.charging.is_powered = on
        self._life.react()

    def operate(self, command: str, **params: Any) -> ActResult:
        """Do on its own screen what a command of this name does; no cloud is in it."""
        self._life.touch("owner")
        answer = actions.perform(self.parts, command, params)
        self.parts.note(f"screen {command}: {answer.reason or 'ok'}")
        self._life.react()
        return answer

    def open_door(self, door: str = "df") -> None:
        """Open one of `df dr pf pr ft rt`; an open car is an unlocked one."""
        self._set_door(door, is_open=True)
        self.parts.closures.is_locked = False

    def close_door(self, door: str = "df") -> None:
        """Close it again; nobody locks."""
        self._set_door(door, is_open=False)

    def sleep_now(self) -> None:
        """Fall asleep at once; what keeps a car up ends first."""
        self._life.catch_up()
        parts = self.parts
        if parts.motion.trip is not None:
            parts.motion.place = parts.motion.trip.to
            driver.arrive(parts)
        if parts.motion.is_leaving:
            parts.motion.present_until = parts.seconds
            driver.leave(parts)
        if parts.is_charging:
            parts.charging.wanted = False
        parts.cabin.is_on = parts.cabin.is_preconditioning = False
        parts.cabin.keeper = 0
        parts.settings.sentry = False
        self._sleep.sleep(parts.seconds)
        self._life.react()

    def sleep_through(self) -> None:
        """Fall asleep at once, and from now on wake only for a reason."""
        self._sleep.self_wakes = False
        self.sleep_now()

    def refuse_next(self, reason: str, times: int = 1) -> None:
        """Answer the next commands with a reason, `could_not_wake_buses` say."""
        self._refusals += [refused(reason)] * times

    def stop_refusing(self) -> None:
        """Do the next commands, whatever they were to be refused for."""
        self._refusals.clear()

    def offer_update(self, version: str) -> None:
        """Have new firmware wait to be installed."""
        software = self.parts.software
        software.update, software.status = version, "available"
        software.downloaded = 100

    # What is so: the truth to compare with.

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.parts.settings.name

    @property
    def in_service(self) -> bool:
        """Whether it is in the workshop, where it obeys nobody."""
        return self.parts.in_service

    @in_service.setter
    def in_service(self, value: bool) -> None:
        """Bring it there, or back."""
        self.parts.in_service = value

    @property
    def soc(self) -> float:
        """Unrounded state of charge in %."""
        return self.parts.battery.soc

    @property
    def limit(self) -> int:
        """Charge limit in %."""
        return self.parts.charging.limit

    @property
    def charging_state(self) -> str:
        """As Tesla spells it."""
        return self.parts.charging_state

    @property
    def plugged(self) -> bool:
        """Whether a cable is in."""
        return self.parts.charging.charger is not None

    @property
    def locked(self) -> bool:
        """Whether it is locked."""
        return self.parts.closures.is_locked

    @property
    def location(self) -> Place:
        """Where it is."""
        return self.parts.motion.place

    @property
    def honks(self) -> int:
        """How often it honked."""
        return self.parts.counts["honk"]

    @property
    def flashes(self) -> int:
        """How often it flashed."""
        return self.parts.counts["flash"]

    @property
    def awake_seconds(self) -> float:
        """How long it has been awake, in physics seconds."""
        return self.parts.awake_seconds

    # Inside.

    def _push(self) -> None:
        """Leave a snapshot with Tesla, if it has a connection."""
        if self.cached_data and self.reachable:
            self._snapshot = snapshot(self.parts, self.parts.now)

    def _answer(self, command: str, params: dict[str, Any]) -> ActResult:
        """Find the answer to a command."""
        if not self._sleep.is_online:
            return refused("could_not_wake_buses")
        if self._refusals:
            return self._refusals.pop(0)
        if command in self.refuses:
            return refused(self.refuses[command])
        return actions.perform(self.parts, command, params)

    def _set_door(self, door: str, *, is_open: bool) -> None:
        """Move a door or lid by hand."""
        if door not in self.parts.closures.doors:
            raise KeyError(door)
        self._life.touch("owner")
        self.parts.closures.doors[door] = is_open
        self.parts.note(f"{'opened' if is_open else 'closed'} {door}")
        self._life.react()

    def _whitelist_changed(self, what: str) -> None:
        """Tell whoever keeps sessions with this car."""
        self.parts.note(what)
        for changed in self.whitelist_changed:
            changed()
