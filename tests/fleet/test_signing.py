"""Replies: what is believed, what is refused, and what a fault means."""

from datetime import timedelta
from typing import Any

import pytest
from tesla_protocol.command.signatures_pb2 import Session_Info_Status, SessionInfo
from tesla_protocol.command.universal_message_pb2 import OperationStatus_E

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.errors import (
    FleetError,
    InvalidReply,
    KeyNotPaired,
    MobileAccessDisabled,
)
from custom_components.fleet_pulse.fleet.session import FaultReply
from custom_components.fleet_pulse.model.command import Domain

from .command_vectors import NOW, VIN
from .replies import SIGNER, fault_to, opened, raised, reply_to, signed, with_info


def test_an_old_cars_reply_in_the_clear_is_read() -> None:
    """Firmware before 2024.38 knows no encrypted replies."""
    session, outgoing = signed()
    raw = reply_to(outgoing, protobuf_message_as_bytes=b"x").SerializeToString()
    reply = SIGNER.open_reply(session, VIN, outgoing, raw, NOW)
    assert (reply.payload, reply.is_authenticated) == (b"x", False)


def test_a_reply_is_not_taken_twice() -> None:
    """A reply in the clear to the last command does not answer this one."""
    session, first = signed()
    session, second = signed(session)
    old = reply_to(first, protobuf_message_as_bytes=b"")
    with pytest.raises(InvalidReply, match="another request"):
        opened(session, second, old)


def test_session_info_is_no_answer() -> None:
    """A command that draws session info without a fault was not answered."""
    session, outgoing = signed()
    with pytest.raises(InvalidReply, match="instead"):
        opened(session, outgoing, with_info(reply_to(outgoing), outgoing))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        pytest.param("UNKNOWN_KEY_ID", KeyNotPaired, id="our key is not known"),
        pytest.param("INACTIVE_KEY", KeyNotPaired, id="our key was disabled"),
        pytest.param(
            "REMOTE_ACCESS_DISABLED", MobileAccessDisabled, id="mobile access is off"
        ),
    ],
)
def test_a_fault_that_the_owner_can_mend_has_its_own_class(
    name: str, error: type[FleetError]
) -> None:
    """The text can say what to do."""
    session, outgoing = signed()
    with pytest.raises(error):
        opened(session, outgoing, fault_to(outgoing, name))


def test_a_key_deleted_in_the_car_is_recognized() -> None:
    """A fault may carry the status that says so."""
    session, outgoing = signed()
    message = fault_to(outgoing, "INVALID_SIGNATURE")
    message.session_info = SessionInfo(
        status=Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST
    ).SerializeToString()
    with pytest.raises(KeyNotPaired):
        opened(session, outgoing, message)


@pytest.mark.parametrize(
    ("name", "may_have_acted"),
    [
        ("BUSY", False),
        ("INTERNAL", True),
        ("INSUFFICIENT_PRIVILEGES", False),
        ("RESPONSE_MTU_EXCEEDED", True),
        ("TIMEOUT", True),
    ],
)
def test_a_fault_says_whether_the_car_may_have_acted(
    name: str, may_have_acted: bool
) -> None:
    """What comes of it depends on that; the session stays as it is."""
    session, outgoing = signed()
    fault = raised(session, outgoing, fault_to(outgoing, name))
    assert (fault.fault, fault.may_have_acted) == (name, may_have_acted)
    assert fault.session is None


def test_a_fault_of_the_future_keeps_its_number() -> None:
    """It reaches the owner as it came."""
    session, outgoing = signed()
    message = reply_to(outgoing)
    message.signedMessageStatus.ParseFromString(b"\x10\x4d")
    assert raised(session, outgoing, message).fault == "FAULT_77"


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        pytest.param(OperationStatus_E.OPERATIONSTATUS_WAIT, "BUSY", id="wait: busy"),
        pytest.param(
            OperationStatus_E.OPERATIONSTATUS_ERROR,
            "UNSPECIFIED",
            id="error without a word",
        ),
    ],
)
def test_a_status_without_a_fault_is_one(status: OperationStatus_E, fault: str) -> None:
    """The protocol layer's own status counts too."""
    session, outgoing = signed()
    message = reply_to(outgoing)
    message.signedMessageStatus.operation_status = status
    assert raised(session, outgoing, message).fault == fault


def test_an_error_with_words_is_left_to_the_words() -> None:
    """The payload says what went wrong."""
    session, outgoing = signed()
    message = reply_to(outgoing, protobuf_message_as_bytes=b"x")
    error = OperationStatus_E.OPERATIONSTATUS_ERROR
    message.signedMessageStatus.operation_status = error
    raw = message.SerializeToString()
    assert SIGNER.open_reply(session, VIN, outgoing, raw, NOW).payload == b"x"


@pytest.mark.parametrize(
    ("info", "counter"),
    [
        pytest.param({"epoch": b"f" * 16}, 3, id="a new epoch: the car's counter"),
        pytest.param({}, 8, id="the same epoch: ours, which is ahead"),
        pytest.param({"counter": 20}, 20, id="the same epoch: the car's, ahead"),
    ],
)
def test_a_fault_brings_the_session_to_go_on_with(
    info: dict[str, Any], counter: int
) -> None:
    """No handshake is needed, and no counter is used again."""
    session, outgoing = signed()
    message = with_info(fault_to(outgoing, "INCORRECT_EPOCH"), outgoing, **info)
    fresh = raised(session, outgoing, message).session
    assert fresh is not None
    assert fresh.counter == counter
    assert fresh.zero == NOW - timedelta(seconds=90)
    assert not fresh.is_stale


@pytest.mark.parametrize(
    "info",
    [
        pytest.param({"clock_time": 59}, id="older than what is known"),
        pytest.param(
            {"publicKey": keys.public_bytes(keys.create())}, id="another vehicle key"
        ),
    ],
)
def test_session_info_that_must_not_be_adopted(info: dict[str, Any]) -> None:
    """It costs a handshake, which settles what is true."""
    session, outgoing = signed()
    message = with_info(fault_to(outgoing, "TIME_EXPIRED"), outgoing, **info)
    assert raised(session, outgoing, message).session == session.stale()


@pytest.mark.parametrize(
    "name",
    [
        "INCORRECT_EPOCH",
        "INVALID_SIGNATURE",
        "INVALID_TOKEN_OR_COUNTER",
        "REPEATED_COUNTER",
        "TIME_EXPIRED",
        "TIME_TO_LIVE_TOO_LONG",
    ],
)
def test_out_of_step_without_session_info_costs_a_handshake(name: str) -> None:
    """The session is marked, and what does not authenticate counts as nothing."""
    session, outgoing = signed()
    bare = raised(session, outgoing, fault_to(outgoing, name))
    forged = with_info(fault_to(outgoing, name), outgoing)
    forged.signature_data.session_info_tag.tag = bytes(32)
    assert bare.session == session.stale()
    assert raised(session, outgoing, forged).session == session.stale()


def test_a_fault_in_a_handshake_is_a_fault() -> None:
    """A car that is waking says so there too."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = fault_to(outgoing, "BUSY").SerializeToString()
    with pytest.raises(FaultReply, match="BUSY"):
        SIGNER.open_handshake(VIN, outgoing, raw, NOW)
