"""A simulated year keeps what was promised: three weeks here, all of it in the proofs.

The short year is one over a change of clocks in which somebody does something every
other day; the long one has weeks without reception, 20 restarts and all seasons.
"""

import pytest

from tests.benchmark.rules_year import NEVER, WAKES

from .lives import DAYS, Figures


def test_every_deadline_that_physics_allows_is_met(ours: Figures) -> None:
    """At 80 % on working mornings, at 60 % when the weekend's window ends."""
    assert ours["deadlines"] > DAYS / 4
    assert ours["deadlines_met"] == ours["deadlines"], ours["found"]


def test_every_departure_is_warm(ours: Figures) -> None:
    """Wherever the car is at home in time."""
    assert ours["departures"] > DAYS / 2
    assert ours["departures_warm"] == ours["departures"], ours["found"]


def test_hardly_a_wake_is_forced(ours: Figures, model: str) -> None:
    """None of a car that wakes up by itself, a few in a year of one that does not."""
    assert ours["wakes"] <= WAKES[model], ours["woken"]


@pytest.mark.parametrize("what", NEVER)
def test_what_never_happens(ours: Figures, what: str) -> None:
    """No wake at night, no limit that nobody wanted last, nothing against the will."""
    assert ours[what] == 0, (ours["woken"], ours["found"])


def test_nothing_is_sent_that_is_so_already(ours: Figures) -> None:
    """Nor repeated after a restart, however Home Assistant ended."""
    assert ours["moot_commands"] == 0
