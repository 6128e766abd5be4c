"""The ledger: nothing asked of Tesla gets lost."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.usage import (
    NEVER_SENT,
    Category,
    Entry,
    Ledger,
    is_billed,
)

from .requests import ENTRIES, MOMENTS, NOON, STATUSES

MARCH = NOON.date()
DAY = timedelta(days=1)

REQUESTS = st.lists(st.tuples(ENTRIES, STATUSES), max_size=10)


def entry(number: int = 1, **changes: Any) -> Entry:
    """Return a look at a car."""
    values = {"id": str(number), "at": NOON, "category": Category.DATA, "vin": "A"}
    return Entry(**(values | changes))


def looks(count: int, at: datetime = NOON) -> Ledger:
    """Return a ledger with so many looks at once."""
    return Ledger().posted(entry(at=at, count=count), 200)


def posted(requests: Sequence[tuple[Entry, int | None]]) -> Ledger:
    """Return a ledger of requests and how they were answered."""
    return reduce(lambda ledger, one: ledger.posted(*one), requests, Ledger())


@pytest.mark.parametrize(
    ("category", "status", "billed"),
    [
        pytest.param(Category.DATA, 200, True, id="an answer"),
        pytest.param(Category.DATA, 408, True, id="a sleeping car"),
        pytest.param(Category.COMMAND, 429, True, id="too many"),
        pytest.param(Category.WAKE, 401, True, id="not signed in"),
        pytest.param(Category.DATA, 500, False, id="Tesla's own fault"),
        pytest.param(Category.DATA, 540, False, id="unavailable"),
        pytest.param(Category.DATA, None, True, id="a lost answer"),
        pytest.param(Category.DATA, NEVER_SENT, False, id="never left"),
        pytest.param(Category.FREE, 200, False, id="free"),
        pytest.param(Category.FREE, None, False, id="free and lost"),
    ],
)
def test_what_tesla_bills(category: Category, status: int | None, billed: bool) -> None:
    """The rule, and that the ledger follows it."""
    ledger = Ledger().posted(entry(category=category), status)

    assert is_billed(category, status) is billed
    assert ledger.billed(MARCH)[category] == int(billed)
    assert ledger.counts(MARCH)[category] == 1
    assert not ledger.pending


def test_a_request_under_way_counts_as_spent() -> None:
    """A crash before the answer leaves the ledger too high, never too low."""
    ledger = Ledger().opened(entry(category=Category.WAKE))

    assert ledger.billed(MARCH)[Category.WAKE] == 1
    assert ledger.settled("1", 503).billed(MARCH)[Category.WAKE] == 0


def test_opening_twice_and_settling_twice_count_once() -> None:
    """What comes twice is one request."""
    ledger = Ledger().opened(entry()).opened(entry())

    assert ledger.settled("1", 500).settled("1", 500).billed(MARCH) == dict.fromkeys(
        Category, 0
    )
    assert ledger.settled("unknown", 500) is ledger


@pytest.mark.parametrize(
    ("at", "month"),
    [
        pytest.param(
            datetime(2026, 3, 31, 23, 59, tzinfo=UTC),
            date(2026, 3, 1),
            id="the last minute of March",
        ),
        pytest.param(
            datetime.fromisoformat("2026-04-01T01:30:00+02:00"),
            date(2026, 3, 1),
            id="April in Berlin is still March at Tesla",
        ),
        pytest.param(
            datetime.fromisoformat("2026-03-31T20:30:00-05:00"),
            date(2026, 4, 30),
            id="March in Chicago is April already",
        ),
    ],
)
def test_the_month_is_utc(at: datetime, month: date) -> None:
    """Tesla's billing month, not the owner's."""
    assert looks(500, at).cost(month, "USD") == Decimal(1)


def test_totals_by_anything() -> None:
    """Per car, reason or day, as the action shows it."""
    ledger = posted(
        [
            (entry(1, reason="poll"), 200),
            (entry(2, reason="rule", vin="B"), 200),
            (entry(3, reason="poll", at=NOON + DAY), 500),
            (entry(4, reason="poll", at=NOON - 30 * DAY), 200),
        ]
    )

    by_reason = ledger.total(MARCH, lambda line: line.kind.reason)
    by_car = ledger.total(MARCH, lambda line: line.kind.vin)
    by_day = ledger.total(MARCH, lambda line: line.day.day)

    assert {key: (t.requests, t.billed) for key, t in by_reason.items()} == {
        "poll": (2, 1),
        "rule": (1, 1),
    }
    assert {key: t.requests for key, t in by_car.items()} == {"A": 2, "B": 1}
    assert {key: t.requests for key, t in by_day.items()} == {10: 2, 11: 1}


def test_old_days_can_be_dropped() -> None:
    """What is dropped costs nothing any more, the rest stays."""
    ledger = looks(500).posted(entry(2, at=NOON - 40 * DAY), 200)

    kept = ledger.since(date(2026, 3, 1))

    assert kept.cost(MARCH, "USD") == Decimal(1)
    assert kept.billed(date(2026, 1, 29))[Category.DATA] == 0


@pytest.mark.parametrize(
    ("ledger", "now", "cost"),
    [
        pytest.param(Ledger(), NOON, "0", id="nothing asked, nothing expected"),
        pytest.param(
            looks(500, datetime(2026, 3, 1, tzinfo=UTC)),
            datetime(2026, 3, 2, tzinfo=UTC),
            "31",
            id="one dollar a day since yesterday",
        ),
        pytest.param(
            looks(500, datetime(2026, 3, 1, tzinfo=UTC)),
            datetime(2026, 3, 1, 0, 10, tzinfo=UTC),
            "31.99",
            id="ten minutes are a day at least",
        ),
        pytest.param(
            looks(500, datetime(2026, 3, 1, tzinfo=UTC)),
            datetime(2026, 3, 20, tzinfo=UTC),
            "1",
            id="what is over a week ago is no pace",
        ),
        pytest.param(
            looks(3500, datetime(2026, 2, 25, tzinfo=UTC)),
            datetime(2026, 3, 4, tzinfo=UTC),
            "28",
            id="last month's part of the week counts for the pace only",
        ),
    ],
)
def test_projection(ledger: Ledger, now: datetime, cost: str) -> None:
    """The month's end at the pace of the last week."""
    assert ledger.projected(now, "USD") == Decimal(cost)


@settings(max_examples=60, deadline=None)
@given(REQUESTS, ENTRIES, STATUSES)
def test_opening_never_lowers_the_cost(
    requests: list[tuple[Entry, int | None]], request: Entry, status: int | None
) -> None:
    """Cost grows with every request; an answer gives back that request at most."""
    ledger, month = posted(requests), request.at.date()
    opened = ledger.opened(request)
    settled = opened.settled(request.id, status)

    before, during, after = (
        one.cost(month, "USD") for one in (ledger, opened, settled)
    )
    assert before <= after <= during


@settings(max_examples=60, deadline=None)
@given(REQUESTS, MOMENTS)
def test_a_projection_is_never_below_the_cost(
    requests: list[tuple[Entry, int | None]], now: datetime
) -> None:
    """What is spent is not given back by the end of the month."""
    ledger = posted(requests)

    assert ledger.projected(now, "EUR") >= ledger.cost(now.date(), "EUR")
