"""Schedules stored in the fake cars run without anyone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fake_fleet.car import Car
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside, distance_km
from tests.fake_fleet.onboard import ChargeSchedule, day_bits
from tests.fake_fleet.windows import charge_windows

from .car_park import MONDAY_EVENING, happened, live, parked

HOUR = 3600.0
BERLIN = ZoneInfo("Europe/Berlin")


def window(**wishes: Any) -> dict[str, Any]:
    """Describe a charge schedule from 01:00 to 05:00 at home, every day."""
    return {
        "days_of_week": "All",
        "enabled": True,
        "start_enabled": True,
        "start_time": 60,
        "end_enabled": True,
        "end_time": 300,
        "id": 7,
        "lat": 52.52,
        "lon": 13.405,
    } | wishes


def scheduled(**wishes: Any) -> Car:
    """Make a plugged-in car at 20:00 with one charge schedule."""
    car = parked(soc=40)
    assert car.act("add_charge_schedule", window(**wishes)).result
    car.plug("ac")
    return car


def test_a_cable_waits_for_the_window() -> None:
    """Plugged in at 20:00, it says when it will begin, and sleeps."""
    car = live(scheduled(), HOUR)
    body = car.vehicle_data({"charge_state"}, location=False)["charge_state"]
    begins = datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
    assert body["charging_state"] == "Stopped"
    assert body["scheduled_charging_pending"]
    assert body["scheduled_charging_start_time"] == begins.timestamp()
    assert car.state == "asleep"


def test_a_window_charges_the_car_by_itself() -> None:
    """It wakes at 01:00, charges, and is full in the morning."""
    car = live(scheduled(), 5 * HOUR + 60)
    assert car.state == "online"
    assert car.charging_state == "Charging"
    begins = datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
    assert happened(car, "schedule started charging") == [begins]
    live(car, 5 * HOUR)
    assert car.charging_state == "Complete"
    assert car.soc == pytest.approx(80, abs=0.5)


def test_the_end_of_a_window_stops() -> None:
    """An hour is not enough; what is missing waits for the next night."""
    car = live(scheduled(end_time=120), 6 * HOUR + 60)
    assert car.charging_state == "Stopped"
    assert 50 < car.soc < 56
    live(car, 23.5 * HOUR)
    assert car.charging_state == "Charging"


@pytest.mark.parametrize(
    ("wishes", "state"),
    [
        pytest.param({"lat": 48.0}, "Charging", id="a schedule elsewhere is ignored"),
        pytest.param({"enabled": False}, "Charging", id="a schedule switched off too"),
        pytest.param({"lat": 0, "lon": 0}, "Stopped", id="without a place it counts"),
        pytest.param({"start_time": 19 * 60}, "Charging", id="plugged in inside it"),
        pytest.param(
            {"start_time": 19 * 60, "end_enabled": False},
            "Charging",
            id="within six hours of a start without end",
        ),
        pytest.param(
            {"start_enabled": False, "end_time": 23 * 60},
            "Charging",
            id="an end so near that it must begin at once",
        ),
        pytest.param(
            {"start_enabled": False, "end_time": 7 * 60},
            "Stopped",
            id="an end far enough away",
        ),
        pytest.param({"days_of_week": "Sunday"}, "Stopped", id="another day: it waits"),
    ],
)
def test_what_a_cable_does_at_once(wishes: dict[str, Any], state: str) -> None:
    """At 20:00 on a Monday."""
    assert live(scheduled(**wishes), 30).charging_state == state


def test_an_end_without_a_start_is_met() -> None:
    """Ready by 07:00 begins as late as it may, and is ready."""
    car = scheduled(start_enabled=False, end_time=7 * 60)
    live(car, 6 * HOUR)
    assert car.charging_state == "Stopped"
    live(car, 5 * HOUR)
    assert car.soc == pytest.approx(80, abs=0.5)


def test_a_person_overrules_a_schedule() -> None:
    """A start by hand charges outside the window, a stop ends it inside."""
    car = scheduled()
    assert car.act("charge_start", {}).result
    live(car, 600)
    assert car.charging_state == "Charging"
    live(car, 4.5 * HOUR)
    car.request_wake()
    live(car, 60)
    again = scheduled()
    live(again, 5.5 * HOUR)
    assert again.act("charge_stop", {}).result
    live(again, HOUR)
    assert again.charging_state == "Stopped"


def test_a_removed_schedule_acts_no_more() -> None:
    """A car that only waited for it charges at once."""
    car = scheduled()
    assert car.act("remove_charge_schedule", {"id": 7}).result
    live(car, 30)
    assert car.charging_state == "Charging"
    assert car.act("remove_charge_schedule", {"id": 7}).reason == "schedule not found"


def test_a_schedule_for_once_is_forgotten_afterwards() -> None:
    """It runs one night."""
    car = live(scheduled(one_time=True), 12 * HOUR)
    assert car.charging_state == "Complete"
    assert not car.parts.schedules.charge


def test_the_older_schedule_counts_everywhere() -> None:
    """`set_scheduled_charging` at 23:00."""
    car = parked(soc=40)
    car.act("set_scheduled_charging", {"enable": True, "time": 23 * 60})
    car.plug("ac")
    live(car, 2.9 * HOUR)
    assert car.charging_state == "Stopped"
    live(car, 0.2 * HOUR)
    assert car.charging_state == "Charging"
    body = car.vehicle_data({"charge_state"}, location=False)["charge_state"]
    assert body["scheduled_charging_mode"] == "StartAt"


def precondition(**wishes: Any) -> dict[str, Any]:
    """Describe a precondition schedule for 07:30 on weekdays."""
    return {
        "days_of_week": "Weekdays",
        "enabled": True,
        "precondition_time": 450,
        "id": 9,
        "lat": 52.52,
        "lon": 13.405,
    } | wishes


def test_a_departure_is_preconditioned_for() -> None:
    """Warm at 07:30, off again when nobody came."""
    car = parked(soc=60, mean_outside=0)
    car.act("add_precondition_schedule", precondition())
    live(car, 11.5 * HOUR - 60)
    assert car.state == "online"
    assert car.parts.cabin.is_preconditioning
    assert car.parts.cabin.inside > 17
    live(car, 0.25 * HOUR)
    assert not car.parts.cabin.is_on


@pytest.mark.parametrize(
    ("soc", "wishes"),
    [
        pytest.param(15, {}, id="not below a fifth of charge"),
        pytest.param(60, {"days_of_week": "Saturday,Sunday"}, id="not on a Tuesday"),
        pytest.param(60, {"lat": 48.1}, id="not elsewhere"),
    ],
)
def test_when_it_is_not_preconditioned(soc: float, wishes: dict[str, Any]) -> None:
    """The night passes in the cold."""
    car = parked(soc=soc)
    car.act("add_precondition_schedule", precondition(**wishes))
    live(car, 13 * HOUR)
    assert not happened(car, "schedule started preconditioning")


@pytest.mark.parametrize(
    ("days", "bits"),
    [
        pytest.param("All", 127, id="all"),
        pytest.param("Weekdays", 62, id="weekdays"),
        pytest.param("Saturday,Sunday", 65, id="Tesla's vector: Sunday is 1"),
        pytest.param("mon, WED", 10, id="short and sloppy"),
        pytest.param(62, 62, id="already bits"),
        pytest.param("Caturday", None, id="nonsense"),
        pytest.param("", None, id="nothing"),
        pytest.param(200, None, id="too many days"),
        pytest.param(None, None, id="not even text"),
    ],
)
def test_days(days: object, bits: int | None) -> None:
    """Days come as Tesla's comma string."""
    assert day_bits(days) == bits


def test_windows_follow_the_wall_clock_over_a_change_of_time() -> None:
    """01:00 stays 01:00 though the nights before and after differ by an hour."""
    row = ChargeSchedule(
        id=1, start_enabled=True, start_time=240, end_enabled=True, end_time=300
    )
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = charge_windows([row], now=now, zone=BERLIN, needed=timedelta(hours=1))
    starts = [window.start.astimezone(BERLIN).hour for window in found]
    gaps = {b.start - a.start for a, b in pairwise(found)}
    assert set(starts) == {4}
    assert gaps == {timedelta(hours=24), timedelta(hours=25)}


def test_schedules_keep_real_time_beside_accelerated_physics() -> None:
    """Sixty times as fast, a window two minutes away still begins in two minutes."""
    car = parked(time_scale=60, soc=40)
    at_20_02 = window(start_time=20 * 60 + 2, end_time=22 * 60)
    car.act("add_charge_schedule", at_20_02)
    car.plug("ac")
    live(car, 119)
    assert car.charging_state == "Stopped"
    live(car, 2)
    assert car.charging_state == "Charging"
    live(car, 300)
    assert car.charging_state == "Complete"


@pytest.fixture
def commuting() -> Car:
    """Make a car that lives a commuter's life from Monday morning on."""
    work = beside((52.52, 13.405), 18, 250)
    commuter = Commuter(home=(52.52, 13.405), work=work, zone=BERLIN, seed=3)
    return parked(MONDAY_EVENING - timedelta(hours=19), commuter=commuter, seed=3)


def test_a_commuters_week(commuting: Car) -> None:
    """Ten ways to work and back at least, and always home and plugged at night."""
    live(commuting, 7 * 24 * HOUR)
    assert 12 <= len(happened(commuting, "drove off")) <= 14
    assert len(happened(commuting, "plugged in")) >= 6
    assert distance_km(commuting.location, commuting.home) < 0.01
    assert commuting.plugged
    assert commuting.soc > 75
    assert commuting.awake_seconds < 0.35 * 7 * 24 * HOUR


def test_a_commuter_is_at_work_at_noon(commuting: Car) -> None:
    """On a Monday."""
    live(commuting, 12 * HOUR)
    assert distance_km(commuting.location, commuting.home) > 15
    assert not commuting.plugged
