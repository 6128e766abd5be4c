"""The latency counts what it says it counts; how fast is judged by the benchmark."""

from typing import Any, Final

import pytest

from . import latency, report, weight

KEPT: Final = {"awake_overhead_ms": 14.9, "asleep_after_online_s": 2.0}


def test_commands_are_timed() -> None:
    """As many as asked for, each to a car that accepted it, each wake within its time."""
    found: dict[str, Any] = weight.child("latency_live", "3")
    assert len(found["awake_ms"]) == len(found["round_trip_ms"]) == 3
    assert min(found["awake_ms"]) > 0
    assert min(found["round_trip_ms"]) > 0
    # One more car was woken before anything was timed.
    assert (len(found["asleep_s"]), found["wakes"]) == (3, 4)
    assert min(found["asleep_s"]) > 0
    assert min(found["woke_s"]) >= 8
    assert max(found["woke_s"]) <= 31


@pytest.mark.parametrize(
    ("figures", "missed"),
    [
        pytest.param({}, 0, id="both are kept"),
        pytest.param({"awake_overhead_ms": 15.1}, 1, id="too slow awake"),
        pytest.param({"asleep_after_online_s": 2.1}, 1, id="too slow asleep"),
    ],
)
def test_a_bound_is_judged(figures: dict[str, float], missed: int) -> None:
    """What is missed is said on the page."""
    page = report.page({**ABOUT, "latency": KEPT | figures})
    assert page.count("**missed**") == missed
    assert page.count("| met |") == 2 - missed


def test_nothing_is_judged_that_was_not_measured() -> None:
    """A run of some months only has no commands."""
    assert latency.promised(None) == []
    assert "Latency" not in report.page(ABOUT)


ABOUT: Final[dict[str, Any]] = {
    "commit": "abc",
    "seconds": 1.0,
    "days": 1,
    "home_assistant": "2026.10",
    "commuter": {},
}
