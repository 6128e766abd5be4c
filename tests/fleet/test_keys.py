"""Keys are read as owners have them, refused with a reason, and agree as Tesla's do."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.keys import InvalidKey, KeyProblem

from .command_vectors import (
    CLIENT_PUBLIC,
    CLIENT_SCALAR,
    VEHICLE_PUBLIC,
    needs_vectors,
    private_key,
    published,
)

# protocol.md#client-key of Tesla's vehicle-command: published, never enrolled.
CLIENT_SEC1 = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEICU4zcKal8GcHpmmN9bPT4yXDBGLVu3h5jI+bRYsSzDboAoGCCqGSM49
AwEHoUQDQgAEsra8aMLaBmXOZWgVWUmWxiOU7di+qQX+eBp1T+aoRacUMwkC8iXp
Jp1GbgWzSZgf2p2FzCPG+0RKpztikQXcbg==
-----END EC PRIVATE KEY-----
"""
CLIENT_PEM = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsra8aMLaBmXOZWgVWUmWxiOU7di+
qQX+eBp1T+aoRacUMwkC8iXpJp1GbgWzSZgf2p2FzCPG+0RKpztikQXcbg==
-----END PUBLIC KEY-----
"""
# What `openssl ecparam -genkey` writes first.
CURVE_NAME = """-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
"""
CLIENT = private_key(CLIENT_SCALAR)


def _pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
    passphrase: bytes | None = None,
) -> str:
    """Write a key of any kind as PKCS#8."""
    encryption: serialization.KeySerializationEncryption
    encryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    ).decode()


def test_a_new_key_survives_being_written_and_read() -> None:
    """What is created can be stored and is the same key afterwards."""
    key = keys.create()
    again = keys.from_pem(keys.private_pem(key))
    assert keys.public_bytes(again) == keys.public_bytes(key)
    assert keys.public_bytes(keys.create()) != keys.public_bytes(key)


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(CLIENT_SEC1, id="SEC 1, as openssl and Tesla's tools write it"),
        pytest.param(CLIENT_SEC1.encode(), id="bytes of a file"),
        pytest.param(CURVE_NAME + CLIENT_SEC1, id="SEC 1 after the curve's name"),
        pytest.param(_pem(CLIENT), id="PKCS#8"),
        pytest.param(f"\n  {_pem(CLIENT)}\n\n", id="pasted with space around"),
        pytest.param(_pem(CLIENT).replace("\n", "\r\n"), id="from Windows"),
    ],
)
def test_a_private_key_is_read(pem: str | bytes) -> None:
    """Both usual forms of a P-256 key are taken."""
    assert keys.public_hex(keys.from_pem(pem)) == CLIENT_PUBLIC


@pytest.mark.parametrize(
    ("pem", "problem"),
    [
        pytest.param(
            _pem(rsa.generate_private_key(65537, 2048)),
            KeyProblem.NOT_ELLIPTIC,
            id="RSA",
        ),
        pytest.param(
            _pem(ed25519.Ed25519PrivateKey.generate()),
            KeyProblem.NOT_ELLIPTIC,
            id="Ed25519",
        ),
        pytest.param(
            _pem(ec.generate_private_key(ec.SECP384R1())),
            KeyProblem.OTHER_CURVE,
            id="P-384",
        ),
        pytest.param(
            _pem(ec.generate_private_key(ec.SECP256K1())),
            KeyProblem.OTHER_CURVE,
            id="Bitcoin's curve",
        ),
        pytest.param(
            _pem(CLIENT, b"correct horse"), KeyProblem.ENCRYPTED, id="encrypted"
        ),
        pytest.param(CLIENT_PEM, KeyProblem.PUBLIC, id="the public key"),
        pytest.param("", KeyProblem.NOT_PEM, id="nothing"),
        pytest.param("<html>", KeyProblem.NOT_PEM, id="a web page"),
        pytest.param(CLIENT_PUBLIC, KeyProblem.NOT_PEM, id="hexadecimal"),
        pytest.param(
            CLIENT_PEM.replace("PUBLIC KEY", "CERTIFICATE"),
            KeyProblem.DAMAGED,
            id="a certificate",
        ),
        pytest.param(
            CLIENT_SEC1.replace("MHcCAQEE", "MHcCAQEF"),
            KeyProblem.DAMAGED,
            id="one letter wrong",
        ),
        pytest.param(CLIENT_SEC1[:100], KeyProblem.DAMAGED, id="the end missing"),
    ],
)
def test_an_unusable_key_is_refused_with_its_reason(
    pem: str, problem: KeyProblem
) -> None:
    """The owner is told what is wrong with the file, not just that it is."""
    with pytest.raises(InvalidKey, match=r"key|PEM") as caught:
        keys.from_pem(pem)
    assert caught.value.problem is problem


def test_the_public_key_is_what_tesla_downloads() -> None:
    """The PEM equals the published one to the byte."""
    assert keys.public_pem(CLIENT) == CLIENT_PEM


def test_the_fingerprint_names_a_key_without_showing_it() -> None:
    """The short name is stable, differs by key and is not part of the key."""
    name = keys.fingerprint(CLIENT)
    # SHA-256 of the 65 bytes, by coreutils' sha256sum.
    assert name == "17136ea7a31b93ec"
    assert name != keys.fingerprint(keys.create())
    assert name not in keys.public_hex(CLIENT)


def test_the_session_key_is_teslas() -> None:
    """protocol.md#key-agreement of Tesla's vehicle-command."""
    shared = keys.session_key(CLIENT, bytes.fromhex(VEHICLE_PUBLIC))
    assert shared.hex() == "1b2fce19967b79db696f909cff89ea9a"


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x04" + bytes(64), id="all zero"),
        pytest.param(bytes.fromhex(VEHICLE_PUBLIC)[:-1], id="too short"),
        pytest.param(bytes.fromhex(VEHICLE_PUBLIC) + b"\0", id="too long"),
        pytest.param(b"\x06" + bytes.fromhex(VEHICLE_PUBLIC)[1:], id="hybrid encoding"),
        pytest.param(
            b"\x03" + bytes.fromhex(VEHICLE_PUBLIC)[1:33], id="compressed encoding"
        ),
    ],
)
def test_what_is_not_a_point_is_refused(point: bytes) -> None:
    """No key is agreed with anything but an uncompressed point on the curve."""
    with pytest.raises(InvalidKey) as caught:
        keys.session_key(CLIENT, point)
    assert caught.value.problem is KeyProblem.NOT_POINT


@settings(max_examples=25)
@given(st.integers(1, 64), st.integers(0, 7))
def test_no_bit_of_a_point_may_flip(byte: int, bit: int) -> None:
    """A changed point is off the curve: an attacker cannot learn from bad ones."""
    point = bytearray.fromhex(VEHICLE_PUBLIC)
    point[byte] ^= 1 << bit
    with pytest.raises(InvalidKey):
        keys.session_key(CLIENT, bytes(point))


@needs_vectors
def test_the_published_key_pairs_fit() -> None:
    """Private scalars of protocol.md and Tesla's tests give their public keys."""
    known = published("protocol_md_keys")
    pairs = [known["vehicle"], known["client"], published("native_key")]
    found = [keys.public_hex(private_key(pair["private_scalar"])) for pair in pairs]
    assert found == [pair["public_uncompressed"] for pair in pairs]


@needs_vectors
def test_both_ends_agree() -> None:
    """The published key comes out whichever side computes it."""
    known = published("protocol_md_keys")
    client, vehicle = known["client"], known["vehicle"]
    ours = keys.session_key(
        private_key(client["private_scalar"]),
        bytes.fromhex(vehicle["public_uncompressed"]),
    )
    theirs = keys.session_key(
        private_key(vehicle["private_scalar"]),
        bytes.fromhex(client["public_uncompressed"]),
    )
    assert ours.hex() == theirs.hex() == published("ecdh")["K"]


@needs_vectors
def test_a_leading_zero_of_the_shared_point_survives() -> None:
    """One key in 256 has one; dropped, the car would refuse every command."""
    case = published("ecdh_leading_zero")
    shared = keys.session_key(
        private_key(case["private_scalar"]), bytes.fromhex(case["peer_public"])
    )
    # SHA-1 of the 32 bytes of `shared_x`, by coreutils' sha1sum.
    assert shared.hex() == "0db468f9045e01c1798c54e52d7f408f"


@needs_vectors
def test_tesla_refuses_what_we_refuse() -> None:
    """The published point with its first bit flipped is off the curve."""
    point = bytearray.fromhex(published("ecdh_leading_zero")["peer_public"])
    point[1] ^= 1
    with pytest.raises(InvalidKey):
        keys.session_key(CLIENT, bytes(point))
