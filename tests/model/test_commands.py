"""The table of commands itself, against what Tesla's own proxy sends."""

import json
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
import pytest
from tesla_protocol.command import car_server_pb2, vcsec_pb2

from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import (
    Call,
    Command,
    Domain,
    Kind,
    Risk,
    Scope,
)

from .shared import data_file

ROWS = [pytest.param(row, id=key) for key, row in commands.COMMANDS.items()]
PLACE = {"lat": 48.1, "lon": 11.5}
DOMAINS = {Domain.VCSEC: 2, Domain.INFOTAINMENT: 3}
# Tesla's proxy contradicts Tesla's documentation here (see the data's README).
SLIPS = {"set_cop_temp"}
# What this table must be able to do at least.
WANTED = """
actuate_trunk add_charge_schedule add_precondition_schedule auto_conditioning_start
auto_conditioning_stop charge_max_range charge_port_door_close charge_port_door_open
charge_standard charge_start charge_stop door_lock door_unlock flash_lights honk_horn
remote_seat_heater_request remote_start_drive remote_steering_wheel_heater_request
remove_charge_schedule remove_precondition_schedule set_bioweapon_mode
set_cabin_overheat_protection set_charge_limit set_charging_amps
set_climate_keeper_mode set_preconditioning_max set_sentry_mode set_temps
window_control
"""
# One good call of every row.
CALLS: dict[str, dict[str, Any]] = {
    "actuate_trunk": {"which_trunk": "rear"},
    "add_charge_schedule": {
        **PLACE,
        "days_of_week": "Weekdays",
        "end_enabled": False,
        "id": 7,
        "start_enabled": True,
        "start_time": 60,
    },
    "add_precondition_schedule": {
        **PLACE,
        "days_of_week": "Weekdays",
        "id": 7,
        "precondition_time": 450,
    },
    "batch_remove_charge_schedules": {"home": True},
    "batch_remove_precondition_schedules": {"other": True},
    "remote_seat_heater_request": {"level": 2, "seat_position": 1},
    "remote_steering_wheel_heater_request": {"on": True},
    "remove_charge_schedule": {"id": 7},
    "remove_precondition_schedule": {"id": 7},
    "set_bioweapon_mode": {"on": True, "manual_override": True},
    "set_cabin_overheat_protection": {"on": True},
    "set_charge_limit": {"percent": 80},
    "set_charging_amps": {"charging_amps": 16},
    "set_climate_keeper_mode": {"climate_keeper_mode": 2},
    "set_cop_temp": {"cop_temp": 1},
    "set_preconditioning_max": {"on": True},
    "set_sentry_mode": {"on": True},
    "set_temps": {"driver_temp": 21.5, "passenger_temp": 20},
    "window_control": {"command": "vent"},
}


def call_of(row: Command) -> Call:
    """Return a good call of a row."""
    return row.call(**CALLS.get(row.key, {}))


def parsed(call: Call) -> dict[str, Any]:
    """Return a call's message as Tesla's own messages read it."""
    into: Any = vcsec_pb2.UnsignedMessage()
    if call.command.domain is Domain.INFOTAINMENT:
        into = car_server_pb2.Action()
    ParseDict(call.message(), into)
    as_dict: dict[str, Any] = MessageToDict(into)
    return as_dict


def vectors() -> list[Any]:
    """Return what Tesla's own proxy sends, for the rows that there are."""
    path = data_file("vehicle_command/vectors.json")
    items = json.loads(path.read_text())["generated"]["rest_to_protobuf"]["items"]
    return [
        item
        for item in items
        if item["command"] in commands.COMMANDS and item["command"] not in SLIPS
    ]


def test_keys_are_sorted_and_say_the_row() -> None:
    """One row a command, by Tesla's name, in the order of the alphabet."""
    assert list(commands.COMMANDS) == sorted(commands.COMMANDS)
    assert {key: row.key for key, row in commands.COMMANDS.items()} == {
        key: key for key in commands.COMMANDS
    }
    assert set(WANTED.split()) - set(commands.COMMANDS) == set()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_complete(row: Command) -> None:
    """Columns fit together, and name only what there is."""
    names = [param.name for param in row.params]

    assert getattr(commands, row.key.upper()) is row
    assert len(set(names)) == len(names)
    assert set(row.identity) <= set(names)
    assert set(row.harmless_when) <= set(names)
    assert all(row.key in commands.COMMANDS[o].opposites for o in row.opposites)
    assert row.scope in (Scope.VEHICLE_CMDS, Scope.VEHICLE_CHARGING_CMDS)


@pytest.mark.parametrize("row", ROWS)
def test_what_happens_again_promises_nothing(row: Command) -> None:
    """Only what may be repeated has a state to compare with."""
    assert row.kind is Kind.SET or not (row.expects or row.slider or row.always_allowed)


@pytest.mark.parametrize("row", ROWS)
def test_what_is_always_allowed_is_harmless(row: Command) -> None:
    """Nothing that opens, drives or erases passes a spent budget."""
    assert row.risk is Risk.NONE or not row.always_allowed


@pytest.mark.parametrize("row", ROWS)
def test_the_signed_form_is_one_of_tesla_s_messages(row: Command) -> None:
    """Every name in every template is Tesla's, and nothing is said that is zero."""
    call = call_of(row)

    assert approximately(parsed(call)) == approximately(call.message())


def approximately(part: Any) -> Any:
    """Return a message with its numbers cut to what a 32 bit float holds."""
    if isinstance(part, dict):
        return {name: approximately(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [approximately(inner) for inner in part]
    return round(part, 3) if isinstance(part, float) else part


def test_the_same_as_tesla_s_own_proxy() -> None:
    """Name and parameters make the message that Tesla's proxy makes of them."""
    items = vectors()

    assert len(items) > 30
    assert [
        (
            DOMAINS[commands.COMMANDS[item["command"]].domain],
            commands.COMMANDS[item["command"]].call(**(item["params"] or {})).message(),
        )
        for item in items
    ] == [(sent["domain"], sent["decoded"]) for item in items for sent in item["sent"]]


def test_the_rest_form_is_what_was_given() -> None:
    """Nothing that the proxy was given is lost or renamed on the way."""
    items = vectors()

    assert [
        {
            **commands.COMMANDS[item["command"]]
            .call(**(item["params"] or {}))
            .rest_params(),
            **(item["params"] or {}),
        }
        for item in items
    ] == [
        commands.COMMANDS[item["command"]].call(**(item["params"] or {})).rest_params()
        for item in items
    ]


def test_temperatures_as_tesla_s_proxy_sends_them() -> None:
    """Both sides, and a level that means nothing but is always there."""
    assert call_of(commands.SET_TEMPS).message() == {
        "vehicleAction": {
            "hvacTemperatureAdjustmentAction": {
                "driverTempCelsius": 21.5,
                "passengerTempCelsius": 20,
                "level": {"TEMPMAX": {}},
            }
        }
    }


@pytest.mark.parametrize(
    ("level", "word"), [(0, "Low"), (1, "Medium"), (2, "High")], ids=str
)
def test_overheat_temperature_follows_the_documentation(level: int, word: str) -> None:
    """Tesla documents 0, 1, 2 as low, medium, high."""
    message = commands.SET_COP_TEMP.call(cop_temp=level).message()

    assert message["vehicleAction"]["setCopTempAction"] == {
        "copActivationTemp": f"CopActivationTemp{word}"
    }
