"""The owner's budget: how much of it is gone, and what may still be asked of Tesla."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..model.record import record

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


@record
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


@record
class Told:
    """That a share of a budget was reached in a month; noted once, for good."""

    month: date
    """The first day of it."""
    amount: Decimal
    currency: str
    share: int
    aloud: bool = True
    """Whether the owner heard of it; not of what was gone when they raised it."""

    def is_of(self, budget: Budget, month: date) -> bool:
        """Tell whether it is about a budget, as it is this month."""
        told = (self.month, self.amount, self.currency)
        return told == (month.replace(day=1), budget.amount, budget.currency)


def untold(
    budget: Budget, spent: Decimal, month: date, told: Collection[Told], *, aloud: bool
) -> tuple[Told, ...]:
    """Return what a month's spending has reached and nobody noted yet, lowest first.

    Of a budget of nothing there is nothing to tell: its owner wants nothing asked.
    """
    if budget.amount <= 0:
        return ()
    known = {one.share for one in told if one.is_of(budget, month)}
    return tuple(
        Told(
            month=month.replace(day=1),
            amount=budget.amount,
            currency=budget.currency,
            share=share,
            aloud=aloud,
        )
        for share in budget.crossed(spent)
        if share not in known
    )


def to_show(
    budget: Budget, spent: Decimal, month: date, told: Collection[Told]
) -> int | None:
    """Return the highest share that the owner was told of and that is still gone."""
    crossed = budget.crossed(spent)
    return max(
        (
            one.share
            for one in told
            if one.aloud and one.is_of(budget, month) and one.share in crossed
        ),
        default=None,
    )
