"""The fake car is proven by Tesla's published vectors and by outputs of Tesla's code.

The file lies beside the checkout; where it does not, known answers in the other tests
of this folder stand in.
"""

from collections.abc import Callable, Iterator
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
import pytest
from tesla_protocol.command.signatures_pb2 import SessionInfo, SignatureType, Tag
from tesla_protocol.command.universal_message_pb2 import (
    Domain,
    MessageFault_E,
    RoutableMessage,
)

from tests.fake_fleet import vehicle_crypto as crypto
from tests.fake_fleet.answer import refused
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.decode import decode
from tests.fake_fleet.vehicle_reply import Exchange
from tests.fake_fleet.vehicle_session import Window
from tests.fake_fleet.vehicle_side import VehicleSide

from .signer import INFOTAINMENT, START, VCSEC, Recorder, fault_of, private_key

VECTORS: Final = (
    Path(__file__).parents[2] / "../shared/data/vehicle_command/vectors.json"
)

pytestmark = pytest.mark.skipif(
    not VECTORS.exists(), reason="the vectors do not lie beside this checkout"
)


def _load() -> dict[str, Any]:
    """Read the file, or nothing where it is missing."""
    if not VECTORS.exists():
        return {"published": {}, "generated": {}}
    loaded: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


DATA: Final = _load()
PUBLISHED: Final[dict[str, Any]] = DATA["published"]
GENERATED: Final[dict[str, Any]] = DATA["generated"]


def _items(group: dict[str, Any], name: str, key: str = "items") -> list[Any]:
    """List the entries of a group."""
    entries: list[Any] = group.get(name, {}).get(key, [])
    return entries


def scalar(text: str) -> ec.EllipticCurvePrivateKey:
    """Make a key of a scalar in hex."""
    return private_key(int(text, 16))


def dealt(*hands: bytes) -> Callable[[int], bytes]:
    """Be as random as the vectors were, in the order in which it is asked for."""
    deck: Iterator[bytes] = iter(hands)
    return lambda size: next(deck)[:size]


def vehicle_key() -> ec.EllipticCurvePrivateKey:
    """Give the published vehicle key."""
    return scalar(PUBLISHED["protocol_md_keys"]["vehicle"]["private_scalar"])


def client_public() -> bytes:
    """Give the published client key's public half."""
    text = PUBLISHED["protocol_md_keys"]["client"]["public_uncompressed"]
    return bytes.fromhex(text)


@pytest.mark.parametrize("who", ["vehicle", "client"])
def test_published_keys(who: str) -> None:
    """The public half follows from the scalar."""
    keys = PUBLISHED["protocol_md_keys"][who]
    public = crypto.public_bytes(scalar(keys["private_scalar"]))
    assert public.hex() == keys["public_uncompressed"]


def test_native_key() -> None:
    """Likewise."""
    vector = PUBLISHED["native_key"]
    public = crypto.public_bytes(scalar(vector["private_scalar"]))
    assert public.hex() == vector["public_uncompressed"]


def test_ecdh() -> None:
    """Both sides agree on the key of the document."""
    assert (
        crypto.shared_key(vehicle_key(), client_public()).hex()
        == PUBLISHED["ecdh"]["K"]
    )


def test_ecdh_with_a_leading_zero() -> None:
    """The coordinate is hashed with all of its 32 bytes."""
    vector = PUBLISHED["ecdh_leading_zero"]
    key = crypto.shared_key(
        scalar(vector["private_scalar"]), bytes.fromhex(vector["peer_public"])
    )
    shared = hashlib.sha1(bytes.fromhex(vector["shared_x"])).digest()
    assert key == shared[:16]


def _off_the_curve(peer: bytes) -> bytes:
    return bytes([peer[0], peer[1] ^ 1]) + peer[2:]


def _zeros(peer: bytes) -> bytes:
    return b"\x04" + bytes(64)


@pytest.mark.parametrize("spoil", [_off_the_curve, _zeros])
def test_ecdh_rejects_what_is_no_point(spoil: Callable[[bytes], bytes]) -> None:
    """The document's rejects."""
    vector = PUBLISHED["ecdh_leading_zero"]
    peer = spoil(bytes.fromhex(vector["peer_public"]))
    with pytest.raises(ValueError, match=r"(?i)point|key|encoding"):
        crypto.shared_key(scalar(vector["private_scalar"]), peer)


def test_ecdh_rejects_a_scalar_of_zero() -> None:
    """It is no key."""
    with pytest.raises(ValueError, match=r"(?i)positive|private"):
        scalar("00" * 32)


def test_metadata_serialization() -> None:
    """Sorted by tag, whatever the order they are given in."""
    items: dict[Tag, bytes | int] = {
        Tag.TAG_COUNTER: 100,
        Tag.TAG_PERSONALIZATION: b"abc",
    }
    vector = PUBLISHED["metadata_serialization"]
    assert crypto.metadata(items).hex() == vector["serialized"]


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_metadata_checksum(algorithm: str) -> None:
    """As Tesla's tests hash it."""
    vector = PUBLISHED["metadata_checksum"]
    items = {tag: bytes.fromhex(value) for tag, value in vector["items"]}
    written = crypto.metadata(items)
    assert hashlib.new(algorithm, written).hexdigest() == vector[algorithm]


def test_session_info_tag() -> None:
    """The document's example of an authenticated handshake."""
    vector = PUBLISHED["session_info"]
    tag = crypto.session_info_tag(
        bytes.fromhex(PUBLISHED["ecdh"]["K"]),
        vin=vector["vin"],
        challenge=bytes.fromhex(vector["request_uuid"]),
        info=bytes.fromhex(vector["session_info"]),
    )
    assert tag.hex() == vector["tag"]


def test_session_info_is_written_as_tesla_does() -> None:
    """Byte by byte, after the same life: epoch, six commands, 2650 seconds."""
    vector = PUBLISHED["session_info"]
    decoded = vector["decoded"]
    info = SessionInfo(
        counter=decoded["counter"],
        publicKey=crypto.public_bytes(vehicle_key()),
        epoch=bytes.fromhex(decoded["epoch"]),
        clock_time=decoded["clock_time"],
    )
    assert info.SerializeToString().hex() == vector["session_info"]


def gcm_metadata(signature: Any, *, domain: int, vin: str, epoch: bytes) -> bytes:
    """Say what an encrypted request is bound to."""
    kind = SignatureType.SIGNATURE_TYPE_AES_GCM_PERSONALIZED
    return crypto.metadata(
        {
            Tag.TAG_SIGNATURE_TYPE: bytes([kind]),
            Tag.TAG_DOMAIN: bytes([domain]),
            Tag.TAG_PERSONALIZATION: vin.encode(),
            Tag.TAG_EPOCH: epoch,
            Tag.TAG_EXPIRES_AT: signature.expires_at,
            Tag.TAG_COUNTER: signature.counter,
        }
    )


def test_aes_gcm_command() -> None:
    """The arithmetic that seals our replies is that of the document's command."""
    vector = PUBLISHED["aes_gcm_command"]
    text, tag = crypto.sealed(
        bytes.fromhex(PUBLISHED["ecdh"]["K"]),
        nonce=bytes.fromhex(vector["nonce"]),
        plain=bytes.fromhex(vector["plaintext"]),
        about=bytes.fromhex(vector["metadata"]),
    )
    assert (text.hex(), tag.hex()) == (vector["ciphertext"], vector["tag"])


def test_gcm_known_message() -> None:
    """A message that Tesla's verifier accepts opens with our key and metadata."""
    vector = PUBLISHED["gcm_known_message"]
    message = RoutableMessage.FromString(bytes.fromhex(vector["routable_message"]))
    signature = message.signature_data.AES_GCM_Personalized_data
    about = gcm_metadata(
        signature,
        domain=vector["domain"],
        vin=vector["vin"],
        epoch=bytes.fromhex(vector["epoch"]),
    )
    key = crypto.shared_key(
        scalar(vector["vehicle_private_scalar"]), bytes.fromhex(vector["client_public"])
    )
    plain = AESGCM(key).decrypt(
        signature.nonce,
        message.protobuf_message_as_bytes + signature.tag,
        hashlib.sha256(about).digest(),
    )
    assert plain.hex() == vector["plaintext"]


@pytest.mark.parametrize(
    ("domain", "name"),
    [(VCSEC, "vcsec_request_id"), (INFOTAINMENT, "infotainment_request_id")],
    ids=["vehicle security cuts it", "infotainment does not"],
)
def test_request_id(domain: Domain, name: str) -> None:
    """How a reply names its request."""
    vector = PUBLISHED["request_id"]
    request = RoutableMessage()
    request.to_destination.domain = domain
    request.signature_data.HMAC_Personalized_data.tag = bytes.fromhex(vector["tag"])
    assert crypto.request_hash(request).hex() == vector[name]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case['new']} after {case['counter']}")
        for case in _items(PUBLISHED, "sliding_window", "cases")
    ],
)
def test_sliding_window(case: dict[str, Any]) -> None:
    """What was used is never good again; what is too old may have been."""
    before = Window(counter=case["counter"], seen=case["window"])
    after = before.slid(case["new"], 32)
    assert (after is not None) == case["ok"]
    left = after or before
    assert (left.counter, left.seen) == (case["out_counter"], case["out_window"])


SESSIONS: Final = [
    pytest.param(item, id=f"domain {item['domain']}")
    for item in _items(GENERATED, "hmac_sessions")
    if "kind" not in item
]
FAULT_REPLIES: Final = [
    pytest.param(item, id=item["fault"])
    for item in _items(GENERATED, "hmac_sessions")
    if "kind" in item
]


def side_of(item: dict[str, Any], car: Recorder, epoch: bytes, nonce: bytes) -> Any:
    """Boot a car in the state in which Tesla's code made a vector."""
    car.whitelist.add(client_public())
    # Both computers draw an epoch at boot; then come the nonces.
    return VehicleSide(
        car,
        Clock.stepped(START),
        private_key=vehicle_key(),
        random=dealt(epoch, epoch, nonce),
    )


@pytest.mark.parametrize("item", SESSIONS)
def test_handshake(item: dict[str, Any]) -> None:
    """Session info and its tag, byte by byte."""
    side = side_of(item, Recorder(), bytes.fromhex(item["epoch"]), b"")
    request = RoutableMessage(uuid=bytes.fromhex(item["session_info_challenge"]))
    request.to_destination.domain = item["domain"]
    request.session_info_request.public_key = client_public()
    reply = RoutableMessage.FromString(side.handle(request.SerializeToString()))
    assert reply.session_info.hex() == item["session_info"]
    tag = reply.signature_data.session_info_tag.tag
    assert tag.hex() == item["session_info_tag"]


@pytest.mark.parametrize("item", SESSIONS)
def test_signed_request(item: dict[str, Any]) -> None:
    """What Tesla's code signed is taken, once."""
    car = Recorder()
    nonce = bytes(12)
    side = side_of(item, car, bytes.fromhex(item["epoch"]), nonce)
    message = bytes.fromhex(item["request_routable_message"])
    request = RoutableMessage.FromString(message)
    assert request.protobuf_message_as_bytes.hex() == item["payload"]
    assert crypto.request_hash(request).hex() == item["request_hash"]
    faults = [fault_of(RoutableMessage.FromString(side.handle(message)))]
    faults.append(fault_of(RoutableMessage.FromString(side.handle(message))))
    assert faults == ["NONE", "INVALID_TOKEN_OR_COUNTER"]
    assert len(car.acts) == 1


@pytest.mark.parametrize("item", SESSIONS)
def test_spoiled_request(item: dict[str, Any]) -> None:
    """One bit of the tag makes it somebody else's."""
    car = Recorder()
    side = side_of(item, car, bytes.fromhex(item["epoch"]), b"")
    message = bytes.fromhex(item["request_routable_message"])
    spoiled = message[:-1] + bytes([message[-1] ^ 1])
    reply = RoutableMessage.FromString(side.handle(spoiled))
    assert fault_of(reply) == "INVALID_SIGNATURE"
    assert car.acts == []


@pytest.mark.parametrize("item", SESSIONS)
def test_sealed_reply(item: dict[str, Any]) -> None:
    """The very bytes of Tesla's code, field by field, given its nonce."""
    expected = RoutableMessage.FromString(
        bytes.fromhex(item["encrypted_response_routable_message"])
    )
    exchange = Exchange(
        request=RoutableMessage.FromString(
            bytes.fromhex(item["request_routable_message"])
        ),
        now=START,
    )
    exchange.turn_around()
    exchange.reply.request_uuid = exchange.request.uuid
    exchange.reply.protobuf_message_as_bytes = bytes.fromhex(item["response_plaintext"])
    exchange.seal(
        key=crypto.shared_key(vehicle_key(), client_public()),
        nonce=expected.signature_data.AES_GCM_Response_data.nonce,
        vin=item["vin"],
        counter=item["response_counter"],
    )
    assert exchange.reply == expected


def test_sealed_refusal_from_end_to_end() -> None:
    """Request in, the very reply of Tesla's code out: the car had that set already."""
    item = next(
        each for each in _items(GENERATED, "hmac_sessions") if each["domain"] == 3
    )
    expected = RoutableMessage.FromString(
        bytes.fromhex(item["encrypted_response_routable_message"])
    )
    nonce = expected.signature_data.AES_GCM_Response_data.nonce
    car = Recorder(answer=refused("already_set"))
    side = side_of(item, car, bytes.fromhex(item["epoch"]), nonce)
    message = bytes.fromhex(item["request_routable_message"])
    assert RoutableMessage.FromString(side.handle(message)) == expected
    assert car.acts == [("auto_conditioning_start", {})]


@pytest.mark.parametrize("item", FAULT_REPLIES)
def test_fault_reply(item: dict[str, Any]) -> None:
    """The fault and the session info that leads back, as Tesla's code writes them."""
    expected = RoutableMessage.FromString(
        bytes.fromhex(item["fault_reply_routable_message"])
    )
    info = SessionInfo.FromString(expected.session_info)
    side = side_of(item, Recorder(), info.epoch, b"")
    side.echoes_uuid = {2, 3}
    request = RoutableMessage(uuid=bytes.fromhex(item["request_uuid"]))
    request.to_destination.domain = item["domain"]
    request.signature_data.signer_identity.public_key = client_public()
    request.signature_data.HMAC_Personalized_data.epoch = bytes(16)
    reply = RoutableMessage.FromString(side.handle(request.SerializeToString()))
    name = MessageFault_E.Name(reply.signedMessageStatus.signed_message_fault)
    assert name == item["fault"]
    assert reply == expected


def test_key_not_on_whitelist() -> None:
    """What an unpaired key is told."""
    side = VehicleSide(Recorder(), Clock.stepped(START), private_key=vehicle_key())
    request = RoutableMessage(uuid=bytes(16))
    request.to_destination.domain = INFOTAINMENT
    request.session_info_request.public_key = client_public()
    reply = RoutableMessage.FromString(side.handle(request.SerializeToString()))
    vector = GENERATED["key_not_on_whitelist_session_info"]
    assert reply.session_info.hex() == vector["session_info"]


# The proxy's known slip: it sends the number of the documentation as the number of the
# enumeration, which begins one lower. The car goes by the enumeration.
SLIPS: Final = {"set_cop_temp"}


def _sent(*, slips: bool) -> list[Any]:
    """List what Tesla's proxy sends as a signed payload."""
    items = _items(GENERATED, "rest_to_protobuf")
    return [
        pytest.param(item, sent, id=f"{item['command']} {json.dumps(item['params'])}")
        for item in items
        for sent in item["sent"] or []
        if "payload_hex" in sent and (item["command"] in SLIPS) == slips
    ]


@pytest.mark.parametrize(("item", "sent"), _sent(slips=False))
def test_rest_to_protobuf(item: dict[str, Any], sent: dict[str, Any]) -> None:
    """What the proxy makes of a REST command, the car turns back into it."""
    calls = decode(sent["domain"], bytes.fromhex(sent["payload_hex"]))
    assert [(call.command, call.params) for call in calls] == [
        (item["command"], item["params"] or {})
    ]


@pytest.mark.parametrize(("item", "sent"), _sent(slips=True)[1:])
def test_rest_to_protobuf_slip(item: dict[str, Any], sent: dict[str, Any]) -> None:
    """The one where the car reads what the enumeration says."""
    [call] = decode(sent["domain"], bytes.fromhex(sent["payload_hex"]))
    assert call.command == item["command"]
    assert call.params == {"cop_temp": item["params"]["cop_temp"] - 1}


def test_no_row_of_rest_to_protobuf_is_left_out() -> None:
    """All 68: 63 exact, two with the slip, three that have no signed form."""
    items = _items(GENERATED, "rest_to_protobuf")
    signed = len(_sent(slips=False)) + len(_sent(slips=True))
    unsigned = [item for item in items if not item["sent"] or "rest" in item["sent"][0]]
    names = {item["command"] for item in unsigned}
    assert len(items) == signed + len(unsigned) == 68
    assert names == {
        "remote_boombox",
        "set_managed_charge_current_request",
        "wake_up",
    }
