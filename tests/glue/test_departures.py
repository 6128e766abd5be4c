"""Departures in a household: from calendar and weather to the car, and back."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse import disk
from custom_components.fleet_pulse.fleet.deferred import by
from custom_components.fleet_pulse.fleet.errors import NotSaved
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.climate_memory import Once
from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.view import Matter
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .appointments import CALENDAR, WEATHER, Appointments, add_calendar, add_weather
from .garage import Garage, town
from .household import Household
from .rules import MORNING, add_rule, remove_rule, runner, view

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
def wakes_in() -> float:
    """Give how long a car takes to wake."""
    return 8


@pytest.fixture
async def cloud(
    socket_enabled: None, cloud_clock: Clock, wakes_in: float
) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock, wakes_in=wakes_in) as world:
        yield world


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give a garage with a car that was seen at home, plugged in, and fell asleep."""
    found = Garage(home)
    found.car.plug("ac")
    await found.wake_up()
    await found.fetch()
    found.car.sleep_now()
    await found.look()
    return found


@pytest.fixture
def told(garage: Garage) -> list[Mapping[str, Any]]:
    """Collect what is told of rules."""
    found: list[Mapping[str, Any]] = []

    @callback
    def tell(event: Event) -> None:
        found.append(event.data)

    garage.home.hass.bus.async_listen("fleet_pulse_rule", tell)
    return found


def soon(minutes: int) -> datetime:
    """Give a moment ahead on a full minute."""
    now = dt_util.utcnow().replace(second=0, microsecond=0)
    return now + timedelta(minutes=minutes)


def weekly(at: datetime, **more: Any) -> dict[str, Any]:
    """Give a departure at this time of the day, every day."""
    local = dt_util.as_local(at)
    return {
        "source": "weekly",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "at": local.strftime("%H:%M:%S"),
        **more,
    }


async def depart(garage: Garage, data: Mapping[str, Any]) -> str:
    """Add a departure."""
    return await add_rule(garage.home, "Work", data, matter=Matter.PRECONDITIONING)


def why(garage: Garage, rule: str) -> DepartureWhy:
    """Give the reason of a departure."""
    return DepartureWhy(view(garage.home, rule).reason.why)


def attempts(garage: Garage) -> int:
    """Count how often the climate was to be switched on, whatever came of it."""
    names = [command for _, command, _, _ in garage.car.commands]
    return names.count("auto_conditioning_start")


def kinds(told: list[Mapping[str, Any]]) -> list[str]:
    """Give what was told, by kind."""
    return [one["type"] for one in told]


async def test_a_car_is_warm_in_time_for_a_departure(
    garage: Garage, told: list[Mapping[str, Any]]
) -> None:
    """One wake, one start, told, and ended a while after the departure."""
    await add_weather(garage.home.hass, 3)
    at = soon(60)
    rule = await depart(garage, weekly(at, weather=WEATHER, temperature=22))
    await garage.live(39 * MINUTE, 60)
    assert garage.obeyed() == []
    assert view(garage.home, rule).next_start == at - timedelta(minutes=20)
    await garage.live(4 * MINUTE)
    assert garage.obeyed() == ["auto_conditioning_start", "set_temps"]
    assert len(garage.wakes()) == 1
    assert why(garage, rule) is DepartureWhy.PRECONDITIONING
    assert view(garage.home, rule).is_active
    await garage.live(20 * MINUTE, 30)
    assert kinds(told) == ["preconditioning_started", "ready"]
    await garage.live(20 * MINUTE, 30)
    assert garage.obeyed()[-1] == "auto_conditioning_stop"
    assert not garage.car.parts.cabin.is_on


async def test_charging_goes_by_the_weather_that_a_departure_names(
    garage: Garage,
) -> None:
    """The car slept through the frost: what it said last was mild."""
    report = await add_weather(garage.home.hass, -8)
    await depart(garage, weekly(soon(600), weather=WEATHER))
    rule = await add_rule(garage.home, "Morning", MORNING)
    frosty = view(garage.home, rule).next_start
    await remove_rule(garage.home, rule)
    report.warm_up(12)
    rule = await add_rule(garage.home, "Morning", MORNING)
    mild = view(garage.home, rule).next_start
    assert frosty is not None
    assert mild is not None
    assert mild - frosty >= timedelta(minutes=15)


async def test_a_comfortable_morning_wakes_nobody(
    garage: Garage, told: list[Mapping[str, Any]]
) -> None:
    """It is told once that nothing need be done, and nothing is billed."""
    await add_weather(garage.home.hass, 15)
    rule = await depart(garage, weekly(soon(40), weather=WEATHER))
    before = len(garage.cloud.requests)
    await garage.live(35 * MINUTE, 60)
    assert why(garage, rule) is DepartureWhy.COMFORTABLE
    assert (garage.obeyed(), garage.wakes()) == ([], [])
    assert kinds(told) == ["preconditioning_skipped"]
    assert told[0]["reason"] == "comfortable"
    paths = {one.path for one in garage.cloud.requests[before:]}
    assert not any("vehicle_data" in path for path in paths)


async def test_a_report_in_fahrenheit_counts_as_it_is_meant(garage: Garage) -> None:
    """50 °F is a morning on which nothing need be done, 30 °F is frost."""
    await garage.home.hass.config.async_update(unit_system="us_customary")
    report = await add_weather(garage.home.hass, 12)
    rule = await depart(garage, weekly(soon(200), weather=WEATHER))
    await garage.live(MINUTE, 60)
    assert view(garage.home, rule).next_start is None
    report.celsius = -1
    await garage.live(62 * MINUTE, 60)
    shown = view(garage.home, rule)
    assert shown.next_deadline is not None
    assert shown.next_start == shown.next_deadline - timedelta(minutes=30)


async def test_a_report_without_hours_counts_with_what_it_says_of_now(
    garage: Garage,
) -> None:
    """Better than nothing; a report that is away is a guess of 20 minutes."""
    report = await add_weather(garage.home.hass, 27)
    report.has_hours = False
    rule = await depart(garage, weekly(soon(100), weather=WEATHER))
    await garage.live(MINUTE, 60)
    shown = view(garage.home, rule)
    assert shown.next_deadline is not None
    assert shown.next_start == shown.next_deadline - timedelta(minutes=10)


async def test_extras_go_with_it_and_windows_only_in_frost(garage: Garage) -> None:
    """What a car does not have is left out without costing the rest."""
    await add_weather(garage.home.hass, -3)
    extras = {"seats": ["front_left"], "seat_heat": 2, "defrost": True}
    await depart(garage, weekly(soon(35), weather=WEATHER, extras=extras))
    await garage.live(8 * MINUTE, 20)
    assert garage.obeyed() == [
        "auto_conditioning_start",
        "remote_seat_heater_request",
        "set_preconditioning_max",
    ]
    assert garage.car.parts.cabin.seat_heaters[0] == 2


async def test_an_extra_that_a_car_refuses_costs_nothing_else(garage: Garage) -> None:
    """The seat stays cold, and the windows are cleared all the same."""
    await add_weather(garage.home.hass, -3)
    extras = {"seats": ["front_left"], "seat_heat": 2, "defrost": True}
    garage.car.refuses["remote_seat_heater_request"] = "not_now"
    await depart(garage, weekly(soon(35), weather=WEATHER, extras=extras))
    await garage.live(8 * MINUTE, 20)
    assert garage.obeyed()[-1] == "set_preconditioning_max"
    assert garage.car.parts.cabin.seat_heaters.get(0, 0) == 0


async def test_low_soc_is_a_reason_and_is_not_tried_again(
    garage: Garage, told: list[Mapping[str, Any]]
) -> None:
    """Tesla's word is final for this departure."""
    garage.car.refuse_next("low_soc", 5)
    rule = await depart(garage, weekly(soon(30), zones=[]))
    await garage.live(25 * MINUTE, 30)
    assert why(garage, rule) is DepartureWhy.LOW_SOC
    assert attempts(garage) == 1
    assert [(one["type"], one["reason"]) for one in told] == [
        ("preconditioning_skipped", "low_soc")
    ]


async def test_could_not_wake_buses_is_tried_once_more(garage: Garage) -> None:
    """A computer of the car that overslept is up a minute later."""
    garage.car.refuse_next("could_not_wake_buses", 1)
    rule = await depart(garage, weekly(soon(30), zones=[]))
    await garage.live(14 * MINUTE, 20)
    assert attempts(garage) == 2
    assert why(garage, rule) is DepartureWhy.PRECONDITIONING


async def test_buses_that_sleep_on_are_left_alone(garage: Garage) -> None:
    """Two tries are enough."""
    garage.car.refuse_next("could_not_wake_buses", 9)
    rule = await depart(garage, weekly(soon(30), zones=[]))
    await garage.live(20 * MINUTE, 30)
    assert attempts(garage) == 2
    assert why(garage, rule) is DepartureWhy.TROUBLE


@pytest.mark.parametrize("wakes_in", [900])
async def test_a_car_that_does_not_wake_is_not_asked_for_ever(garage: Garage) -> None:
    """The guard says when, and that is soon too late."""
    rule = await depart(garage, weekly(soon(30), zones=[]))
    await garage.live(28 * MINUTE, 30)
    assert why(garage, rule) is DepartureWhy.NO_WAKE
    assert attempts(garage) == 0


# ---- calendars


def meeting(**more: Any) -> dict[str, Any]:
    """Give a departure by the calendar, with a quarter of an hour to spare."""
    chosen = {"entity": CALENDAR, "needs_location": True, "buffer": 15, **more}
    return {"source": "calendar", "calendar": chosen, "zones": []}


@pytest.fixture
async def calendar(garage: Garage) -> AsyncIterator[Appointments]:
    """Give the household's calendar."""
    found = await add_calendar(garage.home.hass)
    yield found
    await found.async_remove()


async def test_one_is_warm_in_time_for_the_way_to_an_appointment(
    garage: Garage, calendar: Appointments
) -> None:
    """The way, as another entity says, and some time to spare."""
    garage.home.hass.states.async_set("sensor.way", "0.5", {"unit_of_measurement": "h"})
    calendar.plan(soon(120))
    rule = await depart(garage, meeting(travel_entity="sensor.way"))
    await garage.live(MINUTE, 60)
    assert view(garage.home, rule).next_deadline == soon(119 - 45)
    await garage.live(56 * MINUTE, 60)
    assert garage.obeyed() == ["auto_conditioning_start"]


async def test_an_appointment_that_is_cancelled_ends_it(
    garage: Garage, calendar: Appointments
) -> None:
    """What was begun is stopped, and the reason says why it is cold."""
    calendar.plan(soon(60))
    rule = await depart(garage, meeting())
    await garage.live(28 * MINUTE, 60)
    assert garage.car.parts.cabin.is_on
    calendar.events.clear()
    await garage.live(7 * MINUTE, 30)
    assert garage.obeyed()[-1] == "auto_conditioning_stop"
    assert not garage.car.parts.cabin.is_on
    assert why(garage, rule) is DepartureWhy.CANCELLED


async def test_an_appointment_that_moved_in_time_is_noticed(
    garage: Garage, calendar: Appointments
) -> None:
    """It is read again just before, so nobody is woken for the old time."""
    calendar.plan(soon(60))
    await depart(garage, meeting())
    await garage.live(20 * MINUTE, 60)
    calendar.events.clear()
    calendar.plan(soon(100))
    await garage.live(30 * MINUTE, 60)
    assert (garage.obeyed(), garage.wakes()) == ([], [])
    await garage.live(36 * MINUTE, 60)
    await garage.live(2 * MINUTE)
    assert garage.obeyed() == ["auto_conditioning_start"]


async def test_a_calendar_that_is_down_calls_nothing_off(
    garage: Garage, calendar: Appointments
) -> None:
    """What it said last is still meant."""
    calendar.plan(soon(60))
    await depart(garage, meeting())
    await garage.live(MINUTE, 60)
    calendar.is_down = True
    await garage.live(35 * MINUTE, 60)
    assert garage.obeyed() == ["auto_conditioning_start"]
    assert calendar.reads > 2


async def test_all_day_events_are_no_departures(
    garage: Garage, calendar: Appointments
) -> None:
    """A birthday is no time to leave."""
    calendar.plan(soon(60).date())
    rule = await depart(garage, meeting())
    await garage.live(MINUTE, 60)
    assert why(garage, rule) is DepartureWhy.IDLE


# ---- who is with the car, and what the owner says meanwhile


async def running(garage: Garage, **more: Any) -> str:
    """Give a departure whose preconditioning has begun."""
    rule = await depart(garage, weekly(soon(22), zones=[], **more))
    await garage.live(4 * MINUTE, 20)
    assert garage.car.parts.cabin.is_on
    return rule


async def test_who_drives_off_keeps_it_on(garage: Garage) -> None:
    """It is not ours any more."""
    await running(garage)
    garage.car.drive(90)
    await garage.live(60 * MINUTE, 60)
    assert "auto_conditioning_stop" not in garage.obeyed()


async def test_what_is_switched_off_while_it_runs_ends_at_once(garage: Garage) -> None:
    """Off is off."""
    rule = await running(garage)
    await garage.result(runner(garage.home).async_set_enabled(rule, False))
    await garage.live(MINUTE, 10)
    assert garage.obeyed()[-1] == "auto_conditioning_stop"
    assert why(garage, rule) is DepartureWhy.DISABLED


async def test_a_day_that_is_skipped_is_left_out(garage: Garage) -> None:
    """Until it is taken back."""
    at = soon(30)
    rule = await depart(garage, weekly(at, zones=[]))
    day = dt_util.as_local(at).date()
    await garage.result(runner(garage.home).async_skip(rule, day))
    await garage.live(15 * MINUTE, 60)
    assert why(garage, rule) is DepartureWhy.SKIPPED
    assert garage.obeyed() == []
    await garage.result(runner(garage.home).async_unskip(rule, day))
    await garage.live(2 * MINUTE, 10)
    assert garage.obeyed() == ["auto_conditioning_start"]


async def test_a_departure_that_is_moved_takes_place_elsewhere(garage: Garage) -> None:
    """Its own day is skipped, and the calendar shows where it went."""
    at = soon(30)
    rule = await depart(garage, weekly(at, zones=[]))
    day, later = dt_util.as_local(at).date(), at + timedelta(hours=1)
    span = Span(start=later - timedelta(minutes=20), end=later)
    await garage.result(runner(garage.home).async_move(rule, day, span))
    vin, now = garage.car.vin, dt_util.utcnow()
    (first, *_) = runner(garage.home).outlook(vin, now, now + timedelta(hours=20))
    assert (first.span, first.is_one_off) == (span, True)
    await garage.live(60 * MINUTE, 60)
    assert garage.obeyed() == []
    await garage.live(12 * MINUTE, 60)
    assert garage.obeyed() == ["auto_conditioning_start"]


async def test_a_restart_in_the_middle_repeats_nothing(garage: Garage) -> None:
    """What was begun before is still ours to end."""
    rule = await running(garage)
    await garage.restart()
    await garage.live(10 * MINUTE, 60)
    assert garage.obeyed() == ["auto_conditioning_start"]
    assert view(garage.home, rule).is_active
    await garage.live(35 * MINUTE, 60)
    assert garage.obeyed() == ["auto_conditioning_start", "auto_conditioning_stop"]


async def test_one_wake_serves_all_that_is_due_within_ten_minutes(
    garage: Garage,
) -> None:
    """What must reach the car soon after goes with it."""
    at = soon(30)
    await depart(garage, weekly(at, zones=[]))
    limit = commands.SET_CHARGE_LIMIT.call(percent=70)
    deadline = at - timedelta(minutes=12)
    await garage.result(garage.deferring(limit, by(deadline)))
    await garage.live(22 * MINUTE, 30)
    assert sorted(garage.obeyed()) == ["auto_conditioning_start", "set_charge_limit"]
    assert len(garage.wakes()) == 1


async def test_a_departure_follows_a_charge_rule(garage: Garage) -> None:
    """Who has the car full by then leaves then."""
    at = soon(300)
    morning = {**MORNING, "ready_by": dt_util.as_local(at).strftime("%H:%M:%S")}
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    charging = await add_rule(garage.home, "Full", {**morning, "days": days})
    rule = await depart(garage, {"source": "charge_rule", "rule": charging})
    assert view(garage.home, rule).next_deadline == at


async def test_a_departure_whose_entity_vanished_pauses(garage: Garage) -> None:
    """It says what is missing, and nothing is sent."""
    rule = await depart(garage, weekly(soon(30), weather="weather.gone"))
    await garage.live(15 * MINUTE, 60)
    assert why(garage, rule) is DepartureWhy.ENTITY_MISSING
    assert garage.obeyed() == []


@pytest.mark.parametrize(
    ("state", "starts"),
    [
        pytest.param("home", 1, id="somebody is home"),
        pytest.param("not_home", 0, id="nobody is home"),
        pytest.param("unknown", 1, id="nobody knows"),
        pytest.param("2", 1, id="two people are in the zone"),
        pytest.param("0", 0, id="the zone is empty"),
    ],
)
async def test_somebody_must_be_home_where_that_is_asked_for(
    garage: Garage, state: str, starts: int
) -> None:
    """As a person, a switch or a zone says."""
    garage.home.hass.states.async_set("person.me", state)
    await depart(garage, weekly(soon(30), zones=[], presence=["person.me"]))
    await garage.live(14 * MINUTE, 60)
    assert garage.obeyed().count("auto_conditioning_start") == starts


# ---- what the car does by itself


async def test_a_weekly_departure_is_left_to_the_car(
    garage: Garage, told: list[Mapping[str, Any]]
) -> None:
    """It lies in the car, which is warm in time with nobody waking it."""
    await garage.wake_up()
    at = soon(90)
    rule = await depart(garage, weekly(at, temperature=24))
    await garage.live(5 * MINUTE, 20)
    assert "add_precondition_schedule" in garage.obeyed()
    assert why(garage, rule) is DepartureWhy.STORED_IN_CAR
    assert "set_temps" in garage.obeyed()
    garage.car.sleep_now()
    await garage.live(85 * MINUTE, 60)
    assert garage.car.parts.cabin.is_on
    assert "auto_conditioning_start" not in garage.obeyed()
    assert garage.wakes() == []
    await garage.live(45 * MINUTE, 60)
    assert "auto_conditioning_stop" not in garage.obeyed()
    assert kinds(told)[:1] == ["preconditioning_started"]


async def test_what_lies_in_the_car_is_taken_out_when_it_is_switched_off(
    garage: Garage,
) -> None:
    """Until the car has forgotten it, that is the reason."""
    await garage.wake_up()
    rule = await depart(garage, weekly(soon(90)))
    await garage.live(5 * MINUTE, 20)
    assert why(garage, rule) is DepartureWhy.STORED_IN_CAR
    await garage.result(runner(garage.home).async_set_enabled(rule, False))
    assert why(garage, rule) in {DepartureWhy.STILL_STORED, DepartureWhy.DISABLED}
    await garage.live(5 * MINUTE, 20)
    assert garage.obeyed()[-1] == "remove_precondition_schedule"
    assert not garage.car.parts.schedules.precondition
    assert why(garage, rule) is DepartureWhy.DISABLED


async def test_a_full_disk_begins_nothing_that_nobody_would_end(
    garage: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is begun must be known as ours after a crash."""
    rule = await depart(garage, weekly(soon(30), zones=[]))

    def full(*_: object) -> None:
        raise NotSaved("No space left on device")

    with monkeypatch.context() as disk_is_full:
        disk_is_full.setattr(disk, "write", full)
        await garage.live(12 * MINUTE, 20)
        once = Once(id="once", at=soon(40))
        with pytest.raises(NotSaved):
            await runner(garage.home).async_precondition(garage.car.vin, once)
    assert garage.obeyed() == []
    assert why(garage, rule) is DepartureWhy.TROUBLE
    await garage.live(10 * MINUTE, 30)
    assert garage.obeyed() == ["auto_conditioning_start"]
