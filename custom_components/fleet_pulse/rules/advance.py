"""What is to be remembered of a decision, before anything follows from it.

    hold over ─ one-off done ─ plan made ─ charging begun, ended ─ locked, missed
    ─ limit raised, back again ─ current lowered, back again

To advance twice in the same situation is to advance once, so that a restart at any
moment repeats nothing; what is raised is remembered before it is raised.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..planner.learned import Learned
from ..planner.window import common
from .charge_rule import ChargeRule
from .demand import is_reached
from .desired import Desired
from .guards import is_charging
from .hold import held
from .memory import PLUG, Lock, Memory, OneOff, Past, Planning, Raised, Skip
from .reason import ChargeWhy
from .situation import Situation
from .timing import GRACE
from .view import Matter

AT_ONCE: Final = timedelta(days=1)
"""How long what was asked for at once waits for a cable."""
_KEPT: Final = timedelta(days=60)
_MOST_PAST: Final = 200
_LOCKING: Final = frozenset(
    {ChargeWhy.CHEAP, ChargeWhy.DEADLINE, ChargeWhy.MISSED, ChargeWhy.WINDOW}
)
_TOLERANCE: Final = 1
"""Percent under the target that nobody need be told of."""


@record
class _Step:
    """What was decided, and in what situation."""

    desired: Desired
    situation: Situation
    rules: Sequence[ChargeRule]

    def rule(self, id: str | None) -> ChargeRule | None:
        """Return a rule by its id."""
        return next((rule for rule in self.rules if rule.id == id), None)

    def is_near(self, target: int) -> bool:
        """Say whether a car is as good as at a level."""
        state = self.situation.state
        level = state.get(fields.BATTERY_LEVEL)
        is_close = level is not None and level >= target - _TOLERANCE
        return is_close or is_reached(state, target)


def advanced(
    memory: Memory,
    desired: Desired,
    situation: Situation,
    *,
    rules: Sequence[ChargeRule],
    learned: Learned,
) -> Memory:
    """Return what is to be remembered once this is decided."""
    step = _Step(desired=desired, situation=situation, rules=rules)
    for advance in _ADVANCES:
        memory = advance(memory, step)
    return memory


def _hold(memory: Memory, step: _Step) -> Memory:
    """Forget a hold that is over."""
    if memory.hold is None or held(step.rules, memory, step.situation) is not None:
        return memory
    return replace(memory, hold=None, held_until=step.situation.now)


def _one_offs(memory: Memory, step: _Step) -> Memory:
    """Forget what was asked for once and is done, or can no longer be."""
    left = tuple(one for one in memory.one_offs if not _is_over(one, memory, step))
    return replace(memory, one_offs=left) if left != memory.one_offs else memory


def _is_over(one: OneOff, memory: Memory, step: _Step) -> bool:
    """Say whether a one-off is done, or its time has passed."""
    now, is_begun = step.situation.now, memory.started_by == one.id
    if is_reached(step.situation.state, one.target_soc):
        began = one.start or one.ready_by
        return is_begun or began is None or now >= began
    if one.ready_by is not None:
        return now >= one.ready_by + GRACE and not is_begun
    return one.made_at is not None and now >= one.made_at + AT_ONCE and not is_begun


def _plans(memory: Memory, step: _Step) -> Memory:
    """Remember what is meant, unless that is a rest of what was meant before."""
    plans = {
        by: known
        if (known := memory.plans.get(by)) is not None and _is_rest(plan, known)
        else plan
        for by, plan in step.desired.plans.items()
    }
    return replace(memory, plans=plans) if plans != memory.plans else memory


def _is_rest(plan: Planning, known: Planning) -> bool:
    """Say whether a plan is what is left of another."""
    is_part = common(plan.spans, known.spans) == tuple(plan.spans)
    return plan.end == known.end and bool(plan.spans) and is_part


def _started(memory: Memory, step: _Step) -> Memory:
    """Remember by whom the car charges, and when that began and ended."""
    desired, state = step.desired, step.situation.state
    by = memory.started_by
    if desired.charging and desired.rule is not None:
        by = desired.rule
    elif not is_charging(state):
        by = None
    if by == memory.started_by:
        return memory
    past = _closed(memory.past, step.situation.now)
    if by not in (None, PLUG):
        past = (*past, _begun(by or "", memory, step))
    return replace(memory, started_by=by, past=past)


def _closed(past: tuple[Past, ...], now: datetime) -> tuple[Past, ...]:
    """Return what was, with the end of what goes on, and without what is long ago."""
    ended = (one if one.end is not None else replace(one, end=now) for one in past)
    return tuple(one for one in ended if now - one.start < _KEPT)[-_MOST_PAST:]


def _begun(by: str, memory: Memory, step: _Step) -> Past:
    """Return what begins, for the calendar."""
    now, rule = step.situation.now, step.rule(by)
    once = next((one for one in memory.one_offs if one.id == by), None)
    today = (step.desired.deadline or now).astimezone(step.situation.zone).date()
    return Past(
        rule="" if rule is None else by,
        matter=Matter.CHARGING,
        name=rule.name if rule else once.name if once else "",
        day=step.desired.day or today,
        start=now,
        target_soc=step.desired.target,
    )


def _missed(memory: Memory, step: _Step) -> Memory:
    """Remember a deadline that passed before its target was reached."""
    lock, now = memory.lock, step.situation.now
    if lock is None or lock.deadline is None or now < lock.deadline:
        return memory
    if step.is_near(lock.target_soc) or step.rule(lock.rule) is None:
        return memory
    day = lock.deadline.astimezone(step.situation.zone).date()
    recent = frozenset(one for one in memory.missed if day - one.day <= _KEPT)
    missed = recent | {Skip(rule=lock.rule, day=day)}
    return replace(memory, missed=missed) if missed != memory.missed else memory


def _locked(memory: Memory, step: _Step) -> Memory:
    """Remember which rule won, until it is done with, or is another."""
    desired = step.desired
    is_rule = step.rule(desired.rule) is not None
    lock = memory.lock
    if desired.charging and is_rule and desired.reason.why in _LOCKING:
        lock = Lock(
            rule=desired.rule or "",
            deadline=desired.deadline,
            target_soc=desired.target or 0,
        )
    elif lock is not None and not _is_lasting(lock, memory, step):
        lock = None
    return replace(memory, lock=lock) if lock != memory.lock else memory


def _is_lasting(lock: Lock, memory: Memory, step: _Step) -> bool:
    """Say whether a rule that won keeps its place while it does not charge."""
    rule, deadline = step.rule(lock.rule), lock.deadline
    if rule is None or rule.id in memory.disabled or deadline is None:
        return False
    is_same = rule.target_soc == lock.target_soc
    is_over = step.situation.now >= deadline + GRACE
    return is_same and not is_over and not step.is_near(lock.target_soc)


def _raised(memory: Memory, step: _Step) -> Memory:
    """Remember what comes back after a limit for a while, as long as it is to."""
    desired, raised = step.desired, memory.raised
    limit = step.situation.state.get(fields.CHARGE_LIMIT_SOC)
    if desired.is_temporary_limit and desired.limit is not None:
        if raised is None and limit == desired.limit:
            return memory
        own = (
            desired.restore or (raised.restore if raised else limit) or memory.baseline
        )
        if own is None:
            return memory
        known = (raised.to, raised.restore, raised.why) if raised else None
        if known == (desired.limit, own, desired.rule or ""):
            return memory
        raised = Raised(
            to=desired.limit,
            restore=own,
            why=desired.rule or "",
            at=step.situation.now,
        )
    elif raised is not None:
        back = raised.restore if desired.limit is None else desired.limit
        said = step.situation.state.said(fields.CHARGE_LIMIT_SOC)
        raised = None if said is not None and said.value == back else raised
    return replace(memory, raised=raised) if raised != memory.raised else memory


def _amps(memory: Memory, step: _Step) -> Memory:
    """Remember the owner's own current while another is asked for."""
    wanted = step.desired.amps
    asked = step.situation.state.get(fields.CHARGE_CURRENT_REQUEST)
    if wanted is not None and memory.amps is None and asked not in (None, wanted):
        return replace(memory, amps=asked)
    is_back = wanted is None and memory.amps is not None and asked == memory.amps
    return replace(memory, amps=None) if is_back else memory


def _old(memory: Memory, step: _Step) -> Memory:
    """Forget what was skipped long ago."""
    today = step.situation.now.astimezone(step.situation.zone).date()
    skipped = frozenset(one for one in memory.skipped if today - one.day <= _KEPT)
    return replace(memory, skipped=skipped) if skipped != memory.skipped else memory


_ADVANCES: Final[tuple[Callable[[Memory, _Step], Memory], ...]] = (
    _hold,
    _one_offs,
    _plans,
    _missed,
    _locked,
    _started,
    _raised,
    _amps,
    _old,
)
