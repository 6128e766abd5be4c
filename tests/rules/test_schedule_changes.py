"""What is written into a car, what is taken out, and how long each may wait."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.deferred import WHEN_AWAKE, Urgency, by
from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.model.car_schedule import CarSchedule, Standing
from custom_components.fleet_pulse.model.field import Location
from custom_components.fleet_pulse.model.schedule_id import rule_ids, schedule_id
from custom_components.fleet_pulse.rules.charge_rule import WallWindow
from custom_components.fleet_pulse.rules.memory import PLUG, HeldBy, Hold, Memory, Sent
from custom_components.fleet_pulse.rules.native import Compiled
from custom_components.fleet_pulse.rules.schedule_changes import (
    Changes,
    Waits,
    call_of,
    must_stop,
    removal_of,
    schedule_changes,
)
from custom_components.fleet_pulse.rules.situation import Situation

from .in_the_car import BERLIN, TUESDAY, WORK, compile_all, kept, rule, situation

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = 60 * MINUTE
TONIGHT: Final = datetime(2026, 11, 24, 22, tzinfo=UTC)
"""23:00 in Berlin."""
EVENING: Final = TONIGHT - 90 * MINUTE
BEFORE: Final = by(EVENING)
"""The last moment at which nobody's car is woken at night."""
WANTED: Final = Compiled(rule="nights", schedule=kept())
SIZED: Final = Compiled(rule="nights", schedule=kept(start=120, end=510), is_sized=True)
FREED: Final = kept(standing=Standing.REMOVED)
WAITING: Final = {"charging_state": "stopped"}
UNPLUGGED: Final = {"cable_connected": False, "charging_state": "disconnected"}


def told(changes: Changes) -> list[tuple[str, Urgency]]:
    """Return which commands are sent, and how long they may wait."""
    return [(one.call.command.key, one.urgency) for one in changes.send]


ADDED: Final = [("add_charge_schedule", WHEN_AWAKE)]
GONE: Final = [("remove_charge_schedule", BEFORE)]


@pytest.mark.parametrize(
    ("wanted", "around", "sent"),
    [
        pytest.param([WANTED], situation(), ADDED, id="a new rule waits for the car"),
        pytest.param([WANTED], situation(kept()), [], id="as it should be"),
        pytest.param(
            [WANTED],
            situation(kept(standing=Standing.WRITTEN)),
            [],
            id="written a moment ago",
        ),
        pytest.param(
            [WANTED],
            situation(kept(standing=Standing.REMOVED)),
            ADDED,
            id="removed a moment ago, wanted again",
        ),
        pytest.param(
            [WANTED],
            situation(kept(place=(48.1000003, 11.4999998))),
            [],
            id="the car rounds its place",
        ),
        pytest.param(
            [WANTED], situation(kept(place=WORK)), ADDED, id="a place that has moved"
        ),
        pytest.param(
            [WANTED],
            situation(kept(enabled=False)),
            ADDED,
            id="switched off in the car",
        ),
        pytest.param(
            [],
            situation(kept()),
            GONE,
            id="a rule that is gone, in the evening before its next start",
        ),
        pytest.param(
            [],
            situation(kept(start=15 * 60, end=18 * 60), now=TONIGHT - 9 * HOUR),
            [("remove_charge_schedule", by(TONIGHT - 8 * HOUR - 10 * MINUTE))],
            id="or just before it, by day",
        ),
        pytest.param(
            [],
            situation(kept(standing=Standing.REMOVED)),
            [],
            id="removed a moment ago, and never again",
        ),
        pytest.param(
            [],
            situation(kept("long_deleted", 7)),
            GONE,
            id="of a rule that nobody remembers",
        ),
        pytest.param(
            [],
            situation(kept(), said=UNPLUGGED),
            [("remove_charge_schedule", WHEN_AWAKE)],
            id="unplugged, it can do no harm",
        ),
        pytest.param(
            [],
            situation(kept(), said={"location": Location(*WORK)}),
            [("remove_charge_schedule", WHEN_AWAKE)],
            id="away, it can do no harm",
        ),
        pytest.param(
            [],
            situation(kept(), now=EVENING + MINUTE),
            [("remove_charge_schedule", WHEN_AWAKE)],
            id="no more at night: it wakes by itself to begin, and is stopped",
        ),
        pytest.param(
            [],
            situation(kept(), now=TONIGHT + MINUTE),
            [("remove_charge_schedule", WHEN_AWAKE)],
            id="under way, it keeps the car awake",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(days=58))],
            situation(kept()),
            [("add_charge_schedule", BEFORE)],
            id="tonight is left out: before it would begin",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(days=54))],
            situation(kept()),
            [("add_charge_schedule", by(EVENING + timedelta(days=1)))],
            id="tomorrow is left out: tonight may pass",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(days=127))],
            situation(kept()),
            ADDED,
            id="more days wait for the car",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(start=0))],
            situation(kept()),
            [("add_charge_schedule", BEFORE)],
            id="a later start: it must not begin too early",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(start=22 * 60))],
            situation(kept()),
            ADDED,
            id="an earlier start waits for the car",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(end=5 * 60))],
            situation(kept()),
            [("add_charge_schedule", BEFORE)],
            id="an earlier end: before it goes on too long",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(), is_sized=False)],
            situation(kept(), said={"managed_charging_active": True}),
            [],
            id="as it should be, though a utility decides",
        ),
        pytest.param(
            [WANTED],
            situation(said={"managed_charging_active": True}),
            [],
            id="nothing is written against a utility",
        ),
        pytest.param(
            [],
            situation(kept(id=schedule_id("charge", "nights"))),
            [],
            id="a schedule of an action is not ours to touch",
        ),
        pytest.param(
            [],
            situation(kept(id=1726000000)),
            [],
            id="a schedule of the app is not ours to touch",
        ),
    ],
)
def test_only_differences_are_sent(
    wanted: list[Compiled], around: Situation, sent: list[tuple[str, Urgency]]
) -> None:
    """Nothing is woken but for what would begin although it must not."""
    assert told(schedule_changes(wanted, around)) == sent


@pytest.mark.parametrize(
    ("around", "until"),
    [
        pytest.param(situation(kept()), EVENING, id="by day, in the evening"),
        pytest.param(
            situation(kept(), now=TONIGHT - 5 * MINUTE),
            TONIGHT - 5 * MINUTE,
            id="at night, at once",
        ),
        pytest.param(
            situation(kept(days=1), now=TONIGHT),
            datetime(2026, 11, 29, 20, 30, tzinfo=UTC),
            id="at night, in the evening of another night",
        ),
    ],
)
def test_who_says_at_night_that_something_must_not_happen_is_up(
    around: Situation, until: datetime
) -> None:
    """Obeyed before the next start, whenever somebody says it."""
    changes = schedule_changes([], around, is_asked=True)

    assert told(changes) == [("remove_charge_schedule", by(until))]


@pytest.mark.parametrize(
    ("there", "sent"),
    [
        pytest.param({"start": 135}, [], id="a quarter of an hour later"),
        pytest.param({"start": 90}, [], id="half an hour earlier"),
        pytest.param({"start": 136}, ADDED, id="later than a plan has to spare"),
        pytest.param({"start": 89}, ADDED, id="more than half an hour earlier"),
        pytest.param(
            {"start": 1400, "days": 31},
            ADDED,
            id="the evening before, too early by far",
        ),
        pytest.param({"end": 540}, ADDED, id="another time to be ready by"),
    ],
)
def test_a_sized_window_moves_only_by_much(
    there: dict[str, int], sent: list[tuple[str, Urgency]]
) -> None:
    """What there is to charge changes by a little all the time; it is not worth a wake."""
    around = situation(kept(**({"start": 120, "end": 510} | there)))

    assert told(schedule_changes([SIZED], around)) == sent


def test_a_start_about_midnight_may_be_on_either_day() -> None:
    """Ten minutes make another day of it, and the same night."""
    wanted = Compiled(rule="nights", schedule=kept(start=5, end=510), is_sized=True)
    around = situation(kept(start=1435, end=510, days=31))

    assert told(schedule_changes([wanted], around)) == []


@pytest.mark.parametrize(
    ("wanted", "around", "waits", "sent", "withdrawn"),
    [
        pytest.param(
            [WANTED],
            situation(),
            Waits(call=call_of(kept())),
            [],
            [],
            id="what is wanted waits already",
        ),
        pytest.param(
            [],
            situation(),
            Waits(call=call_of(kept())),
            [],
            ["add_charge_schedule"],
            id="never brought, and not wanted any more",
        ),
        pytest.param(
            [WANTED],
            situation(kept()),
            Waits(call=removal_of(kept()), wake_at=BEFORE.deadline),
            [],
            ["remove_charge_schedule"],
            id="wanted again before it was removed",
        ),
        pytest.param(
            [Compiled(rule="nights", schedule=kept(end=300))],
            situation(),
            Waits(call=call_of(kept())),
            ADDED,
            [],
            id="changed before it was brought",
        ),
        pytest.param(
            [],
            situation(kept()),
            Waits(call=removal_of(kept()), wake_at=BEFORE.deadline),
            [],
            [],
            id="its removal waits already",
        ),
        pytest.param(
            [],
            situation(kept()),
            Waits(call=removal_of(kept())),
            GONE,
            [],
            id="its removal waits too long: the car was plugged in",
        ),
        pytest.param(
            [],
            situation(kept()),
            Waits(call=removal_of(kept()), wake_at=TUESDAY),
            [],
            [],
            id="its removal waits less long than it might",
        ),
        pytest.param(
            [],
            situation(),
            Waits(call=call_of(kept(id=schedule_id("charge", "nights")))),
            [],
            [],
            id="what an action asked for is not ours to withdraw",
        ),
    ],
)
def test_what_waits_counts(
    wanted: list[Compiled],
    around: Situation,
    waits: Waits,
    sent: list[tuple[str, Urgency]],
    withdrawn: list[str],
) -> None:
    """Nothing is asked for twice, and nothing comes that nobody wants any more."""
    changes = schedule_changes(wanted, around, [waits])

    assert told(changes) == sent
    assert [call.command.key for call in changes.withdraw] == withdrawn


def test_what_is_new_is_written_before_what_is_old_is_removed() -> None:
    """A car without any schedule would charge at once."""
    new = Compiled(rule="new", schedule=kept("new"))

    changes = schedule_changes([new], situation(kept("old")))

    assert [one.call.command.key for one in changes.send] == [
        "add_charge_schedule",
        "remove_charge_schedule",
    ]


def test_a_schedule_comes_back_as_it_was_written() -> None:
    """What a car said yes to is what was wanted, so that nothing is sent twice."""
    wanted = compile_all(
        rule(), rule(id="day", windows=(WallWindow(start=time(9), end=time(16)),))
    )
    around = situation()
    for change in schedule_changes(wanted, around).send:
        state = around.state
        around = replace(around, state=state.merged(change.call.kept(state, TUESDAY)))
    later = replace(around, now=TUESDAY + MINUTE)

    assert len(wanted) == 2
    assert schedule_changes(wanted, later) == Changes()


# ---- stopping what nobody wants


def charging(*there: CarSchedule, **given: Any) -> Situation:
    """Return the situation of a car that charges tonight, awake."""
    said = {"charging_state": "charging"} | given.pop("said", {})
    usual = {"now": TONIGHT + 5 * MINUTE, "is_online": True}
    return situation(*there, said=said, **(usual | given))


@pytest.mark.parametrize(
    ("wanted", "memory", "around"),
    [
        pytest.param([], Memory(), charging(kept()), id="by a schedule that must go"),
        pytest.param(
            [], Memory(started_by=PLUG), charging(kept()), id="and was just plugged in"
        ),
        pytest.param(
            [],
            Memory(),
            charging(FREED, said=WAITING),
            id="or will in a moment, because its last schedule was removed",
        ),
    ],
)
def test_what_nobody_wants_is_stopped(
    wanted: list[Compiled], memory: Memory, around: Situation
) -> None:
    """Out of reach when it was told, or freed by the removal itself."""
    call = must_stop(wanted, memory, around)

    assert call is not None
    assert call.command is commands.CHARGE_STOP


@pytest.mark.parametrize(
    ("wanted", "memory", "around"),
    [
        pytest.param([WANTED], Memory(), charging(kept()), id="it is wanted"),
        pytest.param([], Memory(), charging(), id="nothing of ours is there"),
        pytest.param(
            [],
            Memory(),
            charging(kept(), now=TONIGHT - 60 * MINUTE),
            id="not by our schedule, which begins later",
        ),
        pytest.param(
            [], Memory(), charging(kept(), is_online=False), id="it is out of reach"
        ),
        pytest.param(
            [], Memory(), charging(kept(), said=UNPLUGGED), id="there is no cable"
        ),
        pytest.param(
            [],
            Memory(hold=Hold(by=HeldBy.START, since=TONIGHT)),
            charging(kept()),
            id="somebody said start",
        ),
        pytest.param(
            [],
            Memory(started_by="another"),
            charging(kept()),
            id="another rule charges it, and decides",
        ),
        pytest.param(
            [],
            Memory(sent=(Sent(command="charge_stop", at=TONIGHT + 6 * MINUTE),)),
            charging(FREED, said=WAITING),
            id="it was told already",
        ),
        pytest.param(
            [],
            Memory(),
            charging(FREED),
            id="it charged before its last schedule was removed",
        ),
        pytest.param(
            [],
            Memory(),
            charging(FREED, kept("other", days=1), said=WAITING),
            id="another schedule still makes it wait",
        ),
        pytest.param(
            [],
            Memory(),
            replace(charging(FREED, said=WAITING), now=TONIGHT + 30 * MINUTE),
            id="that was long ago",
        ),
    ],
)
def test_what_is_not_ours_to_stop_goes_on(
    wanted: list[Compiled], memory: Memory, around: Situation
) -> None:
    """Only what a schedule of ours brought about is ended."""
    assert must_stop(wanted, memory, around) is None


def test_the_days_of_a_call_are_those_of_the_schedule() -> None:
    """Tesla takes the names of days, and cars say bits."""
    call = call_of(kept(days=65))

    assert call.params["days_of_week"] == "Sunday,Saturday"
    assert call.params["id"] == rule_ids("nights")[0]
    assert BERLIN.key == "Europe/Berlin"
    assert fields.CHARGE_SCHEDULES.group.is_by_name
