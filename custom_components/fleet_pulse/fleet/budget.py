"""The owner's budget: how much of it is gone, and what may still be asked of Tesla."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

ECONOMY_FROM: Final = 80
"""The share of the budget, in percent, from which on less is asked."""
THRESHOLDS: Final = (50, ECONOMY_FROM, 100)
"""The shares of the budget, in percent, that the owner is told about."""


class BudgetLevel(StrEnum):
    """What the budget still permits."""

    NORMAL = "normal"
    ECONOMY = "economy"
    """Fewer looks at the car."""
    SPENT = "spent"
    """Only what a person asks for."""
    STOPPED = "stopped"
    """Nothing: spent, and the owner chose a hard stop."""

    @property
    def permits_automatic(self) -> bool:
        """Tell whether polls and rules may still make billed requests."""
        return self in (BudgetLevel.NORMAL, BudgetLevel.ECONOMY)

    @property
    def permits_person(self) -> bool:
        """Tell whether a person may still make billed requests."""
        return self is not BudgetLevel.STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What the owner allows an account to cost in a calendar month (UTC)."""

    amount: Decimal
    currency: str
    hard_stop: bool = False

    def used(self, spent: Decimal) -> Decimal:
        """Return the share that is gone, in percent; a budget of nothing is gone."""
        if self.amount <= 0:
            return Decimal(100)
        return spent * 100 / self.amount

    def level(self, spent: Decimal) -> BudgetLevel:
        """Return what is still permitted after spending that much."""
        used = self.used(spent)
        if used >= 100:
            return BudgetLevel.STOPPED if self.hard_stop else BudgetLevel.SPENT
        return BudgetLevel.ECONOMY if used >= ECONOMY_FROM else BudgetLevel.NORMAL

    def crossed(self, spent: Decimal) -> tuple[int, ...]:
        """Return the thresholds that were reached, in percent, lowest first."""
        used = self.used(spent)
        return tuple(share for share in THRESHOLDS if used >= share)
