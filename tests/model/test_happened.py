"""What a car did between two of its words, and what tells nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import random
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Location, Reading, Source
from custom_components.fleet_pulse.model.happened import (
    _ORDER,
    _ROWS,
    FRESH,
    CarNewsKind,
    Stay,
    happened,
)
from custom_components.fleet_pulse.model.state import State

from .strategies import readings

NOW: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
EARLIER: Final = NOW - timedelta(hours=3)
WATCHED: Final = (
    fields.BATTERY_LEVEL,
    fields.CABLE_CONNECTED,
    fields.CHARGE_LIMIT_SOC,
    fields.CHARGING_STATE,
    fields.STATE,
)
BY_KEY: Final = {
    "cable": fields.CABLE_CONNECTED,
    "charging": fields.CHARGING_STATE,
    "level": fields.BATTERY_LEVEL,
    "limit": fields.CHARGE_LIMIT_SOC,
    "odometer": fields.ODOMETER,
    "state": fields.STATE,
}
HERE: Final = Location(52.5, 13.4)
AWAY: Final = Location(52.6, 13.5)


def said(
    at: datetime, source: Source = Source.POLL, **values: Any
) -> list[Reading[Any]]:
    """Give what a car says of some fields at a moment."""
    return [
        Reading(field=BY_KEY[key], value=value, at=at, source=source)
        for key, value in values.items()
    ]


def told(before: State, after: State, stay: Stay | None = None) -> list[CarNewsKind]:
    """Give the kinds of what happened."""
    return [news.kind for news in happened(before, after, now=NOW, stay=stay)]


CHARGING: Final = {"charging": "charging", "cable": True, "level": 50, "limit": 80}
TRANSITIONS: Final = (
    pytest.param(
        {"charging": "stopped"},
        {"charging": "charging"},
        [CarNewsKind.CHARGING_STARTED],
        id="charging starts",
    ),
    pytest.param(
        {"charging": "complete"},
        {"charging": "starting"},
        [CarNewsKind.CHARGING_STARTED],
        id="a full car charges on",
    ),
    pytest.param(
        {"charging": "starting"},
        {"charging": "charging"},
        [],
        id="it started before",
    ),
    pytest.param(
        CHARGING,
        {"charging": "stopped", "level": 60},
        [CarNewsKind.CHARGING_STOPPED],
        id="charging stops below the limit",
    ),
    pytest.param(
        CHARGING,
        {"charging": "no_power"},
        [CarNewsKind.CHARGING_STOPPED],
        id="the power fails",
    ),
    pytest.param(
        CHARGING,
        {"charging": "complete", "level": 80},
        [CarNewsKind.CHARGING_COMPLETE],
        id="charging is done",
    ),
    pytest.param(
        CHARGING,
        {"charging": "stopped", "level": 80},
        [CarNewsKind.CHARGING_COMPLETE],
        id="it stops at the limit, which is done",
    ),
    pytest.param(
        CHARGING,
        {"charging": "disconnected", "cable": False, "level": 61},
        [CarNewsKind.UNPLUGGED, CarNewsKind.CHARGING_STOPPED],
        id="somebody takes the cable",
    ),
    pytest.param(
        {**CHARGING, "odometer": 100},
        {"charging": "disconnected", "cable": False, "level": 61, "odometer": 150},
        [CarNewsKind.UNPLUGGED],
        id="after a drive nobody knows how charging ended",
    ),
    pytest.param(
        {"charging": "disconnected", "level": 40},
        {"charging": "complete", "level": 80},
        [CarNewsKind.PLUGGED_IN, CarNewsKind.CHARGING_COMPLETE],
        id="it charged while nobody looked",
    ),
    pytest.param(
        {"charging": "stopped", "level": 70, "limit": 80},
        {"charging": "complete", "level": 70, "limit": 70},
        [],
        id="a lower limit charges nothing",
    ),
    pytest.param(
        {"charging": "calibrating"},
        {"charging": "charging"},
        [],
        id="nobody knows what it did before",
    ),
    pytest.param(
        {"cable": False},
        {"cable": True},
        [CarNewsKind.PLUGGED_IN],
        id="a cable alone",
    ),
    pytest.param(
        {"charging": "disconnected"},
        {"charging": "stopped"},
        [CarNewsKind.PLUGGED_IN],
        id="a cable by what charging says",
    ),
    pytest.param(
        {"cable": True, "charging": "complete"},
        {"cable": False, "charging": "disconnected"},
        [CarNewsKind.UNPLUGGED],
        id="unplugged, done before",
    ),
    pytest.param(
        {"state": "asleep"}, {"state": "online"}, [CarNewsKind.WOKE_UP], id="it wakes"
    ),
    pytest.param(
        {"state": "online"},
        {"state": "asleep"},
        [CarNewsKind.FELL_ASLEEP],
        id="it falls asleep",
    ),
    pytest.param(
        {"state": "offline"},
        {"state": "online"},
        [],
        id="no reception is no sleep",
    ),
    pytest.param(
        {"state": "asleep", "cable": False, "charging": "disconnected"},
        {"state": "online", "cable": True, "charging": "charging"},
        [
            CarNewsKind.WOKE_UP,
            CarNewsKind.PLUGGED_IN,
            CarNewsKind.CHARGING_STARTED,
        ],
        id="several at once, the first thing first",
    ),
)


@pytest.mark.parametrize(("was", "became", "expected"), TRANSITIONS)
def test_what_happened_is_told_with_the_time_the_car_said_it(
    was: dict[str, Any], became: dict[str, Any], expected: list[CarNewsKind]
) -> None:
    """Once: the same words again tell nothing."""
    before = State().merged(said(EARLIER, **was))
    after = before.merged(said(NOW, **became))
    found = happened(before, after, now=NOW)
    assert [news.kind for news in found] == expected
    assert {news.said_at for news in found} <= {NOW}
    assert happened(after, after.merged(said(NOW, **became)), now=NOW) == ()


@pytest.mark.parametrize(
    ("source", "at", "again"),
    [
        pytest.param(Source.RESTORED, EARLIER, NOW, id="it was known before the start"),
        pytest.param(
            Source.POLL, EARLIER, NOW - FRESH - timedelta(seconds=1), id="it is stale"
        ),
        pytest.param(Source.POLL, NOW, EARLIER, id="it comes late"),
        pytest.param(Source.POLL, NOW, NOW, id="it is of the same moment"),
        pytest.param(
            Source.POLL, EARLIER, NOW + timedelta(hours=1), id="no clock says that"
        ),
    ],
)
def test_what_is_no_news_tells_nothing(
    source: Source, at: datetime, again: datetime
) -> None:
    """Of before a restart, stale, late, or of a clock gone wrong."""
    before = State().merged(
        said(at, source, charging="disconnected", cable=False, level=50)
    )
    after = before.merged(said(again, Source.STREAM, charging="charging", cable=True))
    assert told(before, after) == []


@pytest.mark.parametrize(
    ("was", "became"),
    [
        pytest.param(None, "charging", id="nothing was known"),
        pytest.param("stopped", None, id="nothing is known any more"),
    ],
)
def test_the_unknown_tells_nothing(was: str | None, became: str | None) -> None:
    """Neither a first word, nor one that cannot be read."""
    before = State().merged(said(EARLIER, charging=was))
    assert told(before, before.merged(said(NOW, charging=became))) == []
    assert told(State(), State().merged(said(NOW, charging="charging"))) == []


def test_what_we_expect_of_a_car_it_has_not_done() -> None:
    """A command is shown at once; it is told when the car says so."""
    before = State().merged(said(EARLIER, charging="disconnected"))
    expected = before.merged(said(NOW, Source.COMMAND, charging="charging"))
    assert told(before, expected) == []
    heard = expected.merged(said(NOW, charging="charging"))
    assert told(expected, heard) == [
        CarNewsKind.PLUGGED_IN,
        CarNewsKind.CHARGING_STARTED,
    ]


def test_the_list_is_never_stale() -> None:
    """It is dated by our clock, which may be hours behind the car's."""
    then = NOW - timedelta(hours=5)
    before = State().merged(said(then - timedelta(minutes=1), state="asleep"))
    after = before.merged(said(then, state="online"))
    assert told(before, after) == [CarNewsKind.WOKE_UP]


def test_the_level_has_a_time_of_its_own() -> None:
    """A car that wakes has said nothing of its battery yet."""
    before = State().merged([*said(EARLIER, level=55), *said(EARLIER, state="asleep")])
    (news,) = happened(before, before.merged(said(NOW, state="online")), now=NOW)
    assert (news.soc, news.soc_said_at, news.said_at) == (55, EARLIER, NOW)
    (unknown,) = happened(
        State().merged(said(EARLIER, state="asleep")),
        State().merged(said(NOW, state="online")),
        now=NOW,
    )
    assert (unknown.soc, unknown.soc_said_at) == (None, None)


# ---- where it is


def at(spot: Location | None, moment: datetime, source: Source = Source.POLL) -> State:
    """Give a car that is somewhere."""
    return State().merged(
        [Reading(field=fields.LOCATION, value=spot, at=moment, source=source)]
    )


HOME, WORK = frozenset({"zone.home"}), frozenset({"zone.work"})


@pytest.mark.parametrize(
    ("stay", "expected"),
    [
        pytest.param(
            Stay(before=HOME, after=WORK),
            [(CarNewsKind.LEFT, "zone.home"), (CarNewsKind.ARRIVED, "zone.work")],
            id="from zone to zone",
        ),
        pytest.param(Stay(before=HOME, after=HOME), [], id="within a zone"),
        pytest.param(
            Stay(before=frozenset(), after=HOME | WORK),
            [(CarNewsKind.ARRIVED, "zone.home"), (CarNewsKind.ARRIVED, "zone.work")],
            id="into two that overlap",
        ),
        pytest.param(None, [], id="nobody knows"),
    ],
)
def test_a_car_comes_and_goes_by_zones(
    stay: Stay | None, expected: list[tuple[CarNewsKind, str]]
) -> None:
    """Each zone by itself."""
    found = happened(at(HERE, EARLIER), at(AWAY, NOW), now=NOW, stay=stay)
    assert [(news.kind, news.zone) for news in found] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(at(HERE, EARLIER), at(AWAY, NOW - 2 * FRESH), id="stale"),
        pytest.param(
            at(HERE, EARLIER, Source.RESTORED), at(AWAY, NOW), id="of before the start"
        ),
        pytest.param(at(None, EARLIER), at(AWAY, NOW), id="unknown before"),
        pytest.param(at(HERE, EARLIER), at(None, NOW), id="unknown now"),
        pytest.param(State(), at(AWAY, NOW), id="a first word"),
    ],
)
def test_nobody_arrives_by_a_word_that_is_no_news(before: State, after: State) -> None:
    """As with everything else."""
    assert told(before, after, Stay(before=HOME, after=WORK)) == []


# ---- laws

LISTS = st.lists(readings(WATCHED), max_size=10)
SOON: Final = datetime(2026, 1, 1, 12, 3, tzinfo=UTC)


@settings(max_examples=60)
@given(LISTS, LISTS)
def test_everything_told_is_a_newer_word_of_this_run(
    first: list[Reading[object]], second: list[Reading[object]]
) -> None:
    """Each has its time from what the car said, and something was known before."""
    before = State().merged(first)
    after = before.merged(second)
    times = {r.at for r in after.readings.values() if r.source is not Source.RESTORED}
    known = {r.at for r in before.readings.values() if r.source is not Source.RESTORED}
    found = happened(before, after, now=SOON)
    assert {news.said_at for news in found} <= times
    assert [news for news in found if news.said_at <= min(known)] == []


@settings(max_examples=60)
@given(LISTS, st.randoms(use_true_random=False))
def test_readings_that_come_again_tell_nothing(
    given_readings: list[Reading[object]], rng: random.Random
) -> None:
    """In whichever order, and however many of them."""
    state = State().merged(given_readings)
    again = rng.sample(given_readings, rng.randint(0, len(given_readings)))
    assert happened(state, state.merged(again), now=SOON) == ()


@settings(max_examples=60)
@given(LISTS, LISTS)
def test_nothing_happens_in_a_home_that_has_just_started(
    first: list[Reading[object]], second: list[Reading[object]]
) -> None:
    """What is restored tells nothing, and what follows it neither."""
    before = State().merged(replace(r, source=Source.RESTORED) for r in first)
    assert happened(before, before.merged(second), now=SOON) == ()


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [f for f in fields.CHARGING_STATE.options if f != "calibrating"]
        ),
        max_size=10,
    )
)
def test_charging_starts_and_ends_by_turns(words: list[str]) -> None:
    """However a car goes from word to word, each told in its minutes."""
    state, heard = State().merged(said(NOW, charging="stopped", level=50)), []
    for minute, word in enumerate(words, 1):
        moment = NOW + timedelta(minutes=minute)
        after = state.merged(said(moment, charging=word))
        heard += [n.kind for n in happened(state, after, now=moment)]
        state = after
    of_charging = [kind for kind in heard if kind.value.startswith("charging")]
    starts = [kind is CarNewsKind.CHARGING_STARTED for kind in of_charging]
    assert starts == [place % 2 == 0 for place in range(len(starts))]


# ---- the table


def test_every_kind_has_its_place_and_something_that_tells_it() -> None:
    """By a row, or by zones; and no row tells what did not change."""
    of_zones = {CarNewsKind.ARRIVED, CarNewsKind.LEFT}
    assert {row.kind for row in _ROWS} | of_zones == set(CarNewsKind)
    assert sorted(_ORDER) == sorted(CarNewsKind)
    assert [row.kind for row in _ROWS if row.was & row.became] == []
    assert [row.kind for row in _ROWS] == sorted(row.kind for row in _ROWS)


@pytest.mark.parametrize("field", [fields.CHARGING_STATE, fields.STATE])
def test_the_table_uses_words_that_there_are(field: Field[str]) -> None:
    """A word that is misspelt would never be told."""
    used = [row.was | row.became for row in _ROWS if row.said(said_state(field))]
    assert {word for words in used for word in words} <= {
        *field.options,
        True,
        False,
    }


def said_state(field: Field[str]) -> State:
    """Give a car that said one thing only."""
    word = field.options[0]
    return State().merged(
        [Reading(field=field, value=word, at=NOW, source=Source.POLL)]
    )
