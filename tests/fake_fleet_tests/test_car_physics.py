"""The laws of the fake cars: energy, taper, temperature, distance, time."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from tests.fake_fleet import physics
from tests.fake_fleet.car import Car
from tests.fake_fleet.chargers import CHARGERS
from tests.fake_fleet.geography import beside, distance_km
from tests.fake_fleet.specs import CYBERTRUCK, MODEL_S_2016, MODEL_Y, SPECS, CarSpec

from .car_park import live, parked

HOUR = 3600.0


def stored_kwh(car: Car) -> float:
    """Say what the pack holds."""
    return car.soc / 100 * car.spec.capacity_kwh


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        pytest.param("ac", MODEL_Y, id="a wallbox"),
        pytest.param("dc", MODEL_Y, id="a fast charger"),
        pytest.param("ac_us", CYBERTRUCK, id="a truck on 48 amps"),
        pytest.param("ac_slow", MODEL_S_2016, id="an old car on one phase"),
    ],
)
def test_no_energy_is_lost(kind: str, spec: CarSpec) -> None:
    """What the pack holds is what it held, plus what went in, minus what went out."""
    car = parked(spec=spec, soc=40)
    car.drive(40)
    live(car, HOUR)
    before = car.parts.battery
    car.plug(kind)
    car.act("auto_conditioning_start", {})
    live(car, 7 * HOUR)
    battery = car.parts.battery
    assert before is battery
    expected = 0.40 * spec.capacity_kwh + battery.charged_kwh - battery.used_kwh
    assert stored_kwh(car) == pytest.approx(expected)


def test_the_wall_gives_more_than_arrives() -> None:
    """Conversion and the car's own use come on top of what the pack gets."""
    car = parked(soc=40, self_wakes=False)
    car.plug("ac")
    live(car, 3 * HOUR)
    charging = car.parts.charging
    assert charging.wall_kwh == pytest.approx(3 * 11.04, rel=0.01)
    ratio = charging.session_kwh / charging.wall_kwh
    assert 0.85 < ratio < physics.AC_EFFICIENCY


@pytest.mark.parametrize(
    ("spec", "soc", "temperature", "least", "most"),
    [
        pytest.param(MODEL_Y, 10, 25, 200, 250, id="empty and warm takes all"),
        pytest.param(MODEL_Y, 50, 25, 100, 130, id="half full takes half"),
        pytest.param(MODEL_Y, 90, 25, 15, 30, id="nearly full takes little"),
        pytest.param(MODEL_Y, 100, 25, 1, 3, id="full takes next to nothing"),
        pytest.param(MODEL_Y, 10, 0, 50, 90, id="cold takes a third"),
        pytest.param(MODEL_Y, 10, -20, 5, 15, id="frozen takes hardly anything"),
        pytest.param(MODEL_S_2016, 10, 25, 90, 120, id="an old pack takes half"),
    ],
)
def test_what_a_pack_takes(
    spec: CarSpec, soc: float, temperature: float, least: float, most: float
) -> None:
    """The pack decides how fast it is filled."""
    assert least <= physics.acceptance_kw(spec, soc, temperature) <= most


@given(
    spec=st.sampled_from(list(SPECS.values())),
    soc=st.floats(20, 99),
    temperature=st.floats(-20, 45),
)
def test_fuller_never_takes_more(spec: CarSpec, soc: float, temperature: float) -> None:
    """Above a fifth the curve only falls."""
    emptier = physics.acceptance_kw(spec, soc, temperature)
    assert physics.acceptance_kw(spec, soc + 1, temperature) <= emptier


@pytest.mark.parametrize(
    ("kind", "amps", "hours"),
    [
        pytest.param("ac", 16, 2.3, id="11 kW need two and a quarter hours for 30 %"),
        pytest.param("ac", 8, 4.8, id="half the amps need twice as long"),
        pytest.param("ac_slow", 15, 7.6, id="3.4 kW need a night"),
        pytest.param("dc", 16, 0.3, id="a warmed pack on DC needs twenty minutes"),
    ],
)
def test_how_long_charging_takes(kind: str, amps: int, hours: float) -> None:
    """Charging from 50 to 80 % takes as long as it does in reality."""
    car = parked(soc=50)
    car.parts.battery.temperature = 25
    car.act("set_charging_amps", {"charging_amps": amps})
    car.plug(kind)
    live(car, 0.9 * hours * HOUR)
    assert car.charging_state == "Charging"
    live(car, 0.2 * hours * HOUR)
    assert car.charging_state == "Complete"
    assert car.soc == pytest.approx(80, abs=0.5)


def test_the_predicted_time_is_the_time_it_takes() -> None:
    """`minutes_to_full_charge` is within ten minutes on AC."""
    car = parked(soc=50)
    car.plug("ac")
    live(car, 60)
    body = car.vehicle_data({"charge_state"}, location=False)["charge_state"]
    live(car, (body["minutes_to_full_charge"] - 10) * 60)
    assert car.charging_state == "Charging"
    live(car, 20 * 60)
    assert car.charging_state == "Complete"


def test_a_cold_pack_is_heated_from_the_plug() -> None:
    """In frost the heater runs first, and charging is slower."""
    cold, warm = parked(soc=30, mean_outside=-12), parked(soc=30)
    cold.parts.battery.temperature = -10
    cold.plug("ac")
    warm.plug("ac")
    live(cold, HOUR / 3)
    live(warm, HOUR / 3)
    body = cold.vehicle_data({"charge_state"}, location=False)["charge_state"]
    assert body["battery_heater_on"]
    assert body["usable_battery_level"] < body["battery_level"]
    assert cold.soc < warm.soc - 1.5


def test_a_drive_costs_distance_time_and_energy() -> None:
    """Half an hour to a place: odometer, position and battery agree."""
    car = parked(soc=70)
    odometer, to = car.parts.motion.odometer_km, beside(car.home, 24, 210)
    car.drive(30, to)
    live(car, 15 * 60)
    assert car.parts.is_user_present
    assert 50 < car.parts.motion.speed_kmh < 100
    live(car, 16 * 60)
    assert distance_km(car.location, to) < 0.01
    assert car.parts.motion.odometer_km - odometer == pytest.approx(30, rel=0.01)
    assert 5 < 70 - car.soc < 10
    assert car.parts.motion.trip is None
    assert car.locked


def test_a_drive_takes_at_least_a_moment() -> None:
    """Nobody is anywhere at once; and one can come back to where one was."""
    car = parked(soc=50)
    car.drive(0, car.home)
    assert car.parts.motion.trip is not None
    live(car, 2)
    assert car.location == car.home


def test_a_drive_cannot_go_below_empty() -> None:
    """An empty battery stays at nothing."""
    car = parked(soc=2)
    car.drive(120, beside(car.home, 120, 90))
    live(car, 2 * HOUR)
    assert car.soc == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("state", "wishes", "least", "most"),
    [
        pytest.param("asleep", {}, 0.1, 0.6, id="asleep: a fraction of a per cent"),
        pytest.param("online", {"on": True}, 4, 10, id="on guard: several per cent"),
    ],
)
def test_vampire_drain_of_a_day(
    state: str, wishes: dict[str, Any], least: float, most: float
) -> None:
    """A parked car loses charge, an alert one much more."""
    car = parked(state=state, soc=80)
    car.act("set_sentry_mode", wishes)
    live(car, 24 * HOUR)
    assert least < 80 - car.soc < most


def test_the_cabin_follows_climate_and_weather() -> None:
    """Conditioned within minutes, cold again within hours."""
    car = parked(mean_outside=0, self_wakes=False)
    live(car, 3 * HOUR)
    assert car.parts.cabin.inside < 6
    car.act("auto_conditioning_start", {})
    car.request_wake()
    live(car, 90)
    car.act("auto_conditioning_start", {})
    live(car, 1500)
    assert car.parts.cabin.inside == pytest.approx(21, abs=1)
    assert 0.3 < car.parts.cabin.hvac_kw < 6
    car.act("auto_conditioning_stop", {})
    live(car, 3 * HOUR)
    assert car.parts.cabin.inside < 6


def test_the_wall_feeds_the_climate() -> None:
    """A plugged-in, full car preconditions without losing charge."""
    car = parked(soc=80)
    car.plug("ac")
    live(car, 60)
    car.act("auto_conditioning_start", {})
    live(car, HOUR)
    assert car.soc == pytest.approx(80, abs=0.1)
    assert car.parts.charging.wall_kwh > 0.3


def test_a_full_car_charges_again_once_well_below_its_limit() -> None:
    """Vampire drain does not keep a full car charging, nor is it forgotten."""
    car = parked(soc=80)
    car.plug("ac")
    live(car, 3 * 24 * HOUR)
    assert car.charging_state == "Complete"
    car.parts.battery.soc = 76.9
    live(car, 600)
    assert car.state == "online"
    assert car.charging_state == "Charging"


def test_chargers_offer_what_they_say() -> None:
    """The least of car, cable and wish flows."""
    assert physics.line_amps(MODEL_Y, CHARGERS["ac"], 32) == 16
    assert physics.line_amps(MODEL_Y, CHARGERS["ac_slow"], 6) == 6
    assert physics.line_phases(CYBERTRUCK, CHARGERS["ac"]) == 1
    assert physics.offered_kw(MODEL_Y, CHARGERS["dc"], 5) == 250
