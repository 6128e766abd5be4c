"""What an alert can be about; `kinds.py` has the table of them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ..model.field import Unit
from ..model.record import record
from .alert import Alert
from .facts import Facts

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Severity(StrEnum):
    """How much it matters; what is about security is told in quiet hours, too."""

    INFO = "info"
    WARNING = "warning"
    SECURITY = "security"


class Nature(StrEnum):
    """What becomes of it with a restart."""

    CHANGE = "change"
    """The first look after a restart only takes note: what changed meanwhile is old."""
    LEVEL = "level"
    """It goes on: a door that was open is still open, and has to stay so for a while."""


@record
class Seen:
    """What a kind sees of a car now; neither raised nor cleared is in between."""

    is_raised: bool
    is_cleared: bool
    at: datetime
    """When the car said the oldest of what this is seen by; UTC."""
    value: float | str | None = None
    threshold: float | None = None
    values: Mapping[str, Any] = _NOTHING
    """What else its sentence needs: names of doors, moments in UTC, percents."""
    of: str = ""
    """What it is told once of: a version, a plan, a month and its share."""
    since: datetime | None = None
    """When all of it was first so, as far as this look can tell; None: `at`."""
    is_streamed: bool = False
    """Telemetry said some of it, which may arrive late."""
    look_at: datetime | None = None
    """When time alone changes what is seen; UTC."""


@record
class Kind:
    """One row: when it is raised, for how long first, and how often at most."""

    key: str
    see: Callable[[Facts, Alert], Seen | None]
    """None: it cannot be told now, and nothing becomes of what was."""
    hold: timedelta
    """So long it must be so, by what the car said, before it is told."""
    cooldown: timedelta | None
    """So long it is not told again; None: once for what it is told `of`."""
    max_age: timedelta
    """What the car said longer ago raises nothing."""
    severity: Severity = Severity.WARNING
    nature: Nature = Nature.LEVEL
    looks: int = 1
    """So many readings of their own must agree."""
    is_default: bool = True
    """Part of what a newcomer is offered; noisy ones are not."""
    needs_telemetry: bool = False
    """It goes by what a car sends by itself; until cars can, it is not offered."""
    is_issue: bool = False
    """A repair issue tells of it already: it is shown, and nobody is notified."""
    threshold: float | None = None
    """Where it is raised, unless the owner says otherwise."""
    clears_at: float | None = None
    """Where it is over, as a difference to where it is raised."""
    lasts: timedelta | None = None
    """So long it goes on, where nothing ends it; None: until it is over."""
    limits: tuple[float, float] | None = None
    """What an owner may say; None: it has no threshold."""
    unit: Unit | None = None
