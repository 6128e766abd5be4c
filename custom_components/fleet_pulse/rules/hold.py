"""How long rules respect what somebody else did."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from .charge_rule import ChargeRule
from .guards import blocked
from .memory import HeldBy, Hold, Memory, Skip
from .occurrence import occurrences
from .situation import Situation
from .timing import HORIZON


def held(
    rules: Iterable[ChargeRule], memory: Memory, situation: Situation
) -> Hold | None:
    """Return the hold that rules respect now, with its end; None: there is none.

    What is not said to end at a time ends at the next moment to be ready by, when the
    car is unplugged, or when the owner says so.
    """
    hold = memory.hold
    if hold is None:
        return None
    if hold.until is None:
        hold = replace(hold, until=_next_deadline(rules, hold, memory, situation))
    is_over = hold.until is not None and situation.now >= hold.until
    return None if is_over else hold


def ends_unplugged(hold: Hold) -> bool:
    """Say whether a hold is over when the car is unplugged."""
    return hold.until is None or hold.by is not HeldBy.REQUEST


def _next_deadline(
    rules: Iterable[ChargeRule], hold: Hold, memory: Memory, situation: Situation
) -> datetime | None:
    """Return the first moment to be ready by since a hold began."""
    deadlines = (
        one.deadline
        for rule in rules
        if rule.ready_by is not None and blocked(rule, memory, situation) is None
        for one in occurrences(
            rule,
            since=hold.since,
            until=hold.since + HORIZON,
            zone=situation.zone,
            workdays=situation.workdays,
        )
        if one.deadline is not None
        and one.deadline > hold.since
        and Skip(rule=rule.id, day=one.day) not in memory.skipped
    )
    return min(deadlines, default=None)
