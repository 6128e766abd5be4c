"""The poll policy: when a car is looked at, why not now, and what never happens."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.budget import BudgetLevel
from custom_components.fleet_pulse.fleet.sleep import (
    Needs,
    Poll,
    PollKind,
    PollMemory,
    PollReason,
    Waits,
    decide,
)
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Reading, Source
from custom_components.fleet_pulse.model.state import State

from .cars import CHARGING, DRIVING, NOW, PARKED, ago, hence, state

WAITS = Waits()
NOTHING = Needs()
SNAPSHOTS = Needs(has_snapshots=True)
STREAM = Needs(is_streaming=True)
ECONOMY = BudgetLevel.ECONOMY


def memory(online: float = 60, looked: float | None = None, **more: Any) -> PollMemory:
    """Return the memory of a car online for so many minutes, listed just now."""
    looked_at = None if looked is None else ago(looked)
    values = {"listed_at": NOW, "online_since": ago(online), "looked_at": looked_at}
    return PollMemory(**(values | {"tried_at": looked_at} | more))


def poll(
    state: State,
    memory: PollMemory,
    needs: Needs = NOTHING,
    budget: BudgetLevel = BudgetLevel.NORMAL,
    now: datetime = NOW,
) -> Poll:
    """Decide with the usual waits."""
    return decide(state, memory, now=now, needs=needs, waits=WAITS, budget=budget)


@pytest.mark.parametrize(
    ("online", "reason"),
    [
        pytest.param("asleep", PollReason.ASLEEP, id="asleep"),
        pytest.param("offline", PollReason.OFFLINE, id="in a garage"),
        pytest.param(None, PollReason.UNKNOWN, id="in a way nobody knows"),
    ],
)
def test_a_car_that_is_not_online_is_left_alone(
    online: str | None, reason: PollReason
) -> None:
    """Whoever asks: looking at a sleeping car is billed and brings nothing."""
    needs = Needs(asked_at=NOW, command_at=ago(1), rule_at=NOW)

    decision = poll(state(PARKED, ago(900), online=online), memory(), needs)

    assert decision == Poll(kind=PollKind.NONE, at=None, reason=reason)


def test_before_the_first_list_nothing_is_known() -> None:
    """Without a word on whether the car is online there is no look."""
    assert poll(State(), PollMemory()).reason is PollReason.UNKNOWN


@pytest.mark.parametrize(
    ("listed_at", "kind"),
    [
        pytest.param(None, PollKind.LIST, id="restored, no list yet"),
        pytest.param(ago(0.1), PollKind.LIST, id="six seconds old"),
        pytest.param(ago(1 / 12), PollKind.FETCH, id="five seconds old"),
        pytest.param(NOW, PollKind.FETCH, id="just now"),
        pytest.param(hence(1), PollKind.LIST, id="from the future: the clock moved"),
    ],
)
def test_a_look_follows_a_fresh_list(
    listed_at: datetime | None, kind: PollKind
) -> None:
    """A due look asks the free list first, unless it has just answered."""
    decision = poll(state(DRIVING, ago(20)), memory(looked=20, listed_at=listed_at))

    assert decision == Poll(kind=kind, at=NOW, reason=PollReason.DRIVING)


@pytest.mark.parametrize(
    ("said_ago", "online", "needs", "due", "reason"),
    [
        pytest.param(60, 1, NOTHING, 3, PollReason.SETTLING, id="settles 4 min"),
        pytest.param(60, 4, NOTHING, 0, PollReason.SETTLING, id="settled"),
        pytest.param(
            720, 0, NOTHING, 0, PollReason.OUTDATED, id="twelve hours old: at once"
        ),
        pytest.param(
            900, 1, SNAPSHOTS, 3, PollReason.SETTLING, id="a snapshot will say it"
        ),
        pytest.param(
            60,
            1,
            Needs(rule_at=hence(20)),
            -1,
            PollReason.RULE_DUE,
            id="a rule is due soon",
        ),
        pytest.param(
            60,
            1,
            Needs(rule_at=hence(32)),
            2,
            PollReason.RULE_DUE,
            id="a rule is due within half an hour before it has settled",
        ),
        pytest.param(
            60, 1, Needs(rule_at=hence(40)), 3, PollReason.SETTLING, id="a rule later"
        ),
        pytest.param(
            60,
            1,
            Needs(command_at=ago(0.5)),
            -10 / 60,
            PollReason.COMMAND_SENT,
            id="a command was sent",
        ),
        pytest.param(
            60, 1, Needs(asked_at=NOW), 0, PollReason.ASKED, id="a person asks"
        ),
        pytest.param(
            60,
            1,
            Needs(asked_at=ago(16)),
            3,
            PollReason.SETTLING,
            id="who asked a quarter of an hour ago is gone",
        ),
    ],
)
def test_a_car_that_woke_by_itself(
    said_ago: float, online: float, needs: Needs, due: float, reason: PollReason
) -> None:
    """Most awake periods end by themselves; so a look waits unless one needs it."""
    decision = poll(state(PARKED, ago(said_ago)), memory(online=online), needs)

    assert decision.reason is reason
    assert decision.at == max(hence(due), NOW)


def test_a_car_never_read_is_read_as_soon_as_it_is_online() -> None:
    """The first values are worth a look."""
    decision = poll(state({}, NOW), memory(online=0))

    assert decision == Poll(kind=PollKind.FETCH, at=NOW, reason=PollReason.FIRST_READ)


@pytest.mark.parametrize("source", [Source.CACHED, Source.STREAM])
@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param(DRIVING, PollReason.DRIVING, id="driving"),
        pytest.param(CHARGING, PollReason.CHARGING, id="charging"),
    ],
)
def test_a_snapshot_that_shows_more_than_parking_is_followed_up(
    source: Source, values: dict[Any, Any], reason: PollReason
) -> None:
    """Driving and charging seen for free end the settling; one look, then as usual."""
    seen = state(values, ago(1), source=source)

    first = poll(seen, memory(online=1), SNAPSHOTS)
    second = poll(seen, memory(online=1, looked=0.5), SNAPSHOTS)

    assert first == Poll(kind=PollKind.FETCH, at=NOW, reason=reason)
    assert second.kind is PollKind.NONE


SENTRY = PARKED | {fields.SENTRY_MODE: True}
PRESENT = PARKED | {fields.USER_PRESENT: True}
WARM = PARKED | {fields.IS_CLIMATE_ON: True}
DOG = WARM | {fields.CLIMATE_KEEPER_MODE: "dog"}
CAMP = WARM | {fields.CLIMATE_KEEPER_MODE: "camp", fields.USER_PRESENT: True}
DC = CHARGING | {
    fields.CHARGER_POWER: 150,
    fields.FAST_CHARGER_PRESENT: True,
    fields.MINUTES_TO_FULL_CHARGE: 20,
}
STARTING = PARKED | {
    fields.CHARGING_STATE: "starting",
    fields.CHARGER_POWER: 0,
    fields.MINUTES_TO_FULL_CHARGE: 0,
}
ENDING = CHARGING | {fields.BATTERY_LEVEL: 79, fields.MINUTES_TO_FULL_CHARGE: 5}
ENDED = CHARGING | {fields.BATTERY_LEVEL: 80, fields.MINUTES_TO_FULL_CHARGE: 0}
UNPREDICTED = CHARGING | {fields.MINUTES_TO_FULL_CHARGE: None}


@pytest.mark.parametrize(
    ("values", "needs", "minutes", "economy", "reason"),
    [
        pytest.param(DRIVING, NOTHING, 10, 90, PollReason.DRIVING, id="driving"),
        pytest.param(
            PRESENT, NOTHING, 11, 30, PollReason.SOMEONE_PRESENT, id="someone inside"
        ),
        pytest.param(
            WARM, NOTHING, 11, 30, PollReason.SOMEONE_PRESENT, id="preconditioning"
        ),
        pytest.param(SENTRY, NOTHING, 32, 60, PollReason.KEPT_AWAKE, id="Sentry"),
        pytest.param(DOG, NOTHING, 32, 60, PollReason.KEPT_AWAKE, id="a dog"),
        pytest.param(CAMP, NOTHING, 32, 60, PollReason.KEPT_AWAKE, id="camping"),
        pytest.param(
            SENTRY,
            Needs(drives=(hence(-5),)),
            9,
            60,
            PollReason.KEPT_AWAKE,
            id="Sentry when it usually leaves",
        ),
        pytest.param(
            SENTRY,
            Needs(drives=(hence(35),)),
            20,
            60,
            PollReason.KEPT_AWAKE,
            id="Sentry a while before it usually leaves",
        ),
        pytest.param(
            SENTRY,
            Needs(drives=(ago(15), hence(300))),
            32,
            60,
            PollReason.KEPT_AWAKE,
            id="Sentry when it has usually left",
        ),
        # 20 points in 100 minutes are 5 a point, 4.3 points 21.5, 8 points 40.
        pytest.param(CHARGING, NOTHING, 21.5, 40, PollReason.CHARGING, id="11 kW"),
        pytest.param(DC, NOTHING, 4.3, 8, PollReason.CHARGING, id="fast"),
        pytest.param(
            DC | {fields.MINUTES_TO_FULL_CHARGE: 2},
            NOTHING,
            2,
            5,
            PollReason.CHARGING,
            id="very fast: least apart",
        ),
        pytest.param(
            CHARGING,
            Needs(is_new=True, leaves_as_usual=False),
            10,
            40,
            PollReason.CHARGING,
            id="11 kW, and nobody knows when it is unplugged",
        ),
        pytest.param(
            CHARGING,
            Needs(leaves_as_usual=False),
            16,
            40,
            PollReason.CHARGING,
            id="11 kW, on a day on which it may be driven off at any time",
        ),
        pytest.param(
            CHARGING | {fields.SENTRY_MODE: True},
            Needs(is_new=True, leaves_as_usual=False),
            16,
            40,
            PollReason.CHARGING,
            id="11 kW, and Sentry lets it never sleep",
        ),
        pytest.param(
            CHARGING,
            Needs(is_new=True, leaves_as_usual=False, has_snapshots=True),
            16,
            40,
            PollReason.CHARGING,
            id="11 kW, and a snapshot tells if it sleeps first",
        ),
        pytest.param(
            CHARGING | {fields.MINUTES_TO_FULL_CHARGE: 400},
            Needs(drives=(hence(60),)),
            45,
            160,
            PollReason.CHARGING,
            id="slow, until a while before it usually leaves",
        ),
        pytest.param(
            SENTRY,
            Needs(leaves_as_usual=False),
            16,
            60,
            PollReason.KEPT_AWAKE,
            id="Sentry, and it may be driven off at any time",
        ),
        pytest.param(
            WARM,
            Needs(drives=(hence(5),), has_snapshots=True),
            7,
            30,
            PollReason.SOMEONE_PRESENT,
            id="preconditioning before it usually leaves",
        ),
        pytest.param(STARTING, NOTHING, 4, 10, PollReason.CHARGING, id="only starting"),
        pytest.param(ENDING, NOTHING, 6, 10, PollReason.CHARGING, id="nearly done"),
        pytest.param(
            ENDING,
            SNAPSHOTS,
            35,
            35,
            PollReason.CHARGING,
            id="nearly done, a snapshot will say it",
        ),
        pytest.param(ENDED, NOTHING, 4, 10, PollReason.CHARGING, id="done any moment"),
        # 50 kWh at 11 kW: 2.7 minutes a point.
        pytest.param(
            UNPREDICTED,
            NOTHING,
            4.3 * 30 / 11,
            8 * 30 / 11,
            PollReason.CHARGING,
            id="no prediction, but power",
        ),
        pytest.param(
            CHARGING | {fields.MINUTES_TO_FULL_CHARGE: 1e9},
            NOTHING,
            360,
            360,
            PollReason.CHARGING,
            id="a prediction that cannot be",
        ),
        pytest.param(PARKED, NOTHING, 10, 60, PollReason.PARKED, id="parked"),
        pytest.param(
            PARKED, SNAPSHOTS, 16, 60, PollReason.PARKED, id="parked, with snapshots"
        ),
        pytest.param(
            PARKED,
            Needs(has_snapshots=True, sleeps_here=False),
            10,
            60,
            PollReason.PARKED,
            id="parked at a new place, with snapshots",
        ),
        pytest.param(
            PARKED,
            Needs(is_slow_sleeper=True),
            15,
            60,
            PollReason.PARKED,
            id="an old Model S is kept awake by looks",
        ),
    ],
)
def test_the_next_look_depends_on_what_it_does(
    values: dict[Any, Any],
    needs: Needs,
    minutes: float,
    economy: float,
    reason: PollReason,
) -> None:
    """How long after the last look the next one comes, and what it is owed to."""
    car, known = state(values, NOW), memory(looked=0)

    normal, sparing = poll(car, known, needs), poll(car, known, needs, ECONOMY)

    assert (normal.reason, sparing.reason) == (reason, PollReason.ECONOMY)
    assert normal.at == hence(minutes)
    assert sparing.at == hence(economy)


@pytest.mark.parametrize(
    ("known", "needs", "minutes"),
    [
        pytest.param({"unchanged": 1}, NOTHING, 10, id="unchanged once"),
        pytest.param({"unchanged": 2}, NOTHING, 16, id="unchanged twice: let it sleep"),
        pytest.param({"unchanged": 9}, NOTHING, 16, id="still online: and so on"),
        pytest.param(
            {"parked_looks": 2},
            Needs(has_snapshots=True, sleeps_here=False),
            10,
            id="a third look at a new place",
        ),
        pytest.param(
            {"parked_looks": 3},
            Needs(has_snapshots=True, sleeps_here=False),
            16,
            id="no fourth one",
        ),
    ],
)
def test_a_parked_car_is_let_sleep(
    known: dict[str, int], needs: Needs, minutes: float
) -> None:
    """Looks come further apart than the time a car needs to fall asleep."""
    decision = poll(state(PARKED, NOW), memory(looked=0, **known), needs)

    assert decision.at == hence(minutes)


@pytest.mark.parametrize(
    ("looked", "said_ago", "source", "due"),
    [
        pytest.param(None, 1, Source.STREAM, 0, id="only the stream has spoken"),
        pytest.param(60, 0, Source.STREAM, 23 * 60, id="looked an hour ago"),
        pytest.param(None, 60, Source.RESTORED, 23 * 60, id="restored"),
        pytest.param(1500, 0, Source.STREAM, 0, id="looked yesterday"),
    ],
)
def test_with_live_telemetry_a_look_a_day_is_enough(
    looked: float | None, said_ago: float, source: Source, due: float
) -> None:
    """The stream says nearly everything; commands are seen there, too."""
    decision = poll(
        state(DRIVING, ago(said_ago), source=source),
        memory(looked=looked, online=0),
        Needs(is_streaming=True, command_at=ago(1)),
    )

    assert decision.reason is PollReason.TELEMETRY_LIVE
    assert decision.at == hence(due)


@pytest.mark.parametrize(
    ("known", "asked", "at", "reason"),
    [
        pytest.param(
            {"retry_at": hence(5)},
            None,
            hence(5),
            PollReason.BACKING_OFF,
            id="backing off after Tesla's trouble",
        ),
        pytest.param(
            {"retry_at": hence(5)}, NOW, NOW, PollReason.ASKED, id="a person may try"
        ),
        pytest.param(
            {"retry_at": hence(5), "tried_at": NOW},
            NOW,
            hence(5),
            PollReason.BACKING_OFF,
            id="but once",
        ),
        pytest.param(
            {"retry_at": ago(1)},
            None,
            NOW,
            PollReason.DRIVING,
            id="a wait that is over",
        ),
        pytest.param(
            {"blocked_until": hence(9)},
            NOW,
            hence(9),
            PollReason.RATE_LIMITED,
            id="rate limited: nobody may",
        ),
        pytest.param(
            {"blocked_until": hence(9), "blocked_by": PollReason.DISABLED},
            NOW,
            hence(9),
            PollReason.DISABLED,
            id="disabled: nobody may",
        ),
        pytest.param(
            {"tried_at": ago(1 / 60)},
            NOW,
            hence(1 / 60),
            PollReason.ASKED,
            id="two seconds between any two looks",
        ),
    ],
)
def test_what_holds_a_due_look_back(
    known: dict[str, Any], asked: datetime | None, at: datetime, reason: PollReason
) -> None:
    """A look that is due waits, and says for what."""
    needs = Needs(asked_at=asked)

    decision = poll(state(DRIVING, ago(20)), memory(**known), needs)

    assert (decision.at, decision.reason) == (at, reason)


@pytest.mark.parametrize(
    ("budget", "needs", "reason"),
    [
        pytest.param(BudgetLevel.SPENT, NOTHING, PollReason.BUDGET, id="spent: none"),
        pytest.param(
            BudgetLevel.SPENT,
            Needs(asked_at=NOW),
            PollReason.ASKED,
            id="spent: a person may",
        ),
        pytest.param(
            BudgetLevel.SPENT,
            Needs(command_at=ago(1)),
            PollReason.COMMAND_SENT,
            id="spent: what a command did is shown",
        ),
        pytest.param(
            BudgetLevel.STOPPED,
            Needs(asked_at=NOW, command_at=ago(1)),
            PollReason.BUDGET,
            id="hard stop: nobody",
        ),
    ],
)
def test_over_the_budget(budget: BudgetLevel, needs: Needs, reason: PollReason) -> None:
    """Only people are worth more than the budget, and not with a hard stop."""
    decision = poll(state(DRIVING, ago(20)), memory(), needs, budget)

    assert decision.reason is reason
    assert (decision.kind is PollKind.NONE) is (reason is PollReason.BUDGET)


def test_a_look_that_economy_put_off_is_told_by_what_it_shows() -> None:
    """The month's statement says what a look was for, not what it waited for."""
    decision = poll(
        state(DRIVING, ago(90)), memory(online=120, looked=90), NOTHING, ECONOMY
    )

    assert decision == Poll(kind=PollKind.FETCH, at=NOW, reason=PollReason.DRIVING)


@pytest.mark.parametrize(
    ("online", "reason"),
    [
        pytest.param("online", PollReason.MOBILE_ACCESS_OFF, id="awake"),
        pytest.param("asleep", PollReason.MOBILE_ACCESS_OFF, id="asleep"),
    ],
)
def test_without_mobile_access_nobody_looks(online: str, reason: PollReason) -> None:
    """Tesla would refuse also what a person asks for, and bill it."""
    values = {fields.STATE: online, fields.MOBILE_ACCESS_DISABLED: True}

    decision = poll(state(DRIVING | values, ago(20)), memory(), Needs(asked_at=NOW))

    assert decision == Poll(kind=PollKind.NONE, at=None, reason=reason)


@pytest.mark.parametrize(
    ("needs", "minutes", "reason"),
    [
        pytest.param(NOTHING, 3, PollReason.JUST_STARTED, id="nothing by itself"),
        pytest.param(Needs(asked_at=NOW), 0, PollReason.ASKED, id="a person may"),
    ],
)
def test_a_start_of_home_assistant_is_waited_out(
    needs: Needs, minutes: float, reason: PollReason
) -> None:
    """Somebody who restarts it five times in a row is not billed five looks."""
    needs = replace(needs, quiet_until=hence(3))

    decision = poll(state(DRIVING, ago(20)), memory(), needs)

    assert (decision.at, decision.reason) == (hence(minutes), reason)


@pytest.mark.parametrize(
    ("looked", "command", "due"),
    [
        pytest.param(5, 0, 20 / 60, id="twenty seconds after it"),
        pytest.param(0.2, 1, 9, id="seen already"),
        pytest.param(5, 20, 5, id="long ago: no longer of interest"),
    ],
)
def test_one_look_after_commands(looked: float, command: float, due: float) -> None:
    """All commands of a moment share one look."""
    seen = state(DRIVING, ago(looked))

    decision = poll(seen, memory(looked=looked), Needs(command_at=ago(command)))

    assert decision.at is not None
    assert abs(decision.at - hence(due)) < timedelta(minutes=1)


def test_an_old_car_is_not_kept_up_by_tries_either() -> None:
    """Also a try that brought nothing may have kept it up: fifteen minutes between."""
    car, known = state(PARKED, ago(30)), memory(looked=30, tried_at=ago(1))

    decision = poll(car, known, Needs(is_slow_sleeper=True))

    assert decision == Poll(kind=PollKind.NONE, at=hence(14), reason=PollReason.PARKED)


def test_what_was_said_before_the_clock_jumped_back_holds_nothing_back() -> None:
    """Readings of tomorrow are none: the car is looked at, and then as usual."""
    later = state(PARKED, hence(9000))

    first = poll(later, memory())
    second = poll(later, memory(looked=0))

    assert first.kind is PollKind.FETCH
    assert second.at == hence(10)


def test_a_look_of_tomorrow_does_not_put_off_the_daily_one() -> None:
    """While the car streams: the clock jumped back, so there is one look at once."""
    decision = poll(state(PARKED, hence(9000)), memory(), STREAM)

    assert decision.kind is PollKind.FETCH


MINUTES = st.floats(0, 2000)
MOMENTS = MINUTES.map(ago) | st.floats(0, 60).map(hence)
CARS = st.sampled_from([PARKED, DRIVING, CHARGING, SENTRY, WARM, DC, STARTING, {}])
MEMORIES = st.builds(
    PollMemory,
    listed_at=st.none() | MOMENTS,
    online_since=st.none() | MOMENTS,
    looked_at=st.none() | MOMENTS,
    tried_at=st.none() | MOMENTS,
    unchanged=st.integers(0, 4),
    parked_looks=st.integers(0, 4),
    retry_at=st.none() | MOMENTS,
    blocked_until=st.none() | MOMENTS,
)
NEEDS = st.builds(
    Needs,
    asked_at=st.none() | MOMENTS,
    command_at=st.none() | MOMENTS,
    rule_at=st.none() | MOMENTS,
    is_streaming=st.booleans(),
    has_snapshots=st.booleans(),
    is_slow_sleeper=st.booleans(),
    sleeps_here=st.booleans(),
    drives=st.lists(MOMENTS, max_size=2).map(tuple),
)
BUDGETS = st.sampled_from(BudgetLevel)


@settings(max_examples=100, deadline=None)
@given(
    values=CARS,
    at=MOMENTS,
    online=st.sampled_from(["online", "asleep", "offline", None]),
    known=MEMORIES,
    needs=NEEDS,
    budget=BUDGETS,
)
def test_a_look_is_never_taken_against_the_rules(
    *,
    values: dict[Any, Any],
    at: datetime,
    online: str | None,
    known: PollMemory,
    needs: Needs,
    budget: BudgetLevel,
) -> None:
    """Whatever is wanted: online by a fresh list, not blocked, not over the stop."""
    decision = poll(state(values, at, online=online), known, needs, budget)

    assert decision.kind is not PollKind.FETCH or (
        online == "online"
        and known.listed_at is not None
        and timedelta() <= NOW - known.listed_at <= WAITS.list_fresh
        and budget is not BudgetLevel.STOPPED
        and (known.blocked_until is None or known.blocked_until <= NOW)
        and (known.tried_at is None or known.tried_at <= NOW - WAITS.least_apart)
    )
    assert decision.kind is PollKind.NONE or online == "online"
    assert decision.kind is PollKind.NONE or decision.at == NOW
    assert decision.kind is not PollKind.NONE or decision.at != NOW


@settings(max_examples=60, deadline=None)
@given(CARS, MEMORIES, NEEDS)
def test_expectations_of_ours_are_no_word_of_the_car(
    values: dict[Any, Any], known: PollMemory, needs: Needs
) -> None:
    """A command's expected value changes neither what it does nor when we look."""
    car = state(values, ago(5))
    hoped = car.merged(
        Reading(field=field, value=value, at=NOW, source=Source.COMMAND)
        for field, value in {
            fields.CHARGING_STATE: "charging",
            fields.SHIFT_STATE: "d",
            fields.STATE: "asleep",
        }.items()
    )

    assert poll(hoped, known, needs) == poll(car, known, needs)


@pytest.mark.parametrize("scale", [1, 60, 1e6])
def test_a_demo_waits_shorter_but_never_less_than_a_second(scale: float) -> None:
    """Answers take as long in a demo, however fast its cars live."""
    waits = Waits().scaled(scale)
    decision = decide(
        state(CHARGING, NOW), memory(looked=0), now=NOW, needs=NOTHING, waits=waits
    )

    assert waits.list_fresh >= timedelta(seconds=1)
    assert decision.at == max(
        NOW + timedelta(minutes=21.5) / scale, NOW + timedelta(seconds=1)
    )
