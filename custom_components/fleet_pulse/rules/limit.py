"""Whose limit a car has: the next rule's, or one for a while.

end of an occurrence ─▶ the target of the next ─▶ its end ─▶ …
unless the rule names a limit for the time between
one-off, floor ─▶ their target while they charge ─▶ what was before
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.record import record
from .demand import Demand, Rank

_BEFORE: Final = timedelta(hours=12)
"""So long before it charges a rule's target replaces the limit between occurrences:
a sleeping car takes it when it comes home, and need not be woken at night."""


@record
class Limit:
    """The limit that rules want; None leaves the owner's own."""

    soc: int | None = None
    is_temporary: bool = False
    restore: int | None = None
    """What comes back after a temporary one; None: the owner's own."""

    def raised_for(self, winner: Demand, own: int | None) -> Limit:
        """Return the limit while somebody charges who wants another for a while.

        `own` is the one that the car has besides.
        """
        if not winner.is_temporary:
            return self
        least = self.soc if self.soc is not None else own
        if winner.rank is Rank.FLOOR and least is not None and least >= winner.target:
            return self
        return Limit(
            soc=winner.target, is_temporary=True, restore=self.restore or self.soc
        )


def limit_of(asked: Sequence[Demand], now: datetime) -> Limit:
    """Return the limit that the next occurrence of any rule wants."""
    rules = [one for one in asked if one.span is not None]
    if not rules:
        return Limit()
    first = min(rules, key=lambda one: one.end or now)
    # Where occurrences overlap the highest target is the one that all can reach.
    together = [one for one in rules if _meets(one, first)]
    highest = max(together, key=lambda one: one.target)
    limit = Limit(soc=highest.target)
    between = highest.daily_limit
    if between is None or between == highest.target:
        return limit
    if any(_is_near(one, now) for one in together):
        return replace(limit, is_temporary=True, restore=between)
    return Limit(soc=between)


def _meets(one: Demand, other: Demand) -> bool:
    """Say whether two occurrences overlap."""
    return (
        one.span is not None and other.span is not None and one.span.meets(other.span)
    )


def _is_near(demand: Demand, now: datetime) -> bool:
    """Say whether a rule charges now, or soon."""
    start = demand.next_start(now)
    is_soon = start is not None and start - now <= _BEFORE
    return demand.wants or (is_soon and not demand.is_reached)
