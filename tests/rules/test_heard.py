"""What somebody else did to a car is respected, and what we did is not taken for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.car_schedule import CarSchedule, ScheduleKind
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.schedule_id import rule_ids
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.rules.heard import heard
from custom_components.fleet_pulse.rules.memory import (
    PLUG,
    HeldBy,
    Hold,
    Memory,
    OneOff,
    Raised,
    Sent,
)
from custom_components.fleet_pulse.rules.situation import Situation

from .garage import BERLIN, rule

NOW: Final = datetime(2026, 3, 10, 2, tzinfo=UTC)
"""A Tuesday, 03:00 in Berlin."""
BEFORE: Final = NOW - timedelta(minutes=10)
STOPPED: Final[dict[Field[Any], Any]] = {
    fields.BATTERY_LEVEL: 60,
    fields.CABLE_CONNECTED: True,
    fields.CHARGE_CURRENT_REQUEST: 16,
    fields.CHARGE_CURRENT_REQUEST_MAX: 16,
    fields.CHARGE_LIMIT_SOC: 80,
    fields.CHARGING_STATE: "stopped",
    fields.ODOMETER: 1000.0,
}
CHARGING: Final = {**STOPPED, fields.CHARGING_STATE: "charging"}
COMPLETE: Final = {**STOPPED, fields.CHARGING_STATE: "complete"}
PENDING: Final = {**STOPPED, fields.SCHEDULED_CHARGING_PENDING: True}
AWAY: Final = {
    **STOPPED,
    fields.CABLE_CONNECTED: False,
    fields.CHARGING_STATE: "disconnected",
}


def said(values: dict[Field[Any], Any], at: datetime) -> State:
    """Return what a car said at a time."""
    return State().merged(
        Reading(field=field, value=value, at=at, source=Source.POLL)
        for field, value in values.items()
    )


def after(
    memory: Memory,
    before: dict[Field[Any], Any],
    now: dict[Field[Any], Any],
    **known: Any,
) -> Memory:
    """Return what is remembered after a car said one thing, then another."""
    was = said(before, BEFORE)
    state = was.merged(said(now, NOW).readings.values())
    return heard(memory, was, state, now=NOW, **{"rules": [rule()], **known})


def sent(command: str, value: int | None = None, *, ago: int = 5, **more: Any) -> Sent:
    """Return a command that was sent some minutes ago."""
    at = NOW - timedelta(minutes=ago)
    return Sent(command=command, value=value, at=at, **more)


@pytest.mark.parametrize(
    ("before", "now", "by"),
    [
        pytest.param(STOPPED, CHARGING, HeldBy.START, id="a start in the app"),
        pytest.param(CHARGING, STOPPED, HeldBy.STOP, id="a stop in the car"),
        pytest.param(
            STOPPED, STOPPED | {fields.CHARGE_LIMIT_SOC: 90}, HeldBy.LIMIT, id="a limit"
        ),
        pytest.param(
            CHARGING,
            CHARGING | {fields.CHARGE_CURRENT_REQUEST: 10},
            HeldBy.AMPS,
            id="a current",
        ),
    ],
)
def test_what_somebody_else_did_is_respected(
    before: dict[Field[Any], Any], now: dict[Field[Any], Any], by: HeldBy
) -> None:
    """A start, stop, limit or current that we did not send is a hold."""
    hold = after(Memory(), before, now).hold
    assert hold == Hold(by=by, since=NOW)


@pytest.mark.parametrize(
    ("before", "now", "sent"),
    [
        pytest.param(STOPPED, CHARGING, sent("charge_start"), id="our start"),
        pytest.param(CHARGING, STOPPED, sent("charge_stop"), id="our stop"),
        pytest.param(
            STOPPED,
            STOPPED | {fields.CHARGE_LIMIT_SOC: 90},
            sent("set_charge_limit", 90),
            id="our limit",
        ),
        pytest.param(
            STOPPED,
            STOPPED | {fields.CHARGE_LIMIT_SOC: 90},
            sent("set_charge_limit", 90, ago=3000, waits=True),
            id="our limit that waited for days",
        ),
        pytest.param(
            CHARGING,
            CHARGING | {fields.CHARGE_CURRENT_REQUEST: 10},
            sent("set_charging_amps", 10),
            id="our current",
        ),
        pytest.param(
            STOPPED, CHARGING, sent("remove_charge_schedule"), id="our schedule is gone"
        ),
    ],
)
def test_what_we_did_is_no_hold(
    before: dict[Field[Any], Any], now: dict[Field[Any], Any], sent: Sent
) -> None:
    """The effect of a command of ours is known by its name, value and time."""
    assert after(Memory(sent=(sent,)), before, now).hold is None


def test_our_limit_is_ours_while_the_next_one_waits() -> None:
    """The car fell asleep after the first, and says so before it hears the second."""
    limits = sent("set_charge_limit", 60, ago=900), sent("set_charge_limit", 80)
    memory = Memory(sent=(limits[0], replace(limits[1], waits=True)))
    now = STOPPED | {fields.CHARGE_LIMIT_SOC: 60}
    assert after(memory, STOPPED, now).hold is None


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(AWAY, CHARGING, id="it was plugged in"),
        pytest.param(CHARGING, COMPLETE, id="it is full"),
        pytest.param(CHARGING, AWAY, id="it was unplugged"),
        pytest.param(COMPLETE, CHARGING, id="it tops itself up"),
        pytest.param(
            STOPPED | {fields.CHARGING_STATE: "no_power"}, CHARGING, id="power is back"
        ),
        pytest.param(
            CHARGING, STOPPED | {fields.CHARGING_STATE: "no_power"}, id="power is gone"
        ),
        pytest.param(
            STOPPED,
            CHARGING | {fields.ODOMETER: 1040.0},
            id="it was elsewhere between two looks",
        ),
        pytest.param(
            STOPPED, CHARGING | {fields.FAST_CHARGER_PRESENT: True}, id="a fast charger"
        ),
        pytest.param(PENDING, CHARGING, id="somebody's schedule began"),
        pytest.param(CHARGING, PENDING, id="somebody's schedule makes it wait"),
        pytest.param(
            STOPPED,
            STOPPED | {fields.CHARGE_CURRENT_REQUEST: 10},
            id="it chose a current without charging",
        ),
        pytest.param(
            CHARGING,
            CHARGING
            | {
                fields.CHARGE_CURRENT_REQUEST: 10,
                fields.CHARGE_CURRENT_REQUEST_MAX: 10,
            },
            id="the charger gives less",
        ),
        pytest.param({}, CHARGING, id="nothing was known before"),
    ],
)
def test_what_nobody_did_is_no_hold(
    before: dict[Field[Any], Any], now: dict[Field[Any], Any]
) -> None:
    """Cars begin and end to charge for many reasons besides somebody's word."""
    assert after(Memory(), before, now).hold is None


def test_only_what_the_car_said_is_judged() -> None:
    """That a command of a person will begin charging is not yet a start."""
    was = said(STOPPED, BEFORE)
    expected = Reading(
        field=fields.CHARGING_STATE, value="charging", at=NOW, source=Source.COMMAND
    )
    known = heard(Memory(), was, was.merged([expected]), now=NOW, rules=[rule()])
    assert known.hold is None


def test_an_old_start_of_ours_is_not_taken_for_a_new_one() -> None:
    """What we sent an hour ago did not begin what begins now."""
    memory = Memory(sent=(sent("charge_start", ago=60),))
    assert after(memory, STOPPED, CHARGING).hold is not None


def test_a_limit_of_ours_that_was_replaced_since_is_not_ours_any_more() -> None:
    """Only what we sent last is."""
    memory = Memory(sent=(sent("set_charge_limit", 90), sent("set_charge_limit", 60)))
    now = STOPPED | {fields.CHARGE_LIMIT_SOC: 90}
    assert after(memory, STOPPED, now).baseline == 90


def test_the_first_limit_is_the_owners_own() -> None:
    """Before any rule said anything the limit can be nobody else's."""
    known = after(Memory(), {}, STOPPED)
    assert known.baseline == 80
    assert known.hold is None


def test_a_limit_of_somebody_else_ends_one_of_ours_for_a_while() -> None:
    """What the owner chose is not restored away."""
    memory = Memory(raised=Raised(to=100, restore=80, why="trip", at=BEFORE))
    known = after(memory, STOPPED, STOPPED | {fields.CHARGE_LIMIT_SOC: 90})
    assert known.raised is None
    assert known.baseline == 90


def test_without_rules_nothing_is_held_off() -> None:
    """A car without a rule is nobody's business, and so is one whose rule is off."""
    off = Memory(disabled=frozenset({"night"}))
    assert after(Memory(), STOPPED, CHARGING, rules=[]).hold is None
    assert after(off, STOPPED, CHARGING).hold is None


def test_the_owners_own_word_goes_before_what_he_does() -> None:
    """A hold until a time is not shortened by a start in between."""
    hold = Hold(by=HeldBy.REQUEST, since=BEFORE, until=NOW + timedelta(hours=9))
    assert after(Memory(hold=hold), STOPPED, CHARGING).hold == hold


@pytest.mark.parametrize(
    ("hold", "is_over"),
    [
        pytest.param(Hold(by=HeldBy.STOP, since=BEFORE), True, id="somebody's stop"),
        pytest.param(
            Hold(by=HeldBy.REQUEST, since=BEFORE),
            True,
            id="the owner's, without a time",
        ),
        pytest.param(
            Hold(by=HeldBy.REQUEST, since=BEFORE, until=NOW + timedelta(hours=1)),
            False,
            id="the owner's, until a time",
        ),
    ],
)
def test_what_is_over_when_a_car_is_unplugged(hold: Hold, *, is_over: bool) -> None:
    """A hold is over with the cable, unless it was said until when."""
    assert (after(Memory(hold=hold), STOPPED, AWAY).hold is None) is is_over


def test_a_cable_that_was_out_excuses_what_was_tried_before() -> None:
    """Whoever pulled it may have mended what was wrong: the car is told at once."""
    tries = tuple(sent("charge_start", ago=ago) for ago in (31, 30, 25, 10))
    memory = after(Memory(sent=tries), STOPPED, AWAY)
    assert all(one.is_excused for one in memory.sent)


def test_unplugging_ends_what_was_begun() -> None:
    """What was asked for at once is over with the cable; what has a time is not."""
    at_once, later = (
        OneOff(id="now", target_soc=90),
        OneOff(id="trip", target_soc=100, ready_by=NOW + timedelta(days=2)),
    )
    memory = Memory(one_offs=(at_once, later), started_by="now")
    known = after(memory, CHARGING, AWAY)
    assert known.one_offs == (later,)
    assert known.started_by is None


def test_a_car_that_was_plugged_in_charges_by_its_plug() -> None:
    """So a rule may have it wait, and it is nobody's wish that it does not."""
    assert after(Memory(), AWAY, CHARGING).started_by == PLUG


def schedule(**change: Any) -> CarSchedule:
    """Return our rule's schedule in the car: every day from 02:30 to 07:30."""
    known = {
        "id": rule_ids("night")[0],
        "kind": ScheduleKind.CHARGE,
        "days": 127,
        "start": 150,
        "end": 450,
        "latitude": 0.0,
        "longitude": 0.0,
    }
    return CarSchedule(**{**known, **change})


@pytest.mark.parametrize(
    ("before", "now", "schedule", "by"),
    [
        pytest.param(STOPPED, CHARGING, schedule(), "night", id="ours began"),
        pytest.param(
            CHARGING, STOPPED, schedule(start=0, end=175), None, id="ours ended"
        ),
    ],
)
def test_a_schedule_of_ours_is_no_stranger(
    before: dict[Field[Any], Any],
    now: dict[Field[Any], Any],
    schedule: CarSchedule,
    by: str | None,
) -> None:
    """What a car does by what we wrote into it is not somebody else's doing."""
    kept = {fields.CHARGE_SCHEDULES: (schedule,)}
    state = said(now, NOW)
    around = Situation(now=NOW, zone=BERLIN, state=state)
    known = after(Memory(), before | kept, now | kept, situation=around)
    assert known.hold is None
    assert known.started_by == by
