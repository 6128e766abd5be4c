"""A far end that answers from a script, over real sockets, down to the bytes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
import json
import socket
import struct
from typing import Any, Final, Literal, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

from aiohttp import ClientSession

from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.hosts import normal_base
from custom_components.fleet_pulse.fleet.usage import Entry
from tests.harness.leap import leap

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VIN = "5YJ3E1EA5HF000123"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ0aGUtb3duZXIifQ.c2lnbmF0dXJlLW9uZQ"
NEWER_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ0aGUtb3duZXIifQ.c2lnbmF0dXJlLXR3bw"

type Ending = Literal[
    "", "reset before", "reset after", "truncated", "silent", "too late", "slow"
]
TIMEOUT: Final = 60.0
"""Seconds a client waits: none does on a busy machine, time is skipped where it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer to one request."""

    status: int = 200
    body: object = b""
    """Bytes as they are; anything else as JSON."""
    headers: dict[str, str] = field(default_factory=dict)
    ending: Ending = ""

    def head_and_body(self) -> tuple[bytes, bytes]:
        """The bytes on the wire."""
        raw = self.body
        body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        known = [status.value for status in HTTPStatus]
        reason = HTTPStatus(self.status).phrase if self.status in known else "Odd"
        headers = {"Content-Length": str(len(body))} | self.headers
        lines = [f"HTTP/1.1 {self.status} {reason}"]
        lines += [f"{name}: {text}" for name, text in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode(), body


def ok(response: object) -> Reply:
    """A success in the form of the Fleet API."""
    return Reply(body={"response": response})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The query, decoded."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def form(self) -> dict[str, str]:
        """The body of a form."""
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class ScriptedServer:
    """Answers requests with replies in order; the last one again and again."""

    def __init__(self, *replies: Reply, log: list[str] | None = None) -> None:
        """Take the script, and the log to write arrivals to."""
        self.replies = list(replies)
        self.arrivals: list[Arrival] = []
        self.connections = 0
        self.log = [] if log is None else log
        self.arrived = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection until either side has enough."""
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._served(reader, writer):
                pass
        except ConnectionError, asyncio.IncompleteReadError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _served(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Serve one request; whether the connection goes on."""
        reply = self.replies[0]
        if reply.ending == "reset before":
            await reader.readexactly(1)
            self._next()
            _reset(writer)
            return False
        self.arrivals.append(await _read(reader))
        self.log.append("arrived")
        self.arrived.set()
        return await _answer(self._next(), writer)

    def _next(self) -> Reply:
        """Take the next reply off the script."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


async def _read(reader: asyncio.StreamReader) -> Arrival:
    """Read one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    body = await reader.readexactly(int(headers.get("Content-Length", "0")))
    return Arrival(method=method, target=target, headers=headers, body=body)


async def _answer(reply: Reply, writer: asyncio.StreamWriter) -> bool:
    """Send one reply; whether the connection goes on."""
    head, body = reply.head_and_body()
    match reply.ending:
        case "reset after":
            _reset(writer)
            return False
        case "silent":
            await asyncio.sleep(3600)
        case "too late":
            leap(TIMEOUT)
            await asyncio.sleep(3600)
        case "slow":
            writer.write(head)
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await _turns()
                leap(TIMEOUT / 8)
        case "truncated":
            writer.write(head + body[: len(body) // 2])
            await writer.drain()
            return False
    writer.write(head + body)
    await writer.drain()
    return True


async def _turns() -> None:
    """Let the client read what it was sent."""
    for _ in range(20):
        await asyncio.sleep(0)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection as a crashed machine would."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class RecordingLedger:
    """A ledger that only remembers, in one log with the far end."""

    def __init__(self, log: list[str]) -> None:
        """Take the log that the far end writes to, too."""
        self.log = log
        self.entries: list[Entry] = []
        self.settlements: list[tuple[Entry, int | None]] = []

    async def opened(self, entry: Entry) -> None:
        """Note an entry, slowly as a disk would."""
        await asyncio.sleep(0.01)
        self.entries.append(entry)
        self.log.append("opened")

    def settled(self, entry: Entry, status: int | None) -> None:
        """Note how a request ended."""
        self.settlements.append((entry, status))
        self.log.append(f"settled {status}")


class ScriptedTokens:
    """Hands out tokens in order; the last one again and again."""

    def __init__(self, *tokens: str) -> None:
        """Take the tokens to hand out."""
        self.tokens = list(tokens)
        self.rejected: list[str] = []

    async def access_token(self, rejected: str | None = None) -> str:
        """Hand out the token in force; a rejected one is followed by the next."""
        if rejected is not None:
            self.rejected.append(rejected)
            if len(self.tokens) > 1:
                self.tokens.pop(0)
        return self.tokens[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A client, the far end it talks to, and all that was noted."""

    client: FleetClient
    server: ScriptedServer
    ledger: RecordingLedger
    tokens: ScriptedTokens
    log: list[str]


@asynccontextmanager
async def talking(
    *replies: Reply,
    tokens: tuple[str, ...] = (TOKEN,),
    accepts: Callable[[str], bool] = lambda _: False,
    region_changed: Callable[[str], Awaitable[None]] | None = None,
    base_url: str | None = None,
    log: list[str] | None = None,
) -> AsyncIterator[Talk]:
    """Give a client that talks to a server with this script."""
    log = [] if log is None else log
    ledger, source = RecordingLedger(log), ScriptedTokens(*tokens)
    server = ScriptedServer(*(replies or (ok({}),)), log=log)
    async with server, ClientSession() as session:
        client = FleetClient(
            session,
            tokens=source,
            ledger=ledger,
            base_url=base_url or server.url,
            accepts=accepts,
            now=lambda: NOW,
            region_changed=region_changed,
            timeout=TIMEOUT,
        )
        yield Talk(client=client, server=server, ledger=ledger, tokens=source, log=log)


def only(*urls: str) -> Callable[[str], bool]:
    """Accept these hosts, as an override does."""
    return lambda url: normal_base(url) in urls
