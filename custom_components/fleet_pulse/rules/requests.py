"""What a person asks of the rules of one car: what is remembered from then on."""

from dataclasses import replace
from datetime import date, datetime

from ..planner.window import Span
from .charge_rule import ChargeRule
from .memory import HeldBy, Hold, Memory, OneOff, Skip


def moved_id(rule_id: str, day: date) -> str:
    """Return the name of an occurrence that takes place at another time."""
    return f"{rule_id}_{day.isoformat()}"


def switched(memory: Memory, rule_id: str, *, on: bool) -> Memory:
    """Return it with a rule switched on or off."""
    known = frozenset({rule_id})
    disabled = memory.disabled - known if on else memory.disabled | known
    return replace(memory, disabled=disabled)


def skipped(memory: Memory, rule_id: str, day: date) -> Memory:
    """Return it with one occurrence left out."""
    return replace(memory, skipped=memory.skipped | {Skip(rule=rule_id, day=day)})


def unskipped(memory: Memory, rule_id: str, day: date) -> Memory:
    """Return it with an occurrence in its place after all, and nowhere else."""
    kept = memory.skipped - {Skip(rule=rule_id, day=day)}
    return without(replace(memory, skipped=kept), moved_id(rule_id, day))


def moved(
    memory: Memory, rule: ChargeRule, day: date, span: Span, now: datetime
) -> Memory:
    """Return it with an occurrence at another time."""
    elsewhere = OneOff(
        id=moved_id(rule.id, day),
        target_soc=rule.target_soc,
        start=span.start,
        ready_by=span.end,
        name=rule.name,
        made_at=now,
    )
    return with_one_off(skipped(memory, rule.id, day), elsewhere)


def at_once(rule: ChargeRule, now: datetime) -> OneOff:
    """Return what charges to the target of a rule, now."""
    return OneOff(
        id=f"{rule.id}_now", target_soc=rule.target_soc, name=rule.name, made_at=now
    )


def with_one_off(memory: Memory, one_off: OneOff) -> Memory:
    """Return it with something that is wanted once; one of its name is replaced."""
    others = without(memory, one_off.id).one_offs
    return replace(memory, one_offs=(*others, one_off))


def without(memory: Memory, id: str) -> Memory:
    """Return it without something that was wanted once."""
    kept = tuple(one for one in memory.one_offs if one.id != id)
    return replace(memory, one_offs=kept)


def held(memory: Memory, until: datetime | None, now: datetime) -> Memory:
    """Return it with rules that leave the car alone."""
    return replace(memory, hold=Hold(by=HeldBy.REQUEST, since=now, until=until))


def resumed(memory: Memory) -> Memory:
    """Return it with rules that do their work again."""
    return replace(memory, hold=None)
