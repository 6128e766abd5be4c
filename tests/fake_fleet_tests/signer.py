"""A client small enough to be seen through, and a car that only writes down.

What the client signs with is the car's own arithmetic, so it proves the car's
behaviour; the arithmetic itself is proven by Tesla's vectors and by a client of other
people's making (`tests/conformance/test_independent_client.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
import hashlib
import itertools
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tesla_protocol.command.signatures_pb2 import SessionInfo, SignatureType, Tag
from tesla_protocol.command.universal_message_pb2 import (
    Destination,
    Domain,
    MessageFault_E,
    RoutableMessage,
)

from tests.fake_fleet import vehicle_crypto as crypto
from tests.fake_fleet.answer import DONE, ActResult
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.vehicle_side import VehicleSide

# Throw-away keys of Tesla's protocol document (pkg/protocol/protocol.md#test-keys).
VEHICLE_SCALAR: Final = (
    0x344EE5B466A7CF1EEB12B6F50331DB2E5EC5834EF5F4BEFCFD8CBE55C2528D70
)
CLIENT_SCALAR: Final = (
    0x2538CDC29A97C19C1E99A637D6CF4F8C970C118B56EDE1E6323E6D162C4B30DB
)
VIN: Final = "5YJ30123456789ABC"
START: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)

VCSEC: Final = Domain.DOMAIN_VEHICLE_SECURITY
INFOTAINMENT: Final = Domain.DOMAIN_INFOTAINMENT
ENCRYPT: Final = 2

LOCK: Final = bytes.fromhex("1001")
CLIMATE_ON: Final = bytes.fromhex("120452020801")
LIMIT_80: Final = bytes.fromhex("12042a020850")


def private_key(scalar: int) -> ec.EllipticCurvePrivateKey:
    """Make a key of a number."""
    return ec.derive_private_key(scalar, ec.SECP256R1())


def fault_of(reply: RoutableMessage) -> str:
    """Say the fault of a reply by Tesla's name for it, without the prefix."""
    name = MessageFault_E.Name(reply.signedMessageStatus.signed_message_fault)
    return name.removeprefix("MESSAGEFAULT_ERROR_")


@dataclass
class Recorder:
    """A car that does as it is told, or gives the one answer it was given."""

    vin: str = VIN
    whitelist: set[bytes] = field(default_factory=set)
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: ActResult = DONE

    def act(self, command: str, params: dict[str, Any]) -> ActResult:
        """Write down, and answer."""
        self.acts.append((command, params))
        return self.answer


@dataclass
class Signer:
    """One client's session with one computer of a car."""

    send: Callable[[bytes], bytes]
    domain: int = INFOTAINMENT
    vin: str = VIN
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: private_key(CLIENT_SCALAR)
    )
    address: bytes = bytes(range(16))
    info: SessionInfo = field(default_factory=SessionInfo)
    uuids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def public(self) -> bytes:
        """Say the key that must be paired."""
        return crypto.public_bytes(self.private)

    @property
    def key(self) -> bytes:
        """Say the key shared with the computer."""
        return crypto.shared_key(self.private, self.info.publicKey)

    def shake_hands(self) -> RoutableMessage:
        """Ask where the computer stands and believe it."""
        request = self.blank()
        request.session_info_request.public_key = self.public
        reply = self.post(request)
        self.info = SessionInfo.FromString(reply.session_info)
        return reply

    def blank(self) -> RoutableMessage:
        """Address a message to the computer."""
        message = RoutableMessage(uuid=next(self.uuids).to_bytes(16))
        message.to_destination.CopyFrom(Destination(domain=Domain.Name(self.domain)))
        message.from_destination.routing_address = self.address
        return message

    def post(self, request: RoutableMessage) -> RoutableMessage:
        """Send a message and read what comes back."""
        return RoutableMessage.FromString(self.send(request.SerializeToString()))

    def signed(
        self,
        payload: bytes,
        *,
        counter: int | None = None,
        lifetime: int = 10,
        flags: int = 0,
    ) -> RoutableMessage:
        """Sign a command; the counter goes on by itself unless it is given."""
        if counter is None:
            self.info.counter += 1
            counter = self.info.counter
        request = self.blank()
        request.flags = flags
        request.protobuf_message_as_bytes = payload
        request.signature_data.signer_identity.public_key = self.public
        signature = request.signature_data.HMAC_Personalized_data
        signature.epoch = self.info.epoch
        signature.counter = counter
        signature.expires_at = self.info.clock_time + lifetime
        about: dict[Tag, bytes | int] = {
            Tag.TAG_SIGNATURE_TYPE: bytes(
                [SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED]
            ),
            Tag.TAG_DOMAIN: bytes([self.domain]),
            Tag.TAG_PERSONALIZATION: self.vin.encode(),
            Tag.TAG_EPOCH: signature.epoch,
            Tag.TAG_EXPIRES_AT: signature.expires_at,
            Tag.TAG_COUNTER: counter,
            **({Tag.TAG_FLAGS: flags} if flags else {}),
        }
        signature.tag = crypto.command_tag(
            self.key, about=crypto.metadata(about), payload=payload
        )
        return request

    def opened(self, request: RoutableMessage, reply: RoutableMessage) -> bytes:
        """Decrypt a reply."""
        sealing = reply.signature_data.AES_GCM_Response_data
        about = crypto.reply_metadata(
            reply,
            vin=self.vin,
            counter=sealing.counter,
            named=crypto.request_hash(request),
        )
        both = reply.protobuf_message_as_bytes + sealing.tag
        checksum = hashlib.sha256(about).digest()
        return AESGCM(self.key).decrypt(sealing.nonce, both, checksum)


@dataclass
class Bench:
    """A car, its side of the protocol, a clock to step, and a paired client."""

    clock: Clock = field(default_factory=lambda: Clock.stepped(START))
    car: Recorder = field(default_factory=Recorder)

    def __post_init__(self) -> None:
        """Boot the car and pair the client's key."""
        self.side = VehicleSide(
            self.car, self.clock, private_key=private_key(VEHICLE_SCALAR)
        )
        self.car.whitelist.add(self.signer(INFOTAINMENT).public)

    def signer(self, domain: int = INFOTAINMENT) -> Signer:
        """Give a client that has not shaken hands."""
        return Signer(send=self.side.handle, domain=domain)

    def session(self, domain: int = INFOTAINMENT) -> Signer:
        """Give a client that has."""
        signer = self.signer(domain)
        signer.shake_hands()
        return signer
