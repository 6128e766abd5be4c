"""What the car should be doing.

guards ─▶ hold ─▶ one-off ─▶ floor ─▶ deadline ─▶ window, price ─▶ sun ─▶ idle
leave alone      ╰────── whoever wants to charge; first rank, then order ──────╯
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..planner.learned import Learned
from ..planner.window import DAY, Span
from .asking import demands, one_off
from .charge_rule import ChargeRule
from .demand import Demand, Rank
from .guards import blocked, guard, is_charging
from .hold import held
from .limit import Limit, limit_of
from .memory import PLUG, Hold, Memory, Planning
from .reason import ChargeWhy, Reason
from .situation import Situation

_LIMITED: Final = frozenset({ChargeWhy.FOREIGN_CONTROL, ChargeWhy.UNPLUGGED})
"""With these a car charges by somebody else's will, or will charge: up to which level
is still for rules to say."""
_SOON: Final = timedelta(days=1)
"""A car that was plugged in waits for what begins within this time."""
_LONGEST: Final = timedelta(hours=6)
"""So often it is decided anew even if nothing happens at all."""


@record
class Desired:
    """What the rules want of a car; None leaves that as it is."""

    reason: Reason
    rule: str | None = None
    """The rule or one-off that decides."""
    limit: int | None = None
    amps: int | None = None
    charging: bool | None = None
    until: datetime | None = None
    """The end of what decides now."""
    next_change: datetime | None = None
    """When to decide anew although nothing else happens."""
    spans: tuple[Span, ...] = ()
    """When it means to charge."""
    ready_at: datetime | None = None
    """When the target is expected to be reached."""
    is_temporary_limit: bool = False
    """The limit is raised for once: the owner's own comes back afterwards."""
    restore: int | None = None
    """The limit that comes back, where a rule says it; None: the owner's own."""
    deadline: datetime | None = None
    """Of what decides."""
    day: date | None = None
    """Of the occurrence that has the car charge, whose night may be yesterday's."""
    target: int | None = None
    """The level that decides."""
    plans: Mapping[str, Planning] = field(default_factory=dict)
    """What every rule means to do, to be remembered."""


@record
class Weighed:
    """What came of weighing all that is asked of a car."""

    desired: Desired
    blocked: Mapping[str, Reason]
    """Why rules do not count."""
    demands: tuple[Demand, ...]

    def of(self, by: str) -> tuple[Demand, ...]:
        """Return what a rule or one-off asked for."""
        return tuple(one for one in self.demands if one.by == by)


def decide(
    rules: Sequence[ChargeRule], memory: Memory, situation: Situation, learned: Learned
) -> Desired:
    """Return what a car should be doing."""
    return weigh(rules, memory, situation, learned).desired


def weigh(
    rules: Sequence[ChargeRule], memory: Memory, situation: Situation, learned: Learned
) -> Weighed:
    """Return what a car should be doing, and what everybody asked for."""
    barred = {
        rule.id: why
        for rule in rules
        if (why := blocked(rule, memory, situation)) is not None
    }
    asked = [
        demand
        for rule in rules
        if rule.id not in barred and not rule.dry_run
        for demand in demands(rule, memory, situation, learned)
    ]
    asked += [one_off(one, memory, situation, learned) for one in memory.one_offs]
    desired = _decided(rules, barred, tuple(asked), memory, situation)
    plans = {
        one.by: Planning(end=one.planned_for, spans=one.plan.spans)
        for one in asked
        if one.planned_for is not None
    }
    return Weighed(
        desired=replace(
            desired,
            plans=plans,
            next_change=_next_change(
                asked, desired, held(rules, memory, situation), situation.now
            ),
        ),
        blocked=barred,
        demands=tuple(asked),
    )


def _decided(
    rules: Sequence[ChargeRule],
    barred: Mapping[str, Reason],
    asked: tuple[Demand, ...],
    memory: Memory,
    situation: Situation,
) -> Desired:
    """Return what the first that matches says."""
    limit = limit_of(asked, situation.now)
    hold = held(rules, memory, situation)
    if (guarded := guard(situation)) is not None:
        is_limited = guarded.why in _LIMITED and hold is None
        return _guarded(guarded, limit if is_limited else Limit())
    if hold is not None:
        values = {"by": hold.by, **({"until": hold.until} if hold.until else {})}
        return Desired(
            reason=Reason(why=ChargeWhy.HOLD, values=values), until=hold.until
        )
    if (winner := _winner(asked, memory)) is not None:
        return _charging(winner, asked, limit, memory, situation)
    return _waiting(asked, barred, limit, memory, situation)


def _guarded(reason: Reason, limit: Limit) -> Desired:
    """Return what it means that rules may not charge a car: at most they limit it."""
    if reason.why is ChargeWhy.FOREIGN_CONTROL and limit.soc is not None:
        reason = replace(reason, values={"limit": limit.soc})
    return Desired(
        reason=reason,
        limit=limit.soc,
        is_temporary_limit=limit.is_temporary,
        restore=limit.restore,
    )


def _winner(asked: Iterable[Demand], memory: Memory) -> Demand | None:
    """Return what charges now: the rule that won before, while it is what it was."""
    wanting = [one for one in asked if one.wants]
    return min(
        wanting,
        key=lambda one: (_place(one, memory), one.rank, one.order),
        default=None,
    )


def _place(demand: Demand, memory: Memory) -> int:
    """Return the place of a demand; the rule that won keeps it before other rules."""
    if demand.rank < Rank.DEADLINE:
        return demand.rank
    return Rank.DEADLINE if is_locked(demand, memory) else Rank.WINDOW


def is_locked(demand: Demand, memory: Memory) -> bool:
    """Say whether a demand won before, and is still the same."""
    lock = memory.lock
    if lock is None or demand.rank not in (Rank.DEADLINE, Rank.WINDOW):
        return False
    known = (lock.rule, lock.deadline, lock.target_soc)
    return known == (demand.by, demand.deadline, demand.target)


def _charging(
    winner: Demand,
    asked: Iterable[Demand],
    limit: Limit,
    memory: Memory,
    situation: Situation,
) -> Desired:
    """Return what it means that somebody has the car charge."""
    own = situation.state.get(fields.CHARGE_LIMIT_SOC)
    limit = limit.raised_for(winner, memory.raised.restore if memory.raised else own)
    return Desired(
        reason=winner.reason,
        rule=winner.by,
        limit=limit.soc,
        amps=_amps(winner, asked),
        charging=True,
        until=winner.until(situation.now),
        spans=winner.plan.spans,
        ready_at=winner.ready_at,
        is_temporary_limit=limit.is_temporary,
        restore=limit.restore,
        deadline=winner.deadline,
        day=winner.day,
        target=winner.target,
    )


def _amps(winner: Demand, asked: Iterable[Demand]) -> int | None:
    """Return the strictest current of all that overlap; the sun's is its own."""
    if winner.rank is Rank.SOLAR:
        return winner.amps
    wanted = [
        one.amps
        for one in asked
        if one.amps is not None
        and one.rank is not Rank.SOLAR
        and (one.by == winner.by or one.wants)
    ]
    return min(wanted, default=None)


def _waiting(
    asked: Sequence[Demand],
    barred: Mapping[str, Reason],
    limit: Limit,
    memory: Memory,
    situation: Situation,
) -> Desired:
    """Return what it means that nobody has the car charge now."""
    ahead = [one for one in asked if one.next_start(situation.now) is not None]
    first = min(
        ahead, key=lambda one: (one.next_start(situation.now), one.order), default=None
    )
    if first is None:
        return Desired(
            reason=_idle(asked, barred),
            limit=limit.soc,
            charging=_stop(None, asked, memory, situation),
            is_temporary_limit=limit.is_temporary,
            restore=limit.restore,
        )
    return Desired(
        reason=first.reason,
        rule=first.by,
        limit=limit.soc,
        charging=_stop(first.next_start(situation.now), asked, memory, situation),
        until=first.end,
        spans=first.plan.spans,
        ready_at=first.ready_at,
        is_temporary_limit=limit.is_temporary,
        restore=limit.restore,
        deadline=first.deadline,
        target=first.target,
    )


def _idle(asked: Sequence[Demand], barred: Mapping[str, Reason]) -> Reason:
    """Return why nothing is to come: the first word of anybody."""
    words = [one.reason for one in asked] + list(barred.values())
    return words[0] if words else Reason(why=ChargeWhy.IDLE)


def _stop(
    start: datetime | None,
    asked: Sequence[Demand],
    memory: Memory,
    situation: Situation,
) -> bool | None:
    """Return whether to stop what charges: only what we started, or a plug did."""
    by = memory.started_by
    if by is None or not is_charging(situation.state):
        return None
    if by == PLUG:
        is_soon = start is not None and start - situation.now <= _SOON
        return False if is_soon else None
    # What was not ready in time goes on to its target, also after it gave up its place.
    return None if _is_overdue(by, memory, situation) else False


def _is_overdue(by: str, memory: Memory, situation: Situation) -> bool:
    """Say whether a rule charges for a deadline that passed."""
    today = situation.now.astimezone(situation.zone).date()
    return any(one.rule == by and today - one.day <= DAY for one in memory.missed)


def _next_change(
    asked: Iterable[Demand], desired: Desired, hold: Hold | None, now: datetime
) -> datetime:
    """Return when to decide anew; a hold ends also where a guard hides it."""
    moments = [moment for one in asked for moment in one.turns_at]
    ends = (desired.until, None if hold is None else hold.until)
    moments.extend(end for end in ends if end is not None)
    return min((at for at in moments if at > now), default=now + _LONGEST)
