"""The price list: what a month's counts cost in each currency."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.prices import CURRENCIES, PRICES, prices

MARCH = date(2026, 3, 14)
COUNTS = st.integers(0, 10**7)


def test_rows_are_sorted_and_told_apart() -> None:
    """Whoever adds a price finds its place, and no day has two."""
    keys = [(row.currency, row.since) for row in PRICES]

    assert keys == sorted(set(keys))


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_discount_is_worth_the_same_everywhere(currency: str) -> None:
    """Tesla gives away about 5,000 looks a month, whatever the currency."""
    row = prices(currency, MARCH)

    assert 4900 < row.discount * row.data < 5300


@pytest.mark.parametrize(
    ("currency", "counts", "cost"),
    [
        pytest.param("USD", {"data": 208}, "0.42", id="a week of looks in dollars"),
        pytest.param("USD", {"data": 2}, "0.00", id="two looks round to nothing"),
        pytest.param("USD", {"data": 3}, "0.01", id="three round to a cent"),
        pytest.param("USD", {"command": 5}, "0.01", id="half a cent rounds up"),
        pytest.param(
            "EUR",
            {"data": 3, "command": 6},
            "0.02",
            id="each category is rounded, not their sum",
        ),
        pytest.param("EUR", {"wake": 1}, "0.02", id="a wake costs two cents"),
        pytest.param("USD", {"signal": 150_000}, "1.00", id="signals are cheap"),
        pytest.param("GBP", {"data": 6502}, "10.00", id="pounds"),
        pytest.param("DKK", {"command": 14245}, "100.00", id="kroner"),
        pytest.param("JPY", {"wake": 1}, "3", id="yen have no cents"),
        pytest.param("JPY", {}, "0", id="nothing costs nothing"),
    ],
)
def test_cost(currency: str, counts: dict[str, int], cost: str) -> None:
    """A month's bill, rounded as Tesla's."""
    assert prices(currency, MARCH).bill(**counts) == Decimal(cost)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_month_before_the_first_prices_has_the_first(currency: str) -> None:
    """An old journal still has a cost."""
    assert prices(currency, date(2020, 5, 5)) == prices(currency, MARCH)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(CURRENCIES), COUNTS, COUNTS)
def test_more_never_costs_less(currency: str, one: int, other: int) -> None:
    """The bill grows with what is asked."""
    row = prices(currency, MARCH)

    assert row.bill(data=min(one, other)) <= row.bill(data=max(one, other))
