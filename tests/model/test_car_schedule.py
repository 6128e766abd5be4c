"""The schedules a car keeps: as it lists them, and as it accepted them."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.model.car_schedule import (
    CarSchedule,
    ScheduleKind,
    Standing,
)
from custom_components.fleet_pulse.model.command import Call
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.persist import dump, load
from custom_components.fleet_pulse.model.state import State

from .shared import data_file

NOW: Final = datetime(2027, 1, 1, 12, tzinfo=UTC)
PLACE: Final = {"lat": 48.1, "lon": 11.5}
WEEKDAYS: Final = 62


def recorded(name: str) -> State:
    """Return the state after a look that brought recorded schedules."""
    body = json.loads(data_file(f"fleet_api/{name}.json").read_text())
    return State().merged(vehicle_data_readings(body, now=NOW))


def listed(**entry: Any) -> tuple[CarSchedule, ...] | None:
    """Return what is read of a list with one charge schedule in it."""
    whole = {"id": 5, "days_of_week": 2, "start_enabled": True, "start_time": 60}
    body = {"charge_schedule_data": {"charge_schedules": [whole | entry]}}
    state = State().merged(vehicle_data_readings(body, now=NOW))
    return state.get(fields.CHARGE_SCHEDULES)


def accepted(state: State, call: Call, at: datetime = NOW) -> State:
    """Return the state after the car said yes to a call."""
    return state.merged(call.kept(state, at))


def test_a_recorded_list_is_read() -> None:
    """What Tesla's cars say of their schedules, and when they said it."""
    state = recorded("charge_schedule_data_entry_shape")

    assert state.get(fields.CHARGE_SCHEDULES) == (
        CarSchedule(
            kind=ScheduleKind.CHARGE,
            id=1726000000,
            days=WEEKDAYS,
            latitude=48.1,
            longitude=11.5,
            start=60,
        ),
    )
    assert state.get(fields.PRECONDITION_SCHEDULES) == (
        CarSchedule(
            kind=ScheduleKind.PRECONDITION,
            id=1726000001,
            days=127,
            latitude=48.1,
            longitude=11.5,
            end=450,
        ),
    )
    said = state.said(fields.CHARGE_SCHEDULES)
    assert said is not None
    assert said.at == datetime.fromtimestamp(1788552190, UTC)


def test_a_car_without_schedules_says_so() -> None:
    """An empty list is known to be empty, which is not the same as unknown."""
    state = recorded("charge_schedule_data_empty")

    assert state.get(fields.CHARGE_SCHEDULES) == ()
    assert state.get(fields.PRECONDITION_SCHEDULES) is None


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"id": None}, id="no number"),
        pytest.param({"days_of_week": "weekly"}, id="days in words"),
        pytest.param({"start_enabled": False}, id="neither a start nor an end"),
        pytest.param({"start_time": 2000}, id="a minute that no day has"),
    ],
)
def test_what_makes_no_sense_is_left_out(entry: dict[str, Any]) -> None:
    """One bad entry costs that entry only."""
    assert listed(**entry) == ()


def test_what_is_accepted_is_known_at_once() -> None:
    """Before the car is asked, a schedule it said yes to stands as written."""
    call = commands.ADD_CHARGE_SCHEDULE.call(
        id=7,
        days_of_week="Monday,Sunday",
        start_enabled=True,
        start_time=1380,
        end_enabled=True,
        end_time=360,
        **PLACE,
    )

    assert accepted(State(), call).get(fields.CHARGE_SCHEDULES) == (
        CarSchedule(
            kind=ScheduleKind.CHARGE,
            id=7,
            days=3,
            latitude=48.1,
            longitude=11.5,
            start=1380,
            end=360,
            standing=Standing.WRITTEN,
        ),
    )


def test_accepted_preconditioning_is_about_its_end() -> None:
    """The time to be ready is the one that a car takes."""
    call = commands.ADD_PRECONDITION_SCHEDULE.call(
        id=7, days_of_week="All", precondition_time=450, **PLACE
    )

    (schedule,) = accepted(State(), call).get(fields.PRECONDITION_SCHEDULES) or ()

    assert (schedule.start, schedule.end) == (None, 450)


def test_a_removal_is_not_believed_before_the_car_says_so() -> None:
    """The others stay; what was removed stands as such until the next list."""
    before = recorded("charge_schedule_data_entry_shape")
    call = commands.REMOVE_CHARGE_SCHEDULE.call(id=1726000000)

    removed = accepted(before, call, NOW)
    (gone,) = removed.get(fields.CHARGE_SCHEDULES) or ()
    later = {
        "charge_schedule_data": {
            "charge_schedules": [],
            "timestamp": {"seconds": int((NOW + timedelta(minutes=1)).timestamp())},
        }
    }
    read = removed.merged(vehicle_data_readings(later, now=NOW + timedelta(minutes=2)))

    assert gone.standing is Standing.REMOVED
    assert not gone.is_there
    assert read.get(fields.CHARGE_SCHEDULES) == ()


def test_a_list_from_before_does_not_undo_what_was_written() -> None:
    """A look that was under way when the car said yes tells of an older time."""
    call = commands.REMOVE_CHARGE_SCHEDULE.call(id=1726000000)
    written = accepted(State(), call, NOW)
    body = json.loads(
        data_file("fleet_api/charge_schedule_data_entry_shape.json").read_text()
    )

    older = vehicle_data_readings(body, now=NOW - timedelta(seconds=5))

    assert written.merged(older).get(fields.CHARGE_SCHEDULES) == written.get(
        fields.CHARGE_SCHEDULES
    )


def test_other_commands_keep_nothing() -> None:
    """Only what writes schedules changes what is known of them."""
    assert commands.CHARGE_START.call().kept(State(), NOW) == []


def test_one_schedule_that_cannot_be_trusted_costs_only_itself() -> None:
    """A snapshot on disk is read row by row."""
    kept = dump(recorded("charge_schedule_data_entry_shape"))
    rows = kept["charge_schedules"]["value"]["schedules"]
    rows += [None, {"id": 5}, {**rows[0], "days": "all"}, {**rows[0], "kind": "tea"}]

    restored = load(json.loads(json.dumps(kept))).get(fields.CHARGE_SCHEDULES)

    assert restored is not None
    assert [schedule.id for schedule in restored] == [1726000000]


def test_places_of_schedules_are_not_shown() -> None:
    """Nothing that says where somebody lives gets into a log."""
    shown = repr(recorded("charge_schedule_data_entry_shape"))

    assert "48.1" not in shown
    assert "11.5" not in shown
