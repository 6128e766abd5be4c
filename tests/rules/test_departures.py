"""What weekly times, charge rules and calendars come to, in one list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.departure import (
    CalendarSource,
    Departure,
    Source,
)
from custom_components.fleet_pulse.rules.departures import Event, Leaving, departures
from custom_components.fleet_pulse.rules.memory import Memory, Skip

from .climate import BERLIN, NO_MEMORY, VIN, WEEKLY

MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
WEEK: Final = timedelta(days=7)
MEETING: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
CALENDAR: Final = Departure(
    id="out",
    name="Appointments",
    vin=VIN,
    source=Source.CALENDAR,
    calendar=CalendarSource(entity="calendar.me", travel_entity="sensor.way"),
)
FOLLOWING: Final = Departure(
    id="with", name="With it", vin=VIN, source=Source.CHARGE_RULE, rule="night"
)
NIGHT: Final = ChargeRule(
    id="night",
    name="Night",
    vin=VIN,
    target_soc=80,
    days=frozenset({0, 2}),
    ready_by=time(7, 30),
)


def listed(
    *rules: Departure,
    events: Mapping[str, Sequence[Event]] | None = None,
    since: datetime = MONDAY,
    until: datetime = MONDAY + WEEK,
    memory: Memory = NO_MEMORY,
    **more: Any,
) -> tuple[Leaving, ...]:
    """List what departs in a week."""
    return departures(
        rules,
        (NIGHT,),
        events or {},
        memory,
        since=since,
        until=until,
        zone=BERLIN,
        **more,
    )


def event(start: datetime = MEETING, **more: Any) -> Event:
    """Give an event somewhere else."""
    known = {"summary": "Dentist", "location": "Main Street 1"}
    return Event(start=start, end=start + HOUR, **{**known, **more})


def times(leavings: Sequence[Leaving]) -> list[str]:
    """Give moments by the clock on the wall in Berlin."""
    return [f"{one.at.astimezone(BERLIN):%a %H:%M}" for one in leavings]


def test_a_weekly_departure_is_on_its_days_by_the_clock_on_the_wall() -> None:
    """Weekdays at half past seven are five departures a week."""
    assert times(listed(WEEKLY)) == [
        "Mon 07:30",
        "Tue 07:30",
        "Wed 07:30",
        "Thu 07:30",
        "Fri 07:30",
    ]


@pytest.mark.parametrize(
    ("sunday", "at", "shown"),
    [
        pytest.param(
            date(2026, 3, 29), time(2, 30), "01:00", id="a time that spring skips"
        ),
        pytest.param(
            date(2026, 10, 25), time(2, 30), "00:30", id="a time that autumn has twice"
        ),
        pytest.param(
            date(2026, 3, 29),
            time(7, 30),
            "05:30",
            id="the morning after spring's night",
        ),
    ],
)
def test_a_clock_that_is_put_forward_or_back_moves_no_departure(
    sunday: date, at: time, shown: str
) -> None:
    """A skipped time is the first minute after it, a double one the first of the two."""
    rule = replace(WEEKLY, days=frozenset({6}), at=at)
    since = datetime.combine(sunday, time(), UTC) - HOUR
    (found,) = listed(rule, since=since, until=since + timedelta(days=1))
    assert f"{found.at:%H:%M}" == shown
    assert found.day == sunday


def test_a_departure_follows_the_moment_a_charge_rule_is_ready_by() -> None:
    """Whoever has the car full by half past seven leaves then."""
    assert times(listed(FOLLOWING)) == ["Mon 07:30", "Wed 07:30"]


@pytest.mark.parametrize(
    "memory",
    [
        pytest.param(Memory(disabled=frozenset({"night"})), id="rule off"),
        pytest.param(
            Memory(
                skipped=frozenset(
                    Skip(rule="night", day=date(2026, 11, day)) for day in (23, 25)
                )
            ),
            id="days skipped",
        ),
    ],
)
def test_a_departure_stays_away_with_the_charge_rule_that_it_follows(
    memory: Memory,
) -> None:
    """Nobody leaves on a day off."""
    assert listed(FOLLOWING, memory=memory) == ()


def test_a_departure_that_follows_nothing_is_none() -> None:
    """A charge rule that was deleted leaves no ghost."""
    assert listed(replace(FOLLOWING, rule="gone")) == ()


def test_one_leaves_for_an_event_in_time_for_the_way_there() -> None:
    """The way and some time to spare come before the event."""
    found = listed(
        CALENDAR,
        events={"calendar.me": (event(),)},
        travel={"sensor.way": timedelta(minutes=35)},
    )
    assert times(found) == ["Tue 09:15"]


def test_a_way_that_nobody_knows_takes_no_time() -> None:
    """The time to spare is still kept."""
    found = listed(CALENDAR, events={"calendar.me": (event(),)})
    assert times(found) == ["Tue 09:50"]


@pytest.mark.parametrize(
    ("source", "given", "count"),
    [
        pytest.param({}, {"location": ""}, 0, id="no place, and one is needed"),
        pytest.param({}, {"location": "  "}, 0, id="a place of blanks"),
        pytest.param(
            {"needs_location": False, "keyword": "office"},
            {"location": "", "summary": "In the OFFICE"},
            1,
            id="the word in the title",
        ),
        pytest.param({"keyword": "main street"}, {}, 1, id="the word in the place"),
        pytest.param({"keyword": "office"}, {}, 0, id="another word"),
        pytest.param({}, {"status": "tentative"}, 1, id="perhaps"),
        pytest.param({}, {"status": "cancelled"}, 0, id="cancelled"),
        pytest.param({}, {"status": "declined"}, 0, id="declined"),
        pytest.param(
            {}, {"summary": "Canceled: Dentist"}, 0, id="cancelled in the title"
        ),
        pytest.param(
            {}, {"summary": "Abgesagt: Zahnarzt"}, 0, id="cancelled in German"
        ),
    ],
)
def test_only_events_that_one_drives_to_are_departures(
    source: dict[str, Any], given: dict[str, Any], count: int
) -> None:
    """A place or a word says so, and a cancelled event is none."""
    calendar = CalendarSource(entity="calendar.me", **source)
    rule = replace(CALENDAR, calendar=calendar)
    assert len(listed(rule, events={"calendar.me": (event(**given),)})) == count


def test_what_is_skipped_is_listed_and_marked() -> None:
    """It can be explained, and taken back."""
    skip = Skip(rule="work", day=date(2026, 11, 24))
    found = listed(WEEKLY, memory=Memory(skipped=frozenset({skip})))
    assert [one.is_skipped for one in found] == [False, True, False, False, False]


def test_what_is_switched_off_has_no_departures() -> None:
    """A holiday is a switch."""
    assert listed(WEEKLY, memory=Memory(disabled=frozenset({"work"}))) == ()


def test_all_sources_make_one_list_in_the_order_of_time() -> None:
    """Whatever names a departure, the earliest comes first."""
    found = listed(
        CALENDAR,
        WEEKLY,
        FOLLOWING,
        events={"calendar.me": (event(),)},
        until=MONDAY + timedelta(days=2),
    )
    assert [one.rule for one in found] == ["with", "work", "work", "out"]
