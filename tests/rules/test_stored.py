"""What is known of the schedules in a car, and what is told of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model.car_schedule import (
    CarSchedule,
    ScheduleKind,
    Standing,
)
from custom_components.fleet_pulse.model.field import Location
from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.reason import ChargeWhy, Reason
from custom_components.fleet_pulse.rules.situation import Situation
from custom_components.fleet_pulse.rules.stored import (
    covering,
    foreign,
    keeps,
    lying,
    spans,
    stored,
    told,
)

from .in_the_car import BERLIN, HOME, PLACES, TUESDAY, WORK, kept, situation

HOUR: Final = timedelta(hours=1)
TONIGHT: Final = datetime(2026, 11, 24, 22, tzinfo=UTC)
NIGHT: Final = TONIGHT + HOUR
FOREIGN: Final = kept(id=1726000000)


@pytest.mark.parametrize(
    ("there", "around", "is_kept"),
    [
        pytest.param(kept(), {"now": NIGHT}, True, id="in its window"),
        pytest.param(kept(), {"now": TONIGHT + 6 * HOUR}, True, id="after midnight"),
        pytest.param(kept(), {"now": TONIGHT}, True, id="from its start"),
        pytest.param(kept(), {"now": TONIGHT + 7 * HOUR}, False, id="not at its end"),
        pytest.param(kept(), {"now": TUESDAY}, False, id="not before it"),
        pytest.param(kept(days=1), {"now": NIGHT}, False, id="not on other days"),
        pytest.param(kept(enabled=False), {"now": NIGHT}, False, id="switched off"),
        pytest.param(
            kept(standing=Standing.WRITTEN), {"now": NIGHT}, True, id="just written"
        ),
        pytest.param(
            kept(standing=Standing.REMOVED), {"now": NIGHT}, False, id="just removed"
        ),
        pytest.param(kept("others"), {"now": NIGHT}, False, id="of another rule"),
        pytest.param(
            kept(end=None), {"now": NIGHT + 4 * HOUR}, True, id="a start without an end"
        ),
        pytest.param(
            kept(end=None), {"now": NIGHT + 5 * HOUR}, False, id="which does not last"
        ),
        pytest.param(
            kept(),
            {"now": NIGHT, "said": {"location": Location(*WORK)}},
            False,
            id="somewhere else",
        ),
        pytest.param(
            kept(),
            {"now": NIGHT, "said": {"location": Location(HOME[0] + 0.001, HOME[1])}},
            True,
            id="a hundred metres from its place",
        ),
        pytest.param(
            kept(),
            {
                "now": NIGHT,
                "said": {"location": None},
                "zones": frozenset({"zone.work"}),
            },
            False,
            id="in another zone",
        ),
        pytest.param(
            kept(),
            {"now": NIGHT, "said": {"location": None}, "zones": None},
            True,
            id="nobody knows where: the car does",
        ),
        pytest.param(
            kept(place=(0.0, 0.0)),
            {"now": NIGHT, "said": {"location": Location(*WORK)}},
            True,
            id="a schedule for everywhere",
        ),
    ],
)
def test_a_car_does_what_it_keeps(
    there: CarSchedule, around: dict[str, Any], is_kept: bool
) -> None:
    """On its days, in its window, at its place."""
    assert keeps("nights", situation(there, **around)) is is_kept


def test_what_acts_now_is_found() -> None:
    """Only charging, and only what rules wrote."""
    warm = kept("warm", kind=ScheduleKind.PRECONDITION, start=None, end=24 * 60 - 1)
    around = situation(warm, FOREIGN, kept("late", start=60), kept(), now=NIGHT)

    assert covering(around) == kept()
    assert covering(situation(FOREIGN, now=NIGHT)) is None


def test_preconditioning_is_about_its_end() -> None:
    """A car begins a while before, and waits a little."""
    warm = kept(kind=ScheduleKind.PRECONDITION, start=None, end=450, days=4)

    first = next(span for span in spans(warm, TUESDAY, BERLIN) if span.end > TUESDAY)

    at = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
    assert first == Span(start=at - HOUR / 2, end=at + HOUR / 6)


def test_ours_are_told_from_others() -> None:
    """By their numbers, also what was just removed."""
    gone = kept("gone", standing=Standing.REMOVED)
    around = situation(FOREIGN, kept(), gone)

    assert set(stored(around.state)) == {kept().id, gone.id}
    assert lying(["nights", "gone", "never"], around.state) == {"nights"}


@pytest.mark.parametrize(
    ("around", "is_foreign"),
    [
        pytest.param(situation(FOREIGN), True, id="a schedule of the app, here"),
        pytest.param(situation(kept()), False, id="one of ours"),
        pytest.param(
            situation(kept(id=1726000000, place=WORK)), False, id="at another place"
        ),
        pytest.param(
            situation(kept(id=1726000000, enabled=False)), False, id="switched off"
        ),
        pytest.param(
            situation(kept(id=1726000000, kind=ScheduleKind.PRECONDITION, start=None)),
            False,
            id="about the cabin only",
        ),
        pytest.param(
            situation(said={"scheduled_charging_mode": "start_at"}),
            True,
            id="the older kind, with a start",
        ),
        pytest.param(
            situation(said={"scheduled_charging_mode": "off"}),
            False,
            id="the older kind, off",
        ),
    ],
)
def test_who_else_decides_is_seen(around: Situation, is_foreign: bool) -> None:
    """Somebody else's schedule is named, and never touched."""
    assert foreign(around) is is_foreign


def reason(why: ChargeWhy, **values: Any) -> Reason:
    """Return a reason with its values."""
    return Reason(why=why, values=values)


@pytest.mark.parametrize(
    ("given", "around", "why"),
    [
        pytest.param(
            reason(ChargeWhy.WAITING, start=TONIGHT),
            situation(kept()),
            ChargeWhy.STORED_IN_CAR,
            id="it waits, and needs nobody for it",
        ),
        pytest.param(
            reason(ChargeWhy.WAITING, start=TONIGHT),
            situation(),
            ChargeWhy.WAITING,
            id="it waits for us",
        ),
        pytest.param(
            reason(ChargeWhy.DISABLED),
            situation(kept()),
            ChargeWhy.STILL_STORED,
            id="switched off, and still in the car",
        ),
        pytest.param(
            reason(ChargeWhy.DISABLED),
            situation(kept(standing=Standing.REMOVED)),
            ChargeWhy.STILL_STORED,
            id="removed, and not seen to be gone",
        ),
        pytest.param(
            reason(ChargeWhy.DISABLED),
            situation(),
            ChargeWhy.DISABLED,
            id="switched off and gone",
        ),
        pytest.param(
            reason(ChargeWhy.SKIPPED, start=TONIGHT + 24 * HOUR),
            situation(kept()),
            ChargeWhy.STILL_STORED,
            id="skipped, and still in the car for tonight",
        ),
        pytest.param(
            reason(ChargeWhy.SKIPPED, start=TONIGHT + 24 * HOUR),
            situation(kept(days=58)),
            ChargeWhy.SKIPPED,
            id="skipped, and in the car for tomorrow",
        ),
        pytest.param(
            reason(ChargeWhy.HOLD),
            situation(kept()),
            ChargeWhy.STILL_STORED,
            id="held without an end, and still in the car for tonight",
        ),
        pytest.param(
            reason(ChargeWhy.HOLD, until=TONIGHT + 10 * HOUR),
            situation(kept(days=58)),
            ChargeWhy.HOLD,
            id="held until it is the car's turn again",
        ),
        pytest.param(
            reason(ChargeWhy.HOLD, until=TONIGHT + 10 * HOUR),
            situation(kept(enabled=False)),
            ChargeWhy.HOLD,
            id="held, and switched off in the car",
        ),
        pytest.param(
            reason(ChargeWhy.REACHED),
            situation(kept()),
            ChargeWhy.REACHED,
            id="anything else is as it is",
        ),
    ],
)
def test_it_is_told_what_is_in_the_car(
    given: Reason, around: Situation, why: ChargeWhy
) -> None:
    """Also that something still is although it should not be; the values stay."""
    assert told(given, "nights", around) == Reason(why=why, values=given.values)


def test_places_are_those_of_home_assistant() -> None:
    """The zones that these tests speak of."""
    assert PLACES["zone.home"] == HOME
