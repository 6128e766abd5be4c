"""Our key pair on P-256: made, read, written, and agreed on with a car.

The private key opens and starts the car. It leaves this module as PEM only, for the
vault (`envelope.py`) to seal.
"""

from enum import StrEnum
import hashlib
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

POINT_LENGTH: Final = 65
"""Bytes of an uncompressed P-256 point: 0x04, x, y."""
SESSION_KEY_LENGTH: Final = 16
_ENCRYPTED: Final = b"ENCRYPTED"
"""Stands in the first line of PKCS#8, in the second of OpenSSL's older form."""


class KeyProblem(StrEnum):
    """Why a key cannot be used, in words for the owner."""

    DAMAGED = "the key is damaged or of an unknown kind"
    ENCRYPTED = "the key is encrypted with a passphrase"
    NOT_ELLIPTIC = "this is not an elliptic-curve key: Tesla needs EC P-256"
    NOT_OPENED = "the passphrase does not open the key"
    NOT_PEM = "this is not PEM: it must begin with -----BEGIN"
    NOT_POINT = "this is not a point on the curve P-256"
    OTHER_CURVE = "the key is on another curve: Tesla needs P-256 (prime256v1)"
    PUBLIC = "this is a public key: the private key is needed"


class InvalidKey(ValueError):
    """A key that cannot be used; `problem` says why."""

    def __init__(self, problem: KeyProblem) -> None:
        """Keep the problem; nothing of the key itself goes into the text."""
        super().__init__(problem.value)
        self.problem = problem


def create() -> ec.EllipticCurvePrivateKey:
    """Return a new private key, from the operating system's random source."""
    return ec.generate_private_key(ec.SECP256R1())


def from_pem(
    pem: str | bytes, passphrase: str | None = None
) -> ec.EllipticCurvePrivateKey:
    """Read a private key (PKCS#8 or SEC 1), or say what is wrong with it.

    A passphrase for a key that is not encrypted is not needed, and does no harm.
    """
    data = (pem.encode() if isinstance(pem, str) else pem).strip()
    _check_kind(data)
    is_encrypted = _ENCRYPTED in data
    if is_encrypted and not passphrase:
        raise InvalidKey(KeyProblem.ENCRYPTED)
    password = passphrase.encode() if is_encrypted and passphrase else None
    try:
        key = serialization.load_pem_private_key(_without_parameters(data), password)
    except (TypeError, ValueError, UnsupportedAlgorithm) as err:
        # What a wrong passphrase yields cannot be told from damage.
        damage = KeyProblem.NOT_OPENED if is_encrypted else KeyProblem.DAMAGED
        raise InvalidKey(damage) from err
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise InvalidKey(KeyProblem.NOT_ELLIPTIC)
    if not isinstance(key.curve, ec.SECP256R1):
        raise InvalidKey(KeyProblem.OTHER_CURVE)
    return key


def _check_kind(data: bytes) -> None:
    """Refuse what its first line already shows to be no private key."""
    if not data.startswith(b"-----BEGIN "):
        raise InvalidKey(KeyProblem.NOT_PEM)
    if b"PRIVATE KEY-----" not in data:
        public = data.startswith(b"-----BEGIN PUBLIC KEY-----")
        raise InvalidKey(KeyProblem.PUBLIC if public else KeyProblem.DAMAGED)


def _without_parameters(data: bytes) -> bytes:
    """Drop the curve's name, which `openssl ecparam -genkey` writes before the key."""
    _, end, rest = data.partition(b"-----END EC PARAMETERS-----")
    return rest.lstrip() if end else data


def private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Write the private key as PKCS#8."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def encrypted_pem(key: ec.EllipticCurvePrivateKey, passphrase: str) -> str:
    """Write the private key as PKCS#8 that only the passphrase opens."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    ).decode()


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Write the public key as Tesla wants to find it on the owner's domain."""
    return (
        key.public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        .decode()
    )


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key as an uncompressed point, as cars know it."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def public_hex(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public key as Tesla's partner registration answers it."""
    return public_bytes(key).hex()


def fingerprint(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a short name of the key pair that may be shown and logged."""
    return fingerprint_of(public_bytes(key))


def fingerprint_of(point: bytes) -> str:
    """Return the same name from the public key alone."""
    return hashlib.sha256(point).hexdigest()[:16]


def session_key(key: ec.EllipticCurvePrivateKey, peer: bytes) -> bytes:
    """Return the key shared with a car, whose public key is an uncompressed point.

    The x-coordinate is hashed with its leading zeros; SHA-1 is Tesla's choice.
    """
    if len(peer) != POINT_LENGTH or peer[0] != 4:
        raise InvalidKey(KeyProblem.NOT_POINT)
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer)
    except ValueError as err:
        raise InvalidKey(KeyProblem.NOT_POINT) from err
    shared = key.exchange(ec.ECDH(), public)
    return hashlib.sha1(shared, usedforsecurity=False).digest()[:SESSION_KEY_LENGTH]
