"""Will a car be as its owner wants it by some moment: what its rules say together.

A rule that is switched off, over, or due only later is not asked. Of the others the
worst word counts: no, unknown, on course, yes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..model.state import State
from .guards import is_plugged
from .reason import ChargeWhy, DepartureWhy, Reason
from .view import Matter, RuleView


class Verdict(StrEnum):
    """Whether it will be so; from the best word to the worst."""

    YES = "yes"
    ON_COURSE = "on_course"
    UNKNOWN = "unknown"
    NO = "no"


class Obstacle(StrEnum):
    """What stands in the way beyond the reason of a rule itself."""

    LATE = "late"
    """It will have what it needs only after it is to be ready."""
    NO_TIME = "no_time"
    """The rule names no moment, so nobody knows whether it is in time."""
    PLUG_UNKNOWN = "plug_unknown"
    UNPLUGGED = "unplugged"


@record
class Judged:
    """What one rule comes to."""

    verdict: Verdict
    obstacle: Obstacle | None = None


@record
class Readiness:
    """What all rules come to; unknown where none of them is about that time."""

    verdict: Verdict
    judged: Mapping[str, Judged]
    """By the id of the rule; only those that are about it."""


CHARGE_VERDICTS: Final[Mapping[ChargeWhy, Verdict | None]] = {
    ChargeWhy.AWAY: Verdict.UNKNOWN,
    ChargeWhy.BELOW_FLOOR: Verdict.ON_COURSE,
    ChargeWhy.BUDGET: Verdict.NO,
    ChargeWhy.CHEAP: Verdict.ON_COURSE,
    ChargeWhy.DEADLINE: Verdict.ON_COURSE,
    ChargeWhy.DISABLED: None,
    ChargeWhy.ENTITY_MISSING: Verdict.UNKNOWN,
    ChargeWhy.EXPIRED: None,
    ChargeWhy.FAST_CHARGING: Verdict.UNKNOWN,
    ChargeWhy.FOREIGN_CONTROL: Verdict.UNKNOWN,
    ChargeWhy.HOLD: Verdict.NO,
    ChargeWhy.IDLE: None,
    ChargeWhy.IN_SERVICE: Verdict.NO,
    ChargeWhy.LOCATION_UNKNOWN: Verdict.UNKNOWN,
    ChargeWhy.MISSED: Verdict.NO,
    ChargeWhy.NOT_PERMITTED: Verdict.NO,
    ChargeWhy.ONE_OFF: Verdict.ON_COURSE,
    ChargeWhy.OVERRULED: Verdict.ON_COURSE,
    ChargeWhy.REACHED: Verdict.YES,
    ChargeWhy.SKIPPED: Verdict.UNKNOWN,
    ChargeWhy.SOC_UNKNOWN: Verdict.UNKNOWN,
    ChargeWhy.SOLAR: Verdict.ON_COURSE,
    ChargeWhy.STILL_STORED: Verdict.UNKNOWN,
    ChargeWhy.STORED_IN_CAR: Verdict.ON_COURSE,
    ChargeWhy.TROUBLE: Verdict.NO,
    ChargeWhy.UNPLUGGED: Verdict.NO,
    ChargeWhy.UPDATING: Verdict.UNKNOWN,
    ChargeWhy.WAITING: Verdict.ON_COURSE,
    ChargeWhy.WAITING_FOR_SUN: Verdict.UNKNOWN,
    ChargeWhy.WINDOW: Verdict.ON_COURSE,
}
"""What each reason says by itself; None: the rule is not about it."""
DEPARTURE_VERDICTS: Final[Mapping[DepartureWhy, Verdict | None]] = {
    DepartureWhy.ALREADY_ON: Verdict.YES,
    DepartureWhy.AWAY: Verdict.UNKNOWN,
    DepartureWhy.BUDGET: Verdict.NO,
    DepartureWhy.CANCELLED: None,
    DepartureWhy.COMFORTABLE: Verdict.YES,
    DepartureWhy.DISABLED: None,
    DepartureWhy.DRIVING: Verdict.UNKNOWN,
    DepartureWhy.ENTITY_MISSING: Verdict.UNKNOWN,
    DepartureWhy.HANDS_OFF: Verdict.UNKNOWN,
    DepartureWhy.IDLE: None,
    DepartureWhy.LOCATION_UNKNOWN: Verdict.UNKNOWN,
    DepartureWhy.LOW_SOC: Verdict.NO,
    DepartureWhy.NOBODY_HOME: Verdict.UNKNOWN,
    DepartureWhy.NOT_PERMITTED: Verdict.NO,
    DepartureWhy.NO_WAKE: Verdict.NO,
    DepartureWhy.PRECONDITIONING: Verdict.ON_COURSE,
    DepartureWhy.READY: Verdict.YES,
    DepartureWhy.SKIPPED: Verdict.UNKNOWN,
    DepartureWhy.STILL_STORED: Verdict.UNKNOWN,
    DepartureWhy.STORED_IN_CAR: Verdict.ON_COURSE,
    DepartureWhy.TOO_OFTEN: Verdict.NO,
    DepartureWhy.TROUBLE: Verdict.NO,
    DepartureWhy.UNPLUGGED: Verdict.NO,
    DepartureWhy.WAITING: Verdict.ON_COURSE,
}
HINDERED: Final[Mapping[Obstacle, Verdict]] = {
    Obstacle.LATE: Verdict.NO,
    Obstacle.NO_TIME: Verdict.UNKNOWN,
    Obstacle.PLUG_UNKNOWN: Verdict.UNKNOWN,
    Obstacle.UNPLUGGED: Verdict.NO,
}
"""What becomes of a rule that is on course otherwise."""
_WORSE: Final = tuple(Verdict)


def readiness(
    views: Iterable[RuleView],
    targets: Mapping[str, int],
    state: State,
    *,
    until: datetime,
) -> Readiness:
    """Return what the rules of one car say of the time until a moment.

    Targets are the levels that charge rules charge to, by their ids.
    """
    found = {view.id: _judged(view, targets, state, until) for view in views}
    judged = {rule: one for rule, one in found.items() if one is not None}
    verdicts = [one.verdict for one in judged.values()]
    return Readiness(
        verdict=max(verdicts, key=_WORSE.index, default=Verdict.UNKNOWN), judged=judged
    )


def _judged(
    view: RuleView, targets: Mapping[str, int], state: State, until: datetime
) -> Judged | None:
    """Return what one rule says; None if it is not about that time."""
    verdict = _alone(view.reason)
    is_later = view.next_deadline is not None and view.next_deadline > until
    if verdict is None or is_later or not view.is_enabled:
        return None
    if _is_full(view, targets, state):
        return Judged(verdict=Verdict.YES)
    if verdict is not Verdict.ON_COURSE:
        return Judged(verdict=verdict)
    obstacle = _obstacle(view, state)
    if obstacle is None:
        return Judged(verdict=verdict)
    return Judged(verdict=HINDERED[obstacle], obstacle=obstacle)


def _alone(reason: Reason) -> Verdict | None:
    """Return what a reason says; both kinds have words that are spelled alike."""
    if isinstance(reason.why, ChargeWhy):
        return CHARGE_VERDICTS[reason.why]
    return DEPARTURE_VERDICTS[reason.why]


def _is_full(view: RuleView, targets: Mapping[str, int], state: State) -> bool:
    """Say whether the battery is as full as a rule wants it, whatever it does now."""
    level, target = state.get(fields.BATTERY_LEVEL), targets.get(view.id)
    return level is not None and target is not None and level >= target


def _obstacle(view: RuleView, state: State) -> Obstacle | None:
    """Return what stands in the way of a rule that means well."""
    if view.matter is Matter.CHARGING:
        plugged = is_plugged(state)
        if plugged is not True:
            return Obstacle.PLUG_UNKNOWN if plugged is None else Obstacle.UNPLUGGED
        ready, deadline = view.estimated_ready, view.next_deadline
        if ready is not None and deadline is not None and ready > deadline:
            return Obstacle.LATE
    return Obstacle.NO_TIME if view.next_deadline is None else None
