"""One computer of the car: its epoch and clock, and what it lets through.

A car has two that take commands, each with its own key, clock and counters. An epoch
begins at boot; with it the clock starts at zero and all counters are forgotten:

    boot, reboot, age, clock turned back, counter at its end ─▶ new epoch
    session info ─▶ what a client must know to sign in this epoch
    refusal(request) ─▶ None, once per counter, or the fault that the car would answer
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import hmac
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from tesla_protocol.command.signatures_pb2 import (
    HMAC_Personalized_Signature_Data,
    SessionInfo,
    SignatureType,
    Tag,
)
from tesla_protocol.command.universal_message_pb2 import Domain, RoutableMessage

from . import vehicle_crypto as crypto

COUNTER_END: Final = 0xFFFF_FFFF
EPOCH_SIZE: Final = 16
EPOCH_LENGTH: Final = 1 << 30
"""Seconds: no message may claim to live longer than an epoch can."""

LATE_LIFETIME: Final = 30
"""Seconds that a message out of order may still have to live."""

WINDOW_SIZES: Final = {
    # The security computer has no memory to spare: commands must come in order.
    Domain.DOMAIN_VEHICLE_SECURITY: 0,
    Domain.DOMAIN_INFOTAINMENT: 32,
}

WITH_SESSION: Final = frozenset(
    {
        "INCORRECT_EPOCH",
        "INVALID_SIGNATURE",
        "INVALID_TOKEN_OR_COUNTER",
        "TIME_EXPIRED",
        "TIME_TO_LIVE_TOO_LONG",
    }
)
"""Faults that may come of being out of step, so the car says where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The highest counter of one client, and which of those below it came too.

    Bit 0 of `seen` stands for `counter - 1`.
    """

    counter: int = 0
    seen: int = 0

    def slid(self, new: int, size: int) -> Window | None:
        """Take a counter in, or say None where it was or may have been used."""
        if new > self.counter:
            step = new - self.counter
            # A jump may be billions wide; what it pushes out need not be kept.
            history = self.seen << step | 1 << (step - 1) if step <= size else 0
            return Window(counter=new, seen=history & (1 << size) - 1)
        age = self.counter - new
        if age == 0 or age > size or self.seen >> (age - 1) & 1:
            return None
        return Window(counter=self.counter, seen=self.seen | 1 << (age - 1))


class Computer:
    """One domain of one car, which agrees on sessions and verifies commands."""

    def __init__(
        self,
        *,
        domain: Domain,
        vin: str,
        private_key: ec.EllipticCurvePrivateKey,
        random: Callable[[int], bytes],
        now: datetime,
        epoch_lifetime: timedelta,
    ) -> None:
        """Boot."""
        self.domain: Final = domain
        self._vin = vin
        self._private = private_key
        self._random = random
        self._epoch_lifetime = epoch_lifetime
        self._window_size = WINDOW_SIZES[domain]
        self.roll(now)

    def roll(self, now: datetime) -> None:
        """Begin an epoch: what was signed for the last one is worth nothing."""
        self.epoch = self._random(EPOCH_SIZE)
        self._zero = now
        self._windows: dict[bytes, Window] = {}

    def skew(self, by: timedelta) -> None:
        """Set the clock ahead, within the epoch; behind, where `by` is negative."""
        self._zero -= by

    def keep_time(self, now: datetime) -> None:
        """Begin a new epoch where this one cannot go on."""
        age = now - self._zero
        if age < timedelta() or age >= self._epoch_lifetime:
            self.roll(now)

    def seconds(self, now: datetime) -> int:
        """Say the time of this epoch."""
        return int((now - self._zero).total_seconds())

    def key_with(self, client: bytes) -> bytes:
        """Say the key shared with a client."""
        return crypto.shared_key(self._private, client)

    def session_info(
        self, client: bytes, *, challenge: bytes, now: datetime
    ) -> tuple[bytes, bytes]:
        """Say where this computer stands with a client, and vouch for it."""
        info = SessionInfo(
            counter=self._window(client).counter,
            publicKey=crypto.public_bytes(self._private),
            epoch=self.epoch,
            clock_time=self.seconds(now),
        ).SerializeToString()
        tag = crypto.session_info_tag(
            self.key_with(client), vin=self._vin, challenge=challenge, info=info
        )
        return info, tag

    def refusal(self, request: RoutableMessage, now: datetime) -> str | None:
        """Say the fault that keeps a request out; None uses its counter up.

        The order is that of Tesla's own verifier, so that a request wrong in two ways
        draws the same fault here.
        """
        signature = request.signature_data.HMAC_Personalized_data
        client = request.signature_data.signer_identity.public_key
        fault = self._out_of_step(signature, self._window(client), now)
        if fault:
            return fault
        genuine = crypto.command_tag(
            self.key_with(client),
            about=self._command_metadata(request),
            payload=request.protobuf_message_as_bytes,
        )
        if not hmac.compare_digest(genuine, signature.tag):
            return "INVALID_SIGNATURE"
        return self._counted(client, signature.counter, now)

    def _window(self, client: bytes) -> Window:
        """Say what came of a client in this epoch."""
        return self._windows.get(client, Window())

    def _out_of_step(
        self,
        signature: HMAC_Personalized_Signature_Data,
        window: Window,
        now: datetime,
    ) -> str | None:
        """Judge epoch and times, which need no key."""
        # An epoch left out is allowed: a wrong one then shows in the signature.
        if signature.epoch and signature.epoch != self.epoch:
            return "INCORRECT_EPOCH"
        left = signature.expires_at - self.seconds(now)
        if signature.expires_at and left < 0:
            return "TIME_EXPIRED"
        if signature.expires_at > EPOCH_LENGTH:
            return "BAD_PARAMETER"
        is_late = signature.counter < window.counter
        if is_late and (not signature.expires_at or left > LATE_LIFETIME):
            return "TIME_TO_LIVE_TOO_LONG"
        return None

    def _command_metadata(self, request: RoutableMessage) -> bytes:
        """Say what a command is bound to; for old cars' sake no flags if none is set."""
        signature = request.signature_data.HMAC_Personalized_data
        items: dict[Tag, bytes | int] = {
            Tag.TAG_SIGNATURE_TYPE: bytes(
                [SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED]
            ),
            Tag.TAG_DOMAIN: bytes([request.to_destination.domain]),
            Tag.TAG_PERSONALIZATION: self._vin.encode(),
            Tag.TAG_EPOCH: self.epoch,
            Tag.TAG_EXPIRES_AT: signature.expires_at,
            Tag.TAG_COUNTER: signature.counter,
        }
        if request.flags:
            items[Tag.TAG_FLAGS] = request.flags
        return crypto.metadata(items)

    def _counted(self, client: bytes, counter: int, now: datetime) -> str | None:
        """Use a counter up; say the fault where that is not possible."""
        # Tesla's code lets a zero pass uncounted, for messages that may be repeated.
        # None of ours may, so that a client that forgets to count is found out.
        window = self._window(client).slid(counter, self._window_size)
        if counter == 0 or window is None:
            return "INVALID_TOKEN_OR_COUNTER"
        self._windows[client] = window
        if counter == COUNTER_END:
            self.roll(now)
        return None
