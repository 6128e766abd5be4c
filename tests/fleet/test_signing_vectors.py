"""Signing equals Tesla's documents and Tesla's own code to the byte.

Literal answers are from `protocol.md` and the tests of Tesla's vehicle-command.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import hashlib
from typing import Any, Final

from google.protobuf.message import Message
import pytest
from tesla_protocol.command.car_server_pb2 import Action
from tesla_protocol.command.signatures_pb2 import (
    AES_GCM_Response_Signature_Data,
    SessionInfo,
    Tag,
)
from tesla_protocol.command.universal_message_pb2 import RoutableMessage
from tesla_protocol.command.vcsec_pb2 import UnsignedMessage

from custom_components.fleet_pulse.fleet.channel import RETRY_EVERY, RETRY_WITHIN
from custom_components.fleet_pulse.fleet.errors import InvalidReply, KeyNotPaired
from custom_components.fleet_pulse.fleet.faults import MAY_HAVE_ACTED, RETRIABLE_FAULTS
from custom_components.fleet_pulse.fleet.payload import command_result, payload
from custom_components.fleet_pulse.fleet.session import FaultReply, Outgoing, Session
from custom_components.fleet_pulse.fleet.signing import (
    Signer,
    metadata,
    request_hash,
    session_info_tag,
)
from custom_components.fleet_pulse.model.command import Domain

from .command_vectors import (
    CLIENT_SCALAR,
    DOMAINS,
    NOW,
    VIN,
    cases,
    generated,
    needs_vectors,
    private_key,
    published,
)

EXCHANGES: Final = [
    pytest.param(item, id=f"{DOMAINS[item['domain']]} with flags {item['flags']}")
    for item in generated("hmac_sessions").get("items", [])
    if "payload" in item
]
PAYLOADS: Final = [
    pytest.param(sent, id=f"{item['command']} {item['params'] or ''}".strip())
    for item in generated("rest_to_protobuf").get("items", [])
    for sent in item["sent"] or []
    if "decoded" in sent
]
ROOTS: Final[dict[Domain, type[Message]]] = {
    Domain.INFOTAINMENT: Action,
    Domain.VCSEC: UnsignedMessage,
}


def _given(*values: str) -> Callable[[int], bytes]:
    """Return "random" bytes in this order."""
    left = [bytes.fromhex(value) for value in values]
    return lambda length: left.pop(0)[:length]


def _signer(*random: str) -> Signer:
    """Return the published client."""
    return Signer(private_key(CLIENT_SCALAR), _given(*random))


def _handshake_reply(item: dict[str, Any], outgoing: Outgoing) -> bytes:
    """Wrap a published session info as the car would."""
    reply = RoutableMessage(
        session_info=bytes.fromhex(item["session_info"]), request_uuid=outgoing.uuid
    )
    reply.from_destination.domain = item.get("domain", 3)
    tag = bytes.fromhex(item.get("session_info_tag", item.get("tag", "")))
    reply.signature_data.session_info_tag.tag = tag
    return reply.SerializeToString()


def _session(item: dict[str, Any]) -> Session:
    """Open the session of a published exchange, at the counter before its request."""
    signer = _signer("00" * 16, item["session_info_challenge"])
    outgoing = signer.handshake(DOMAINS[item["domain"]])
    reply = _handshake_reply(item, outgoing)
    session = signer.open_handshake(item["vin"], outgoing, reply, NOW)
    return replace(session, counter=item["counter"] - 1)


def _signed(item: dict[str, Any]) -> tuple[Session, Outgoing]:
    """Sign the command of a published exchange."""
    theirs = RoutableMessage.FromString(bytes.fromhex(item["request_routable_message"]))
    signer = _signer(theirs.from_destination.routing_address.hex(), theirs.uuid.hex())
    return signer.sign(
        _session(item),
        item["vin"],
        bytes.fromhex(item["payload"]),
        NOW,
        lifetime=timedelta(seconds=item["expires_at"]),
        flags=item["flags"],
    )


def test_metadata_is_serialized_as_documented() -> None:
    """protocol.md#metadata-serialization: {COUNTER: 100, VIN: "abc"}."""
    found = metadata({Tag.TAG_COUNTER: 100, Tag.TAG_PERSONALIZATION: b"abc"})
    assert found.hex() == "0203616263050400000064ff"


@needs_vectors
def test_metadata_hashes_as_teslas_does() -> None:
    """internal/authentication/metadata_test.go."""
    case = published("metadata_checksum")
    values: dict[int, bytes | int] = {
        tag: bytes.fromhex(value) for tag, value in case["items"]
    }
    assert hashlib.sha256(metadata(values)).hexdigest() == case["sha256"]


@pytest.mark.parametrize(
    ("domain", "named"),
    [
        pytest.param(
            Domain.VCSEC, "08000102030405060708090a0b0c0d0e0f", id="VCSEC: 17 bytes"
        ),
        pytest.param(
            Domain.INFOTAINMENT,
            "08000102030405060708090a0b0c0d0e0f101112",
            id="infotainment: all",
        ),
    ],
)
def test_a_request_is_named_as_tesla_names_it(domain: Domain, named: str) -> None:
    """internal/authentication/peer_test.go, TestRequestID."""
    tag = bytes.fromhex("000102030405060708090a0b0c0d0e0f101112")
    assert request_hash(domain, tag).hex() == named


@needs_vectors
def test_session_info_authenticates_as_documented() -> None:
    """protocol.md#response-authentication."""
    case = published("session_info")
    tag = session_info_tag(
        bytes.fromhex(published("ecdh")["K"]),
        case["vin"],
        bytes.fromhex(case["request_uuid"]),
        bytes.fromhex(case["session_info"]),
    )
    assert tag.hex() == case["tag"]


@needs_vectors
def test_the_documented_handshake_opens_a_session() -> None:
    """The example of protocol.md, from the request's bytes to the session's values."""
    case = published("session_info")
    signer = _signer(case["routing_address"], case["request_uuid"])
    outgoing = signer.handshake(Domain.INFOTAINMENT)
    reply = _handshake_reply(case, outgoing)
    session = signer.open_handshake(case["vin"], outgoing, reply, NOW)

    request = RoutableMessage.FromString(outgoing.message)
    client = published("protocol_md_keys")["client"]["public_uncompressed"]
    assert request.session_info_request.public_key.hex() == client
    assert request.from_destination.routing_address.hex() == case["routing_address"]
    assert (session.epoch.hex(), session.counter, session.clock_time) == (
        case["decoded"]["epoch"],
        case["decoded"]["counter"],
        case["decoded"]["clock_time"],
    )
    assert session.zero == NOW - timedelta(seconds=2650)


@needs_vectors
def test_an_unpaired_key_is_recognized() -> None:
    """Session info of a car that does not know us: no key, no tag, just the status."""
    case = generated("key_not_on_whitelist_session_info")
    signer = _signer("00" * 16, "11" * 16)
    outgoing = signer.handshake(Domain.VCSEC)
    reply = _handshake_reply(case | {"domain": 2}, outgoing)
    with pytest.raises(KeyNotPaired):
        signer.open_handshake(VIN, outgoing, reply, NOW)


@pytest.mark.parametrize("item", cases(EXCHANGES))
def test_a_command_is_signed_as_tesla_signs_it(item: dict[str, Any]) -> None:
    """The whole message equals that of Tesla's own code."""
    session, outgoing = _signed(item)
    theirs = RoutableMessage.FromString(bytes.fromhex(item["request_routable_message"]))
    assert RoutableMessage.FromString(outgoing.message) == theirs
    assert outgoing.request_hash.hex() == item["request_hash"]
    assert session.counter == item["counter"]


@pytest.mark.parametrize("item", cases(EXCHANGES))
def test_an_encrypted_reply_of_teslas_code_opens(item: dict[str, Any]) -> None:
    """The payload comes out; it was sealed for this request alone."""
    session, outgoing = _signed(item)
    raw = bytes.fromhex(item["encrypted_response_routable_message"])
    reply = _signer().open_reply(session, item["vin"], outgoing, raw, NOW)
    assert reply.payload.hex() == item["response_plaintext"]
    assert reply.is_authenticated


@pytest.mark.parametrize("item", cases(EXCHANGES))
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"vin": "5YJ30123456789ABD"}, id="another car"),
        pytest.param({"counter": 2}, id="another counter of the reply"),
        pytest.param({"flags": 1}, id="another flag"),
        pytest.param({"hash": b"\x08"}, id="another request"),
        pytest.param({"tag": bytes(16)}, id="no tag"),
        pytest.param({"nonce": b""}, id="no nonce"),
    ],
)
def test_a_changed_encrypted_reply_is_refused(
    item: dict[str, Any], change: dict[str, Any]
) -> None:
    """Every part of what a reply is bound to counts."""
    session, outgoing = _signed(item)
    raw = bytes.fromhex(item["encrypted_response_routable_message"])
    reply = RoutableMessage.FromString(raw)
    sealed: AES_GCM_Response_Signature_Data
    sealed = reply.signature_data.AES_GCM_Response_data
    sealed.counter = change.get("counter", sealed.counter)
    sealed.tag = change.get("tag", sealed.tag)
    sealed.nonce = change.get("nonce", sealed.nonce)
    reply.flags = change.get("flags", reply.flags)
    outgoing = replace(outgoing, request_hash=change.get("hash", outgoing.request_hash))
    with pytest.raises(InvalidReply, match="authenticate"):
        _signer().open_reply(
            session,
            change.get("vin", item["vin"]),
            outgoing,
            reply.SerializeToString(),
            NOW,
        )


@needs_vectors
def test_the_car_said_already_set() -> None:
    """The reply that Tesla's code sealed reads as the car's word."""
    item = generated("hmac_sessions")["items"][2]
    answer = bytes.fromhex(item["response_plaintext"])
    assert command_result(Domain.INFOTAINMENT, answer) == (False, "already_set")


@needs_vectors
def test_a_fault_of_teslas_code_brings_a_session() -> None:
    """INCORRECT_EPOCH with fresh session info: the session to go on with."""
    first, fault = generated("hmac_sessions")["items"][:2]
    session = _session(first)
    signer = _signer("2c" * 16, fault["request_uuid"])
    session, outgoing = signer.sign(session, VIN, b"\x10\x01", NOW)
    raw = bytes.fromhex(fault["fault_reply_routable_message"])
    with pytest.raises(FaultReply) as caught:
        signer.open_reply(session, VIN, outgoing, raw, NOW)

    message = RoutableMessage.FromString(raw)
    info = SessionInfo.FromString(message.session_info)
    assert caught.value.fault == "INCORRECT_EPOCH"
    assert not caught.value.may_have_acted
    assert caught.value.session == replace(session, epoch=info.epoch, counter=0)
    assert info.epoch != session.epoch


@pytest.mark.parametrize("sent", cases(PAYLOADS))
def test_a_command_is_worded_as_teslas_proxy_words_it(sent: dict[str, Any]) -> None:
    """Protobuf's JSON becomes the bytes that Tesla's proxy sends."""
    domain = DOMAINS[sent["domain"]]
    raw = payload(domain, sent["decoded"])
    theirs = bytes.fromhex(sent["payload_hex"])
    # The order of fields on the wire is free: the messages must be equal.
    assert ROOTS[domain].FromString(raw) == ROOTS[domain].FromString(theirs)
    assert len(raw) == len(theirs)


@needs_vectors
def test_what_tesla_repeats_is_repeated() -> None:
    """Tesla's constants: faults that pass, and one that hides a success."""
    constants = published("constants")
    assert set(constants["retriable_faults"]) == RETRIABLE_FAULTS
    assert set(constants["may_have_succeeded_faults"]) - {"NONE"} <= MAY_HAVE_ACTED
    assert constants["retry_interval_s"] == RETRY_EVERY.total_seconds()
    assert constants["proxy_default_timeout_s"] == RETRY_WITHIN.total_seconds()


@needs_vectors
def test_all_groups_were_found() -> None:
    """The tables above are not empty because a name in the file changed."""
    assert (len(EXCHANGES), len(PAYLOADS)) == (2, 65)
