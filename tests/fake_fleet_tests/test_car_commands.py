"""Every command of the table is understood, with the parameters Tesla documents."""

from dataclasses import replace
import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.fake_fleet.actions import ACTIONS
from tests.fake_fleet.answer import DONE
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import CYBERTRUCK

from .car_park import live, parked

VECTORS = Path(__file__).parents[2] / "../shared/data/vehicle_command/vectors.json"
PLACE: Final = {"lat": 48.1, "lon": 11.5}
ON: Final = {"on": True}
ENABLE: Final = {"enable": True}
PIN: Final = {"pin": "1234"}
HOURS: Final = {
    "start_enabled": True,
    "start_time": 60,
    "end_enabled": True,
    "end_time": 300,
}

EVERYWHERE: Final = {"home": True, "other": True, "work": True}

PARAMS: Final[dict[str, dict[str, Any]]] = {
    "actuate_trunk": {"which_trunk": "rear"},
    "add_charge_schedule": {"days_of_week": "All", "enabled": True} | HOURS | PLACE,
    "add_precondition_schedule": {
        "days_of_week": "All",
        "enabled": True,
        "precondition_time": 450,
    }
    | PLACE,
    "adjust_volume": {"volume": 5.5},
    "batch_remove_charge_schedules": EVERYWHERE,
    "batch_remove_precondition_schedules": EVERYWHERE,
    "guest_mode": ENABLE,
    "keep_accessory_power_mode": ENABLE,
    "navigation_gps_request": PLACE | {"order": 1},
    "navigation_request": {
        "type": "share_ext_content_raw",
        "locale": "en-US",
        "timestamp_ms": 1726000000000,
        "value": {"android.intent.extra.TEXT": "Somewhere 1"},
    },
    "navigation_sc_request": {"id": 123, "order": 1},
    "navigation_waypoints_request": {"waypoints": "refId:abc"},
    "parental_controls_activate": PIN,
    "parental_controls_deactivate": PIN,
    "parental_controls_enable_setting": ENABLE | {"setting": "Curfew"},
    "parental_controls_set_speed_limit": {"limit_mph": 70},
    "remote_auto_seat_climate_request": {
        "auto_seat_position": 1,
        "auto_climate_on": True,
    },
    "remote_auto_steering_wheel_climate_request": ON,
    "remote_auto_steering_wheel_heat_climate_request": ON,
    "remote_seat_cooler_request": {"seat_position": 2, "seat_cooler_level": 4},
    "remote_seat_heater_request": {"heater": 5, "level": 3},
    "remote_steering_wheel_heat_level_request": {"level": 3},
    "remote_steering_wheel_heater_request": ON,
    "remove_charge_schedule": {"id": 1},
    "remove_precondition_schedule": {"id": 2},
    "schedule_software_update": {"offset_sec": 0},
    "set_bioweapon_mode": ON | {"manual_override": False},
    "set_cabin_overheat_protection": ON | {"fan_only": False},
    "set_charge_limit": {"percent": 55},
    "set_charging_amps": {"charging_amps": 10},
    "set_climate_keeper_mode": {"climate_keeper_mode": 3},
    "set_cop_temp": {"cop_temp": 1},
    "set_low_power_mode": ENABLE,
    "set_pin_to_drive": ON | {"password": "1234"},
    "set_managed_charger_location": {"location": PLACE},
    "set_managed_scheduled_charging_time": {"time": 90},
    "set_preconditioning_max": ON | {"manual_override": False},
    "set_scheduled_charging": ENABLE | {"time": 120},
    "set_scheduled_departure": ENABLE
    | {
        "departure_time": 480,
        "end_off_peak_time": 360,
        "off_peak_charging_enabled": True,
        "preconditioning_enabled": True,
    },
    "set_sentry_mode": ON,
    "set_temps": {"driver_temp": 20, "passenger_temp": 22.5},
    "set_valet_mode": ON | {"password": "1234"},
    "set_vehicle_name": {"vehicle_name": "Bob"},
    "speed_limit_activate": PIN,
    "speed_limit_clear_pin": PIN,
    "speed_limit_deactivate": PIN,
    "speed_limit_set_limit": {"limit_mph": 70},
    "sun_roof_control": {"state": "vent"},
    "upcoming_calendar_entries": {"calendar_data": "{}"},
    "window_control": {"command": "vent"} | PLACE,
}
"""Parameters of the commands that have some."""

UNMET: Final = {
    "cancel_software_update": "no_update",
    "charge_start": "is_charging",
    "charge_port_door_close": "cable connected",
    "charge_port_door_open": "charging",
    "charge_standard": "already_set",
    "erase_user_data": "not in guest mode",
    "schedule_software_update": "no_update",
    "speed_limit_clear_pin": "incorrect_pin",
    "speed_limit_deactivate": "already_set",
}
"""What the car below has no occasion for."""


def able() -> Car:
    """Make a car with all there is, climate on, charging, someone in it."""
    car = parked(spec=replace(CYBERTRUCK, has_sun_roof=True), soc=50)
    car.act("auto_conditioning_start", {})
    car.act("add_charge_schedule", PARAMS["add_charge_schedule"] | {"id": 1})
    schedule = PARAMS["add_precondition_schedule"] | {"id": 2}
    car.act("add_precondition_schedule", schedule)
    car.plug("ac_us")
    car.parts.motion.present_until = car.parts.seconds + 600
    return live(car, 30)


@pytest.mark.parametrize("command", ACTIONS)
def test_every_command_is_obeyed(command: str) -> None:
    """By a car that can, where there is an occasion."""
    answer = able().act(command, PARAMS.get(command, {}))
    assert answer.reason == UNMET.get(command, "")


@pytest.mark.parametrize("command", PARAMS)
def test_parameters_are_needed(command: str) -> None:
    """Without them the command is refused."""
    assert able().act(command, {}).reason.startswith("bad_parameter")


def test_what_teslas_proxy_reads_a_car_obeys() -> None:
    """Every command and parameter of the published vectors is in order."""
    if not VECTORS.exists():
        pytest.skip("no vectors beside the checkout")
    items = json.loads(VECTORS.read_text())["generated"]["rest_to_protobuf"]["items"]
    # Seats three and six fold down the back rest; no model here has their heaters.
    asked = [
        (item["command"], item["params"] or {})
        for item in items
        if item["command"] != "wake_up"
        and item["command"] != "remote_seat_heater_request"
    ]
    assert len(asked) > 40
    reasons = {
        f"{command} {params}": reason
        for command, params in asked
        if (reason := able().act(command, params).reason)
        and reason.startswith(("bad_parameter", "invalid_command"))
    }
    assert not reasons


def test_speed_limit_mode_keeps_its_pin() -> None:
    """Only the first PIN switches it off, or clears it."""
    car, wrong = parked(), {"pin": "0000"}
    assert car.act("speed_limit_activate", PIN) == DONE
    assert car.act("speed_limit_activate", PIN).reason == "already_set"
    assert car.act("speed_limit_deactivate", wrong).reason == "incorrect_pin"
    assert car.act("speed_limit_deactivate", PIN) == DONE
    assert car.act("speed_limit_activate", wrong).reason == "incorrect_pin"
    assert car.act("speed_limit_clear_pin", PIN) == DONE
    assert car.act("speed_limit_activate", wrong) == DONE


def test_the_older_departure_charges_and_preconditions() -> None:
    """Ready by 06:00, warm at 08:00."""
    car = parked(soc=40, mean_outside=2)
    car.act("set_scheduled_departure", PARAMS["set_scheduled_departure"])
    car.plug("ac")
    live(car, 60)
    body = car.vehicle_data({"charge_state"}, location=False)["charge_state"]
    assert body["scheduled_charging_mode"] == "DepartBy"
    assert body["scheduled_departure_time_minutes"] == 480
    assert body["charging_state"] == "Stopped"
    live(car, 10 * 3600)
    assert car.soc > 79
    live(car, 1.9 * 3600)
    assert car.parts.cabin.is_preconditioning
    assert car.act("set_scheduled_departure", {"enable": False}) == DONE


def test_an_update_can_be_called_off() -> None:
    """As long as it has not begun."""
    car = parked()
    car.offer_update("2026.44.3")
    assert car.act("schedule_software_update", {"offset_sec": 600}) == DONE
    assert car.act("cancel_software_update", {}) == DONE
    live(car, 3600)
    assert car.parts.software.update == "2026.44.3"
