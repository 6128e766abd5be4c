"""What comes of a look: episodes that begin and end, and what is to be told of them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ..model.record import record
from .kind import Severity

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@record
class Episode:
    """One time that something is so, from its beginning to its end."""

    id: str
    """Unlike any other, and the same again when a tape is played again."""
    alert: str
    vin: str
    kind: str
    severity: Severity
    since: datetime
    """Since when it is so, as the car said."""
    said_at: datetime
    """When the car said what it was raised by."""
    value: float | str | None = None
    threshold: float | None = None
    values: Mapping[str, Any] = _NOTHING
    is_delivered: bool = False
    """Somebody was notified of it; only then its end is told, too."""
    is_acknowledged: bool = False


class NewsKind(StrEnum):
    """What triggers, the event entity and the binary sensor hear of."""

    CLEARED = "cleared"
    RAISED = "raised"


@record
class AlertNews:
    """An episode has begun, or is over."""

    kind: NewsKind
    episode: Episode


class Act(StrEnum):
    """What to do with a notification."""

    DIGEST = "digest"
    """Tell in one what was too much to tell one by one; `episodes` has them."""
    RETRACT = "retract"
    """Take it back from phones: it is over, and nothing is left to be told."""
    SILENCED = "silenced"
    """Tell that a kind came and went too often, and is silent until `until`."""
    TELL = "tell"
    """Notify; on phones it takes the place of one with the same tag."""
    TELL_OVER = "tell_over"
    """Tell of what was told that it is over; on phones in its place."""


@record
class Message:
    """What is to be told now to those that an alert names."""

    act: Act
    alert: str
    vin: str
    tag: str
    """The same for all that is told of a kind of a car by an alert; never a VIN."""
    kind: str = ""
    """Of what it is about; a digest is about several."""
    episodes: tuple[Episode, ...] = ()
    until: datetime | None = None
