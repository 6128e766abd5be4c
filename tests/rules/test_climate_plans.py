"""What goes with preconditioning: commands, settings, readings, the calendar."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.climate_calls import extras_calls
from custom_components.fleet_pulse.rules.climate_memory import Dealt, Once, Run
from custom_components.fleet_pulse.rules.climate_show import climate_plan, climate_views
from custom_components.fleet_pulse.rules.departure import Extras
from custom_components.fleet_pulse.rules.once import departure_of, leavings_of
from custom_components.fleet_pulse.rules.precondition import Climate, Outlook, outlook
from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.rereading import ask_at
from custom_components.fleet_pulse.rules.tuning import to_tune

from .climate import (
    AT,
    BERLIN,
    LEAVING,
    MINUTE,
    NO_MEMORY,
    NOTHING_YET,
    VIN,
    WEEKLY,
    around,
    car,
    decide,
    leaving,
    running,
    situation,
)

DAY: Final = timedelta(days=1)
EXTRAS: Final = Extras(
    seats=("front_left", "rear_center"), seat_heat=2, steering_wheel=True, defrost=True
)
AHEAD: Final = Outlook(leaving=LEAVING, lead=20 * MINUTE)


def sent(*given: Any) -> list[str]:
    """Give what follows a start, by the names of the commands."""
    return [call.command.key for call in extras_calls(*given)]


def test_what_belongs_to_a_departure_follows_its_start() -> None:
    """Seats are heated only while the climate is on; the windows come last."""
    assert sent(EXTRAS, 21, 1.0) == [
        "set_temps",
        "remote_seat_heater_request",
        "remote_seat_heater_request",
        "remote_steering_wheel_heater_request",
        "set_preconditioning_max",
    ]


@pytest.mark.parametrize("outside", [1.1, None], ids=["no frost", "nobody knows"])
def test_windows_are_cleared_only_where_they_may_be_frozen(
    outside: float | None,
) -> None:
    """It takes much energy, and is loud."""
    assert sent(Extras(defrost=True), None, outside) == []


# ---- a schedule of the car's own


def stored(state: Any = None, before: int = 60, **more: Any) -> Any:
    """Give what is to be set for a departure that lies in the car."""
    there = situation(before, state)
    decided = decide(here=there, outside=around(stored=frozenset({"work"})))
    return to_tune(decided, replace(NOTHING_YET, **more), there)


def test_a_car_that_begins_by_itself_is_told_how_warm() -> None:
    """Its schedule says only when."""
    assert stored(car({fields.DRIVER_TEMP_SETTING: 19.0})) == LEAVING


@pytest.mark.parametrize(
    ("temperature", "before", "more"),
    [
        pytest.param(21.0, 60, {}, id="it is set so"),
        pytest.param(19.0, 800, {}, id="somebody may still drive"),
        pytest.param(
            19.0,
            60,
            {"tuned": (Dealt(rule="work", at=AT, why=DepartureWhy.STORED_IN_CAR),)},
            id="it was told, and somebody turned it since",
        ),
    ],
)
def test_a_setting_is_left_to_who_has_the_last_word(
    temperature: float, before: int, more: dict[str, Any]
) -> None:
    """It is set once, and only where it differs."""
    there = car({fields.DRIVER_TEMP_SETTING: temperature})
    assert stored(there, before, **more) is None


def test_a_departure_without_a_wish_sets_nothing() -> None:
    """The car's own setting is what the owner likes."""
    rule = replace(WEEKLY, temperature=None)
    there = situation(60)
    decided = decide(
        leaving(rule=rule),
        rules=(rule,),
        here=there,
        outside=around(stored=frozenset({"work"})),
    )
    assert to_tune(decided, NOTHING_YET, there) is None


def test_what_we_begin_ourselves_is_not_set_before() -> None:
    """The temperature goes with the command."""
    there = situation(60)
    assert to_tune(decide(here=there), NOTHING_YET, there) is None


# ---- reading calendars and forecasts


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(None, -180, id="never yet: at once"),
        pytest.param(-300, -240, id="long before: hourly"),
        pytest.param(-90, -60, id="an hour before"),
        pytest.param(-59, -22, id="just before it begins"),
        pytest.param(-22, 38, id="after that hourly"),
    ],
)
def test_calendars_are_read_again_an_hour_before_and_just_before(
    asked: int | None, expected: int
) -> None:
    """An event that moved in the night is known in time."""
    asked_at = None if asked is None else AT + asked * MINUTE
    found = ask_at(asked_at, (AHEAD,), None, AT - 180 * MINUTE)
    assert found == AT + expected * MINUTE


def test_while_it_runs_calendars_are_read_often() -> None:
    """What is called off must not go on."""
    run = running().run
    assert isinstance(run, Run)
    found = ask_at(AT - 15 * MINUTE, (), run, AT - 15 * MINUTE)
    assert found == AT - 10 * MINUTE


# ---- once


def test_a_departure_that_is_asked_for_once_is_one_of_all() -> None:
    """It has no zone and no weekday, and begins when it was said."""
    once = Once(id="x", at=AT, begin=AT - 5 * MINUTE, until=AT + MINUTE, temperature=20)
    (found,) = leavings_of(NOTHING_YET.with_once(once), VIN, BERLIN)
    assert found.departure == departure_of(once, VIN)
    assert (found.is_one_off, found.until) == (True, AT + MINUTE)
    assert outlook(found, situation(), around()).start == AT - 5 * MINUTE
    assert NOTHING_YET.with_once(once).without_once("x") == NOTHING_YET


# ---- what is shown


def test_a_departure_shows_when_it_begins_and_when_one_leaves() -> None:
    """Both are moments, the reason is a key."""
    decided = decide(here=situation(60))
    view = climate_views((WEEKLY,), NO_MEMORY, NOTHING_YET, decided)["work"]
    assert (view.next_start, view.next_deadline) == (AT - 20 * MINUTE, AT)
    assert (view.is_active, view.is_enabled) == (False, True)


def test_a_departure_is_active_once_the_car_took_it() -> None:
    """A car that still wakes is not warm."""
    asking = NOTHING_YET.begun(LEAVING, AT - 20 * MINUTE)
    decided = decide(climate=asking)
    shown = climate_views((WEEKLY,), NO_MEMORY, asking, decided)["work"]
    warm = climate_views((WEEKLY,), NO_MEMORY, running(), decide(climate=running()))
    assert (shown.is_active, shown.reason.why) == (False, DepartureWhy.WAITING)
    assert warm["work"].is_active


def test_a_comfortable_departure_begins_never() -> None:
    """There is no start to show."""
    outlooks = {"work": Outlook(leaving=LEAVING, lead=timedelta())}
    decided = replace(decide(), ahead=outlooks)
    view = climate_views((WEEKLY,), NO_MEMORY, NOTHING_YET, decided)["work"]
    assert (view.next_start, view.next_deadline) == (None, AT)


def test_the_calendar_has_what_was_and_what_will_be() -> None:
    """In the order of time; what is skipped is not there."""
    past = running(10).ended(DepartureWhy.READY, AT)
    tomorrow = replace(AHEAD, leaving=leaving(AT + DAY))
    skipped = replace(AHEAD, leaving=leaving(AT + 2 * DAY, is_skipped=True))
    within = Span(start=AT - DAY, end=AT + 3 * DAY)
    found = climate_plan((skipped, tomorrow), past, within)
    assert [(one.is_past, one.span.end) for one in found] == [
        (True, AT),
        (False, AT + DAY),
    ]
    assert [one.name for one in found] == ["Work", "Work"]
    assert climate_plan((tomorrow,), past, Span(start=AT - 2 * DAY, end=AT - DAY)) == ()


def test_nothing_decided_is_nothing_shown() -> None:
    """A car without departures has none."""
    assert climate_views((), NO_MEMORY, NOTHING_YET, Climate()) == {}
