"""Decides about a car anew: what has begun, what is over, what is to be told.

OK ── raised ──▶ PENDING ── held long enough ──▶ ACTIVE ── cleared ──▶ CLEARING
▲  ◀── cleared ──┘                                 ▲ ◀── raised ──────────┘ │
└───────────────────────────────────────────────────────── held long enough ┘
"""

from collections.abc import Iterable
from datetime import datetime

from ..model.record import record
from .alert import Alert
from .facts import Facts
from .memory import AlertMemory
from .news import AlertNews, Episode, Message


@record
class Reviewed:
    """What came of a look."""

    memory: AlertMemory
    news: tuple[AlertNews, ...] = ()
    messages: tuple[Message, ...] = ()
    active: tuple[Episode, ...] = ()
    """The episodes that go on, the oldest first."""
    look_at: datetime | None = None
    """When time alone may change something; UTC."""


def review(
    memory: AlertMemory, facts: Facts, alerts: Iterable[Alert], *, is_first: bool
) -> Reviewed:
    """Look at a car; `is_first` since the start: what changed meanwhile is old."""
    del facts, alerts, is_first
    return Reviewed(memory=memory)
