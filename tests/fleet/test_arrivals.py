"""Snapshots are relied on only while they come with each sleep and each wake."""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.arrivals import (
    PATIENCE,
    SLACK,
    TRUSTED_FOR,
    Arrivals,
)

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)

type Heard = tuple[str, int | None]


def after(*lists: Heard) -> Arrivals:
    """Hear a list a minute: Tesla's word, and the minute a new snapshot is of."""
    known = Arrivals()
    for minute, (word, written) in enumerate(lists):
        newest = None if written is None else NOW + written * MINUTE
        known = known.heard(word, newest, now=NOW + minute * MINUTE)
    return known


@pytest.mark.parametrize(
    ("lists", "arrive"),
    [
        pytest.param([("asleep", None)], False, id="no snapshot"),
        pytest.param([("asleep", -60)], True, id="one of this night"),
        pytest.param([("asleep", -60 * 13)], False, id="an old one proves nothing"),
        pytest.param(
            [("asleep", -60), ("online", 1)], True, id="a wake brought a newer one"
        ),
        pytest.param(
            [("asleep", -60), ("online", 0)],
            True,
            id="written before the list noticed the wake",
        ),
        pytest.param(
            [("asleep", -60), ("online", None)], True, id="it may still be under way"
        ),
        pytest.param(
            [("asleep", -60), *[("online", None)] * 5],
            False,
            id="a wake brought none",
        ),
        pytest.param(
            [("asleep", -60), *[("online", None)] * 5, ("asleep", 6)],
            True,
            id="the next sleep did",
        ),
        pytest.param(
            [("online", 0), *[("online", None)] * 9, *[("asleep", None)] * 5],
            False,
            id="a sleep brought none",
        ),
        pytest.param(
            [("online", 0), *[("online", None)] * 60],
            True,
            id="a car that stays awake owes nothing",
        ),
        pytest.param(
            [("online", 0), *[("offline", None)] * 9, ("online", None)],
            True,
            id="a garage without reception is neither sleep nor wake",
        ),
    ],
)
def test_when_snapshots_are_relied_on(lists: list[Heard], *, arrive: bool) -> None:
    """What was due and did not come ends it; the next that comes begins it again."""
    assert after(*lists).arrive is arrive


def test_waiting_is_short() -> None:
    """Lists come each minute, so a push is missed soon, and no night is trusted."""
    assert PATIENCE < SLACK < TRUSTED_FOR <= timedelta(hours=12)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["asleep", "online", "offline"]),
            st.none() | st.integers(-2000, 40),
        ),
        max_size=30,
    )
)
def test_without_a_snapshot_nothing_arrives(lists: list[Heard]) -> None:
    """Whatever a car does, something that can be read must have been there."""
    known = after(*lists)
    assert not known.arrive or known.newest is not None
    assert not after(*[(word, None) for word, _ in lists]).arrive
