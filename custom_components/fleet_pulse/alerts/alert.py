"""What an owner wants to be told of a car, whom, and when not."""

from collections.abc import Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any, Final, Self

from ..model.invalid import InvalidInput
from ..model.read import number, time_of, words
from ..model.record import record

ALERT: Final = "alert"
"""The type of the subentries in which alerts are kept."""
_ANYTHING: Final = (-1e6, 1e6)
"""What a kind allows is known to the table of kinds alone: see `check.py`."""
_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


@record
class Alert:
    """An alert of an owner: a subentry; wall times are of Home Assistant's zone."""

    id: str
    """Of its subentry."""
    name: str
    vins: tuple[str, ...] = ()
    """None is every car of the account."""
    kinds: frozenset[str] = frozenset()
    thresholds: Mapping[str, float] = _NOTHING
    """By kind, where the owner wants another than the usual one."""
    zones: tuple[str, ...] = ("zone.home",)
    """Where the car is at home."""
    notify: tuple[str, ...] = ()
    """Entities of Home Assistant's `notify`, and devices with its mobile app."""
    quiet_from: time | None = None
    quiet_until: time | None = None

    @classmethod
    def load(cls, id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry; raises InvalidInput.

        `cars` (VINs), `kinds`, `thresholds` (by kind), `zones`, `notify`, `quiet_from`
        and `quiet_until` ("22:00").
        """
        kinds = frozenset(words(data, "kinds"))
        if not kinds:
            raise InvalidInput("kinds", "kinds_missing")
        quiet_from, quiet_until = _quiet(data)
        return cls(
            id=id,
            name=name,
            vins=words(data, "cars"),
            kinds=kinds,
            thresholds=_thresholds(data),
            zones=words(data, "zones", ("zone.home",)),
            notify=words(data, "notify"),
            quiet_from=quiet_from,
            quiet_until=quiet_until,
        )

    def threshold(self, kind: str, usual: float) -> float:
        """Return where a kind is raised."""
        return self.thresholds.get(kind, usual)

    def is_quiet(self, at: time) -> bool:
        """Say whether a wall time is in the quiet hours, which may go over midnight."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return False
        return start <= at < end if start < end else at >= start or at < end


def _thresholds(data: Mapping[str, Any]) -> Mapping[str, float]:
    """Read where kinds are raised, if not where they usually are."""
    found = data.get("thresholds") or {}
    if not isinstance(found, Mapping):
        raise InvalidInput("thresholds", "list_invalid")
    read = {
        kind: number(found, kind, _ANYTHING, "threshold_range", part="thresholds")
        for kind in found
    }
    return {kind: value for kind, value in read.items() if value is not None}


def _quiet(data: Mapping[str, Any]) -> tuple[time | None, time | None]:
    """Read from when until when nobody is to be disturbed: both ends, or none."""
    start, end = time_of(data, "quiet_from"), time_of(data, "quiet_until")
    if (start is None) != (end is None):
        field = "quiet_from" if start is None else "quiet_until"
        raise InvalidInput(field, "quiet_incomplete")
    if start is not None and start == end:
        raise InvalidInput("quiet_until", "quiet_empty")
    return start, end


@record
class Snooze:
    """Somebody knows: an episode is told no more, or nothing of a kind for a while."""

    alert: str
    vin: str
    kind: str
    length: timedelta | None = None
    """None: until the next episode, which is to acknowledge this one."""
