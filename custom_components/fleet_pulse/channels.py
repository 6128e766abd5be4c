"""The signed way to the cars of one account: our key, and sessions kept sealed."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import json
import secrets
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .fleet import keys
from .fleet.account import CommandAnswer
from .fleet.client import FleetClient
from .fleet.errors import KeyLost, KeyNotPaired, SealBroken
from .fleet.session import Session
from .model.command import Call, Domain
from .vault import VaultFile
from .waiting import async_wait

PURPOSE: Final = "sessions"

type FindKey = Callable[[], Awaitable[EllipticCurvePrivateKey | None]]
"""Finds the key that cars know; None if none was made yet, or raises what became of it."""


class Channel(Protocol):
    """What brings calls to cars."""

    async def send(
        self, vin: str, call: Call, *, signed: bool, reason: str
    ) -> CommandAnswer:
        """Send a call in the form asked for."""

    async def handshake(self, vin: str, domain: Domain, *, reason: str) -> object:
        """Have a car prove that it knows our key."""


class _SealedSessions:
    """The command sessions of all cars; what is on disk is in the account's vault.

    A write seals and syncs a file, so each reserves counters for those to come.
    """

    def __init__(self, vault: VaultFile) -> None:
        """Read what was sealed."""
        self._vault = vault
        try:
            raw = vault.get(PURPOSE)
        except SealBroken:
            # No sign-in would bring them back, but every car hands out new ones.
            raw = None
        kept: dict[str, Any] = json.loads(raw) if raw else {}
        loaded = ((name, Session.load(data)) for name, data in kept.items())
        self._kept = {name: session for name, session in loaded if session is not None}
        """What is surely on disk."""
        self._written = dict(self._kept)
        """What the last write, under way or not, puts there."""
        self._live = dict(self._kept)

    def load(self, vin: str, domain: Domain) -> Session | None:
        """Return the session last saved."""
        return self._live.get(f"{vin}.{domain}")

    async def save(self, vin: str, session: Session) -> None:
        """Keep a session; a counter must never be used twice, so it is on disk first."""
        name = f"{vin}.{session.domain}"
        self._live[name] = session
        kept = self._kept.get(name)
        if kept is None or not kept.covers(session):
            await self._async_write(name, session.reserving())

    async def _async_write(self, name: str, session: Session) -> None:
        """Have a session on disk before anybody relies on that."""
        # The write of another car's session may be under way: this must not undo it.
        self._written[name] = session
        content = {each: one.dump() for each, one in self._written.items()}
        await self._vault.async_put(PURPOSE, json.dumps(content).encode())
        self._kept[name] = session


class Channels:
    """Sends calls, and finds our key when the first one must be signed."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        client: FleetClient,
        vault: VaultFile,
        find_key: FindKey,
    ) -> None:
        """Keep what is needed to sign; the key may be made only later."""
        self._hass = hass
        self._client = client
        self._find_key = find_key
        self._sessions = _SealedSessions(vault)
        self._opening = asyncio.Lock()
        self._channel: Channel | None = None
        self._has_key = False
        self._lost: KeyLost | SealBroken | None = None

    async def async_has_key(self) -> bool:
        """Return whether there is a key of ours to sign with; raise if it is lost."""
        await self._async_opened()
        self._raise_lost()
        return self._has_key

    async def async_send(
        self, vin: str, call: Call, *, signed: bool, reason: str
    ) -> CommandAnswer:
        """Send a call in the form asked for."""
        channel = await self._async_opened()
        if signed:
            self._raise_lost()
        if signed and not self._has_key:
            raise KeyNotPaired("no key was made yet: finish the set-up first")
        return await channel.send(vin, call, signed=signed, reason=reason)

    async def async_shake_hands(self, vin: str, *, reason: str) -> None:
        """Have an online car prove that it knows our key: billed like a command."""
        channel = await self._async_opened()
        self._raise_lost()
        if not self._has_key:
            raise KeyNotPaired("no key was made yet: finish the set-up first")
        await channel.handshake(vin, Domain.VCSEC, reason=reason)

    def has_met(self, vin: str) -> bool:
        """Return whether the car has ever known our key."""
        return any(self._sessions.load(vin, domain) for domain in Domain)

    @callback
    def async_forget(self) -> None:
        """Look for our key again before the next command."""
        self._channel = None

    def _raise_lost(self) -> None:
        """Raise why our key does not open."""
        if self._lost is not None:
            raise self._lost.with_traceback(None)

    async def _async_opened(self) -> Channel:
        """Return the one channel with our key; older cars take commands without.

        A key that does not open is looked for each time: it may be back.
        """
        async with self._opening:
            if self._channel is None or self._lost is not None:
                key = await self._async_key()
                self._has_key = key is not None
                self._channel = await self._hass.async_add_executor_job(
                    self._built, key or keys.create()
                )
            return self._channel

    def _built(self, key: EllipticCurvePrivateKey) -> Channel:
        """Return a channel with a key; this is not for the event loop.

        Whoever sends no command needs no messages of Tesla's: they are loaded here.
        """
        from .fleet.channel import CommandChannel
        from .fleet.signing import Signer

        return CommandChannel(
            client=self._client,
            signer=Signer(key, secrets.token_bytes),
            now=dt_util.utcnow,
            sleep=partial(async_wait, self._hass),
            sessions=self._sessions,
        )

    async def _async_key(self) -> EllipticCurvePrivateKey | None:
        """Return our key, if there is one and it opens."""
        self._lost = None
        try:
            return await self._find_key()
        except (KeyLost, SealBroken) as err:
            self._lost = err
            return None
