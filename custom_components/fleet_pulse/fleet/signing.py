"""Signed commands: HMAC-SHA256 out, AES-GCM back, values in and values out.

Tesla's Vehicle Command Protocol (`pkg/protocol/protocol.md` in Tesla's
`vehicle-command`). Over the Fleet API requests are authenticated but not encrypted:
Tesla checks the owner's scopes on them, and blocks encrypted ones. One HTTP answer
belongs to one request, and every request has its own address, uuid and counter, so a
reply is either to this request or refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError, Message
from tesla_protocol.command.signatures_pb2 import (
    SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST,
    SESSION_INFO_STATUS_OK,
    SessionInfo,
    SignatureType,
    Tag,
)
from tesla_protocol.command.universal_message_pb2 import (
    Domain as WireDomain,
    Flags,
    MessageFault_E as Fault,
    OperationStatus_E as MessageResult,
    RoutableMessage,
)

from ..model.command import Domain
from . import keys
from .envelope import Random
from .errors import InvalidReply, KeyNotPaired
from .faults import meaning
from .session import MAX_COUNTER, FaultReply, Outgoing, Reply, Session

ENCRYPT_RESPONSE: Final = 1 << Flags.FLAG_ENCRYPT_RESPONSE
LIFETIME: Final = timedelta(seconds=10)
EPOCH_LENGTH: Final = timedelta(seconds=1 << 30)
"""Cars call a later expiration time a bad parameter, which no retry cures."""

_DOMAINS: Final = {
    Domain.INFOTAINMENT: WireDomain.DOMAIN_INFOTAINMENT,
    Domain.VCSEC: WireDomain.DOMAIN_VEHICLE_SECURITY,
}
_ID_LENGTH: Final = 16
_FAULT_PREFIX: Final = "MESSAGEFAULT_ERROR_"


def metadata(values: Mapping[int, bytes | int]) -> bytes:
    """Serialize what a tag or ciphertext is bound to; integers take four bytes."""
    parts = []
    for tag, value in sorted(values.items()):
        data = value.to_bytes(4) if isinstance(value, int) else value
        parts.append(bytes([tag, len(data)]) + data)
    return b"".join([*parts, bytes([Tag.TAG_END])])


def request_hash(domain: Domain, tag: bytes) -> bytes:
    """Return what names a request in its encrypted reply; VCSEC shortens it."""
    short = tag[:16] if domain is Domain.VCSEC else tag
    return bytes([SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED]) + short


def session_info_tag(key: bytes, vin: str, challenge: bytes, info: bytes) -> bytes:
    """Return the tag a car proves its session info with."""
    bound = metadata(
        {
            Tag.TAG_SIGNATURE_TYPE: bytes([SignatureType.SIGNATURE_TYPE_HMAC]),
            Tag.TAG_PERSONALIZATION: vin.encode(),
            Tag.TAG_CHALLENGE: challenge,
        }
    )
    return _hmac(_hmac(key, b"session info"), bound + info)


def _hmac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256."""
    return hmac.digest(key, message, hashlib.sha256)


class Signer:
    """Opens sessions with cars, signs commands, and opens what cars reply."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, random: Random) -> None:
        """Keep the private key and the source of uuids and addresses."""
        self._key = key
        self._public = keys.public_bytes(key)
        self._random = random

    def handshake(self, domain: Domain) -> Outgoing:
        """Return the request for a domain's session info."""
        message = self._addressed(domain)
        message.session_info_request.public_key = self._public
        return _outgoing(message, domain)

    def open_handshake(
        self,
        vin: str,
        outgoing: Outgoing,
        reply: bytes,
        now: datetime,
        known: Session | None = None,
    ) -> Session:
        """Return the session a car offers, with no counter used again."""
        message = _parsed(reply, outgoing)
        _raise_fault(message, None, None)
        return self._session(vin, outgoing, message, now).following(known)

    def sign(
        self,
        session: Session,
        vin: str,
        payload: bytes,
        now: datetime,
        *,
        lifetime: timedelta = LIFETIME,
        flags: int = ENCRYPT_RESPONSE,
    ) -> tuple[Session, Outgoing]:
        """Return a signed command, and the session with its counter used up."""
        if session.counter >= MAX_COUNTER:
            detail = "the session's counters are used up"
            raise FaultReply(
                "INVALID_TOKEN_OR_COUNTER", detail, session=session.stale()
            )
        used = replace(session, counter=session.counter + 1)
        message = self._addressed(session.domain)
        message.protobuf_message_as_bytes = payload
        message.flags = flags
        message.signature_data.signer_identity.public_key = self._public
        data = message.signature_data.HMAC_Personalized_data
        data.epoch = used.epoch
        data.counter = used.counter
        data.expires_at = _expiry(session, now, lifetime)
        data.tag = self._command_tag(session, vin, message)
        tag = request_hash(session.domain, data.tag)
        return used, replace(_outgoing(message, session.domain), request_hash=tag)

    def open_reply(
        self,
        session: Session,
        vin: str,
        outgoing: Outgoing,
        reply: bytes,
        now: datetime,
    ) -> Reply:
        """Return what a car answered to this command, or raise its fault."""
        message = _parsed(reply, outgoing)
        is_sealed = message.signature_data.HasField("AES_GCM_Response_data")
        payload = message.protobuf_message_as_bytes
        if is_sealed:
            payload = self._decrypted(session, vin, outgoing, message)
        fresh = self._resumed(session, vin, outgoing, message, now)
        _raise_fault(message, fresh, session)
        if message.HasField("session_info"):
            self._session(vin, outgoing, message, now)
            raise InvalidReply("the car sent session info instead of an answer")
        return Reply(payload=payload, is_authenticated=is_sealed)

    def _addressed(self, domain: Domain) -> RoutableMessage:
        """Return a message to a domain that can be told from all others."""
        message = RoutableMessage()
        message.to_destination.domain = _DOMAINS[domain]
        message.from_destination.routing_address = self._random(_ID_LENGTH)
        message.uuid = self._random(_ID_LENGTH)
        return message

    def _command_tag(
        self, session: Session, vin: str, message: RoutableMessage
    ) -> bytes:
        """Return the tag that authorizes a command."""
        data = message.signature_data.HMAC_Personalized_data
        kind = SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED
        values: dict[int, bytes | int] = {
            Tag.TAG_SIGNATURE_TYPE: bytes([kind]),
            Tag.TAG_DOMAIN: bytes([message.to_destination.domain]),
            Tag.TAG_PERSONALIZATION: vin.encode(),
            Tag.TAG_EPOCH: data.epoch,
            Tag.TAG_EXPIRES_AT: data.expires_at,
            Tag.TAG_COUNTER: data.counter,
        }
        # Older firmware knows no flags: they are bound only where there are any.
        if message.flags:
            values[Tag.TAG_FLAGS] = message.flags
        key = _hmac(self._shared(session.vehicle_key), b"authenticated command")
        return _hmac(key, metadata(values) + message.protobuf_message_as_bytes)

    def _decrypted(
        self, session: Session, vin: str, outgoing: Outgoing, message: RoutableMessage
    ) -> bytes:
        """Open an encrypted reply, which must belong to this very request."""
        data = message.signature_data.AES_GCM_Response_data
        kind = SignatureType.SIGNATURE_TYPE_AES_GCM_RESPONSE
        bound = metadata(
            {
                Tag.TAG_SIGNATURE_TYPE: bytes([kind]),
                Tag.TAG_DOMAIN: bytes([message.from_destination.domain]),
                Tag.TAG_PERSONALIZATION: vin.encode(),
                Tag.TAG_COUNTER: data.counter,
                Tag.TAG_FLAGS: message.flags,
                Tag.TAG_REQUEST_HASH: outgoing.request_hash,
                Tag.TAG_FAULT: message.signedMessageStatus.signed_message_fault,
            }
        )
        cipher = AESGCM(self._shared(session.vehicle_key))
        sealed = message.protobuf_message_as_bytes + data.tag
        try:
            return cipher.decrypt(data.nonce, sealed, hashlib.sha256(bound).digest())
        except (InvalidTag, ValueError) as err:
            raise InvalidReply("the reply does not authenticate") from err

    def _resumed(
        self,
        session: Session,
        vin: str,
        outgoing: Outgoing,
        message: RoutableMessage,
        now: datetime,
    ) -> Session | None:
        """Return the session a fault brings along, if it may replace ours."""
        if not message.HasField("session_info"):
            return None
        try:
            fresh = self._session(vin, outgoing, message, now)
        except InvalidReply:
            # The fault stands on its own: a handshake will say what is true.
            return None
        return fresh.following(session) if fresh.replaces(session) else None

    def _session(
        self, vin: str, outgoing: Outgoing, message: RoutableMessage, now: datetime
    ) -> Session:
        """Return the session of a reply whose session info authenticates."""
        info = _decoded(SessionInfo(), message.session_info)
        if info.status == SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST:
            raise KeyNotPaired
        if info.status != SESSION_INFO_STATUS_OK:
            raise InvalidReply(f"the car offers no session: status {info.status}")
        shared = self._shared(info.publicKey)
        tag = session_info_tag(shared, vin, outgoing.uuid, message.session_info)
        if not hmac.compare_digest(tag, message.signature_data.session_info_tag.tag):
            raise InvalidReply("the session info does not authenticate")
        return Session(
            domain=outgoing.domain,
            vehicle_key=info.publicKey,
            epoch=info.epoch,
            counter=info.counter,
            zero=now - timedelta(seconds=info.clock_time),
            clock_time=info.clock_time,
        )

    def _shared(self, vehicle_key: bytes) -> bytes:
        """Return the key shared with the holder of a public key."""
        try:
            return keys.session_key(self._key, vehicle_key)
        except keys.InvalidKey as err:
            raise InvalidReply("the car's public key is not a point") from err


def _outgoing(message: RoutableMessage, domain: Domain) -> Outgoing:
    """Return a message as it goes out."""
    return Outgoing(
        message=message.SerializeToString(),
        domain=domain,
        uuid=message.uuid,
        address=message.from_destination.routing_address,
    )


def _expiry(session: Session, now: datetime, lifetime: timedelta) -> int:
    """Return when a message expires, by the domain's clock.

    A clock of ours that jumped gives nonsense; the car answers that with a fault that
    brings the right time. Zero would never expire.
    """
    at = min(max(now - session.zero + lifetime, timedelta(seconds=1)), EPOCH_LENGTH)
    return at // timedelta(seconds=1)


def _decoded[M: Message](into: M, data: bytes) -> M:
    """Parse bytes of a reply."""
    try:
        into.ParseFromString(data)
    except DecodeError as err:
        raise InvalidReply("the reply is not what the protocol says") from err
    return into


def _parsed(reply: bytes, outgoing: Outgoing) -> RoutableMessage:
    """Return a reply that names this request and comes from the right domain.

    VCSEC is short of memory and leaves out the uuid; then the address must do.
    """
    message = _decoded(RoutableMessage(), reply)
    pairs = (
        (message.to_destination.routing_address, outgoing.address),
        (message.request_uuid, outgoing.uuid),
    )
    named = [theirs == ours for theirs, ours in pairs if theirs]
    if not named or not all(named):
        raise InvalidReply("the reply belongs to another request")
    if message.from_destination.domain != _DOMAINS[outgoing.domain]:
        raise InvalidReply("the reply comes from another part of the car")
    return message


def _raise_fault(
    message: RoutableMessage, fresh: Session | None, used: Session | None
) -> None:
    """Raise what the protocol layer of a reply complains about, if anything."""
    name = _fault_name(message)
    if name is None:
        return
    fault = meaning(name)
    if fault.error is not None:
        raise fault.error(name)
    if fault.is_out_of_step and fresh is None and used is not None:
        fresh = used.stale()
    raise FaultReply(name, session=fresh)


def _fault_name(message: RoutableMessage) -> str | None:
    """Return what is wrong in Tesla's word; None if nothing is."""
    status = message.signedMessageStatus
    fault = status.signed_message_fault
    if fault != Fault.MESSAGEFAULT_ERROR_NONE:
        known = Fault.DESCRIPTOR.values_by_number.get(fault)
        return known.name.removeprefix(_FAULT_PREFIX) if known else f"FAULT_{fault}"
    if status.operation_status == MessageResult.OPERATIONSTATUS_WAIT:
        return "BUSY"
    # Where there is a payload, it says what went wrong.
    is_silent = not message.protobuf_message_as_bytes
    if is_silent and status.operation_status == MessageResult.OPERATIONSTATUS_ERROR:
        return "UNSPECIFIED"
    return None
