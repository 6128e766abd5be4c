"""The year of rules is judged by what was promised of it."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.year.lived import PROGRAMS
from tests.year.town import MODELS

from . import report, rules_year

KEPT: Final[Mapping[str, float]] = {
    "wakes": 0,
    "wakes_at_night": 0,
    "commands": 9,
    "moot_commands": 0,
    "looks": 99,
    "usd": 0.207,
    "deadlines_met": 12,
    "deadlines": 12,
    "departures_warm": 7,
    "departures": 7,
    "wrong_limit_min": 0,
    "against_will_min": 0,
}
BAD: Final = dict.fromkeys(KEPT, 1000)


def figures(model: str, **other: float) -> dict[str, Any]:
    """Give what was measured with one kind of car."""
    return {model: {"ours": {**KEPT, **other}, "tesla_fleet_automations": BAD}}


@pytest.mark.parametrize(
    ("model", "other", "missed"),
    [
        pytest.param("self_wakes", {}, 0, id="all kept; core's is only reported"),
        pytest.param("self_wakes", {"wakes": 1}, 1, id="woke a car that wakes up"),
        pytest.param("no_self_wakes", {"wakes": 4}, 0, id="a few wakes in a year"),
        pytest.param("no_self_wakes", {"wakes": 5}, 1, id="a wake too many"),
        pytest.param("no_self_wakes", {"wakes_at_night": 1}, 1, id="one at night"),
        pytest.param("self_wakes", {"deadlines_met": 11}, 1, id="a deadline missed"),
        pytest.param("self_wakes", {"departures_warm": 6}, 1, id="a cold cabin"),
        pytest.param("self_wakes", {"wrong_limit_min": 1}, 1, id="a wrong limit"),
        pytest.param("self_wakes", {"against_will_min": 1}, 1, id="not obeyed"),
    ],
)
def test_a_bound_is_judged(model: str, other: dict[str, float], missed: int) -> None:
    """What is missed is said on the page."""
    page = report.page({**ABOUT, "rules_year": figures(model, **other)})
    assert page.count("**missed**") == missed
    assert page.count("| met |") == 6 - missed


def test_nothing_is_judged_that_was_not_measured() -> None:
    """A run of some months only has no rules."""
    assert list(rules_year.promised(None)) == []
    assert "A year of rules" not in report.page(ABOUT)


@pytest.mark.parametrize("quick", [True, False])
def test_every_contestant_lives_every_year(quick: bool) -> None:
    """Side by side, with both kinds of cars."""
    found = {(case.program, *case.models) for case in rules_year.cases(quick=quick)}
    assert found == {(program, model) for program in PROGRAMS for model in MODELS}


ABOUT: Final[dict[str, Any]] = {
    "commit": "abc",
    "seconds": 1.0,
    "days": 1,
    "home_assistant": "2026.10",
    "commuter": {},
}
