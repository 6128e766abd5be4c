"""What a command is: the columns of the command table, and one call of a row."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final, override

from .car_schedule import Keeping
from .equipment import Equipment
from .expect import Expect
from .field import Field, Reading, Source
from .params import Primitive, Reader
from .record import record
from .state import State
from .template import Computed, Slot, filled
from .vehicle_fields import CAR_VERSION

__all__ = [
    "Call",
    "Command",
    "Computed",
    "Domain",
    "Expect",
    "InvalidCall",
    "Kind",
    "Param",
    "Risk",
    "Scope",
    "Slot",
]

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Domain(StrEnum):
    """The computer in the car that takes the signed command."""

    VCSEC = "vcsec"
    INFOTAINMENT = "infotainment"


class Kind(StrEnum):
    """What happens when a command arrives twice, hence whether it may be repeated."""

    SET = "set"
    """The second changes nothing: it may be repeated."""
    TOGGLE = "toggle"
    """The second undoes the first."""
    PULSE = "pulse"
    """The second happens again."""


class Risk(StrEnum):
    """What the worst misuse of a command does."""

    NONE = "none"
    OPENS = "opens"
    DRIVES = "drives"
    ERASES = "erases"

    @property
    def is_physical(self) -> bool:
        """Say whether the car itself opens or drives, there and then."""
        return self in (Risk.OPENS, Risk.DRIVES)


class Scope(StrEnum):
    """What the owner granted at Tesla, in Tesla's words."""

    OPENID = "openid"
    OFFLINE_ACCESS = "offline_access"
    USER_DATA = "user_data"
    VEHICLE_DEVICE_DATA = "vehicle_device_data"
    VEHICLE_LOCATION = "vehicle_location"
    VEHICLE_CMDS = "vehicle_cmds"
    VEHICLE_CHARGING_CMDS = "vehicle_charging_cmds"
    ENERGY_DEVICE_DATA = "energy_device_data"
    ENERGY_CMDS = "energy_cmds"


class InvalidCall(ValueError):
    """A parameter is missing, unknown or out of range: nothing was sent."""

    def __init__(self, param: str, why: str) -> None:
        """Keep the parameter's name and the reason; the value is never kept."""
        super().__init__(f"{param} {why}")
        self.param = param
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Param:
    """One parameter of a command, as Tesla's REST interface names it."""

    name: str
    read: Reader
    required: bool = True
    default: Primitive | None = None
    """What is sent where a caller says nothing; None sends nothing."""
    at_least: Field[Any] | None = None
    """The car's own lower limit."""
    at_most: Field[Any] | None = None
    """The car's own upper limit."""
    secret: bool = False
    """Admits somebody: appears in no log, journal or trace."""
    private: bool = False
    """Says where somebody is or goes, or what they call things: in no log either."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Command:
    """One row of the command table. Rows are singletons, compared by identity."""

    key: str
    """Tesla's name at `POST /api/1/vehicles/{vin}/command/<key>`."""
    message: Mapping[str, Any] | Computed | None
    """Template of the signed form, in protobuf's JSON; None has no signed form."""
    domain: Domain = Domain.INFOTAINMENT
    scope: Scope = Scope.VEHICLE_CMDS
    params: tuple[Param, ...] = ()
    kind: Kind = Kind.SET
    risk: Risk = Risk.NONE
    slider: bool = False
    """Dragged in people's hands: only the last value of 1.5 s is sent."""
    needs_awake: bool = True
    """The car takes it only while it is awake."""
    wakes: bool = True
    """It is worth a wake; otherwise it is only sent to a car that is awake anyway."""
    expects: tuple[Expect, ...] = ()
    keeps: tuple[Field[Any], Keeping] | None = None
    """What it changes in a list that the car keeps, and tells only if asked by name."""
    already_when: tuple[Expect, ...] = ()
    """Must hold too before the command counts as done already."""
    needs_fresh_look: bool = False
    """Counts as done already only on a look at most 15 s old."""
    identity: tuple[str, ...] = ()
    """Parameters that make two calls different things, not two values of one."""
    opposites: tuple[str, ...] = ()
    """Keys of the rows that undo it."""
    benign: frozenset[str] = frozenset()
    """The car's reasons for `result: false` that mean it is as wanted."""
    harmless_when: Mapping[str, Any] = dataclass_field(default=_NONE)
    """With these parameters it only closes or stops: no risk, always allowed."""
    always_allowed: bool = False
    """Also over budget."""
    requires_plug: bool = False
    """A rule never wakes an unplugged car for it."""
    min_firmware: str | None = None
    """The first of Tesla's releases that takes it, year and week."""
    needs: Equipment | None = None
    """What the car must have."""
    needs_by: tuple[str, Mapping[Primitive, Equipment]] | None = None
    """What it must have for some values of one parameter."""
    explicit: str | None = None
    """Parameter that says which way, so that a signed toggle is none."""
    rest: Mapping[str, Any] | None = None
    """Template of the REST form, where it is not the parameters as they are."""
    first: Command | None = None
    """What the car must have been told before, unless this only stops something."""
    check: Callable[[Mapping[str, Any]], None] | None = None
    """Raises `InvalidCall` where parameters do not go together."""

    @property
    def rest_only(self) -> bool:
        """Say whether Tesla has no signed form of it."""
        return self.message is None

    @property
    def may_need(self) -> tuple[Equipment, ...]:
        """Return all that any call of it may need."""
        by = () if self.needs_by is None else self.needs_by[1].values()
        return tuple(need for need in (self.needs, *by) if need is not None)

    def is_permitted(self, granted: Collection[str]) -> bool:
        """Say whether the granted scopes suffice; `vehicle_cmds` includes charging."""
        return self.scope in granted or Scope.VEHICLE_CMDS in granted

    def call(self, **given: object) -> Call:
        """Check the parameters and return the call; raises `InvalidCall`."""
        known = {param.name for param in self.params}
        for name in given:
            if name not in known:
                raise InvalidCall(name, f"is not a parameter of {self.key}")
        checked = {}
        for param in self.params:
            value = _checked(param, given.get(param.name))
            if value is not None:
                checked[param.name] = value
        if self.check is not None:
            self.check(checked)
        return Call(command=self, params=MappingProxyType(checked))


def _checked(param: Param, value: object) -> Primitive | None:
    """Return a parameter's checked value, its default, or None for nothing."""
    if value is None:
        if param.required and param.default is None:
            raise InvalidCall(param.name, "is missing")
        return param.default
    try:
        return param.read(value)
    except ValueError as err:
        raise InvalidCall(param.name, str(err)) from None


@record
class Call:
    """A command with checked parameters; `Command.call` makes it."""

    command: Command
    params: Mapping[str, Primitive]

    @override
    def __repr__(self) -> str:
        """Show the call without its secrets."""
        return f"Call({self.command.key}, {self.public_params()})"

    def public_params(self) -> dict[str, Primitive]:
        """Return the parameters that may be logged and journaled."""
        return {
            param.name: self.params[param.name]
            for param in self.command.params
            if param.name in self.params and not (param.secret or param.private)
        }

    @property
    def is_secret(self) -> bool:
        """Say whether it carries what may not be written down, such as a PIN."""
        return any(
            param.secret and param.name in self.params for param in self.command.params
        )

    def rest_params(self) -> dict[str, Any]:
        """Return the body of the REST form."""
        if self.command.rest is None:
            return dict(self.params)
        body: dict[str, Any] = filled(self.command.rest, self.params)
        return body

    def kind(self, *, signed: bool) -> Kind:
        """Return what happens when this very call arrives twice, in one of its forms."""
        is_explicit = signed and self.command.explicit in self.params
        return Kind.SET if is_explicit else self.command.kind

    @property
    def needs(self) -> tuple[Equipment, ...]:
        """Return what the car must have for this very call."""
        always, by = self.command.needs, self.command.needs_by
        here = None if by is None else by[1].get(self.params.get(by[0], ""))
        return tuple(need for need in (always, here) if need is not None)

    def missing(self, state: State) -> Equipment | None:
        """Return what the car is known to lack for it."""
        return next((n for n in self.needs if n.is_there(state) is False), None)

    def is_too_new(self, state: State) -> bool:
        """Say whether the car's software is known to be too old for it."""
        minimum, version = self.command.min_firmware, state.get(CAR_VERSION)
        if minimum is None or version is None:
            return False
        release = _release(version)
        return bool(release) and release < _release(minimum)

    @property
    def writes_schedule(self) -> bool:
        """Say whether it writes a schedule into the car."""
        keeps = self.command.keeps
        return keeps is not None and keeps[1].adds

    @property
    def identity(self) -> tuple[Primitive | None, ...]:
        """Return what a newer call must share to replace this one."""
        named = (self.params.get(name) for name in self.command.identity)
        return (self.command.key, *named)

    @property
    def risk(self) -> Risk:
        """Return the risk of this very call."""
        return Risk.NONE if self._is_harmless() else self.command.risk

    @property
    def always_allowed(self) -> bool:
        """Say whether not even a spent budget refuses it."""
        return self.command.always_allowed or self._is_harmless()

    @property
    def first(self) -> Call | None:
        """Return what must come before this very call; None where nothing must."""
        first = None if self._is_harmless() else self.command.first
        return None if first is None else first.call()

    def _is_harmless(self) -> bool:
        """Say whether these parameters only close or stop something."""
        harmless = self.command.harmless_when
        return bool(harmless) and all(
            self.params.get(name) == value for name, value in harmless.items()
        )

    def opposes(self, other: Call) -> bool:
        """Say whether this call undoes another, so that the other need not be sent."""
        return (
            other.command.key in self.command.opposites
            and self.identity[1:] == other.identity[1:]
        )

    def within(self, state: State) -> Call:
        """Return the call with its values moved inside the car's own limits.

        Cars take a charge limit out of their range silently and do something else.
        """
        moved = dict(self.params)
        for param in self.command.params:
            value = moved.get(param.name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            low = None if param.at_least is None else state.get(param.at_least)
            high = None if param.at_most is None else state.get(param.at_most)
            value = value if high is None else min(value, high)
            moved[param.name] = value if low is None else max(value, low)
        if moved == self.params:
            return self
        return Call(command=self.command, params=MappingProxyType(moved))

    def message(self) -> dict[str, Any]:
        """Return the signed form as protobuf's JSON; raises where there is none."""
        if self.command.message is None:
            raise InvalidCall(self.command.key, "has no signed form")
        body: dict[str, Any] = filled(self.command.message, self.params)
        return body

    def expected(self, now: datetime) -> list[Reading[Any]]:
        """Return what the car should say from now on."""
        wanted = [(e.field, e.wanted(self.params)) for e in self.command.expects]
        return [
            Reading(field=field, value=value, at=now, source=Source.COMMAND)
            for field, value in wanted
            if value is not None
        ]

    def kept(self, state: State, now: datetime) -> list[Reading[Any]]:
        """Return what the car keeps from now on, since it said yes."""
        if self.command.keeps is None:
            return []
        field, keeping = self.command.keeps
        said = state.said(field)
        known = () if said is None or said.value is None else said.value
        # Two answers of one moment add up, whichever clock dated the first.
        at = now if said is None else max(now, said.at + timedelta.resolution)
        value = keeping.kept(known, self.params)
        return [Reading(field=field, value=value, at=at, source=Source.ANSWER)]

    def is_met(self, state: State) -> bool | None:
        """Compare what the car itself said with what it should say; None is unknown."""
        return self._holds(self.command.expects, state)

    def already(self, state: State) -> bool:
        """Say whether the car is so already.

        Both what the car said and what is shown must agree: an expectation of an
        opposite command under way makes the car's last word worthless.
        """
        command = self.command
        says_which_way = command.kind is Kind.SET or command.explicit in self.params
        if not says_which_way or not self._holds(command.expects, state):
            return False
        if command.already_when and not self._holds(command.already_when, state):
            return False
        return all(
            e.agrees(state.get(e.field), wanted)
            for e in command.expects
            if (wanted := e.wanted(self.params)) is not None
        )

    def subjects(self) -> tuple[Field[Any], ...]:
        """Return the fields it is about, also where it does not say what they become."""
        return tuple(e.field for e in self.command.expects if e.applies(self.params))

    def said_at(self, state: State) -> datetime | None:
        """Return when the car said the oldest of what this is about, if it said all."""
        words = [
            state.said(e.field)
            for e in self.command.expects
            if e.wanted(self.params) is not None
        ]
        times = [word.at for word in words if word is not None]
        return min(times) if times and len(times) == len(words) else None

    def _holds(self, expects: tuple[Expect, ...], state: State) -> bool | None:
        """Say whether the car's own words fit; None where it left one of them out."""
        fits = [
            None if said is None or said.value is None else e.agrees(said.value, wanted)
            for e in expects
            if (wanted := e.wanted(self.params)) is not None
            for said in (state.said(e.field),)
        ]
        if False in fits:
            return False
        return None if None in fits or not fits else True


def _release(version: str) -> tuple[int, ...]:
    """Return a version's numbers; a word among them ends what can be compared."""
    numbers = takewhile(str.isdecimal, version.split("."))
    return tuple(int(number) for number in numbers)
