"""Laws of the state: whichever order and source, the newest word of the car counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import random
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import PROVISIONAL_FOR, State

from .strategies import readings

HOUR: Final = timedelta(hours=1)
TICK: Final = timedelta.resolution

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LISTS = st.lists(readings(), max_size=8)


def locked(value: bool | None, at: datetime, source: Source) -> Reading[bool]:
    """Return a reading of the locks."""
    return Reading(field=fields.LOCKED, value=value, at=at, source=source)


@settings(max_examples=60)
@given(LISTS)
def test_merging_twice_is_merging_once(given_readings: list[Reading[object]]) -> None:
    """What is known already changes nothing: the very same state comes back."""
    state = State().merged(given_readings)

    assert state.merged(given_readings) is state


@settings(max_examples=60)
@given(LISTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(
    given_readings: list[Reading[object]], rng: random.Random
) -> None:
    """Readings may arrive in any order and in any number of deliveries."""
    shuffled = list(given_readings)
    rng.shuffle(shuffled)
    cut = rng.randint(0, len(shuffled))

    parts = State().merged(shuffled[:cut]).merged(shuffled[cut:])

    assert parts == State().merged(given_readings)


@settings(max_examples=60)
@given(LISTS)
def test_the_newest_word_of_the_car_wins(
    given_readings: list[Reading[object]],
) -> None:
    """No said reading is older than any that was merged for its field."""
    state = State().merged(given_readings)

    assert all(
        (said := state.said(reading.field)) is not None and said.at >= reading.at
        for reading in given_readings
        if reading.source is not Source.COMMAND
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(
            Source.STREAM, Source.POLL, id="the stream knows more than a poll"
        ),
        pytest.param(Source.POLL, Source.CACHED, id="a poll more than a snapshot"),
        pytest.param(Source.CACHED, Source.RESTORED, id="a snapshot more than a disk"),
    ],
)
def test_sources_that_speak_of_the_same_moment(better: Source, worse: Source) -> None:
    """Of two readings of one moment the better source is believed."""
    state = State().merged([locked(True, NOW, better), locked(False, NOW, worse)])

    assert state.get(fields.LOCKED) is True


def test_an_expectation_is_shown_until_the_car_speaks() -> None:
    """After our command its effect is shown, but it is not what the car said."""
    state = State().merged([locked(False, NOW - SECOND, Source.POLL)])
    state = state.merged([locked(True, NOW, Source.COMMAND)])

    assert state.get(fields.LOCKED) is True
    assert (said := state.said(fields.LOCKED)) is not None
    assert said.value is False


def test_a_later_word_of_the_car_ends_an_expectation() -> None:
    """The car disagrees: its word is shown, the expectation is dropped."""
    state = State().merged([locked(True, NOW, Source.COMMAND)])
    state = state.merged([locked(False, NOW + SECOND, Source.POLL)])

    assert state.get(fields.LOCKED) is False
    assert not state.settled(NOW + SECOND).provisional


@pytest.mark.parametrize(
    ("after", "shown"),
    [
        pytest.param(PROVISIONAL_FOR - SECOND, True, id="89 seconds later it stands"),
        pytest.param(PROVISIONAL_FOR, None, id="90 seconds later it is given up"),
        pytest.param(
            -2 * PROVISIONAL_FOR, None, id="a clock set back does not keep it"
        ),
    ],
)
def test_an_expectation_runs_out(after: timedelta, shown: bool | None) -> None:
    """Nothing unconfirmed is shown for longer than 90 seconds."""
    state = State().merged([locked(True, NOW, Source.COMMAND)])

    assert state.settled(NOW + after).get(fields.LOCKED) is shown


def test_rolling_back_shows_what_the_car_said() -> None:
    """A refused command leaves no trace; other expectations stay."""
    state = State().merged([locked(True, NOW, Source.COMMAND)])

    assert state.without_expectation([fields.ODOMETER]) is state
    assert state.without_expectation([fields.LOCKED]).get(fields.LOCKED) is None


def test_nothing_to_settle_is_the_same_state() -> None:
    """Listeners may compare states by identity."""
    state = State().merged([locked(True, NOW, Source.COMMAND)])

    assert state.settled(NOW) is state


@pytest.mark.parametrize(
    ("field", "at", "expected"),
    [
        pytest.param(
            fields.STATE, NOW + HOUR, NOW - TICK, id="the list is dated by us"
        ),
        pytest.param(fields.STATE, NOW - HOUR, NOW - HOUR, id="what is over stays"),
        pytest.param(
            fields.LOCKED, NOW + HOUR, NOW + HOUR, id="a car has its own clock"
        ),
    ],
)
def test_a_clock_that_was_ahead_is_forgotten(
    field: Field[Any], at: datetime, expected: datetime
) -> None:
    """Else the list's words of that time would be the newest for as long."""
    state = (
        State()
        .merged([Reading(field=field, value=None, at=at, source=Source.POLL)])
        .until(NOW)
    )
    reading = state.reading(field)
    assert reading is not None
    assert reading.at == expected


ONLINE: Final = Reading(field=fields.STATE, value="online", at=NOW, source=Source.POLL)
OPEN: Final = locked(False, NOW, Source.POLL)


@pytest.mark.parametrize(
    ("later", "is_news"),
    [
        pytest.param([], False, id="nothing was said"),
        pytest.param(
            [replace(ONLINE, at=NOW + HOUR)], False, id="the list said the same again"
        ),
        pytest.param(
            [replace(ONLINE, value="asleep", at=NOW + HOUR)],
            True,
            id="the list said something else",
        ),
        pytest.param(
            [replace(OPEN, at=NOW + HOUR)], True, id="the car said the same again"
        ),
        pytest.param(
            [locked(True, NOW + HOUR, Source.COMMAND)], True, id="something is expected"
        ),
        pytest.param(
            [Reading(field=fields.ODOMETER, value=1.0, at=NOW, source=Source.POLL)],
            True,
            id="a field that was unknown",
        ),
    ],
)
def test_news(later: list[Reading[Any]], is_news: bool) -> None:
    """The list comes every minute; only what differs in it is news, and all of the car."""
    before = State().merged([ONLINE, OPEN])

    after = before.merged(later)

    assert after.is_news_to(before) is is_news
