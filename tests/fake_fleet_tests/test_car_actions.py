"""The table of commands: what each does to a fake car, and when it says no."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fake_fleet.actions import ACTIONS
from tests.fake_fleet.answer import DONE
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import CYBERTRUCK, MODEL_S_2016
from tests.fake_fleet.vehicle_actions import ACTIONS as SIGNED, CLOSURES, KEYFOB

from .car_park import happened, live, parked


def plugged(kind: str = "ac", **wishes: Any) -> Car:
    """Make a car that has been plugged in for a minute."""
    car = parked(**wishes)
    car.plug(kind)
    return live(car, 60)


def stopped() -> Car:
    """Make a plugged-in car that was told not to charge."""
    car = plugged()
    car.act("charge_stop", {})
    return car


def without_power() -> Car:
    """Make a car plugged into a dead socket."""
    car = plugged()
    car.power(on=False)
    return car


def driving() -> Car:
    """Make a car under way."""
    car = parked()
    car.drive(30)
    return live(car, 120)


def in_service() -> Car:
    """Make a car in the workshop."""
    car = parked()
    car.in_service = True
    return car


def valet() -> Car:
    """Make a car that a valet drives."""
    car = parked()
    car.act("set_valet_mode", {"on": True, "password": "1234"})
    return car


def frunk_open() -> Car:
    """Make a car whose frunk is open."""
    car = parked()
    car.open_door("ft")
    return car


def test_the_table_is_sorted() -> None:
    """So that a missing row is seen."""
    assert list(ACTIONS) == sorted(ACTIONS)


def test_whatever_can_be_signed_has_an_effect() -> None:
    """Every command the vehicle side reads is in the table."""
    rows = [row for rows in (*SIGNED.values(), *CLOSURES.values()) for row in rows]
    names = {row.command for row in rows} | set(KEYFOB.values())
    assert names <= set(ACTIONS)


@pytest.mark.parametrize(
    ("make", "command", "params", "reason"),
    [
        pytest.param(parked, "charge_start", {}, "disconnected", id="no cable"),
        pytest.param(plugged, "charge_start", {}, "is_charging", id="charging"),
        pytest.param(
            lambda: plugged(soc=80), "charge_start", {}, "complete", id="full"
        ),
        pytest.param(without_power, "charge_start", {}, "no_power", id="dead socket"),
        pytest.param(parked, "charge_stop", {}, "not_charging", id="nothing to stop"),
        pytest.param(stopped, "charge_stop", {}, "not_charging", id="stopped already"),
        pytest.param(
            parked, "set_charge_limit", {"percent": 80}, "already_set", id="same limit"
        ),
        pytest.param(
            plugged, "charge_port_door_open", {}, "charging", id="port while charging"
        ),
        pytest.param(
            parked, "charge_port_door_close", {}, "already closed", id="closed port"
        ),
        pytest.param(
            lambda: parked(soc=15),
            "auto_conditioning_start",
            {},
            "low_soc",
            id="climate on an empty battery",
        ),
        pytest.param(
            lambda: parked(soc=15),
            "set_sentry_mode",
            {"on": True},
            "low_soc",
            id="Sentry on an empty battery",
        ),
        pytest.param(
            parked,
            "remote_seat_heater_request",
            {"seat_position": 0, "level": 3},
            "cabin comfort remote settings not enabled",
            id="a seat without climate",
        ),
        pytest.param(
            parked,
            "remote_seat_cooler_request",
            {"seat_position": 1, "seat_cooler_level": 3},
            "invalid_command",
            id="a cooler the car does not have",
        ),
        pytest.param(parked, "open_tonneau", {}, "invalid_command", id="no tonneau"),
        pytest.param(
            parked,
            "sun_roof_control",
            {"state": "open"},
            "invalid_command",
            id="no sunroof",
        ),
        pytest.param(
            frunk_open,
            "actuate_trunk",
            {"which_trunk": "front"},
            "invalid_command",
            id="a frunk cannot close",
        ),
        pytest.param(
            frunk_open,
            "actuate_trunk",
            {"which_trunk": "front", "move": "open"},
            "already open",
            id="a frunk that is open",
        ),
        pytest.param(
            parked,
            "actuate_trunk",
            {"which_trunk": "rear", "move": "close"},
            "already closed",
            id="a trunk that is closed",
        ),
        pytest.param(
            valet,
            "set_valet_mode",
            {"on": False, "password": "9999"},
            "incorrect_pin",
            id="the valet does not know the PIN",
        ),
        pytest.param(driving, "honk_horn", {}, "vehicle_in_drive", id="honk en route"),
        pytest.param(
            parked, "media_next_track", {}, "user_not_present", id="music for nobody"
        ),
        pytest.param(
            in_service, "door_lock", {}, "vehicle_in_service", id="in the workshop"
        ),
        pytest.param(
            parked, "erase_user_data", {}, "not in guest mode", id="erasing an owner"
        ),
        pytest.param(
            lambda: parked(spec=MODEL_S_2016),
            "add_precondition_schedule",
            {"days_of_week": "All"},
            "unsupported_vehicle",
            id="a schedule for old firmware",
        ),
        pytest.param(parked, "make_coffee", {}, "invalid_command", id="no such thing"),
        pytest.param(
            lambda: parked(state="asleep"),
            "door_lock",
            {},
            "could_not_wake_buses",
            id="asleep",
        ),
    ],
)
def test_refusals(
    make: Callable[[], Car], command: str, params: dict[str, Any], reason: str
) -> None:
    """A car says no in Tesla's words."""
    answer = make().act(command, params)
    assert (answer.result, answer.reason) == (False, reason)


def state(car: Car, section: str, key: str) -> Any:
    """Read one value of a body."""
    return car.vehicle_data({section}, location=False)[section][key]


@pytest.mark.parametrize(
    ("command", "params", "section", "key", "value"),
    [
        pytest.param(
            "set_charge_limit",
            {"percent": 65},
            "charge_state",
            "charge_limit_soc",
            65,
            id="a limit",
        ),
        pytest.param(
            "set_charge_limit",
            {"percent": 10},
            "charge_state",
            "charge_limit_soc",
            50,
            id="too low a limit becomes the lowest",
        ),
        pytest.param(
            "charge_max_range",
            {},
            "charge_state",
            "charge_limit_soc",
            100,
            id="all there is",
        ),
        pytest.param(
            "set_charging_amps",
            {"charging_amps": 8},
            "charge_state",
            "charge_amps",
            8,
            id="amps",
        ),
        pytest.param(
            "set_charging_amps",
            {"charging_amps": 48},
            "charge_state",
            "charge_amps",
            16,
            id="more amps than the car takes",
        ),
        pytest.param(
            "charge_port_door_open",
            {},
            "charge_state",
            "charge_port_door_open",
            True,
            id="the port",
        ),
        pytest.param(
            "auto_conditioning_start",
            {},
            "climate_state",
            "is_climate_on",
            True,
            id="climate",
        ),
        pytest.param(
            "set_temps",
            {"driver_temp": 23.5},
            "climate_state",
            "driver_temp_setting",
            23.5,
            id="temperature",
        ),
        pytest.param(
            "set_climate_keeper_mode",
            {"climate_keeper_mode": 2},
            "climate_state",
            "climate_keeper_mode",
            "dog",
            id="dog mode",
        ),
        pytest.param(
            "set_preconditioning_max",
            {"on": True, "manual_override": False},
            "climate_state",
            "defrost_mode",
            2,
            id="defrost",
        ),
        pytest.param(
            "set_cabin_overheat_protection",
            {"on": True, "fan_only": True},
            "climate_state",
            "cabin_overheat_protection",
            "FanOnly",
            id="overheat protection",
        ),
        pytest.param(
            "door_unlock", {}, "vehicle_state", "locked", False, id="unlocked"
        ),
        pytest.param(
            "actuate_trunk",
            {"which_trunk": "rear"},
            "vehicle_state",
            "rt",
            1,
            id="the trunk",
        ),
        pytest.param(
            "window_control",
            {"command": "vent", "lat": 0, "lon": 0},
            "vehicle_state",
            "fd_window",
            2,
            id="windows",
        ),
        pytest.param(
            "set_sentry_mode",
            {"on": True},
            "vehicle_state",
            "sentry_mode",
            True,
            id="Sentry",
        ),
        pytest.param(
            "set_valet_mode",
            {"on": True, "password": "1234"},
            "vehicle_state",
            "valet_mode",
            True,
            id="valet",
        ),
        pytest.param(
            "set_vehicle_name",
            {"vehicle_name": "Bob"},
            "vehicle_state",
            "vehicle_name",
            "Bob",
            id="a name",
        ),
        pytest.param(
            "remote_start_drive", {}, "vehicle_state", "remote_start", True, id="start"
        ),
        pytest.param(
            "navigation_gps_request",
            {"lat": 48.1, "lon": 11.5, "order": 1},
            "drive_state",
            "active_route_destination",
            "Shared location",
            id="a destination",
        ),
    ],
)
def test_effects(
    command: str, params: dict[str, Any], section: str, key: str, value: Any
) -> None:
    """What was commanded is seen in the next body."""
    car = parked()
    assert car.act(command, params) == DONE
    assert state(car, section, key) == value


@pytest.mark.parametrize(
    ("command", "params"),
    [
        pytest.param("set_charge_limit", {}, id="missing"),
        pytest.param("set_charge_limit", {"percent": "many"}, id="not a number"),
        pytest.param("set_charge_limit", {"percent": 70.5}, id="not whole"),
        pytest.param("set_temps", {"driver_temp": 80}, id="too hot"),
        pytest.param("set_temps", {}, id="no temperature at all"),
        pytest.param("set_sentry_mode", {"on": "perhaps"}, id="not a boolean"),
        pytest.param("actuate_trunk", {"which_trunk": "side"}, id="no such trunk"),
        pytest.param("window_control", {"command": "open"}, id="windows only vent"),
        pytest.param("set_vehicle_name", {"vehicle_name": 7}, id="not a name"),
        pytest.param("speed_limit_activate", {"pin": "12a4"}, id="not a PIN"),
        pytest.param("navigation_request", {"value": "there"}, id="nothing shared"),
    ],
)
def test_bad_parameters(command: str, params: dict[str, Any]) -> None:
    """Nonsense changes nothing."""
    car = parked()
    before = car.vehicle_data(None, location=True)
    assert car.act(command, params).reason.startswith("bad_parameter")
    assert car.vehicle_data(None, location=True) == before


def test_a_limit_really_stops_and_resumes_charging() -> None:
    """Lowered below the level it ends the charge, raised it goes on."""
    car = plugged(soc=62)
    car.act("set_charge_limit", {"percent": 60})
    assert car.charging_state == "Complete"
    car.act("set_charge_limit", {"percent": 70})
    assert live(car, 60).charging_state == "Charging"


def test_a_stopped_car_stays_stopped_when_the_limit_rises() -> None:
    """Someone stopped it on purpose."""
    car = stopped()
    car.act("set_charge_limit", {"percent": 90})
    assert live(car, 60).charging_state == "Stopped"
    assert car.act("charge_start", {}) == DONE
    assert live(car, 10).charging_state == "Charging"


def test_amps_really_act() -> None:
    """Half the amps, half the power."""
    car = plugged(soc=30)
    full = car.parts.charging.wall_kw
    car.act("set_charging_amps", {"charging_amps": 8})
    live(car, 60)
    assert car.parts.charging.wall_kw == pytest.approx(full / 2)


def test_fewer_than_five_amps_take_two_commands() -> None:
    """The first leads to five, as with Tesla."""
    car = parked()
    car.act("set_charging_amps", {"charging_amps": 2})
    assert car.parts.charging.amps == 5
    car.act("set_charging_amps", {"charging_amps": 2})
    assert car.parts.charging.amps == 2


def test_signals_are_counted() -> None:
    """Each honk and each flash."""
    car = parked()
    car.act("honk_horn", {})
    car.act("honk_horn", {})
    car.act("flash_lights", {})
    assert (car.honks, car.flashes) == (2, 1)


def test_power_returns() -> None:
    """Charging goes on when the socket has electricity again."""
    car = without_power()
    assert car.charging_state == "NoPower"
    car.power(on=True)
    assert live(car, 30).charging_state == "Charging"


def test_a_truck_opens_its_tonneau() -> None:
    """Only a truck has one."""
    car = parked(spec=CYBERTRUCK)
    assert car.act("open_tonneau", {}) == DONE
    assert car.parts.closures.tonneau == 100
    assert car.act("close_tonneau", {}) == DONE
    assert car.parts.closures.tonneau == 0


def test_refusals_on_demand() -> None:
    """Tests can make the next answers fail."""
    car = parked()
    car.refuse_next("could_not_wake_buses", times=2)
    reasons = [car.act("door_unlock", {}).reason for _ in range(3)]
    assert reasons == ["could_not_wake_buses", "could_not_wake_buses", ""]
    assert not car.locked


def test_commands_are_remembered() -> None:
    """What reached the car, when, and what it answered."""
    car = parked()
    car.act("honk_horn", {})
    car.act("charge_start", {})
    told = [(command, answer.reason) for _, command, _, answer in car.commands]
    assert told == [("honk_horn", ""), ("charge_start", "disconnected")]
    assert len(happened(car, "command")) == 2


def test_doors_are_opened_by_hand() -> None:
    """An open door unlocks, a closed one does not lock."""
    car = parked()
    car.open_door("pf")
    assert state(car, "vehicle_state", "pf") == 1
    assert not car.locked
    car.close_door("pf")
    assert state(car, "vehicle_state", "pf") == 0
    assert not car.locked
    with pytest.raises(KeyError):
        car.open_door("roof")


def test_keys_come_and_go() -> None:
    """Whoever keeps sessions hears of it."""
    car, heard = parked(), []
    car.whitelist_changed.append(lambda: heard.append(len(car.whitelist)))
    car.pair(b"\x04" + bytes(64))
    car.unpair(b"\x04" + bytes(64))
    assert heard == [1, 0]


def test_a_seat_warms_while_the_climate_is_on() -> None:
    """And old cars have fewer of them."""
    car = parked()
    car.act("auto_conditioning_start", {})
    request = {"seat_position": 4, "level": 2}
    assert car.act("remote_seat_heater_request", request) == DONE
    assert state(car, "climate_state", "seat_heater_rear_center") == 2
    old = parked(spec=MODEL_S_2016)
    assert not old.act("remote_seat_heater_request", request).result
