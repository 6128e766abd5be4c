"""What is remembered of the preconditioning of a car, over restarts.

begin ──▶ run ──ready──▶ run, ready ──over: driving, stopped, time is up──▶ (none)
a refusal ──▶ tried, again at most so often ──▶ over for this departure
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Self

from ..model import records
from ..model.record import record
from .departure import Extras
from .departures import Leaving
from .memory import Past
from .reason import DepartureWhy
from .view import Matter

SAME: Final = timedelta(hours=1)
"""A departure that moves by less is still the same."""
IN_A_ROW: Final = 2
"""So many departures that the car did not prepare are no accident any more."""
_KEPT: Final = timedelta(days=2)
_TROUBLE_KEPT: Final = timedelta(days=15)
"""A departure may take place once a week."""
_PAST_KEPT: Final = timedelta(days=60)
_LONGEST_PAST: Final = 200


@record
class Run:
    """Preconditioning that we began, and so may end."""

    rule: str
    at: datetime
    """The departure it is for."""
    day: date
    since: datetime
    name: str = ""
    until: datetime | None = None
    """Asked for explicitly."""
    is_begun: bool = False
    """The car took it; until then it may still have to wake."""
    is_ready: bool = False
    is_own: bool = False
    """The car began it by its own schedule, and will end it by itself."""
    stops: int = 0
    """How often it was tried to end it."""
    stop_at: datetime | None = None
    """When to try that again."""


@record
class Dealt:
    """A departure, and what came of it."""

    rule: str
    at: datetime
    why: DepartureWhy

    def concerns(self, rule: str, at: datetime) -> bool:
        """Say whether it is about a departure, which may have moved a little."""
        return self.rule == rule and abs(self.at - at) < SAME


@record
class Tried:
    """A start that did not work, and may be tried again."""

    rule: str
    at: datetime
    why: DepartureWhy
    tries: int
    retry_at: datetime


@record
class Trouble:
    """Departures of a rule that the car did not prepare, one after the other."""

    rule: str
    times: int
    at: datetime
    """When the last one was given up."""


@record
class Once:
    """A departure asked for once."""

    id: str
    at: datetime
    name: str = ""
    begin: datetime | None = None
    until: datetime | None = None
    temperature: float | None = None
    extras: Extras = Extras()


@record
class ClimateMemory:
    """What departures remember of one car."""

    run: Run | None = None
    runs: tuple[datetime, ...] = ()
    """When preconditioning began lately."""
    over: tuple[Dealt, ...] = ()
    """Departures for which nothing more is done."""
    told: tuple[Dealt, ...] = ()
    """Departures of which it was told that they are left out."""
    tuned: tuple[Dealt, ...] = ()
    """Departures of the car's own for which it was told how warm to make it."""
    tried: Tried | None = None
    troubles: tuple[Trouble, ...] = ()
    once: tuple[Once, ...] = ()
    past: tuple[Past, ...] = ()

    # ---- what comes about

    def begun(self, leaving: Leaving, now: datetime, *, own: bool = False) -> Self:
        """Return it with preconditioning under way."""
        run = Run(
            rule=leaving.rule,
            at=leaving.at,
            day=leaving.day,
            since=now,
            name=leaving.departure.name,
            until=leaving.until,
            is_begun=own,
            is_own=own,
        )
        return replace(self, run=run, runs=(*self.runs, now))

    def taken(self, now: datetime) -> Self:
        """Return it with what runs taken by the car."""
        run = self.run and replace(self.run, is_begun=True, since=now)
        return replace(self, run=run, tried=None)

    def untaken(self) -> Self:
        """Return it without what was to run, and never did."""
        return replace(self, run=None, runs=self.runs[:-1])

    def ended(self, why: DepartureWhy, now: datetime) -> Self:
        """Return it with preconditioning over."""
        run = self.run
        if run is None:
            return self
        past = Past(
            rule=run.rule,
            matter=Matter.PRECONDITIONING,
            name=run.name,
            day=run.day,
            start=run.since,
            end=now,
        )
        kept = replace(self, run=None, past=(*self.past, past)[-_LONGEST_PAST:])
        if why is not DepartureWhy.TROUBLE:
            kept = kept.worked(run.rule)
        return kept.dealt(run.rule, run.at, why)

    def dealt(self, rule: str, at: datetime, why: DepartureWhy) -> Self:
        """Return it with a departure done with."""
        over = (*self.over, Dealt(rule=rule, at=at, why=why))
        is_tried = self.tried is not None and self.tried.rule == rule
        return replace(self, over=over, tried=None if is_tried else self.tried)

    def troubled(self, rule: str, now: datetime) -> Self:
        """Return it with one more departure that the car did not prepare."""
        times = 1 + self.times_troubled(rule)
        trouble = Trouble(rule=rule, times=times, at=now)
        return replace(self, troubles=(*self.worked(rule).troubles, trouble))

    def worked(self, rule: str) -> Self:
        """Return it with a rule whose departure the car prepared."""
        return replace(
            self, troubles=tuple(one for one in self.troubles if one.rule != rule)
        )

    def said(self, leaving: Leaving, why: DepartureWhy) -> Self:
        """Return it with the owner told that a departure is left out."""
        told = Dealt(rule=leaving.rule, at=leaving.at, why=why)
        return replace(self, told=(*self.told, told))

    def set_for(self, leaving: Leaving) -> Self:
        """Return it with a car told how warm to make itself for a departure."""
        why = DepartureWhy.STORED_IN_CAR
        told = Dealt(rule=leaving.rule, at=leaving.at, why=why)
        return replace(self, tuned=(*self.tuned, told))

    def with_once(self, once: Once) -> Self:
        """Return it with one more departure that is asked for once."""
        return replace(self, once=(*self.once, once))

    def without_once(self, id: str) -> Self:
        """Return it without a departure that was asked for once."""
        return replace(self, once=tuple(one for one in self.once if one.id != id))

    def pruned(self, now: datetime) -> Self:
        """Return it without what no decision needs any more; itself if that is all."""
        kept = replace(
            self,
            runs=tuple(at for at in self.runs if now - at < _KEPT),
            over=tuple(one for one in self.over if now - one.at < _KEPT),
            told=tuple(one for one in self.told if now - one.at < _KEPT),
            tuned=tuple(one for one in self.tuned if now - one.at < _KEPT),
            once=tuple(one for one in self.once if now - one.at < _KEPT),
            past=tuple(one for one in self.past if now - one.start < _PAST_KEPT),
            troubles=tuple(
                one for one in self.troubles if now - one.at < _TROUBLE_KEPT
            ),
            tried=self.tried if self.tried and now < self.tried.at + SAME else None,
        )
        return self if kept == self else kept

    # ---- what is known

    def over_for(self, leaving: Leaving) -> DepartureWhy | None:
        """Return how a departure ended for which nothing more is done."""
        return _why(self.over, leaving)

    def cancelled(self, rule: str, now: datetime) -> Dealt | None:
        """Return a departure of a rule that was called off on the way to it."""
        return next(
            (
                one
                for one in reversed(self.over)
                if one.rule == rule
                and one.why is DepartureWhy.CANCELLED
                and now < one.at
            ),
            None,
        )

    def times_troubled(self, rule: str) -> int:
        """Return how many departures in a row the car did not prepare."""
        return next((one.times for one in self.troubles if one.rule == rule), 0)

    def was_told(self, leaving: Leaving) -> bool:
        """Say whether the owner was told that a departure is left out."""
        return _why(self.told, leaving) is not None

    # ---- on disk

    def dump(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        dumped: dict[str, Any] = records.dump(self)
        return dumped

    @classmethod
    def load(cls, raw: object) -> Self:
        """Return what was dumped; what cannot be read is forgotten."""
        try:
            return records.load(cls, raw)
        except records.InvalidRecord:
            return cls()


def _why(dealt: tuple[Dealt, ...], leaving: Leaving) -> DepartureWhy | None:
    """Return what is said last of a departure."""
    return next(
        (
            one.why
            for one in reversed(dealt)
            if one.concerns(leaving.rule, leaving.at)
            # What was called off and stands again is to be done after all.
            and one.why is not DepartureWhy.CANCELLED
        ),
        None,
    )
