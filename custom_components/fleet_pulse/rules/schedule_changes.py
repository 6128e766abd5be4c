"""What must be written into a car so that it keeps the schedules that rules want.

    wanted ─┐              ┌─ not there, or other ─▶ write, when it is awake
    kept ───┼─▶ compared ──┼─ no longer wanted ────▶ remove, 10 min before it acts
    waiting ┘              └─ as wanted ───────────▶ nothing; what waits is withdrawn

No car is woken at night: what acts then is removed in the evening before. Who says at
night that something must not happen is up, and is obeyed at once; for anything else the
car wakes by itself to begin, and is stopped.

Only schedules of rules are compared: what somebody else wrote is never touched.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from ..fleet.deferred import WHEN_AWAKE, Urgency, by
from ..model import commands, params, vehicle_fields as fields
from ..model.car_schedule import EVERY_DAY, CarSchedule, ScheduleKind
from ..model.command import Call
from ..model.record import record
from ..model.schedule_id import is_of_rules
from ..model.state import State
from ..planner.window import DAY, Span
from .guards import is_charging, is_plugged
from .memory import PLUG, HeldBy, Memory
from .native import Compiled
from .nightfall import EARLY, nightfall
from .situation import Situation
from .stored import (
    TOLERANCE,
    acts,
    covering,
    is_charge,
    is_here,
    is_near,
    spans,
    stored,
)

_MOMENT: Final = timedelta(seconds=1)
JUST: Final = timedelta(minutes=15)
_LATE: Final = timedelta(minutes=15)
"""So late a window may begin: a plan has at least as much to spare."""
_MINUTES: Final = 24 * 60
_WEEK: Final = 7
_WRITES: Final = {
    commands.ADD_CHARGE_SCHEDULE: commands.REMOVE_CHARGE_SCHEDULE,
    commands.ADD_PRECONDITION_SCHEDULE: commands.REMOVE_PRECONDITION_SCHEDULE,
}


@record
class Waits:
    """A command about a schedule that waits for its car."""

    call: Call
    wake_at: datetime | None = None
    """When the car is woken for it."""


@record
class Change:
    """A command that is wanted, and how long it may wait."""

    call: Call
    urgency: Urgency
    rule: str | None
    """Whose schedule it is; None: of a rule that is gone or wants it no more."""


@record
class Changes:
    """What is to be sent to a car, and what that waits is not wanted any more."""

    send: tuple[Change, ...] = ()
    withdraw: tuple[Call, ...] = ()


@record
class _Slot:
    """One number of ours: what should be there, what is, and what waits."""

    situation: Situation
    want: Compiled | None
    have: CarSchedule | None
    waits: Waits | None
    is_asked: bool

    @property
    def expected(self) -> CarSchedule | None:
        """Return what the car will have once it has heard what waits."""
        if self.waits is None:
            return self.have
        keeps = self.waits.call.command.keeps
        assert keeps is not None
        return _there(keeps[1].kept((), self.waits.call.params)[0])

    @property
    def urgency(self) -> Urgency:
        """Return how long it may take until the car hears of it."""
        at, now = _unwanted_at(self), self.situation.now
        if at is None or at <= now or _is_harmless(self):
            # What acts already, keeps the car awake; nothing else is worth a wake.
            return WHEN_AWAKE
        evening = nightfall(at - EARLY, self.situation.zone)
        if evening is None or self.is_asked:
            return by(max(evening or at - EARLY, now))
        return by(evening) if now < evening else WHEN_AWAKE


def schedule_changes(
    wanted: Iterable[Compiled],
    situation: Situation,
    waiting: Iterable[Waits] = (),
    *,
    is_asked: bool = False,
) -> Changes:
    """Return the difference between what a car keeps of ours and what it should.

    `is_asked` is whether somebody changed what is wanted just now.
    """
    wants = {one.schedule.id: one for one in wanted}
    waits = {_number(one.call): one for one in waiting if _is_ours(one.call)}
    has = stored(situation.state)
    slots = [
        _Slot(
            situation=situation,
            want=wants.get(number),
            have=_there(has.get(number)),
            waits=waits.get(number),
            is_asked=is_asked,
        )
        for number in dict.fromkeys((*has, *waits, *wants))
    ]
    # What is written first and removed then never leaves a car without a schedule,
    # which would charge at once.
    found = sorted(
        (change for slot in slots for change in _change(slot)),
        key=lambda change: change.call.command not in _WRITES,
    )
    return Changes(
        send=tuple(found),
        withdraw=tuple(
            slot.waits.call
            for slot in slots
            if slot.waits is not None
            and not _is_heeded(slot)
            and _fits(slot, slot.have)
        ),
    )


def must_stop(
    wanted: Iterable[Compiled], memory: Memory, situation: Situation
) -> Call | None:
    """Return the stop for a car that charges because of a schedule nobody wants.

    A car that waits for a schedule charges at once when its last one is removed.
    """
    if not situation.is_online or not is_plugged(situation.state):
        return None
    is_ours = memory.started_by in (None, PLUG)
    is_own = memory.hold is not None and memory.hold.by is HeldBy.START
    is_wanted = any(acts(one.schedule, situation) for one in wanted)
    if is_own or is_wanted or not is_ours:
        return None
    is_on = is_charging(situation.state) and covering(situation) is not None
    return (
        commands.CHARGE_STOP.call() if is_on or _is_freed(memory, situation) else None
    )


def call_of(schedule: CarSchedule) -> Call:
    """Return the command that writes a schedule into a car."""
    shared = {
        "id": schedule.id,
        "days_of_week": params.day_names(schedule.days),
        "enabled": schedule.enabled,
        "one_time": schedule.one_time,
        "lat": schedule.latitude,
        "lon": schedule.longitude,
    }
    if schedule.kind is ScheduleKind.PRECONDITION:
        return commands.ADD_PRECONDITION_SCHEDULE.call(
            precondition_time=schedule.end, **shared
        )
    return commands.ADD_CHARGE_SCHEDULE.call(
        start_enabled=schedule.start is not None,
        start_time=schedule.start,
        end_enabled=schedule.end is not None,
        end_time=schedule.end,
        **shared,
    )


def removal_of(schedule: CarSchedule) -> Call:
    """Return the command that takes a schedule out of a car."""
    is_about_charging = is_charge(schedule)
    row = (
        commands.REMOVE_CHARGE_SCHEDULE
        if is_about_charging
        else commands.REMOVE_PRECONDITION_SCHEDULE
    )
    return row.call(id=schedule.id)


# ---- one number of ours


def _change(slot: _Slot) -> Iterator[Change]:
    """Yield the command that a number of ours needs, if it needs one."""
    if _is_heeded(slot):
        if slot.waits is not None and _is_urgent(slot.waits, slot.urgency):
            yield Change(call=slot.waits.call, urgency=slot.urgency, rule=_owner(slot))
    elif not _fits(slot, slot.have):
        if slot.want is not None:
            call = call_of(slot.want.schedule)
            if not _is_managed(slot):
                yield Change(call=call, urgency=slot.urgency, rule=slot.want.rule)
        elif slot.have is not None:
            yield Change(
                call=removal_of(slot.have), urgency=slot.urgency, rule=_owner(slot)
            )


def _owner(slot: _Slot) -> str | None:
    """Return whose schedule it is, if anybody wants one at all."""
    return None if slot.want is None else slot.want.rule


def _is_heeded(slot: _Slot) -> bool:
    """Say whether a car will have what is wanted, once it has heard what waits."""
    return _fits(slot, slot.expected)


def _is_urgent(waits: Waits, urgency: Urgency) -> bool:
    """Say whether something must be sent sooner than it waits."""
    if urgency.deadline is None:
        return False
    return waits.wake_at is None or waits.wake_at > urgency.deadline


def _is_managed(slot: _Slot) -> bool:
    """Say whether a utility decides when the car charges, which is not fought."""
    is_managed = slot.situation.state.get(fields.MANAGED_CHARGING_ACTIVE)
    is_about_charging = slot.want is not None and is_charge(slot.want.schedule)
    return is_managed is True and is_about_charging


def _fits(slot: _Slot, there: CarSchedule | None) -> bool:
    """Say whether what is there is what is wanted."""
    want = slot.want
    if want is None or there is None:
        return want is None and there is None
    wanted = want.schedule
    where = (wanted.latitude, wanted.longitude), (there.latitude, there.longitude)
    if _shape(wanted) != _shape(there) or not is_near(*where):
        return False
    if not want.is_sized or wanted.start is None or there.start is None:
        return (wanted.days, wanted.start) == (there.days, there.start)
    half = _MINUTES // 2
    late = timedelta(minutes=(there.start - wanted.start + half) % _MINUTES - half)
    return -TOLERANCE <= late <= _LATE and _end_days(wanted) == _end_days(there)


def _shape(one: CarSchedule) -> tuple[object, ...]:
    """Return what must be the same in any case."""
    return one.kind, one.end, one.one_time, one.enabled


def _end_days(one: CarSchedule) -> int:
    """Return the days on which it ends: a start about midnight may be on either."""
    is_over_night = one.start is not None and one.end is not None
    if not is_over_night or (one.end or 0) > (one.start or 0):
        return one.days
    return (one.days << 1 | one.days >> (_WEEK - 1)) & EVERY_DAY


def _unwanted_at(slot: _Slot) -> datetime | None:
    """Return when a schedule acts next that must not, as long as it stays as it is."""
    if slot.have is None:
        return None
    now, zone = slot.situation.now, slot.situation.zone
    ahead = Span(start=now, end=now + _WEEK * DAY)
    runs = [run for run in spans(slot.have, now, zone) if run.meets(ahead)]
    wanted = [] if slot.want is None else list(spans(slot.want.schedule, now, zone))
    if slot.want is not None and slot.want.is_sized:
        alone = (r.start for r in runs if not any(r.meets(one) for one in wanted))
        return min(alone, default=None)
    edges = [max(run.start, now) for run in runs]
    edges += [one.end for one in wanted if one.end > now]
    return min(
        (
            at
            for at in edges
            if any(run.covers(at) for run in runs)
            and not any(one.covers(at) for one in wanted)
        ),
        default=None,
    )


def _is_harmless(slot: _Slot) -> bool:
    """Say whether a schedule can do nothing before the car is awake anyway."""
    have, situation = slot.have, slot.situation
    if have is None or not is_here(have, situation):
        return True
    return is_charge(have) and is_plugged(situation.state) is False


# ---- what was removed a moment ago


def _is_freed(memory: Memory, situation: Situation) -> bool:
    """Say whether a car that waited lost its last schedule here, and was not told since.

    A car that charged before goes on for whoever had it charge.
    """
    said = situation.state.said(fields.CHARGE_SCHEDULES)
    if said is None or not said.value or situation.now - said.at > JUST:
        return False
    gone = [one for one in said.value if not one.is_there and is_of_rules(one.id)]
    left = [one for one in said.value if one.is_there and is_here(one, situation)]
    charging = situation.state.said(fields.CHARGING_STATE)
    has_waited = charging is not None and charging.at <= said.at
    # What is believed of a command is dated a moment after it, to outdo what was known.
    is_told = any(
        sent.command == commands.CHARGE_STOP.key and sent.at >= said.at - _MOMENT
        for sent in memory.sent
    )
    is_on = is_charging(State(situation.state.readings))
    return bool(gone) and not left and has_waited and not is_on and not is_told


def _there(schedule: CarSchedule | None) -> CarSchedule | None:
    """Return a schedule that a car has, and none that it was told to forget."""
    return schedule if schedule is not None and schedule.is_there else None


def _number(call: Call) -> int:
    """Return the number of the schedule that a call is about."""
    return int(call.params["id"])


def _is_ours(call: Call) -> bool:
    """Say whether a call is about a schedule of rules."""
    return call.command.keeps is not None and is_of_rules(_number(call))
