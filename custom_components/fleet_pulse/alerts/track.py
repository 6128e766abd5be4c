"""How far one kind of one alert has come with a car."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ..model.record import record
from .alert import Snooze
from .news import Episode


class Phase(StrEnum):
    """Where it is; `review.py` draws what leads where."""

    ACTIVE = "active"
    CLEARING = "clearing"
    OK = "ok"
    PENDING = "pending"


@record
class Track:
    """All that is remembered of it."""

    alert: str
    kind: str
    phase: Phase = Phase.OK
    since: datetime | None = None
    """Since when it is pending or clearing, as the car said."""
    heard: datetime | None = None
    """When we heard of that."""
    said_at: datetime | None = None
    """When the car said the newest of what it is pending by."""
    looks: int = 0
    """How many readings of their own it is pending by."""
    is_late: bool = False
    """It is pending by telemetry that came late, which raises nothing."""
    is_counted: bool = False
    """It lasted long enough to be counted among `onsets`."""
    of: str = ""
    """What it is pending or raised for, where it is told once of each."""
    noted: str | None = None
    """What the car had last, where changes are told; None: not known yet."""
    told_of: tuple[str, ...] = ()
    raised_at: datetime | None = None
    """When it was raised last."""
    onsets: tuple[datetime, ...] = ()
    """When it lasted long enough within the last hour, told or not."""
    silenced_until: datetime | None = None
    snooze_for: timedelta | None = None
    """Asked for, and not yet begun: whoever asks knows no time."""
    snoozed_until: datetime | None = None
    episode: Episode | None = None
    owes_telling: bool = False
    owes_silenced: bool = False

    @property
    def is_blank(self) -> bool:
        """Say whether there is nothing to remember."""
        return self == Track(alert=self.alert, kind=self.kind)

    @property
    def is_sound(self) -> bool:
        """Say whether what was read from disk can be: an episode is of its track."""
        if self.phase is Phase.OK:
            return self.episode is None
        if None in (self.since, self.heard, self.said_at):
            return False
        if self.phase is Phase.PENDING:
            return self.episode is None
        episode = self.episode
        if episode is None or self.raised_at is None:
            return False
        return (episode.alert, episode.kind) == (self.alert, self.kind)

    def is_silent(self, now: datetime) -> bool:
        """Say whether it came and went too often lately."""
        return self.silenced_until is not None and now < self.silenced_until

    def is_snoozed(self, now: datetime) -> bool:
        """Say whether somebody wants to hear nothing of it for a while."""
        return self.snoozed_until is not None and now < self.snoozed_until

    def snoozed(self, snooze: Snooze) -> Self:
        """Return it with what somebody knows."""
        if snooze.length is not None:
            return replace(self, snooze_for=snooze.length)
        if self.episode is None:
            return self
        known = replace(self.episode, is_acknowledged=True)
        return replace(self, episode=known, owes_telling=False)
