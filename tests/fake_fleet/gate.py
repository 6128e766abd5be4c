"""What every request passes: faults on the way in, log, bill and faults on the way out.

request ─▶ fault before? ─▶ endpoint ─▶ log and bill ─▶ fault after? ─▶ answer
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import format_datetime
import socket
import struct
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from .bill import Category
from .faults import Fault
from .log import Request
from .refusal import Refusal, wrapped
from .world import World

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Notes:
    """What the endpoint finds out about a request, for the log."""

    client_id: str | None = None
    vin: str | None = None


NOTES: Final = web.RequestKey("notes", Notes)


class Gate:
    """The middleware of one host."""

    def __init__(
        self,
        world: World,
        host: str,
        category: Callable[[web.Request], Category],
        prefixes: tuple[str, ...] = ("/",),
    ) -> None:
        """Guard one host; `category` says what a request costs there.

        Only paths that begin with one of the prefixes are Tesla's; the others are for
        the people and scripts that run the cloud.
        """
        self._world = world
        self._host = host
        self._category = category
        self._prefixes = prefixes

    def middleware(self) -> Middleware:
        """Give what aiohttp hangs before its handlers."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Let Tesla's paths pass the gate and all others around it."""
            if request.path.startswith(self._prefixes):
                return await self._pass(request, handler)
            return await handler(request)

        return gate

    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, or spoil the answer as a fault demands."""
        request[NOTES] = Notes(vin=request.match_info.get("vin"))
        fault = self._world.faults.take(request.method, request.path)
        if fault is None:
            response = await self._answered(request, handler)
            self._note(request, response, fault)
            return response
        await self._world.patience.wait(fault.delay)
        if fault.reset == "before":
            self._note(request, None, fault)
            return _cut(request)
        response = await self._with_fault(request, handler, fault)
        self._note(request, response, fault)
        await self._world.patience.wait(fault.late)
        return await self._spoiled(request, response, fault)

    async def _answered(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Let the endpoint answer; a refusal is an answer."""
        try:
            response = await handler(request)
        except Refusal as refusal:
            response = refusal.response()
        except web.HTTPNotFound:
            response = wrapped(404).response()
        except web.HTTPMethodNotAllowed as error:
            response = wrapped(405, "method not allowed").response()
            response.headers["Allow"] = error.headers["Allow"]
        return response

    async def _with_fault(
        self, request: web.Request, handler: Handler, fault: Fault
    ) -> web.StreamResponse:
        """Let the endpoint act if the fault allows it; give what is to be answered."""
        if fault.replaces:
            return fault.answer(200, self._world.now())
        response = await self._answered(request, handler)
        if fault.rewrites:
            return fault.answer(response.status, self._world.now())
        return response

    def _note(
        self,
        request: web.Request,
        response: web.StreamResponse | None,
        fault: Fault | None,
    ) -> None:
        """Write the request down, charge for it and date the answer."""
        status = None
        if response is not None:
            status = response.status
            # Clients measure the skew of the clocks by this header.
            response.headers["Date"] = format_datetime(self._world.now(), usegmt=True)
        # What was cut off before Tesla saw it cannot be on Tesla's bill.
        category = self._category(request)
        billed = status is not None and self._world.bill.charge(category, status)
        notes = request[NOTES]
        self._world.requests.note(
            Request(
                at=self._world.clock.now(),
                host=self._host,
                method=request.method,
                path=request.path,
                query=request.query_string,
                status=status,
                category=category,
                billed=billed,
                vin=notes.vin,
                client_id=notes.client_id,
                fault=fault is not None,
            )
        )

    async def _spoiled(
        self, request: web.Request, response: web.StreamResponse, fault: Fault
    ) -> web.StreamResponse:
        """Lose, tear or slow down an answer that was ready."""
        if fault.reset == "after":
            return _cut(request)
        if fault.truncate or fault.drip is not None:
            return await self._piecemeal(request, response, fault)
        return response

    async def _piecemeal(
        self, request: web.Request, response: web.StreamResponse, fault: Fault
    ) -> web.StreamResponse:
        """Send an answer byte by byte, or only the first half of it."""
        body = response.body if isinstance(response, web.Response) else b""
        content = body if isinstance(body, bytes) else b""
        sent = content[: len(content) // 2] if fault.truncate else content
        headers = response.headers.copy()
        headers["Content-Length"] = str(len(content))
        stream = web.StreamResponse(status=response.status, headers=headers)
        await stream.prepare(request)
        for position in range(len(sent)):
            await stream.write(sent[position : position + 1])
            await self._world.patience.wait(fault.drip or 0)
        if fault.truncate and request.transport is not None:
            request.transport.close()
        return stream


def _cut(request: web.Request) -> web.Response:
    """Reset the connection; nobody will read the response this returns."""
    if (transport := request.transport) is not None:
        raw = transport.get_extra_info("socket")
        # Without lingering the kernel sends RST, which is what a crash looks like.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
