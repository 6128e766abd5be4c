"""Since when nobody can have used a car, by words of the list alone."""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.poll import is_slow_sleeper
from custom_components.fleet_pulse.fleet.unused import Unused
from custom_components.fleet_pulse.fleet.waits import Waits

NOW: Final = datetime(2026, 10, 5, 12, tzinfo=UTC)
WAITS: Final = Waits()


def heard(*words: tuple[float, str | None]) -> Unused:
    """Hear words, each so many minutes after noon."""
    unused = Unused()
    for minutes, word in words:
        now = NOW + timedelta(minutes=minutes)
        unused = unused.heard(word, now=now, waits=WAITS)
    return unused


@pytest.mark.parametrize(
    ("words", "since"),
    [
        pytest.param([], None, id="nothing heard proves nothing"),
        pytest.param([(0, "online")], None, id="online proves nothing"),
        pytest.param([(0, "offline")], None, id="nor does offline: it may drive"),
        pytest.param([(0, None)], None, id="nor does silence"),
        pytest.param([(0, "asleep")], -10, id="asleep: not used for ten minutes"),
        pytest.param([(0, "asleep"), (1, "asleep")], -10, id="nor ever since"),
        pytest.param(
            [(0, "asleep"), (1, "online"), (3, "online"), (4, "asleep")],
            -10,
            id="nor when it stirred for three minutes",
        ),
        pytest.param(
            [(0, "asleep"), (1, "online"), (14, "online"), (15, "asleep")],
            5,
            id="awake for a quarter of an hour: it may have been used until ten before",
        ),
        pytest.param(
            [(0, "asleep"), (60, "asleep")], 50, id="unheard for an hour: anything"
        ),
    ],
)
def test_what_words_prove(
    words: list[tuple[float, str | None]], since: float | None
) -> None:
    """A used car stays awake for ten minutes at least."""
    expected = None if since is None else NOW + timedelta(minutes=since)
    assert heard(*words).since == expected
    assert heard(*words).covers(NOW + timedelta(days=1)) is (since is not None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.booleans(), max_size=90),
    st.sets(st.integers(0, 89), max_size=3),
)
def test_no_use_is_ever_missed(polled: list[bool], used: set[int]) -> None:
    """Whenever it is used and however it is listened to, the span begins later."""
    unused = Unused()
    awake_until = -1
    for minute, is_polled in enumerate(polled):
        if minute in used:
            awake_until = minute + 10
        if is_polled:
            word = "online" if minute <= awake_until else "asleep"
            now = NOW + timedelta(minutes=minute)
            unused = unused.heard(word, now=now, waits=WAITS)
    until = unused.until or NOW
    uses = [NOW + timedelta(minutes=u) for u in used if u < len(polled)]
    assert not any(unused.covers(use) for use in uses if use < until)


@pytest.mark.parametrize(
    ("vin", "expected"),
    [
        pytest.param("5YJSA7E20GF000001", True, id="a Model S of 2016"),
        pytest.param("5YJXCDE20LF000001", True, id="a Model X of 2020"),
        pytest.param("5YJSA7E20MF000001", False, id="a Model S of 2021"),
        pytest.param("LRW3E7FK2JC000001", False, id="a Model 3 of 2018"),
        pytest.param("", False, id="no VIN"),
    ],
)
def test_which_cars_looks_keep_awake(vin: str, expected: bool) -> None:
    """Those of before 2021 with the old computer."""
    assert is_slow_sleeper(vin) is expected
