"""Every signed payload is read as the REST command that it stands for."""

import pytest
from tesla_protocol.command.car_server_pb2 import Action, VehicleAction
from tesla_protocol.command.universal_message_pb2 import Domain, RoutableMessage
from tesla_protocol.command.vcsec_pb2 import ClosureMoveRequest, UnsignedMessage

from tests.fake_fleet.decode import Call, decode, letter
from tests.fake_fleet.vehicle_actions import ACTIONS, CLOSURES, KEYFOB, Unreadable

from .signer import CLIMATE_ON, INFOTAINMENT, LIMIT_80, LOCK, VCSEC, Bench

# Payloads that Tesla's own proxy sends (github.com/teslamotors/vehicle-command).
KNOWN = [
    pytest.param(INFOTAINMENT, "12042a020850", "set_charge_limit", {"percent": 80}),
    pytest.param(INFOTAINMENT, "120432021200", "charge_start", {}),
    pytest.param(INFOTAINMENT, "120432022a00", "charge_stop", {}),
    pytest.param(INFOTAINMENT, "12025200", "auto_conditioning_stop", {}),
    pytest.param(VCSEC, "1001", "door_lock", {}),
    pytest.param(VCSEC, "1014", "remote_start_drive", {}),
    pytest.param(VCSEC, "22023001", "actuate_trunk", {"which_trunk": "front"}),
    pytest.param(VCSEC, "22024002", "stop_tonneau", {}),
]


@pytest.mark.parametrize(("domain", "payload", "command", "params"), KNOWN)
def test_known_payload(
    domain: int, payload: str, command: str, params: dict[str, object]
) -> None:
    """Same name, same parameters."""
    calls = decode(domain, bytes.fromhex(payload))
    assert calls == (Call(command=command, params=params),)


@pytest.mark.parametrize(
    ("volume", "command"),
    [(-1, "media_volume_down"), (1, "media_volume_up")],
    ids=["down", "up"],
)
def test_volume_goes_both_ways(volume: int, command: str) -> None:
    """Zigzag numbers are read."""
    action = VehicleAction(mediaUpdateVolume={"volume_delta": volume})
    payload = Action(vehicleAction=action).SerializeToString()
    assert decode(INFOTAINMENT, payload)[0].command == command


def test_several_seats_are_several_commands() -> None:
    """As an app sends them."""
    seats: list[dict[str, dict[str, object]]] = [
        {"SEAT_HEATER_LOW": {}, "CAR_SEAT_FRONT_LEFT": {}},
        {"SEAT_HEATER_OFF": {}, "CAR_SEAT_REAR_RIGHT": {}},
    ]
    action = VehicleAction(hvacSeatHeaterActions={"hvacSeatHeaterAction": seats})
    payload = Action(vehicleAction=action).SerializeToString()
    assert [call.params for call in decode(INFOTAINMENT, payload)] == [
        {"level": 1, "seat_position": 0},
        {"level": 0, "seat_position": 5},
    ]


def test_trunk_can_be_told_which_way() -> None:
    """What REST has no word for."""
    request = ClosureMoveRequest(rearTrunk="CLOSURE_MOVE_TYPE_CLOSE")
    payload = UnsignedMessage(closureMoveRequest=request).SerializeToString()
    params = {"which_trunk": "rear", "move": "close"}
    assert decode(VCSEC, payload) == (Call(command="actuate_trunk", params=params),)


@pytest.mark.parametrize(
    ("domain", "payload", "fault"),
    [
        pytest.param(INFOTAINMENT, b"\xff", "DECODING", id="no protobuf"),
        pytest.param(INFOTAINMENT, b"", "INVALID_COMMAND", id="no action"),
        pytest.param(VCSEC, b"", "INVALID_COMMAND", id="no request"),
        pytest.param(
            INFOTAINMENT,
            bytes.fromhex("1203a20200"),
            "BAD_PARAMETER",
            id="a seat heater for no seat",
        ),
        pytest.param(
            VCSEC, bytes.fromhex("22020803"), "INVALID_COMMAND", id="opens a door"
        ),
    ],
)
def test_unreadable_says_the_fault(domain: int, payload: bytes, fault: str) -> None:
    """Which is what the car answers."""
    with pytest.raises(Unreadable) as caught:
        decode(domain, payload)
    assert caught.value.fault == fault


def test_cloud_sees_what_a_letter_asks_for() -> None:
    """It needs the name to check the token's scopes."""
    signer = Bench().session()
    seen = letter(signer.signed(CLIMATE_ON).SerializeToString())
    assert seen is not None
    assert seen.commands == ("auto_conditioning_start",)
    assert not seen.is_encrypted
    assert not seen.is_handshake


def test_cloud_sees_a_handshake() -> None:
    """Which needs no scope of its own."""
    request = Bench().signer(VCSEC).blank()
    request.session_info_request.public_key = b"key"
    seen = letter(request.SerializeToString())
    assert seen is not None
    assert seen.is_handshake
    assert seen.domain == VCSEC


def test_cloud_sees_that_it_cannot_see() -> None:
    """What is encrypted it blocks."""
    request = RoutableMessage(protobuf_message_as_bytes=LIMIT_80)
    request.signature_data.AES_GCM_Personalized_data.counter = 1
    seen = letter(request.SerializeToString())
    assert seen is not None
    assert seen.is_encrypted
    assert seen.commands == ()


def test_cloud_sees_nothing_in_an_unknown_command() -> None:
    """No name, hence no scope that would allow it."""
    request = RoutableMessage(protobuf_message_as_bytes=LOCK)
    request.to_destination.domain = Domain.DOMAIN_INFOTAINMENT
    seen = letter(request.SerializeToString())
    assert seen is not None
    assert seen.commands == ()


def test_cloud_knows_what_is_no_letter() -> None:
    """Garbage is not passed on."""
    assert letter(b"\xff\xff\xff") is None


@pytest.mark.parametrize(
    "table", [ACTIONS, CLOSURES, KEYFOB], ids=["actions", "closures", "keyfob"]
)
def test_table_is_sorted(table: dict[str, object]) -> None:
    """So that a row is found, and added, in one place."""
    assert list(table) == sorted(table)


def test_actions_are_fields_of_tesla_s() -> None:
    """A slip in a name would be a command that no car ever gets."""
    fields = {field.json_name for field in VehicleAction.DESCRIPTOR.fields}
    assert set(ACTIONS) <= fields


def test_closures_are_fields_of_tesla_s() -> None:
    """Likewise."""
    fields = {field.json_name for field in ClosureMoveRequest.DESCRIPTOR.fields}
    assert set(CLOSURES) <= fields
