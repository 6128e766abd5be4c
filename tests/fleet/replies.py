"""Messages as a car would send them, made by hand, and the signer that reads them."""

from collections.abc import Callable
from datetime import datetime, timedelta
import hashlib
from typing import Any

import pytest
from tesla_protocol.command.signatures_pb2 import SessionInfo
from tesla_protocol.command.universal_message_pb2 import (
    Domain as WireDomain,
    MessageStatus,
    RoutableMessage,
)

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.session import FaultReply, Outgoing, Session
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


def signed(session: Session = SESSION, now: datetime = NOW) -> tuple[Session, Outgoing]:
    """Sign a lock command."""
    return SIGNER.sign(session, VIN, b"\x10\x01", now)


def reply_to(outgoing: Outgoing, **parts: Any) -> RoutableMessage:
    """Return a reply in the clear, as VCSEC addresses it."""
    message = RoutableMessage(**parts)
    message.to_destination.routing_address = outgoing.address
    message.from_destination.domain = WIRE[outgoing.domain]
    return message


def fault_to(outgoing: Outgoing, name: str) -> RoutableMessage:
    """Return a reply that reports a fault of the protocol."""
    message = reply_to(outgoing)
    status = MessageStatus(signed_message_fault=f"MESSAGEFAULT_ERROR_{name}")
    message.signedMessageStatus.CopyFrom(status)
    return message


def with_info(
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


def opened(session: Session, outgoing: Outgoing, message: RoutableMessage) -> object:
    """Open a reply."""
    raw = message.SerializeToString()
    return SIGNER.open_reply(session, VIN, outgoing, raw, NOW)


def raised(
    session: Session, outgoing: Outgoing, message: RoutableMessage
) -> FaultReply:
    """Return the fault that a reply raises."""
    with pytest.raises(FaultReply) as caught:
        opened(session, outgoing, message)
    return caught.value
