"""The web server behind a domain, which can be told to go wrong while it runs.

It answers encrypted, as to the world, and plain on a second port, for a far end that
is told where the server really is; both see the same mistake.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
import ssl
from typing import Any, Final, Self

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from multidict import CIMultiDict

from .certificates import Authority, Certificate
from .names import LOOPBACK

PATH: Final = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
INDEX: Final = (
    '<!doctype html><html><head><title>App</title></head><body><div id="root"></div>'
    '<script type="module" src="/assets/index.js"></script></body></html>'
)
LOGIN: Final = '<!doctype html><form><input type="password" name="p"></form>'
_HOP: Final = frozenset({"connection", "transfer-encoding", "content-length", "host"})

type Behaviour = Callable[[WebHost, web.Request], Awaitable[web.StreamResponse]]


class WebHost:
    """One domain's server."""

    def __init__(self, authority: Authority, domain: str, behind: str) -> None:
        """Serve a domain by asking the server at the address `behind`."""
        self.domain = domain
        self.behind = behind
        self.behaviour = "good"
        """One of `BEHAVIOURS`; may be changed at any time."""
        self.certificate = Certificate.GOOD
        """May be changed at any time, too."""
        self.asked: list[CIMultiDict[str]] = []
        """The headers of each request for the key, from whoever."""
        self.released = asyncio.Event()
        """What a slow server waits for."""
        self.port = 0
        self.plain_url = ""
        self._authority = authority
        self._runner: web.AppRunner | None = None
        self._door: web.TCPSite | None = None

    async def start(self) -> None:
        """Open both ports."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.open_door()
        plain = web.TCPSite(self._runner, LOOPBACK, 0)
        await plain.start()
        (_, self.port), (_, number) = self._runner.addresses
        self.plain_url = f"http://{LOOPBACK}:{number}"

    async def open_door(self) -> None:
        """Let clients in that come encrypted, at the port they know."""
        if self._runner is None:
            raise RuntimeError("start the server first")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._show
        self._door = web.TCPSite(
            self._runner, LOOPBACK, self.port, ssl_context=context, reuse_address=True
        )
        await self._door.start()

    async def close_door(self) -> None:
        """Refuse them, as a router does that leads nobody back inside."""
        if self._door is not None:
            await self._door.stop()
            self._door = None

    async def stop(self) -> None:
        """Close both: from now on nobody gets through."""
        self.released.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def _show(self, connection: Any, _: str | None, __: ssl.SSLContext) -> None:
        """Show the certificate of the moment."""
        connection.context = self._authority.context(self.domain, self.certificate)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as told."""
        if not request.secure and self.certificate is not Certificate.GOOD:
            # Whoever checks certificates hangs up.
            return await _cut(self, request)
        if request.path == PATH:
            self.asked.append(CIMultiDict(request.headers))
        elif self.behaviour not in _EVERYWHERE:
            return await _proxy(self, request)
        return await BEHAVIOURS[self.behaviour](self, request)


# ---- what it does


async def _proxy(
    host: WebHost, request: web.Request, **headers: str
) -> web.StreamResponse:
    """Ask the server behind, as a reverse proxy does."""
    passed = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
    async with (
        ClientSession(auto_decompress=False) as session,
        session.request(
            request.method,
            f"{host.behind}{request.rel_url}",
            headers=passed | {"Host": host.domain} | headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer,
    ):
        back = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP]
        return web.Response(
            status=answer.status, body=await answer.read(), headers=CIMultiDict(back)
        )


async def _fixed(
    _: WebHost,
    __: web.Request,
    *,
    status: int = 200,
    body: str | bytes = b"",
    kind: str = "application/x-pem-file",
    **headers: str,
) -> web.StreamResponse:
    """Answer always alike."""
    return web.Response(
        status=status,
        body=body.encode() if isinstance(body, str) else body,
        headers={"Content-Type": kind}
        | {name.replace("_", "-"): text for name, text in headers.items()},
    )


async def _redirect(
    host: WebHost, request: web.Request, *, status: int, to: str
) -> web.StreamResponse:
    """Send elsewhere; the key would be found there."""
    if request.query_string or request.path != PATH:
        return await _proxy(host, request)
    target = to.format(domain=host.domain, path=PATH)
    return web.Response(status=status, headers={"Location": target})


async def _password(host: WebHost, request: web.Request) -> web.StreamResponse:
    """Ask for a password."""
    if "Authorization" in request.headers:
        return await _proxy(host, request)
    return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="home"'})


async def _forwarded(host: WebHost, request: web.Request) -> web.StreamResponse:
    """Say for whom it asks, to a server that was not told to trust it."""
    return await _proxy(host, request, **{"X-Forwarded-For": "203.0.113.7"})


async def _before(
    host: WebHost, request: web.Request, *, what: bytes
) -> web.StreamResponse:
    """Put something before the key."""
    answer = await _proxy(host, request)
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    return web.Response(body=what + answer.body)


async def _torn(host: WebHost, request: web.Request) -> web.StreamResponse:
    """Lose a line of the key."""
    answer = await _proxy(host, request)
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    first, _, *rest = answer.body.splitlines(keepends=True)
    return web.Response(body=b"".join([first, *rest]))


async def _slow(host: WebHost, request: web.Request) -> web.StreamResponse:
    """Answer when it is let."""
    await host.released.wait()
    return await _proxy(host, request)


async def _cut(_: WebHost, request: web.Request) -> web.StreamResponse:
    """Hang up."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(host: WebHost, request: web.Request) -> web.StreamResponse:
    """Hang up in the middle of the answer."""
    answer = web.StreamResponse(headers={"Content-Length": "178"})
    await answer.prepare(request)
    await answer.write(b"-----BEGIN PUBLIC KEY-----\n")
    return await _cut(host, request)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Write a public key."""
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


_OTHER: Final = ec.generate_private_key(ec.SECP256R1())
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
_PRIVATE: Final = _OTHER.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)

BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "bad_gateway": partial(_fixed, status=502, body="<html>", kind="text/html"),
    "basic_auth": _password,
    "blank_line": partial(_before, what=b"\n"),
    "bom": partial(_before, what=b"\xef\xbb\xbf"),
    "certificate": partial(_fixed, body=_CERTIFICATE),
    "cloudflare": partial(
        _fixed, status=403, body="<html>", kind="text/html", Server="cloudflare"
    ),
    "cut": _cut,
    "empty": _fixed,
    "forbidden": partial(_fixed, status=403),
    "forwarded": _forwarded,
    "good": _proxy,
    "gone": partial(_fixed, status=410),
    "half": _half,
    "huge": partial(_fixed, body=b"\0" * 1_000_000),
    "index_html": partial(_fixed, body=INDEX, kind="text/html"),
    "index_json": partial(_fixed, body=INDEX, kind="application/json"),
    "json": partial(_fixed, body='{"status": "ok"}', kind="application/json"),
    "large": partial(_before, what=b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 2000),
    "login_page": partial(_fixed, body=LOGIN, kind="text/html"),
    "other_key": partial(_fixed, body=_pem(_OTHER)),
    "p384": partial(_fixed, body=_pem(ec.generate_private_key(ec.SECP384R1()))),
    "private_key": partial(_fixed, body=_PRIVATE),
    "redirect_301": partial(_redirect, status=301, to="https://www.{domain}{path}?to"),
    "redirect_308": partial(_redirect, status=308, to="{path}/?to"),
    "redirect_itself": partial(_redirect, status=301, to="https://{domain}{path}"),
    "redirect_login": partial(_redirect, status=302, to="/login?to={path}"),
    "rsa": partial(_fixed, body=_pem(rsa.generate_private_key(65537, 2048))),
    "slow": _slow,
    "torn": _torn,
    "unavailable": partial(_fixed, status=418),
    "wrong_path": partial(_fixed, status=404, body="<html>", kind="text/html"),
}
"""What it can be told to do."""

_EVERYWHERE: Final = frozenset({"bad_gateway", "index_html", "index_json", "slow"})
"""What it does to every path, not only to the key's."""
