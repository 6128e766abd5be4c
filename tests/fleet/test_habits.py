"""What is learned of a car: when it usually leaves, and where it falls asleep."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.habits import Habits, Usual, load
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Location, Reading, Source
from custom_components.fleet_pulse.model.state import State

from .cars import DRIVING, NOW, PARKED, ago, state

BERLIN: Final = ZoneInfo("Europe/Berlin")
MONDAY: Final = datetime(2026, 3, 2, tzinfo=BERLIN)
HOME: Final = Location(52.52, 13.405)
MOVED: Final = PARKED | {fields.ODOMETER: 1020.0}


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of Berlin's clocks, by days after a Monday."""
    return (MONDAY + timedelta(days=day)).replace(hour=hour, minute=minute)


def starts(*moments: datetime) -> Habits:
    """Return the habits of a car that drove off at some moments."""
    return Habits(drives=tuple(sorted(one.astimezone(UTC) for one in moments)))


def placed(
    values: dict[Any, Any], place: Location | None, *, online: str, at: datetime = NOW
) -> State:
    """Return a car at a place."""
    return state(values | {fields.LOCATION: place}, at, online=online)


WORKDAYS: Final = [wall(day, 7, 40 + day % 5) for day in (0, 1, 2, 3, 4, 7, 8, 9)]


def test_a_weekday_habit_is_expected_on_weekdays() -> None:
    """Eight mornings make a habit: it is expected each weekday, not on Saturday."""
    habits = starts(*WORKDAYS)

    friday = habits.usual(wall(11, 12), BERLIN)
    sunday = habits.usual(wall(13, 12), BERLIN)

    assert friday.drives == (wall(10, 7, 42), wall(11, 7, 42))
    assert sunday.drives == (wall(14, 7, 42),)
    assert friday.is_regular
    assert not sunday.is_regular
    assert sunday.is_known


def test_a_weekend_has_habits_of_its_own() -> None:
    """Three Saturdays at eleven: also the next Sunday, not on Monday."""
    habits = starts(*(wall(day, 11) for day in (5, 12, 19)))

    assert habits.usual(wall(26, 9), BERLIN).drives == (wall(26, 11), wall(27, 11))
    assert habits.usual(wall(24, 9), BERLIN).drives == ()


def test_clocks_that_change_move_no_habit() -> None:
    """At half past seven of the wall's clock, before and after summer time begins."""
    habits = starts(*(wall(day, 7, 30) for day in (14, 15, 16, 17, 18, 21, 22, 23)))

    (_, monday) = habits.usual(wall(28, 12), BERLIN).drives[-2:]

    # Clocks went forward on Sunday, 29 March 2026.
    assert monday == wall(29, 7, 30)
    assert monday.astimezone(BERLIN).hour == 7
    assert monday.astimezone(UTC).hour == 5


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        pytest.param([], Usual(), id="never driven"),
        pytest.param([wall(0, 8), wall(1, 8)], Usual(), id="twice is no habit"),
        pytest.param(
            [wall(0, 8), wall(0, 8, 10), wall(0, 8, 20)], Usual(), id="all on one day"
        ),
        pytest.param(
            [wall(day, 8) for day in (-37, -36, -35)] + [wall(0, 8)],
            Usual(),
            id="now and then in six weeks",
        ),
        pytest.param(
            [wall(day, 6 + 3 * day) for day in range(5)], Usual(), id="at any time"
        ),
    ],
)
def test_what_is_no_habit(moments: list[datetime], expected: Usual) -> None:
    """A few drives are no habit: nothing is expected, and anything may happen."""
    assert starts(*moments).usual(wall(4, 22), BERLIN) == expected


@pytest.mark.parametrize(
    ("before", "after", "online", "start"),
    [
        pytest.param(
            state(PARKED, ago(400)),
            state(DRIVING, NOW),
            4,
            ago(4),
            id="who gets in wakes it",
        ),
        pytest.param(
            state(PARKED, ago(10)),
            state(DRIVING, NOW),
            60,
            ago(5),
            id="awake: between two looks",
        ),
        pytest.param(
            state(PARKED, ago(30)),
            state(MOVED, NOW),
            600,
            ago(15),
            id="there and parked again, unseen",
        ),
        pytest.param(
            state(PARKED, ago(200)),
            state(DRIVING, NOW),
            600,
            None,
            id="too long ago to know when",
        ),
        pytest.param(
            state(PARKED, ago(10)), state(PARKED, NOW), 60, None, id="it stands"
        ),
        pytest.param(
            state(DRIVING, ago(10)), state(MOVED, NOW), 60, None, id="it arrives"
        ),
        pytest.param(State(), state(DRIVING, NOW), 60, None, id="never seen before"),
        pytest.param(
            state(PARKED, ago(10)), state({}, NOW), 60, None, id="nothing said"
        ),
    ],
)
def test_the_start_of_a_drive_is_found(
    before: State, after: State, online: float, start: datetime | None
) -> None:
    """As exactly as two words of the car and the free list tell."""
    habits = Habits().learned(
        before,
        before.merged(after.readings.values()),
        online_since=ago(online),
        now=NOW,
    )

    assert habits.drives == (() if start is None else (start,))


def test_a_drive_is_counted_once() -> None:
    """A snapshot and a look a moment later tell of the same drive."""
    parked, driving = state(PARKED, ago(400)), state(DRIVING, ago(3))
    once = Habits().learned(parked, driving, online_since=ago(4), now=ago(3))
    twice = once.learned(parked, state(DRIVING, NOW), online_since=ago(2), now=NOW)

    assert len(twice.drives) == 1


def test_memory_is_bounded() -> None:
    """What is six weeks old is forgotten, and nobody drives off more often."""
    habits = Habits(drives=tuple(ago(n * 60) for n in range(3000, 0, -1)))
    learned = habits.learned(
        state(PARKED, ago(9)), state(DRIVING, NOW), online_since=ago(4), now=NOW
    )

    assert len(learned.drives) == 120
    assert learned.drives[-1] == ago(4)


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        pytest.param(HOME, True, id="here"),
        pytest.param(
            Location(52.5212, 13.4061), True, id="at the other end of the yard"
        ),
        pytest.param(Location(52.53, 13.405), False, id="a kilometre on"),
        pytest.param(None, True, id="nobody may know where it is"),
    ],
)
def test_a_car_is_known_to_sleep_where_it_slept(
    here: Location | None, expected: bool
) -> None:
    """Seen to fall asleep by itself, it is trusted to do so again at that place."""
    awake = placed(PARKED, HOME, online="online")
    slept = Habits().learned(
        awake, placed(PARKED, HOME, online="asleep"), online_since=ago(30), now=NOW
    )

    assert slept.sleeps_here(placed(PARKED, here, online="online")) is expected
    assert Habits().sleeps_here(awake) is False


@pytest.mark.parametrize(
    ("values", "online", "since"),
    [
        pytest.param(PARKED, "offline", 30, id="out of reception"),
        pytest.param(PARKED, "online", 30, id="awake"),
        pytest.param(DRIVING, "asleep", 30, id="driving when it was last seen"),
        pytest.param(PARKED, "asleep", -1, id="it told the place before it woke"),
    ],
)
def test_no_sleep_no_place(values: dict[Any, Any], online: str, since: float) -> None:
    """Only a parked car that says asleep where it has just said it stands."""
    learned = Habits().learned(
        placed(values, HOME, online="online"),
        placed(values, HOME, online=online),
        online_since=ago(since),
        now=NOW,
    )

    assert learned.places == ()


def test_places_are_few() -> None:
    """The newest are kept, and coming home adds none."""
    habits = Habits()
    for number in range(200):
        there = Location(40 + number % 100 / 10, 10)
        habits = habits.learned(
            placed(PARKED, there, online="online"),
            placed(PARKED, there, online="asleep"),
            online_since=ago(30),
            now=NOW,
        )

    assert len(habits.places) == 64
    assert habits.sleeps_here(placed(PARKED, there, online="online"))


def test_what_is_learned_outlasts_a_restart() -> None:
    """Dumped and loaded it is the same."""
    habits = Habits(drives=(ago(60), NOW), places=((26260, 6702), (-5, -7)))

    assert load(habits.dump()) == habits


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    ANYTHING
    | st.fixed_dictionaries(
        {},
        optional={
            "drives": ANYTHING | st.lists(ANYTHING | st.datetimes().map(str)),
            "places": ANYTHING | st.lists(ANYTHING | st.lists(st.integers())),
        },
    )
)
def test_garbage_is_left_out(data: object) -> None:
    """Whatever lies on the disk: nothing is raised, and it can be worked with."""
    habits = load(data)

    assert load(habits.dump()) == habits
    assert isinstance(habits.usual(NOW, BERLIN), Usual)


def test_a_place_is_learned_from_a_snapshot_at_sleep() -> None:
    """The snapshot that comes with the word asleep says where the car stands."""
    before = state(PARKED, ago(90))
    said = Reading(field=fields.LOCATION, value=HOME, at=NOW, source=Source.CACHED)
    after = placed(PARKED, None, online="asleep", at=ago(90)).merged([said])

    learned = Habits().learned(before, after, online_since=ago(20), now=NOW)

    assert learned.sleeps_here(after)
    assert len(learned.places) == 1
