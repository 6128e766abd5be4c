"""What the fake cars say has the shape of what real ones said."""

from base64 import b64decode
from datetime import UTC
import json
from pathlib import Path
from typing import Any

import pytest
from tesla_protocol.command.vehicle_pb2 import VehicleData

from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_S_2016, SPECS

from .car_park import MONDAY_EVENING, happened, live, parked

RECORDINGS = Path(__file__).parents[2] / "../shared/data/fleet_api"


def recorded(name: str) -> Any:
    """Read a recorded answer that lies beside the checkout."""
    path = RECORDINGS / name
    if not path.exists():
        pytest.skip(f"no recording {name} beside the checkout")
    return json.loads(path.read_text())


def flat(body: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Spread a nested body into dotted names."""
    return {
        name: value
        for key, inner in body.items()
        for name, value in (
            flat(inner, f"{prefix}{key}.")
            if isinstance(inner, dict)
            else {f"{prefix}{key}": inner}
        ).items()
    }


def whole(car: Car) -> dict[str, Any]:
    """Ask for everything, with a route on."""
    car.parts.motion.destination = ("Somewhere", (48.1, 11.5))
    return flat(car.vehicle_data(None, location=True))


def section(car: Car, name: str) -> dict[str, Any]:
    """Ask for one section."""
    body: dict[str, Any] = car.vehicle_data({name}, location=False)[name]
    return body


VEHICLE_DATA = [
    "vehicle_data_model3_2019_dc_ccs_100kw_fw2019.32.json",
    "vehicle_data_models85d_2015_ac_charging.json",
    "vehicle_data_models_p90d_2016_ac_charging_fw2020.48.json",
    "vehicle_data_partial_ac_level2_9kw.json",
    "vehicle_data_partial_charge_complete.json",
    "vehicle_data_partial_dc_supercharger_150kw.json",
    "vehicle_data_partial_disconnected.json",
]


@pytest.mark.parametrize("recording", VEHICLE_DATA)
def test_every_recorded_key_is_there(recording: str) -> None:
    """Whatever a real car said, a fake one says."""
    keys = set(flat(recorded(recording)["response"]))
    assert keys <= set(whole(parked()))


@pytest.mark.parametrize("recording", VEHICLE_DATA)
def test_types_are_those_recorded(recording: str) -> None:
    """Text where text was, numbers where numbers were; null may stand for anything."""
    words, told = whole(parked()), flat(recorded(recording)["response"])
    kinds = {bool: "bool", int: "number", float: "number", str: "text", list: "list"}
    wrong = {
        key: (value, words[key])
        for key, value in told.items()
        if value not in (None, "<invalid>") and words[key] not in (None, "<invalid>")
        if kinds[type(value)] != kinds[type(words[key])]
    }
    assert not wrong


def test_the_product_entry_is_as_recorded() -> None:
    """The free list's entry has the keys of a real one, and no others."""
    real = recorded("products_vehicle_signing_required.json")["response"][0]
    assert set(parked().product()) == set(real)


def test_schedules_are_as_recorded() -> None:
    """Both sections, with an entry each."""
    real = recorded("charge_schedule_data_entry_shape.json")
    car = parked()
    place = {"lat": 48.1, "lon": 11.5, "enabled": True}
    hours = {"start_enabled": True, "start_time": 60}
    end = {"end_enabled": False, "end_time": 0}
    car.act(
        "add_charge_schedule",
        {"days_of_week": "Weekdays", "id": 1726000000} | hours | end | place,
    )
    car.act(
        "add_precondition_schedule",
        {"days_of_week": "All", "precondition_time": 450, "id": 1726000001} | place,
    )
    body = car.vehicle_data(set(real), location=False)
    for name, inner in (
        ("charge_schedule_data", "charge_schedules"),
        ("preconditioning_schedule_data", "precondition_schedules"),
    ):
        assert body[name][inner] == real[name][inner]
        assert set(body[name]) == set(real[name])


def test_sections_can_be_asked_for() -> None:
    """Nothing else comes, and schedules come only by name."""
    car = parked()
    body = car.vehicle_data({"charge_state"}, location=False)
    assert "charge_state" in body
    assert "climate_state" not in body
    usual = car.vehicle_data(None, location=False)
    assert "vehicle_state" in usual
    assert "charge_schedule_data" not in usual


@pytest.mark.parametrize(
    ("sections", "location", "told"),
    [
        pytest.param(None, True, True, id="allowed and asked for"),
        pytest.param({"location_data"}, True, True, id="asked for alone"),
        pytest.param(None, False, False, id="not allowed"),
        pytest.param({"location_data"}, False, False, id="asked for in vain"),
        pytest.param({"charge_state"}, True, False, id="something else asked for"),
    ],
)
def test_where_it_is(sections: set[str] | None, location: bool, told: bool) -> None:
    """The place is told only to whom it may be told."""
    body = parked().vehicle_data(sections, location=location)
    assert ("latitude" in body.get("drive_state", {})) is told


def test_stamps_are_of_the_moment() -> None:
    """Milliseconds of the clock, whatever physics does."""
    car = parked(time_scale=60)
    live(car, 90)
    expected = (MONDAY_EVENING.timestamp() + 90) * 1000
    for name in ("charge_state", "climate_state", "vehicle_state", "drive_state"):
        assert section(car, name)["timestamp"] == expected


def test_units_are_teslas() -> None:
    """Miles, mph, bar; the level is whole."""
    car = parked(soc=62.4)
    car.drive(30, (52.40, 13.00))
    live(car, 900)
    motion = car.parts.motion
    assert section(car, "vehicle_state")["odometer"] == pytest.approx(
        motion.odometer_km / 1.609344
    )
    assert section(car, "drive_state")["speed"] == round(motion.speed_kmh / 1.609344)
    assert section(car, "drive_state")["shift_state"] == "D"
    assert 2.5 < section(car, "vehicle_state")["tpms_pressure_fl"] < 3.2
    assert isinstance(section(car, "charge_state")["battery_level"], int)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(
            "ac",
            {
                "charger_actual_current": 16,
                "charger_voltage": 230,
                "charger_phases": 2,
                "charger_power": 11,
                "conn_charge_cable": "IEC",
                "fast_charger_present": False,
                "charge_port_latch": "Engaged",
            },
            id="three phases, which Tesla calls two",
        ),
        pytest.param(
            "ac_slow",
            {"charger_actual_current": 15, "charger_phases": 1, "charger_power": 3},
            id="one phase",
        ),
        pytest.param(
            "dc",
            {
                "fast_charger_present": True,
                "fast_charger_type": "Combo",
                "fast_charger_brand": "Tesla",
                "charger_phases": None,
                "charger_actual_current": 0,
            },
            id="a fast charger",
        ),
    ],
)
def test_what_charging_looks_like(kind: str, expected: dict[str, Any]) -> None:
    """A minute after plugging in."""
    car = parked(soc=30)
    car.plug(kind)
    body = section(live(car, 90), "charge_state")
    assert body["charging_state"] == "Charging"
    assert body["charge_rate"] > 0
    assert {key: body[key] for key in expected} == expected


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_model_can_be_shown(spec: Any) -> None:
    """All bodies are JSON, all VINs are as long as VINs are."""
    car = parked(spec=spec)
    assert len(car.vin) == 17
    assert json.loads(json.dumps(car.vehicle_data(None, location=True)))
    assert car.product()["command_signing"] == spec.command_signing


def test_an_old_car_shows_its_sunroof() -> None:
    """Others have none."""
    car = parked(spec=MODEL_S_2016)
    car.act("sun_roof_control", {"state": "vent"})
    assert section(car, "vehicle_state")["sun_roof_percent_open"] == 15
    assert section(parked(), "vehicle_state")["sun_roof_state"] == "unknown"


def test_an_update_is_seen_and_installed() -> None:
    """Available, scheduled, installing, installed."""
    car = parked()
    assert car.act("schedule_software_update", {"offset_sec": 60}).reason == "no_update"
    car.offer_update("2026.44.3")
    update = section(car, "vehicle_state")["software_update"]
    assert (update["status"], update["version"]) == ("available", "2026.44.3")
    assert car.act("schedule_software_update", {"offset_sec": 3600}).result
    assert live(car, 1800).state == "asleep"
    live(car, 1810)
    assert section(car, "vehicle_state")["software_update"]["status"] == "installing"
    assert car.state == "online"
    live(car, 1600)
    assert section(car, "vehicle_state")["car_version"] == "2026.44.3"


def pushed(car: Car) -> VehicleData:
    """Unpack the snapshot that the free list carries."""
    return VehicleData.FromString(b64decode(car.product()["cached_data"]))


def test_a_snapshot_is_pushed_at_sleep_and_at_wake() -> None:
    """It says what was so then, with the time of then, and costs nothing."""
    car = parked(soc=61.6)
    car.cached_data = True
    assert car.product()["cached_data"] is None
    car.act("set_charge_limit", {"percent": 70})
    live(car, 1200)
    asleep_at = happened(car, "fell asleep")[0]
    told = pushed(car)
    assert told.charge_state.battery_level == round(car.soc)
    assert told.charge_state.charge_limit_soc == 70
    assert told.charge_state.charging_state.HasField("Disconnected")
    assert told.charge_state.timestamp.ToDatetime(UTC) == asleep_at
    assert told.closures_state.locked
    assert told.location_state.native_latitude_d == pytest.approx(car.home[0])
    assert told.climate_state.inside_temp_celsius == pytest.approx(
        car.parts.cabin.inside, abs=0.5
    )
    car.plug("ac")
    told = pushed(car)
    assert told.charge_state.timestamp.ToDatetime(UTC) > asleep_at
    car.cached_data = False
    assert car.product()["cached_data"] is None


def test_an_unreachable_car_pushes_nothing() -> None:
    """What Tesla has stays as it was."""
    car = parked()
    car.cached_data = True
    car.reachable = False
    live(car, 1200)
    assert car.product()["cached_data"] is None
