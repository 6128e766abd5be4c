"""A certificate authority of our own, and the certificates that go wrong."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
import ssl
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Far away on both sides: the encryption library has a clock that no test moves.
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
FORMERLY: Final = datetime(2001, 1, 1, tzinfo=UTC)
ONE_DAY: Final = datetime(2098, 1, 1, tzinfo=UTC)
FAR_OFF: Final = datetime(2099, 1, 1, tzinfo=UTC)


class Certificate(StrEnum):
    """What a server shows for itself."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    OTHER_NAME = "other_name"
    SELF_SIGNED = "self_signed"


def _name(text: str) -> x509.Name:
    """Write a name as certificates do."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Vouches for servers; its own certificate is the file at `path`."""

    def __init__(self, folder: Path) -> None:
        """Make the authority, and its file for those who shall trust it."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Internet in a box")
        self._contexts: dict[tuple[str, Certificate], ssl.SSLContext] = {}
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._own().public_bytes(Encoding.PEM))

    def _own(self) -> x509.Certificate:
        """Vouch for itself."""
        public = self._key.public_key()
        usage = dict.fromkeys(
            (
                "content_commitment",
                "data_encipherment",
                "decipher_only",
                "encipher_only",
                "key_agreement",
                "key_encipherment",
            ),
            False,
        )
        return (
            x509.CertificateBuilder(self._name, self._name, public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(LONG_AGO)
            .not_valid_after(FAR_OFF)
            .add_extension(x509.BasicConstraints(True, 0), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, key_cert_sign=True, crl_sign=True, **usage
                ),
                critical=True,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(public), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    def context(self, domain: str, kind: Certificate) -> ssl.SSLContext:
        """Give what a web server needs to show such a certificate for a domain."""
        found = self._contexts.get((domain, kind))
        if found is None:
            found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            found.load_cert_chain(self._file(domain, kind))
            self._contexts[domain, kind] = found
        return found

    def _file(self, domain: str, kind: Certificate) -> Path:
        """Write key and certificate into one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        path = self._folder / f"{domain}-{kind}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + self._certificate(key, domain, kind).public_bytes(Encoding.PEM)
        )
        return path

    def _certificate(
        self, key: ec.EllipticCurvePrivateKey, domain: str, kind: Certificate
    ) -> x509.Certificate:
        """Vouch for a domain, or do it wrong."""
        if kind is Certificate.OTHER_NAME:
            domain = "other.example.net"
        alone = kind is Certificate.SELF_SIGNED
        issuer = key if alone else self._key
        return (
            x509.CertificateBuilder(
                _name(domain) if alone else self._name, _name(domain), key.public_key()
            )
            .serial_number(x509.random_serial_number())
            .not_valid_before(
                ONE_DAY if kind is Certificate.NOT_YET_VALID else LONG_AGO
            )
            .not_valid_after(FORMERLY if kind is Certificate.EXPIRED else FAR_OFF)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False
            )
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),
                critical=False,
            )
            .sign(issuer, hashes.SHA256())
        )
