"""The arithmetic of the Vehicle Command Protocol, as the car does it.

Written from Tesla's published protocol document, on `cryptography`; proven by the
document's own vectors and by outputs of Tesla's code.
"""

from collections.abc import Mapping
import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tesla_protocol.command.signatures_pb2 import SignatureType, Tag
from tesla_protocol.command.universal_message_pb2 import Domain, RoutableMessage

COMMAND_LABEL: Final = b"authenticated command"
SESSION_INFO_LABEL: Final = b"session info"

SHARED_KEY_SIZE: Final = 16
GCM_TAG_SIZE: Final = 16
NONCE_SIZE: Final = 12

VCSEC_TAG_SIZE: Final = 16
"""The security computer keeps only so much of a request's tag in its hash."""


def public_bytes(private: ec.EllipticCurvePrivateKey) -> bytes:
    """Say the public half as an uncompressed point."""
    return private.public_key().public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )


def shared_key(private: ec.EllipticCurvePrivateKey, peer: bytes) -> bytes:
    """Agree with the peer on a key; `ValueError` where the peer's is not a point."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer)
    secret = private.exchange(ec.ECDH(), point)
    return hashlib.sha1(secret).digest()[:SHARED_KEY_SIZE]


def metadata(items: Mapping[Tag, bytes | int]) -> bytes:
    """Write tag, length, value in the order of the tags, and the end mark.

    A number is four bytes, big end first; what fits in one (type, domain) is given as
    bytes by the caller.
    """
    written = bytearray()
    for tag, item in sorted(items.items()):
        value = item.to_bytes(4) if isinstance(item, int) else item
        written += bytes([tag, len(value)]) + value
    return bytes(written) + bytes([Tag.TAG_END])


def session_info_tag(key: bytes, *, vin: str, challenge: bytes, info: bytes) -> bytes:
    """Vouch for a session info in answer to the request named by `challenge`."""
    about = metadata(
        {
            Tag.TAG_SIGNATURE_TYPE: bytes([SignatureType.SIGNATURE_TYPE_HMAC]),
            Tag.TAG_PERSONALIZATION: vin.encode(),
            Tag.TAG_CHALLENGE: challenge,
        }
    )
    return _labelled_hmac(key, SESSION_INFO_LABEL, about + info)


def command_tag(key: bytes, *, about: bytes, payload: bytes) -> bytes:
    """Say the tag that a genuine command with this metadata carries."""
    return _labelled_hmac(key, COMMAND_LABEL, about + payload)


def request_hash(request: RoutableMessage) -> bytes:
    """Name a request by how it was signed and the tag it was signed with."""
    tag = request.signature_data.HMAC_Personalized_data.tag
    if request.to_destination.domain == Domain.DOMAIN_VEHICLE_SECURITY:
        tag = tag[:VCSEC_TAG_SIZE]
    return bytes([SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED]) + tag


def reply_metadata(
    reply: RoutableMessage, *, vin: str, counter: int, named: bytes
) -> bytes:
    """Say what an encrypted reply is bound to; its flags count even when zero."""
    return metadata(
        {
            Tag.TAG_SIGNATURE_TYPE: bytes(
                [SignatureType.SIGNATURE_TYPE_AES_GCM_RESPONSE]
            ),
            Tag.TAG_DOMAIN: bytes([reply.from_destination.domain]),
            Tag.TAG_PERSONALIZATION: vin.encode(),
            Tag.TAG_COUNTER: counter,
            Tag.TAG_FLAGS: reply.flags,
            Tag.TAG_REQUEST_HASH: named,
            Tag.TAG_FAULT: reply.signedMessageStatus.signed_message_fault,
        }
    )


def sealed(
    key: bytes, *, nonce: bytes, plain: bytes, about: bytes
) -> tuple[bytes, bytes]:
    """Encrypt; return the cipher text and its tag, which travel apart."""
    checksum = hashlib.sha256(about).digest()
    both = AESGCM(key).encrypt(nonce, plain, checksum)
    return both[:-GCM_TAG_SIZE], both[-GCM_TAG_SIZE:]


def _labelled_hmac(key: bytes, label: bytes, message: bytes) -> bytes:
    """Authenticate under a key that serves one purpose only."""
    subkey = hmac.digest(key, label, "sha256")
    return hmac.digest(subkey, message, "sha256")
