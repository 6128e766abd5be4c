"""The calendar of charging: what was, what is meant, and what the days bring."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from ..planner.learned import Learned
from ..planner.window import Span
from .asking import one_off
from .charge_rule import ChargeRule
from .demand import Demand
from .desired import weigh
from .effort import needed
from .memory import Memory, Past, Skip
from .occurrence import Occurrence, occurrences
from .situation import Situation
from .timing import GRACE
from .view import Matter, Planned

_USUAL: Final = timedelta(hours=4)
"""What a night's charging takes where nobody knows."""


def planned(
    rules: Sequence[ChargeRule],
    memory: Memory,
    situation: Situation,
    learned: Learned,
    *,
    since: datetime,
    until: datetime,
) -> tuple[Planned, ...]:
    """Return what lies between two moments, in the order of time."""
    within = Span(start=since, end=until)
    meant = {
        (one.by, one.span): one
        for one in weigh(rules, memory, situation, learned).demands
        if one.span is not None
    }
    found = [
        *(_past(one, memory, situation.now) for one in memory.past),
        *_one_offs(memory, situation, learned),
        *(
            _ahead(rule, one, meant.get((rule.id, one.span)), situation, learned)
            for rule in rules
            if rule.id not in memory.disabled
            for one in _coming(rule, memory, situation, within)
        ),
    ]
    kept = [one for one in found if one.span.meets(within)]
    return tuple(sorted(kept, key=lambda one: (one.span.start, one.rule)))


def _coming(
    rule: ChargeRule, memory: Memory, situation: Situation, within: Span
) -> Iterator[Occurrence]:
    """Yield the occurrences of a rule that are not over, nor left out."""
    begun = {(one.rule, one.day) for one in memory.past if one.end is None}
    for one in occurrences(
        rule,
        since=max(within.start, situation.now),
        until=within.end,
        zone=situation.zone,
        workdays=situation.workdays,
    ):
        is_left_out = Skip(rule=rule.id, day=one.day) in memory.skipped
        # A day may have another window of the same rule, which is still to come.
        is_begun = (rule.id, one.day) in begun and one.span.covers(situation.now)
        if not is_left_out and not is_begun:
            yield one


def _ahead(
    rule: ChargeRule,
    one: Occurrence,
    demand: Demand | None,
    situation: Situation,
    learned: Learned,
) -> Planned:
    """Return an occurrence to come: as planned, else as it usually goes."""
    spans = demand.plan.spans if demand is not None else ()
    span = Span(start=spans[0].start, end=spans[-1].end) if spans else one.span
    if not spans and one.deadline is not None:
        time = needed(rule.target_soc, situation, learned) or _USUAL
        start = max(one.span.start, one.deadline - max(time, GRACE))
        span = Span(start=start, end=one.deadline)
    return Planned(
        rule=rule.id,
        matter=Matter.CHARGING,
        name=rule.name,
        day=one.day,
        span=span,
        target_soc=rule.target_soc,
    )


def _past(one: Past, memory: Memory, now: datetime) -> Planned:
    """Return what was, or is under way: of that its id says how to end it."""
    end = max(one.end or now, one.start + timedelta(minutes=1))
    by = memory.started_by or "" if one.end is None else ""
    return Planned(
        rule=one.rule or by,
        matter=Matter(one.matter),
        name=one.name,
        day=one.day,
        span=Span(start=one.start, end=end),
        target_soc=one.target_soc,
        is_past=one.end is not None,
        is_one_off=not one.rule,
    )


def _one_offs(
    memory: Memory, situation: Situation, learned: Learned
) -> Iterator[Planned]:
    """Yield what was asked for once."""
    for one in memory.one_offs:
        spans = one_off(one, memory, situation, learned).plan.spans
        if not spans or memory.started_by == one.id:
            continue
        yield Planned(
            rule=one.id,
            matter=Matter.CHARGING,
            name=one.name,
            day=spans[0].start.astimezone(situation.zone).date(),
            span=Span(start=spans[0].start, end=spans[-1].end),
            target_soc=one.target_soc,
            is_one_off=True,
        )
