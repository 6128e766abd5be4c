"""The schedules that a car keeps and runs by itself.

    accepted (written, removed) ──the car lists them──▶ read, or gone

A car lists its schedules only when asked for them by name. What it said yes to since
then is known as well, and stands in the list until the car is asked again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, fields
from enum import StrEnum
from typing import Any, Final

from .params import day_mask
from .record import record

type Schedules = tuple[CarSchedule, ...]

EVERY_DAY: Final = 127
_MINUTE: Final = (int, type(None))
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "days": (int,),
    "enabled": (bool,),
    "end": _MINUTE,
    "id": (int,),
    "latitude": (int, float),
    "longitude": (int, float),
    "one_time": (bool,),
    "start": _MINUTE,
}
"""What a schedule on disk is made of; `bool` is an `int` to Python, but not here."""


class ScheduleKind(StrEnum):
    """What a schedule of a car does."""

    CHARGE = "charge"
    PRECONDITION = "precondition"


class Standing(StrEnum):
    """How it is known what has become of a schedule."""

    READ = "read"
    """The car listed it."""
    REMOVED = "removed"
    """The car said yes to its removal and has not listed them since."""
    WRITTEN = "written"
    """The car said yes to it and has not listed them since."""


@record
class CarSchedule:
    """A schedule in a car; its times are minutes of the day on the car's own clock."""

    kind: ScheduleKind
    id: int
    days: int
    """Bits of the days, Sunday is 1; a window belongs to the day on which it starts."""
    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    start: int | None = None
    """None: the car reckons from the end, if it charges."""
    end: int | None = None
    """Of preconditioning: when it is to be comfortable."""
    one_time: bool = False
    enabled: bool = True
    standing: Standing = Standing.READ

    @property
    def is_there(self) -> bool:
        """Say whether the car has it, as far as is known."""
        return self.standing is not Standing.REMOVED


@record
class Keeping:
    """What a command does to the schedules that a car keeps."""

    kind: ScheduleKind
    adds: bool

    def kept(
        self, known: Iterable[CarSchedule], params: Mapping[str, Any]
    ) -> Schedules:
        """Return what the car keeps after it said yes."""
        others = tuple(one for one in known if one.id != params["id"])
        return (*others, self._added(params) if self.adds else self._removed(params))

    def _added(self, params: Mapping[str, Any]) -> CarSchedule:
        """Return the schedule that was written."""
        is_charge = self.kind is ScheduleKind.CHARGE
        end = "end_time" if is_charge else "precondition_time"
        return CarSchedule(
            kind=self.kind,
            id=params["id"],
            days=day_mask(params["days_of_week"]),
            latitude=params["lat"],
            longitude=params["lon"],
            start=params["start_time"] if params.get("start_enabled") else None,
            end=params[end] if params.get("end_enabled", not is_charge) else None,
            one_time=params["one_time"],
            enabled=params["enabled"],
            standing=Standing.WRITTEN,
        )

    def _removed(self, params: Mapping[str, Any]) -> CarSchedule:
        """Return what stands for a schedule that the car was told to forget."""
        return CarSchedule(
            kind=self.kind,
            id=params["id"],
            days=0,
            latitude=0.0,
            longitude=0.0,
            standing=Standing.REMOVED,
        )


def dump(one: CarSchedule) -> dict[str, Any]:
    """Return a schedule as JSON takes it."""
    return {part.name: getattr(one, part.name) for part in fields(one)}


def load(raw: Any) -> CarSchedule | None:
    """Return a schedule that was dumped; None where it cannot be trusted."""
    known = {part.name for part in fields(CarSchedule)}
    if not isinstance(raw, Mapping) or set(raw) != known:
        return None
    if not all(type(raw[name]) in kinds for name, kinds in _TYPES.items()):
        return None
    if raw["kind"] not in ScheduleKind or raw["standing"] not in Standing:
        return None
    kind, standing = ScheduleKind(raw["kind"]), Standing(raw["standing"])
    return CarSchedule(**{**raw, "kind": kind, "standing": standing})
