"""A month's statement: what was asked of Tesla, and what that costs, by everything."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from .budget import Budget
from .prices import Prices, prices
from .usage import BILLABLE, Category, Ledger, Tally, Usage


def statement(
    ledger: Ledger,
    month: date,
    *,
    budget: Budget,
    now: datetime,
    names: Mapping[str, str | None],
) -> dict[str, Any]:
    """Return a month's statement as an action returns it; amounts are text.

    `names` is what the owner calls each car: a VIN is not for traces of automations.
    """
    currency, is_current = budget.currency, _first(now.date()) == _first(month)
    row = prices(currency, month)
    cost = ledger.cost(month, currency)
    projected = ledger.projected(now, currency) if is_current else None

    def total(key: str, by: Callable[[Usage], Any]) -> list[dict[str, Any]]:
        """Return the tallies by one thing."""
        sums = ledger.total(month, by)
        return [{key: name, **_counts(tally)} for name, tally in sums.items()]

    def car(line: Usage) -> str | None:
        """Return what the owner calls the car of a line."""
        return names.get(line.kind.vin or "")

    return {
        "month": f"{month:%Y-%m}",
        "currency": currency,
        "cost": f"{cost:f}",
        "projected": None if projected is None else f"{projected:f}",
        "discount": f"{row.discount:f}",
        "due": f"{max(cost - row.discount, 0 * row.smallest):f}",
        "budget": f"{budget.amount:f}",
        "budget_used": float(round(budget.used(cost), 1)),
        "level": budget.level(cost).value,
        **_categories(ledger, month, row),
        "days": total("day", lambda line: line.day.isoformat()),
        "vehicles": total("vehicle", car),
        "reasons": total("reason", lambda line: line.kind.reason),
        "lines": [_line(line, car(line)) for line in ledger.usage(month)],
    }


def _categories(ledger: Ledger, month: date, row: Prices) -> dict[str, Any]:
    """Return what was asked, what is billed, and what it costs, by category."""
    billed = ledger.billed(month)
    return {
        "billed": {key.value: count for key, count in billed.items()},
        "requests": {key.value: n for key, n in ledger.counts(month).items()},
        "costs": {
            key.value: f"{row.bill(**{key.value: billed[key]}):f}"
            for key in Category
            if key in BILLABLE
        },
    }


def _line(line: Usage, vehicle: str | None) -> dict[str, Any]:
    """Return one line of the month."""
    return {
        "day": line.day.isoformat(),
        "category": line.kind.category.value,
        "vehicle": vehicle,
        "reason": line.kind.reason,
        **_counts(line.tally),
    }


def _first(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def _counts(tally: Tally) -> dict[str, int]:
    """Return a tally as it is shown."""
    return {"requests": tally.requests, "billed": tally.billed}
