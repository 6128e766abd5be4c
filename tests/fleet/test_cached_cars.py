"""What the fake cloud's cars push is what they would answer, and outlives a restart."""

import pytest

from custom_components.fleet_pulse.fleet.cached_data import decode
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.persist import dump, load
from custom_components.fleet_pulse.model.state import State
from tests.fake_fleet.specs import MODEL_Y, SPECS, CarSpec

from .pushed import NOW, pushing


@pytest.mark.parametrize("spec", [pytest.param(s, id=key) for key, s in SPECS.items()])
def test_a_snapshot_says_what_a_poll_says(spec: CarSpec) -> None:
    """Of the same moment, a car's two ways to tell of itself agree."""
    car = pushing(spec)
    pushed = State().merged(decode(car.product()["cached_data"], NOW))
    body = car.vehicle_data(None, location=True)
    polled = State().merged(vehicle_data_readings(body, now=NOW))
    both = pushed.readings.keys() & polled.readings.keys()
    assert len(both) > 90
    assert {key: _rough(pushed, key) for key in both} == {
        key: _rough(polled, key) for key in both
    }


def _rough(state: State, key: str) -> object:
    """Give a value as exactly as both ways can say it."""
    value = state.readings[key].value
    return pytest.approx(value, abs=0.02) if isinstance(value, float) else value


def test_what_was_pushed_outlives_a_restart() -> None:
    """Values, times and unknowns come back from the disk."""
    car = pushing(MODEL_Y)
    state = State().merged(decode(car.product()["cached_data"], NOW))
    assert dump(load(dump(state))) == dump(state)
    assert len(state.readings) > 90
