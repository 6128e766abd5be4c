"""A fake car takes what a real one takes, and refuses it for the same reasons."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tesla_protocol.command.car_server_pb2 import Response
from tesla_protocol.command.errors_pb2 import GenericError_E
from tesla_protocol.command.signatures_pb2 import SessionInfo
from tesla_protocol.command.universal_message_pb2 import Domain, RoutableMessage
from tesla_protocol.command.vcsec_pb2 import FromVCSECMessage

from tests.fake_fleet import vehicle_crypto as crypto
from tests.fake_fleet.answer import refused
from tests.fake_fleet.vehicle_side import Fault, VehicleSide

from .signer import (
    CLIENT_SCALAR,
    CLIMATE_ON,
    ENCRYPT,
    INFOTAINMENT,
    LIMIT_80,
    LOCK,
    START,
    VCSEC,
    VEHICLE_SCALAR,
    VIN,
    Bench,
    Signer,
    fault_of,
    private_key,
)

BOTH = pytest.mark.parametrize(
    ("domain", "payload"),
    [
        pytest.param(VCSEC, LOCK, id="vehicle security"),
        pytest.param(INFOTAINMENT, CLIMATE_ON, id="infotainment"),
    ],
)


@pytest.fixture
def bench() -> Bench:
    """Give a car with a paired client."""
    return Bench()


def test_key_agreement_is_the_published_one() -> None:
    """K of the protocol document's key agreement example."""
    vehicle = crypto.public_bytes(private_key(VEHICLE_SCALAR))
    key = crypto.shared_key(private_key(CLIENT_SCALAR), vehicle)
    assert key.hex() == "1b2fce19967b79db696f909cff89ea9a"


def test_session_info_tag_is_the_published_one() -> None:
    """The tag of the protocol document's response authentication example."""
    tag = crypto.session_info_tag(
        bytes.fromhex("1b2fce19967b79db696f909cff89ea9a"),
        vin=VIN,
        challenge=bytes.fromhex("1588d5a30eabc6f8fc9a951b11f6fd11"),
        info=bytes.fromhex(
            "0806124104c7a1f47138486aa4729971494878d33b1a24e39571f748a6e16c5955b3d8"
            "77d3a6aaa0e955166474af5d32c410f439a2234137ad1bb085fd4e8813c958f11d971a"
            "104c463f9cc0d3d26906e982ed224adde6255a0a0000"
        ),
    )
    expected = "996c1fe38331be138f8039c194b14db2198846ed7d8251e6749284d7b32ea002"
    assert tag.hex() == expected


@BOTH
def test_handshake_is_vouched_for(bench: Bench, domain: int, payload: bytes) -> None:
    """The tag binds the info to the car and to the very request."""
    signer = bench.signer(domain)
    reply = signer.shake_hands()
    tag = crypto.session_info_tag(
        signer.key,
        vin=VIN,
        challenge=(1).to_bytes(16),
        info=reply.session_info,
    )
    assert reply.signature_data.session_info_tag.tag == tag
    assert signer.info.publicKey == crypto.public_bytes(private_key(VEHICLE_SCALAR))


@BOTH
def test_reply_finds_its_way(bench: Bench, domain: int, payload: bytes) -> None:
    """To and from are turned around."""
    reply = bench.signer(domain).shake_hands()
    assert reply.to_destination.routing_address == bytes(range(16))
    assert reply.from_destination.domain == domain


def test_only_infotainment_echoes_the_uuid(bench: Bench) -> None:
    """The security computer has no memory to spare for it."""
    assert bench.signer(INFOTAINMENT).shake_hands().request_uuid == (1).to_bytes(16)
    assert bench.signer(VCSEC).shake_hands().request_uuid == b""


def test_computers_have_keys_of_their_own() -> None:
    """As in real cars; a client that keeps one key for both is found out."""
    bench = Bench()
    bench.side = VehicleSide(bench.car, bench.clock)
    keys = {bench.session(domain).info.publicKey for domain in (VCSEC, INFOTAINMENT)}
    assert len(keys) == 2


@BOTH
def test_stranger_is_told_so(bench: Bench, domain: int, payload: bytes) -> None:
    """The session info of Tesla's own code for a key that is not paired."""
    bench.car.whitelist.clear()
    reply = bench.signer(domain).shake_hands()
    assert reply.session_info.hex() == "2801"
    assert not reply.HasField("signature_data")


@BOTH
def test_key_unpaired_later_is_unknown(
    bench: Bench, domain: int, payload: bytes
) -> None:
    """Its session ends with it."""
    signer = bench.session(domain)
    bench.car.whitelist.clear()
    reply = signer.post(signer.signed(payload))
    assert fault_of(reply) == "UNKNOWN_KEY_ID"
    assert not reply.HasField("session_info")
    assert bench.car.acts == []


@BOTH
@pytest.mark.parametrize("flags", [0, ENCRYPT], ids=["in the open", "sealed"])
def test_genuine_command_is_done(
    bench: Bench, domain: int, payload: bytes, flags: int
) -> None:
    """Once, and what comes back says so."""
    signer = bench.session(domain)
    reply = signer.post(signer.signed(payload, flags=flags))
    assert fault_of(reply) == "NONE"
    assert len(bench.car.acts) == 1
    assert bench.side.heard[-1].outcome == "ok"
    is_sealed = reply.signature_data.HasField("AES_GCM_Response_data")
    assert is_sealed == bool(flags)


def test_lock_reaches_the_car(bench: Bench) -> None:
    """Success of the security computer is an empty message."""
    signer = bench.session(VCSEC)
    request = signer.signed(LOCK, flags=ENCRYPT)
    reply = signer.post(request)
    assert bench.car.acts == [("door_lock", {})]
    assert signer.opened(request, reply) == b""


def test_limit_reaches_the_car(bench: Bench) -> None:
    """Success of infotainment is a status."""
    signer = bench.session()
    request = signer.signed(LIMIT_80, flags=ENCRYPT)
    answer = Response.FromString(signer.opened(request, signer.post(request)))
    assert bench.car.acts == [("set_charge_limit", {"percent": 80})]
    assert answer.HasField("actionStatus")
    assert answer.actionStatus.result == 0


def test_infotainment_says_the_reason(bench: Bench) -> None:
    """In plain text."""
    bench.car.answer = refused("already_set")
    signer = bench.session()
    request = signer.signed(LIMIT_80, flags=ENCRYPT)
    answer = signer.opened(request, signer.post(request))
    # Tesla's own code writes the same answer so (vectors: hmac_sessions).
    assert answer.hex() == "0a110801120d0a0b616c72656164795f736574"


def test_security_says_a_number(bench: Bench) -> None:
    """It has no text."""
    bench.car.answer = refused("closures_open")
    signer = bench.session(VCSEC)
    reply = signer.post(signer.signed(LOCK))
    answer = FromVCSECMessage.FromString(reply.protobuf_message_as_bytes)
    expected = GenericError_E.GENERICERROR_CLOSURES_OPEN
    assert answer.nominalError.genericError == expected


def test_old_firmware_answers_in_the_open(bench: Bench) -> None:
    """It does not know the wish for encryption."""
    bench.side.encrypts_replies = False
    signer = bench.session()
    reply = signer.post(signer.signed(LIMIT_80, flags=ENCRYPT))
    assert reply.protobuf_message_as_bytes.hex() == "0a00"


def _other_epoch(bench: Bench, signer: Signer) -> RoutableMessage:
    bench.side.reboot()
    return signer.signed(LIMIT_80)


def _too_late(bench: Bench, signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80, lifetime=10)
    bench.clock.step(11)
    return request


def _clock_ahead(bench: Bench, signer: Signer) -> RoutableMessage:
    bench.side.computer(INFOTAINMENT).skew(timedelta(hours=1))
    return signer.signed(LIMIT_80)


def _used_before(bench: Bench, signer: Signer) -> RoutableMessage:
    signer.post(signer.signed(LIMIT_80, counter=7))
    return signer.signed(LIMIT_80, counter=7)


def _fallen_out_of_the_window(bench: Bench, signer: Signer) -> RoutableMessage:
    signer.post(signer.signed(LIMIT_80, counter=40))
    return signer.signed(LIMIT_80, counter=7)


def _never_counted(bench: Bench, signer: Signer) -> RoutableMessage:
    return signer.signed(LIMIT_80, counter=0)


def _late_and_long_lived(bench: Bench, signer: Signer) -> RoutableMessage:
    signer.post(signer.signed(LIMIT_80, counter=9))
    return signer.signed(LIMIT_80, counter=8, lifetime=31)


def _other_payload(bench: Bench, signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80)
    request.protobuf_message_as_bytes = CLIMATE_ON
    return request


def _flags_cleared(bench: Bench, signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80, flags=ENCRYPT)
    request.flags = 0
    return request


def _other_car(bench: Bench, signer: Signer) -> RoutableMessage:
    signer.vin = "5YJ30123456789ABD"
    return signer.signed(LIMIT_80)


def _other_domain(bench: Bench, signer: Signer) -> RoutableMessage:
    signer.domain = VCSEC
    request = signer.signed(LOCK)
    request.to_destination.domain = Domain.DOMAIN_INFOTAINMENT
    return request


OUT_OF_STEP = [
    pytest.param(_other_epoch, "INCORRECT_EPOCH", id="signed before the car rebooted"),
    pytest.param(_too_late, "TIME_EXPIRED", id="arrived after it expired"),
    pytest.param(_clock_ahead, "TIME_EXPIRED", id="the car's clock went an hour ahead"),
    pytest.param(_used_before, "INVALID_TOKEN_OR_COUNTER", id="counter used before"),
    pytest.param(
        _fallen_out_of_the_window,
        "INVALID_TOKEN_OR_COUNTER",
        id="counter older than the window",
    ),
    pytest.param(_never_counted, "INVALID_TOKEN_OR_COUNTER", id="counter of zero"),
    pytest.param(
        _late_and_long_lived, "TIME_TO_LIVE_TOO_LONG", id="out of order and long-lived"
    ),
    pytest.param(_other_payload, "INVALID_SIGNATURE", id="payload exchanged"),
    pytest.param(_flags_cleared, "INVALID_SIGNATURE", id="flags cleared on the way"),
    pytest.param(_other_car, "INVALID_SIGNATURE", id="signed for another car"),
    pytest.param(_other_domain, "INVALID_SIGNATURE", id="signed for the other domain"),
]


@pytest.mark.parametrize(("make", "fault"), OUT_OF_STEP)
def test_out_of_step_is_refused_with_the_way_back(
    make: Callable[[Bench, Signer], RoutableMessage], fault: str
) -> None:
    """The fault carries session info, vouched for, with which the next one passes."""
    bench = Bench()
    signer = bench.session()
    request = make(bench, signer)
    bench.car.acts.clear()
    reply = signer.post(request)
    assert fault_of(reply) == fault
    assert bench.car.acts == []
    fresh = bench.signer()
    fresh.info = SessionInfo.FromString(reply.session_info)
    tag = crypto.session_info_tag(
        fresh.key, vin=VIN, challenge=request.uuid, info=reply.session_info
    )
    assert reply.signature_data.session_info_tag.tag == tag
    assert fault_of(fresh.post(fresh.signed(LIMIT_80))) == "NONE"
    assert len(bench.car.acts) == 1


def test_security_wants_commands_in_order(bench: Bench) -> None:
    """Infotainment would let the second pass."""
    signer = bench.session(VCSEC)
    signer.post(signer.signed(LOCK, counter=9))
    reply = signer.post(signer.signed(LOCK, counter=8))
    assert fault_of(reply) == "INVALID_TOKEN_OR_COUNTER"


def test_infotainment_takes_late_ones_once(bench: Bench) -> None:
    """Within the window of 32."""
    signer = bench.session()
    signer.post(signer.signed(LIMIT_80, counter=40))
    late = signer.signed(LIMIT_80, counter=8)
    assert fault_of(signer.post(late)) == "NONE"
    assert fault_of(signer.post(late)) == "INVALID_TOKEN_OR_COUNTER"


def test_epoch_ends_by_itself(bench: Bench) -> None:
    """Every eight hours, as if the computer had restarted."""
    before = bench.session().info.epoch
    bench.clock.step(8 * 3600)
    after = bench.session().info
    assert after.epoch != before
    assert after.clock_time == 0


def test_epoch_ends_with_its_counters(bench: Bench) -> None:
    """What could be counted no further begins anew."""
    signer = bench.session()
    reply = signer.post(signer.signed(LIMIT_80, counter=0xFFFF_FFFF))
    assert fault_of(reply) == "NONE"
    info = bench.session().info
    assert info.epoch != signer.info.epoch
    assert info.counter == 0


def test_session_info_tells_the_counter_and_the_time(bench: Bench) -> None:
    """So that a client that forgot can go on."""
    signer = bench.session()
    signer.post(signer.signed(LIMIT_80, counter=12))
    bench.clock.step(90)
    info = bench.session().info
    assert (info.counter, info.clock_time) == (12, 90)


def test_clients_have_counters_of_their_own(bench: Bench) -> None:
    """One client's commands do not use up the other's."""
    other = bench.signer()
    other.private = private_key(0x1234567)
    bench.car.whitelist.add(other.public)
    other.shake_hands()
    signer = bench.session()
    assert fault_of(signer.post(signer.signed(LIMIT_80, counter=5))) == "NONE"
    assert fault_of(other.post(other.signed(LIMIT_80, counter=5))) == "NONE"


def _encrypted(signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80)
    request.signature_data.AES_GCM_Personalized_data.tag = bytes(16)
    return request


def _unsigned(signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80)
    request.ClearField("signature_data")
    return request


def _nameless(signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80)
    request.uuid = b""
    return request


def _to_nobody(signer: Signer) -> RoutableMessage:
    request = signer.signed(LIMIT_80)
    request.to_destination.domain = Domain.DOMAIN_BROADCAST
    return request


def _garbage(signer: Signer) -> RoutableMessage:
    return signer.signed(b"\xff\xff")


def _unknown_action(signer: Signer) -> RoutableMessage:
    return signer.signed(b"")


def _unknown_setting(signer: Signer) -> RoutableMessage:
    # vehicleAction { setCopTempAction {} }: no temperature is said.
    return signer.signed(bytes.fromhex("1203920400"))


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        pytest.param(_encrypted, "BAD_PARAMETER", id="encrypted request"),
        pytest.param(_unsigned, "BAD_PARAMETER", id="no signature"),
        pytest.param(_nameless, "BAD_PARAMETER", id="no uuid"),
        pytest.param(_to_nobody, "INVALID_DOMAINS", id="to no computer it has"),
        pytest.param(_garbage, "DECODING", id="payload is no protobuf"),
        pytest.param(_unknown_action, "INVALID_COMMAND", id="asks for nothing"),
        pytest.param(_unknown_setting, "BAD_PARAMETER", id="an unknown setting"),
    ],
)
def test_malformed_is_refused(
    bench: Bench, make: Callable[[Signer], RoutableMessage], fault: str
) -> None:
    """Without a way back: it is the client that must change."""
    signer = bench.session()
    reply = signer.post(make(signer))
    assert fault_of(reply) == fault
    assert not reply.HasField("session_info")
    assert bench.car.acts == []


def test_garbage_is_answered(bench: Bench) -> None:
    """Even what is no message at all."""
    reply = RoutableMessage.FromString(bench.side.handle(b"\xff\xff\xff"))
    assert fault_of(reply) == "DECODING"


WITHOUT_WAY_BACK = [
    "BUSY",
    "TIMEOUT",
    "UNKNOWN_KEY_ID",
    "INACTIVE_KEY",
    "INSUFFICIENT_PRIVILEGES",
    "INTERNAL",
    "REMOTE_ACCESS_DISABLED",
]


@pytest.mark.parametrize("name", WITHOUT_WAY_BACK)
def test_fault_on_order_is_drawn_once(bench: Bench, name: str) -> None:
    """The car does nothing; the next command passes."""
    bench.side.faults.append(Fault(name=name))
    signer = bench.session()
    reply = signer.post(signer.signed(LIMIT_80))
    assert fault_of(reply) == name
    assert not reply.HasField("session_info")
    assert bench.car.acts == []
    assert fault_of(signer.post(signer.signed(LIMIT_80))) == "NONE"


def test_fault_on_order_can_come_after_the_deed(bench: Bench) -> None:
    """The car acted and says that it failed."""
    bench.side.faults.append(Fault(name="TIMEOUT", acts=True))
    signer = bench.session()
    reply = signer.post(signer.signed(LIMIT_80, flags=ENCRYPT))
    assert fault_of(reply) == "TIMEOUT"
    assert reply.protobuf_message_as_bytes == b""
    assert len(bench.car.acts) == 1
    assert bench.side.heard[-1].acted


def test_fault_on_order_waits_for_its_domain(bench: Bench) -> None:
    """A lock passes by a fault meant for infotainment."""
    bench.side.faults.append(Fault(name="BUSY", domain=INFOTAINMENT))
    locker, limiter = bench.session(VCSEC), bench.session()
    assert fault_of(locker.post(locker.signed(LOCK))) == "NONE"
    assert fault_of(limiter.post(limiter.signed(LIMIT_80))) == "BUSY"


def test_session_info_can_be_forged(bench: Bench) -> None:
    """A client must not believe this one."""
    bench.side.faults.append(Fault(name="INCORRECT_EPOCH", is_forged=True))
    signer = bench.session()
    request = signer.signed(LIMIT_80)
    reply = signer.post(request)
    tag = crypto.session_info_tag(
        signer.key, vin=VIN, challenge=request.uuid, info=reply.session_info
    )
    assert reply.signature_data.session_info_tag.tag != tag


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param("BUSY", "BUSY", id="busy"),
        pytest.param("NONE", "NONE", id="only forged"),
    ],
)
def test_handshake_can_fail_on_order(bench: Bench, fault: str, expected: str) -> None:
    """Commands leave such a fault where it is."""
    signer = bench.session()
    ordered = Fault(name=fault, is_of_handshake=True, is_forged=fault == "NONE")
    bench.side.faults.append(ordered)
    assert fault_of(signer.post(signer.signed(LIMIT_80))) == "NONE"
    reply = bench.signer().shake_hands()
    assert fault_of(reply) == expected
    assert reply.HasField("session_info") == (fault == "NONE")


def test_busy_security_says_wait(bench: Bench) -> None:
    """In its own words, which are sealed like any other."""
    bench.side.faults.append(Fault(name="WAIT"))
    signer = bench.session(VCSEC)
    request = signer.signed(LOCK, flags=ENCRYPT)
    reply = signer.post(request)
    assert signer.opened(request, reply).hex() == "22020801"
    assert bench.car.acts == []


def test_busy_infotainment_says_wait(bench: Bench) -> None:
    """In the protocol's words."""
    bench.side.faults.append(Fault(name="WAIT"))
    signer = bench.session()
    reply = signer.post(signer.signed(LIMIT_80))
    assert reply.signedMessageStatus.operation_status == 1
    assert bench.car.acts == []


def test_unknown_fault_cannot_be_ordered() -> None:
    """A slip in a test shows where it is written."""
    with pytest.raises(ValueError, match="TEAPOT"):
        Fault(name="TEAPOT")


def test_what_came_is_written_down(bench: Bench) -> None:
    """For tests that ask how often a car was really told something."""
    signer = bench.session()
    signer.post(signer.signed(LIMIT_80))
    outcomes = [(each.outcome, each.counter, each.at) for each in bench.side.heard]
    assert outcomes == [("handshake", 0, START), ("ok", 1, START)]
