"""Signed messages as they travel in the body of a request."""

import base64

from tesla_protocol.command.universal_message_pb2 import RoutableMessage

from .signer import LOCK, VCSEC, Signer


def posted(message: RoutableMessage) -> dict[str, str]:
    """Put a message into the body of a request."""
    return {"routable_message": base64.b64encode(message.SerializeToString()).decode()}


def answered(response: str) -> RoutableMessage:
    """Take a message out of the body of an answer."""
    return RoutableMessage.FromString(base64.b64decode(response))


def stranger() -> Signer:
    """Give a client whose key no car knows."""
    signer = Signer(send=bytes, domain=VCSEC)
    signer.info.publicKey = signer.public
    return signer


def handshake() -> RoutableMessage:
    """Ask a car where it stands."""
    request = stranger().blank()
    request.session_info_request.public_key = stranger().public
    return request


def signed(payload: bytes = LOCK) -> RoutableMessage:
    """Sign something for a car that nobody has paired with."""
    return stranger().signed(payload)


def encrypted() -> RoutableMessage:
    """Sign in the way that only a car can read."""
    message = signed()
    message.signature_data.AES_GCM_Personalized_data.counter = 1
    return message
