"""The budget: what is still permitted at which share of it."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.budget import (
    Budget,
    BudgetLevel,
    Told,
    to_show,
    untold,
)

TEN = Budget(amount=Decimal(10), currency="USD")
STRICT = Budget(amount=Decimal(10), currency="USD", hard_stop=True)
NOTHING = Budget(amount=Decimal(0), currency="USD")
MONEY = st.decimals(0, 100, places=2)
ORDER = list(BudgetLevel)


@pytest.mark.parametrize(
    ("budget", "spent", "level", "crossed"),
    [
        pytest.param(TEN, "0", BudgetLevel.NORMAL, (), id="nothing spent"),
        pytest.param(TEN, "4.99", BudgetLevel.NORMAL, (), id="just below half"),
        pytest.param(TEN, "5", BudgetLevel.NORMAL, (50,), id="half is told"),
        pytest.param(TEN, "8", BudgetLevel.ECONOMY, (50, 80), id="economy from 80 %"),
        pytest.param(TEN, "9.99", BudgetLevel.ECONOMY, (50, 80), id="almost gone"),
        pytest.param(TEN, "10", BudgetLevel.SPENT, (50, 80, 100), id="gone"),
        pytest.param(
            STRICT, "10", BudgetLevel.STOPPED, (50, 80, 100), id="gone, hard stop"
        ),
        pytest.param(STRICT, "8", BudgetLevel.ECONOMY, (50, 80), id="hard stop waits"),
        pytest.param(
            NOTHING, "0", BudgetLevel.SPENT, (50, 80, 100), id="a budget of nothing"
        ),
    ],
)
def test_level(
    budget: Budget, spent: str, level: BudgetLevel, crossed: tuple[int, ...]
) -> None:
    """The level and what the owner hears about."""
    assert budget.level(Decimal(spent)) is level
    assert budget.crossed(Decimal(spent)) == crossed


@pytest.mark.parametrize(
    ("level", "automatic", "person"),
    [
        pytest.param(BudgetLevel.NORMAL, True, True, id="normal permits all"),
        pytest.param(BudgetLevel.ECONOMY, True, True, id="economy permits all"),
        pytest.param(BudgetLevel.SPENT, False, True, id="spent: people only"),
        pytest.param(BudgetLevel.STOPPED, False, False, id="stopped: nobody"),
    ],
)
def test_permission(level: BudgetLevel, automatic: bool, person: bool) -> None:
    """Who may still ask."""
    assert (level.permits_automatic, level.permits_person) == (automatic, person)


OCTOBER = date(2026, 10, 31)
NOVEMBER = date(2026, 11, 1)


def told(*shares: int, aloud: bool = True, budget: Budget = TEN) -> tuple[Told, ...]:
    """Return what was noted of a budget in October."""
    return tuple(
        Told(
            month=date(2026, 10, 1),
            amount=budget.amount,
            currency=budget.currency,
            share=share,
            aloud=aloud,
        )
        for share in shares
    )


@pytest.mark.parametrize(
    ("budget", "spent", "day", "known", "news"),
    [
        pytest.param(TEN, "4", OCTOBER, (), (), id="nothing reached"),
        pytest.param(TEN, "8", OCTOBER, (), (50, 80), id="two at once"),
        pytest.param(TEN, "8", OCTOBER, told(50), (80,), id="the next one"),
        pytest.param(TEN, "8", OCTOBER, told(50, 80), (), id="nobody hears it twice"),
        pytest.param(TEN, "8", NOVEMBER, told(50, 80), (50, 80), id="another month"),
        pytest.param(
            TEN,
            "8",
            OCTOBER,
            told(50, 80, budget=Budget(amount=Decimal(9), currency="USD")),
            (50, 80),
            id="another budget",
        ),
        pytest.param(
            STRICT, "8", OCTOBER, told(50, 80), (), id="a hard stop is no other budget"
        ),
        pytest.param(NOTHING, "8", OCTOBER, (), (), id="a budget of nothing"),
    ],
)
def test_a_share_is_told_once(
    budget: Budget,
    spent: str,
    day: date,
    known: tuple[Told, ...],
    news: tuple[int, ...],
) -> None:
    """For each month and budget."""
    found = untold(budget, Decimal(spent), day, known, aloud=True)
    assert tuple(one.share for one in found) == news
    again = untold(budget, Decimal(spent), day, (*known, *found), aloud=True)
    assert again == ()


@pytest.mark.parametrize(
    ("spent", "day", "known", "shown"),
    [
        pytest.param("10", OCTOBER, told(50, 80), 80, id="the highest that was told"),
        pytest.param("6", OCTOBER, told(50, 80), 50, id="what is gone no more is not"),
        pytest.param("9", NOVEMBER, told(50, 80), None, id="last month is over"),
        pytest.param("9", OCTOBER, told(80, aloud=False), None, id="known when raised"),
    ],
)
def test_the_highest_share_is_shown(
    spent: str, day: date, known: tuple[Told, ...], shown: int | None
) -> None:
    """One notice at a time."""
    assert to_show(TEN, Decimal(spent), day, known) == shown


@settings(max_examples=50, deadline=None)
@given(MONEY, MONEY, st.booleans())
def test_spending_never_permits_more(
    one: Decimal, other: Decimal, hard_stop: bool
) -> None:
    """Levels and thresholds only go one way within a month."""
    budget = Budget(amount=Decimal(7), currency="EUR", hard_stop=hard_stop)
    less, more = sorted((one, other))

    assert ORDER.index(budget.level(less)) <= ORDER.index(budget.level(more))
    assert set(budget.crossed(less)) <= set(budget.crossed(more))
