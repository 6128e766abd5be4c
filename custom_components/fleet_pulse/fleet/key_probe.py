"""A look at the hosted key the way Tesla will: as a stranger, following nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
import socket
from ssl import SSLCertVerificationError, SSLError
from typing import Final

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from yarl import URL

from .key_host import PATH, Diagnosis
from .key_verdict import Sighting, Trouble, diagnose

type Resolve = Callable[[str], Awaitable[Iterable[str]]]
"""Gives the addresses of a name, as `getaddrinfo` does, with its errors."""

PATIENCE: Final = 10.0
"""Longer than Tesla's, to tell a slow server from a silent one."""
_CONNECT: Final = 5.0
_WORTH_READING: Final = 16_384
_NO_SUCH_NAME: Final = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})

# The first that fits: each is also one of those below it.
_TROUBLES: Final = (
    (ClientConnectorDNSError, Trouble.NAME_SERVER_SILENT),
    (ClientConnectorError, Trouble.NO_CONNECTION),
    (ConnectionTimeoutError, Trouble.NO_CONNECTION),
    (TimeoutError, Trouble.NO_ANSWER),
    (Exception, Trouble.BROKEN_ANSWER),
)

_HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    # A kept connection would hide that the certificate has changed meanwhile.
    "Connection": "close",
}


async def look(
    session: ClientSession,
    domain: str,
    point: bytes,
    *,
    resolve: Resolve,
    clock: Callable[[], float],
    patience: float = PATIENCE,
) -> Diagnosis:
    """Look once and say what was found; nothing is raised."""
    seen = await _name(domain, resolve, patience)
    if seen.trouble is None:
        seen = await _door(session, seen, clock, patience)
    return diagnose(seen, point)


async def _name(domain: str, resolve: Resolve, patience: float) -> Sighting:
    """Look the name up."""
    silent = Sighting(domain=domain, trouble=Trouble.NAME_SERVER_SILENT)
    unknown = Sighting(domain=domain, trouble=Trouble.NO_NAME)
    try:
        async with asyncio.timeout(patience):
            addresses = tuple(await resolve(domain))
    except socket.gaierror as err:
        return unknown if err.errno in _NO_SUCH_NAME else silent
    except OSError:
        return silent
    except ValueError:
        # The name cannot even be asked for: a label is too long, say.
        return unknown
    return Sighting(domain=domain, addresses=addresses) if addresses else unknown


async def _door(
    session: ClientSession, seen: Sighting, clock: Callable[[], float], patience: float
) -> Sighting:
    """Knock at the name's address."""
    began = clock()
    try:
        seen = await _answer(session, seen, patience)
    except ClientConnectorCertificateError as err:
        return _tls(seen, err.certificate_error)
    except ClientConnectorSSLError as err:
        return _tls(seen, err.os_error)
    except (ClientError, OSError, ValueError) as err:
        trouble = next(what for kind, what in _TROUBLES if isinstance(err, kind))
        return replace(seen, trouble=trouble)
    return replace(seen, seconds=clock() - began)


async def _answer(session: ClientSession, seen: Sighting, patience: float) -> Sighting:
    """Ask for the key, with aiohttp's own errors."""
    async with session.get(
        URL(f"https://{seen.domain}{PATH}"),
        headers=_HEADERS,
        allow_redirects=False,
        raise_for_status=False,
        timeout=ClientTimeout(total=patience, sock_connect=_CONNECT),
        # In place of the session's own: a redirect to anywhere is to be seen.
        middlewares=(_as_a_stranger,),
    ) as response:
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > _WORTH_READING:
                break
        return replace(
            seen,
            status=response.status,
            headers={name.lower(): text for name, text in response.headers.items()},
            body=bytes(body[:_WORTH_READING]),
        )


async def _as_a_stranger(
    request: ClientRequest, send: ClientHandlerType
) -> ClientResponse:
    """Leave at home what the session would show of earlier visits."""
    request.headers.pop("Cookie", None)
    request.headers.pop("Authorization", None)
    return await send(request)


def _tls(seen: Sighting, err: Exception) -> Sighting:
    """Note what is wrong with the encryption."""
    code = err.verify_code if isinstance(err, SSLCertVerificationError) else None
    words = (err.reason if isinstance(err, SSLError) else None) or type(err).__name__
    return replace(
        seen,
        trouble=Trouble.TLS,
        tls_code=code,
        tls_words=words.replace("_", " ").lower(),
    )
