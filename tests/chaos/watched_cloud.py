"""A cloud that remembers which refresh token was used when, and what it brought."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from aiohttp import web

from tests.fake_fleet.accounts import Account
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.tokens import Family, Pair, Tokens
from tests.glue.account import TOKEN_PATH

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Moment = Callable[[], object]


@dataclass(slots=True, kw_only=True)
class Refresh:
    """One refresh as the cloud saw it."""

    life: int
    used: str
    handed_out: int
    """The newest pair that had been handed out when it came."""
    others: int
    """How many refreshes of the same life were under way."""
    at: datetime
    """When it came, by the cloud's own clock."""
    rotated_at: list[datetime]
    """When this token had brought others before."""
    had_ended: bool
    """Whether the cloud had ended this sign-in before."""
    is_spoiled: bool
    """Whether something was to go wrong with the answer."""
    status: int | None = None
    brought: str | None = None
    """The refresh token that came of it, whether or not anybody received it."""


class WatchedTokens(Tokens):
    """Tokens that remember how they came about."""

    @override
    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with none."""
        super().__init__(now)
        self.pairs: dict[str, str] = {}
        """Refresh tokens by the access token they came with."""
        self.brought: dict[str, list[tuple[datetime, str]]] = {}
        """What each refresh token was exchanged for, and when."""

    @override
    def refresh(self, family: Family, refresh_token: str, account: Account) -> Pair:
        """Remember what a refresh brought."""
        pair = super().refresh(family, refresh_token, account)
        assert pair.refresh is not None
        self.pairs[pair.access] = pair.refresh
        uses = self.brought.setdefault(refresh_token, [])
        uses.append((self._now(), pair.refresh))
        return pair


class WatchedCloud(FakeCloud):
    """A cloud that remembers which refresh token was used when."""

    tokens: WatchedTokens

    @override
    def __init__(self, clock: Clock | None = None) -> None:
        """Live on real time unless given another."""
        super().__init__(clock, ticks=False)
        self.tokens = WatchedTokens(self.now)
        self.life = 0
        self.client_skew = timedelta()
        """How far the program's clock is off; `skew` is the cloud's."""
        self.apart_at: dict[str, timedelta] = {}
        """By refresh token, how far the clocks were apart when it was given out."""
        self.refreshes: list[Refresh] = []
        self.handed_out = 0
        self.answering: Moment | None = None
        """What is done once, in the moment an answer is ready."""
        self.late = 0.0
        """Seconds between that moment and the answer."""

    @property
    def apart(self) -> timedelta:
        """How far the program's clock is ahead of the cloud's."""
        return self.client_skew - self.skew

    def age(self, refresh_token: str) -> int:
        """Say as which one a refresh token was given out."""
        return list(self.tokens._families).index(refresh_token)

    def note_handed_out(self, access_token: str) -> None:
        """Note that the program handed a token to its callers."""
        age = self.age(self.tokens.pairs[access_token])
        self.handed_out = max(self.handed_out, age)

    @override
    def _auth_host(self) -> web.Application:
        """Watch the token endpoint."""
        app = super()._auth_host()

        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Watch refreshes only."""
            given = await request.post() if request.path == TOKEN_PATH else {}
            if given.get("grant_type") != "refresh_token":
                return await handler(request)
            return await self._watched(request, handler, str(given["refresh_token"]))

        app.middlewares.insert(0, watch)
        return app

    async def _watched(
        self, request: web.Request, handler: Handler, used: str
    ) -> web.StreamResponse:
        """Note a refresh from its beginning to its end."""
        refresh = self._arrived(used)
        before, apart = len(refresh.rotated_at), self.apart
        response = await handler(request)
        brought = self.tokens.brought.get(used, [])[before:]
        if brought:
            refresh.brought = brought[0][1]
            self.apart_at[refresh.brought] = apart
        moment, self.answering = self.answering, None
        if moment is not None:
            moment()
            await asyncio.sleep(self.late)
        refresh.status = response.status
        return response

    def _arrived(self, used: str) -> Refresh:
        """Note how things stand as a refresh comes in."""
        running = [r for r in self.refreshes if r.status is None]
        family = self.tokens._families.get(used)
        now = self.clock.now()
        refresh = Refresh(
            life=self.life,
            used=used,
            handed_out=self.handed_out,
            others=sum(other.life == self.life for other in running),
            at=self.now(),
            rotated_at=[at for at, _ in self.tokens.brought.get(used, [])],
            had_ended=family is None or family.ended,
            is_spoiled=any(
                fault.matches("POST", TOKEN_PATH) and not fault.is_over(now)
                for fault in self.faults
            ),
        )
        self.refreshes.append(refresh)
        return refresh
