"""Rules as schedules that a car runs by itself: asleep, and without Home Assistant.

    weekdays 23:00-06:00 ─▶ one schedule with five days
    ready by 07:30       ─▶ 07:30 less what it takes, until an hour after it
    a date, a one-off    ─▶ a schedule for once

A car's schedule repeats every week and knows no holiday. So of each weekday only the
next one counts: if it does not take place, because it is a holiday, skipped or held, the
schedule goes without that day, for as long as it is the next one.

What a car cannot decide, prices and the sun, is left to commands; so are rules that
say both a window and a time to be ready by, since they may need a part of it only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from ..model.car_schedule import CarSchedule, ScheduleKind
from ..model.record import record
from ..model.schedule_id import rule_ids
from ..planner.learned import Learned
from ..planner.window import DAY, Span, wall, wall_span
from .asking import one_off
from .charge_rule import ChargeRule, WallWindow
from .departures import Leaving
from .guards import is_charging, is_plugged
from .hold import held
from .memory import Memory, OneOff, Skip
from .occurrence import is_day
from .situation import Situation
from .stored import (
    TOLERANCE,
    covering,
    day_bit,
    foreign,
    keeps,
    of_rule,
    spans as runs,
    stored,
)
from .timing import GRACE, Case as TimedCase, case_of, plan_of

__all__ = [
    "Compiled",
    "compiled",
    "covering",
    "foreign",
    "is_native",
    "keeps",
    "stored",
]

HELD: Final = timedelta(days=1)
"""So far ahead a hold without an end is thought to last."""
SOON: Final = timedelta(minutes=3)
"""So long it takes until a car has heard when to begin."""
_USUAL: Final = timedelta(hours=4)
"""How long a charge takes of which nobody knows anything."""
_LONGEST: Final = timedelta(hours=22)
"""With the hour after its end, a window has less than a day."""
_MOMENT: Final = timedelta(minutes=1)
_WEEK: Final = 7
_PARTS: Final = 12
"""Windows and places of one rule that fit into its numbers."""
_DATES: Final = 8


@record
class Compiled:
    """A schedule that a car should have."""

    rule: str
    """Id of the rule, departure or one-off."""
    schedule: CarSchedule
    is_sized: bool = False
    """Its start follows from what there is to charge, and is not worth a command as
    long as it moves but a little."""


@record
class _Night:
    """A run of a schedule on one of the coming days."""

    day: date
    """The day that it belongs to, by which it is skipped."""
    span: Span
    takes_place: bool


@record
class _Shape:
    """Runs that all begin and end at the same time of day."""

    nights: tuple[_Night, ...]
    start: time
    end: time
    shift: timedelta = timedelta()
    """From the day that a run belongs to, to the day on which it begins."""


@record
class _Case:
    """Everything that schedules follow from, besides the rule."""

    memory: Memory
    situation: Situation
    learned: Learned
    held_until: datetime | None

    def is_off(self, rule: str, day: date, start: datetime) -> bool:
        """Say whether the owner left out what a rule would do on a day."""
        is_held = self.held_until is not None and start < self.held_until
        return is_held or Skip(rule=rule, day=day) in self.memory.skipped


def compiled(
    rules: Sequence[ChargeRule],
    leavings: Iterable[Leaving],
    memory: Memory,
    situation: Situation,
    learned: Learned,
) -> tuple[Compiled, ...]:
    """Return the schedules that a car should have of rules, departures and one-offs.

    `leavings` are the departures of the coming seven days.
    """
    if not situation.takes_schedules:
        return ()
    hold = held(rules, memory, situation)
    until = memory.held_until if hold is None else hold.until or situation.now + HELD
    case = _Case(memory=memory, situation=situation, learned=learned, held_until=until)
    found = [one for rule in rules for one in _of_rule(rule, case)]
    found += [one for once in memory.one_offs for one in _of_one_off(once, case)]
    return (*found, *_of_departures(leavings, case))


def is_native(rule: ChargeRule) -> bool:
    """Say whether a car can do by itself what a rule wants."""
    is_timed = bool(rule.windows) != (rule.ready_by is not None)
    is_small = len(rule.zones) * max(len(rule.windows), 1) <= _PARTS
    is_steered = rule.price is not None or rule.solar is not None
    return is_timed and is_small and bool(rule.zones) and not is_steered


def _of_rule(rule: ChargeRule, case: _Case) -> Iterator[Compiled]:
    """Yield the schedules of a charge rule."""
    is_off = rule.dry_run or rule.id in case.memory.disabled
    if is_off or not is_native(rule) or rule.entities & case.situation.missing:
        return
    shapes = _windows(rule, case) if rule.windows else [_nights(rule, case)]
    for at, zone in enumerate(rule.zones):
        place = case.situation.places.get(zone)
        for part, shape in enumerate(shapes):
            if place is not None:
                number = at * len(shapes) + part
                yield from _written(rule, shape, number, place)


def _written(
    rule: ChargeRule, shape: _Shape, part: int, place: tuple[float, float]
) -> Iterator[Compiled]:
    """Yield the schedules of one window of a rule at one place."""
    ahead = [night for night in shape.nights if night.takes_place]
    ids, is_sized = rule_ids(rule.id), rule.ready_by is not None
    for once in ahead if rule.dates else ():
        number = ids[_PARTS * (once.day.toordinal() % _DATES) + part]
        schedule = _schedule(number, replace(shape, nights=(once,)), place)
        yield Compiled(
            rule=rule.id, schedule=replace(schedule, one_time=True), is_sized=is_sized
        )
    if ahead and not rule.dates:
        schedule = _schedule(ids[part], replace(shape, nights=tuple(ahead)), place)
        yield Compiled(rule=rule.id, schedule=schedule, is_sized=is_sized)


def _schedule(number: int, shape: _Shape, place: tuple[float, float]) -> CarSchedule:
    """Return the schedule of runs that all begin and end at the same time of day."""
    days = 0
    for night in shape.nights:
        days |= day_bit((night.day + shape.shift).weekday())
    return CarSchedule(
        kind=ScheduleKind.CHARGE,
        id=number,
        days=days,
        latitude=place[0],
        longitude=place[1],
        start=_minute(shape.start),
        end=_minute(shape.end),
    )


def _shape(nights: Sequence[_Night], zone: tzinfo) -> _Shape:
    """Return runs as the clock on the wall shows the first that takes place."""
    first = next((night for night in nights if night.takes_place), None)
    if first is None:
        return _Shape(nights=(), start=time(), end=time())
    start, end = first.span.start.astimezone(zone), first.span.end.astimezone(zone)
    return _Shape(
        nights=tuple(nights),
        start=start.time(),
        end=end.time(),
        shift=start.date() - first.day,
    )


# ---- the coming days


def _windows(rule: ChargeRule, case: _Case) -> list[_Shape]:
    """Return the coming runs of each window of a rule.

    They are written as the rule says them: where clocks change, a car sees for itself.
    """
    return [
        _Shape(
            nights=tuple(_coming(rule, case, _spans(window, case.situation))),
            start=window.start,
            end=window.end,
        )
        for window in rule.windows
    ]


def _spans(window: WallWindow, situation: Situation) -> Mapping[date, Span]:
    """Return when a window is, on each of the coming days."""
    zone = situation.zone
    return {
        day: wall_span(day, window.start, window.end, zone) for day in _days(situation)
    }


def _nights(rule: ChargeRule, case: _Case) -> _Shape:
    """Return the coming runs before a time to be ready by."""
    ready_by, zone = rule.ready_by or time(), case.situation.zone
    spans = {}
    takes = _takes(rule, case)
    for day in _days(case.situation):
        deadline = wall(day, ready_by, zone)
        spans[day] = Span(start=deadline - takes, end=deadline + GRACE)
    # What was left out before the time to be ready is not begun after it; what was not
    # is over soon, and not worth a command.
    goes_on, now = _is_under_way(rule, case.situation), case.situation.now
    nights = [
        night if goes_on or now < night.span.end - GRACE else _left_out(night)
        for night in _coming(rule, case, spans)
    ]
    return _shape(nights, zone)


def _is_under_way(rule: ChargeRule, situation: Situation) -> bool:
    """Say whether it is the time of what a car keeps of a rule, wherever it stands."""
    return any(
        run.covers(situation.now)
        for one in of_rule(rule.id, situation.state)
        for run in runs(one, situation.now, situation.zone)
    )


def _left_out(night: _Night) -> _Night:
    """Return a run that does not take place."""
    return replace(night, takes_place=False)


def _coming(rule: ChargeRule, case: _Case, spans: Mapping[date, Span]) -> list[_Night]:
    """Return the next run on each weekday, whether it takes place or not."""
    found: dict[int, _Night] = {}
    known = case.situation.workdays.get(rule.workday_entity or "", {})
    for day, span in spans.items():
        if span.end <= case.situation.now or day.weekday() in found:
            continue
        is_on = is_day(rule, day, known) and span.length > timedelta()
        found[day.weekday()] = _Night(
            day=day,
            span=span,
            takes_place=is_on and not case.is_off(rule.id, day, span.start),
        )
    return list(found.values())


def _days(situation: Situation) -> list[date]:
    """Return the days whose runs may be under way or come within a week."""
    today = situation.now.astimezone(situation.zone).date()
    return [today + ahead * DAY for ahead in range(-1, _WEEK + 1)]


# ---- how long before a time to be ready by


def _takes(rule: ChargeRule, case: _Case) -> timedelta:
    """Return how long before it is to be ready a car begins."""
    known, timed = _kept(rule, case), _timed(rule, case)
    if timed is None or timed.time is None or not timed.time:
        return known or _USUAL
    deadline, now = timed.occurrence.deadline, case.situation.now
    start = plan_of(timed).start
    if deadline is None or (known is not None and _stays(rule, timed, case)):
        return known or _USUAL
    takes = max(deadline - start if start else timed.time, timed.time)
    # What should have begun begins in a moment: a car does not look back.
    is_late = deadline - takes <= now < deadline - SOON
    return min(deadline - now - SOON if is_late else takes, _LONGEST)


def _timed(rule: ChargeRule, case: _Case) -> TimedCase | None:
    """Return the next night of a rule, and what it takes."""
    return case_of(rule, case.memory, case.situation, case.learned)


def _stays(rule: ChargeRule, timed: TimedCase, case: _Case) -> bool:
    """Say whether what a car keeps stays as it is, whatever there is to charge.

    A car that is not plugged in at its place is yet to come, with whatever level it has
    then. What has begun is not moved, unless it was too early and the car waits again;
    nor is what is not the next to begin.
    """
    situation, occurrence = case.situation, timed.occurrence
    if not _is_settled(rule, case):
        return True
    if keeps(rule.id, situation) and not _is_early(timed):
        return True
    is_far = occurrence.span.end - situation.now > DAY
    is_off = case.is_off(rule.id, occurrence.day, occurrence.span.start)
    return is_far or is_off or is_charging(situation.state)


def _is_early(timed: TimedCase) -> bool:
    """Say whether it is too early to begin by far: less is to be charged than before."""
    start = plan_of(timed).start
    return start is not None and start - timed.situation.now > TOLERANCE


def _is_settled(rule: ChargeRule, case: _Case) -> bool:
    """Say whether a car is plugged in at a place of a rule."""
    zones = case.situation.zones or frozenset()
    return not zones.isdisjoint(rule.zones) and is_plugged(case.situation.state) is True


def _kept(rule: ChargeRule, case: _Case) -> timedelta | None:
    """Return how long before it is to be ready a car begins, as it knows it now."""
    known = stored(case.situation.state).get(rule_ids(rule.id)[0])
    if rule.ready_by is None or known is None or known.start is None:
        return None
    ready = rule.ready_by.hour * 60 + rule.ready_by.minute
    return timedelta(minutes=(ready - known.start) % (24 * 60))


# ---- one-offs and departures


def _of_one_off(one: OneOff, case: _Case) -> Iterator[Compiled]:
    """Yield the schedule of what was asked for once, if it has a time."""
    situation = case.situation
    place = _where(situation)
    if place is None or (one.start is None and one.ready_by is None):
        return
    meant = one_off(one, case.memory, situation, case.learned).plan
    start = max(filter(None, (meant.start, one.start)), default=None)
    end = one.ready_by + GRACE if one.ready_by else meant.end
    if start is None or end is None or not situation.now < end:
        return
    span = Span(start=max(start, end - _LONGEST - GRACE), end=end)
    day = span.start.astimezone(situation.zone).date()
    is_soon = span.start - situation.now < timedelta(days=_WEEK - 1)
    if is_soon and not case.is_off(one.id, day, span.start):
        night = _Night(day=day, span=span, takes_place=True)
        shape = _shape([night], situation.zone)
        schedule = _schedule(rule_ids(one.id)[0], shape, place)
        yield Compiled(
            rule=one.id,
            schedule=replace(schedule, one_time=True),
            is_sized=one.start is None,
        )


def _where(situation: Situation) -> tuple[float, float] | None:
    """Return the place for which something is asked once: where the car is, or home."""
    zones = sorted(situation.zones or ("zone.home",))
    return next((p for zone in zones if (p := situation.places.get(zone))), None)


def _of_departures(leavings: Iterable[Leaving], case: _Case) -> Iterator[Compiled]:
    """Yield the schedules of departures that a car can prepare for by itself."""
    by_rule: dict[str, list[Leaving]] = {}
    for leaving in leavings:
        is_off = leaving.is_skipped or leaving.is_one_off
        # Of one that was due just now, the next is known in a moment.
        is_next = -_MOMENT <= leaving.at - case.situation.now <= _WEEK * DAY
        if leaving.departure.is_fixed and is_next and not is_off:
            by_rule.setdefault(leaving.rule, []).append(leaving)
    for rule, found in by_rule.items():
        yield from _of_departure(rule, found, case)


def _of_departure(
    rule: str, leavings: Sequence[Leaving], case: _Case
) -> Iterator[Compiled]:
    """Yield the schedules of a departure, one for each of its places."""
    zone, departure = case.situation.zone, leavings[0].departure
    ready = min(one.at for one in leavings).astimezone(zone).time()
    days = 0
    for leaving in leavings:
        days |= day_bit(leaving.at.astimezone(zone).weekday())
    for number, name in zip(rule_ids(rule), departure.zones, strict=False):
        if (place := case.situation.places.get(name)) is not None:
            schedule = CarSchedule(
                kind=ScheduleKind.PRECONDITION,
                id=number,
                days=days,
                latitude=place[0],
                longitude=place[1],
                end=_minute(ready),
            )
            yield Compiled(rule=rule, schedule=schedule)


def _minute(at: time) -> int:
    """Return the minute of the day of a time."""
    return at.hour * 60 + at.minute
