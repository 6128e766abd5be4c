"""What is told once: the difference between what was remembered and what is."""

from collections.abc import Iterator, Sequence

from .charge_rule import ChargeRule
from .demand import is_reached
from .memory import Memory
from .situation import Situation
from .view import News, NewsKind


def news(
    before: Memory, after: Memory, situation: Situation, rules: Sequence[ChargeRule]
) -> tuple[News, ...]:
    """Return what came about between two memories of a car."""
    return tuple(_news(before, after, situation, rules)) if rules else ()


def _news(
    before: Memory, after: Memory, situation: Situation, rules: Sequence[ChargeRule]
) -> Iterator[News]:
    """Yield what came about: what ended, then what that let begin, then what ends it."""
    vin, by_id = rules[0].vin, {rule.id: rule for rule in rules}
    ended = by_id.get(before.started_by or "")
    begun = by_id.get(after.started_by or "")
    is_over = ended is not None and ended is not begun
    if ended is not None and is_over and is_reached(situation.state, ended.target_soc):
        values = {"target": ended.target_soc}
        yield News(kind=NewsKind.TARGET_REACHED, vin=vin, rule=ended.id, values=values)
    if after.hold is None and before.hold is not None:
        yield News(kind=NewsKind.HOLD_ENDED, vin=vin)
    if begun is not None and begun is not ended:
        values = {"target": begun.target_soc}
        yield News(kind=NewsKind.RULE_STARTED, vin=vin, rule=begun.id, values=values)
    for missed in sorted(after.missed - before.missed, key=lambda one: one.rule):
        rule = by_id.get(missed.rule)
        values = {"target": rule.target_soc} if rule else {}
        yield News(
            kind=NewsKind.DEADLINE_MISSED, vin=vin, rule=missed.rule, values=values
        )
    if after.hold is not None and before.hold is None:
        by = {"by": after.hold.by}
        yield News(kind=NewsKind.HOLD_BEGAN, vin=vin, values=by)
