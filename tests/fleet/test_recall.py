"""What is remembered of looks and lists over a restart."""

from datetime import timedelta
from typing import Final

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.listing import ListMemory, next_list
from custom_components.fleet_pulse.fleet.poll import PollMemory, PollReason
from custom_components.fleet_pulse.fleet.recall import (
    dump_lists,
    dump_looks,
    load_lists,
    load_looks,
)
from custom_components.fleet_pulse.fleet.waits import Waits

from .cars import NOW, ago, hence

WAITS: Final = Waits()
FULL: Final = PollMemory(
    online_since=ago(60),
    looked_at=ago(5),
    tried_at=ago(1),
    unchanged=2,
    parked_looks=3,
    failures=4,
    retry_at=hence(3),
    blocked_until=hence(20),
    blocked_by=PollReason.DISABLED,
)


def recalled(known: PollMemory) -> PollMemory:
    """Return a memory after a restart, now."""
    return load_looks(dump_looks(known), now=NOW, waits=WAITS)


def test_what_would_cost_money_is_kept() -> None:
    """Tesla's word, our back-off and what was looked at are as before."""
    assert recalled(FULL) == FULL


def test_whether_it_is_online_is_asked_anew() -> None:
    """The word of a list is worth seconds: it does not outlast a restart."""
    assert recalled(PollMemory(listed_at=NOW)) == PollMemory()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(
            PollMemory(looked_at=hence(9000), tried_at=hence(9000)),
            PollMemory(looked_at=NOW, tried_at=NOW),
            id="looked at tomorrow: now",
        ),
        pytest.param(
            PollMemory(retry_at=hence(9000)),
            PollMemory(retry_at=hence(15)),
            id="a back-off of days: the longest there is",
        ),
        pytest.param(
            PollMemory(blocked_until=hence(9000)),
            PollMemory(blocked_until=hence(24 * 60)),
            id="blocked for a week: a day",
        ),
        pytest.param(
            PollMemory(blocked_until=ago(1), retry_at=ago(1)), PollMemory(), id="over"
        ),
    ],
)
def test_a_clock_that_jumped_back_silences_nobody(
    known: PollMemory, expected: PollMemory
) -> None:
    """No wait is longer than it can have been meant, however late it was written."""
    assert recalled(known) == expected


def test_a_running_memory_moves_with_the_clock() -> None:
    """Jumped back by an hour: what was a while ago, or ahead, still is."""
    known = PollMemory(
        listed_at=hence(60),
        looked_at=hence(50),
        tried_at=hence(58),
        retry_at=hence(64),
        blocked_until=hence(80),
    )

    assert known.believed(now=NOW) == PollMemory(
        looked_at=ago(10), tried_at=ago(2), retry_at=hence(4), blocked_until=hence(20)
    )
    assert known.believed(now=hence(60)) == known
    assert ListMemory(asked_at=hence(60), blocked_until=hence(65)).believed(
        now=NOW
    ) == ListMemory(asked_at=NOW, blocked_until=hence(5))


def test_the_wait_of_a_list_is_kept() -> None:
    """Tesla asked to wait: also the first list after a start does."""
    blocked = ListMemory(asked_at=ago(1), failures=2, blocked_until=hence(7))

    again = load_lists(dump_lists(blocked), now=NOW)

    assert next_list(again, now=NOW, waits=WAITS) == hence(7)
    assert next_list(load_lists({}, now=NOW), now=NOW, waits=WAITS) == NOW
    assert load_lists(dump_lists(ListMemory(failures=3)), now=NOW) == ListMemory()


ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes().map(lambda at: f"{at.isoformat()}+00:00"),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
KEYS: Final = st.sampled_from([*dump_looks(FULL), "something"])


@given(ANYTHING | st.dictionaries(KEYS, ANYTHING))
def test_garbage_is_left_out(data: object) -> None:
    """Whatever lies on the disk: nothing is raised, nobody waits for longer."""
    known = load_looks(data, now=NOW, waits=WAITS)

    assert known.believed(now=NOW) == known
    assert known.unchanged >= 0
    assert next_list(load_lists(data, now=NOW), now=NOW, waits=WAITS) <= NOW + (
        timedelta(days=1)
    )
