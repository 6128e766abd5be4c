"""What follows for a departure from a start that did not work."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, count, takewhile
from typing import Final

import pytest

from custom_components.fleet_pulse.fleet.errors import (
    BudgetSpent,
    CommandRefused,
    EquipmentMissing,
    FleetError,
    InService,
    KeyNotPaired,
    ScopeMissing,
    TeslaUnavailable,
    WakeFailed,
    WakeRefused,
)
from custom_components.fleet_pulse.rules.climate_memory import ClimateMemory
from custom_components.fleet_pulse.rules.climate_refusal import refused
from custom_components.fleet_pulse.rules.reason import DepartureWhy

from .climate import AT, LEAVING, MINUTE, NOTHING_YET

NOW: Final = AT - 20 * MINUTE


def after(error: FleetError, tries: int) -> ClimateMemory:
    """Give what is remembered after so many tries in a row."""
    tried = accumulate(
        range(tries),
        lambda climate, _: refused(climate, LEAVING, error, NOW),
        initial=NOTHING_YET,
    )
    return list(tried)[-1]


def waits(error: FleetError) -> list[timedelta]:
    """Give how long is waited after each try, until it is given up."""
    found = (after(error, tries).tried for tries in count(1))
    return [one.retry_at - NOW for one in takewhile(bool, found) if one]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(CommandRefused("low_soc"), DepartureWhy.LOW_SOC, id="low_soc"),
        pytest.param(
            CommandRefused("whatever"), DepartureWhy.TROUBLE, id="another word"
        ),
        pytest.param(BudgetSpent(), DepartureWhy.BUDGET, id="budget spent"),
        pytest.param(KeyNotPaired(), DepartureWhy.NOT_PERMITTED, id="key not paired"),
        pytest.param(ScopeMissing("x"), DepartureWhy.NOT_PERMITTED, id="not permitted"),
        pytest.param(InService(), DepartureWhy.HANDS_OFF, id="in service"),
        pytest.param(EquipmentMissing("x"), DepartureWhy.TROUBLE, id="cannot be"),
        pytest.param(
            WakeRefused("daily_limit"), DepartureWhy.NO_WAKE, id="no wake left"
        ),
        pytest.param(
            WakeRefused("backing_off", retry_at=AT + MINUTE),
            DepartureWhy.NO_WAKE,
            id="a wake would come too late",
        ),
    ],
)
def test_what_cannot_pass_in_time_is_not_tried_again(
    error: FleetError, expected: DepartureWhy
) -> None:
    """It is a reason, and costs nothing more."""
    found = refused(NOTHING_YET, LEAVING, error, NOW)
    assert found.over_for(LEAVING) is expected
    assert found.tried is None


@pytest.mark.parametrize(
    ("error", "pauses", "expected"),
    [
        pytest.param(
            TeslaUnavailable(), [1, 5], DepartureWhy.TROUBLE, id="Tesla is down, twice"
        ),
        pytest.param(
            WakeFailed(), [1, 5], DepartureWhy.NO_WAKE, id="it did not wake, twice"
        ),
    ],
)
def test_what_may_pass_is_tried_again_a_few_times(
    error: FleetError, pauses: list[int], expected: DepartureWhy
) -> None:
    """Never for ever."""
    waited = waits(error)
    assert waited == [pause * MINUTE for pause in pauses]
    last = refused(after(error, len(pauses)), LEAVING, error, NOW)
    assert (last.tried, last.over_for(LEAVING)) == (None, expected)


def test_the_guard_says_when_a_wake_may_be_tried_again() -> None:
    """Its word counts, as long as nobody has left."""
    error = WakeRefused("backing_off", retry_at=NOW + 7 * MINUTE)
    found = refused(NOTHING_YET, LEAVING, error, NOW)
    assert found.tried is not None
    assert found.tried.retry_at == NOW + 7 * MINUTE


def test_another_departure_begins_counting_anew() -> None:
    """Yesterday's trouble is over."""
    first = refused(NOTHING_YET, LEAVING, WakeFailed(), NOW)
    other = replace(LEAVING, departure=replace(LEAVING.departure, id="other"))
    second = refused(first, other, WakeFailed(), NOW)
    assert second.tried is not None
    assert second.tried.tries == 1


def test_departures_that_are_given_up_in_trouble_are_counted() -> None:
    """One after the other; a refusal with a reason of its own is none."""
    for_good, known = CommandRefused("whatever"), CommandRefused("low_soc")
    once = refused(NOTHING_YET, LEAVING, for_good, NOW)
    twice = refused(once, LEAVING, for_good, NOW + 1440 * MINUTE)
    low = refused(twice, LEAVING, known, NOW + 2880 * MINUTE)
    found = [one.times_troubled("work") for one in (once, twice, low)]
    assert found == [1, 2, 2]
    assert twice.times_troubled("other") == 0
    assert twice.worked("work").times_troubled("work") == 0
    month = low.pruned(NOW + 31 * 1440 * MINUTE)
    assert month.times_troubled("work") == 0
    assert ClimateMemory.load(low.dump()) == low
