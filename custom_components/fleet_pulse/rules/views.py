"""What is shown of charge rules, and of a car by them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ..model.record import record
from ..planner.learned import Learned
from .asking import demands
from .charge_rule import ChargeRule
from .demand import Demand, Rank
from .desired import Weighed, weigh
from .guards import blocked
from .hold import held
from .memory import Memory, Skip
from .occurrence import occurrences
from .reason import ChargeWhy, Reason
from .situation import Situation
from .timing import HORIZON
from .view import CarView, Matter, RuleView

_ALL: Final = frozenset(
    {
        ChargeWhy.BUDGET,
        ChargeWhy.FAST_CHARGING,
        ChargeWhy.FOREIGN_CONTROL,
        ChargeWhy.HOLD,
        ChargeWhy.IN_SERVICE,
        ChargeWhy.NOT_PERMITTED,
        ChargeWhy.SOC_UNKNOWN,
        ChargeWhy.TROUBLE,
        ChargeWhy.UNPLUGGED,
        ChargeWhy.UPDATING,
    }
)
"""What keeps every rule of a car from doing anything."""
_LASTING: Final = frozenset(
    {
        ChargeWhy.BUDGET,
        ChargeWhy.FOREIGN_CONTROL,
        ChargeWhy.HOLD,
        ChargeWhy.NOT_PERMITTED,
    }
)
"""What is not over by itself before a rule's next time."""


@record
class _Look:
    """One rule, and all that its view is made from."""

    rule: ChargeRule
    own: tuple[Demand, ...]
    """What the rule itself asks for; empty where it does not count."""
    weighed: Weighed
    memory: Memory
    situation: Situation

    @property
    def main(self) -> Demand | None:
        """Return what it asks for by its times; None: nothing is in sight."""
        ranks = (Rank.DEADLINE, Rank.WINDOW)
        return next((one for one in self.own if one.rank in ranks), None)

    @property
    def wanted(self) -> Demand | None:
        """Return what it would charge for now."""
        return next((one for one in self.own if one.wants), None)


def views(
    rules: Sequence[ChargeRule], memory: Memory, situation: Situation, learned: Learned
) -> Mapping[str, RuleView]:
    """Return what is shown of each rule, by its id."""
    weighed = weigh(rules, memory, situation, learned)
    return {
        rule.id: _view(
            _Look(
                rule=rule,
                own=weighed.of(rule.id) or _own(rule, memory, situation, learned),
                weighed=weighed,
                memory=memory,
                situation=situation,
            ),
            rules,
        )
        for rule in rules
    }


def car_view(
    rules: Sequence[ChargeRule], memory: Memory, situation: Situation, learned: Learned
) -> CarView:
    """Return what the rules of a car come to."""
    desired = weigh(rules, memory, situation, learned).desired
    hold = held(rules, memory, situation)
    is_rule = any(rule.id == desired.rule for rule in rules)
    return CarView(
        reason=desired.reason,
        winner=desired.rule if is_rule else None,
        hold_until=None if hold is None else hold.until,
        is_on_hold=hold is not None,
    )


def _own(
    rule: ChargeRule, memory: Memory, situation: Situation, learned: Learned
) -> tuple[Demand, ...]:
    """Return what a rule would ask for that only shows what it would do."""
    if not rule.dry_run or blocked(rule, memory, situation) is not None:
        return ()
    return tuple(demands(rule, memory, situation, learned))


def _view(look: _Look, rules: Sequence[ChargeRule]) -> RuleView:
    """Return what is shown of a rule."""
    rule, main, now = look.rule, look.main, look.situation.now
    desired = look.weighed.desired
    return RuleView(
        id=rule.id,
        matter=Matter.CHARGING,
        name=rule.name,
        vin=rule.vin,
        is_enabled=rule.id not in look.memory.disabled,
        reason=_reason(look, rules),
        is_active=bool(desired.charging) and desired.rule == rule.id,
        next_start=None if main is None else main.next_start(now),
        next_deadline=None if main is None else main.deadline or main.end,
        estimated_ready=_ready(look),
    )


def _ready(look: _Look) -> datetime | None:
    """Return when the car will have what the rule asks for, if it must yet."""
    demand = look.wanted or look.main
    if demand is None or demand.reason.why is ChargeWhy.REACHED:
        return None
    return demand.ready_at


def _reason(look: _Look, rules: Sequence[ChargeRule]) -> Reason:
    """Return why a rule charges, waits, or is not heeded."""
    desired, main, wanted = look.weighed.desired, look.main, look.wanted
    barred = blocked(look.rule, look.memory, look.situation)
    if barred is not None:
        return barred
    if desired.reason.why in _ALL and _matters(look):
        return desired.reason
    if wanted is not None:
        return _heeded(look, wanted, rules)
    if (skipped := _skipped(look)) is not None:
        return skipped
    return Reason(why=ChargeWhy.IDLE) if main is None else main.reason


def _matters(look: _Look) -> bool:
    """Say whether the rule would do anything if it were let: now, where that passes."""
    now, main = look.situation.now, look.main
    is_on = main is not None and main.span is not None and main.span.start <= now
    is_lasting = look.weighed.desired.reason.why in _LASTING
    return is_lasting or is_on or look.wanted is not None


def _heeded(look: _Look, wanted: Demand, rules: Sequence[ChargeRule]) -> Reason:
    """Return the reason of a rule that would charge: its own, or who goes before."""
    winner = look.weighed.desired.rule
    if look.rule.dry_run or winner in (None, look.rule.id):
        return wanted.reason
    names = {rule.id: rule.name for rule in rules}
    names |= {one.id: one.name for one in look.memory.one_offs}
    return Reason(why=ChargeWhy.OVERRULED, values={"rule": names.get(winner or "", "")})


def _skipped(look: _Look) -> Reason | None:
    """Return that the next occurrence is left out, if it is."""
    rule, now, main = look.rule, look.situation.now, look.main
    if all(one.rule != rule.id for one in look.memory.skipped):
        return None
    first = next(
        occurrences(
            rule,
            since=now,
            until=now + HORIZON,
            zone=look.situation.zone,
            workdays=look.situation.workdays,
        ),
        None,
    )
    if first is None or Skip(rule=rule.id, day=first.day) not in look.memory.skipped:
        return None
    start = None if main is None else main.next_start(now)
    return Reason(why=ChargeWhy.SKIPPED, values={"start": start} if start else {})
