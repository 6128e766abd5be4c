"""The token pair of one account: one refresh at a time, on disk before first use.

    valid ──60 s before the end, or refused by Tesla──▶ refreshing ──▶ valid
                                                          │ lost answer: once more
                                                          │ refused: the previous
                                                          ▼ refresh token, once
                                                        refused (sign in again)

Invariants: any number of callers share one refresh; the rotated refresh token is
durable before anybody gets the access token that came with it; the refresh token
before it is kept for a day, as Tesla still accepts the most recently used one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import json
from typing import Any, Final, Self

from .fleet.auth import Application, AuthClient, TokenPair
from .fleet.errors import (
    AnswerLost,
    FleetError,
    InvalidAnswer,
    SealBroken,
    SignInRequired,
    TeslaUnavailable,
)
from .vault import VaultFile

ACCOUNT_KIND: Final = "account"
"""The kind of vault that holds an account's secrets."""
PURPOSE: Final = "tokens"
_EARLY: Final = timedelta(seconds=60)
_GRACE: Final = timedelta(hours=24)
_BACK_OFF: Final = (5, 15, 60, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTokens:
    """What lies sealed on disk: the pair, and the refresh token before it."""

    pair: TokenPair
    previous: str | None = None
    rotated_at: datetime | None = None

    def rotated(self, pair: TokenPair, now: datetime) -> Self:
        """Return what is kept after Tesla handed out a new pair."""
        return replace(
            self, pair=pair, previous=self.pair.refresh_token, rotated_at=now
        )

    def fallback(self, now: datetime) -> str | None:
        """Return the previous refresh token while Tesla may still accept it."""
        if self.previous is None or self.rotated_at is None:
            return None
        return self.previous if now - self.rotated_at < _GRACE else None

    def dump(self) -> bytes:
        """Return the bytes to be sealed."""
        return json.dumps(
            {
                "access_token": self.pair.access_token,
                "refresh_token": self.pair.refresh_token,
                "expires_at": self.pair.expires_at.isoformat(),
                "previous": self.previous,
                "rotated_at": self.rotated_at and self.rotated_at.isoformat(),
            }
        ).encode()

    @classmethod
    def load(cls, raw: bytes) -> Self:
        """Read what was sealed."""
        data: dict[str, Any] = json.loads(raw)
        rotated_at = data["rotated_at"]
        return cls(
            pair=TokenPair(
                access_token=data["access_token"],
                refresh_token=data["refresh_token"],
                expires_at=datetime.fromisoformat(data["expires_at"]),
            ),
            previous=data["previous"],
            rotated_at=rotated_at and datetime.fromisoformat(rotated_at),
        )


class Tokens:
    """Hands out access tokens; the `TokenSource` of the client."""

    def __init__(
        self,
        *,
        vault: VaultFile,
        auth: AuthClient,
        application: Application,
        now: Callable[[], datetime],
    ) -> None:
        """Serve the tokens in a vault."""
        self._vault = vault
        self._auth = auth
        self._application = application
        self._now = now
        self._refreshing: asyncio.Task[None] | None = None
        self._refused: SignInRequired | None = None
        self._failures = 0
        self._not_before: datetime | None = None
        self._last_error: FleetError | None = None
        raw = vault.get(PURPOSE)
        self._stored = StoredTokens.load(raw) if raw else None

    @property
    def pair(self) -> TokenPair:
        """Return the newest pair."""
        if self._stored is None:
            raise SealBroken
        return self._stored.pair

    def is_fresh(self) -> bool:
        """Return whether the access token is valid for another minute."""
        return self.pair.expires_at - self._now() > _EARLY

    async def access_token(self, rejected: str | None = None) -> str:
        """Return a valid access token; `rejected` is one Tesla no longer takes."""
        if self._refreshing is None and self._is_good(rejected):
            return self.pair.access_token
        if self._refreshing is None:
            self._raise_while_backing_off()
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self._refreshed)
        # A caller that gives up must not tear the rotation it shares with others.
        await asyncio.shield(self._refreshing)
        return self.pair.access_token

    async def async_finish(self) -> None:
        """Wait until a refresh that is under way has reached the disk."""
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])

    def _is_good(self, rejected: str | None) -> bool:
        """Return whether the newest access token may be handed out."""
        return self.is_fresh() and self.pair.access_token != rejected

    def _raise_while_backing_off(self) -> None:
        """Repeat the last failure while it is too early for another try."""
        if self._refused is not None:
            raise self._refused
        if self._last_error and self._not_before and self._now() < self._not_before:
            raise self._last_error

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        """Remember how the refresh ended."""
        self._refreshing = None
        error = None if task.cancelled() else task.exception()
        if error is None:
            self._failures, self._last_error, self._not_before = 0, None, None
        elif isinstance(error, SignInRequired):
            self._refused = error
        elif isinstance(error, FleetError):
            wait = _BACK_OFF[min(self._failures, len(_BACK_OFF) - 1)]
            self._failures += 1
            self._last_error = error
            self._not_before = self._now() + timedelta(
                seconds=error.retry_after or wait
            )

    async def _refresh(self) -> None:
        """Exchange the refresh token and put the new pair on disk."""
        assert self._stored is not None
        try:
            pair = await self._exchanged(self.pair.refresh_token)
        except SignInRequired:
            fallback = self._stored.fallback(self._now())
            if fallback is None:
                raise
            pair = await self._exchanged(fallback)
        stored = self._stored.rotated(pair, self._now())
        await self._vault.async_put(PURPOSE, stored.dump())
        self._stored = stored

    async def _exchanged(self, refresh_token: str) -> TokenPair:
        """Ask Tesla for a new pair; a lost answer is asked for once more.

        Tesla may have rotated although the answer was lost: the token it was asked
        with is then still accepted, for a day.
        """
        try:
            return await self._auth.refresh(self._application, refresh_token)
        except AnswerLost, InvalidAnswer, TeslaUnavailable:
            return await self._auth.refresh(self._application, refresh_token)
