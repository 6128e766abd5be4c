"""The snapshot on disk: nothing is lost, nothing bad is believed."""

from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Location, Reading, Source
from custom_components.fleet_pulse.model.persist import dump, load
from custom_components.fleet_pulse.model.state import State

from .strategies import ANY_READING, JSON

AT = "2026-01-01T12:00:00+00:00"


@settings(max_examples=80)
@given(st.lists(ANY_READING, max_size=8))
def test_what_is_dumped_is_loaded(given_readings: list[Reading[Any]]) -> None:
    """Values and times survive the way through JSON; the source says "restored"."""
    state = State().merged(given_readings)

    restored = load(json.loads(json.dumps(dump(state))))

    assert dump(restored) == dump(state)
    assert {r.source for r in restored.readings.values()} <= {Source.RESTORED}
    assert {k: (r.value, r.at) for k, r in restored.readings.items()} == {
        k: (r.value, r.at) for k, r in state.readings.items()
    }


@settings(max_examples=80)
@given(JSON | st.dictionaries(st.sampled_from(sorted(fields.BY_KEY)), JSON))
def test_any_snapshot_loads(data: object) -> None:
    """Whatever lies on the disk, the integration starts."""
    assert load(data).provisional == {}


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        pytest.param("no_such", {"value": 1, "at": AT}, id="a field that is no more"),
        pytest.param("odometer", 5, id="no entry at all"),
        pytest.param("odometer", {"at": AT}, id="an entry without a value"),
        pytest.param("odometer", {"value": 1}, id="an entry without a time"),
        pytest.param("odometer", {"value": 1, "at": 5}, id="a time that is none"),
        pytest.param("odometer", {"value": 1, "at": "soon"}, id="a time in words"),
        pytest.param(
            "odometer", {"value": 1, "at": AT[:19]}, id="a time without a zone"
        ),
        pytest.param(
            "odometer",
            {"value": 1, "at": "0001-01-01T00:00:00+14:00"},
            id="a time before time",
        ),
        pytest.param("odometer", {"value": "far", "at": AT}, id="words for a number"),
        pytest.param("odometer", {"value": True, "at": AT}, id="a truth for a number"),
        pytest.param("odometer", {"value": float("inf"), "at": AT}, id="an infinity"),
        pytest.param("locked", {"value": 1, "at": AT}, id="a number for a truth"),
        pytest.param("location", {"value": "here", "at": AT}, id="words for a place"),
        pytest.param(
            "charging_state", {"value": "exploding", "at": AT}, id="an unknown word"
        ),
        pytest.param(
            "scheduled_departure_time",
            {"value": {"moment": "never"}, "at": AT},
            id="a moment that is none",
        ),
    ],
)
def test_what_cannot_be_trusted_is_left_out(key: str, entry: object) -> None:
    """One bad entry costs that entry only."""
    good = {"value": None, "at": AT}

    assert set(load({key: entry, "inside_temp": good}).readings) == {"inside_temp"}


def test_moments_and_places_survive() -> None:
    """The two kinds of values that JSON does not have."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    given_readings = [
        Reading(field=field, value=value, at=at, source=Source.POLL)
        for field, value in (
            (fields.LOCATION, Location(48.1, 11.5)),
            (fields.SCHEDULED_DEPARTURE_TIME, at),
        )
    ]

    restored = load(json.loads(json.dumps(dump(State().merged(given_readings)))))

    assert restored.get(fields.LOCATION) == Location(48.1, 11.5)
    assert restored.get(fields.SCHEDULED_DEPARTURE_TIME) == at


def test_what_we_only_expect_is_not_kept() -> None:
    """An expectation does not outlive a restart."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    expected = Reading(field=fields.LOCKED, value=True, at=at, source=Source.COMMAND)

    assert dump(State().merged([expected])) == {}
