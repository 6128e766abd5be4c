"""The client of the Fleet API: the one place that asks Tesla anything about a car.

Every request passes `FleetClient.request`, and every attempt is one line of the ledger:

    token ─▶ [billable: ledger.opened, durable] ─▶ sent ─▶ ledger.settled(status)
      401 ─▶ a newer token, once ──┐
      421 ─▶ the named host, once ─┴─▶ the next attempt, a line of its own

Nothing but `FleetError` gets out, and no text of one holds a token or a VIN.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
import json
import logging
from typing import Any, Final, Protocol

from aiohttp import ClientSession

from ..model.record import record
from . import endpoints
from .account import (
    AccountRegion,
    CommandAnswer,
    Owner,
    VehicleStatus,
    bytes_of,
    entries_of,
    object_of,
    objects_of,
    vehicle_statuses,
)
from .answers import error_from, object_in
from .endpoints import Endpoint
from .errors import FleetError, InvalidAnswer, TokenRejected, Unreachable, WrongRegion
from .hosts import normal_base
from .transport import DEFAULT_TIMEOUT, Answer, Request, send
from .usage import BILLABLE, NEVER_SENT, Entry

_LOGGER: Final = logging.getLogger(__name__)


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def access_token(self, rejected: str | None = None) -> str:
        """A token to use now, newer than the one that Tesla rejected."""


class LedgerPort(Protocol):
    """Where requests are counted."""

    async def opened(self, entry: Entry) -> None:
        """Note a billable request durably, before it is sent."""

    def settled(self, entry: Entry, status: int | None) -> None:
        """Note how any request ended; nothing is known about a lost answer."""


@record
class _Question:
    """What is asked, whichever host and token it takes."""

    endpoint: Endpoint
    path: str
    query: Mapping[str, str] | None
    body: bytes | None
    vin: str | None
    reason: str

    def request(self, base_url: str, token: str, timeout: float) -> Request:
        """The request that asks it."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            method=self.endpoint.method,
            url=base_url + self.path,
            headers=headers,
            query=self.query,
            body=self.body,
            once=self.endpoint.category in BILLABLE,
            timeout=timeout,
        )


class FleetClient:
    """Asks the Fleet API on behalf of one account."""

    def __init__(
        self,
        session: ClientSession,
        *,
        tokens: TokenSource,
        ledger: LedgerPort,
        base_url: str,
        accepts: Callable[[str], bool],
        now: Callable[[], datetime],
        region_changed: Callable[[str], Awaitable[None]] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        series: str = "",
    ) -> None:
        """Take what the client needs of the world.

        `series` tells the lines of clients apart that share a ledger, also of one
        after another: a clock may be set back.
        """
        self._session = session
        self._tokens = tokens
        self._ledger = ledger
        self._base_url = normal_base(base_url) or base_url
        self._accepts = accepts
        self._now = now
        self._region_changed = region_changed
        self._timeout = timeout
        self._series = series
        self._numbers = count(1)
        self.skew: timedelta | None = None
        """How far Tesla's clock was ahead of ours at the last answer that told."""

    @property
    def base_url(self) -> str:
        """The regional base in use."""
        return self._base_url

    async def products(self) -> list[dict[str, Any]]:
        """Everything the account owns; free."""
        return entries_of(await self.request(endpoints.PRODUCTS))

    async def vehicles(self) -> list[dict[str, Any]]:
        """The cars of the account; free."""
        return objects_of(await self.request(endpoints.VEHICLES))

    async def vehicle(self, vin: str) -> dict[str, Any]:
        """Whether a car is online, and what the list says of it; free."""
        return object_of(await self.request(endpoints.VEHICLE, vin=vin))

    async def vehicle_data(
        self, vin: str, sections: Iterable[str], *, reason: str = ""
    ) -> dict[str, Any]:
        """What a car says of itself; billed, also when it sleeps."""
        wanted = ";".join(sections)
        answer = await self.request(
            endpoints.VEHICLE_DATA,
            vin=vin,
            query={"endpoints": wanted} if wanted else None,
            reason=reason,
        )
        return object_of(answer)

    async def wake_up(self, vin: str, *, reason: str = "") -> dict[str, Any]:
        """Ask Tesla to wake a car; only the wake guard's consent comes here."""
        return object_of(
            await self.request(endpoints.WAKE_UP, vin=vin, body={}, reason=reason)
        )

    async def command(
        self,
        vin: str,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        reason: str = "",
    ) -> CommandAnswer:
        """Send a command that is not signed; a refusal of the car is data."""
        answer = await self.request(
            endpoints.COMMAND, vin=vin, name=name, body=params or {}, reason=reason
        )
        return CommandAnswer.from_response(answer)

    async def signed_command(
        self, vin: str, message: bytes, *, reason: str = ""
    ) -> bytes:
        """Carry a signed message to a car and its reply back."""
        body = {"routable_message": base64.b64encode(message).decode()}
        return bytes_of(
            await self.request(
                endpoints.SIGNED_COMMAND, vin=vin, body=body, reason=reason
            )
        )

    async def fleet_status(self, vins: Iterable[str]) -> Mapping[str, VehicleStatus]:
        """What each car can do with our key."""
        asked = list(vins)
        answer = await self.request(endpoints.FLEET_STATUS, body={"vins": asked})
        return vehicle_statuses(answer, asked)

    async def region(self) -> AccountRegion:
        """Where Tesla keeps the account; its base is one that may be trusted."""
        found = AccountRegion.from_response(await self.request(endpoints.REGION))
        if not self._accepts(found.base_url):
            raise InvalidAnswer("Tesla names a base URL that is not Tesla's")
        return found

    async def me(self) -> Owner:
        """Who signed in."""
        return Owner.from_response(await self.request(endpoints.ME))

    async def request(
        self,
        endpoint: Endpoint,
        *,
        vin: str | None = None,
        name: str | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> Any:
        """Ask one thing and return the `response` of Tesla's answer."""
        question = _Question(
            endpoint=endpoint,
            path=endpoint.filled(vin=vin, name=name),
            query=query,
            body=None if body is None else json.dumps(body).encode(),
            vin=vin,
            reason=reason,
        )
        token = await self._tokens.access_token()
        renewed = moved = False
        while True:
            base_url = self._base_url
            try:
                return await self._attempt(question, base_url, token)
            except TokenRejected:
                newer = await self._newer(token, allowed=not renewed)
                if newer is None:
                    raise
                token, renewed = newer, True
            except WrongRegion as err:
                if moved or not await self._moved(base_url, err):
                    raise
                moved = True

    async def _newer(self, token: str, *, allowed: bool) -> str | None:
        """A token other than the rejected one, if another attempt is allowed."""
        if not allowed:
            return None
        newer = await self._tokens.access_token(rejected=token)
        return None if newer == token else newer

    async def _moved(self, left: str, error: WrongRegion) -> bool:
        """Use the base URL that a 421 names, if it may be trusted and is another."""
        if error.base_url is None or not self._accepts(error.base_url):
            # Nobody who catches this may be tempted to follow a foreign host.
            error.base_url = None
            return False
        named = normal_base(error.base_url) or error.base_url
        if named == left:
            return False
        # Of several requests that were under way, the first one persists the change.
        if named != self._base_url:
            self._base_url = named
            if self._region_changed is not None:
                await self._region_changed(named)
        return True

    async def _attempt(self, question: _Question, base_url: str, token: str) -> Any:
        """Send once, with its line in the ledger opened before and settled after."""
        entry = self._entry(question)
        status: int | None = NEVER_SENT
        started = asyncio.get_running_loop().time()
        try:
            if entry.category in BILLABLE:
                await self._ledger.opened(entry)
            status = None
            request = question.request(base_url, token, self._timeout)
            answer = await send(self._session, request)
            status = answer.status
            if answer.dated is not None:
                self.skew = answer.dated - self._now()
        except Unreachable:
            status = NEVER_SENT
            raise
        except FleetError as err:
            status = err.status if status is None else status
            raise
        finally:
            self._ledger.settled(entry, status)
            taken = (asyncio.get_running_loop().time() - started) * 1000
            method = question.endpoint.method
            _LOGGER.debug("%s %s: %s in %.0f ms", method, entry.endpoint, status, taken)
        return self._response(answer, hidden=(token, question.vin or ""))

    def _entry(self, question: _Question) -> Entry:
        """A new line of the ledger."""
        at = self._now()
        return Entry(
            # The time keeps it unique over restarts, the number within one moment.
            id=f"{self._series}{int(at.timestamp() * 1_000_000):x}-{next(self._numbers)}",
            at=at,
            category=question.endpoint.category,
            vin=question.vin,
            endpoint=question.endpoint.key,
            reason=question.reason,
        )

    def _response(self, answer: Answer, *, hidden: tuple[str, ...]) -> Any:
        """The `response` of a success, or the error that the answer means."""
        if not answer.succeeded:
            raise error_from(
                answer.status, answer.headers, answer.text, self._now(), hidden=hidden
            )
        fields = object_in(answer.body)
        if "response" not in fields:
            raise InvalidAnswer("the answer has no response", status=answer.status)
        return fields["response"]
