"""Tesla's price list: what one unit of a currency buys of each billing category."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ..model.record import record

_PAY_PER_USE: Final = date(2025, 1, 1)
"""The day from which Tesla bills by use."""


@record
class Prices:
    """What one unit of a currency buys, from the first of a month on."""

    currency: str
    since: date
    data: Decimal
    command: Decimal
    wake: Decimal
    signal: Decimal
    discount: Decimal
    """What Tesla gives away each month."""
    smallest: Decimal = Decimal("0.01")
    """The smallest amount of the currency; each category is rounded to it."""

    def bill(
        self, *, data: int = 0, command: int = 0, wake: int = 0, signal: int = 0
    ) -> Decimal:
        """Return what a month's billed counts cost, rounded category by category."""
        costs = (
            self._cost(data, self.data),
            self._cost(command, self.command),
            self._cost(wake, self.wake),
            self._cost(signal, self.signal),
        )
        return sum(costs, Decimal(0))

    def _cost(self, count: int, per_unit: Decimal) -> Decimal:
        """Return the rounded cost of one category."""
        return (count / per_unit).quantize(self.smallest, ROUND_HALF_UP)


PRICES: Final = (
    Prices(
        currency="DKK",
        since=_PAY_PER_USE,
        data=Decimal("71.23"),
        command=Decimal("142.45"),
        wake=Decimal("7.12"),
        signal=Decimal("21367.52"),
        discount=Decimal(70),
    ),
    Prices(
        currency="EUR",
        since=_PAY_PER_USE,
        data=Decimal(500),
        command=Decimal(1000),
        wake=Decimal(50),
        signal=Decimal(150_000),
        discount=Decimal(10),
    ),
    Prices(
        currency="GBP",
        since=_PAY_PER_USE,
        data=Decimal("650.2"),
        command=Decimal("1300.39"),
        wake=Decimal("65.02"),
        signal=Decimal("195058.52"),
        discount=Decimal(8),
    ),
    Prices(
        currency="JPY",
        since=_PAY_PER_USE,
        data=Decimal("3.45"),
        command=Decimal("6.91"),
        wake=Decimal("0.35"),
        signal=Decimal("1035.91"),
        discount=Decimal(1448),
        # The yen has nothing smaller.
        smallest=Decimal(1),
    ),
    Prices(
        currency="USD",
        since=_PAY_PER_USE,
        data=Decimal(500),
        command=Decimal(1000),
        wake=Decimal(50),
        signal=Decimal(150_000),
        discount=Decimal(10),
    ),
)
"""Sorted by currency, then day. A new price is one more row with its first day."""

CURRENCIES: Final = tuple(dict.fromkeys(row.currency for row in PRICES))


def prices(currency: str, month: date) -> Prices:
    """Return the prices of a month; of a month before the first known ones, those."""
    rows = [row for row in PRICES if row.currency == currency]
    valid = [row for row in rows if row.since <= month.replace(day=1)]
    return valid[-1] if valid else rows[0]
