"""The token pair of one account: one refresh at a time, on disk before first use.

    valid ──60 s before the end, or refused by Tesla──▶ refreshing ──▶ valid
                                                          │
              lost, refused for now, not on disk: waits ◀─┤
                                                          │ refused: the previous
                                                          ▼ refresh token, once
                                                        signed out (sign in again)

Invariants: any number of callers share one refresh; the rotated refresh token is
durable before anybody gets the access token that came with it; the refresh token
used last is kept for a day, in which Tesla accepts it once more. An answer that was
lost is therefore asked for again with the same token, but not at once: a second loss
in the same moment would use up that one chance.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime, timedelta
import json
from typing import Any, Final, Self

from homeassistant.core import HassJob, HomeAssistant, callback

from .fleet.auth import Application, AuthClient, TokenPair
from .fleet.errors import (
    AnswerLost,
    FleetError,
    NotSaved,
    SealBroken,
    SignInRequired,
    Unreachable,
)
from .fleet.refusals import Refusals, TokenTrouble
from .model.record import record
from .vault import VaultFile
from .waiting import async_outlive

ACCOUNT_KIND: Final = "account"
"""The kind of vault that holds an account's secrets."""
PURPOSE: Final = "tokens"
SIGN_OUTS: Final = "sign_outs"
"""What Tesla ended lately; it outlives restarts and new sign-ins."""
BACK_OFF: Final = (5, 15, 60, 300)
"""Seconds to wait after the first, second, … refresh in a row that failed."""
_EARLY: Final = timedelta(seconds=60)
_GRACE: Final = timedelta(hours=24)


@record
class StoredTokens:
    """What lies sealed on disk: the pair, and the refresh token it was got with."""

    pair: TokenPair
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None

    def rotated(self, pair: TokenPair, used: str, now: datetime) -> Self:
        """Return what is kept after Tesla handed out a new pair for a token."""
        return replace(self, pair=pair, previous=used, rotated_at=now)

    def fallback(self, now: datetime) -> str | None:
        """Return the refresh token used last while Tesla may still accept it."""
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
        """Read what was sealed; another version of this program may have sealed it."""
        try:
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
        except (KeyError, TypeError, ValueError) as err:
            raise SealBroken("the stored sign-in cannot be read") from err


@record
class _Failure:
    """Why the last refresh failed, and how long not to try another."""

    error: FleetError
    refresh_token: str = field(repr=False)
    """The one that failed; another one, of a new sign-in, may be tried at once."""
    at: datetime
    wait: timedelta | None
    """None is for good: Tesla has ended this sign-in."""
    count: int
    """How many refreshes failed in a row."""

    def forbids(self, refresh_token: str, now: datetime) -> bool:
        """Return whether it is too early for another try with a refresh token."""
        if refresh_token != self.refresh_token:
            return False
        # A clock that was put back must not make a minute's wait last a day.
        return self.wait is None or timedelta() <= now - self.at < self.wait


class Tokens:
    """Hands out access tokens; the `TokenSource` of the client.

    The vault is the one truth: what another sign-in puts there counts at once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        vault: VaultFile,
        auth: AuthClient,
        application: Application,
        now: Callable[[], datetime],
    ) -> None:
        """Serve the tokens in a vault."""
        self._hass = hass
        self._vault = vault
        self._read: tuple[object, StoredTokens] | None = None
        self._auth = auth
        self._application = application
        self._now = now
        self._refreshing: asyncio.Task[None] | None = None
        self._failure: _Failure | None = None
        self._unsaved: tuple[StoredTokens, StoredTokens] | None = None
        self._refusals = Refusals.load(self._known_sign_outs())
        self._is_closed = False

    @property
    def trouble(self) -> TokenTrouble | None:
        """Return what keeps the sign-in from being renewed, and the owner must hear."""
        return self._refusals.trouble(self._now())

    @property
    def pair(self) -> TokenPair:
        """Return the newest pair."""
        return self._stored.pair

    @property
    def _stored(self) -> StoredTokens:
        """Return what is on disk."""
        # Every request needs a token; it is unsealed once for each content.
        content = self._vault.content
        if self._read is None or self._read[0] is not content:
            raw = self._vault.get(PURPOSE)
            if raw is None:
                raise SealBroken("no sign-in is stored")
            self._read = content, StoredTokens.load(raw)
        return self._read[1]

    async def access_token(self, rejected: str | None = None) -> str:
        """Return a valid access token; `rejected` is one Tesla no longer takes."""
        if self._refreshing is None:
            pair = self.pair
            is_fresh = pair.expires_at - self._now() > _EARLY
            if is_fresh and pair.access_token != rejected:
                return pair.access_token
        await self.async_rotate()
        return self.pair.access_token

    async def async_rotate(self) -> None:
        """Have a new pair on disk, or share the refresh that is under way."""
        refreshing = self._refreshing
        if refreshing is None:
            self._raise_where_pointless(self.pair.refresh_token)
            refreshing = self._async_begin()
        # A caller that gives up must not tear the rotation it shares with others.
        await async_outlive(refreshing)

    async def async_finish(self) -> None:
        """Wait until a refresh that is under way has reached the disk; begin no other.

        Whoever is still asking belongs to an entry that goes away, and the one that
        comes in its place must be the only one to refresh.
        """
        self._is_closed = True
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])

    def _raise_where_pointless(self, refresh_token: str) -> None:
        """Repeat the last failure while it is too early for another try."""
        if self._is_closed:
            raise Unreachable("the account is being unloaded")
        failure = self._failure
        if failure is not None and failure.forbids(refresh_token, self._now()):
            # Otherwise every repetition would lengthen the traceback it keeps.
            raise failure.error.with_traceback(None)

    @callback
    def _async_begin(self) -> asyncio.Task[None]:
        """Refresh; Home Assistant stops, and an entry unloads, only after it."""
        stop_waiting = self._hass.async_add_shutdown_job(HassJob(self.async_finish))
        task = self._hass.async_create_task(
            self._async_refresh(), "fleet_pulse refresh"
        )
        task.add_done_callback(self._async_refreshed)
        task.add_done_callback(lambda _: stop_waiting())
        self._refreshing = task
        return task

    @callback
    def _async_refreshed(self, task: asyncio.Task[None]) -> None:
        """Let the next caller refresh again."""
        self._refreshing = None

    async def _async_refresh(self) -> None:
        """Have the next pair on disk, or remember why not."""
        before = self._stored
        try:
            await self._async_replace(before)
        except FleetError as err:
            error = _before_any_car(err)
            self._failure = self._failed(error, before.pair.refresh_token)
            await self._async_note(error, before.pair.refresh_token)
            raise error from None
        self._failure = None
        self._refusals = self._refusals.succeeded()

    async def _async_note(self, error: FleetError, refresh_token: str) -> None:
        """Add a failure to what was refused lately, and keep what must be kept."""
        known = self._refusals
        self._refusals = known.refused(error, refresh_token, self._now())
        if self._refusals.sign_outs != known.sign_outs:
            # Not kept, it is only forgotten at the next restart.
            with suppress(NotSaved, SealBroken):
                await self._vault.async_put(SIGN_OUTS, self._refusals.dump())

    def _known_sign_outs(self) -> bytes | None:
        """Return what was kept of sign-ins that Tesla ended."""
        try:
            return self._vault.get(SIGN_OUTS)
        except SealBroken:
            return None

    async def _async_replace(self, before: StoredTokens) -> None:
        """Exchange the refresh token and put the new pair on disk."""
        # A pair that could not be written is written later: Tesla gives no third one.
        if self._unsaved is None or self._unsaved[0] != before:
            self._unsaved = before, await self._rotated(before)
        # Somebody may have signed in meanwhile; what that brought is newer.
        if self._stored == before:
            await self._vault.async_put(PURPOSE, self._unsaved[1].dump())
        self._unsaved = None

    async def _rotated(self, before: StoredTokens) -> StoredTokens:
        """Ask Tesla for a new pair; if it refuses, with the token used before."""
        used: str | None = before.pair.refresh_token
        assert used is not None
        try:
            pair = await self._auth.refresh(self._application, used)
        except SignInRequired:
            used = before.fallback(self._now())
            if used is None:
                raise
            pair = await self._auth.refresh(self._application, used)
        return before.rotated(pair, used, self._now())

    def _failed(self, error: FleetError, refresh_token: str) -> _Failure:
        """Return how long a failure keeps from another try."""
        count = 0 if self._failure is None else self._failure.count
        wait = None
        if not isinstance(error, SignInRequired):
            own = BACK_OFF[min(count, len(BACK_OFF) - 1)]
            wait = timedelta(seconds=max(own, error.retry_after or 0))
        return _Failure(
            error=error,
            refresh_token=refresh_token,
            at=self._now(),
            wait=wait,
            count=count + 1,
        )


def _before_any_car(error: FleetError) -> FleetError:
    """Return the error of a refresh as one that moved no car: none was asked yet."""
    if isinstance(error, AnswerLost):
        return Unreachable(error.detail)
    error.may_have_acted = False
    return error
