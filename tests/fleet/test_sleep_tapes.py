"""The poll policy on tapes: cars that drive, charge, guard and sleep, with faults."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    Asleep,
    FleetError,
    RateLimited,
    TeslaUnavailable,
)
from custom_components.fleet_pulse.fleet.sleep import Needs, Waits

from .cars import NOW
from .tapes import (
    KEEPERS,
    LIMIT,
    MINUTE,
    Fault,
    Moment,
    Segment,
    TapeCar,
    Watcher,
    no_fault,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WAITS = Waits()
# A night, to work, at work, home, charging in the evening.
COMMUTE = [
    Segment(doing="parked", lasts=7 * HOUR),
    Segment(doing="driving", lasts=35 * MINUTE),
    Segment(doing="parked", lasts=9 * HOUR),
    Segment(doing="driving", lasts=40 * MINUTE),
    Segment(doing="charging", lasts=4 * HOUR),
]
LASTS = st.sampled_from([3, 12, 25, 60, 200]).map(lambda minutes: minutes * MINUTE)
TAPES = st.lists(
    st.builds(
        Segment,
        doing=st.sampled_from(["driving", "charging", "parked", "sentry"]),
        lasts=LASTS,
    ),
    max_size=6,
)
# Guarding and charging have longer pauses of their own.
DRIVES = st.lists(
    st.builds(Segment, doing=st.sampled_from(["driving", "parked"]), lasts=LASTS),
    max_size=6,
)
FAULTS = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.sampled_from([2, 10, 45]),
        st.sampled_from(
            [
                TeslaUnavailable(),
                AnswerLost(),
                RateLimited(),
                RateLimited(retry_after=300),
            ]
        ),
    ),
    max_size=4,
)
SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def watch(
    tape: Sequence[Segment],
    lasts: timedelta,
    *,
    is_strict: bool = False,
    fault: Fault = no_fault,
) -> Watcher:
    """Watch a car live through a tape."""
    watcher = Watcher(car=TapeCar(tape=tape, is_strict=is_strict), fault=fault)
    watcher.watch(lasts)
    return watcher


def troubles(faults: Sequence[tuple[int, int, FleetError]]) -> Fault:
    """Return faults that each begin at a minute and last some minutes."""

    def fault(now: datetime, what: str) -> FleetError | None:
        minute = (now - TapeCar(tape=(), is_strict=False).now) / MINUTE
        return next(
            (error for start, n, error in faults if start <= minute < start + n), None
        )

    return fault


def minutes_awake(moments: Sequence[Moment]) -> float:
    """Return how long the car was awake."""
    spans = (after.at - one.at for one, after in pairwise(moments) if one.is_awake)
    return sum(spans, timedelta()) / MINUTE


@pytest.mark.parametrize("is_strict", [False, True], ids=["lenient", "strict"])
def test_a_commuter_is_looked_at_a_few_times_a_day(is_strict: bool) -> None:
    """A day of home, work and charging costs cents a month."""
    watcher = watch(COMMUTE, DAY, is_strict=is_strict)

    assert len(watcher.looks) < 35
    assert not watcher.in_vain


def test_a_car_that_nobody_uses_is_left_asleep() -> None:
    """Self-wakes pass unlooked at but for one look when the last is old."""
    watcher = watch([], 2 * DAY)

    assert len([at for at in watcher.looks if at > watcher.looks[0] + HOUR]) <= 4


def test_looks_do_not_keep_an_older_car_awake() -> None:
    """Where looks postpone sleep it is awake not much longer than unwatched."""
    watched = watch(COMMUTE, DAY, is_strict=True)
    unwatched = watch(COMMUTE, DAY, is_strict=False)

    assert minutes_awake(watched.moments) < 1.3 * minutes_awake(unwatched.moments)


def minutes_awake_at_a_new_place(waits: Waits) -> float:
    """Return how long an older car is awake, a day where it never slept before."""
    watcher = Watcher(
        car=TapeCar(tape=COMMUTE, is_strict=True),
        has_snapshots=True,
        needs=Needs(sleeps_here=False),
        waits=waits,
    )
    watcher.watch(DAY)
    return minutes_awake(watcher.moments)


def test_a_new_place_is_looked_at_so_often_and_no_more() -> None:
    """Without a bound, looks at places where a car was never seen to sleep keep it up."""
    bounded = minutes_awake_at_a_new_place(WAITS)
    unbounded = minutes_awake_at_a_new_place(replace(WAITS, parked_looks=1000))

    assert unbounded > 2 * bounded, (unbounded, bounded)


@SLOWLY
@given(DRIVES, st.booleans())
def test_what_a_car_does_is_seen_soon(tape: list[Segment], is_strict: bool) -> None:
    """Whatever an unguarded car begins is shown within 20 minutes."""
    watcher = watch(tape, 10 * HOUR, is_strict=is_strict)

    late = [
        one
        for one in watcher.moments
        if one.is_awake
        and one.doing == "driving"
        and one.shown_doing != "driving"
        and one.at - one.since > 20 * MINUTE
    ]
    assert not late


@SLOWLY
@given(TAPES, st.sampled_from([0.05, 0.2, 0.5]))
def test_the_level_of_a_charging_car_is_close(
    tape: list[Segment], points_a_minute: float
) -> None:
    """While it is known to charge the level shown is five points off at most."""
    car = TapeCar(tape=tape, is_strict=False, points_a_minute=points_a_minute)
    watcher = Watcher(car=car)
    watcher.watch(10 * HOUR)

    errors = [
        one.level - one.shown_level
        for one in watcher.moments
        if one.doing == one.shown_doing == "charging"
        and one.shown_level is not None
        and one.level < LIMIT
        and one.at - one.since > 20 * MINUTE
    ]
    assert max(errors, default=0) <= 5 + points_a_minute


@SLOWLY
@given(TAPES, FAULTS, st.booleans())
def test_no_tape_and_no_fault_breaks_the_rules(
    tape: list[Segment], faults: list[tuple[int, int, FleetError]], is_strict: bool
) -> None:
    """No look at a sleeper, none early, none too close; lists keep their pace."""
    watcher = watch(tape, 12 * HOUR, is_strict=is_strict, fault=troubles(faults))

    assert not watcher.in_vain
    assert not watcher.early
    assert all(b - a >= WAITS.least_apart for a, b in pairwise(watcher.looks))
    assert all(b - a >= WAITS.list_fresh for a, b in pairwise(watcher.listed))
    assert len(watcher.looks) < 100
    assert len(watcher.listed) < 12 * 60 + 2 * len(watcher.looks) + 10


@SLOWLY
@given(TAPES, FAULTS, st.booleans())
def test_a_parked_car_falls_asleep(
    tape: list[Segment], faults: list[tuple[int, int, FleetError]], is_strict: bool
) -> None:
    """However it was watched, an hour and a half after its last use it sleeps."""
    used = sum((one.lasts for one in tape), timedelta())
    watcher = watch(
        tape, used + 90 * MINUTE, is_strict=is_strict, fault=troubles(faults)
    )
    parked = [
        one for one in watcher.moments if one.since - watcher.moments[0].at >= used
    ]

    assert not all(one.is_awake for one in parked)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TeslaUnavailable(), id="Tesla has trouble"),
        pytest.param(AnswerLost(), id="no answer"),
        pytest.param(RateLimited(), id="too many requests"),
        pytest.param(RateLimited(retry_after=600), id="wait ten minutes"),
    ],
)
def test_after_trouble_the_car_is_seen_again(error: FleetError) -> None:
    """An hour of faults costs few requests, and soon after it all is as before."""
    fault = troubles([(60, 60, error)])
    drive = [Segment(doing="driving", lasts=5 * HOUR)]

    watcher = watch(drive, 3 * HOUR, fault=fault)
    start = watcher.moments[0].at
    during = [at for at in watcher.looks if HOUR <= at - start < 2 * HOUR]
    after = [at for at in watcher.looks if at - start >= 2 * HOUR]

    assert len(during) <= 8
    assert after[0] - start < 2 * HOUR + 16 * MINUTE


# ---- whatever a car does, whatever goes wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that goes wrong for a while, by minutes of a tape."""

    start: int
    lasts: int
    error: FleetError | None
    """None is a clock that is hours ahead for the time."""
    where: tuple[str, ...] = ("list", "look")

    @property
    def over(self) -> float:
        """Return when it is over, our own wait after it included.

        That is as long as Tesla asked for, or the longest back-off; a car that
        answered that it sleeps settles anew.
        """
        asked = getattr(self.error, "retry_after", None) or 0
        return self.start + self.lasts + max(16.0, asked / 60 + 6)


LOST: Final = [
    (TeslaUnavailable(), ("list", "look")),
    (AnswerLost(), ("list", "look")),
    (AnswerLost(), ("list",)),
    (RateLimited(), ("look",)),
    (RateLimited(retry_after=600), ("list", "look")),
    (Asleep(), ("look",)),
    (None, ()),
]
TROUBLES: Final = st.lists(
    st.builds(
        lambda start, lasts, what: Trouble(
            start=start, lasts=lasts, error=what[0], where=what[1]
        ),
        st.integers(0, 900),
        st.sampled_from([1, 10, 45]),
        st.sampled_from(LOST),
    ),
    max_size=3,
)
LIVES: Final = st.lists(
    st.builds(
        Segment,
        doing=st.sampled_from(
            ["driving", "charging", "attended", "parked", "sentry", "dog", "camp"]
        ),
        lasts=st.sampled_from([4, 12, 16, 19, 25, 60, 200]).map(lambda n: n * MINUTE),
    ),
    min_size=1,
    max_size=8,
)


def live(
    tape: list[Segment], wrong: list[Trouble], *, is_strict: bool, has_snapshots: bool
) -> Watcher:
    """Watch a car live through a tape and two hours more, in spite of troubles."""

    def current(at: datetime) -> list[Trouble]:
        minute = (at - NOW) / MINUTE
        return [one for one in wrong if one.start <= minute < one.start + one.lasts]

    def fault(at: datetime, what: str) -> FleetError | None:
        return next((one.error for one in current(at) if what in one.where), None)

    def ahead(at: datetime) -> timedelta:
        return 3 * HOUR if any(one.error is None for one in current(at)) else 0 * HOUR

    watcher = Watcher(
        car=TapeCar(tape=tape, is_strict=is_strict),
        fault=fault,
        ahead=ahead,
        has_snapshots=has_snapshots,
        learns=True,
    )
    watcher.watch(sum((one.lasts for one in tape), 2 * HOUR))
    return watcher


def changes(tape: list[Segment]) -> list[tuple[float, int]]:
    """Return when long drives and charges begin or end, and within which minutes.

    While something keeps the car awake nothing free tells of it, so it may take longer.
    """
    found, minute = [], 0.0
    whole = [Segment(doing="parked", lasts=0 * MINUTE), *tape]
    for before, after in pairwise([*whole, Segment(doing="parked", lasts=DAY)]):
        minute += before.lasts / MINUTE
        is_long = any(
            one.doing in ("driving", "charging") and one.lasts > 15 * MINUTE
            for one in (before, after)
        )
        kept = before.doing in KEEPERS or after.doing in KEEPERS
        if is_long and before.doing != after.doing:
            found.append((minute, 35 if kept else 20))
    return found


def unseen(watcher: Watcher, tape: list[Segment], wrong: list[Trouble]) -> list[float]:
    """Return the changes after which nothing newer was shown in time.

    A fault puts the time off until it and our wait after it are over. Where the car
    fell asleep before that, it cannot be asked any more.
    """
    heard = [(at - NOW) / MINUTE for at, is_shown in watcher.heard if is_shown]
    slept = [(m.at - NOW) / MINUTE for m in watcher.moments if not m.is_awake]
    found = []
    for minute, within in changes(tape):
        start = minute
        for one in sorted(wrong, key=lambda one: one.start):
            if one.start <= start + within and start < one.over:
                start = one.over
        until = start + within + 1 / 60
        is_lost = start > minute and any(minute <= at <= until for at in slept)
        if not is_lost and not any(minute <= at <= until for at in heard):
            found.append(minute)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LIVES, TROUBLES, st.booleans(), st.booleans())
def test_whatever_it_does_is_shown_in_time(
    tape: list[Segment],
    wrong: list[Trouble],
    is_strict: bool,
    has_snapshots: bool,
) -> None:
    """Within 20 minutes position, odometer and plug are right; 35 while kept awake.

    A fault counts for as long as it lasts and our wait after it, no longer. And no
    look meets a sleeper, comes before a wait is over, or without a fresh list.
    """
    watcher = live(tape, wrong, is_strict=is_strict, has_snapshots=has_snapshots)

    assert unseen(watcher, tape, wrong) == []
    assert not watcher.in_vain
    assert not watcher.early
    assert all(b - a >= WAITS.least_apart for a, b in pairwise(watcher.looks))
    assert all(
        any(timedelta() <= look - at <= WAITS.list_fresh for at in watcher.listed)
        for look in watcher.looks
    )


@SLOWLY
@given(LIVES, st.booleans())
def test_looks_cost_little_sleep(tape: list[Segment], has_snapshots: bool) -> None:
    """An older car is awake longer by half an hour a use, and a quarter a self-wake."""
    watched = live(tape, [], is_strict=True, has_snapshots=has_snapshots)
    unwatched = live(tape, [], is_strict=False, has_snapshots=has_snapshots)

    longer = minutes_awake(watched.moments) - minutes_awake(unwatched.moments)
    hours = sum((one.lasts for one in tape), 2 * HOUR) / HOUR
    assert longer <= 35 * (len(tape) + 1) + 16 * hours
