"""What a person asks of the rules of a car, and what is remembered of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules import requests
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.memory import (
    HeldBy,
    Hold,
    Memory,
    OneOff,
    Skip,
)

NOW: Final = datetime(2026, 10, 5, 20, tzinfo=UTC)
DAY: Final = date(2026, 10, 6)
LATER: Final = Span(start=NOW, end=NOW + timedelta(hours=5))
RULE: Final = ChargeRule.load(
    "night",
    "Night",
    {
        "car": "a car",
        "days": ["tue"],
        "windows": [{"start": "23:00", "end": "06:00"}],
        "target_soc": 70,
    },
)
TRIP: Final = OneOff(id="trip", target_soc=90)
MOVED: Final = OneOff(
    id="night_2026-10-06",
    target_soc=70,
    start=LATER.start,
    ready_by=LATER.end,
    name="Night",
    made_at=NOW,
)
SKIP: Final = Skip(rule="night", day=DAY)
KNOWN: Final = Memory(baseline=80, one_offs=(TRIP,), disabled=frozenset({"other"}))
"""What has nothing to do with it, and stays."""

type Request = Callable[[Memory], Memory]


def off(memory: Memory) -> Memory:
    """Switch the rule off."""
    return requests.switched(memory, "night", on=False)


def on(memory: Memory) -> Memory:
    """Switch the rule on."""
    return requests.switched(memory, "night", on=True)


def skip(memory: Memory) -> Memory:
    """Leave tomorrow out."""
    return requests.skipped(memory, "night", DAY)


def move(memory: Memory) -> Memory:
    """Have tomorrow elsewhere."""
    return requests.moved(memory, RULE, DAY, LATER, NOW)


def unskip(memory: Memory) -> Memory:
    """Have tomorrow after all."""
    return requests.unskipped(memory, "night", DAY)


def hold(memory: Memory) -> Memory:
    """Have rules leave the car alone."""
    return requests.held(memory, None, NOW)


def trip(memory: Memory) -> Memory:
    """Ask for another trip of the same name."""
    return requests.with_one_off(memory, replace(TRIP, target_soc=95))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(
            [off], replace(KNOWN, disabled=frozenset({"night", "other"})), id="off"
        ),
        pytest.param([off, off, on], KNOWN, id="off, and on again"),
        pytest.param([skip], replace(KNOWN, skipped=frozenset({SKIP})), id="left out"),
        pytest.param([skip, unskip], KNOWN, id="left out, and not"),
        pytest.param(
            [move],
            replace(KNOWN, skipped=frozenset({SKIP}), one_offs=(TRIP, MOVED)),
            id="elsewhere",
        ),
        pytest.param([move, move, unskip], KNOWN, id="elsewhere twice, and not"),
        pytest.param(
            [hold],
            replace(KNOWN, hold=Hold(by=HeldBy.REQUEST, since=NOW)),
            id="on hold",
        ),
        pytest.param([hold, requests.resumed], KNOWN, id="on hold, and not"),
        pytest.param(
            [trip],
            replace(KNOWN, one_offs=(replace(TRIP, target_soc=95),)),
            id="a trip in the other's place",
        ),
    ],
)
def test_what_is_asked_for_is_all_that_changes(
    asked: list[Request], expected: Memory
) -> None:
    """Everything else is as before, and nothing is there twice."""
    memory = KNOWN
    for one in asked:
        memory = one(memory)
    assert memory == expected


def test_a_rule_applied_at_once_is_one_thing_however_often() -> None:
    """Who presses twice gets it once."""
    one = requests.at_once(RULE, NOW)
    assert (one.target_soc, one.name, one.start, one.ready_by) == (
        70,
        "Night",
        None,
        None,
    )
    twice = requests.with_one_off(requests.with_one_off(Memory(), one), one)
    assert twice.one_offs == (one,)
    assert requests.without(twice, one.id) == Memory()
