"""The wake guard: tables of who may wake when, and laws no history can break."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.budget import BudgetLevel
from custom_components.fleet_pulse.fleet.journal_lines import replay, wake_line
from custom_components.fleet_pulse.fleet.wake import (
    DAY,
    FRESH,
    HOUR,
    Allow,
    Limits,
    Refuse,
    WakeAttempt,
    WakeOutcome,
    WakeRefusal,
    WakeRequest,
    decide,
    failures,
    may_post_again,
    must_look_first,
    tally,
)
from custom_components.fleet_pulse.fleet.wake_steps import (
    POST_EVERY,
    WakeAction,
    WakeStep,
    plan,
    slowed,
    timely,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LIMITS = Limits()


def request(**changes: Any) -> WakeRequest:
    """Return a person's request with a command that is due."""
    values = {"vin": "A", "scheduled": False, "has_due_command": True}
    return WakeRequest(**(values | changes))


def attempt(ago: timedelta, **changes: Any) -> WakeAttempt:
    """Return an attempt that woke the car, some time ago."""
    at = NOW - ago
    values = {
        "vin": "A",
        "at": at,
        "scheduled": False,
        "reason": "test",
        "outcome": WakeOutcome.AWAKE,
        "posts": 1,
        "ended_at": at + 30 * SECOND,
    }
    return WakeAttempt(**(values | changes))


def failed(ago: timedelta, **changes: Any) -> WakeAttempt:
    """Return an attempt that failed and ended some time ago."""
    values = {"outcome": WakeOutcome.FAILED, "ended_at": NOW - ago}
    return attempt(ago + 90 * SECOND, **(values | changes))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(request(), None, id="a person's command may wake"),
        pytest.param(request(scheduled=True), None, id="a rule's command may wake"),
        pytest.param(
            request(has_due_command=False),
            WakeRefusal.NO_COMMAND_DUE,
            id="nothing due, no wake",
        ),
        pytest.param(
            request(has_due_command=False, to_show=True),
            WakeRefusal.SHOWING_IS_NO_REASON,
            id="showing newer values is no reason",
        ),
        pytest.param(
            request(online=True), WakeRefusal.ALREADY_ONLINE, id="online already"
        ),
        pytest.param(request(online=False), None, id="known to sleep"),
        pytest.param(
            request(scheduled=True, needs_plug=True, plugged=False),
            WakeRefusal.UNPLUGGED,
            id="a rule does not wake an unplugged car to charge",
        ),
        pytest.param(
            request(scheduled=True, needs_plug=True, plugged=True),
            None,
            id="a rule wakes a plugged car to charge",
        ),
        pytest.param(
            request(scheduled=True, needs_plug=True, plugged=None),
            None,
            id="unknown is not unplugged",
        ),
        pytest.param(
            request(scheduled=True, needs_plug=False, plugged=False),
            None,
            id="preconditioning needs no plug",
        ),
        pytest.param(
            request(needs_plug=True, plugged=False),
            None,
            id="a person may ask an unplugged car",
        ),
        pytest.param(
            request(budget=BudgetLevel.ECONOMY, scheduled=True),
            None,
            id="economy wakes for rules",
        ),
        pytest.param(
            request(budget=BudgetLevel.SPENT, scheduled=True),
            WakeRefusal.BUDGET,
            id="spent: no rule",
        ),
        pytest.param(request(budget=BudgetLevel.SPENT), None, id="spent: a person may"),
        pytest.param(
            request(budget=BudgetLevel.STOPPED),
            WakeRefusal.BUDGET,
            id="stopped: not even a person",
        ),
        pytest.param(
            request(budget=BudgetLevel.STOPPED, always_allowed=True),
            None,
            id="stopped: locking is always allowed",
        ),
    ],
)
def test_need_and_budget(asked: WakeRequest, reason: WakeRefusal | None) -> None:
    """What a first request for a wake is told."""
    decision = decide((), asked, now=NOW, limits=LIMITS)

    assert getattr(decision, "reason", None) is reason


def test_a_new_month_resumes() -> None:
    """Where the budget refuses, the next month's start is the time to try again."""
    december = datetime(2026, 12, 31, 23, tzinfo=UTC)

    decision = decide(
        (), request(budget=BudgetLevel.STOPPED), now=december, limits=LIMITS
    )

    assert decision == Refuse(
        reason=WakeRefusal.BUDGET, retry_at=datetime(2027, 1, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("history", "asked", "expected"),
    [
        pytest.param(
            [attempt(30 * SECOND, outcome=None, ended_at=None)],
            request(),
            (WakeRefusal.IN_FLIGHT, 210 * SECOND),
            id="one in flight is shared",
        ),
        pytest.param(
            [attempt(30 * SECOND, outcome=None, ended_at=None, vin="B")],
            request(),
            None,
            id="another car's is not ours",
        ),
        pytest.param(
            [attempt(5 * MINUTE, outcome=None, ended_at=None)],
            request(scheduled=True),
            None,
            id="without an end for long, and a minute later: crashed and over",
        ),
        pytest.param(
            [attempt(4.5 * MINUTE, outcome=None, ended_at=None)],
            request(),
            (WakeRefusal.BACKING_OFF, 30 * SECOND),
            id="a crashed attempt counts as failed",
        ),
        pytest.param(
            [attempt(4.5 * MINUTE, outcome=WakeOutcome.LOST, ended_at=None)],
            request(),
            (WakeRefusal.BACKING_OFF, 30 * SECOND),
            id="a lost attempt counts as failed",
        ),
        pytest.param(
            [failed(20 * SECOND)],
            request(),
            (WakeRefusal.BACKING_OFF, 40 * SECOND),
            id="a person waits a minute",
        ),
        pytest.param([failed(MINUTE)], request(), None, id="and no longer"),
        pytest.param(
            [failed(10 * MINUTE), failed(0 * SECOND)],
            request(),
            (WakeRefusal.BACKING_OFF, 2 * MINUTE),
            id="a person waits twice as long after two",
        ),
        pytest.param(
            [failed(10 * MINUTE), failed(0 * SECOND)],
            request(scheduled=True),
            (WakeRefusal.BACKING_OFF, 5 * MINUTE),
            id="a rule waits five minutes after two",
        ),
        pytest.param(
            [failed(HOUR), failed(30 * MINUTE), failed(10 * MINUTE)],
            request(scheduled=True),
            (WakeRefusal.BACKING_OFF, 5 * MINUTE),
            id="a quarter of an hour after three",
        ),
        pytest.param(
            [failed(10 * HOUR), failed(8 * HOUR), failed(6 * HOUR), failed(HOUR)],
            request(scheduled=True),
            None,
            id="an hour after four",
        ),
        pytest.param(
            [failed(2 * MINUTE), failed(0 * SECOND)],
            request(last_sign_of_life=NOW - MINUTE),
            None,
            id="a failure is forgiven once the car has lived",
        ),
        pytest.param(
            [failed(3 * MINUTE), attempt(2 * MINUTE), failed(0 * SECOND)],
            request(scheduled=True),
            (WakeRefusal.BACKING_OFF, MINUTE),
            id="a success starts the count again",
        ),
        pytest.param(
            [failed(0 * SECOND, at=NOW + 400 * DAY, ended_at=None)],
            request(),
            None,
            id="an attempt noted under a wrong clock does not block for a year",
        ),
    ],
)
def test_history(
    history: Sequence[WakeAttempt],
    asked: WakeRequest,
    expected: tuple[WakeRefusal, timedelta] | None,
) -> None:
    """What earlier attempts mean for the next one."""
    decision = decide(history, asked, now=NOW, limits=LIMITS)

    assert decision == (
        Allow(max_posts=2)
        if expected is None
        else Refuse(reason=expected[0], retry_at=NOW + expected[1])
    )


def every(gap: timedelta, count: int, **changes: Any) -> list[WakeAttempt]:
    """Return so many attempts that woke the car, the newest one gap ago."""
    return [attempt(gap * n, **changes) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("history", "asked", "expected"),
    [
        pytest.param(every(5 * MINUTE, 5), request(), None, id="five in an hour"),
        pytest.param(
            every(5 * MINUTE, 6),
            request(),
            (WakeRefusal.HOURLY_LIMIT, 30 * MINUTE),
            id="six in an hour: until the first is an hour old",
        ),
        pytest.param(every(HOUR, 19), request(), None, id="nineteen in a day"),
        pytest.param(
            every(HOUR, 20),
            request(),
            (WakeRefusal.DAILY_LIMIT, 4 * HOUR),
            id="twenty in a day",
        ),
        pytest.param(
            every(HOUR, 4, scheduled=True),
            request(scheduled=True),
            (WakeRefusal.SCHEDULED_LIMIT, 20 * HOUR),
            id="four scheduled ones in a day",
        ),
        pytest.param(
            every(HOUR, 4, scheduled=True),
            request(),
            None,
            id="a person is not held to the rules' limit",
        ),
        pytest.param(
            every(HOUR, 4), request(scheduled=True), None, id="nor rules to people's"
        ),
        pytest.param(
            every(9 * MINUTE, 20),
            request(scheduled=True),
            (WakeRefusal.DAILY_LIMIT, 21 * HOUR),
            id="of two limits the longer wait is told",
        ),
        pytest.param(every(DAY, 30), request(), None, id="one each day for ever"),
    ],
)
def test_limits(
    history: Sequence[WakeAttempt],
    asked: WakeRequest,
    expected: tuple[WakeRefusal, timedelta] | None,
) -> None:
    """The limits hold in any hour and any 24 hours, not by the calendar."""
    decision = decide(history, asked, now=NOW, limits=LIMITS)

    assert decision == (
        Allow(max_posts=2)
        if expected is None
        else Refuse(reason=expected[0], retry_at=NOW + expected[1])
    )


@pytest.mark.parametrize(
    ("limits", "scheduled", "refused"),
    [
        pytest.param(Limits(daily_scheduled=0), True, True, id="none for rules"),
        pytest.param(Limits(daily_scheduled=0), False, False, id="but for people"),
        pytest.param(Limits(daily=0), False, True, id="none at all"),
        pytest.param(Limits(daily=0), True, True, id="none at all, nor for rules"),
    ],
)
def test_a_limit_of_nothing_allows_nothing(
    limits: Limits, scheduled: bool, refused: bool
) -> None:
    """An owner may forbid wakes altogether; then no time is named to try again."""
    decision = decide((), request(scheduled=scheduled), now=NOW, limits=limits)

    never = Refuse(reason=WakeRefusal.NEVER_ALLOWED)
    assert decision == (never if refused else Allow(max_posts=2))


@pytest.mark.parametrize(
    ("count", "scheduled", "minutes"),
    [
        pytest.param(0, True, 0, id="nothing failed"),
        pytest.param(1, True, 1, id="rule: a minute"),
        pytest.param(2, True, 5, id="rule: five"),
        pytest.param(3, True, 15, id="rule: a quarter"),
        pytest.param(4, True, 60, id="rule: an hour"),
        pytest.param(5, True, 120, id="rule: then doubling"),
        pytest.param(10**6, True, 24 * 60, id="rule: a day at most"),
        pytest.param(1, False, 1, id="person: a minute"),
        pytest.param(3, False, 4, id="person: doubling"),
        pytest.param(10**6, False, 60, id="person: an hour at most"),
    ],
)
def test_waits(count: int, scheduled: bool, minutes: int) -> None:
    """How long one waits after failures in a row."""
    assert LIMITS.wait(count, scheduled=scheduled) == minutes * MINUTE


def test_a_demo_waits_shorter_but_counts_the_same() -> None:
    """Waits are divided, by six at most; how many wakes are allowed is not."""
    limits = LIMITS.scaled(60)

    assert limits.wait(2, scheduled=True) == 50 * SECOND
    assert limits.in_flight == 40 * SECOND
    assert (limits.daily, limits.hourly, limits.max_posts) == (20, 6, 2)
    assert LIMITS.scaled(1) == LIMITS


@pytest.mark.parametrize(
    ("last_word", "must"),
    [
        pytest.param(None, True, id="no word yet"),
        pytest.param(NOW - 16 * SECOND, True, id="too old"),
        pytest.param(NOW - 15 * SECOND, False, id="fresh"),
    ],
)
def test_looking_first_is_free(last_word: datetime | None, must: bool) -> None:
    """A wake is considered on a fresh word only."""
    assert must_look_first(last_word, NOW) is must


def offsets(steps: Iterable[WakeStep], action: WakeAction) -> list[float]:
    """Return when an action is taken, in seconds."""
    return [step.after.total_seconds() for step in steps if step.action is action]


def test_the_plan_of_an_attempt() -> None:
    """One post, quick looks, slower ones, a second post after more than a minute."""
    steps = plan(max_posts=2)

    assert offsets(steps, WakeAction.POST) == [0, 66]
    assert offsets(steps, WakeAction.LOOK) == [*range(2, 31, 2), *range(34, 99, 4)]


@pytest.mark.parametrize(
    ("max_posts", "time_scale", "posts", "end"),
    [
        pytest.param(1, 1, [0], 90, id="one post is given as long"),
        pytest.param(3, 1, [0, 66, 132], 162, id="three posts"),
        pytest.param(0, 1, [0], 90, id="an attempt posts at least once"),
        pytest.param(99, 1, [0, 66, 132], 162, id="and three times at most"),
        pytest.param(2, 3, [0, 22], pytest.approx(98 / 3), id="three times as fast"),
        pytest.param(
            2, 60, [0, 11], pytest.approx(98 / 6), id="six times as fast at most"
        ),
    ],
)
def test_plans(
    max_posts: int, time_scale: float, posts: list[float], end: float
) -> None:
    """A plan starts with a post, ends with a look, and ends before it is lost."""
    steps = plan(max_posts=max_posts, time_scale=time_scale)

    assert offsets(steps, WakeAction.POST) == posts
    assert steps[0].action is WakeAction.POST
    assert steps[-1].action is WakeAction.LOOK
    assert steps[-1].after.total_seconds() == end
    assert steps[-1].after < LIMITS.scaled(time_scale).in_flight


def test_asked_to_wait_everything_moves() -> None:
    """Tesla's 429 moves what is left by the same time."""
    left = plan(max_posts=2)[3:]

    moved = slowed(left, elapsed=5 * SECOND, wait=11 * SECOND, limits=LIMITS)

    assert offsets(moved, WakeAction.LOOK)[:3] == [16, 18, 20]
    assert offsets(moved, WakeAction.POST) == [76]
    assert len(moved) == len(left)


@pytest.mark.parametrize(
    ("steps", "wait"),
    [
        pytest.param((), MINUTE, id="nothing left"),
        pytest.param(plan(max_posts=2), HOUR, id="longer than an attempt may last"),
    ],
)
def test_asked_to_wait_too_long_it_is_over(
    steps: Sequence[WakeStep], wait: timedelta
) -> None:
    """An attempt never outlives the time it counts as in flight."""
    assert slowed(steps, elapsed=SECOND, wait=wait, limits=LIMITS) == ()


@pytest.mark.parametrize("answers_after", [0, 5, 30])
@pytest.mark.parametrize("max_posts", [1, 2, 3])
def test_an_attempt_ends_in_time_however_late_answers_come(
    max_posts: int, answers_after: int
) -> None:
    """Looks that are overtaken by the next one are left out, posts and the last never.

    Else a Tesla that hangs would make a minute and a half a quarter of an hour.
    """
    elapsed, done = timedelta(), list[WakeStep]()
    left = plan(max_posts=max_posts)
    while left:
        step, *left = timely(left, elapsed=elapsed)
        done.append(step)
        elapsed = max(elapsed, step.after) + answers_after * SECOND

    kept, known = offsets(done, WakeAction.POST), plan(max_posts=max_posts)
    assert kept == offsets(known, WakeAction.POST)
    assert done[-1] == known[-1]
    assert elapsed <= LIMITS.in_flight
    assert (done == list(known)) is (answers_after == 0)
    assert all(
        before.action is WakeAction.LOOK
        for before, step in pairwise(done)
        if step.action is WakeAction.POST
    )


def test_nothing_is_posted_without_a_look_after_it() -> None:
    """A post that could not be followed up in time is left out."""
    steps = slowed(
        plan(max_posts=2), elapsed=timedelta(), wait=179 * SECOND, limits=LIMITS
    )

    assert offsets(steps, WakeAction.POST) == [179]
    assert steps[-1] == WakeStep(action=WakeAction.LOOK, after=237 * SECOND)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 100)), max_size=6),
)
def test_posts_stay_apart_whatever_tesla_says(
    max_posts: int, delays: list[tuple[int, int]]
) -> None:
    """However often Tesla asks to wait, no post comes early and none is the last."""
    steps = plan(max_posts=max_posts)
    posts = [0.0]

    def delay(left: Sequence[WakeStep], one: tuple[int, int]) -> Sequence[WakeStep]:
        """Take some steps, then be asked to wait."""
        done, wait = left[: one[0]], one[1] * SECOND
        posts.extend(offsets(done, WakeAction.POST))
        elapsed = done[-1].after if done else timedelta()
        return slowed(left[one[0] :], elapsed=elapsed, wait=wait, limits=LIMITS)

    left = reduce(delay, delays, steps[1:])
    posts.extend(offsets(left, WakeAction.POST))

    assert len(posts) <= max_posts
    assert all(b - a >= POST_EVERY.total_seconds() for a, b in pairwise(posts))
    assert not left or left[-1].action is WakeAction.LOOK
    assert not left or left[-1].after < LIMITS.in_flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Somebody wants a wake, and what would become of it."""

    after: timedelta
    scheduled: bool
    is_due: bool
    """There is a command that the car must be awake for."""
    lives: bool
    """The car gave a sign of life just before."""
    outcome: WakeOutcome | None
    """None crashes."""
    takes: timedelta


EVENTS = st.lists(
    st.builds(
        Event,
        after=st.sampled_from([0, 1, 30, 61, 120, 300, 1200, 4000, 30000]).map(
            lambda seconds: seconds * SECOND
        ),
        scheduled=st.booleans(),
        is_due=st.integers(0, 4).map(lambda n: n != 0),
        lives=st.integers(0, 3).map(lambda n: n == 0),
        outcome=st.none() | st.sampled_from([WakeOutcome.AWAKE, WakeOutcome.FAILED]),
        takes=st.integers(0, 90).map(lambda seconds: seconds * SECOND),
    ),
    min_size=1,
    max_size=60,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Attempts so far with how they will end, and the verdicts."""

    now: datetime = NOW
    limits: Limits = LIMITS
    attempts: tuple[WakeAttempt, ...] = ()
    bolder_after_restart: bool = False

    def known(self) -> list[WakeAttempt]:
        """Return the attempts as they are known now: some are still going on."""
        return [
            one
            if one.ended_at is not None and one.ended_at <= self.now
            else replace(one, outcome=None, ended_at=None)
            for one in self.attempts
        ]


def happen(world: World, event: Event) -> World:
    """Return the world after one more request for a wake."""
    now = world.now + event.after
    world = replace(world, now=now)
    asked = request(
        scheduled=event.scheduled,
        has_due_command=event.is_due,
        last_sign_of_life=now if event.lives else None,
    )
    known = world.known()
    restarted = replay(wake_line(one) for one in known).wakes
    verdict = decide(known, asked, now=now, limits=world.limits)
    again = decide(restarted, asked, now=now, limits=world.limits)
    bolder = isinstance(again, Allow) and isinstance(verdict, Refuse)
    # While it runs, the program shares its own attempt; a dead one has none to share.
    shared = isinstance(verdict, Refuse) and verdict.reason is WakeRefusal.IN_FLIGHT
    world = replace(
        world,
        bolder_after_restart=world.bolder_after_restart or (bolder and not shared),
    )
    if isinstance(verdict, Refuse):
        return world
    begun = WakeAttempt(
        vin="A",
        at=now,
        scheduled=event.scheduled,
        reason="due" if event.is_due else "idle",
        outcome=event.outcome,
        ended_at=None if event.outcome is None else now + event.takes,
    )
    return replace(world, attempts=(*world.attempts, begun))


def most_within(attempts: Iterable[WakeAttempt], window: timedelta) -> int:
    """Return the largest number of attempts in any window of a length."""
    starts = [one.at for one in attempts]
    return max(
        (sum(0 * SECOND <= b - a < window for b in starts) for a in starts), default=0
    )


CHOSEN = st.builds(Limits, daily=st.integers(0, 50), daily_scheduled=st.integers(0, 20))
"""What an owner may choose."""


@settings(max_examples=120, deadline=None)
@given(EVENTS, st.just(LIMITS) | CHOSEN)
def test_no_history_breaks_the_guard(events: list[Event], limits: Limits) -> None:
    """Never over a limit, never idly, never two at once, and no more after restarts."""
    world = reduce(happen, events, World(limits=limits))
    scheduled = [one for one in world.attempts if one.scheduled]

    assert most_within(world.attempts, HOUR) <= limits.hourly
    assert most_within(world.attempts, DAY) <= limits.daily
    assert most_within(scheduled, DAY) <= limits.daily_scheduled
    assert {one.reason for one in world.attempts} <= {"due"}
    assert not world.bolder_after_restart
    assert all(
        (one.ended_at or one.at + LIMITS.in_flight) <= following.at
        for one, following in pairwise(world.attempts)
    )


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.booleans())
def test_retry_at_is_no_lie(events: list[Event], scheduled: bool) -> None:
    """Whoever waits as long as told is not refused for the same reason again."""
    world = reduce(happen, events, World())
    asked = request(scheduled=scheduled)
    refused = decide(world.known(), asked, now=world.now, limits=LIMITS)
    retry_at = getattr(refused, "retry_at", world.now)

    later = decide(
        replace(world, now=retry_at).known(), asked, now=retry_at, limits=LIMITS
    )

    assert retry_at >= world.now
    assert isinstance(later, Allow) or later.reason is not getattr(
        refused, "reason", None
    )


@settings(max_examples=60, deadline=None)
@given(EVENTS, CHOSEN, st.booleans())
def test_what_is_left_is_no_lie(
    events: list[Event], limits: Limits, scheduled: bool
) -> None:
    """With none left nobody is allowed, and no limit of a day refuses with one left."""
    world = reduce(happen, events, World(limits=limits))
    asked = request(scheduled=scheduled)
    found = tally(world.known(), "A", now=world.now, limits=limits)
    left = found.scheduled_left if scheduled else found.left

    verdict = decide(world.known(), asked, now=world.now, limits=limits)

    by_the_day = {
        WakeRefusal.NEVER_ALLOWED,
        WakeRefusal.DAILY_LIMIT,
        WakeRefusal.SCHEDULED_LIMIT,
    }
    reason = getattr(verdict, "reason", None)
    assert left >= 0
    assert left == 0 or reason not in by_the_day
    assert left > 0 or isinstance(verdict, Refuse)


WAITING = st.lists(
    st.builds(
        request,
        scheduled=st.booleans(),
        has_due_command=st.booleans(),
        needs_plug=st.booleans(),
        plugged=st.none() | st.booleans(),
        budget=st.sampled_from(BudgetLevel),
        always_allowed=st.booleans(),
    ),
    max_size=4,
)


@settings(max_examples=120, deadline=None)
@given(WAITING, st.integers(1, 3), st.integers(1, 3), st.none() | st.integers(0, 30))
def test_a_car_is_called_again_only_for_who_might_begin(
    waiting: list[WakeRequest], posts: int, most: int, heard_ago: int | None
) -> None:
    """Somebody must wait whom the guard would allow it, of a car just seen asleep."""
    limits = Limits(max_posts=most)
    heard_at = None if heard_ago is None else NOW - heard_ago * SECOND
    verdicts = [decide((), one, now=NOW, limits=limits) for one in waiting]

    may = may_post_again(
        attempt(MINUTE, posts=posts, outcome=None, ended_at=None),
        waiting,
        heard_at=heard_at,
        now=NOW,
        limits=limits,
    )

    is_seen = heard_ago is not None and heard_ago <= FRESH.total_seconds()
    is_wanted = any(isinstance(verdict, Allow) for verdict in verdicts)
    assert may == (posts < most and is_seen and is_wanted)


def test_failures_are_counted_since_life() -> None:
    """Only what failed after the last sign of life counts, crashes included."""
    history = (failed(HOUR), attempt(30 * MINUTE), failed(5 * MINUTE))

    assert failures(history, last_sign_of_life=None) == history[2:]
    assert failures(history, last_sign_of_life=NOW) == ()
    assert failures(history[:1], last_sign_of_life=NOW - DAY) == history[:1]
