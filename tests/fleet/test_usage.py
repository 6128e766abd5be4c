"""The ledger: nothing asked of Tesla gets lost, and the journal tells it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.budget import Told
from custom_components.fleet_pulse.fleet.usage import (
    NEVER_SENT,
    Category,
    Entry,
    Ledger,
    entry_line,
    is_billed,
    replay,
    settle_line,
    told_line,
    wake_line,
)
from custom_components.fleet_pulse.fleet.wake import WakeAttempt, WakeOutcome

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MARCH = NOON.date()
DAY = timedelta(days=1)

CATEGORIES = st.sampled_from(Category)
STATUSES = st.none() | st.sampled_from([NEVER_SENT, 200, 401, 408, 429, 500, 503])
MOMENTS = st.datetimes(
    datetime(2026, 2, 20), datetime(2026, 4, 10), timezones=st.just(UTC)
)
ENTRIES = st.builds(
    Entry,
    id=st.text(min_size=1, max_size=4),
    at=MOMENTS,
    category=CATEGORIES,
    vin=st.none() | st.text(max_size=5),
    endpoint=st.text(max_size=8),
    reason=st.text(max_size=12),
    count=st.integers(1, 5),
)
ATTEMPTS = st.builds(
    WakeAttempt,
    vin=st.sampled_from(["A", "B"]),
    at=MOMENTS,
    scheduled=st.booleans(),
    reason=st.text(max_size=8),
    outcome=st.none() | st.sampled_from(WakeOutcome),
    posts=st.integers(0, 3),
    ended_at=st.none() | MOMENTS,
)
LINES = st.lists(
    ENTRIES.map(entry_line)
    | st.builds(settle_line, st.text(min_size=1, max_size=4), STATUSES)
    | ATTEMPTS.map(wake_line),
    max_size=12,
)

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


def test_replay_knows_what_was_told() -> None:
    """A share of the budget, in the amount's own digits; damage is no share."""
    told = Told(
        month=date(2026, 3, 1), amount=Decimal("12.50"), currency="EUR", share=80
    )
    quiet = replace(told, share=50, aloud=False)
    line = told_line(told)
    damaged = [
        line.replace("12.50", "NaN"),
        line.replace("12.50", "ten"),
        line.replace("2026-03-01", "March"),
        line.replace("80", "-80"),
    ]

    replayed = replay([line, line, told_line(quiet), *damaged])

    assert replayed.told == {told, quiet}
    assert replayed.garbage == len(damaged)


def test_replay_tells_it_again() -> None:
    """Requests, answers and wakes come back as they were."""
    wake = WakeAttempt(vin="A", at=NOON, scheduled=True, reason="rule")
    ended = wake.posted().ended(WakeOutcome.FAILED, NOON + timedelta(seconds=90))
    lost = WakeAttempt(vin="B", at=NOON - DAY, scheduled=False, reason="button")
    waiting = entry(3, category=Category.COMMAND, reason='a "quoted"\nrule {"kind":')
    lines = [
        entry_line(entry(1)),
        settle_line("1", 200),
        entry_line(entry(2)),
        settle_line("2", 503),
        wake_line(wake),
        wake_line(wake.posted()),
        wake_line(ended),
        wake_line(lost),
        entry_line(waiting),
    ]

    replayed = replay(lines)

    assert replayed.ledger.billed(MARCH)[Category.DATA] == 1
    assert replayed.unsettled == (waiting,)
    assert [(w.vin, w.outcome, w.posts) for w in replayed.wakes] == [
        ("B", WakeOutcome.LOST, 0),
        ("A", WakeOutcome.FAILED, 1),
    ]
    assert replayed.wakes[1] == ended
    assert replayed.garbage == 0


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("not JSON", id="not JSON"),
        pytest.param("[]", id="a list"),
        pytest.param("3", id="a number"),
        pytest.param("null", id="nothing"),
        pytest.param("{}", id="no kind"),
        pytest.param('{"kind":[]}', id="a kind that is a list"),
        pytest.param('{"kind":"future"}', id="an unknown kind"),
        pytest.param('{"kind":"opened","id":7}', id="fields missing"),
        pytest.param('{"kind":"settled","id":1,"status":200}', id="an id of a number"),
        pytest.param('{"kind":"settled","id":"1","status":"x"}', id="no status"),
        pytest.param('{"kind":"settled","id":"1","status":-1}', id="negative status"),
        pytest.param("[" * 100_000, id="endless nesting"),
        pytest.param(
            entry_line(entry()).replace('"data"', '"gold"'), id="an unknown category"
        ),
        pytest.param(
            entry_line(entry()).replace("+00:00", ""), id="a time without its zone"
        ),
        pytest.param(
            entry_line(entry()).replace("2026-03-10", "0001-99-10"), id="no such day"
        ),
        pytest.param(
            entry_line(entry()).replace('"count":1', '"count":1e9'), id="half a look"
        ),
    ],
)
def test_garbage_is_counted_and_harms_nothing(line: str) -> None:
    """A line that is none of ours leaves the others alone."""
    replayed = replay([entry_line(entry(2)), line, "", "\n", settle_line("2", 200)])

    assert replayed.garbage == 1
    assert replayed.ledger == Ledger().posted(entry(2), 200)


@pytest.mark.parametrize("length", range(1, len(entry_line(entry(1))) - 1, 7))
def test_what_follows_a_torn_line_on_it_is_not_lost(length: int) -> None:
    """A crash in the middle of a write costs that line and no other."""
    torn = entry_line(entry(1))[:length]

    replayed = replay([torn + entry_line(entry(2))])

    assert replayed.ledger == Ledger().opened(entry(2))
    assert replayed.garbage == 1


def test_a_line_is_one_line() -> None:
    """Text cannot break a line, whatever is in it."""
    line = entry_line(entry(reason="a\nb\r\x85\u2028c"))

    assert line.splitlines() == [line.rstrip("\n")]
    assert json.loads(line)["reason"] == "a\nb\r\x85\u2028c"


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_replaying_twice_is_replaying_once(lines: Sequence[str]) -> None:
    """A journal that was copied onto itself costs no more."""
    once = replay(lines)
    twice = replay([*lines, *lines])

    assert twice.wakes == once.wakes
    assert twice.ledger.days.keys() == once.ledger.days.keys()
    assert all(
        twice.ledger.counts(day) == once.ledger.counts(day) for day in once.ledger.days
    )


@settings(max_examples=60, deadline=None)
@given(LINES, st.data())
def test_a_torn_journal_costs_one_event_at_most(
    lines: Sequence[str], data: st.DataObject
) -> None:
    """Cut anywhere, all whole lines before the cut count."""
    text = "".join(lines)
    cut = data.draw(st.integers(0, len(text)))
    whole = [line for line in text[:cut].splitlines(keepends=True) if line[-1] == "\n"]

    torn = replay(text[:cut].splitlines())

    assert torn.garbage <= 1
    assert torn.garbage or torn == replay(text[:cut].rstrip("\n").split("\n"))
    assert not torn.garbage or torn.ledger == replay(whole).ledger


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30) | st.binary(max_size=30).map(repr), max_size=6))
def test_no_text_breaks_replay(lines: list[str]) -> None:
    """Whatever stands in the file, reading it ends well."""
    assert replay(lines).ledger == Ledger()


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
