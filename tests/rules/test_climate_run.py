"""What becomes of preconditioning that was begun, and what ends it."""

from dataclasses import replace
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.rules.climate_run import unstopped
from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.view import NewsKind

from .climate import (
    AT,
    LEAVING,
    MINUTE,
    NOTHING_YET,
    car,
    follow,
    leaving,
    running,
    situation,
    warm,
)

WARM: Final = warm(AT - 10 * MINUTE)


def test_what_runs_goes_on_until_the_departure() -> None:
    """Nothing is sent to a car that does what is wanted."""
    found = follow(running(), situation(5, WARM), LEAVING)
    assert (found.stop, found.news, found.climate) == (None, (), running())


def test_at_the_departure_the_car_is_ready() -> None:
    """It is told once, and stays on for who is late."""
    found = follow(running(), situation(0, WARM), LEAVING)
    again = follow(found.climate, situation(-1, WARM), LEAVING)
    assert [news.kind for news in found.news] == [NewsKind.READY]
    assert (again.news, again.stop) == ((), None)


def test_a_cabin_that_is_warm_early_is_ready_early() -> None:
    """The car's own word since then counts."""
    cosy = warm(AT - 10 * MINUTE, INSIDE_TEMP=20.0)
    before = warm(AT - 25 * MINUTE, INSIDE_TEMP=20.0)
    assert follow(running(), situation(9, cosy), LEAVING).news
    assert not follow(running(), situation(9, before), LEAVING).news


def test_without_a_wish_the_cars_own_setting_is_what_warm_means() -> None:
    """A departure need not name a temperature."""
    plain = replace(LEAVING, departure=replace(LEAVING.departure, temperature=None))
    cosy = warm(AT - 10 * MINUTE, INSIDE_TEMP=18.0, DRIVER_TEMP_SETTING=18.5)
    assert follow(running(), situation(9, cosy), plain).news


@pytest.mark.parametrize(
    ("before", "given", "said", "expected"),
    [
        pytest.param(-20, {}, {}, DepartureWhy.READY, id="20 minutes past departure"),
        pytest.param(
            0, {"since": AT - 60 * MINUTE}, {}, DepartureWhy.READY, id="after an hour"
        ),
        pytest.param(
            -45,
            {"until": AT + 45 * MINUTE},
            {},
            DepartureWhy.READY,
            id="at the end that was asked for",
        ),
        pytest.param(
            5,
            {},
            {"BATTERY_LEVEL": 29, "CABLE_CONNECTED": False},
            DepartureWhy.LOW_SOC,
            id="SoC under the floor",
        ),
    ],
)
def test_what_we_started_is_stopped(
    before: int, given: dict[str, Any], said: dict[str, Any], expected: DepartureWhy
) -> None:
    """Time that is up and a battery that is low end it."""
    there = situation(before, warm(AT - before * MINUTE - MINUTE, **said))
    assert follow(running(**given), there, LEAVING).stop is expected


@pytest.mark.parametrize(
    ("before", "given"),
    [
        pytest.param(-19, {}, id="19 minutes past departure"),
        pytest.param(-44, {"until": AT + 45 * MINUTE}, id="asked for longer"),
    ],
)
def test_who_is_late_is_waited_for(before: int, given: dict[str, Any]) -> None:
    """A few minutes more are no reason to let it get cold."""
    there = situation(before, warm(AT - before * MINUTE - MINUTE))
    assert follow(running(**given), there, LEAVING).stop is None


@pytest.mark.parametrize(
    "leavings",
    [
        pytest.param((), id="event cancelled"),
        pytest.param((leaving(is_skipped=True),), id="skipped by the owner"),
        pytest.param((leaving(AT + 120 * MINUTE),), id="event moved to noon"),
        pytest.param((leaving(AT + 50 * MINUTE),), id="event moved by most of an hour"),
    ],
)
def test_what_nobody_leaves_for_any_more_is_stopped(leavings: tuple[Any, ...]) -> None:
    """And it begins anew for where the event moved to."""
    found = follow(running(), situation(10, WARM), *leavings)
    assert found.stop is DepartureWhy.CANCELLED


def test_an_event_that_moves_a_little_is_still_warmed_for() -> None:
    """What runs goes on, to the new moment."""
    found = follow(running(), situation(10, WARM), leaving(AT + 15 * MINUTE))
    assert found.stop is None
    assert found.climate.run is not None
    assert found.climate.run.at == AT + 15 * MINUTE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"SHIFT_STATE": "d"}, DepartureWhy.READY, id="they drive"),
        pytest.param({"USER_PRESENT": True}, DepartureWhy.READY, id="they got in"),
        pytest.param(
            {"CLIMATE_KEEPER_MODE": "dog"}, DepartureWhy.HANDS_OFF, id="a dog"
        ),
        pytest.param({"IN_SERVICE": True}, DepartureWhy.HANDS_OFF, id="the workshop"),
        pytest.param(
            {"SOFTWARE_UPDATE_STATUS": "installing"},
            DepartureWhy.HANDS_OFF,
            id="an installation",
        ),
        pytest.param(
            {"IS_CLIMATE_ON": False}, DepartureWhy.HANDS_OFF, id="switched off by hand"
        ),
    ],
)
def test_who_is_with_the_car_decides(
    said: dict[str, Any], expected: DepartureWhy
) -> None:
    """It is not stopped, not followed any more, and not begun again."""
    there = situation(5, warm(AT - 6 * MINUTE, **said))
    found = follow(running(), there, LEAVING)
    assert (found.stop, found.climate.run) == (None, None)
    assert found.climate.over_for(LEAVING) is expected


def test_a_car_that_never_began_is_trouble() -> None:
    """Its first look says that it did not do it."""
    there = situation(18, warm(AT - 19 * MINUTE, IS_CLIMATE_ON=False))
    found = follow(running(), there, LEAVING)
    assert found.climate.over_for(LEAVING) is DepartureWhy.TROUBLE
    assert found.climate.times_troubled("work") == 1


def test_a_car_that_is_ready_is_in_trouble_no_more() -> None:
    """Whatever was the matter on the mornings before; a stop that fails is no matter."""
    before = running().troubled("work", AT).troubled("work", AT)
    assert before.times_troubled("work") == 2
    warmed = follow(before, situation(0, WARM), LEAVING).climate
    assert warmed.times_troubled("work") == 0
    driven = follow(
        before, situation(5, warm(AT - 6 * MINUTE, SHIFT_STATE="d")), LEAVING
    )
    assert driven.climate.times_troubled("work") == 0
    stuck = unstopped(unstopped(unstopped(warmed, AT), AT), AT)
    assert stuck.times_troubled("work") == 0


def test_what_the_car_said_before_it_began_says_nothing() -> None:
    """It was off until we switched it on."""
    there = situation(19, warm(AT - 25 * MINUTE, IS_CLIMATE_ON=False))
    assert follow(running(), there, LEAVING).climate.run is not None


def test_a_car_out_of_reach_is_sent_nothing_at_the_end() -> None:
    """A stop that waits would surprise whoever sits inside days later."""
    there = situation(-20, WARM, is_online=False)
    found = follow(running(), there, LEAVING)
    assert (found.stop, found.climate.run) == (None, None)


def test_a_stop_that_fails_is_tried_thrice() -> None:
    """After that the car ends it by itself."""
    once = unstopped(running(), AT)
    early = follow(once, situation(0, car()), LEAVING)
    twice = unstopped(once, AT)
    thrice = unstopped(twice, AT)
    assert early.stop is None
    assert twice.run is not None
    assert thrice.run is None
    assert unstopped(NOTHING_YET, AT) == NOTHING_YET


def test_what_the_car_begins_by_itself_is_seen_and_left_to_it() -> None:
    """A schedule in the car is told of like a command, and never stopped."""
    stored = frozenset({"work"})
    on = {fields.IS_PRECONDITIONING: True, fields.IS_CLIMATE_ON: True}
    begun = follow(
        NOTHING_YET,
        situation(20, car(on, at=AT - 21 * MINUTE)),
        LEAVING,
        stored=stored,
    )
    assert [news.kind for news in begun.news] == [NewsKind.PRECONDITIONING_STARTED]
    late = situation(-20, car(on, at=AT + 19 * MINUTE))
    over = follow(begun.climate, late, LEAVING, stored=stored)
    assert (over.stop, over.climate.run) == (None, None)


@pytest.mark.parametrize(
    ("is_on", "stored"),
    [
        pytest.param(False, frozenset({"work"}), id="it does nothing"),
        pytest.param(True, frozenset(), id="somebody else began it"),
    ],
)
def test_what_is_not_ours_is_not_taken_for_ours(
    is_on: bool, stored: frozenset[str]
) -> None:
    """Only our own schedule makes it ours."""
    there = situation(20, car({fields.IS_PRECONDITIONING: is_on}))
    assert follow(NOTHING_YET, there, LEAVING, stored=stored).climate.run is None
