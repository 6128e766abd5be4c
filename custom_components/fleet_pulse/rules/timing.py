"""When a rule's next occurrence has the car charge.

occurrence ─▶ the time that its windows and its cap allow ─▶ the plan within
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from ..model.record import record
from ..planner.learned import Learned
from ..planner.plan import Plan, plan
from ..planner.rate import Rate, below
from ..planner.window import Span, common, joined, total
from .charge_rule import ChargeRule, PriceMode
from .demand import is_reached
from .effort import needed
from .memory import Memory, Skip
from .occurrence import Occurrence, occurrences
from .situation import Situation

GRACE: Final = timedelta(hours=1)
"""So long after its deadline a rule goes on before others."""
_NEAR: Final = timedelta(days=1)
_MOST_STARTS: Final = 2
"""In an occurrence, by prices."""
_WORTH_A_START: Final = timedelta(minutes=15)
_MINIMA: Final = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 120, 240))
HORIZON: Final = timedelta(days=8)
"""The same weekday next week is seen."""


@record
class Case:
    """One occurrence of a rule, and all there is to decide about it."""

    rule: ChargeRule
    occurrence: Occurrence
    memory: Memory
    situation: Situation
    time: timedelta | None
    """How long it takes; None: nobody knows."""

    @property
    def is_missed(self) -> bool:
        """Say whether its deadline has passed."""
        deadline = self.occurrence.deadline
        return deadline is not None and self.situation.now >= deadline

    @property
    def is_reached(self) -> bool:
        """Say whether the car has what the rule asks for."""
        return is_reached(self.situation.state, self.rule.target_soc)

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Return what is known of the rule's prices."""
        price = self.rule.price
        return self.situation.rates.get(price.entity, ()) if price else ()

    @property
    def is_capped(self) -> bool:
        """Say whether the rule charges whenever it is cheap enough."""
        price = self.rule.price
        return price is not None and price.mode is PriceMode.BELOW_CAP


def case_of(
    rule: ChargeRule, memory: Memory, situation: Situation, learned: Learned
) -> Case | None:
    """Return the case of a rule's next occurrence; None: there is none in sight."""
    occurrence = next_occurrence(rule, memory, situation)
    if occurrence is None:
        return None
    amps = rule.amps or memory.amps
    return Case(
        rule=rule,
        occurrence=occurrence,
        memory=memory,
        situation=situation,
        time=needed(rule.target_soc, situation, learned, amps=amps),
    )


def next_occurrence(
    rule: ChargeRule, memory: Memory, situation: Situation
) -> Occurrence | None:
    """Return what is under way or next of a rule, or missed and not yet given up."""
    # Nearly always it is tonight or tomorrow, and the week need not be gone through.
    found = (_first(rule, memory, situation, far) for far in (_NEAR, HORIZON))
    return next((one for one in found if one is not None), None)


def _first(
    rule: ChargeRule, memory: Memory, situation: Situation, far: timedelta
) -> Occurrence | None:
    """Return the first occurrence within a time that is not over, nor skipped."""
    now = situation.now
    for one in occurrences(
        rule,
        since=now - GRACE,
        until=now + far,
        zone=situation.zone,
        workdays=situation.workdays,
    ):
        is_skipped = Skip(rule=rule.id, day=one.day) in memory.skipped
        is_left = one.span.end > now or _goes_on(rule, one, memory, situation)
        if is_left and not is_skipped:
            return one
    return None


def _goes_on(
    rule: ChargeRule, one: Occurrence, memory: Memory, situation: Situation
) -> bool:
    """Say whether an occurrence whose deadline has passed is still worked at."""
    lock = memory.lock
    return (
        one.deadline is not None
        and situation.now < one.deadline + GRACE
        and lock is not None
        and lock.rule == rule.id
        and lock.deadline == one.deadline
        and not is_reached(situation.state, rule.target_soc)
    )


def plan_of(case: Case) -> Plan:
    """Return when to charge in an occurrence."""
    rule, occurrence = case.rule, case.occurrence
    is_open = occurrence.deadline is None
    if rule.price is None and is_open:
        is_for_sun = rule.solar is not None and not rule.windows
        return Plan(spans=() if is_for_sun else occurrence.windows)
    cheap = _cheap(case)
    if not case.is_capped:
        return _timed(case, cheap if is_open else occurrence.windows)
    few = _few(case, cheap, _MOST_STARTS)
    left = _ahead(few, case.situation.now)
    if is_open or case.time is None or total(left) >= case.time:
        return Plan(spans=few)
    # What is cheap does not suffice, and one start is for what is missing.
    few, late = _few(case, cheap, _MOST_STARTS - 1), _timed(case, occurrence.windows)
    return replace(late, spans=joined((*few, *late.spans)))


def ready_at(case: Case, meant: Plan) -> datetime | None:
    """Return when a car will have its level: as much of the plan as it takes."""
    time = case.time
    if time is None:
        return None
    for span in _ahead(meant.spans, case.situation.now):
        if time <= span.length:
            return span.start + time
        time -= span.length
    end = meant.end or case.occurrence.deadline
    return end + time if end is not None else None


def before(by: str, end: datetime, memory: Memory) -> Plan | None:
    """Return the plan that was followed up to now, if it was for the same."""
    known = memory.plans.get(by)
    is_same = known is not None and known.end == end and bool(known.spans)
    return Plan(spans=known.spans) if known is not None and is_same else None


def _cheap(case: Case) -> tuple[Span, ...]:
    """Return when an occurrence's price is within the cap, if there is one."""
    price, windows = case.rule.price, case.occurrence.windows
    if price is None or price.cap is None or not (case.rates or case.is_capped):
        return windows
    found = common(windows, below(case.rates, price.cap))
    return tuple(span for span in found if span.length >= _MINIMA[0])


def _few(case: Case, cheap: Sequence[Span], most: int) -> tuple[Span, ...]:
    """Return the cheap times in which to charge: each start may be a wake.

    Of those that are to come the first are taken that give all there is to have.
    """
    now, is_on = case.situation.now, case.memory.started_by == case.rule.id
    known = [one for one in cheap if one.end <= now or (is_on and one.covers(now))]
    ahead = [
        one
        for one in cheap
        if one not in known and one.end - max(one.start, now) >= _WORTH_A_START
    ]
    time = case.time or timedelta.max
    ahead.sort(key=lambda one: (-min(one.length, time), one.start))
    left = max(most - _begun(case), 0)
    return tuple(sorted((*known, *ahead[:left]), key=lambda one: one.start))


def _begun(case: Case) -> int:
    """Return how often charging has begun in an occurrence."""
    since, past = case.occurrence.span.start, case.memory.past
    return sum(one.rule == case.rule.id and one.start >= since for one in past)


def _timed(case: Case, windows: Sequence[Span]) -> Plan:
    """Return the plan for as long as it takes; more than a night begins before it."""
    now, span, time = case.situation.now, case.occurrence.span, case.time
    if time is None or now >= span.end or not windows:
        return Plan()
    since, allowed = span.start, tuple(windows)
    known = before(case.rule.id, span.end, case.memory)
    is_begun = known is not None and known.spans[0].start < since
    is_free = case.occurrence.deadline is not None and not case.rule.windows
    if is_free and (is_begun or time > total(windows)):
        since, allowed = now, ()
    make = partial(
        plan,
        now=now,
        since=since,
        deadline=span.end,
        needed=time,
        windows=allowed,
        before=known,
    )
    return make() if case.is_capped or not case.rates else _calm(case, make)


def _calm(case: Case, make: Callable[..., Plan]) -> Plan:
    """Return the cheapest plan of few starts, each of which may be a wake."""
    now, begun = case.situation.now, _begun(case)
    is_on = case.memory.started_by == case.rule.id
    plans = (make(rates=case.rates, minimum=minimum) for minimum in _MINIMA)
    for found in plans:
        goes_on = is_on and found.covers(now)
        if begun + len(found.spans) - goes_on <= _MOST_STARTS:
            return found
    whole = Span(start=now, end=case.occurrence.span.end)
    return Plan(spans=(whole,)) if is_on else make()


def _ahead(spans: Sequence[Span], now: datetime) -> tuple[Span, ...]:
    """Return what is left of spans."""
    return joined(Span(start=max(now, span.start), end=span.end) for span in spans)
