"""Brings one command to one car, signed or not, and repeats it only where that is safe.

    session? ─no─▶ handshake ─▶ sign ─▶ save ─▶ send ─▶ reply ─▶ answer
                      ▲           ▲                       │
                      └── stale ──┴── fresh session ◀── fault

A session is saved before its message leaves: a counter may be skipped, never used
twice. Commands to the same domain of a car wait for each other, because VCSEC takes
counters in order only. A cancelled call leaves a skipped counter behind, no more.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from ..model.command import Call, Domain, Kind, Risk
from .account import CommandAnswer
from .errors import FleetError, InvalidReply, ProtocolRequired, VehicleFault
from .faults import meaning
from .payload import command_result, payload
from .session import FaultReply, Session
from .signing import Signer

RETRY_EVERY: Final = timedelta(seconds=1)
RETRY_WITHIN: Final = timedelta(seconds=10)
MOST_RETRIES: Final = RETRY_WITHIN // RETRY_EVERY
COULD_NOT_WAKE: Final = "could_not_wake_buses"
COULD_NOT_WAKE_PAUSE: Final = timedelta(seconds=5)


class CommandPort(Protocol):
    """What carries commands to a car."""

    async def command(
        self, vin: str, name: str, params: dict[str, Any], *, reason: str
    ) -> CommandAnswer:
        """Send a command in Tesla's REST form."""

    async def signed_command(self, vin: str, message: bytes, *, reason: str) -> bytes:
        """Carry a signed message there and its reply back."""


class SessionPort(Protocol):
    """Where sessions are kept, sealed."""

    def load(self, vin: str, domain: Domain) -> Session | None:
        """Return the session last saved."""

    async def save(self, vin: str, session: Session) -> None:
        """Keep a session; what `load` returns from now on."""


class _Patience:
    """How long one command is repeated, its handshakes included.

    A clock that is set back in between must not make it hours.
    """

    def __init__(self, now: datetime) -> None:
        """Begin with all of it."""
        self._until = now + RETRY_WITHIN
        self._left = MOST_RETRIES

    def lasts(self, now: datetime) -> bool:
        """Use up one repetition; return whether it may still be made."""
        self._left -= 1
        return self._left >= 0 and now + RETRY_EVERY <= self._until


class CommandChannel:
    """Sends commands to cars, one at a time per car and domain."""

    def __init__(
        self,
        *,
        client: CommandPort,
        signer: Signer,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        sessions: SessionPort,
    ) -> None:
        """Keep what reaches cars, signs, tells time, waits, and keeps sessions."""
        self._client = client
        self._signer = signer
        self._now = now
        self._sleep = sleep
        self._sessions = sessions
        self._locks: defaultdict[tuple[str, Domain], asyncio.Lock] = defaultdict(
            asyncio.Lock
        )

    async def send(
        self, vin: str, call: Call, *, signed: bool, reason: str
    ) -> CommandAnswer:
        """Return the car's answer; whatever else comes of it is a FleetError."""
        async with self._locks[vin, call.command.domain]:
            answer = await self._sent(vin, call, signed, reason)
            if answer.result or answer.reason != COULD_NOT_WAKE:
                return answer
            # The car said that it did nothing, so this is safe for any command.
            await self._sleep(COULD_NOT_WAKE_PAUSE.total_seconds())
            return await self._sent(vin, call, signed, reason)

    async def handshake(self, vin: str, domain: Domain, *, reason: str) -> None:
        """Have a car prove that it knows our key; a message to it, but no command."""
        async with self._locks[vin, domain]:
            await self._shaken(vin, domain, reason, _Patience(self._now()))

    async def _sent(
        self, vin: str, call: Call, signed: bool, reason: str
    ) -> CommandAnswer:
        """Send a command in its form until it is answered."""
        patience = _Patience(self._now())

        async def attempt() -> CommandAnswer:
            if signed:
                return await self._exchanged(vin, call, reason, patience)
            return await self._client.command(
                vin, call.command.key, call.rest_params(), reason=reason
            )

        # Nobody may stand at a door any more that a second message would open.
        harmless = call.kind(signed=signed) is Kind.SET and call.risk is Risk.NONE
        return await self._repeated(attempt, patience, harmless=harmless)

    async def _repeated[T](
        self,
        attempt: Callable[[], Awaitable[T]],
        patience: _Patience,
        *,
        harmless: bool,
    ) -> T:
        """Attempt until it works, cannot work, or the time is over."""
        while True:
            try:
                return await attempt()
            except FleetError as err:
                may_repeat = _may_repeat(err, harmless=harmless)
                if not may_repeat or not patience.lasts(self._now()):
                    raise
            await self._sleep(RETRY_EVERY.total_seconds())

    async def _exchanged(
        self, vin: str, call: Call, reason: str, patience: _Patience
    ) -> CommandAnswer:
        """Sign a command, send it, and read the reply."""
        if call.command.rest_only:
            raise ProtocolRequired("Tesla has no signed form of this command")
        domain = call.command.domain
        message = payload(domain, call.message())
        session = await self._session(vin, domain, reason, patience)
        try:
            used, outgoing = self._signer.sign(session, vin, message, self._now())
            await self._sessions.save(vin, used)
            raw = await self._client.signed_command(
                vin, outgoing.message, reason=reason
            )
            reply = self._signer.open_reply(used, vin, outgoing, raw, self._now())
        except FaultReply as fault:
            if fault.session is not None:
                await self._sessions.save(vin, fault.session)
            raise
        result, why = command_result(domain, reply.payload)
        return CommandAnswer(result=result, reason=why)

    async def _session(
        self, vin: str, domain: Domain, reason: str, patience: _Patience
    ) -> Session:
        """Return a session in step with the car, by a handshake where there is none."""
        known = self._sessions.load(vin, domain)
        if known is not None and not known.is_stale:
            return known
        return await self._shaken(vin, domain, reason, patience)

    async def _shaken(
        self, vin: str, domain: Domain, reason: str, patience: _Patience
    ) -> Session:
        """Return the session of a new handshake, kept for the commands to come."""
        known = self._sessions.load(vin, domain)

        async def attempt() -> Session:
            outgoing = self._signer.handshake(domain)
            reply = await self._client.signed_command(
                vin, outgoing.message, reason=reason
            )
            return self._signer.open_handshake(vin, outgoing, reply, self._now(), known)

        # A handshake moves nothing, whatever command it is for.
        session = await self._repeated(attempt, patience, harmless=True)
        await self._sessions.save(vin, session)
        return session


def _may_repeat(err: FleetError, *, harmless: bool) -> bool:
    """Say whether trying again may help and does no harm."""
    if isinstance(err, VehicleFault):
        return meaning(err.fault).is_passing and (harmless or not err.may_have_acted)
    # Who forges one reply forges the next.
    return harmless and err.may_have_acted and not isinstance(err, InvalidReply)
