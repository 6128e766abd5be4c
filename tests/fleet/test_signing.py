"""Sessions and replies: what is believed, what is refused, and what a fault means."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
import hashlib
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest
from tesla_protocol.command.car_server_pb2 import Response
from tesla_protocol.command.signatures_pb2 import Session_Info_Status, SessionInfo
from tesla_protocol.command.universal_message_pb2 import (
    Domain as WireDomain,
    MessageStatus,
    OperationStatus_E,
    RoutableMessage,
)
from tesla_protocol.command.vcsec_pb2 import FromVCSECMessage

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.errors import (
    FleetError,
    InvalidAnswer,
    InvalidParameter,
    InvalidReply,
    KeyNotPaired,
    MobileAccessDisabled,
)
from custom_components.fleet_pulse.fleet.payload import command_result, payload
from custom_components.fleet_pulse.fleet.session import (
    MAX_COUNTER,
    FaultReply,
    Outgoing,
    Session,
)
from custom_components.fleet_pulse.fleet.signing import Signer, session_info_tag
from custom_components.fleet_pulse.model.command import Domain

from .command_vectors import CLIENT_SCALAR, NOW, VEHICLE_PUBLIC, VIN, private_key

CLIENT = private_key(CLIENT_SCALAR)
VEHICLE_KEY = bytes.fromhex(VEHICLE_PUBLIC)
SESSION = Session(
    domain=Domain.VCSEC,
    vehicle_key=VEHICLE_KEY,
    epoch=b"e" * 16,
    counter=7,
    zero=NOW - timedelta(seconds=100),
    clock_time=60,
)
WIRE = {
    Domain.VCSEC: WireDomain.DOMAIN_VEHICLE_SECURITY,
    Domain.INFOTAINMENT: WireDomain.DOMAIN_INFOTAINMENT,
}


def _random() -> Callable[[int], bytes]:
    """Return repeatable random bytes, never the same ones."""
    drawn = [0]

    def random(length: int) -> bytes:
        drawn[0] += 1
        return hashlib.shake_256(bytes(drawn)).digest(length)

    return random


SIGNER = Signer(CLIENT, _random())


def _signed(
    session: Session = SESSION, now: datetime = NOW
) -> tuple[Session, Outgoing]:
    """Sign a lock command."""
    return SIGNER.sign(session, VIN, b"\x10\x01", now)


def _reply(outgoing: Outgoing, **parts: Any) -> RoutableMessage:
    """Return a reply in the clear, as VCSEC addresses it."""
    message = RoutableMessage(**parts)
    message.to_destination.routing_address = outgoing.address
    message.from_destination.domain = WIRE[outgoing.domain]
    return message


def _fault(outgoing: Outgoing, name: str) -> RoutableMessage:
    """Return a reply that reports a fault of the protocol."""
    message = _reply(outgoing)
    status = MessageStatus(signed_message_fault=f"MESSAGEFAULT_ERROR_{name}")
    message.signedMessageStatus.CopyFrom(status)
    return message


def _with_info(
    message: RoutableMessage, outgoing: Outgoing, **changes: Any
) -> RoutableMessage:
    """Add session info that authenticates to a reply."""
    info = SessionInfo(
        **{
            "publicKey": VEHICLE_KEY,
            "epoch": SESSION.epoch,
            "counter": 3,
            "clock_time": 90,
            **changes,
        }
    ).SerializeToString()
    message.session_info = info
    shared = keys.session_key(CLIENT, changes.get("publicKey", VEHICLE_KEY))
    tag = session_info_tag(shared, VIN, outgoing.uuid, info)
    message.signature_data.session_info_tag.tag = tag
    return message


def _open(session: Session, outgoing: Outgoing, message: RoutableMessage) -> object:
    """Open a reply."""
    raw = message.SerializeToString()
    return SIGNER.open_reply(session, VIN, outgoing, raw, NOW)


def _raised(
    session: Session, outgoing: Outgoing, message: RoutableMessage
) -> FaultReply:
    """Return the fault that a reply raises."""
    with pytest.raises(FaultReply) as caught:
        _open(session, outgoing, message)
    return caught.value


# Sessions


def test_a_session_survives_the_disk() -> None:
    """What is restored signs on where the old process stopped."""
    stored = json.loads(json.dumps(SESSION.stale().dump()))
    assert Session.load(stored) == SESSION.stale()


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(None, id="nothing"),
        pytest.param("session", id="a text"),
        pytest.param({}, id="an empty object"),
        pytest.param(SESSION.dump() | {"domain": "autopilot"}, id="unknown domain"),
        pytest.param(SESSION.dump() | {"epoch": "xyz"}, id="no hexadecimal"),
        pytest.param(SESSION.dump() | {"epoch": None}, id="no epoch"),
        pytest.param(SESSION.dump() | {"counter": "many"}, id="no number"),
        pytest.param(SESSION.dump() | {"zero": "yesterday"}, id="no time"),
        pytest.param(SESSION.dump() | {"zero": "2026-07-01T12:00:00"}, id="naive time"),
    ],
)
def test_a_damaged_session_costs_a_handshake(stored: object) -> None:
    """It is dropped, not raised."""
    assert Session.load(stored) is None


def test_a_session_holds_no_secret() -> None:
    """The shared key follows from our private key: a leaked session opens nothing."""
    shared = keys.session_key(CLIENT, VEHICLE_KEY)
    shown = repr(SESSION) + json.dumps(SESSION.dump())
    assert shared.hex() not in shown
    assert repr(shared) not in shown


@pytest.mark.parametrize(
    ("known", "counter"),
    [
        pytest.param(None, 3, id="none known: the car's"),
        pytest.param(SESSION, 7, id="same epoch: never back"),
        pytest.param(replace(SESSION, counter=2), 3, id="same epoch: the car is ahead"),
        pytest.param(
            replace(SESSION, epoch=b"f" * 16), 3, id="another epoch: the car's"
        ),
    ],
)
def test_a_handshake_uses_no_counter_again(known: Session | None, counter: int) -> None:
    """A lost command may still arrive: its counter is gone for good."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = _with_info(_reply(outgoing), outgoing).SerializeToString()
    session = SIGNER.open_handshake(VIN, outgoing, raw, NOW, known)
    assert session.counter == counter
    assert session.zero == NOW - timedelta(seconds=90)


@settings(max_examples=30)
@given(st.integers(0, 500), st.integers(-50, 50), st.integers(1, 60))
def test_only_the_difference_of_clocks_counts(
    age: int, hours: int, lifetime: int
) -> None:
    """However wrong our clock is, a message expires `lifetime` after it was signed."""
    ours = NOW + timedelta(hours=hours)
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = _with_info(_reply(outgoing), outgoing, clock_time=4000).SerializeToString()
    session = SIGNER.open_handshake(VIN, outgoing, raw, ours)
    later = ours + timedelta(seconds=age)
    _, signed = SIGNER.sign(
        session, VIN, b"", later, lifetime=timedelta(seconds=lifetime)
    )
    assert _expires_at(signed) == 4000 + age + lifetime


def _expires_at(outgoing: Outgoing) -> int:
    """Return a message's expiration time."""
    data = RoutableMessage.FromString(outgoing.message).signature_data
    expires_at: int = data.HMAC_Personalized_data.expires_at
    return expires_at


@pytest.mark.parametrize(
    ("jump", "expires_at"),
    [
        pytest.param(timedelta(days=-400), 1, id="back: never 0, which is for ever"),
        pytest.param(timedelta(days=36500), 1 << 30, id="ahead: never past an epoch"),
    ],
)
def test_a_clock_that_jumped_signs_within_the_protocol(
    jump: timedelta, expires_at: int
) -> None:
    """The car can answer it with the fault that brings its time."""
    _, outgoing = _signed(now=NOW + jump)
    assert _expires_at(outgoing) == expires_at


def test_counters_count_and_end() -> None:
    """Each message takes the next one; the last is not followed by the first."""
    used, _ = _signed(replace(SESSION, counter=MAX_COUNTER - 1))
    assert used.counter == MAX_COUNTER
    with pytest.raises(FaultReply) as caught:
        _signed(used)
    assert caught.value.fault == "INVALID_TOKEN_OR_COUNTER"
    assert caught.value.session == used.stale()


def test_no_two_messages_share_a_name() -> None:
    """Replies can be told apart: address, uuid and hash differ each time."""
    first, second = _signed()[1], _signed()[1]
    assert first.uuid != second.uuid
    assert first.address != second.address
    assert len({first.uuid, first.address, second.uuid, second.address}) == 4


# Handshakes that are refused


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda m: m.signature_data.Clear(), id="no tag at all"),
        pytest.param(
            lambda m: m.signature_data.session_info_tag.__setattr__("tag", bytes(32)),
            id="a wrong tag",
        ),
        pytest.param(
            lambda m: m.__setattr__("session_info", m.session_info + b"\x08\x09"),
            id="a later counter slipped in",
        ),
        pytest.param(
            lambda m: m.__setattr__("session_info", b"\xff"), id="no session info"
        ),
        pytest.param(lambda m: m.ClearField("session_info"), id="nothing to open"),
        pytest.param(
            lambda m: m.to_destination.__setattr__("routing_address", bytes(16)),
            id="for somebody else",
        ),
        pytest.param(lambda m: m.ClearField("to_destination"), id="for nobody"),
        pytest.param(
            lambda m: m.__setattr__("request_uuid", bytes(16)), id="to another request"
        ),
        pytest.param(
            lambda m: m.from_destination.__setattr__("domain", 3),
            id="from another domain",
        ),
    ],
)
def test_a_handshake_that_does_not_authenticate_is_refused(
    break_it: Callable[[RoutableMessage], None],
) -> None:
    """No session comes of it."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    message = _with_info(_reply(outgoing), outgoing)
    break_it(message)
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, outgoing, message.SerializeToString(), NOW)


def test_a_handshake_of_before_is_refused() -> None:
    """The reply to an older request does not authenticate for a newer one."""
    older, newer = SIGNER.handshake(Domain.VCSEC), SIGNER.handshake(Domain.VCSEC)
    message = _with_info(_reply(newer), older)
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, newer, message.SerializeToString(), NOW)


@pytest.mark.parametrize("raw", [b"\xff\xff", b"<html>"])
def test_garbage_is_refused(raw: bytes) -> None:
    """Whatever is no message is not from the car."""
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, SIGNER.handshake(Domain.VCSEC), raw, NOW)


def test_a_session_status_of_the_future_is_refused() -> None:
    """A handle we never asked for, or a status we do not know, gives no session."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    status = Session_Info_Status.SESSION_INFO_STATUS_INVALID_HANDLE
    message = _with_info(_reply(outgoing), outgoing, status=status)
    with pytest.raises(InvalidReply, match="status 2"):
        SIGNER.open_handshake(VIN, outgoing, message.SerializeToString(), NOW)


# Replies


def test_an_old_cars_reply_in_the_clear_is_read() -> None:
    """Firmware before 2024.38 knows no encrypted replies."""
    session, outgoing = _signed()
    raw = _reply(outgoing, protobuf_message_as_bytes=b"x").SerializeToString()
    reply = SIGNER.open_reply(session, VIN, outgoing, raw, NOW)
    assert (reply.payload, reply.is_authenticated) == (b"x", False)


def test_a_reply_is_not_taken_twice() -> None:
    """A reply in the clear to the last command does not answer this one."""
    session, first = _signed()
    session, second = _signed(session)
    old = _reply(first, protobuf_message_as_bytes=b"")
    with pytest.raises(InvalidReply, match="another request"):
        _open(session, second, old)


def test_session_info_is_no_answer() -> None:
    """A command that draws session info without a fault was not answered."""
    session, outgoing = _signed()
    with pytest.raises(InvalidReply, match="instead"):
        _open(session, outgoing, _with_info(_reply(outgoing), outgoing))


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
    session, outgoing = _signed()
    with pytest.raises(error):
        _open(session, outgoing, _fault(outgoing, name))


def test_a_key_deleted_in_the_car_is_recognized() -> None:
    """A fault may carry the status that says so."""
    session, outgoing = _signed()
    message = _fault(outgoing, "INVALID_SIGNATURE")
    message.session_info = SessionInfo(
        status=Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST
    ).SerializeToString()
    with pytest.raises(KeyNotPaired):
        _open(session, outgoing, message)


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
    session, outgoing = _signed()
    fault = _raised(session, outgoing, _fault(outgoing, name))
    assert (fault.fault, fault.may_have_acted) == (name, may_have_acted)
    assert fault.session is None


def test_a_fault_of_the_future_keeps_its_number() -> None:
    """It reaches the owner as it came."""
    session, outgoing = _signed()
    message = _reply(outgoing)
    message.signedMessageStatus.ParseFromString(b"\x10\x4d")
    assert _raised(session, outgoing, message).fault == "FAULT_77"


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
    session, outgoing = _signed()
    message = _reply(outgoing)
    message.signedMessageStatus.operation_status = status
    assert _raised(session, outgoing, message).fault == fault


def test_an_error_with_words_is_left_to_the_words() -> None:
    """The payload says what went wrong."""
    session, outgoing = _signed()
    message = _reply(outgoing, protobuf_message_as_bytes=b"x")
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
    session, outgoing = _signed()
    message = _with_info(_fault(outgoing, "INCORRECT_EPOCH"), outgoing, **info)
    fresh = _raised(session, outgoing, message).session
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
    session, outgoing = _signed()
    message = _with_info(_fault(outgoing, "TIME_EXPIRED"), outgoing, **info)
    assert _raised(session, outgoing, message).session == session.stale()


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
    session, outgoing = _signed()
    bare = _raised(session, outgoing, _fault(outgoing, name))
    forged = _with_info(_fault(outgoing, name), outgoing)
    forged.signature_data.session_info_tag.tag = bytes(32)
    assert bare.session == session.stale()
    assert _raised(session, outgoing, forged).session == session.stale()


def test_a_fault_in_a_handshake_is_a_fault() -> None:
    """A car that is waking says so there too."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = _fault(outgoing, "BUSY").SerializeToString()
    with pytest.raises(FaultReply, match="BUSY"):
        SIGNER.open_handshake(VIN, outgoing, raw, NOW)


# What is said


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"noSuchAction": {}}, id="an unknown action"),
        pytest.param({"RKEAction": "RKE_ACTION_DANCE"}, id="an unknown value"),
        pytest.param({"RKEAction": {"pin": "1234"}}, id="another kind of value"),
    ],
)
def test_what_does_not_fit_the_protocol_is_not_sent(message: dict[str, Any]) -> None:
    """The error shows nothing of the values: one may be a PIN."""
    with pytest.raises(InvalidParameter) as caught:
        payload(Domain.VCSEC, message)
    assert "1234" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("domain", "answer", "result"),
    [
        pytest.param(Domain.INFOTAINMENT, b"", (True, ""), id="silence is consent"),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(actionStatus={"result": 0}).SerializeToString(),
            (True, ""),
            id="done",
        ),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(
                actionStatus={"result": 1, "result_reason": {"plain_text": "complete"}}
            ).SerializeToString(),
            (False, "complete"),
            id="the car's own word",
        ),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(actionStatus={"result": 1}).SerializeToString(),
            (False, "unspecified_error"),
            id="an error without a word",
        ),
        pytest.param(Domain.VCSEC, b"", (True, ""), id="VCSEC: empty is done"),
        pytest.param(
            Domain.VCSEC, b"\x22\x00", (True, ""), id="VCSEC: a status that is well"
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(nominalError={"genericError": 2}).SerializeToString(),
            (False, "closures_open"),
            id="VCSEC: a named error",
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(nominalError={"genericError": 99}).SerializeToString(),
            (False, "error_99"),
            id="VCSEC: an error of the future",
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(commandStatus={"operationStatus": 2}).SerializeToString(),
            (False, "unspecified_error"),
            id="VCSEC: an error without a name",
        ),
    ],
)
def test_the_cars_answer_is_read(
    domain: Domain, answer: bytes, result: tuple[bool, str]
) -> None:
    """Both domains' words become one pair."""
    assert command_result(domain, answer) == result


def test_vcsec_busy_is_a_fault() -> None:
    """It did nothing and wants to be asked again."""
    answer = FromVCSECMessage(commandStatus={"operationStatus": 1})
    with pytest.raises(FaultReply) as caught:
        command_result(Domain.VCSEC, answer.SerializeToString())
    assert caught.value.fault == "BUSY"


@pytest.mark.parametrize("domain", list(Domain))
def test_an_answer_that_cannot_be_read_may_hide_an_act(domain: Domain) -> None:
    """The car authenticated it, so something was done with the command."""
    with pytest.raises(InvalidAnswer) as caught:
        command_result(domain, b"\xff")
    assert caught.value.may_have_acted
