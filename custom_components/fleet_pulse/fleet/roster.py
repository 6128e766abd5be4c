"""Which cars an account has, by its free lists, and when one has left it for good."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from ..model.parse import text
from ..model.record import record

GONE_LISTS: Final = 20
"""So many lists in a row without a car, that name others: one may be a slip."""
GONE_AFTER: Final = timedelta(days=1)
"""A workshop or a change of owner takes a car away for hours and gives it back.

What an owner has set on a device and its entities is worth more than a tidy list, so a
day must pass, and lists must say it: neither a clock that jumps nor a program that was
not running makes a car leave.
"""


@record
class Roster:
    """One free list, read."""

    cars: Mapping[str, Mapping[str, Any]]
    """What the list says of each car, by VIN."""
    is_whole: bool
    """Whether every entry could be read: only then is what is missing really missing.
    """

    @property
    def is_proof(self) -> bool:
        """Return whether a car that is missing may have left for good.

        A list without any car is also what an account gets whose permission, region
        or access is being changed, so the last car of an account never leaves it.
        """
        return self.is_whole and bool(self.cars)


def roster(products: Iterable[Mapping[str, Any]]) -> Roster:
    """Read a list of products: cars, homes, and what cannot be read."""
    cars = dict[str, Mapping[str, Any]]()
    is_whole = True
    for body in products:
        # Of a hundred cars nothing else is read that they said a minute ago, too.
        if (vin := text(body.get("vin"))) is not None:
            cars[vin] = body
        elif body.get("energy_site_id") is None:
            is_whole = False
    return Roster(cars=cars, is_whole=is_whole)


@record
class Absence:
    """Since when a car is missing, and how many lists have proven it."""

    since: datetime
    lists: int = 0

    def proven(self) -> Self:
        """Return the absence after one more list that proves it, if one is missing."""
        return replace(self, lists=min(self.lists + 1, GONE_LISTS))

    def is_for_good(self, now: datetime) -> bool:
        """Return whether the car has left the account."""
        return self.lists >= GONE_LISTS and now - self.since >= GONE_AFTER

    def dump(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {"since": self.since.isoformat(), "lists": self.lists}

    @classmethod
    def load(cls, kept: object) -> Self | None:
        """Return it from JSON; what cannot be read is none."""
        match kept:
            case {"since": str() as text, "lists": int() as lists}:
                try:
                    since = datetime.fromisoformat(text).astimezone(UTC)
                except ValueError, OverflowError:
                    return None
                return cls(since=since, lists=lists)
        return None
