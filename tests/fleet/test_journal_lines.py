"""The journal's lines: reading them tells the ledger again, whatever was torn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.budget import Told
from custom_components.fleet_pulse.fleet.journal_lines import (
    Noted,
    command_end_line,
    command_line,
    entry_line,
    replay,
    settle_line,
    told_line,
    wake_line,
)
from custom_components.fleet_pulse.fleet.usage import Category, Entry, Ledger
from custom_components.fleet_pulse.fleet.wake import WakeAttempt, WakeOutcome

from .requests import ENTRIES, MOMENTS, NOON, STATUSES

MARCH = NOON.date()
DAY = timedelta(days=1)

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


def entry(number: int = 1, **changes: Any) -> Entry:
    """Return a look at a car."""
    values = {"id": str(number), "at": NOON, "category": Category.DATA, "vin": "A"}
    return Entry(**(values | changes))


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


# ---- commands


@pytest.mark.parametrize(
    ("ends", "under_way", "done"),
    [
        pytest.param([], ["a"], set(), id="nobody saw the end"),
        pytest.param([True], [], {"a"}, id="carried out"),
        pytest.param([False], [], set(), id="not carried out"),
        pytest.param([False, True], [], set(), id="an end without a beginning"),
    ],
)
def test_how_a_command_ended(
    ends: list[bool], under_way: list[str], done: set[str]
) -> None:
    """What has begun and not ended may be done; what failed may be sent again."""
    at = datetime(2026, 10, 5, 12, tzinfo=UTC)
    noted = Noted(id="a", vin="VIN", at=at, command="door_lock", reason="a rule")
    found = replay(
        [command_line(noted), *(command_end_line("a", done=end) for end in ends)]
    )
    assert [one.id for one in found.under_way] == under_way
    assert found.under_way in ((), (noted,))
    assert found.done == done


def test_only_what_was_done_lately_is_remembered() -> None:
    """What waits now cannot have been sent a month ago."""
    at = datetime(2026, 10, 5, 12, tzinfo=UTC)
    old, new = (
        Noted(id=name, vin="VIN", at=then, command="door_lock", reason="a rule")
        for name, then in (("old", at - timedelta(days=30)), ("new", at))
    )
    ends = [command_end_line(one.id, done=True) for one in (old, new)]
    found = replay([command_line(old), command_line(new), *ends])
    assert found.done == {"new"}
