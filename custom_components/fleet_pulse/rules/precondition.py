"""Which departure a car is preconditioned for now, and why not for the others.

    waiting ──lead time──▶ guards ──all pass──▶ start ──▶ preconditioning ──▶ ready
                              │ one holds          │ refused
                              ▼                    ▼
                           its reason, looked     tried again, or its reason
                           at until the departure

What was begun is followed, and ended, by `climate_run`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from ..model.record import record
from .climate_guards import Now, obstacle, runs_today
from .climate_memory import ClimateMemory
from .climate_run import ends_at
from .departure import Departure
from .departures import Leaving
from .lead import COMFORTABLE, UNKNOWN, Forecast, lead, temperature_at
from .memory import Memory
from .reason import DepartureWhy, Reason
from .situation import Situation

__all__ = ["Around", "Climate", "Outlook", "lead", "outlook", "precondition"]

MOST_RUNS: Final = 2
"""On one day."""
TOLD_BEFORE: Final = timedelta(minutes=20)
"""So long before a departure that needs nothing it is said that it needs nothing."""
SHOWN_AHEAD: Final = timedelta(days=1)
"""So long before it takes place not, a skipped departure is shown."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@record
class Around:
    """What is known of what is round a car besides its situation."""

    forecasts: Mapping[str, Sequence[Forecast]] = _NOTHING
    """By weather entity."""
    at_home: Mapping[str, bool] = _NOTHING
    """Whether who is named is at home; who is not in here, nobody knows of."""
    stored: frozenset[str] = frozenset()
    """The departures that lie in the car as schedules of its own."""
    rules: frozenset[str] = frozenset()
    """The charge rules that have a time to be ready by."""


@record
class Outlook:
    """A departure, and when to begin for it."""

    leaving: Leaving
    lead: timedelta
    temperature: float | None = None

    @property
    def start(self) -> datetime:
        """Return when to begin."""
        return self.leaving.at - self.lead

    @property
    def is_comfortable(self) -> bool:
        """Say whether nothing need be done for it."""
        return self.lead == COMFORTABLE

    @property
    def decided_from(self) -> datetime:
        """Return from when on it is decided about."""
        return self.leaving.at - (self.lead or TOLD_BEFORE)


@record
class Climate:
    """What is to be done for the departures of a car."""

    reasons: Mapping[str, Reason] = _NOTHING
    """By rule."""
    ahead: Mapping[str, Outlook] = _NOTHING
    """The next departure of each rule that takes place."""
    start: Outlook | None = None
    """To begin now."""
    skipped: tuple[tuple[Outlook, Reason], ...] = ()
    """What is left out although its time has come, and nobody was told."""
    next_change: datetime | None = None
    """When to decide anew although nothing else happens."""

    def is_open(self, now: datetime) -> bool:
        """Say whether the time of a departure has come."""
        return any(one.decided_from <= now for one in self.ahead.values())


@record
class _Case:
    """Everything that one rule is decided from."""

    rule: Departure
    coming: tuple[Outlook, ...]
    memory: Memory
    climate: ClimateMemory
    situation: Situation
    around: Around

    @property
    def next(self) -> Outlook | None:
        """Return the next departure that takes place."""
        return next((one for one in self.coming if not one.leaving.is_skipped), None)


def outlook(leaving: Leaving, situation: Situation, around: Around) -> Outlook:
    """Return when to begin for a departure, by the weather that it names."""
    if leaving.begin is not None:
        return Outlook(leaving=leaving, lead=leaving.at - leaving.begin)
    weather = leaving.departure.weather
    if weather is None:
        return Outlook(leaving=leaving, lead=UNKNOWN)
    found = temperature_at(around.forecasts.get(weather, ()), leaving.at)
    temperature = situation.outside_temp if found is None else found
    return Outlook(leaving=leaving, lead=lead(temperature), temperature=temperature)


def precondition(
    rules: Iterable[Departure],
    leavings: Iterable[Leaving],
    memory: Memory,
    climate: ClimateMemory,
    *,
    situation: Situation,
    around: Around,
) -> Climate:
    """Decide about all departures of a car; the earliest of several is begun for."""
    now = situation.now
    coming = [outlook(one, situation, around) for one in leavings if one.at > now]
    cases = [
        _Case(
            rule=rule,
            coming=tuple(one for one in coming if one.leaving.rule == rule.id),
            memory=memory,
            climate=climate,
            situation=situation,
            around=around,
        )
        for rule in rules
    ]
    found = {case.rule.id: (case, _reason(case)) for case in cases}
    ahead = {key: case.next for key, (case, _) in found.items() if case.next}
    due = [ahead[key] for key, (_, reason) in found.items() if reason is None]
    return Climate(
        reasons={
            key: reason or _waiting(ahead[key]) for key, (_, reason) in found.items()
        },
        ahead=ahead,
        start=min(due, key=lambda one: one.leaving.at, default=None),
        skipped=tuple(
            (case.next, reason)
            for case, reason in found.values()
            if case.next and reason and _is_news(case, case.next, reason)
        ),
        next_change=_next_change(coming, climate, now),
    )


def _reason(case: _Case) -> Reason | None:
    """Return why a rule does what it does; None: it is to begin now."""
    found = (check(case) for check in _CHECKS)
    of_rule = next((reason for reason in found if reason is not None), None)
    if of_rule is not None or case.next is None:
        return of_rule or Reason(why=DepartureWhy.IDLE)
    return _of_next(case, case.next)


def _switched_off(case: _Case) -> Reason | None:
    """Return that the owner does not want it, which the car may not know yet."""
    if case.rule.id not in case.memory.disabled:
        return None
    return Reason(why=_or_stored(case, DepartureWhy.DISABLED))


def _under_way(case: _Case) -> Reason | None:
    """Return that it is what the car does."""
    run = case.climate.run
    if run is None or run.rule != case.rule.id:
        return None
    why = DepartureWhy.READY if run.is_ready else DepartureWhy.PRECONDITIONING
    if not run.is_begun:
        why = DepartureWhy.WAITING
    return Reason(why=why, values={"deadline": run.at, "start": run.since})


def _incomplete(case: _Case) -> Reason | None:
    """Return what the rule names and is not there."""
    missing = set(case.rule.entities & case.situation.missing)
    followed = case.rule.rule
    if followed is not None and followed not in case.around.rules:
        missing.add(followed)
    if not missing:
        return None
    return Reason(why=DepartureWhy.ENTITY_MISSING, values={"entity": min(missing)})


def _called_off(case: _Case) -> Reason | None:
    """Return that nobody leaves, although it was planned."""
    now, first = case.situation.now, next(iter(case.coming), None)
    is_near = first is not None and first.leaving.at - now < SHOWN_AHEAD
    if first is not None and is_near:
        values = {"deadline": first.leaving.at}
        why = _or_stored(case, DepartureWhy.SKIPPED)
        return Reason(why=why, values=values) if first.leaving.is_skipped else None
    gone = case.climate.cancelled(case.rule.id, now)
    if gone is None:
        return None
    return Reason(why=DepartureWhy.CANCELLED, values={"deadline": gone.at})


_CHECKS: Final = (_switched_off, _under_way, _incomplete, _called_off)
"""What holds of a rule whatever its next departure is, the first that does."""


def _or_stored(case: _Case, why: DepartureWhy) -> DepartureWhy:
    """Return a reason, or that the car still means to do it."""
    is_stored = case.rule.id in case.around.stored
    return DepartureWhy.STILL_STORED if is_stored else why


def _of_next(case: _Case, one: Outlook) -> Reason | None:
    """Return what holds of its next departure; None: it is to begin now."""
    values = {"deadline": one.leaving.at}
    over = case.climate.over_for(one.leaving)
    if over is not None:
        return Reason(why=over, values=values)
    if case.rule.id in case.around.stored:
        return Reason(why=DepartureWhy.STORED_IN_CAR, values=values)
    if case.situation.now < one.decided_from:
        return _waiting(one)
    left_out = _left_out(case, one)
    if left_out is None:
        return None
    return Reason(why=left_out.why, values={**values, **left_out.values})


def _left_out(case: _Case, one: Outlook) -> Reason | None:
    """Return why a departure is left out whose time has come."""
    if one.is_comfortable:
        values = {"temperature": one.temperature}
        return Reason(why=DepartureWhy.COMFORTABLE, values=values)
    if case.climate.run is not None:
        return Reason(why=DepartureWhy.ALREADY_ON)
    blocked = obstacle(case.rule, Now(situation=case.situation))
    if blocked is not None:
        return blocked
    if _nobody_home(case):
        return Reason(why=DepartureWhy.NOBODY_HOME)
    is_often = runs_today(case.climate.runs, case.situation) >= MOST_RUNS
    if is_often and not one.leaving.is_one_off:
        return Reason(why=DepartureWhy.TOO_OFTEN)
    return _refused(case)


def _refused(case: _Case) -> Reason | None:
    """Return why it did not work a moment ago."""
    tried, now = case.climate.tried, case.situation.now
    if tried is None or tried.rule != case.rule.id or tried.retry_at <= now:
        return None
    return Reason(why=tried.why, values={"until": tried.retry_at})


def _nobody_home(case: _Case) -> bool:
    """Say whether all who are named are away for certain."""
    named, at_home = case.rule.presence, case.around.at_home
    return bool(named) and not any(at_home.get(one, True) for one in named)


def _waiting(one: Outlook) -> Reason:
    """Return that a departure is waited for, and from when on it is prepared."""
    values = {"deadline": one.leaving.at, "start": one.start}
    return Reason(why=DepartureWhy.WAITING, values=values)


def _is_news(case: _Case, one: Outlook, reason: Reason) -> bool:
    """Say whether it is to be told that a departure is left out."""
    is_time = case.situation.now >= one.decided_from and not one.leaving.is_skipped
    return (
        is_time
        and reason.why in _LEFT_OUT
        and case.climate.over_for(one.leaving) is None
        and not case.climate.was_told(one.leaving)
        # Warm for one departure is warm for the next.
        and case.climate.run is None
    )


def _next_change(
    coming: Sequence[Outlook], climate: ClimateMemory, now: datetime
) -> datetime | None:
    """Return when something is to be decided, whatever happens until then."""
    moments = [one.decided_from for one in coming]
    moments += [one.leaving.at for one in coming]
    moments += [climate.tried.retry_at] if climate.tried else []
    moments += ends_at(climate.run) if climate.run else []
    return min((moment for moment in moments if moment > now), default=None)


_LEFT_OUT: Final = frozenset(DepartureWhy) - {
    DepartureWhy.CANCELLED,
    DepartureWhy.DISABLED,
    DepartureWhy.IDLE,
    DepartureWhy.PRECONDITIONING,
    DepartureWhy.READY,
    DepartureWhy.SKIPPED,
    DepartureWhy.STILL_STORED,
    DepartureWhy.STORED_IN_CAR,
    DepartureWhy.WAITING,
}
"""Reasons for which a departure is left out although nobody said so."""
