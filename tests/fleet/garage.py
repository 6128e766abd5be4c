"""A garage for the command channel: fake cars, a line to them that fails on order."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
import hashlib
import json
from typing import Any, Final

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.account import CommandAnswer
from custom_components.fleet_pulse.fleet.channel import CommandChannel
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.fleet.session import Session
from custom_components.fleet_pulse.fleet.signing import Signer
from custom_components.fleet_pulse.model.command import Call, Domain
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.vehicle_side import Heard, VehicleSide

from .command_vectors import CLIENT_SCALAR, NOW, VIN, private_key

OTHER_VIN: Final = "5YJ30123456789ABD"
WIRE: Final = {Domain.VCSEC: 2, Domain.INFOTAINMENT: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that goes wrong on the line, before or after the car has heard."""

    error: FleetError
    after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a car answers."""

    result: bool
    reason: str


class Car:
    """Does what it is told, or says why not."""

    def __init__(self, vin: str) -> None:
        """Stand there with no key paired."""
        self.vin = vin
        self.whitelist: set[bytes] = set()
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.reasons: list[str] = []
        """Reasons to refuse the next commands with; an empty one obeys."""

    def act(self, command: str, params: dict[str, Any]) -> Done:
        """Obey, unless there is a reason not to."""
        self.done.append((command, params))
        reason = self.reasons.pop(0) if self.reasons else ""
        return Done(result=not reason, reason=reason)


class Crash(BaseException):
    """The program is killed."""


class Garage:
    """Two cars, the line to them, the shelf for sessions, and the channel.

    It is the channel's `CommandPort` and `SessionPort`.
    """

    def __init__(self) -> None:
        """Pair our key with both cars."""
        key = private_key(CLIENT_SCALAR)
        self.clock = Clock.stepped(NOW)
        self.our_clock = Clock.stepped(NOW)
        self.cars = {vin: Car(vin) for vin in (VIN, OTHER_VIN)}
        self.sides = {
            vin: VehicleSide(car, self.clock) for vin, car in self.cars.items()
        }
        for car in self.cars.values():
            car.whitelist.add(keys.public_bytes(key))
        self.troubles: list[Trouble | None] = []
        self.tamper: Callable[[bytes], bytes] = lambda reply: reply
        self.shelf: dict[tuple[str, Domain], str] = {}
        self.events: list[str] = []
        self.slept: list[float] = []
        self.rest: list[tuple[str, dict[str, Any]]] = []
        self.in_flight: defaultdict[str, int] = defaultdict(int)
        self.most_in_flight: defaultdict[str, int] = defaultdict(int)
        self.crash_at: str | None = None
        """The moment of the next command at which the program is killed."""
        self.our_clock_stands = False
        """Whether our clock is set back by as much as passes."""
        self.gate: asyncio.Event | None = None
        """While it is there and not set, messages wait on the line."""
        self.signer = Signer(key, _random())
        self.channel = self.reopened()

    def reopened(self) -> CommandChannel:
        """Return a channel as after a restart."""
        return CommandChannel(
            client=self,
            signer=self.signer,
            now=self.our_clock.now,
            sleep=self.sleep,
            sessions=self,
        )

    @property
    def car(self) -> Car:
        """The first car."""
        return self.cars[VIN]

    @property
    def side(self) -> VehicleSide:
        """The computers of the first car."""
        return self.sides[VIN]

    @property
    def heard(self) -> list[Heard]:
        """What the first car heard."""
        return self.side.heard

    @property
    def outcomes(self) -> list[str]:
        """What came of each message to the first car."""
        return [heard.outcome for heard in self.heard]

    async def send(
        self, call: Call, *, vin: str = VIN, signed: bool = True
    ) -> CommandAnswer:
        """Send a command."""
        return await self.channel.send(vin, call, signed=signed, reason="test")

    def step(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self.clock.step(seconds)
        self.our_clock.step(0 if self.our_clock_stands else seconds)

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.slept.append(seconds)
        self.step(seconds)
        await asyncio.sleep(0)

    async def command(
        self, vin: str, name: str, params: dict[str, Any], *, reason: str
    ) -> CommandAnswer:
        """Take a command in Tesla's REST form."""
        trouble = self._trouble()
        _raise(trouble, after=False)
        self.rest.append((name, params))
        done = self.cars[vin].act(name, params)
        _raise(trouble, after=True)
        return CommandAnswer(result=done.result, reason=done.reason)

    async def signed_command(self, vin: str, message: bytes, *, reason: str) -> bytes:
        """Carry a message to a car and its reply back."""
        self.events.append("sent")
        self.in_flight[vin] += 1
        self.most_in_flight[vin] = max(self.most_in_flight[vin], self.in_flight[vin])
        try:
            await asyncio.sleep(0)
            trouble = self._trouble()
            _raise(trouble, after=False)
            reply = self.sides[vin].handle(message)
            self._crash("sent")
            if self.gate is not None:
                await self.gate.wait()
            _raise(trouble, after=True)
        finally:
            self.in_flight[vin] -= 1
        return self.tamper(reply)

    def _trouble(self) -> Trouble | None:
        """Return what goes wrong next."""
        return self.troubles.pop(0) if self.troubles else None

    def load(self, vin: str, domain: Domain) -> Session | None:
        """Take a session from the shelf."""
        kept = self.shelf.get((vin, domain))
        return None if kept is None else Session.load(json.loads(kept))

    async def save(self, vin: str, session: Session) -> None:
        """Put a session on the shelf; it is there only after a moment."""
        await asyncio.sleep(0)
        self._crash("saving")
        self.events.append(f"saved {session.counter}")
        self.shelf[vin, session.domain] = json.dumps(session.dump())
        self._crash("saved")

    def _crash(self, moment: str) -> None:
        """Be killed if this is the moment."""
        if self.crash_at == moment:
            self.crash_at = None
            raise Crash


def _raise(trouble: Trouble | None, *, after: bool) -> None:
    """Fail if it is time to."""
    if trouble is not None and trouble.after is after:
        raise trouble.error


def _random() -> Callable[[int], bytes]:
    """Return repeatable random bytes, never the same ones."""
    drawn = [0]

    def random(length: int) -> bytes:
        drawn[0] += 1
        return hashlib.shake_256(drawn[0].to_bytes(8)).digest(length)

    return random
