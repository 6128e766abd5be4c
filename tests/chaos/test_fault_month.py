"""Whatever goes wrong, the ledger is Tesla's bill, to the cent."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from custom_components.fleet_pulse.fleet.journal_lines import replay
from custom_components.fleet_pulse.fleet.prices import prices
from custom_components.fleet_pulse.fleet.usage import Ledger
from tests.lengths import IS_LONG

from .fault_month import FaultMonth, fault_month
from .reconcile import Reconciled, files, told

SEED: Final = 20261124
DAYS: Final = 31 if IS_LONG else 3
START: Final = datetime(2026, 10, 10 if IS_LONG else 30, 6, tzinfo=UTC)
"""A month ends on the way."""
MONTHS: Final = (date(2026, 10, 1), date(2026, 11, 1))


def replayed(month: FaultMonth) -> Ledger:
    """Read the journal as a start does."""
    texts = [path.read_text() for path in files(month.folder)]
    lines = [line for text in texts for line in text.splitlines()]
    return replay(lines).ledger


def costs(found: Reconciled) -> list[Decimal]:
    """Give what the months cost by our own prices, once all is looked up."""
    billed = found.billed()
    return [
        prices("USD", month).bill(
            **{
                category: count
                for (cycle, category), count in billed.items()
                if cycle == (month.year, month.month)
            }
        )
        for month in MONTHS
    ]


def tell(month: FaultMonth, found: Reconciled) -> None:
    """Show the figures to whoever runs it with -s."""
    print(  # noqa: T201 - the long proof is written down from it
        f"\n{DAYS} days, seed {SEED}: {len(month.cloud.requests)} requests,"
        f" {len(found.noted)} lines of billable ones,"
        f" {sum(request.fault for request in month.cloud.requests)} spoiled,"
        f" {sum(month.kills.values())} kills {dict(month.kills)};"
        f" {sum(month.unsettled)} without an end at a start,"
        f" {len(found.unanswered)} without a known answer,"
        f" {len(found.too_many)} of those not billed; bill {costs(found)}"
    )


@pytest.mark.long
async def test_the_ledger_is_the_bill(socket_enabled: None, tmp_path: Path) -> None:
    """Over faults, lost answers, kills and the end of a month.

    By the journal: each billable request that the cloud saw has one line that was on
    disk before, and each line with an answer the same answer at the cloud. Of the lines
    without one (lost, or killed before it came) each is looked up in the cloud's own
    log; without those that it did not bill, the ledger is the bill to the cent.
    """
    async with fault_month(tmp_path, START, days=DAYS, seed=SEED) as month:
        await month.live()
    found = month.reconcile()
    tell(month, found)
    assert found.broken == []
    assert found.billed() == month.bill
    assert costs(found) == [month.cloud.bill.total(cycle) for cycle in MONTHS]
    # The program reads its own journal as a stranger does, and remembers it.
    assert found.counted() == month.said
    ledger = replayed(month)
    assert found.counted() == Counter(
        {
            ((cycle.year, cycle.month), category): count
            for cycle in MONTHS
            for category, count in ledger.billed(cycle).items()
            if count
        }
    )
    # A kill leaves no more without an end than one request of each car.
    assert max(month.unsettled) <= len(month.cloud.cars)
    assert sum(month.kills.values()) >= DAYS
    assert len(found.too_many) < len(found.unanswered)
    # What a spent budget stops, and that each share was told once.
    assert found.polled_over(month.budget) == []
    shares = told(month.folder)
    assert len(shares) == len(set(shares))
    assert {("2026-10-01", share) for share in (50, 80, 100)} <= set(shares)
