"""The judge sees what goes wrong, and nothing else; a car that is told nothing shows it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.geography import beside
from tests.fake_fleet.onboard import ChargeSchedule
from tests.fake_fleet.specs import MODEL_Y

from .judge import Judge
from .will import Will

EVENING: Final = datetime(2027, 3, 16, 18, tzinfo=UTC)
"""A Tuesday's, 19:00 in Berlin."""
MINUTE: Final = 60


class Night:
    """A car in the night before a working day, and a judge who looks at it."""

    def __init__(self, soc: float = 60) -> None:
        """Come home; the cable is in, and nothing is to happen by itself."""
        self.car = Car(
            spec=MODEL_Y, clock=Clock.stepped(EVENING), soc=soc, self_wakes=False
        )
        self.will = Will()
        self.judge = Judge(
            car=self.car,
            will=self.will,
            begin=EVENING,
            end=EVENING + timedelta(days=1),
        )
        self.now = EVENING

    def live(self, hours: float) -> None:
        """Let the night pass."""
        for _ in range(round(hours * 60)):
            self.now = self.car.clock.step(MINUTE)
            self.car.advance(self.now)
            self.judge.sample(self.now)

    def plan(self, start: int, end: int) -> None:
        """Put a window into the car, in hours by its wall clock."""
        self.car.parts.schedules.charge[1] = ChargeSchedule(
            id=1,
            start_enabled=True,
            start_time=start * 60,
            end_enabled=True,
            end_time=end * 60,
        )


def in_time(night: Night) -> None:
    """Charge in the night."""
    night.plan(2, 7)
    night.car.plug("ac")


def too_short(night: Night) -> None:
    """Charge for an hour only."""
    night.plan(6, 7)
    night.car.plug("ac")


def never(night: Night) -> None:
    """Have nobody charge it."""
    in_time(night)
    night.plan(12, 13)


def away(night: Night) -> None:
    """Spend the night elsewhere."""
    night.car.drive(5, beside(HOME, 3, 90))


def too_late(night: Night) -> None:
    """Plug in when there is no time left."""
    night.live(11.75)
    night.car.plug("ac")


def left_out(night: Night) -> None:
    """Have the owner leave the morning out."""
    never(night)
    night.will.skip(night.now)


@pytest.mark.parametrize(
    ("do", "deadlines", "met"),
    [
        pytest.param(in_time, 1, 1, id="charged in time"),
        pytest.param(too_short, 1, 0, id="charged too short"),
        pytest.param(never, 1, 0, id="not charged at all"),
        pytest.param(away, 0, 0, id="away, which physics does not allow"),
        pytest.param(too_late, 0, 0, id="plugged in too late, nor does it that"),
        pytest.param(left_out, 0, 0, id="left out by the owner"),
    ],
)
def test_a_deadline(do: Callable[[Night], None], deadlines: int, met: int) -> None:
    """It counts if physics allows it, and is met by a car that is charged."""
    night = Night()
    do(night)
    night.live(14)
    assert (night.judge.deadlines, night.judge.deadlines_met) == (deadlines, met)


def test_a_missed_deadline_is_told() -> None:
    """With what the car had."""
    night = Night()
    never(night)
    night.live(14)
    assert night.judge.found[0][1].startswith("weekday missed: 59")


def test_a_wrong_limit_is_seen_while_the_car_is_awake() -> None:
    """After a quarter of an hour in which it could have been set right."""
    night = Night()
    night.car.operate("set_charge_limit", percent=70)
    night.live(0.2)
    assert night.judge.wrong_limit_min == 0
    night.car.operate("auto_conditioning_start")
    night.live(1)
    assert 40 < night.judge.wrong_limit_min < 60


def test_a_limit_by_hand_is_right() -> None:
    """It is what the owner wanted last; and then 80 % are wrong."""
    night = Night()
    night.will.set_limit(90, night.now)
    night.car.operate("set_charge_limit", percent=90)
    night.car.operate("auto_conditioning_start")
    night.live(1)
    assert night.judge.wrong_limit_min == 0
    night.car.operate("set_charge_limit", percent=80)
    night.live(0.5)
    assert night.judge.wrong_limit_min > 0


def test_nobody_answers_for_a_limit_while_nobody_runs() -> None:
    """Home Assistant is down for the hour."""
    night = Night()
    night.car.operate("set_charge_limit", percent=70)
    night.car.operate("auto_conditioning_start")
    night.judge.deaf(night.now + timedelta(hours=1))
    night.live(1.2)
    assert night.judge.wrong_limit_min == 0


def test_charging_against_the_will_is_seen() -> None:
    """Ten minutes are enough for anybody to obey."""
    night = Night()
    in_time(night)
    night.will.stop(night.now)
    night.live(14)
    assert night.judge.against_will_min > 60
    obedient = Night()
    in_time(obedient)
    obedient.live(14)
    assert obedient.judge.against_will_min == 0


def test_warmth() -> None:
    """A cabin is warm by a schedule, and cold without."""
    cold, warm = Night(), Night()
    warm.car.operate(
        "add_precondition_schedule",
        days_of_week="weekdays",
        precondition_time=7 * 60 + 30,
        enabled=True,
        lat=0,
        lon=0,
    )
    cold.live(14)
    warm.live(14)
    assert (cold.judge.departures, cold.judge.departures_warm) == (1, 0)
    assert (warm.judge.departures, warm.judge.departures_warm) == (1, 1)


def test_wakes_are_told_by_day_and_night() -> None:
    """One in the evening and one at night, by the wall clock."""
    night = Night()
    night.live(0.5)
    night.car.request_wake()
    night.live(7)
    night.car.request_wake()
    night.live(0.1)
    figures = night.judge.figures()
    assert (figures["wakes"], figures["wakes_at_night"]) == (2, 1)


def test_commands_that_change_nothing_are_counted() -> None:
    """What is so already needs no command."""
    night = Night()
    night.car.act("set_charge_limit", {"percent": 80})
    night.car.act("set_charge_limit", {"percent": 70})
    assert night.judge.figures()["moot_commands"] == 1
