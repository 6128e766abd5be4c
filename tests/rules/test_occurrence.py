"""When rules apply, against a clock on the wall that is looked at every minute."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule, WallWindow
from custom_components.fleet_pulse.rules.occurrence import Occurrence, occurrences

from .wall_clock import DAY, WallClock, wall_clock

ZONES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
YEARS: Final = (2026, 2028)
"""An ordinary one, and one with a leap day."""
WEEKDAYS: Final = frozenset(range(5))
EVERY_DAY: Final = frozenset(range(7))
BERLIN: Final = "Europe/Berlin"
NOBODY: Final[Mapping[str, Mapping[date, bool]]] = {}


def rule(
    *,
    days: frozenset[int] = EVERY_DAY,
    dates: frozenset[date] = frozenset(),
    skip_dates: frozenset[date] = frozenset(),
    workday_entity: str | None = None,
    ready_by: time | None = None,
    windows: tuple[tuple[str, str], ...] = (),
    expires: date | None = None,
) -> ChargeRule:
    """Return a rule; what matters here is time only."""
    return ChargeRule(
        id="rule",
        name="Rule",
        vin="car",
        target_soc=80,
        days=days,
        dates=dates,
        skip_dates=skip_dates,
        workday_entity=workday_entity,
        ready_by=ready_by,
        windows=tuple(
            WallWindow(start=time.fromisoformat(start), end=time.fromisoformat(end))
            for start, end in windows
        ),
        expires=expires,
    )


def found(
    a_rule: ChargeRule,
    since: str,
    until: str,
    *,
    zone: str = BERLIN,
    workdays: Mapping[str, Mapping[date, bool]] = NOBODY,
) -> list[str]:
    """Return what happens of a rule as a table shows it, on the wall of the zone."""
    tz = ZoneInfo(zone)
    return [
        f"{one.day:%a %d}: {one.span.start.astimezone(tz):%a %H:%M} to "
        f"{one.span.end.astimezone(tz):%a %H:%M}" + (" ready" if one.deadline else "")
        for one in occurrences(
            a_rule,
            since=datetime.fromisoformat(since).replace(tzinfo=tz).astimezone(UTC),
            until=datetime.fromisoformat(until).replace(tzinfo=tz).astimezone(UTC),
            zone=tz,
            workdays=workdays,
        )
    ]


@pytest.mark.parametrize(
    ("a_rule", "since", "until", "expected"),
    [
        pytest.param(
            rule(days=WEEKDAYS, ready_by=time(7, 30)),
            "2026-01-02T12:00",
            "2026-01-06T12:00",
            [
                "Mon 05: Sun 18:00 to Mon 07:30 ready",
                "Tue 06: Mon 18:00 to Tue 07:30 ready",
            ],
            id="the night before a weekday begins on Sunday",
        ),
        pytest.param(
            rule(days=frozenset({4}), windows=(("23:00", "06:00"),)),
            "2026-01-02T00:00",
            "2026-01-04T00:00",
            ["Fri 02: Fri 23:00 to Sat 06:00"],
            id="a window over midnight belongs to the day on which it starts",
        ),
        pytest.param(
            rule(days=frozenset({4}), windows=(("23:00", "06:00"),)),
            "2026-01-03T03:00",
            "2026-01-03T04:00",
            ["Fri 02: Fri 23:00 to Sat 06:00"],
            id="under way since yesterday",
        ),
        pytest.param(
            rule(days=frozenset({0}), ready_by=time(7, 30)),
            "2026-01-05T07:30",
            "2026-01-12T07:30",
            ["Mon 12: Sun 18:00 to Mon 07:30 ready"],
            id="after today's time it is the same weekday next week",
        ),
        pytest.param(
            rule(days=frozenset({0}), ready_by=time(7, 30)),
            "2026-01-05T07:29",
            "2026-01-05T12:00",
            ["Mon 05: Sun 18:00 to Mon 07:30 ready"],
            id="a minute before today's time it is today",
        ),
        pytest.param(
            rule(ready_by=time(20)),
            "2026-01-05T21:00",
            "2026-01-06T19:00",
            ["Tue 06: Mon 20:00 to Tue 20:00 ready"],
            id="what is to be ready in the evening has a day, and not more",
        ),
        pytest.param(
            rule(ready_by=time(7, 30), windows=(("23:00", "05:00"),)),
            "2026-01-05T12:00",
            "2026-01-06T12:00",
            ["Tue 06: Mon 18:00 to Tue 07:30 ready"],
            id="with windows the night is the same",
        ),
        pytest.param(
            rule(ready_by=time(7, 30), windows=(("12:00", "15:00"),)),
            "2026-01-05T16:00",
            "2026-01-06T11:00",
            ["Tue 06: Mon 12:00 to Tue 07:30 ready"],
            id="with a window at noon the night begins with it",
        ),
        pytest.param(
            rule(days=frozenset({5}), windows=(("10:00", "16:00"), ("22:00", "23:00"))),
            "2026-01-02T00:00",
            "2026-01-05T00:00",
            ["Sat 03: Sat 10:00 to Sat 16:00", "Sat 03: Sat 22:00 to Sat 23:00"],
            id="two windows a day",
        ),
        pytest.param(
            rule(days=frozenset({6})),
            "2026-03-28T12:00",
            "2026-03-30T12:00",
            ["Sun 29: Sun 00:00 to Mon 00:00"],
            id="without times it is the whole day, of 23 hours as well",
        ),
        pytest.param(
            rule(days=frozenset(), dates=frozenset({date(2026, 12, 24)})),
            "2026-12-20T00:00",
            "2026-12-30T00:00",
            ["Thu 24: Thu 00:00 to Fri 00:00"],
            id="a date instead of weekdays",
        ),
        pytest.param(
            rule(dates=frozenset({date(2028, 2, 29)}), ready_by=time(7)),
            "2028-02-20T00:00",
            "2028-03-05T00:00",
            ["Tue 29: Mon 18:00 to Tue 07:00 ready"],
            id="a leap day",
        ),
        pytest.param(
            rule(ready_by=time(7), skip_dates=frozenset({date(2026, 1, 6)})),
            "2026-01-05T08:00",
            "2026-01-07T08:00",
            ["Wed 07: Tue 18:00 to Wed 07:00 ready"],
            id="a date that is left out",
        ),
        pytest.param(
            rule(ready_by=time(7), expires=date(2026, 1, 6)),
            "2026-01-05T08:00",
            "2026-01-09T08:00",
            ["Tue 06: Mon 18:00 to Tue 07:00 ready"],
            id="the last day on which it counts",
        ),
        pytest.param(
            rule(ready_by=time(2, 30)),
            "2026-03-28T12:00",
            "2026-03-29T12:00",
            ["Sun 29: Sat 18:00 to Sun 03:00 ready"],
            id="ready at a time that the clock skips",
        ),
        pytest.param(
            rule(windows=(("02:10", "02:50"),)),
            "2026-03-28T12:00",
            "2026-03-30T12:00",
            ["Mon 30: Mon 02:10 to Mon 02:50"],
            id="a window that the clock skips does not take place",
        ),
        pytest.param(
            rule(days=frozenset()), "2026-01-01", "2026-02-01", [], id="never"
        ),
    ],
)
def test_occurrences(
    a_rule: ChargeRule, since: str, until: str, expected: list[str]
) -> None:
    """Days and wall times become spans, as owners mean them."""
    assert found(a_rule, since, until) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(
            {"binary_sensor.workday": {date(2026, 1, 6): False}},
            ["Wed 07: Tue 18:00 to Wed 07:00 ready"],
            id="a holiday is left out",
        ),
        pytest.param(
            {"binary_sensor.workday": {date(2026, 1, 6): True, date(2026, 1, 7): True}},
            [
                "Tue 06: Mon 18:00 to Tue 07:00 ready",
                "Wed 07: Tue 18:00 to Wed 07:00 ready",
            ],
            id="workdays count",
        ),
        pytest.param(
            {},
            [
                "Tue 06: Mon 18:00 to Tue 07:00 ready",
                "Wed 07: Tue 18:00 to Wed 07:00 ready",
            ],
            id="while nobody says, weekdays count",
        ),
        pytest.param(
            {"binary_sensor.other": {date(2026, 1, 6): False}},
            [
                "Tue 06: Mon 18:00 to Tue 07:00 ready",
                "Wed 07: Tue 18:00 to Wed 07:00 ready",
            ],
            id="somebody else's holidays do not count",
        ),
    ],
)
def test_workdays(
    known: Mapping[str, Mapping[date, bool]], expected: list[str]
) -> None:
    """Holidays are left out where an entity knows them."""
    a_rule = rule(
        days=WEEKDAYS, ready_by=time(7), workday_entity="binary_sensor.workday"
    )

    assert (
        found(a_rule, "2026-01-05T08:00", "2026-01-07T08:00", workdays=known)
        == expected
    )


def test_the_zone_is_that_of_the_house() -> None:
    """The same rule is another moment where the wall clock is another."""
    a_rule = rule(days=frozenset({0}), ready_by=time(7, 30))

    ends = [
        one.span.end
        for zone in ZONES
        for one in occurrences(
            a_rule,
            since=datetime(2026, 1, 4, 12, tzinfo=UTC),
            until=datetime(2026, 1, 5, 14, tzinfo=UTC),
            zone=ZoneInfo(zone),
            workdays=NOBODY,
        )
    ]

    assert [f"{end:%d %H:%M}" for end in ends] == [
        "05 06:30",
        "05 12:30",
        "04 20:30",
        "05 02:00",
    ]


# The oracle: what happens of a rule, minute by minute.


def expected_of(
    a_rule: ChargeRule, clock: WallClock, first: date, last: date, known: set[date]
) -> Iterator[Occurrence]:
    """Yield what belongs to each day, by asking the clock on the wall."""
    day = first
    while day <= last:
        if applies(a_rule, day, known):
            yield from (
                nights(a_rule, a_rule.ready_by, clock, day)
                if a_rule.ready_by
                else windows_of(a_rule, clock, day)
            )
        day += DAY


def applies(a_rule: ChargeRule, day: date, known: set[date]) -> bool:
    """Say whether a rule is for a day; these days are known to be holidays."""
    named = day in a_rule.dates
    weekly = not a_rule.dates and day.isoweekday() - 1 in a_rule.days
    on_holiday = a_rule.workday_entity is not None and day in known
    gone = a_rule.expires is not None and a_rule.expires < day
    return (named or (weekly and not on_holiday)) and not (
        gone or day in a_rule.skip_dates
    )


def minutes_of(clock: WallClock, day: date, window: WallWindow) -> range:
    """Return the minutes of a window that starts on a day."""
    later = window.end <= window.start
    return range(
        clock.first(day, window.start),
        clock.first(day + DAY if later else day, window.end),
    )


def windows_of(a_rule: ChargeRule, clock: WallClock, day: date) -> Iterator[Occurrence]:
    """Yield the windows of a day that have a minute."""
    whole = (WallWindow(start=time(), end=time()),)
    for window in a_rule.windows or whole:
        minutes = minutes_of(clock, day, window)
        if len(minutes):
            span = Span(
                start=clock.moment(minutes.start), end=clock.moment(minutes.stop)
            )
            yield Occurrence(day=day, span=span, windows=(span,))


def nights(
    a_rule: ChargeRule, ready_by: time, clock: WallClock, day: date
) -> Iterator[Occurrence]:
    """Yield the night before a moment to be ready by, minute by minute."""
    begins, ends = clock.first(day - DAY, ready_by), clock.first(day, ready_by)
    evening = max(begins, clock.first(day - DAY, time(18)))
    in_windows = {
        minute
        for window in a_rule.windows
        for ago in range(4)
        for minute in minutes_of(clock, day - ago * DAY, window)
        if begins <= minute < ends
    }
    allowed = sorted(in_windows) or list(range(evening, ends))
    yield Occurrence(
        day=day,
        span=Span(start=clock.moment(min(evening, allowed[0])), end=clock.moment(ends)),
        deadline=clock.moment(ends),
        windows=tuple(runs_of(clock, allowed)),
    )


def runs_of(clock: WallClock, minutes: list[int]) -> Iterator[Span]:
    """Yield minutes that follow each other as spans."""
    for _, run in groupby(enumerate(minutes), lambda pair: pair[1] - pair[0]):
        followed = [minute for _, minute in run]
        yield Span(start=clock.moment(followed[0]), end=clock.moment(followed[-1] + 1))


def in_order(happens: Iterator[Occurrence], time_: Span) -> list[Occurrence]:
    """Return what happens in a time, even in part, in the order of the ends."""
    return sorted(
        (one for one in happens if one.span.meets(time_)),
        key=lambda one: (one.span.end, one.span.start),
    )


TIMES: Final = st.times().map(lambda at: at.replace(second=0, microsecond=0))
NIGHTLY: Final = st.builds(time, st.integers(0, 4), st.integers(0, 59))
"""Times at which clocks are changed."""


@st.composite
def rules(draw: st.DrawFn, year: int) -> ChargeRule:
    """Make up a rule of a year, more often than not about the hours that change."""
    at = TIMES | NIGHTLY
    day = st.dates(date(year, 1, 1), date(year, 12, 31))
    edges = draw(st.lists(st.tuples(at, at), max_size=3))
    return ChargeRule(
        id="rule",
        name="Rule",
        vin="car",
        target_soc=80,
        days=draw(st.frozensets(st.integers(0, 6))),
        dates=draw(st.just(frozenset[date]()) | st.frozensets(day, max_size=8)),
        skip_dates=draw(st.frozensets(day, max_size=4)),
        workday_entity=draw(st.none() | st.just("binary_sensor.workday")),
        ready_by=draw(st.none() | at),
        windows=tuple(WallWindow(start=start, end=end) for start, end in edges),
        expires=draw(st.none() | day),
    )


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(ZONES), st.sampled_from(YEARS))
def test_rules_mean_what_the_wall_clock_shows(
    data: st.DataObject, zone: str, year: int
) -> None:
    """Any rule in any zone at any time of the year happens when the wall clock says."""
    clock = wall_clock(zone, year)
    a_rule = data.draw(rules(year))
    first = data.draw(st.dates(date(year, 1, 4), date(year, 12, 20)))
    since = datetime.combine(first, data.draw(TIMES), UTC)
    until = since + timedelta(minutes=data.draw(st.integers(1, 20 * 1440)))
    holidays = data.draw(
        st.sets(st.dates(date(year, 1, 1), date(year, 12, 31)), max_size=20)
    )
    happens = expected_of(
        a_rule, clock, first - 3 * DAY, until.date() + 3 * DAY, holidays
    )

    assert list(
        occurrences(
            a_rule,
            since=since,
            until=until,
            zone=ZoneInfo(zone),
            workdays={"binary_sensor.workday": dict.fromkeys(holidays, False)},
        )
    ) == in_order(happens, Span(start=since, end=until))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    "a_rule",
    [
        pytest.param(rule(days=WEEKDAYS, ready_by=time(7, 30)), id="weekdays at 07:30"),
        pytest.param(rule(ready_by=time(2, 15)), id="ready when clocks are changed"),
        pytest.param(rule(windows=(("23:00", "06:00"),)), id="nightly"),
        pytest.param(
            rule(windows=(("01:45", "02:20"), ("02:30", "02:00"))),
            id="about the hour that changes",
        ),
        pytest.param(rule(), id="every day, all day"),
    ],
)
def test_a_whole_year(a_rule: ChargeRule, year: int, zone: str) -> None:
    """From New Year to New Year nothing is left out, doubled, or a minute off."""
    clock = wall_clock(zone, year)
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)
    happens = expected_of(
        a_rule, clock, date(year - 1, 12, 29), date(year + 1, 1, 2), set()
    )

    assert list(
        occurrences(
            a_rule, since=since, until=until, zone=ZoneInfo(zone), workdays=NOBODY
        )
    ) == in_order(happens, Span(start=since, end=until))
