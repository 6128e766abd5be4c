"""A month's statement: every sum in it is that of its lines."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.budget import Budget
from custom_components.fleet_pulse.fleet.statement import statement
from custom_components.fleet_pulse.fleet.usage import Category, Entry, Ledger

NOW: Final = datetime(2026, 3, 11, tzinfo=UTC)
MARCH: Final = date(2026, 3, 31)
NAMES: Final = {"A": "Skipper", "B": None}


def asked(
    number: int,
    day: int,
    category: Category,
    reason: str,
    vin: str | None,
    count: int = 1,
) -> Entry:
    """Return a request of March."""
    return Entry(
        id=f"{number}",
        at=datetime(2026, 3, day, 12, tzinfo=UTC),
        category=category,
        vin=vin,
        reason=reason,
        count=count,
    )


LEDGER: Final = reduce(
    lambda ledger, one: ledger.posted(*one),
    (
        (asked(1, 9, Category.DATA, "poll: parked", "A", 500), 200),
        (asked(2, 9, Category.DATA, "poll: parked", "A"), 503),
        (asked(3, 10, Category.WAKE, "a rule", "B", 100), 200),
        (asked(4, 10, Category.FREE, "", None), 200),
    ),
    Ledger(),
)


def told(month: date = MARCH, currency: str = "USD") -> dict[str, Any]:
    """Return a statement for a budget of four of a currency."""
    budget = Budget(amount=Decimal(4), currency=currency)
    return statement(LEDGER, month, budget=budget, now=NOW, names=NAMES)


def test_a_statement_says_what_it_costs() -> None:
    """Per category and together, against discount and budget."""
    said = told()
    assert said["month"] == "2026-03"
    assert (said["cost"], said["costs"]["data"], said["costs"]["wake"]) == (
        "3.00",
        "1.00",
        "2.00",
    )
    assert (said["discount"], said["due"]) == ("10", "0.00")
    assert (said["budget_used"], said["level"]) == (75.0, "normal")
    assert (said["billed"]["data"], said["requests"]["data"]) == (500, 501)
    # Three dollars in two days, and three weeks to go.
    assert said["projected"] == "34.50"


def test_a_statement_adds_up_by_everything() -> None:
    """Days, cars by their names, and reasons."""
    said = told()
    assert said["days"] == [
        {"day": "2026-03-09", "requests": 501, "billed": 500},
        {"day": "2026-03-10", "requests": 101, "billed": 100},
    ]
    assert {row["vehicle"]: row["billed"] for row in said["vehicles"]} == {
        "Skipper": 500,
        None: 100,
    }
    assert {row["reason"]: row["requests"] for row in said["reasons"]} == {
        "poll: parked": 501,
        "a rule": 100,
        "": 1,
    }
    assert [line["category"] for line in said["lines"]] == ["data", "free", "wake"]
    assert "'A'" not in str(said)


@pytest.mark.parametrize(
    ("currency", "cost", "due"),
    [
        pytest.param("EUR", "3.00", "0.00", id="euros"),
        pytest.param("GBP", "2.31", "0.00", id="pounds"),
        pytest.param("DKK", "21.06", "0.00", id="kroner"),
        pytest.param("JPY", "431", "0", id="whole yen"),
    ],
)
def test_a_statement_in_any_currency(currency: str, cost: str, due: str) -> None:
    """Rounded to the smallest that it has."""
    said = told(currency=currency)
    assert (said["currency"], said["cost"], said["due"]) == (currency, cost, due)


def test_another_month_has_no_projection() -> None:
    """It is over, or not begun."""
    said = told(date(2026, 2, 1))
    assert (said["month"], said["cost"], said["projected"]) == ("2026-02", "0.00", None)
    assert said["lines"] == []
