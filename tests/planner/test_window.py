"""Wall clocks: gaps, folds, midnights; and spans of time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.fleet_pulse.planner.window import (
    Span,
    common,
    joined,
    total,
    wall,
    wall_span,
)

from .drawing import at, drawn, spans_of

BERLIN: Final = "Europe/Berlin"
NEW_YORK: Final = "America/New_York"
LORD_HOWE: Final = "Australia/Lord_Howe"
KOLKATA: Final = "Asia/Kolkata"


@pytest.mark.parametrize(
    ("zone", "day", "at_", "meant"),
    [
        pytest.param(
            BERLIN, "2026-01-05", "07:30", "2026-01-05T06:30", id="an ordinary day"
        ),
        pytest.param(
            KOLKATA,
            "2026-01-05",
            "07:30",
            "2026-01-05T02:00",
            id="a zone at half an hour",
        ),
        pytest.param(
            BERLIN,
            "2026-03-29",
            "02:30",
            "2026-03-29T01:00",
            id="in a gap: the first minute after it",
        ),
        pytest.param(
            BERLIN,
            "2026-03-29",
            "02:00",
            "2026-03-29T01:00",
            id="the first minute of a gap",
        ),
        pytest.param(
            BERLIN,
            "2026-03-29",
            "02:59",
            "2026-03-29T01:00",
            id="the last minute of a gap",
        ),
        pytest.param(
            BERLIN,
            "2026-03-29",
            "03:00",
            "2026-03-29T01:00",
            id="the first minute after a gap",
        ),
        pytest.param(
            BERLIN,
            "2026-10-25",
            "02:30",
            "2026-10-25T00:30",
            id="twice: the first of them",
        ),
        pytest.param(
            NEW_YORK,
            "2026-03-08",
            "02:15",
            "2026-03-08T07:00",
            id="a gap west of Greenwich",
        ),
        pytest.param(
            NEW_YORK,
            "2026-11-01",
            "01:15",
            "2026-11-01T05:15",
            id="twice, west of Greenwich",
        ),
        pytest.param(
            LORD_HOWE,
            "2026-10-04",
            "02:10",
            "2026-10-03T15:30",
            id="a gap of half an hour",
        ),
        pytest.param(
            LORD_HOWE,
            "2026-04-05",
            "01:45",
            "2026-04-04T14:45",
            id="twice, half an hour apart",
        ),
        pytest.param(
            BERLIN, "2028-02-29", "00:00", "2028-02-28T23:00", id="a leap day"
        ),
        pytest.param(
            "Africa/Cairo",
            "2026-04-24",
            "00:00",
            "2026-04-23T22:00",
            id="a day that has no midnight",
        ),
    ],
)
def test_what_a_wall_clock_means(zone: str, day: str, at_: str, meant: str) -> None:
    """Every wall time of every day is one moment."""
    found = wall(date.fromisoformat(day), time.fromisoformat(at_), ZoneInfo(zone))

    assert found == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "start", "end", "length"),
    [
        pytest.param("2026-01-05", "10:00", "16:00", 6, id="within a day"),
        pytest.param("2026-01-05", "23:00", "06:00", 7, id="over midnight"),
        pytest.param("2026-01-05", "10:00", "10:00", 24, id="to the same time"),
        pytest.param("2026-03-28", "23:00", "06:00", 6, id="a night with a gap"),
        pytest.param("2026-10-24", "23:00", "06:00", 8, id="a night with a fold"),
        pytest.param("2026-03-29", "02:10", "02:50", 0, id="wholly in a gap"),
        pytest.param("2026-03-29", "02:10", "03:30", 0.5, id="begins in a gap"),
        pytest.param("2026-10-25", "02:00", "03:00", 2, id="all of a fold"),
        pytest.param("2026-10-25", "02:15", "02:45", 0.5, id="within a fold: once"),
    ],
)
def test_how_long_a_window_is(day: str, start: str, end: str, length: float) -> None:
    """A window is as long as the clock takes from its start to its end."""
    span = wall_span(
        date.fromisoformat(day),
        time.fromisoformat(start),
        time.fromisoformat(end),
        ZoneInfo(BERLIN),
    )

    assert span.length == timedelta(hours=length)


def test_a_span_has_its_start_but_not_its_end() -> None:
    """Spans that touch have no moment in common."""
    first, second = Span(start=at(0), end=at(4)), Span(start=at(4), end=at(8))

    assert (first.covers(at(0)), first.covers(at(4))) == (True, False)
    assert not first.meets(second)
    assert first.meets(Span(start=at(3), end=at(5)))


@pytest.mark.parametrize(
    ("some", "others", "both"),
    [
        pytest.param("####....", "..####..", "..##....", id="overlap"),
        pytest.param("##..##..", ".####...", ".#..#...", id="two in one"),
        pytest.param("##......", "....##..", "........", id="nothing in common"),
        pytest.param("########", "..#..#..", "..#..#..", id="all of the smaller"),
        pytest.param("", "..#..#..", "........", id="nothing at all"),
    ],
)
def test_what_is_common(some: str, others: str, both: str) -> None:
    """What two have in common is the same whichever is named first."""
    assert drawn(common(spans_of(some), spans_of(others)), 8) == both
    assert common(spans_of(some), spans_of(others)) == common(
        spans_of(others), spans_of(some)
    )


def test_joined_spans_are_in_order_and_apart() -> None:
    """Whatever overlaps, touches or is empty, in any order, is one span each."""
    mixed = [
        Span(start=at(6), end=at(7)),
        Span(start=at(0), end=at(3)),
        Span(start=at(5), end=at(5)),
        Span(start=at(1), end=at(2)),
        Span(start=at(3), end=at(4)),
    ]

    assert joined(mixed) == (
        Span(start=at(0), end=at(4)),
        Span(start=at(6), end=at(7)),
    )
    assert total(joined(mixed)) == timedelta(minutes=75)
