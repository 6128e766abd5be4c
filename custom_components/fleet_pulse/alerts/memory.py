"""What is remembered of the alerts of one car, over restarts too."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from ..model import records
from ..model.record import record
from .alert import Snooze
from .past import Past
from .track import Track


@record
class AlertMemory:
    """Where each alert's kinds are, what was told when, and who knows."""

    tracks: tuple[Track, ...] = ()
    """By alert and kind, those of which there is anything to remember."""
    sent: tuple[datetime, ...] = ()
    """When somebody was notified within the last day, the oldest first."""
    past: Past = Past()

    def track(self, alert: str, kind: str) -> Track:
        """Return how far a kind of an alert has come."""
        known = (one for one in self.tracks if (one.alert, one.kind) == (alert, kind))
        return next(known, Track(alert=alert, kind=kind))

    def dump(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        dumped: dict[str, Any] = records.dump(self)
        return dumped

    @classmethod
    def load(cls, kept: object) -> Self:
        """Read what was kept; what cannot be read is left out, never raised."""
        try:
            read = records.load(cls, kept)
        except records.InvalidRecord:
            return cls()
        found = {(one.alert, one.kind): one for one in read.tracks if one.is_sound}
        tracks = tuple(found[key] for key in sorted(found))
        return replace(read, tracks=tracks, sent=tuple(sorted(read.sent)))

    def snoozed(self, snooze: Snooze) -> Self:
        """Return it with what somebody knows."""
        mine = (snooze.alert, snooze.kind)
        others = {(one.alert, one.kind): one for one in self.tracks}
        others[mine] = self.track(*mine).snoozed(snooze)
        kept = (others[key] for key in sorted(others))
        return replace(self, tracks=tuple(one for one in kept if not one.is_blank))
