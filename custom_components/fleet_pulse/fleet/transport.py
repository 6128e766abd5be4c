"""One request over HTTP: what left, what came back, and what was lost on the way."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
)
from yarl import URL

from ..model.record import record
from .errors import AnswerLost, InvalidAnswer, Unreachable

DEFAULT_TIMEOUT: Final = 30.0
"""Tesla itself gives a car 10 s before it answers 504."""
LARGEST_BODY: Final = 10_000_000
"""The largest `vehicle_data` on record has 20 kB, a long product list a few hundred."""


@record
class Request:
    """What is to be sent; its secrets do not show."""

    method: str
    url: str
    """Percent-encoded already."""
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] | None = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)
    once: bool = True
    """Whether a repetition would cost money or act twice."""
    timeout: float = DEFAULT_TIMEOUT
    """The seconds from the start to the last byte of the answer."""


@record
class Answer:
    """What came back. A refusal may have lost its body on the way, a success not."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether the status promises what was asked for."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode(errors="replace")

    @property
    def dated(self) -> datetime | None:
        """The sender's time, where the answer tells one with its zone."""
        try:
            moment = parsedate_to_datetime(self.headers.get("Date", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else None


async def send(session: ClientSession, request: Request) -> Answer:
    """Send a request once and read its answer.

    Raises `Unreachable` if the request never left, `AnswerLost` if it did and no
    whole answer came, `InvalidAnswer` if the answer has no end.
    """
    if session.closed:
        raise Unreachable("the session is closed")
    # aiohttp's own errors end here, and none is chained: their texts hold the URL
    # with its VIN, and a response error holds the request's headers.
    try:
        return await _exchange(session, request)
    except ClientConnectorError as err:
        raise Unreachable(str(err)) from None
    except (ConnectionTimeoutError, ValueError) as err:
        raise Unreachable(type(err).__name__) from None
    except (ClientError, OSError) as err:
        raise AnswerLost(type(err).__name__) from None


async def _exchange(session: ClientSession, request: Request) -> Answer:
    """Do the exchange, with aiohttp's own errors."""
    async with session.request(
        request.method,
        URL(request.url, encoded=True),
        params=request.query,
        data=request.body,
        headers=request.headers,
        allow_redirects=False,
        raise_for_status=False,
        # A third for the connection, so that a timeout in it is known as such.
        timeout=ClientTimeout(total=request.timeout, connect=request.timeout / 3),
        middlewares=(_once(),) if request.once else (),
    ) as response:
        body = await _body(response)
        return Answer(status=response.status, headers=response.headers, body=body)


async def _body(response: ClientResponse) -> bytes:
    """Read a body up to the limit; of a refusal, as much as comes."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > LARGEST_BODY:
                break
    except (ClientError, OSError) as err:
        if response.status < 400:
            status = response.status
            raise AnswerLost(type(err).__name__, status=status) from None
    if len(body) > LARGEST_BODY:
        response.close()
        if response.status < 400:
            raise InvalidAnswer("the answer is too large", status=response.status)
    return bytes(body)


def _once() -> ClientMiddlewareType:
    """Keep aiohttp from repeating a GET on its own when a kept connection breaks.

    Tesla may have billed the first one, and the ledger would not know.
    """
    left = False

    async def let_out(
        request: ClientRequest, send: ClientHandlerType
    ) -> ClientResponse:
        """Pass the request on, the first time."""
        nonlocal left
        if left:
            raise ServerDisconnectedError
        left = True
        return await send(request)

    return let_out
