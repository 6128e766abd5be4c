"""What an owner wants to be told of a car, whom, and when not."""

from collections.abc import Mapping
from datetime import time, timedelta
import math
from types import MappingProxyType
from typing import Any, Final, Self

from ..model.invalid import InvalidInput
from ..model.read import number, time_of, words
from ..model.record import record

ALERT: Final = "alert"
"""The type of the subentries in which alerts are kept."""
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
        return cls(
            id=id,
            name=name,
            vins=words(data, "cars"),
            kinds=frozenset(words(data, "kinds")),
            thresholds=_thresholds(data),
            zones=words(data, "zones", ("zone.home",)),
            notify=words(data, "notify"),
            quiet_from=time_of(data, "quiet_from"),
            quiet_until=time_of(data, "quiet_until"),
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


@record
class Snooze:
    """Somebody knows: an episode is told no more, or nothing of a kind for a while."""

    alert: str
    vin: str
    kind: str
    length: timedelta | None = None
    """None: until the next episode, which is to acknowledge this one."""


def _thresholds(data: Mapping[str, Any]) -> Mapping[str, float]:
    """Read where kinds are raised; what the form let through is a number."""
    found = data.get("thresholds") or {}
    if not isinstance(found, Mapping):
        raise InvalidInput("thresholds", "number_invalid")
    read = {
        str(kind): number(
            found, kind, (-math.inf, math.inf), "number_invalid", part="thresholds"
        )
        for kind in found
    }
    return {kind: value for kind, value in read.items() if value is not None}
