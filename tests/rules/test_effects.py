"""What is sent, and how long it may wait; nothing where the car does as it should."""

from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.deferred import NOW, WHEN_AWAKE, Urgency, by
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.car_schedule import CarSchedule, ScheduleKind
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.schedule_id import rule_ids
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.desired import Desired
from custom_components.fleet_pulse.rules.effects import effects
from custom_components.fleet_pulse.rules.memory import Memory, Raised
from custom_components.fleet_pulse.rules.reason import ChargeWhy, Reason
from custom_components.fleet_pulse.rules.situation import Situation

from .garage import BERLIN, HOME, MINUTE, at

LATE: Final = at("02:00", days=1)
STOPPED: Final[dict[Field[Any], Any]] = {
    fields.BATTERY_LEVEL: 60,
    fields.CABLE_CONNECTED: True,
    fields.CHARGE_CURRENT_REQUEST: 16,
    fields.CHARGE_CURRENT_REQUEST_MAX: 16,
    fields.CHARGE_LIMIT_SOC: 80,
    fields.CHARGING_STATE: "stopped",
}
CHARGING: Final = STOPPED | {fields.CHARGING_STATE: "charging"}
UNPLUGGED: Final = {
    fields.CABLE_CONNECTED: False,
    fields.CHARGING_STATE: "disconnected",
}
NIGHT: Final = (Span(start=at("03:00", days=1), end=at("06:00", days=1)),)


def every_night(start: str, end: str) -> dict[Field[Any], Any]:
    """Return what a car says that keeps a schedule of the rule."""
    schedule = CarSchedule(
        id=rule_ids("night")[0],
        kind=ScheduleKind.CHARGE,
        days=127,
        start=_minute(start),
        end=_minute(end),
        latitude=0.0,
        longitude=0.0,
    )
    return {fields.CHARGE_SCHEDULES: (schedule,)}


def _minute(clock: str) -> int:
    """Return the minute of the day that a clock shows."""
    return int(clock[:2]) * 60 + int(clock[3:])


def around(
    said: dict[Field[Any], Any], *, online: bool = True, ago: int = 0
) -> Situation:
    """Return the situation of a car that said something some minutes ago."""
    state = State().merged(
        Reading(field=field, value=value, at=LATE - ago * MINUTE, source=Source.POLL)
        for field, value in said.items()
    )
    return Situation(
        now=LATE, zone=BERLIN, state=state, is_online=online, zones=frozenset({HOME})
    )


def sent(
    situation: Situation, memory: Memory | None = None, **wanted: Any
) -> list[tuple[str, Urgency]]:
    """Return what is to be sent, and how urgently."""
    why = wanted.pop("why", ChargeWhy.WINDOW)
    desired = Desired(reason=Reason(why=why), rule="night", **wanted)
    return [
        (
            " ".join((one.call.command.key, *map(str, one.call.params.values()))),
            one.urgency,
        )
        for one in effects(desired, memory or Memory(), situation)
    ]


def test_a_car_that_does_as_it_should_is_told_nothing() -> None:
    """Not the limit it has, not the current, not to do what it does."""
    wanted = {"limit": 80, "amps": 16, "charging": True}
    assert sent(around(CHARGING), **wanted) == []
    assert sent(around(STOPPED), limit=80, charging=False) == []


def test_what_is_wanted_is_sent_in_the_order_in_which_it_counts() -> None:
    """A car starts with the values it has."""
    wanted = {"limit": 90, "amps": 10, "charging": True}
    assert sent(around(STOPPED), **wanted) == [
        ("set_charge_limit 90", WHEN_AWAKE),
        ("set_charging_amps 10", NOW),
        ("charge_start", NOW),
    ]


@pytest.mark.parametrize(
    ("said", "wanted", "urgency"),
    [
        pytest.param({}, {"limit": 60}, WHEN_AWAKE, id="a lower limit"),
        pytest.param({}, {"limit": 90}, WHEN_AWAKE, id="a higher one for nothing yet"),
        pytest.param(
            {fields.BATTERY_LEVEL: 80},
            {"limit": 90, "spans": NIGHT},
            by(at("02:50", days=1)),
            id="a full car would not charge tonight, and the evening is over",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 80},
            {"limit": 90, "spans": (Span(start=at("02:00", days=2), end=LATE),)},
            by(at("21:30", days=1)),
            id="a full car would not charge tomorrow night",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 80},
            {"limit": 90, "spans": (Span(start=at("13:00", days=1), end=LATE),)},
            by(at("12:50", days=1)),
            id="a full car would not charge by day",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 60},
            {"limit": 90, "spans": NIGHT},
            WHEN_AWAKE,
            id="a car that charges anyway hears it then",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 95},
            {"limit": 90, "spans": NIGHT},
            WHEN_AWAKE,
            id="a level over both limits",
        ),
        pytest.param(
            UNPLUGGED | {fields.BATTERY_LEVEL: 80},
            {"limit": 90, "spans": NIGHT},
            WHEN_AWAKE,
            id="a car without a cable",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 80, fields.CHARGING_STATE: "no_power"},
            {"limit": 90, "charging": True},
            NOW,
            id="it should charge now and cannot",
        ),
    ],
)
def test_how_long_a_limit_may_wait(
    said: dict[Field[Any], Any], wanted: dict[str, Any], urgency: Urgency
) -> None:
    """A car is woken for one only where it would sleep through its time."""
    (limit,) = sent(around(STOPPED | said, online=False), **wanted)
    assert limit[1] == urgency


def test_a_limit_under_the_cars_least_is_its_least() -> None:
    """Cars take 50 %, or more where they say so."""
    assert sent(around(STOPPED), limit=30) == [("set_charge_limit 50", WHEN_AWAKE)]


def test_what_was_raised_comes_back() -> None:
    """When nobody wants it any more, and the next time that the car is awake."""
    memory = Memory(raised=Raised(to=95, restore=70, why="trip", at=LATE))
    assert sent(around(STOPPED), memory) == [("set_charge_limit 70", WHEN_AWAKE)]


def test_nothing_is_sent_to_a_car_at_a_fast_charger() -> None:
    """Not even the owner's own limit: it would end the charging there."""
    memory = Memory(raised=Raised(to=95, restore=70, why="trip", at=LATE))
    assert sent(around(CHARGING), memory, why=ChargeWhy.FAST_CHARGING) == []


def test_nothing_is_woken_to_be_stopped() -> None:
    """A car that charges is awake; a word of hours ago stops nobody."""
    assert sent(around(CHARGING), charging=False) == [("charge_stop", NOW)]
    assert sent(around(CHARGING, online=False), charging=False) == []


def test_a_car_that_has_its_limit_stops_by_itself() -> None:
    """It is still charging in the very moment in which its level is there."""
    there = CHARGING | {fields.BATTERY_LEVEL: 80}
    assert sent(around(there), charging=False) == []


def test_a_car_without_power_is_not_told_to_start() -> None:
    """The socket is off, and it begins by itself when it is on again."""
    without = STOPPED | {fields.CHARGING_STATE: "no_power"}
    assert sent(around(without), charging=True) == []


def test_a_current_does_not_wake_a_car() -> None:
    """It is worth nothing without charging."""
    assert sent(around(STOPPED, online=False), amps=10) == []


@pytest.mark.parametrize(
    ("start", "online", "ago", "told"),
    [
        pytest.param("01:30", False, 60, [], id="it sleeps, and begins by itself"),
        pytest.param("01:30", True, 40, [], id="its last word is from before"),
        pytest.param("01:58", True, 0, [], id="it has just begun"),
        pytest.param("01:30", True, 0, ["charge_start"], id="it did not begin"),
        pytest.param(
            "01:30", False, 20, ["charge_start"], id="it was stopped, and sleeps"
        ),
        pytest.param(
            "03:00", False, 0, ["charge_start"], id="its own time comes later"
        ),
    ],
)
def test_a_car_with_a_schedule_of_ours_begins_by_itself(
    start: str, *, online: bool, ago: int, told: list[str]
) -> None:
    """It is told only where it is awake, and did not."""
    said = STOPPED | every_night(start, "07:30")
    found = sent(around(said, online=online, ago=ago), charging=True, amps=10)
    assert [name for name, _ in found if name == "charge_start"] == told
    # A current is worth a wake where a start is; who is awake hears it anyway.
    is_told = ("set_charging_amps 10", NOW) in found
    assert is_told == (online or bool(told))


@pytest.mark.parametrize(
    ("start", "wanted", "urgency"),
    [
        pytest.param("03:00", {"spans": NIGHT}, by(at("03:05", days=1)), id="tonight"),
        pytest.param(
            "03:30", {"spans": NIGHT}, by(at("03:35", days=1)), id="or a little later"
        ),
        pytest.param(
            "03:31",
            {"spans": NIGHT},
            by(at("02:50", days=1)),
            id="too late: it is woken before, as one without a schedule",
        ),
        pytest.param(
            "01:58",
            {"spans": (Span(start=at("01:58", days=1), end=NIGHT[0].end),)},
            by(at("02:03", days=1)),
            id="a moment ago, and nobody has seen it yet",
        ),
        pytest.param(
            "01:30",
            {"spans": (Span(start=at("01:30", days=1), end=NIGHT[0].end),)},
            by(at("01:35", days=1)),
            id="long ago, and it was not seen: that is over, and it is woken",
        ),
    ],
)
def test_a_full_car_wakes_by_itself_to_begin(
    start: str, wanted: dict[str, Any], urgency: Urgency
) -> None:
    """There is nothing to charge, but it hears the limit then, and goes on."""
    said = STOPPED | {fields.BATTERY_LEVEL: 80} | every_night(start, "07:30")
    is_due = wanted["spans"][0].start <= LATE
    asleep = around(said, online=False, ago=240)

    found = sent(asleep, limit=90, charging=is_due, **wanted)

    assert ("set_charge_limit 90", urgency) in found


@pytest.mark.parametrize(
    ("end", "ago", "told"),
    [
        pytest.param("01:58", 0, [], id="it is about to stop by itself"),
        pytest.param("01:30", 0, ["charge_stop"], id="it did not stop by itself"),
        pytest.param("01:30", 31, [], id="its last word is from before"),
    ],
)
def test_a_car_with_a_schedule_of_ours_ends_by_itself(
    end: str, ago: int, told: list[str]
) -> None:
    """A stop in the same minute would be a command for nothing."""
    said = CHARGING | every_night("00:30", end)
    memory = Memory(started_by="night")
    found = sent(around(said, ago=ago), memory, charging=False)
    assert [name for name, _ in found] == told
