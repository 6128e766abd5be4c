"""How long charging takes: taper, cold, buffer."""

from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.planner.need import (
    Battery,
    buffer,
    charging_time,
    energy,
    power,
)

BATTERY = Battery(usable_kwh=72, efficiency=0.9)
"""Takes 0.8 kWh from the wall for each percent."""
LEVELS = st.floats(0, 100)


def minutes(
    level: float, target: float, kw: float, temperature: float | None = None
) -> float:
    """Return how many minutes charging takes."""
    taken = charging_time(
        level, target, battery=BATTERY, kw=kw, temperature=temperature
    )
    return taken / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("level", "target", "kw", "temperature", "expected"),
    [
        pytest.param(50, 80, 8, None, 180, id="flat up to 90 %"),
        pytest.param(50, 90, 8, 15, 240, id="to 90 %"),
        pytest.param(50, 80, 4, None, 360, id="at half the power it takes twice"),
        pytest.param(90, 100, 8, None, 103.2, id="the last ten take 72 % longer"),
        pytest.param(80, 100, 8, None, 163.2, id="over the bend"),
        pytest.param(99, 100, 8, None, 18.0, id="the last percent takes thrice"),
        pytest.param(50, 80, 8, -1, 195, id="freezing: a quarter of an hour more"),
        pytest.param(50, 80, 8, 0, 180, id="not quite freezing"),
        pytest.param(80, 80, 8, -10, 0, id="at the target, however cold"),
        pytest.param(81, 80, 8, None, 0, id="above the target"),
        pytest.param(100, 100, 8, None, 0, id="full"),
        pytest.param(99, 120, 8, None, 18.0, id="a target beyond full is full"),
        pytest.param(79, 80, 0, None, 480, id="no power at all is hardly any"),
    ],
)
def test_how_long_it_takes(
    level: float, target: float, kw: float, temperature: float | None, expected: float
) -> None:
    """Power is flat to 90 % and falls to 30 % of it when full; cold takes longer."""
    assert minutes(level, target, kw, temperature) == pytest.approx(expected, abs=0.1)


@settings(max_examples=100)
@given(LEVELS, LEVELS, LEVELS)
def test_a_way_takes_as_long_in_two_parts(one: float, two: float, three: float) -> None:
    """Wherever it is interrupted, charging takes the same time."""
    low, middle, high = sorted([one, two, three])

    parts = minutes(low, middle, 11) + minutes(middle, high, 11)

    assert parts == pytest.approx(minutes(low, high, 11), abs=0.001)


@settings(max_examples=100)
@given(LEVELS, LEVELS, st.floats(0.5, 22))
def test_it_never_takes_less_than_at_full_power(
    level: float, target: float, kw: float
) -> None:
    """Nor more than at what is left of it in the end."""
    flat = energy(level, target, BATTERY) / kw * 60

    assert flat - 0.001 <= minutes(level, target, kw) <= flat / 0.3 + 0.001


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        pytest.param(0, 0, id="nothing needs none"),
        pytest.param(30, 15, id="a quarter of an hour at least"),
        pytest.param(150, 15, id="where both are the same"),
        pytest.param(600, 60, id="a tenth of much"),
    ],
)
def test_the_buffer(needed: float, expected: float) -> None:
    """It begins earlier by a tenth, a quarter of an hour at least."""
    assert buffer(timedelta(minutes=needed)) == timedelta(minutes=expected)


def test_power() -> None:
    """Amps times volts times phases."""
    assert power(16, 230) == pytest.approx(3.68)
    assert power(16, 230, 3) == pytest.approx(11.04)


def test_energy_below_the_target_is_none() -> None:
    """A car that is above its target needs nothing."""
    assert energy(90, 80, BATTERY) == 0
    assert energy(70, 80, BATTERY) == pytest.approx(8)
