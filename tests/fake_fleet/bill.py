"""What Tesla would charge, counted by the cloud itself and by nobody else."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What an endpoint costs."""

    COMMAND = "command"
    DATA = "data"
    FREE = "free"
    SIGNAL = "signal"
    WAKE = "wake"


PER_DOLLAR: Final[dict[Category, int]] = {
    Category.COMMAND: 1_000,
    Category.DATA: 500,
    Category.SIGNAL: 150_000,
    Category.WAKE: 50,
}
"""How many of each a dollar buys; what is missing is free."""

CENT: Final = Decimal("0.01")
DISCOUNT: Final = Decimal(10)

type Month = tuple[int, int]


def month_of(day: date) -> Month:
    """Give the billing cycle of a day: the calendar month in UTC."""
    utc = day.astimezone(UTC) if isinstance(day, datetime) else day
    return (utc.year, utc.month)


class Bill:
    """Counts per month and category; requests are added as they are answered."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with nothing owed; `now` says which month is the current one."""
        self._now = now
        self._counts: dict[Month, Counter[Category]] = {}

    def charge(self, category: Category, status: int) -> bool:
        """Add one answered request and say whether it costs something."""
        # Tesla charges for its refusals too, only its own failures are free.
        if category not in PER_DOLLAR or status >= 500:
            return False
        month = month_of(self._now())
        self._counts.setdefault(month, Counter())[category] += 1
        return True

    def counts(self, month: date | None = None) -> dict[str, int]:
        """Give the billed requests of a month by category (default: this month)."""
        counted = self._counts.get(month_of(month or self._now()), Counter())
        return {category: counted[category] for category in PER_DOLLAR}

    def cost(self, category: Category, month: date | None = None) -> Decimal:
        """Give what one category costs, rounded to the cent as on the invoice."""
        exact = Decimal(self.counts(month)[category]) / PER_DOLLAR[category]
        return exact.quantize(CENT, ROUND_HALF_UP)

    def total(self, month: date | None = None) -> Decimal:
        """Give what the month costs before the discount, in dollars."""
        return sum((self.cost(category, month) for category in PER_DOLLAR), Decimal(0))

    def due(self, month: date | None = None) -> Decimal:
        """Give what is left to pay after Tesla's monthly discount."""
        return max(self.total(month) - DISCOUNT, Decimal(0))
