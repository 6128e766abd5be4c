"""What alerts are decided by: values, gathered by glue, never asked of a car."""

from datetime import date, datetime, tzinfo

from ..model.record import record
from ..model.state import State
from .past import Past


@record
class Upcoming:
    """What a rule wants of the car next."""

    rule: str
    """Id of the rule."""
    name: str
    deadline: datetime
    """When the car must have what the rule wants; UTC."""
    is_charging: bool = True
    """It needs the cable; a departure without a charge rule does not."""
    target_soc: int | None = None
    estimated_ready: datetime | None = None
    """When it will; UTC. None: not foreseen."""


@record
class Facts:
    """A car, and what is round it, at a moment."""

    now: datetime
    """UTC, as the times of readings are."""
    zone: tzinfo
    """Of the owner's clock."""
    vin: str
    state: State
    zones: tuple[str, ...] | None = None
    """The zones the car is in, by entity id, what GPS jitters left out; None: unknown."""
    online_since: datetime | None = None
    """Since when the free list says so without a break; None: it is not."""
    heard_at: datetime | None = None
    """When the list was answered last, which dates `online_since`."""
    upcoming: tuple[Upcoming, ...] = ()
    """The next of each rule of this car, the soonest first."""
    target_soc: int | None = None
    """What the car is to be charged to now: the rule's that charges it, else its limit."""
    is_held: bool = False
    """Its charge rules are on hold: the owner charges by hand."""
    spent_share: int | None = None
    """Percent of the month's budget that is gone; None: there is no budget."""
    month: date | None = None
    """The first day of the month that Tesla bills; UTC."""
    troubles: tuple[str, ...] = ()
    """Keys of the account's open repair issues, sorted."""
    telemetry_at: datetime | None = None
    """When telemetry said anything last; None: there is none."""
    past: Past = Past()
    """What the car said before, which `review` fills in from what it remembers."""
