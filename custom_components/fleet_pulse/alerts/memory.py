"""What is remembered of the alerts of one car, over restarts too."""

from typing import Any, Self

from ..model.record import record
from .alert import Snooze


@record
class AlertMemory:
    """Where each alert's kinds are, what was told when, and who knows."""

    def dump(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {}

    @classmethod
    def load(cls, kept: object) -> Self:
        """Read what was kept; what cannot be read is left out, never raised."""
        del kept
        return cls()

    def snoozed(self, snooze: Snooze) -> Self:
        """Return it with what somebody knows."""
        del snooze
        return self
