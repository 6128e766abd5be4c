"""What may wait for a car, and what becomes of it while it waits."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import starmap
import json
from typing import Any, Final

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.deferred import (
    GRACE,
    LONGEST,
    NOW,
    TRIES,
    WHEN_AWAKE,
    Deferred,
    Urgency,
    Waiting,
    Why,
    by,
    is_deferrable,
    passing,
    recalled,
)
from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    Asleep,
    BudgetSpent,
    CommandRefused,
    FleetError,
    KeyNotPaired,
    NotDeferrable,
    RateLimited,
    ScopeMissing,
    VehicleFault,
    WakeRefused,
)
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import Call, Kind, Risk
from tests.model.command_calls import call_of

CALLS: Final = tuple(call_of(row) for row in commands.COMMANDS.values())
MOMENT: Final = datetime(2026, 10, 5, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()
NO_CLIMATE: Final = commands.AUTO_CONDITIONING_STOP.call()
START: Final = commands.CHARGE_START.call()
STOP: Final = commands.CHARGE_STOP.call()


def limit(percent: int) -> Call:
    """Give the call that sets a charge limit."""
    return commands.SET_CHARGE_LIMIT.call(percent=percent)


def seat(position: int, level: int = 1) -> Call:
    """Give the call that heats a seat."""
    return commands.REMOTE_SEAT_HEATER_REQUEST.call(seat_position=position, level=level)


def added(
    queue: Deferred, call: Call, urgency: Urgency = WHEN_AWAKE, minute: float = 0
) -> Deferred:
    """Have a rule defer a call."""
    return queue.add(
        call,
        urgency,
        MOMENT + minute * MINUTE,
        id=f"{call}{minute}",
        reason="a rule",
        scheduled=True,
    )


def queued(*calls: Call, urgency: Urgency = WHEN_AWAKE) -> Deferred:
    """Have calls wait."""
    queue = Deferred()
    for call in calls:
        queue = added(queue, call, urgency)
    return queue


def names(queue: Deferred | Sequence[Waiting]) -> list[str]:
    """Give what waits, in order."""
    found = queue.waiting if isinstance(queue, Deferred) else queue
    return [repr(one.call) for one in found]


# ---- what may wait at all


@pytest.mark.parametrize("call", [pytest.param(c, id=repr(c)) for c in CALLS])
def test_only_harmless_settings_without_secrets_may_wait(call: Call) -> None:
    """Every row of the table: what opens, drives, erases or pulses is now or never."""
    is_harmless = call.command.kind is Kind.SET and call.risk is Risk.NONE
    assert is_deferrable(call) is (is_harmless and not call.is_secret)


@pytest.mark.parametrize(
    "call", [pytest.param(c, id=repr(c)) for c in CALLS if not is_deferrable(c)]
)
def test_nothing_else_gets_in(call: Call) -> None:
    """Neither when it is asked for, nor from a file that somebody wrote into."""
    with pytest.raises(NotDeferrable):
        added(Deferred(), call)
    forged = queued(CLIMATE).dump()[0] | {
        "command": call.command.key,
        "params": dict(call.params),
    }
    assert Deferred.load([forged]) == Deferred()


def test_what_is_urgent_does_not_wait() -> None:
    """NOW is now."""
    with pytest.raises(NotDeferrable):
        added(Deferred(), CLIMATE, NOW)


@pytest.mark.parametrize(
    "call", [pytest.param(c, id=repr(c)) for c in CALLS if is_deferrable(c)]
)
def test_what_waits_survives_the_disk(call: Call) -> None:
    """Every row that may wait comes back as it was, through JSON."""
    queue = added(Deferred(), call, by(MOMENT + MINUTE))
    back = Deferred.load(json.loads(json.dumps(queue.dump())))
    [before], [after] = queue.waiting, back.waiting
    assert replace(after, call=before.call) == before
    assert after.call.command is call.command
    assert after.call.params == call.params


# ---- what takes whose place


@pytest.mark.parametrize(
    ("waiting", "newer", "left"),
    [
        pytest.param([limit(60)], limit(80), [limit(80)], id="the newer value"),
        pytest.param([START], STOP, [STOP], id="the opposite"),
        pytest.param(
            [seat(0), seat(1)], seat(0, 3), [seat(1), seat(0, 3)], id="the same seat"
        ),
        pytest.param([limit(60)], CLIMATE, [limit(60), CLIMATE], id="something else"),
        pytest.param([START, CLIMATE], STOP, [CLIMATE, STOP], id="and the rest stays"),
    ],
)
def test_what_a_newer_command_leaves(
    waiting: list[Call], newer: Call, left: list[Call]
) -> None:
    """One thing is set once, to its last value, in the order asked for."""
    queue = queued(*waiting)
    assert names(added(queue, newer)) == [repr(call) for call in left]
    assert names(queue.overtaken(newer)) == [
        repr(call) for call in left if repr(call) != repr(newer)
    ]


def test_what_is_not_concerned_is_the_same_object() -> None:
    """Nothing is written where nothing changed."""
    queue = queued(limit(60))
    assert queue.overtaken(CLIMATE) is queue
    assert queue.unsent({"another"}) is queue


# ---- when


@pytest.mark.parametrize(
    ("urgency", "minute", "online", "due"),
    [
        pytest.param(WHEN_AWAKE, 1, True, True, id="online: at once"),
        pytest.param(WHEN_AWAKE, 7 * 24 * 60 - 1, False, False, id="nobody is woken"),
        pytest.param(by(MOMENT + 60 * MINUTE), 59, False, False, id="not yet"),
        pytest.param(by(MOMENT + 60 * MINUTE), 60, False, True, id="the deadline"),
        pytest.param(by(MOMENT + 60 * MINUTE), 5, True, True, id="online before it"),
        pytest.param(by(MOMENT + 60 * MINUTE), 75, True, False, id="too late"),
        pytest.param(WHEN_AWAKE, 7 * 24 * 60, True, False, id="a week later"),
    ],
)
def test_when_it_is_due(
    urgency: Urgency, minute: float, online: bool, due: bool
) -> None:
    """Whenever the car is online; asleep only from the deadline on; then never."""
    queue = added(Deferred(), CLIMATE, urgency)
    assert bool(queue.due(MOMENT + minute * MINUTE, online=online)) is due


def test_what_is_over_is_told_apart() -> None:
    """Its time, or its tries, are spent."""
    queue = added(queued(CLIMATE), limit(60), by(MOMENT))
    [late] = queue.over(MOMENT + GRACE)
    assert late.call.command is commands.SET_CHARGE_LIMIT
    tired = replace(queue.waiting[0], tries=TRIES)
    assert queue.after(queue.waiting[0], tired).over(MOMENT) == (tired,)
    assert len(queue.over(MOMENT + LONGEST)) == 2


@pytest.mark.parametrize(
    ("error", "minutes", "tries"),
    [
        pytest.param(AnswerLost(), 2, 1, id="trouble: a little later"),
        pytest.param(RateLimited(retry_after=600), 10, 1, id="as long as Tesla says"),
        pytest.param(Asleep(), 10 / 60, 1, id="asleep: as soon as it is online"),
        pytest.param(BudgetSpent(), 5, 0, id="nothing was asked: no try is lost"),
        pytest.param(
            WakeRefused("backing_off", retry_at=MOMENT + 7 * MINUTE),
            7,
            0,
            id="as the guard says",
        ),
    ],
)
def test_when_it_is_tried_again(error: FleetError, minutes: float, tries: int) -> None:
    """Trouble that passes is waited for; every try that was billed counts."""
    why = passing(error)
    assert why is not None
    [one] = queued(CLIMATE).waiting
    later = one.later(error, why, MOMENT)
    assert later.not_before == MOMENT + minutes * MINUTE
    assert (later.tries, later.why) == (tries, why)
    assert not later.is_due(later.not_before - timedelta(seconds=1), online=True)
    assert later.is_due(later.not_before, online=True)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        pytest.param(CommandRefused("low_soc"), None, id="the car said no"),
        pytest.param(KeyNotPaired(), None, id="only the owner mends it"),
        pytest.param(ScopeMissing(), None, id="not granted"),
        pytest.param(VehicleFault("BAD_PARAMETER"), None, id="it never will"),
        pytest.param(VehicleFault("BUSY"), Why.TROUBLE, id="busy"),
        pytest.param(AnswerLost(), Why.TROUBLE, id="the answer was lost"),
    ],
)
def test_what_waiting_mends(error: FleetError, why: Why | None) -> None:
    """What no time mends is told at once, and not sent again and again."""
    assert passing(error) is why


# ---- what lies on disk may be anything


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param("waiting", id="a text"),
        pytest.param([None, 1, "x", {}], id="rows that are none"),
        pytest.param([{"command": "no_such"}], id="a command of another version"),
    ],
)
def test_rubbish_waits_for_nothing(raw: object) -> None:
    """A damaged file loses what it holds, and nothing else."""
    assert Deferred.load(raw) == Deferred()


def test_one_bad_row_spares_the_others() -> None:
    """What can be trusted is kept; an unknown reason to wait is trouble."""
    good, bad = queued(CLIMATE, limit(60)).dump()
    found = Deferred.load([bad | {"until": "soon"}, good | {"why": "later version"}])
    assert names(found) == [repr(CLIMATE)]
    assert found.waiting[0].why is Why.TROUBLE


def test_a_call_without_its_secret_is_not_recalled() -> None:
    """It was not written down, so it cannot be known."""
    assert recalled("speed_limit_activate", {}) is None
    assert recalled("no_such", {}) is None
    assert recalled("set_charge_limit", {"percent": 60}) is not None


# ---- laws over random lives

POOL: Final = (CLIMATE, NO_CLIMATE, START, STOP, limit(60), limit(80), seat(0), seat(1))
ADDS: Final = st.tuples(
    st.just("add"), st.sampled_from(POOL), st.sampled_from([None, 5.0, 90.0, 2000.0])
)
SENDS: Final = st.tuples(st.just("send"), st.booleans(), st.booleans())
RESTARTS: Final = st.tuples(st.just("restart"), st.none(), st.none())


class Life:
    """A car's queue in a random life, and what was sent of it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.queue = Deferred()
        self.now = MOMENT
        self.asked: dict[str, tuple[Call, datetime | None]] = {}
        self.sent: list[str] = []
        self.asleep: list[tuple[str, datetime]] = []

    def live(self, step: tuple[str, Any, Any], minutes: int) -> None:
        """Let time pass, and something happen."""
        self.now += minutes * MINUTE
        getattr(self, step[0])(*step[1:])
        calls = [one.call for one in self.queue.waiting]
        assert len({call.identity for call in calls}) == len(calls)
        assert not any(a.opposes(b) for a in calls for b in calls)
        order = [int(one.id) for one in self.queue.waiting]
        assert order == sorted(order)

    def add(self, call: Call, wait: float | None) -> None:
        """Have something deferred."""
        deadline = None if wait is None else self.now + wait * MINUTE
        name = str(len(self.asked))
        self.asked[name] = (call, deadline)
        self.queue = self.queue.add(
            call,
            Urgency(may_wait=True, deadline=deadline),
            self.now,
            id=name,
            reason="a rule",
            scheduled=True,
        )

    def send(self, online: bool, works: bool) -> None:
        """Have what is due sent, or fail."""
        for one in self.queue.due(self.now, online=online):
            done = self.queue.without(one)
            later = self.queue.after(
                one, one.later(AnswerLost(), Why.TROUBLE, self.now)
            )
            self.queue = done if works else later
            self.sent += [one.id] * works
            self.asleep += [(one.id, self.now)] * (not online)

    def restart(self, *_: None) -> None:
        """Lose everything but what lies on disk."""
        self.queue = Deferred.load(json.loads(json.dumps(self.queue.dump())))


@given(
    st.lists(
        st.tuples(st.one_of(ADDS, SENDS, RESTARTS), st.integers(0, 3000)), max_size=40
    )
)
def test_the_laws_of_waiting(steps: list[tuple[tuple[str, Any, Any], int]]) -> None:
    """Whatever happens: nothing twice, nothing contrary, nobody woken too early.

    One thing waits once; no two that wait undo each other; what is sent was asked
    for and is in order; a sleeping car is only disturbed from a deadline on.
    """
    life = Life()
    deque(starmap(life.live, steps), maxlen=0)
    assert len(life.sent) == len(set(life.sent))
    assert all(
        (deadline := life.asked[name][1]) is not None
        and deadline <= at < deadline + GRACE
        for name, at in life.asleep
    )
