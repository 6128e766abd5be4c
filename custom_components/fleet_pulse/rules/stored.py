"""What the rules know of the schedules that a car keeps and runs by itself.

A schedule of ours is known from its number. All others are somebody else's: they are
seen and named, and never touched.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from ..model import vehicle_fields as fields
from ..model.car_schedule import CarSchedule, ScheduleKind
from ..model.schedule_id import is_of_rules, rule_ids
from ..model.state import State
from ..planner.window import DAY, Span, wall, wall_span
from .reason import ChargeWhy, Reason
from .situation import Situation

NEAR: Final = 0.005
"""Degrees, some 500 m: so far from its place a car runs a schedule."""
START_ONLY: Final = timedelta(hours=6)
"""Plugged in so long after a start, a car still charges at once."""
LEAD: Final = timedelta(minutes=30)
"""So long before it is to be comfortable a car begins at the earliest."""
LINGER: Final = timedelta(minutes=10)
TOLERANCE: Final = timedelta(minutes=30)
"""A window that is sized by what there is to charge moves so far without a command."""
_WEEK: Final = 7
_LISTS: Final = (fields.CHARGE_SCHEDULES, fields.PRECONDITION_SCHEDULES)
_OVER: Final = frozenset(
    {ChargeWhy.DISABLED, ChargeWhy.ENTITY_MISSING, ChargeWhy.EXPIRED}
)
"""With these nothing of a rule may be left in a car."""
_WAITING: Final = frozenset(
    {ChargeWhy.BUDGET, ChargeWhy.NOT_PERMITTED, ChargeWhy.WAITING}
)
"""With these a car does by itself what it keeps of a rule."""
_LATER: Final = frozenset({ChargeWhy.HOLD, ChargeWhy.SKIPPED})
"""With these nothing of a rule may begin before it says so."""
_OLDER: Final = frozenset({"depart_by", "start_at"})


def stored(state: State) -> Mapping[int, CarSchedule]:
    """Return what a car has of ours, as far as is known; also what was just removed."""
    return {one.id: one for one in _all(state) if is_of_rules(one.id)}


def of_rule(rule: str, state: State) -> tuple[CarSchedule, ...]:
    """Return what a car has of a rule."""
    ids = rule_ids(rule)
    return tuple(one for one in _all(state) if one.id in ids and one.is_there)


def keeps(rule: str, situation: Situation) -> bool:
    """Say whether a car does by itself, at this moment, what a rule is about."""
    return any(acts(one, situation) for one in of_rule(rule, situation.state))


def covering(situation: Situation) -> CarSchedule | None:
    """Return the charge schedule of ours by which a car may charge at this moment."""
    charge = (one for one in stored(situation.state).values() if is_charge(one))
    return next((one for one in charge if acts(one, situation)), None)


def foreign(situation: Situation) -> bool:
    """Say whether somebody else's schedule decides here when the car charges."""
    state = situation.state
    if state.get(fields.SCHEDULED_CHARGING_MODE) in _OLDER:
        return True
    others = (one for one in _all(state) if not is_of_rules(one.id))
    return any(
        is_charge(one) and one.enabled and is_here(one, situation) for one in others
    )


def acts(schedule: CarSchedule, situation: Situation) -> bool:
    """Say whether a schedule is under way where the car stands."""
    if not (schedule.is_there and schedule.enabled and is_here(schedule, situation)):
        return False
    runs = spans(schedule, situation.now, situation.zone)
    return any(span.covers(situation.now) for span in runs)


def next_start(schedule: CarSchedule, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when a schedule begins next; None: on no day."""
    starts = (span.start for span in spans(schedule, now, zone) if span.start > now)
    return min(starts, default=None)


def spans(schedule: CarSchedule, now: datetime, zone: tzinfo) -> Iterator[Span]:
    """Yield when a schedule runs, from what is under way to the same day next week."""
    today = now.astimezone(zone).date()
    for ahead in range(-2, _WEEK + 1):
        day = today + ahead * DAY
        if not schedule.days & day_bit(day.weekday()):
            continue
        start, end = schedule.start, schedule.end
        if start is not None and end is not None:
            yield wall_span(day, _time(start), _time(end), zone)
        elif start is not None:
            begin = wall(day, _time(start), zone)
            yield Span(start=begin, end=begin + START_ONLY)
        elif end is not None:
            ready = wall(day, _time(end), zone)
            yield Span(start=ready - LEAD, end=ready + LINGER)


def day_bit(weekday: int) -> int:
    """Return a car's bit for a weekday, of which Monday is 0: a car begins on Sunday."""
    return 1 << (weekday + 1) % _WEEK


def is_charge(schedule: CarSchedule) -> bool:
    """Say whether a schedule is about charging."""
    return schedule.kind is ScheduleKind.CHARGE


def is_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Say whether two places are the same to a car, which rounds them."""
    return all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))


def _all(state: State) -> Iterable[CarSchedule]:
    """Yield everything that is known of a car's schedules."""
    for field in _LISTS:
        yield from state.get(field) or ()


def is_here(schedule: CarSchedule, situation: Situation) -> bool:
    """Say whether a schedule counts where the car stands; True where nobody knows."""
    there = schedule.latitude, schedule.longitude
    if there == (0.0, 0.0):
        return True
    place = situation.state.get(fields.LOCATION)
    if place is not None:
        return is_near(there, (place.latitude, place.longitude))
    places = [situation.places.get(zone) for zone in situation.zones or ()]
    known = [place for place in places if place is not None]
    return situation.zones is None or any(is_near(there, place) for place in known)


def _time(minute: int) -> time:
    """Return the time of a minute of the day."""
    return time(minute // 60, minute % 60)


# ---- what is told


def lying(rules: Iterable[str], state: State) -> frozenset[str]:
    """Return the rules of which a car keeps a schedule."""
    return frozenset(rule for rule in rules if of_rule(rule, state))


def told(reason: Reason, rule: str, situation: Situation) -> Reason:
    """Return the reason of a rule with what the car keeps of it.

    What a car was told to forget counts as kept until it has said that it did.
    """
    if reason.why in _WAITING and of_rule(rule, situation.state):
        return replace(reason, why=ChargeWhy.STORED_IN_CAR)
    if reason.why in _OVER:
        is_left = not set(rule_ids(rule)).isdisjoint(stored(situation.state))
    elif reason.why in _LATER:
        until = reason.values.get("until") or reason.values.get("start")
        is_left = _acts_before(until, rule, situation)
    else:
        return reason
    return replace(reason, why=ChargeWhy.STILL_STORED) if is_left else reason


def _acts_before(until: datetime | None, rule: str, situation: Situation) -> bool:
    """Say whether the car does before a moment what a rule must not do until then."""
    now, zone = situation.now, situation.zone
    until = until or now + DAY
    return any(
        run.end > now and run.start + TOLERANCE < until
        for one in of_rule(rule, situation.state)
        if one.enabled
        for run in spans(one, now, zone)
    )
