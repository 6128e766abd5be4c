"""The owner's will is what was wanted last, and for as long as it is meant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from .deeds import BY_HAND, SILENCE, Kind, deeds
from .will import Will
from .wishes import HOLIDAYS, WEEKDAY, WEEKEND, leavings, occasions

BERLIN: Final = ZoneInfo("Europe/Berlin")
YEAR: Final = (date(2027, 1, 1), date(2028, 1, 1))


def berlin(text: str) -> datetime:
    """Read a moment of March 2027: a day and a time."""
    return datetime.fromisoformat(f"2027-03-{text}").replace(tzinfo=BERLIN)


EVENING: Final = berlin("17 20:00")
"""A Wednesday's."""


def test_a_year_of_occasions() -> None:
    """261 weekdays without the holidays among them, 104 days of weekends."""
    found = list(occasions(*YEAR))
    weekdays = [one for one in found if one.wish is WEEKDAY]
    assert len(weekdays) == 261 - len(HOLIDAYS)
    assert len([one for one in found if one.wish is WEEKEND]) == 104
    assert [one.end for one in weekdays] == list(leavings(*YEAR))
    assert all(one.end < other.end for one, other in pairwise(found))


def test_wishes_follow_the_wall_clock() -> None:
    """Half past seven is an hour earlier in UTC once the clocks went forward."""
    found = occasions(date(2027, 3, 25), date(2027, 3, 31))
    assert [f"{one.end:%d %H:%M}" for one in found] == [
        "25 06:30",
        "27 15:00",
        "28 14:00",
        "30 05:30",
    ]


def nothing(_: Will) -> None:
    """Do nothing."""


def raise_limit(will: Will) -> None:
    """Set 90 % on Wednesday evening."""
    will.set_limit(90, EVENING)


def raise_and_leave(will: Will) -> None:
    """Set 90 %, and unplug."""
    raise_limit(will)
    will.unplugged()


def switch_off(will: Will) -> None:
    """Switch the rule off."""
    will.switch(EVENING, on=False)


def switch_off_and_on(will: Will) -> None:
    """Switch the rule off, and on the next evening."""
    switch_off(will)
    will.switch(EVENING + timedelta(days=1), on=True)


def skip(will: Will) -> None:
    """Leave Thursday out."""
    assert will.skip(EVENING) == date(2027, 3, 18)


def stop(will: Will) -> None:
    """Stop charging by hand."""
    will.stop(EVENING)


@pytest.mark.parametrize(
    ("do", "moment", "limit"),
    [
        pytest.param(nothing, "17 20:01", 80, id="for the next morning"),
        pytest.param(nothing, "19 07:29", 80, id="until Friday morning"),
        pytest.param(nothing, "19 07:31", 60, id="then for the weekend"),
        pytest.param(nothing, "21 15:59", 60, id="until its last window ends"),
        pytest.param(nothing, "21 16:01", 80, id="then for Monday"),
        pytest.param(nothing, "25 08:00", 60, id="Good Friday is no working day"),
        pytest.param(raise_limit, "18 07:29", 90, id="by hand, until the morning"),
        pytest.param(raise_limit, "18 07:31", 80, id="and no longer"),
        pytest.param(raise_and_leave, "18 01:00", 80, id="nor once unplugged"),
        pytest.param(switch_off, "18 01:00", 60, id="of the rule that is left"),
        pytest.param(skip, "18 01:00", 80, id="of the morning after the one left out"),
    ],
)
def test_the_limit(do: Callable[[Will], None], moment: str, limit: int) -> None:
    """It is that of what ends next, or what was set by hand."""
    will = Will()
    do(will)
    assert will.limit(berlin(moment)) == limit


@pytest.mark.parametrize(
    ("do", "moment", "is_quiet", "is_void"),
    [
        pytest.param(nothing, "18 01:00", False, False, id="nothing was done"),
        pytest.param(stop, "18 01:00", True, True, id="stopped by hand"),
        pytest.param(stop, "18 07:31", False, True, id="stopped the night before"),
        pytest.param(skip, "18 01:00", True, True, id="left out"),
        pytest.param(switch_off, "18 01:00", True, True, id="switched off"),
        pytest.param(switch_off, "18 18:00", False, True, id="off since the night"),
        pytest.param(switch_off_and_on, "19 01:00", False, True, id="off and on again"),
        pytest.param(raise_limit, "18 01:00", False, True, id="another limit by hand"),
    ],
)
def test_what_is_undone_by_hand_is_not_expected(
    do: Callable[[Will], None], moment: str, is_quiet: bool, is_void: bool
) -> None:
    """No charging where it was refused, no target where it was made impossible."""
    will = Will()
    do(will)
    thursday = next(occasions(date(2027, 3, 18), date(2027, 3, 19)))
    assert will.is_quiet(berlin(moment)) is is_quiet
    assert will.is_void(thursday) is is_void


def test_what_was_switched_on_counts_again() -> None:
    """From the morning after the owner did it."""
    will = Will()
    switch_off_and_on(will)
    friday = next(occasions(date(2027, 3, 19), date(2027, 3, 20)))
    assert not will.is_void(friday)
    assert will.back_at == EVENING + timedelta(days=1)


def test_a_year_has_all_deeds() -> None:
    """20 restarts, half of them power cuts, and every deed by hand at least 3 times."""
    found = deeds(*YEAR[:1], 365, 1)
    kinds = [deed.kind for deed in found]
    assert kinds.count(Kind.RESTART) == kinds.count(Kind.POWER_CUT) == 10
    assert kinds.count(Kind.SILENCE) == 1
    assert min(kinds.count(kind) for kind in BY_HAND) >= 3
    assert list(found) == sorted(found, key=lambda deed: deed.at)


def test_nobody_does_anything_without_reception() -> None:
    """What comes of those weeks is the rules' own doing."""
    found = deeds(*YEAR[:1], 365, 1)
    lost = next(deed.at for deed in found if deed.kind is Kind.SILENCE)
    by_hand = [deed.at for deed in found if deed.kind in BY_HAND]
    assert not [at for at in by_hand if lost <= at <= lost + SILENCE]


def test_three_weeks_have_all_deeds_by_hand() -> None:
    """And three restarts."""
    found = deeds(date(2027, 3, 15), 21, 1)
    assert {deed.kind for deed in found} >= set(BY_HAND)
    restarts = (Kind.RESTART, Kind.POWER_CUT)
    assert len([deed for deed in found if deed.kind in restarts]) == 3
