"""Departures as entities and the calendar show them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from ..planner.window import Span
from .climate_memory import ClimateMemory
from .departure import Departure
from .memory import Memory, Past
from .precondition import Climate, Outlook
from .view import Matter, Planned, RuleView

_SHORTEST: Final = timedelta(minutes=1)


def climate_views(
    rules: Iterable[Departure],
    memory: Memory,
    remembered: ClimateMemory,
    decided: Climate,
) -> Mapping[str, RuleView]:
    """Return every departure as it is now."""
    return {rule.id: _view(rule, memory, remembered, decided) for rule in rules}


def _view(
    rule: Departure, memory: Memory, remembered: ClimateMemory, decided: Climate
) -> RuleView:
    """Return one departure as it is now."""
    ahead, reason = decided.ahead.get(rule.id), decided.reasons[rule.id]
    run = remembered.run
    begins = ahead is not None and not ahead.is_comfortable
    return RuleView(
        id=rule.id,
        matter=Matter.PRECONDITIONING,
        name=rule.name,
        vin=rule.vin,
        is_enabled=rule.id not in memory.disabled,
        reason=reason,
        is_active=run is not None and run.rule == rule.id and run.is_begun,
        next_start=ahead.start if ahead is not None and begins else None,
        next_deadline=ahead.leaving.at if ahead is not None else None,
    )


def climate_plan(
    outlooks: Iterable[Outlook], remembered: ClimateMemory, within: Span
) -> tuple[Planned, ...]:
    """Return what was preconditioned and will be, in the order of time."""
    found = [_coming(one) for one in outlooks if not one.leaving.is_skipped]
    found += [_gone(one) for one in remembered.past]
    inside = (one for one in found if one.span.meets(within))
    return tuple(sorted(inside, key=lambda one: (one.span.start, one.rule)))


def _coming(one: Outlook) -> Planned:
    """Return a departure that is to come."""
    at, rule = one.leaving.at, one.leaving.departure
    return Planned(
        rule=rule.id,
        matter=Matter.PRECONDITIONING,
        name=rule.name,
        day=one.leaving.day,
        span=Span(start=min(one.start, at - _SHORTEST), end=at),
        is_one_off=one.leaving.is_one_off,
    )


def _gone(past: Past) -> Planned:
    """Return what was preconditioned."""
    end = max(past.end or past.start, past.start + _SHORTEST)
    return Planned(
        rule=past.rule,
        matter=Matter.PRECONDITIONING,
        name=past.name,
        day=past.day,
        span=Span(start=past.start, end=end),
        is_past=True,
    )
