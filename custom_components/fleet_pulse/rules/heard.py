"""What a car's words say of what somebody else did to it.

    cable out, or driven ─▶ hold, lock and what was begun are over
    limit, amps          ─▶ ours, if we sent it; else the owner's own, and a hold
    charging began       ─▶ by us, by a plug, by a schedule; else by somebody: a hold
    charging was stopped ─▶ by us, by a schedule; else by somebody: a hold

Only what the car itself said is judged, never what is expected of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from ..model import commands, vehicle_fields as fields
from ..model.car_schedule import CarSchedule
from ..model.command import Command
from ..model.field import Field
from ..model.record import record
from ..model.schedule_id import rule_ids
from ..model.state import State
from ..planner.window import Span
from .charge_rule import ChargeRule
from .guards import is_charging, is_plugged
from .hold import ends_unplugged
from .memory import PLUG, HeldBy, Hold, Memory
from .retry import excused
from .situation import Situation
from .stored import is_charge, spans, stored

_SOON: Final = timedelta(minutes=15)
"""So long after a command its effect may be seen: looks are minutes apart."""
_CLOCKS: Final = timedelta(minutes=1)
"""By how much the car's clock and ours may differ."""
_MOVED_KM: Final = 1.0


@record
class _Change:
    """What the car said before and now."""

    before: State
    after: State
    now: datetime
    rules: tuple[ChargeRule, ...]
    """Those that may be held off."""
    situation: Situation | None

    def of(self, field: Field[Any]) -> tuple[Any, Any] | None:
        """Return the values of a field before and now, if both are known and differ."""
        was, is_now = self.before.get(field), self.after.get(field)
        return None if None in (was, is_now) or was == is_now else (was, is_now)

    @property
    def between(self) -> Span:
        """Return the time in which the car began or ceased to charge."""
        before = self.before.said(fields.CHARGING_STATE)
        after = self.after.said(fields.CHARGING_STATE)
        end = self.now if after is None else after.at
        start = end if before is None else min(before.at, end)
        return Span(start=start - _CLOCKS, end=end + _CLOCKS)

    def ran(self, *, to_end: bool = False) -> CarSchedule | None:
        """Return a schedule of ours that ran in that time, or ended in it."""
        around = self.situation
        if around is None:
            return None
        mine = (one for one in stored(self.after).values() if is_charge(one))
        return next(
            (
                one
                for one in mine
                for run in spans(one, self.now, around.zone)
                if run.meets(self.between)
                and (not to_end or self.between.covers(run.end))
            ),
            None,
        )


def heard(
    memory: Memory,
    before: State,
    after: State,
    *,
    now: datetime,
    rules: Iterable[ChargeRule],
    situation: Situation | None = None,
) -> Memory:
    """Return what is to be remembered after a car said something.

    The situation says where and in which zone of time the car's own schedules act.
    """
    change = _Change(
        before=State(before.readings),
        after=State(after.readings),
        now=now,
        rules=tuple(rule for rule in rules if rule.id not in memory.disabled),
        situation=situation,
    )
    for hear in _HEARS:
        memory = hear(memory, change)
    return memory


def _hear_cable(memory: Memory, change: _Change) -> Memory:
    """Take in that the car was unplugged, also between two looks."""
    was, is_now = is_plugged(change.before), is_plugged(change.after)
    if not was or not (is_now is False or _was_away(change)):
        return memory
    hold = memory.hold
    return replace(
        memory,
        hold=None if hold is not None and ends_unplugged(hold) else hold,
        lock=None,
        started_by=None,
        sent=excused(memory.sent),
        one_offs=tuple(
            one
            for one in memory.one_offs
            if one.id != memory.started_by and (one.ready_by or one.start)
        ),
    )


def _hear_limit(memory: Memory, change: _Change) -> Memory:
    """Take in a limit: the owner's own if it is not ours."""
    limit = change.after.get(fields.CHARGE_LIMIT_SOC)
    if memory.baseline is None and limit is not None:
        memory = replace(memory, baseline=limit)
    changed = change.of(fields.CHARGE_LIMIT_SOC)
    if changed is None or _is_ours(memory, commands.SET_CHARGE_LIMIT, changed[1]):
        return memory
    own = replace(memory, baseline=changed[1], raised=None)
    return _held(own, change, HeldBy.LIMIT)


def _hear_charging(memory: Memory, change: _Change) -> Memory:
    """Take in that charging began or ended, and by whom."""
    changed = change.of(fields.CHARGING_STATE)
    if changed is None or change.after.get(fields.FAST_CHARGER_PRESENT):
        return memory
    was_on, is_on = is_charging(change.before), is_charging(change.after)
    if is_on and not was_on:
        return _begun(memory, change, changed[0])
    if was_on and changed[1] == "stopped":
        return _stopped(memory, change)
    return memory


def _begun(memory: Memory, change: _Change, was: str) -> Memory:
    """Take in that charging began."""
    if _is_recent(memory, commands.CHARGE_START, change):
        return memory
    if (schedule := change.ran()) is not None:
        return replace(memory, started_by=_owner(schedule, memory, change))
    is_freed = _is_recent(memory, commands.REMOVE_CHARGE_SCHEDULE, change)
    if was != "stopped" or _was_away(change) or is_freed:
        # Plugged in, power came back, or the limit was raised: nobody said start.
        return replace(memory, started_by=memory.started_by or PLUG)
    if change.before.get(fields.SCHEDULED_CHARGING_PENDING):
        return memory
    return _held(replace(memory, started_by=None), change, HeldBy.START)


def _owner(schedule: CarSchedule, memory: Memory, change: _Change) -> str:
    """Return the rule or one-off by whose schedule a car charges."""
    owners = [rule.id for rule in change.rules]
    owners += [one.id for one in memory.one_offs]
    return next((one for one in owners if schedule.id in rule_ids(one)), PLUG)


def _stopped(memory: Memory, change: _Change) -> Memory:
    """Take in that charging was stopped before it was done."""
    is_scheduled = change.after.get(fields.SCHEDULED_CHARGING_PENDING)
    is_ours = _is_recent(memory, commands.CHARGE_STOP, change)
    if is_scheduled or is_ours or change.ran(to_end=True) is not None:
        return memory
    return _held(replace(memory, started_by=None), change, HeldBy.STOP)


def _hear_amps(memory: Memory, change: _Change) -> Memory:
    """Take in another current; cars choose their own wherever they are plugged in."""
    changed = change.of(fields.CHARGE_CURRENT_REQUEST)
    is_same_session = is_charging(change.before) and is_charging(change.after)
    is_same_socket = change.of(fields.CHARGE_CURRENT_REQUEST_MAX) is None
    if changed is None or not (is_same_session and is_same_socket):
        return memory
    if _is_ours(memory, commands.SET_CHARGING_AMPS, changed[1]):
        return memory
    return _held(replace(memory, amps=None), change, HeldBy.AMPS)


def _was_away(change: _Change) -> bool:
    """Say whether the car was driven in between."""
    moved = change.of(fields.ODOMETER)
    return moved is not None and moved[1] - moved[0] >= _MOVED_KM


def _held(memory: Memory, change: _Change, by: HeldBy) -> Memory:
    """Return that rules leave the car alone; what the owner asked for goes before."""
    hold = memory.hold
    is_asked = hold is not None and hold.by is HeldBy.REQUEST
    if is_asked or not change.rules:
        return memory
    return replace(memory, hold=Hold(by=by, since=change.now), lock=None)


def _is_ours(memory: Memory, command: Command, value: int) -> bool:
    """Say whether a value is what we sent last, or what still waits to be sent.

    A car that slept since we sent it says so only when the next one waits already.
    """
    sent = [one for one in memory.sent if one.command == command.key]
    last = [one for one in sent if not one.waits][-1:]
    return any(one.value == value and (one.waits or one in last) for one in sent)


def _is_recent(memory: Memory, command: Command, change: _Change) -> bool:
    """Say whether a command of ours is what the car just did."""
    since, until = change.between.start - _SOON, change.between.end
    return any(
        one.command == command.key and (one.waits or since <= one.at <= until)
        for one in memory.sent
    )


_HEARS: Final[tuple[Callable[[Memory, _Change], Memory], ...]] = (
    _hear_cable,
    _hear_limit,
    _hear_charging,
    _hear_amps,
)
