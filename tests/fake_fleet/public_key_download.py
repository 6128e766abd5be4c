"""How Tesla fetches an application's public key, and what it does not put up with."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

PATH: Final = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
HEADER: Final = b"-----BEGIN PUBLIC KEY-----"
LARGEST: Final = 1_000
TIMEOUT: Final = ClientTimeout(total=5)


class DownloadFailed(Exception):
    """There is no usable key at the path; the text says why."""


async def download(domain: str, hosts: Mapping[str, str]) -> bytes:
    """Fetch the PEM from a domain; give the uncompressed point in it."""
    if (base := hosts.get(domain)) is None:
        raise DownloadFailed("no such host")
    try:
        # The domain travels in the Host header, as behind a reverse proxy.
        async with (
            ClientSession(timeout=TIMEOUT) as session,
            session.get(
                f"{base}{PATH}", headers={"Host": domain}, allow_redirects=False
            ) as answer,
        ):
            status, pem = answer.status, await answer.content.read(LARGEST + 1)
    except (ClientError, TimeoutError) as error:
        raise DownloadFailed(type(error).__name__) from error
    if status != 200:
        raise DownloadFailed(f"status {status}")
    return point(pem)


def point(pem: bytes) -> bytes:
    """Read the key; only the curve P-256 will do."""
    if len(pem) > LARGEST:
        raise DownloadFailed("error: too large")
    if not pem.startswith(HEADER):
        raise DownloadFailed("not a PEM public key")
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise DownloadFailed("unreadable key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise DownloadFailed("not an elliptic curve key")
    if not isinstance(key.curve, ec.SECP256R1):
        raise DownloadFailed("not on the curve prime256v1")
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
