"""The table of commands itself, against what Tesla's own proxy sends."""

from fnmatch import fnmatchcase
import json
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
import pytest
from tesla_protocol.command import car_server_pb2, vcsec_pb2

from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.model.command import (
    Call,
    Command,
    Domain,
    Kind,
    Risk,
    Scope,
)
from custom_components.fleet_pulse.model.equipment import EQUIPMENT

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
KINDS = {
    Kind.TOGGLE: "actuate_trunk media_toggle_playback trigger_homelink",
    Kind.PULSE: """
erase_user_data flash_lights honk_horn media_next_fav media_next_track media_prev_fav
media_prev_track media_volume_down media_volume_up remote_boombox remote_start_drive
""",
}
SLIDERS = """
adjust_volume parental_controls_set_speed_limit remote_seat_cooler_request
remote_seat_heater_request remote_steering_wheel_heat_level_request set_charge_limit
set_charging_amps set_temps speed_limit_set_limit
"""
# Somebody sits in the car, or stands beside it: it is awake, or it is too late.
NOT_WORTH_A_WAKE = """
adjust_volume flash_lights honk_horn media_next_fav media_next_track media_prev_fav
media_prev_track media_toggle_playback media_volume_down media_volume_up remote_boombox
stop_tonneau trigger_homelink upcoming_calendar_entries
"""
NOT_SHOWN = {
    "calendar_data": "private",
    "id": "private",
    "lat": "private",
    "lon": "private",
    "password": "secret",
    "pin": "secret",
    "value": "private",
    "vehicle_name": "private",
    "waypoints": "private",
}
# A schedule's number says nothing of where a Supercharger's would.
NUMBERS_OF_SCHEDULES = """
add_charge_schedule add_precondition_schedule remove_charge_schedule
remove_precondition_schedule
"""
# The car's own words for "it is so", for what must be so then.
BENIGN = {
    "already closed": "*close*",
    "already open": "*open*",
    "already_closed": "*close*",
    "already_max_range": "charge_max_range",
    "already_open": "*open*",
    "already_set": "*",
    "already_standard": "charge_standard",
    "charging": "charge_start",
    "complete": "charge_start",
    "is_charging": "charge_start",
    "no_update": "cancel_software_update",
    "not_charging": "charge_stop",
    "requested": "charge_start",
    "schedule not found": "remove_*_schedule",
    "schedule_not_found": "remove_*_schedule",
}
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


def test_what_is_not_simply_set_is_listed() -> None:
    """What may be repeated, waited with, or not woken for is nobody's accident."""
    rows = commands.COMMANDS.values()

    assert {kind: [row.key for row in rows if row.kind is kind] for kind in KINDS} == {
        kind: keys.split() for kind, keys in KINDS.items()
    }
    assert [row.key for row in rows if row.slider] == SLIDERS.split()
    assert [row.key for row in rows if not row.wakes] == NOT_WORTH_A_WAKE.split()
    assert all(row.needs_awake for row in rows)


def test_what_admits_or_places_somebody_is_never_shown() -> None:
    """PINs, places, names and appointments, by whatever row they are sent."""
    shown = {
        (param.name, "secret" if param.secret else "private")
        for row in commands.COMMANDS.values()
        for param in row.params
        if param.secret or param.private
    }
    hidden = [
        (row.key, param.name)
        for row in commands.COMMANDS.values()
        for param in row.params
        if param.name in NOT_SHOWN
        and not (param.secret or param.private)
        and (row.key, param.name)
        not in {(key, "id") for key in NUMBERS_OF_SCHEDULES.split()}
    ]

    assert shown == set(NOT_SHOWN.items())
    assert hidden == []


@pytest.mark.parametrize("row", ROWS)
def test_only_what_is_so_is_forgiven(row: Command) -> None:
    """A reason counts as success only where it says that the car is as wanted."""
    assert row.benign <= set(BENIGN)
    assert all(fnmatchcase(row.key, BENIGN[reason]) for reason in row.benign)
    assert row.kind is Kind.SET or not row.benign


@pytest.mark.parametrize("row", ROWS)
def test_what_is_expected_is_what_the_car_would_say(row: Command) -> None:
    """Every field is one of the table's, and its value one the field may hold."""
    call = call_of(row)
    wanted = [(e.field, e.wanted(call.params)) for e in row.expects]

    assert all(field is fields.BY_KEY[field.key] for field, _ in wanted)
    assert [
        (field.key, value)
        for field, value in wanted
        if value is not None and field.options and value not in field.options
    ] == []
    assert set(row.may_need) <= set(EQUIPMENT)
    assert {e.when[0] for e in row.expects if e.when} <= {p.name for p in row.params}


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
