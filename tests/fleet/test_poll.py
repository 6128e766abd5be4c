"""What the poll policy remembers after lists, looks and failures."""

from datetime import timedelta

import pytest

from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    Asleep,
    BillingLimit,
    FleetError,
    RateLimited,
    TeslaUnavailable,
)
from custom_components.fleet_pulse.fleet.poll import PollMemory, PollReason
from custom_components.fleet_pulse.fleet.waits import Waits
from custom_components.fleet_pulse.model import vehicle_fields as fields

from .cars import CHARGING, DRIVING, NOW, PARKED, ago, state

WAITS = Waits()
MINUTE = timedelta(minutes=1)
FULL = PARKED | {fields.CHARGING_STATE: "complete"}
PARKED_CAR = state(PARKED, ago(10))
DRIVEN_CAR = state(DRIVING, ago(10))


def test_online_is_counted_from_the_first_list_that_says_so() -> None:
    """Continuously online: any list that says otherwise starts it again."""
    first = PollMemory().listed(online=True, now=ago(3))
    second = first.listed(online=True, now=NOW)
    gone = second.listed(online=False, now=NOW)

    assert (second.online_since, second.listed_at) == (ago(3), NOW)
    assert (gone.online_since, gone.listed_at) == (None, None)


def test_looks_at_a_parked_car_are_counted_until_it_sleeps() -> None:
    """What the policy needs to let a parked car fall asleep."""
    first = PollMemory().looked(DRIVEN_CAR, PARKED_CAR, now=ago(20))
    second = first.looked(PARKED_CAR, PARKED_CAR, now=ago(10))
    driving = second.looked(PARKED_CAR, DRIVEN_CAR, now=NOW)
    asleep = second.listed(online=False, now=NOW)

    assert (first.parked_looks, first.unchanged) == (1, 0)
    assert (second.parked_looks, second.unchanged) == (2, 1)
    assert (driving.parked_looks, driving.unchanged) == (0, 0)
    assert (asleep.parked_looks, asleep.unchanged) == (0, 0)
    assert (second.looked_at, second.tried_at) == (ago(10), ago(10))


def test_a_car_that_slept_in_between_is_seen_unchanged_at_once() -> None:
    """What is after a sleep as it was before needs no second look."""
    known = PollMemory(looked_at=ago(90)).listed(online=True, now=ago(5))

    assert known.looked(PARKED_CAR, PARKED_CAR, now=NOW).unchanged == WAITS.unchanged
    assert known.looked(DRIVEN_CAR, PARKED_CAR, now=NOW).unchanged == 0


def test_a_car_found_full_is_left_to_fall_asleep() -> None:
    """The end of a charge was awaited: nothing is left to settle."""
    charging, full = state(CHARGING, ago(10)), state(FULL, NOW)

    known = PollMemory(looked_at=ago(10)).looked(charging, full, now=NOW)

    assert known.unchanged == WAITS.unchanged


@pytest.mark.parametrize(
    ("error", "wait", "reason"),
    [
        pytest.param(
            RateLimited(retry_after=42),
            timedelta(seconds=42),
            PollReason.RATE_LIMITED,
            id="Tesla says how long",
        ),
        pytest.param(RateLimited(), MINUTE, PollReason.RATE_LIMITED, id="or does not"),
        pytest.param(
            RateLimited(retry_after=-5),
            timedelta(seconds=1),
            PollReason.RATE_LIMITED,
            id="a moment that is over",
        ),
        pytest.param(
            RateLimited(retry_after=1e12),
            timedelta(days=1),
            PollReason.RATE_LIMITED,
            id="a day at most",
        ),
        pytest.param(
            BillingLimit(), 15 * MINUTE, PollReason.DISABLED, id="disabled by Tesla"
        ),
    ],
)
def test_tesla_asks_to_wait(
    error: FleetError, wait: timedelta, reason: PollReason
) -> None:
    """Tesla's word holds for everybody."""
    memory = PollMemory().failed(error, now=NOW, waits=WAITS)

    assert (memory.blocked_until, memory.blocked_by) == (NOW + wait, reason)
    assert memory.looked_at is None


@pytest.mark.parametrize(
    ("before", "jitter", "seconds"),
    [
        pytest.param(0, 0, 30, id="first"),
        pytest.param(1, 0, 60, id="second"),
        pytest.param(4, 0, 480, id="fifth"),
        pytest.param(5, 0, 900, id="a quarter of an hour at most"),
        pytest.param(10**6, 0, 900, id="for ever"),
        pytest.param(10**6, 1, 720, id="jitter only shortens"),
    ],
)
def test_back_off_doubles(before: int, jitter: float, seconds: float) -> None:
    """After trouble at Tesla we wait longer each time."""
    memory = PollMemory(failures=before).failed(
        TeslaUnavailable(), now=NOW, waits=WAITS, jitter=jitter
    )

    assert memory.retry_at == NOW + timedelta(seconds=seconds)
    assert memory.failures == before + 1


def test_a_look_that_succeeds_forgets_trouble() -> None:
    """The next failure is the first again."""
    memory = PollMemory(failures=5, retry_at=ago(1), blocked_until=ago(1))

    looked = memory.looked(PARKED_CAR, PARKED_CAR, now=NOW)

    assert (looked.failures, looked.retry_at, looked.blocked_until) == (0, None, None)


def test_a_car_that_sleeps_after_all_is_no_trouble() -> None:
    """Asked a moment too late: the car is not online, and nobody backs off."""
    memory = PollMemory().listed(online=True, now=NOW)

    asleep = memory.failed(Asleep(), now=NOW, waits=WAITS)

    assert (asleep.listed_at, asleep.failures, asleep.tried_at) == (None, 0, NOW)


def test_a_failure_is_a_try_but_no_look() -> None:
    """What a person asked for has been tried; the state is as old as it was."""
    memory = PollMemory(looked_at=ago(5)).failed(AnswerLost(), now=NOW, waits=WAITS)

    assert (memory.tried_at, memory.looked_at) == (NOW, ago(5))
