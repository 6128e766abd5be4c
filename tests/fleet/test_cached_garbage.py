"""What is no snapshot says nothing, and no damage to one raises: the fuzz."""

from base64 import b64decode, b64encode
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.cached_data import decode
from custom_components.fleet_pulse.model.field import Source
from custom_components.fleet_pulse.model.persist import dump, load
from custom_components.fleet_pulse.model.state import State
from tests.fake_fleet.specs import SPECS
from tests.lengths import runs
from tests.model.strategies import JSON

from .pushed import NOW, packed, pushing, put

RUNS: Final = runs(50)
CASES: Final = 50 * RUNS
"""Of garbage, and as many of damage: 5,000 together, 100,000 in `scripts/prove`."""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="nothing"),
        pytest.param("", id="no words"),
        pytest.param("hello", id="words"),
        pytest.param("ä", id="letters that base64 has not"),
        pytest.param(5, id="a number"),
        pytest.param(["x"], id="a list"),
        pytest.param({"encrypted_data": "x"}, id="an object"),
        pytest.param(b"AAAA", id="bytes"),
        pytest.param("A" * 2_000_000, id="more than any car has to say"),
        pytest.param(
            packed(put("charge_state.battery_level", 5))[:-8], id="a torn one"
        ),
    ],
)
def test_what_is_no_snapshot_says_nothing(text: object) -> None:
    """No reading, and no exception."""
    assert decode(text, NOW) == ()


@pytest.mark.long
@settings(max_examples=CASES, deadline=None)
@given(
    st.binary(max_size=200).map(lambda raw: b64encode(raw).decode())
    | st.text(max_size=60)
    | st.binary(max_size=20)
    | JSON
)
def test_no_garbage_raises(text: object) -> None:
    """Whatever stands where a snapshot belongs, the list is read."""
    assert all(reading.source is Source.CACHED for reading in decode(text, NOW))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a real snapshot with bytes changed, taken out and put in."""
    raw = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(raw) - 1))
        raw[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return b64encode(raw[: draw(st.integers(1, len(raw)))]).decode()


WHOLE: Final = [
    b64decode(pushing(spec).product()["cached_data"]) for spec in SPECS.values()
]


@pytest.mark.long
@settings(max_examples=CASES, deadline=None)
@given(damaged())
def test_no_damage_raises(text: str) -> None:
    """What is left of it is dated, not in the future, and can be kept."""
    readings = decode(text, NOW)
    assert all(reading.at <= NOW for reading in readings)
    state = State().merged(readings)
    assert len(load(dump(state)).readings) == len(state.readings)
