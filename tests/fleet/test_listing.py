"""When the free list is asked: regularly, seldom after errors, soon for people."""

from datetime import datetime, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.errors import (
    BillingLimit,
    FleetError,
    RateLimited,
    TeslaUnavailable,
)
from custom_components.fleet_pulse.fleet.listing import ListMemory, next_list
from custom_components.fleet_pulse.fleet.waits import Waits

from .cars import NOW, ago

WAITS = Waits()
SLOW = Waits(list_every=timedelta(minutes=10))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "waits", "seconds"),
    [
        pytest.param(0, WAITS, 60, id="once a minute"),
        pytest.param(1, WAITS, 120, id="stretched after an error"),
        pytest.param(2, WAITS, 240, id="and again"),
        pytest.param(9, WAITS, 300, id="to five minutes"),
        pytest.param(10**6, WAITS, 300, id="for ever"),
        pytest.param(9, SLOW, 600, id="who asks slower is not hurried by errors"),
    ],
)
def test_regular(failures: int, waits: Waits, seconds: int) -> None:
    """The list detects who is online."""
    memory = ListMemory(asked_at=NOW, failures=failures)

    assert next_list(memory, now=NOW, waits=waits) == NOW + seconds * SECOND


def test_the_first_list_is_asked_at_once() -> None:
    """Nothing is known yet."""
    assert next_list(ListMemory(), now=NOW, waits=WAITS) == NOW


@pytest.mark.parametrize(
    ("failures", "wanted_at", "is_needed", "seconds"),
    [
        pytest.param(0, NOW, False, 10, id="a person: ten seconds apart"),
        pytest.param(0, NOW + 30 * SECOND, False, 30, id="a person, later: at once"),
        pytest.param(0, ago(1), False, 60, id="a person already answered"),
        pytest.param(0, None, True, 5, id="a look is due"),
        pytest.param(3, None, True, 300, id="not while Tesla has trouble"),
        pytest.param(3, NOW + 20 * SECOND, False, 20, id="but for a person"),
    ],
)
def test_sooner(
    failures: int, wanted_at: datetime | None, is_needed: bool, seconds: int
) -> None:
    """What makes the next list come sooner."""
    asked = NOW + timedelta(microseconds=-1)
    memory = ListMemory(asked_at=asked, failures=failures)

    due = next_list(
        memory, now=NOW, waits=WAITS, wanted_at=wanted_at, is_needed=is_needed
    )

    assert abs(due - NOW - seconds * SECOND) < SECOND


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        pytest.param(RateLimited(retry_after=400), 400, id="as Tesla says"),
        pytest.param(BillingLimit(), 900, id="disabled: every quarter of an hour"),
        pytest.param(TeslaUnavailable(), 10, id="trouble: a person may try"),
    ],
)
def test_tesla_asks_to_wait(error: FleetError, seconds: int) -> None:
    """Not even a person hurries the list against Tesla's word."""
    memory = ListMemory().failed(error, now=NOW, waits=WAITS)

    due = next_list(memory, now=NOW, waits=WAITS, wanted_at=NOW + SECOND)

    assert due == NOW + seconds * SECOND
    assert memory.answered(now=NOW) == ListMemory(asked_at=NOW)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 20),
    st.none() | st.integers(-100, 100),
    st.booleans(),
    st.sampled_from([1, 60, 1000]),
)
def test_lists_stay_apart(
    failures: int, wanted: int | None, is_needed: bool, scale: float
) -> None:
    """However much is wanted there is a pause, and it ends."""
    waits = WAITS.scaled(scale)
    due = next_list(
        ListMemory(asked_at=NOW, failures=failures),
        now=NOW,
        waits=waits,
        wanted_at=None if wanted is None else NOW + wanted * SECOND,
        is_needed=is_needed,
    )

    assert NOW + min(waits.list_fresh, waits.list_apart) <= due
    assert due <= NOW + waits.list_longest
