"""What is remembered on disk: all of it, and whatever lies there harms nobody."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.alerts.facts import Facts
from custom_components.fleet_pulse.alerts.memory import AlertMemory
from custom_components.fleet_pulse.alerts.review import review
from custom_components.fleet_pulse.model.state import State
from tests.model.strategies import JSON

from .bench import BEGIN, BERLIN, FINE, MINUTE, VIN, Bench, alert, readings
from .cases import CASES, bench, raise_it


def full() -> AlertMemory:
    """Return a memory in which there is something everywhere."""
    car = Bench(alert())
    for key in sorted(CASES):
        car.around |= bench(key).around
        raise_it(car, key)
        car.wait(7 * MINUTE)
    return car.memory


FULL = full()
DUMPED: dict[str, Any] = json.loads(json.dumps(FULL.dump()))


def test_what_is_written_is_read_again_as_it_was() -> None:
    """A restart forgets nothing."""
    assert {track.phase.value for track in FULL.tracks} >= {"active", "pending"}
    assert AlertMemory.load(DUMPED) == FULL


def test_a_track_that_cannot_be_read_costs_only_itself() -> None:
    """What a later version wrote must not cost the rest."""
    tracks = [{**DUMPED["tracks"][0], "phase": "blue"}, *DUMPED["tracks"][1:]]
    found = AlertMemory.load({**DUMPED, "tracks": tracks})
    assert found.tracks == FULL.tracks[1:]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"phase": "active", "episode": None}, id="active without any"),
        pytest.param({"phase": "ok"}, id="an episode that is over"),
        pytest.param({"phase": "pending"}, id="an episode before it is raised"),
        pytest.param({"heard": None}, id="it was never heard of"),
        pytest.param({"alert": "b"}, id="an episode of another alert"),
        pytest.param({"raised_at": None}, id="it was never raised"),
    ],
)
def test_a_track_that_cannot_be_is_forgotten(damage: dict[str, Any]) -> None:
    """Each can be read, but not all of it together."""
    active = next(one for one in DUMPED["tracks"] if one["phase"] == "active")
    assert AlertMemory.load({"tracks": [active]}).tracks
    assert AlertMemory.load({"tracks": [{**active, **damage}]}).tracks == ()


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Draw what was written, with something else somewhere in it."""
    found = json.loads(json.dumps(DUMPED))
    part: Any = found
    for _ in range(draw(st.integers(1, 4))):
        keys = sorted(part) if isinstance(part, dict) else list(range(len(part)))
        key = draw(st.sampled_from(keys))
        inner = part[key]
        if not isinstance(inner, dict | list) or not inner:
            break
        part, last = inner, (part, key)
    else:
        part, key = last
    part[key] = draw(JSON | st.sampled_from(["9999-12-31T23:59:59+00:00", 1e300]))
    return found


@settings(max_examples=25, deadline=None)
@given(kept=JSON | damaged())
def test_whatever_lies_on_disk_a_car_is_looked_at(kept: Any) -> None:
    """Nothing is raised by an exception, and what is kept can be written again."""
    memory = AlertMemory.load(kept)
    state = State().merged(readings(FINE, BEGIN))
    for minute in range(2):
        facts = Facts(now=BEGIN + minute * MINUTE, zone=BERLIN, vin=VIN, state=state)
        memory = review(memory, facts, (alert(),), is_first=not minute).memory
    assert AlertMemory.load(json.loads(json.dumps(memory.dump()))) == memory
