"""Values of the command protocol: a session with one domain of a car, and its mail.

    (none) ─ handshake ─▶ in step ─ sign ─▶ in step, counter + 1
                             │  ▲
      fault: out of step     │  │  session info in the fault, or a new handshake
                             ▼  │
                           stale

Invariants: a counter is never used twice within an epoch, gaps are fine, so counters
are reserved on disk by the dozen; `zero` comes
from session info that authenticated. A session holds no secret: the shared key follows
from our private key and the car's public key.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from ..model.command import Domain
from ..model.record import record
from .errors import VehicleFault
from .faults import meaning

MAX_COUNTER: Final = 0xFFFF_FFFF
RESERVED: Final = 32
"""Counters that one write to disk is good for; a crash skips as many at most."""


@record
class Session:
    """What we and one domain of a car agree on."""

    domain: Domain
    vehicle_key: bytes
    """The domain's public key, an uncompressed point."""
    epoch: bytes
    counter: int
    """The last counter used, by us or by anyone with our key."""
    zero: datetime
    """When the domain's clock stood at zero, by our own clock.

    Only the difference counts, so a clock that is hours off does no harm.
    """
    clock_time: int
    """What the domain's clock said in the newest session info."""
    is_stale: bool = False

    def following(self, known: Session | None) -> Session:
        """Return this newer session without going back behind a known counter."""
        if known is None or known.epoch != self.epoch:
            return self
        return replace(self, counter=max(self.counter, known.counter))

    def replaces(self, known: Session) -> bool:
        """Whether a fault that carries this session may overwrite the known one."""
        return self.vehicle_key == known.vehicle_key and (
            self.epoch != known.epoch or self.clock_time >= known.clock_time
        )

    def reserving(self) -> Session:
        """Return what to keep on disk, so that the next counters need no write.

        Cars take any higher counter. Near the end none is to be given away.
        """
        ahead = self.counter + RESERVED
        return self if ahead >= MAX_COUNTER else replace(self, counter=ahead)

    def covers(self, used: Session) -> bool:
        """Whether this, on disk, keeps every counter of a session from a second use."""
        is_same = replace(self, counter=used.counter) == used
        return is_same and self.counter >= used.counter

    def stale(self) -> Session:
        """Return the session marked as out of step with the car."""
        return replace(self, is_stale=True)

    def dump(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "domain": self.domain.value,
            "vehicle_key": self.vehicle_key.hex(),
            "epoch": self.epoch.hex(),
            "counter": self.counter,
            "zero": self.zero.isoformat(),
            "clock_time": self.clock_time,
            "is_stale": self.is_stale,
        }

    @classmethod
    def load(cls, data: object) -> Session | None:
        """Read what `dump` wrote; anything else is None and costs one handshake."""
        if not isinstance(data, Mapping):
            return None
        try:
            session = cls(
                domain=Domain(data["domain"]),
                vehicle_key=bytes.fromhex(data["vehicle_key"]),
                epoch=bytes.fromhex(data["epoch"]),
                counter=int(data["counter"]),
                zero=datetime.fromisoformat(data["zero"]),
                clock_time=int(data["clock_time"]),
                is_stale=bool(data["is_stale"]),
            )
        except KeyError, TypeError, ValueError:
            return None
        return session if session.zero.utcoffset() == timedelta() else None


@record
class Outgoing:
    """A message for a car, and what its reply must refer to."""

    message: bytes
    domain: Domain
    uuid: bytes
    address: bytes
    """The routing address the reply comes back to, used once."""
    request_hash: bytes = b""
    """Binds an encrypted reply to this request; a handshake has none."""


@record
class Reply:
    """A car's answer to a signed command."""

    payload: bytes
    is_authenticated: bool
    """False for firmware before 2024.38, which answers in the clear."""


class FaultReply(VehicleFault):
    """A fault, with the session to go on with (None: the one that was used)."""

    def __init__(
        self, fault: str, detail: str = "", *, session: Session | None = None
    ) -> None:
        """Keep the session; the fault decides whether the car may have acted."""
        super().__init__(fault, detail)
        self.session = session
        self.may_have_acted = meaning(fault).may_have_acted
