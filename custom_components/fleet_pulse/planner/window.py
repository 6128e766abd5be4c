"""Spans of time, and the moments that a wall clock means."""

from datetime import datetime, timedelta

from ..model.record import record


@record
class Span:
    """A span of time in UTC; its end is not in it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.end - self.start

    def covers(self, moment: datetime) -> bool:
        """Say whether a moment lies in it."""
        return self.start <= moment < self.end

    def meets(self, other: Span) -> bool:
        """Say whether two spans have a moment in common."""
        return self.start < other.end and other.start < self.end
