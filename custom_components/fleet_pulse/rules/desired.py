"""What the car should be doing."""

from datetime import datetime

from ..model.record import record
from ..planner.window import Span
from .reason import Reason


@record
class Desired:
    """What the rules want of a car; None leaves that as it is."""

    reason: Reason
    rule: str | None = None
    """The rule or one-off that decides."""
    limit: int | None = None
    amps: int | None = None
    charging: bool | None = None
    until: datetime | None = None
    """The end of what decides now."""
    next_change: datetime | None = None
    """When to decide anew although nothing else happens."""
    spans: tuple[Span, ...] = ()
    """When it means to charge."""
    ready_at: datetime | None = None
    """When the target is expected to be reached."""
    is_temporary_limit: bool = False
    """The limit is raised for once: the owner's own comes back afterwards."""
