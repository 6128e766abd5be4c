"""What holds of every decision, whatever the rules and the car."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.rules.advance import advanced
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.desired import decide
from custom_components.fleet_pulse.rules.effects import effects
from custom_components.fleet_pulse.rules.memory import Memory
from tests.lengths import runs

from .garage import STEP, Garage, at, hours, rule, window

TIMES: Final = st.sampled_from(
    [f"{hour:02}:{half:02}" for hour in range(24) for half in (0, 30)]
)
PRICES: Final = hours(at("00:00"), [0.1, 0.4, 0.2, -0.1, 0.3, 0.25] * 12)
SHAPES: Final = st.one_of(
    st.fixed_dictionaries({"ready_by": TIMES.map(lambda at: f"{at}:00")}),
    st.tuples(TIMES, TIMES)
    .filter(lambda both: both[0] != both[1])
    .map(lambda both: {"windows": [window(*both)]}),
    st.just(
        {"ready_by": None, "price": {"entity": "sensor.price", "mode": "cheapest"}}
    ),
    st.just(
        {
            "ready_by": None,
            "price": {"entity": "sensor.price", "mode": "below_cap", "cap": 0.22},
        }
    ),
)
MORE: Final = st.fixed_dictionaries(
    {"target_soc": st.integers(50, 100)},
    optional={
        "floor_soc": st.integers(5, 50),
        "daily_limit": st.integers(50, 100),
        "amps": st.integers(5, 16),
        "priority": st.integers(0, 3),
    },
)


@st.composite
def rules(draw: st.DrawFn) -> list[ChargeRule]:
    """Return one to three rules for every day."""
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return [
        rule(name, days=week, **draw(SHAPES), **draw(MORE))
        for name in ("a", "b", "c")[: draw(st.integers(1, 3))]
    ]


@st.composite
def garages(draw: st.DrawFn) -> Garage:
    """Return a garage somewhere in a day, with any level and limit."""
    values: dict[str, Any] = {
        "level": float(draw(st.integers(1, 100))),
        "limit": draw(st.integers(50, 100)),
        "plugged": draw(st.booleans()),
        "rates": {"sensor.price": PRICES},
        "now": at("00:00") + STEP * draw(st.integers(0, 287)),
    }
    return Garage(draw(rules()), **values)


@pytest.mark.long
@settings(max_examples=runs(20))
@given(garages())
def test_deciding_twice_is_deciding_once(garage: Garage) -> None:
    """What is remembered of a decision leads to the same decision, and is the same."""
    known = (garage.rules, garage.memory, garage.situation, garage.learned)
    desired = decide(*known)
    memory = advanced(
        garage.memory,
        desired,
        garage.situation,
        rules=garage.rules,
        learned=garage.learned,
    )
    assert memory == garage.memory
    assert decide(garage.rules, memory, *known[2:]) == desired


@pytest.mark.long
@settings(max_examples=runs(12))
@given(garages(), st.integers(1, 40))
def test_a_car_that_obeyed_is_told_nothing_more(garage: Garage, steps: int) -> None:
    """After a look that sent something, one that finds it done sends nothing."""
    garage.until_step(steps).stirs()
    garage.now += timedelta(seconds=1)
    garage.stirs()
    garage.memory = replace(garage.memory, sent=())
    desired = garage.desired
    assert desired is not None
    left = effects(desired, garage.memory, garage.situation)
    assert [one.call.command.key for one in left] == []


@pytest.mark.long
@settings(max_examples=runs(10))
@given(garages(), st.integers(1, 60))
def test_a_day_takes_few_commands(garage: Garage, steps: int) -> None:
    """Nothing is switched to and fro: a few for each rule, whatever they say."""
    garage.until_step(steps)
    starts = sum(name == "charge_start" for _, name, _ in garage.sent)
    assert starts <= 3 * len(garage.rules) + 1


@pytest.mark.long
@settings(max_examples=runs(20))
@given(garages())
def test_the_next_change_lies_ahead(garage: Garage) -> None:
    """There is always a moment at which to decide anew."""
    assert garage.desired is not None
    assert garage.desired.next_change is not None
    assert garage.desired.next_change > garage.now


@pytest.mark.long
@settings(max_examples=runs(12))
@given(garages())
def test_what_is_remembered_survives_json(garage: Garage) -> None:
    """Every memory is read as it was written."""
    assert Memory.load(garage.memory.dump()) == garage.memory
