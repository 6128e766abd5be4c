"""What Tesla bills: requests counted by day, car and reason, and what they cost.

A request is counted as spent when it is opened, before it leaves, and only given back
when its answer proves that Tesla does not bill it. So a crash between the two leaves
the ledger a request too high, never too low.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """Tesla's billing categories."""

    COMMAND = "command"
    DATA = "data"
    FREE = "free"
    SIGNAL = "signal"
    WAKE = "wake"


BILLABLE: Final = frozenset(Category) - {Category.FREE}

NEVER_SENT: Final = 0
"""The status of a request that provably never left: no connection was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request to Tesla, known before it leaves."""

    id: str
    """Unique within the journal."""
    at: datetime
    category: Category
    vin: str | None = None
    endpoint: str = ""
    """The key of a row of `endpoints.py`, never a path with names in it."""
    reason: str = ""
    """Who asked: an action, a rule, a poll."""
    count: int = 1
    """How many of the category's unit: more than one for streamed signals only."""


def is_billed(category: Category, status: int | None) -> bool:
    """Tell whether Tesla bills an answer; no known status counts as billed."""
    if category not in BILLABLE:
        return False
    return status is None or (status != NEVER_SENT and status < 500)
