"""What one rule or one-off asks of a car, as if there were no other."""

from datetime import date, datetime
from enum import IntEnum
from typing import Any, Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..model.state import State
from ..planner.plan import Plan
from ..planner.window import Span
from .reason import ChargeWhy, Reason

_FINISHED: Final = 2
"""Percent under its limit at which a car may say that it is full."""


class Rank(IntEnum):
    """What goes before what, among those that want to charge now."""

    ONE_OFF = 0
    FLOOR = 1
    DEADLINE = 2
    WINDOW = 3
    SOLAR = 4


@record
class Demand:
    """What one rule or one-off asks for."""

    by: str
    """Id of the rule or one-off."""
    name: str
    rank: Rank
    target: int
    wants: bool
    """It would have the car charge now."""
    reason: Reason
    required: datetime | None = None
    """When it must begin at the latest."""
    end: datetime | None = None
    """Of its occurrence, or of what it allows itself beyond."""
    span: Span | None = None
    deadline: datetime | None = None
    day: date | None = None
    plan: Plan = Plan()
    ready_at: datetime | None = None
    amps: int | None = None
    daily_limit: int | None = None
    priority: int = 0
    is_reached: bool = False
    """The car has its target already."""
    is_temporary: bool = False
    """Its target is the car's limit only for as long as it charges."""
    turns_at: tuple[datetime, ...] = ()
    """When it may want something else although nothing else happens."""

    @property
    def order(self) -> tuple[Any, ...]:
        """Return what decides between demands of one rank."""
        return (
            self.required is None,
            self.required.timestamp() if self.required else 0,
            -self.target,
            -self.priority,
            self.by,
        )

    @property
    def planned_for(self) -> datetime | None:
        """Return the end by which its plan is remembered; None: it has none."""
        is_chosen = self.deadline is not None or self.plan.cost is not None
        if self.rank in (Rank.FLOOR, Rank.SOLAR) or not is_chosen:
            return None
        return self.span.end if self.span is not None else self.deadline

    def next_start(self, now: datetime) -> datetime | None:
        """Return when it begins to charge next; None: it does not, or wants to now."""
        is_done = self.reason.why is ChargeWhy.REACHED
        ahead = (span.start for span in self.plan.spans if span.start > now)
        return None if is_done else min(ahead, default=None)

    def until(self, now: datetime) -> datetime | None:
        """Return the end of what it does now."""
        return next((one.end for one in self.plan.spans if one.covers(now)), self.end)


def is_reached(state: State, target: int) -> bool:
    """Say whether a car has a level, as far as it will ever say."""
    level = state.get(fields.BATTERY_LEVEL)
    if level is None:
        return False
    limit = state.get(fields.CHARGE_LIMIT_SOC)
    is_done = state.get(fields.CHARGING_STATE) == "complete"
    is_at_limit = limit is not None and limit >= target
    # Cars finish at 99 % of 100, and their levels are rounded.
    return level >= target or (is_done and is_at_limit and level >= target - _FINISHED)
