"""What rules and one-offs ask of a car, each as if there were no other.

occurrence ─▶ plan ─▶ covers now, and the target is not reached ─▶ wants to charge
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from ..model import vehicle_fields as fields
from ..model.state import State
from ..planner.learned import Learned
from ..planner.plan import Plan, plan
from ..planner.window import Span
from . import solar
from .charge_rule import ChargeRule
from .demand import Demand, Rank, is_reached
from .effort import needed
from .guards import is_charging
from .memory import Memory, OneOff
from .reason import ChargeWhy, Reason
from .situation import Situation
from .stored import keeps
from .timing import GRACE, Case, before, case_of, plan_of, ready_at

_NEARLY: Final = timedelta(minutes=30)
"""What is left of charging that is not worth a stop and another start."""
_FLOOR_MARGIN: Final = 3
"""Percent above the floor to which it charges, not to be back there in an hour."""


def demands(
    rule: ChargeRule, memory: Memory, situation: Situation, learned: Learned
) -> Iterator[Demand]:
    """Yield what a rule asks for: by its floor, its sun, and its times."""
    if (floor := _floor(rule, memory, situation)) is not None:
        yield floor
    case = case_of(rule, memory, situation, learned)
    if case is None:
        return
    main = _main(case)
    if rule.solar is not None:
        yield from _sun(case, main)
    yield main


def one_off(
    one: OneOff, memory: Memory, situation: Situation, learned: Learned
) -> Demand:
    """Return what was asked for once."""
    now, state = situation.now, situation.state
    time = needed(one.target_soc, situation, learned, amps=memory.amps)
    if one.ready_by is None or one.start is not None:
        start = max(now, one.start or now)
        meant = Plan(spans=(Span(start=start, end=start + (time or GRACE)),))
    else:
        meant = plan(
            now=now,
            since=now,
            deadline=max(one.ready_by, now),
            needed=time or timedelta(),
            before=before(one.id, one.ready_by, memory),
        )
    is_late = one.ready_by is not None and now >= one.ready_by
    is_by_itself = is_charging(state) and keeps(one.id, situation)
    reached = is_reached(state, one.target_soc)
    return Demand(
        by=one.id,
        name=one.name,
        rank=Rank.ONE_OFF,
        target=one.target_soc,
        wants=not reached and (meant.covers(now) or is_late or is_by_itself),
        reason=Reason(
            why=ChargeWhy.ONE_OFF,
            values=_values(state, target=one.target_soc, deadline=one.ready_by),
        ),
        required=one.ready_by - time if one.ready_by and time else meant.start,
        end=one.ready_by,
        deadline=one.ready_by,
        plan=meant,
        ready_at=meant.end,
        is_temporary=True,
        turns_at=_turns(meant),
    )


def _floor(rule: ChargeRule, memory: Memory, situation: Situation) -> Demand | None:
    """Return what a rule asks for below its floor."""
    level, floor = situation.state.get(fields.BATTERY_LEVEL), rule.floor_soc
    if level is None or floor is None:
        return None
    least = (
        min(floor + _FLOOR_MARGIN, rule.target_soc) if _is_on(rule, memory) else floor
    )
    if level >= least:
        return None
    return Demand(
        by=rule.id,
        name=rule.name,
        rank=Rank.FLOOR,
        target=min(floor + _FLOOR_MARGIN, rule.target_soc),
        wants=True,
        reason=Reason(
            why=ChargeWhy.BELOW_FLOOR, values={"level": level, "floor": floor}
        ),
        required=situation.now,
        plan=Plan(spans=(Span(start=situation.now, end=situation.now + GRACE),)),
        amps=rule.amps,
        priority=rule.priority,
        is_temporary=True,
    )


def _main(case: Case) -> Demand:
    """Return what a rule asks for by its times and prices."""
    rule, occurrence = case.rule, case.occurrence
    meant, span = plan_of(case), case.occurrence.span
    end = span.end + GRACE if case.is_missed else span.end
    return Demand(
        by=rule.id,
        name=rule.name,
        rank=Rank.WINDOW if occurrence.deadline is None else Rank.DEADLINE,
        target=rule.target_soc,
        wants=not case.is_reached and (_is_time(case, meant) or case.is_missed),
        reason=_reason(case, meant),
        required=span.end - case.time if case.time else meant.start,
        end=end,
        span=span,
        deadline=occurrence.deadline,
        day=occurrence.day,
        plan=meant,
        ready_at=ready_at(case, meant),
        amps=rule.amps,
        daily_limit=rule.daily_limit,
        priority=rule.priority,
        is_reached=case.is_reached,
        turns_at=(*_turns(meant), span.start, end),
    )


def _reason(case: Case, meant: Plan) -> Reason:
    """Return why a rule charges, or waits."""
    now, occurrence, price = case.situation.now, case.occurrence, case.rule.price
    values = _values(
        case.situation.state,
        target=case.rule.target_soc,
        deadline=occurrence.deadline,
        price=meant.price,
        cap=price.cap if price else None,
    )
    if case.is_reached and occurrence.span.start <= now:
        return Reason(why=ChargeWhy.REACHED, values=values)
    if case.time is None and occurrence.deadline is not None:
        return Reason(why=ChargeWhy.SOC_UNKNOWN)
    if case.is_missed:
        return Reason(why=ChargeWhy.MISSED, values=values)
    if _is_time(case, meant):
        ends = (span.end for span in meant.spans if span.covers(now))
        until = next(ends, occurrence.span.end)
        return Reason(why=_kind(case, meant), values={**values, "until": until})
    ahead = [span.start for span in meant.spans if span.start > now]
    if case.rule.solar is not None and not ahead:
        return Reason(why=ChargeWhy.WAITING_FOR_SUN, values=values)
    start = min(ahead, default=occurrence.span.start)
    if start > now:
        values["start"] = start
    # Else nobody knows: a cap waits for prices that are low enough, or known at all.
    return Reason(why=ChargeWhy.WAITING, values=values)


def _is_time(case: Case, meant: Plan) -> bool:
    """Say whether to charge now: by the plan, or as the car does it by itself."""
    situation, span = case.situation, case.occurrence.span
    if meant.covers(situation.now):
        return True
    is_its_night = span.start <= situation.now < span.end
    if not (is_its_night and is_charging(situation.state)):
        return False
    # What a car keeps may begin a little before the newest plan.
    return _goes_on(case) or keeps(case.rule.id, situation)


def _goes_on(case: Case) -> bool:
    """Say whether what has begun goes on to its target, although the plan is over.

    A stop just before the end would cost more than it saves.
    """
    lock = case.memory.lock
    is_begun = lock is not None and lock.rule == case.rule.id
    is_same = lock is not None and lock.deadline == case.occurrence.deadline
    if not (is_begun and is_same) or case.is_capped or case.time is None:
        return False
    return case.rule.price is None or case.time <= _NEARLY


def _kind(case: Case, meant: Plan) -> ChargeWhy:
    """Return why it charges now: its price, its deadline, or its window."""
    if case.is_capped or meant.cost is not None:
        return ChargeWhy.CHEAP
    is_open = case.occurrence.deadline is None
    return ChargeWhy.WINDOW if is_open else ChargeWhy.DEADLINE


def _sun(case: Case, main: Demand) -> Iterator[Demand]:
    """Yield what a rule asks for by the sun, which shines outside its nights too."""
    rule, now = case.rule, case.situation.now
    surplus = case.situation.surplus.get(rule.id)
    is_day = case.occurrence.span.covers(now) or rule.ready_by or rule.windows
    if rule.solar is None or surplus is None or not is_day:
        return
    if main.wants or case.is_reached:
        return
    is_on = _is_on(rule, case.memory)
    wants = solar.wants(rule.solar, surplus, now, is_on=is_on)
    turns = solar.turns_at(rule.solar, surplus, is_on=is_on)
    values = {**main.reason.values, "watts": surplus.watts, "min_w": rule.solar.min_w}
    current = solar.amps(surplus, case.situation.state)
    yield replace(
        main,
        rank=Rank.SOLAR,
        wants=wants,
        required=now,
        plan=Plan(spans=(Span(start=now, end=now + GRACE),)) if wants else main.plan,
        reason=Reason(why=ChargeWhy.SOLAR, values=values) if wants else main.reason,
        amps=min(current, rule.amps or current),
        turns_at=() if turns is None else (turns,),
    )


def _is_on(rule: ChargeRule, memory: Memory) -> bool:
    """Say whether a car charges by a rule."""
    return memory.started_by == rule.id


def _turns(meant: Plan) -> tuple[datetime, ...]:
    """Return when a plan begins and ends to charge."""
    return tuple(chain.from_iterable((one.start, one.end) for one in meant.spans))


def _values(state: State, **known: Any) -> dict[str, Any]:
    """Return what a sentence needs, without what nobody knows."""
    values = {"level": state.get(fields.BATTERY_LEVEL), **known}
    return {name: value for name, value in values.items() if value is not None}
