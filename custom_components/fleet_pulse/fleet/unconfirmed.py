"""Commands whose effect the car has yet to show, and which of them it denies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..model.command import Call
from ..model.field import Field
from ..model.record import record
from ..model.state import State
from .errors import FleetError, LowAmpsIgnored
from .waits import Waits


@record
class Sent:
    """A command the car said yes to."""

    call: Call
    at: datetime

    @property
    def fields(self) -> set[Field[Any]]:
        """Return the fields it should change."""
        return {reading.field for reading in self.call.expected(self.at)}

    def is_denied(self, state: State) -> bool:
        """Return whether the car has spoken since, and says that it did not do it."""
        words = [state.said(field) for field in self.fields]
        has_spoken = all(word is not None and word.at >= self.at for word in words)
        return has_spoken and self.call.is_met(state) is False


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """What is waited for; of two commands about one field, the newer."""

    sent: tuple[Sent, ...] = ()

    def promised(self, call: Call, now: datetime) -> Unconfirmed:
        """Return this with one more command."""
        newest = Sent(call=call, at=now)
        return Unconfirmed((*self.overtaken(call, now).sent, newest))

    def overtaken(self, call: Call, now: datetime) -> Unconfirmed:
        """Return this without what a newer command is about, carried out or not."""
        newest = Sent(call=call, at=now)
        return Unconfirmed(tuple(s for s in self.sent if not s.fields & newest.fields))

    def due(self, now: datetime, waits: Waits) -> tuple[Sent, ...]:
        """Return what a look at this moment decides on."""
        return tuple(s for s in self.sent if now - s.at >= waits.after_command)

    def without(self, done: tuple[Sent, ...]) -> Unconfirmed:
        """Return this without what was decided on."""
        return Unconfirmed(tuple(sent for sent in self.sent if sent not in done))

    def denied(self, state: State, now: datetime, waits: Waits) -> tuple[Sent, ...]:
        """Return what a look has shown not to have happened.

        Long after a command the car may have been changed by somebody else.
        """
        return tuple(
            sent
            for sent in self.due(now, waits)
            if now - sent.at <= waits.matters and sent.is_denied(state)
        )


_LEAST_AMPS: Final = 5


def explanation(call: Call) -> FleetError | None:
    """Return why a car did not do what it said yes to, where that is known."""
    amps = call.params.get("charging_amps")
    if isinstance(amps, int) and amps < _LEAST_AMPS:
        return LowAmpsIgnored()
    return None
