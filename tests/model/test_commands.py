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

from .command_calls import CALLS, call_of
from .shared import data_file

ROWS = [pytest.param(row, id=key) for key, row in commands.COMMANDS.items()]
PLACE = {"lat": 48.1, "lon": 11.5}
DOMAINS = {Domain.VCSEC: 2, Domain.INFOTAINMENT: 3}
# Tesla's proxy contradicts Tesla's documentation here (see the data's README).
SLIPS = {"set_cop_temp"}
# Tesla's path of its own: no command, and nothing but the guard sends it.
NO_COMMANDS = {"wake_up"}
REST_ONLY = """
navigation_request remote_boombox set_managed_charge_current_request
set_managed_charger_location set_managed_scheduled_charging_time
"""
RISKS = {
    Risk.OPENS: """
actuate_trunk charge_port_door_open door_unlock open_tonneau sun_roof_control
trigger_homelink window_control
""",
    Risk.DRIVES: "remote_start_drive",
    Risk.ERASES: """
clear_pin_to_drive_admin erase_user_data parental_controls_clear_pin_admin
reset_pin_to_drive_pin reset_valet_pin speed_limit_clear_pin
speed_limit_clear_pin_admin
""",
}
ALWAYS_ALLOWED = """
auto_conditioning_stop charge_port_door_close charge_stop close_tonneau door_lock
stop_tonneau
"""
SIGNED = [
    pytest.param(row, id=key)
    for key, row in commands.COMMANDS.items()
    if not row.rest_only
]


def parsed(call: Call) -> dict[str, Any]:
    """Return a call's message as Tesla's own messages read it."""
    into: Any = vcsec_pb2.UnsignedMessage()
    if call.command.domain is Domain.INFOTAINMENT:
        into = car_server_pb2.Action()
    ParseDict(call.message(), into)
    as_dict: dict[str, Any] = MessageToDict(into)
    return as_dict


def vectors() -> list[Any]:
    """Return all that Tesla's own proxy takes."""
    path = data_file("vehicle_command/vectors.json")
    items = json.loads(path.read_text())["generated"]["rest_to_protobuf"]["items"]
    return [item for item in items if item["command"] not in SLIPS | NO_COMMANDS]


def signed_vectors() -> list[Any]:
    """Return what Tesla's own proxy signs."""
    return [item for item in vectors() if item["sent"]]


def test_keys_are_sorted_and_say_the_row() -> None:
    """One row a command, by Tesla's name, in the order of the alphabet."""
    assert list(commands.COMMANDS) == sorted(commands.COMMANDS)
    assert {key: row.key for key, row in commands.COMMANDS.items()} == {
        key: key for key in commands.COMMANDS
    }
    assert list(CALLS) == sorted(commands.COMMANDS)


def test_everything_that_tesla_s_proxy_takes_has_a_row() -> None:
    """And what it cannot sign has no signed form here either."""
    items = vectors()

    assert {item["command"] for item in items} <= set(commands.COMMANDS)
    assert {item["command"] for item in items if not item["sent"]} <= set(
        REST_ONLY.split()
    )
    assert [row.key for row in commands.COMMANDS.values() if row.rest_only] == (
        REST_ONLY.split()
    )


def test_what_could_do_harm_is_listed() -> None:
    """Nobody adds what opens, drives or erases by accident, or lets it pass a budget."""
    rows = commands.COMMANDS.values()

    assert {risk: [row.key for row in rows if row.risk is risk] for risk in RISKS} == {
        risk: keys.split() for risk, keys in RISKS.items()
    }
    assert [row.key for row in rows if row.always_allowed] == ALWAYS_ALLOWED.split()


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
    assert (
        row.kind is Kind.SET
        or row.explicit
        or not (row.expects or row.slider or row.always_allowed)
    )


def test_what_must_come_first_can_be_seen_and_is_not_sent_for_what_stops() -> None:
    """Else it would be sent each time, or the climate started to end a heating."""
    rows = {row.key: row.first for row in commands.COMMANDS.values() if row.first}
    assert set(rows) == {
        "remote_seat_cooler_request",
        "remote_seat_heater_request",
        "remote_steering_wheel_heat_level_request",
        "remote_steering_wheel_heater_request",
    }
    assert [key for key, first in rows.items() if not first.expects] == []
    assert [key for key in rows if not commands.COMMANDS[key].harmless_when] == []


@pytest.mark.parametrize("row", ROWS)
def test_what_is_always_allowed_is_harmless(row: Command) -> None:
    """Nothing that opens, drives or erases passes a spent budget."""
    assert row.risk is Risk.NONE or not row.always_allowed


@pytest.mark.parametrize("row", SIGNED)
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
    items = signed_vectors()

    assert len(items) > 60
    assert [
        (
            DOMAINS[commands.COMMANDS[item["command"]].domain],
            commands.COMMANDS[item["command"]].call(**(item["params"] or {})).message(),
        )
        for item in items
    ] == [(sent["domain"], sent["decoded"]) for item in items for sent in item["sent"]]


def test_the_rest_form_is_what_was_given() -> None:
    """Nothing that the proxy was given is lost or renamed on the way."""
    items = signed_vectors()

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
