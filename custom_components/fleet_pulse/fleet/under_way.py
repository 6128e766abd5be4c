"""Commands on their way to a car, for which it may still have to be woken."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from ..model.command import Call
from .unconfirmed import Sent


class UnderWay:
    """What has been asked of the cars of one account and is not settled yet."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._sent: list[tuple[str, Sent]] = []

    @contextmanager
    def bringing(self, vin: str, call: Call, now: datetime) -> Iterator[None]:
        """Count a command as under way while this lasts."""
        entry = vin, Sent(call=call, at=now)
        self._sent.append(entry)
        try:
            yield
        finally:
            self._sent.remove(entry)

    def may_change(self, vin: str, call: Call, now: datetime) -> bool:
        """Return whether what a call is about may soon be otherwise than it is."""
        subject = Sent(call=call, at=now).fields
        return any(one == vin and sent.fields & subject for one, sent in self._sent)
