"""What people do at the car itself, and lives that are no ordinary week."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fake_fleet import physics
from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.chargers import CHARGERS
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside
from tests.fake_fleet.onboard import ChargeSchedule
from tests.fake_fleet.specs import CYBERTRUCK, MODEL_Y, CarSpec

from .car_park import happened, live, parked

HOUR = 3600.0
DAY = 24 * HOUR
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_driver_sets_the_limit_on_the_screen() -> None:
    """It acts, it wakes the car, and the cloud has carried no command."""
    car = parked(state="asleep", soc=50)
    assert car.operate("set_charge_limit", percent=90).result
    assert car.limit == 90
    assert car.state == "online"
    assert car.commands == []
    assert happened(car, "screen set_charge_limit")


def test_a_driver_stops_and_starts_charging_on_the_screen() -> None:
    """What the screen stopped stays stopped until somebody starts it again."""
    car = parked(soc=50)
    car.plug("ac")
    live(car, HOUR / 2)
    assert car.operate("charge_stop").result
    live(car, 2 * HOUR)
    assert car.charging_state == "Stopped"
    assert car.operate("charge_start").result
    live(car, 60)
    assert car.charging_state == "Charging"


def test_a_screen_refuses_what_cannot_be() -> None:
    """As the same command would be refused."""
    assert parked().operate("charge_start").reason == "disconnected"


def commuting(**wishes: object) -> Car:
    """Make a car that is driven to work from Tuesday on."""
    commuter = Commuter(
        home=HOME,
        work=beside(HOME, 14, 60),
        zone=BERLIN,
        days_off=frozenset({date(2026, 11, 4)}),
    )
    return parked(commuter=commuter, **wishes)


def test_a_commuter_stays_at_home_on_a_holiday() -> None:
    """Tuesday and Thursday are worked, the Wednesday between is not."""
    car = live(commuting(), 3 * DAY)
    days = {at.astimezone(BERLIN).day for at in happened(car, "drove off")}
    assert days == {3, 5}


def test_a_schedule_charges_a_car_without_reception_for_two_weeks() -> None:
    """The car lives on and charges by itself; Tesla can neither see nor wake it."""
    car = commuting(self_wakes=False)
    car.parts.schedules.charge[1] = ChargeSchedule(
        id=1, start_enabled=True, start_time=120, end_enabled=True, end_time=420
    )
    car.reachable = False
    live(car, 14 * DAY)
    assert car.state == "offline"
    assert len(happened(car, "schedule started charging")) >= 10
    car.sleep_now()
    car.request_wake()
    live(car, 120)
    assert not car.parts.is_awake
    car.reachable = True
    car.request_wake()
    live(car, 120)
    assert car.state == "online"


@pytest.mark.parametrize(
    ("month", "warmth"),
    [pytest.param(1, 1.0, id="winter"), pytest.param(7, 19.0, id="summer")],
)
def test_a_year_has_seasons(month: int, warmth: float) -> None:
    """Over a day it is as warm as that time of the year is on average."""
    start = datetime(2027, month, 20, tzinfo=UTC)
    car = parked(start, mean_outside=10.0, yearly_swing=9.0, self_wakes=False)
    seen = [live(car, HOUR).parts.cabin.outside for _ in range(24)]
    assert sum(seen) / 24 == pytest.approx(warmth, abs=0.3)


def test_without_a_swing_every_day_is_the_same() -> None:
    """Lives from before there were seasons are what they were."""
    days = (physics.seasonal(11.0, 0.0, day) for day in range(1, 366))
    assert set(days) == {11.0}


@pytest.mark.parametrize(
    ("kind", "spec", "kw"),
    [
        pytest.param("ac", MODEL_Y, 11.04, id="three phases"),
        pytest.param("ac_slow", MODEL_Y, 3.45, id="one phase"),
        pytest.param("ac", CYBERTRUCK, 3.68, id="three phases, the car takes one"),
    ],
)
def test_a_car_uses_the_phases_it_shares_with_the_charger(
    kind: str, spec: CarSpec, kw: float
) -> None:
    """Power is volts, amps and the phases that both ends have."""
    car = parked(spec=spec, soc=40)
    car.plug(kind)
    live(car, HOUR)
    assert CHARGERS[kind].volts == 230
    assert car.parts.charging.wall_kw == pytest.approx(kw, rel=0.01)
    assert happened(car, "plugged in")[0] < car.parts.now - timedelta(minutes=50)
