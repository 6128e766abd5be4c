"""Plans, as drawings: the cheapest time, else the latest that is safe."""

from datetime import timedelta

import pytest

from custom_components.fleet_pulse.planner.plan import Plan, plan

from .drawing import QUARTER, at, drawn, priced, spans_of

NIGHT = 32
"""Quarters from the evening to the moment to be ready by."""


def planned(
    needed: float,
    prices: str = "",
    *,
    windows: str = "",
    now: float = 0,
    before: Plan | None = None,
    quarters: int = 4,
) -> Plan:
    """Return the plan of a night."""
    return plan(
        now=at(now),
        since=at(0),
        deadline=at(NIGHT),
        needed=needed * QUARTER,
        rates=priced(prices, quarters),
        windows=spans_of(windows),
        before=before,
    )


@pytest.mark.parametrize(
    ("prices", "needed", "drawing"),
    [
        pytest.param(
            "",
            6,
            "..........................######",
            id="without prices it is the latest time that suffices",
        ),
        pytest.param(
            "33333333",
            6,
            "..........................######",
            id="at one price the latest time is as good as any",
        ),
        pytest.param(
            "33133333",
            4,
            "........####....................",
            id="the one cheap hour is taken",
        ),
        pytest.param(
            "33133313",
            8,
            "........####............####....",
            id="two cheap hours apart are worth two starts",
        ),
        pytest.param(
            "33133313",
            6,
            "..........##............####....",
            id="half of a cheap hour is its later half",
        ),
        pytest.param(
            "33311333",
            6,
            "..............######............",
            id="a run that is shorter than the cheap time ends with it",
        ),
        pytest.param(
            "41434444",
            6,
            "....####......##................",
            id="another start is made where it saves enough",
        ),
        pytest.param(
            "9c888788",
            6,
            "....######......................",
            id="another start is not made where it hardly saves",
        ),
        pytest.param(
            "33333a33",
            2,
            "......................##........",
            id="being paid for it is the best price of all",
        ),
        pytest.param(
            "cccccc33",
            4,
            "....................####........",
            id="of prices below nothing the latest is taken",
        ),
        pytest.param(
            "9999    ",
            8,
            "........................########",
            id="what is not known yet is waited for",
        ),
        pytest.param(
            "99199   ",
            4,
            "............................####",
            id="no known price is taken for want of knowing a better one",
        ),
        pytest.param(
            "99b99   ",
            4,
            "........####....................",
            id="being paid is not waited for",
        ),
        pytest.param(
            "9999    ",
            20,
            "............####################",
            id="known prices are used when the unknown time does not suffice",
        ),
        pytest.param(
            "33133333",
            1,
            "...........#....................",
            id="less than half an hour is one run",
        ),
        pytest.param(
            "21",
            4,
            "............................####",
            id="prices of the evening only leave the latest safe start",
        ),
        pytest.param(
            "33333333",
            0,
            "................................",
            id="nothing needed is nothing planned",
        ),
        pytest.param(
            "12345678",
            32,
            "################################",
            id="what takes all the time begins at once",
        ),
    ],
)
def test_a_night(prices: str, needed: float, drawing: str) -> None:
    """A plan is the cheapest time, and where that is all one, the latest."""
    found = planned(needed, prices)

    assert drawn(found.spans, NIGHT) == drawing
    assert not found.is_late


@pytest.mark.parametrize(
    ("prices", "needed", "drawing"),
    [
        pytest.param(
            "33333333333313333333333333333333",
            2,
            "............##..................",
            id="one cheap quarter is the beginning of a run of half an hour",
        ),
        pytest.param(
            "33333333113333333333113333333333",
            4,
            "........##..........##..........",
            id="two cheap half hours are two runs",
        ),
        pytest.param(
            "33333333113333111133333333333333",
            4,
            "..............####..............",
            id="a cheap hour is better than two half ones",
        ),
        pytest.param(
            "31313131313131313131313131313131",
            4,
            "............................####",
            id="prices that change each quarter are no reason to switch each quarter",
        ),
    ],
)
def test_quarters(prices: str, needed: float, drawing: str) -> None:
    """Prices of a quarter of an hour make no run shorter than half an hour."""
    found = planned(needed, prices, quarters=1)

    assert drawn(found.spans, NIGHT) == drawing


@pytest.mark.parametrize(
    ("windows", "prices", "needed", "drawing", "is_late"),
    [
        pytest.param(
            "....########....................",
            "",
            4,
            "........####....................",
            False,
            id="without prices it is the end of the window",
        ),
        pytest.param(
            "....####............####........",
            "",
            6,
            "......##............####........",
            False,
            id="of two windows the later is used whole",
        ),
        pytest.param(
            "....####............####........",
            "31333133",
            4,
            "....................####........",
            False,
            id="the cheaper time of two windows",
        ),
        pytest.param(
            "....####............####........",
            "11113333",
            4,
            "....####........................",
            False,
            id="the earlier window where that is cheaper",
        ),
        pytest.param(
            "....####............####........",
            "11113333",
            10,
            "....####............####........",
            True,
            id="windows that do not suffice are used whole",
        ),
        pytest.param(
            "####................",
            "",
            4,
            "####............................",
            False,
            id="a window that begins now",
        ),
    ],
)
def test_windows(
    windows: str, prices: str, needed: float, drawing: str, is_late: bool
) -> None:
    """Nothing is planned outside the windows, whatever the price."""
    found = planned(needed, prices, windows=windows)

    assert drawn(found.spans, NIGHT) == drawing
    assert found.is_late is is_late


@pytest.mark.parametrize(
    ("now", "needed", "drawing"),
    [
        pytest.param(
            26, 8, "..........................######", id="too late: all that is left"
        ),
        pytest.param(
            24, 8, "........................########", id="just in time: at once"
        ),
        pytest.param(
            24.5,
            7.5,
            "........................-#######",
            id="just in time, and not on the quarter",
        ),
        pytest.param(
            32,
            8,
            "................................",
            id="at the deadline: nothing left",
        ),
        pytest.param(
            40, 8, "................................", id="after the deadline: nothing"
        ),
    ],
)
@pytest.mark.parametrize("prices", ["", "12345678"], ids=["unpriced", "priced"])
def test_late(now: float, needed: float, drawing: str, prices: str) -> None:
    """A plan begins now at the earliest, and says that it is late."""
    found = planned(needed, prices, now=now)

    assert drawn(found.spans, NIGHT) == drawing
    assert found.is_late is (now + needed > NIGHT)


def test_more_than_is_needed_is_cut_from_the_dearest() -> None:
    """Prices are of quarters, what is needed is not: it is not exceeded for that."""
    found = planned(7.5, "33133313")

    assert drawn(found.spans, NIGHT) == "........-###............####...."


def test_the_cost_is_of_a_kw_and_the_price_of_a_kwh() -> None:
    """What a plan says of money is what its prices say."""
    found = planned(6, "33133313")

    assert found.cost == pytest.approx(0.15)
    assert found.price == pytest.approx(0.1)


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param("", id="no prices"),
        pytest.param("9999", id="prices of the evening only"),
    ],
)
def test_the_cost_is_not_made_up(prices: str) -> None:
    """Where a price is not known, nor is the cost."""
    found = planned(6, prices)

    assert found.cost is None
    assert found.price is None


def test_an_empty_plan_has_no_times() -> None:
    """Nothing to do has neither start nor end nor price."""
    found = planned(0, "33133313")

    assert (found.start, found.end, found.price) == (None, None, None)
    assert not found.covers(at(0))


def test_a_plan_knows_when_it_charges() -> None:
    """Its start and end are those of its spans, and between them it may pause."""
    found = planned(8, "33133313")

    assert (found.start, found.end) == (at(8), at(28))
    assert [found.covers(at(quarter)) for quarter in (7, 8, 12, 24, 28)] == [
        False,
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("needed", "prices", "drawing"),
    [
        pytest.param(
            8,
            "33133313",
            "........####............####....",
            id="nothing new changes nothing",
        ),
        pytest.param(
            8,
            "33133303",
            "........####............####....",
            id="a plan is kept while it is the best",
        ),
        pytest.param(
            8.4,
            "33133313",
            "........####............####....",
            id="a little more is in the buffer",
        ),
        pytest.param(
            7,
            "33133313",
            "........####............###.....",
            id="less ends earlier",
        ),
        pytest.param(
            10,
            "33133313",
            "........####............######..",
            id="more is added where it needs no start",
        ),
        pytest.param(
            8,
            "33133311",
            "........####............####....",
            id="as cheap in one run is no reason",
        ),
        pytest.param(
            8,
            "33133300",
            "........................########",
            id="cheaper hours are a reason",
        ),
    ],
)
def test_planning_anew(needed: float, prices: str, drawing: str) -> None:
    """A plan is kept unless another is better by more than a start is worth."""
    before = planned(8, "33133313")

    found = planned(needed, prices, before=before)

    assert drawn(found.spans, NIGHT) == drawing


def test_late_prices_change_the_plan() -> None:
    """When prices arrive, the latest safe start gives way to the cheapest time."""
    before = planned(4)

    found = planned(4, "33133333", before=before)

    assert drawn(found.spans, NIGHT) == "........####...................."


def test_a_plan_is_kept_when_prices_vanish() -> None:
    """An entity that says nothing for a while moves nothing."""
    before = planned(4, "33133333")

    found = planned(4, before=before)

    assert found.spans == before.spans


def test_a_plan_of_nothing_gives_way() -> None:
    """A car that needed nothing, and then was driven, is planned for like any other."""
    before = planned(0, "33133333")

    found = planned(4, "33133333", before=before)

    assert before.spans == ()
    assert drawn(found.spans, NIGHT) == "........####...................."


def test_a_plan_outside_new_windows_is_not_kept() -> None:
    """What the owner no longer allows is planned anew."""
    before = planned(4, "33133333")

    found = planned(4, "33133333", windows="." * 16 + "#" * 8, before=before)

    assert drawn(found.spans, NIGHT) == "....................####........"


def test_a_run_under_way_is_not_broken() -> None:
    """In the middle of a run, what is left of it is left as it is."""
    before = planned(8, "33113333")

    found = planned(5.5, "33113333", now=10.5, before=before)

    assert drawn(found.spans, NIGHT) == "..........-#####................"


def test_a_missed_run_is_planned_anew() -> None:
    """A car that was plugged in late gets what the rest of the night can give."""
    before = planned(4, "33133333")

    found = planned(4, "33133323", now=12, before=before)

    assert drawn(found.spans, NIGHT) == "........................####...."


def test_the_night_in_which_clocks_change_is_planned_by_moments() -> None:
    """A plan is made of moments, whose lengths no clock changes."""
    found = planned(6)

    assert found.end == at(NIGHT)
    assert found.spans[0].length == timedelta(minutes=90)
