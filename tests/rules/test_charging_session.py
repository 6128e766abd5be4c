"""A session of charging, followed for what it teaches."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
import json
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.planner.learned import Session
from custom_components.fleet_pulse.rules.charging_session import Ongoing, followed

START: Final = datetime(2026, 11, 2, 2, tzinfo=UTC)
HOME: Final = "zone.home"
WALL: Final[dict[Field[Any], Any]] = {
    fields.CHARGER_VOLTAGE: 230,
    fields.CHARGER_ACTUAL_CURRENT: 16,
    fields.CHARGER_PHASES: 3,
}
KW: Final = 230 * 16 * 3 / 1000


def look(
    minutes: float, level: float, added: float, state: str = "charging", **more: Any
) -> State:
    """Give what a car says some minutes into the night."""
    said: dict[Field[Any], Any] = {
        fields.CHARGING_STATE: state,
        fields.BATTERY_LEVEL: level,
        fields.CHARGE_ENERGY_ADDED: added,
        **WALL,
        **{fields.BY_KEY[key]: value for key, value in more.items()},
    }
    at = START + timedelta(minutes=minutes)
    return State().merged(
        Reading(field=field, value=value, at=at, source=Source.POLL)
        for field, value in said.items()
    )


def night(states: Iterable[State], zone: str = HOME) -> list[Session]:
    """Give the sessions that a row of looks tells of."""
    ongoing: Ongoing | None = None
    found: list[Session | None] = []
    for state in states:
        ongoing, ended = followed(ongoing, state, zone)
        found.append(ended)
    return [one for one in found if one is not None]


def test_a_session_tells_its_power_and_what_arrived() -> None:
    """Power is what was drawn most of the time; energies are those between looks."""
    (session,) = night(
        [
            look(0, 40, 1),
            look(60, 53, 11),
            look(120, 66, 21),
            look(140, 70, 24, "complete"),
        ]
    )
    assert session.zone == HOME
    assert session.kw == pytest.approx(KW)
    assert session.gained == 26
    assert session.stored_kwh == 20
    assert session.drawn_kwh == pytest.approx(2 * KW)


def test_the_end_of_a_full_battery_says_nothing_about_power() -> None:
    """Above 90 % a battery takes less than there is."""
    (session,) = night(
        [
            look(0, 80, 0),
            look(60, 92, 8),
            look(90, 96, 10, charger_actual_current=6),
            look(100, 97, 11, "stopped"),
        ]
    )
    assert session.kw == pytest.approx(KW)


@pytest.mark.parametrize(
    "states",
    [
        pytest.param([look(0, 40, 0, "stopped")], id="a car that does not charge"),
        pytest.param(
            [
                look(0, 40, 0, fast_charger_present=True),
                look(20, 70, 20, "complete", fast_charger_present=True),
            ],
            id="a fast charger",
        ),
        pytest.param([look(0, 40, 0), look(30, 45, 5)], id="one that goes on"),
    ],
)
def test_what_teaches_nothing(states: list[State]) -> None:
    """Only charging at alternating current that came to an end teaches something."""
    assert night(states) == []


def test_the_same_look_twice_counts_once() -> None:
    """What the car said an hour ago is no hour of charging."""
    first = look(0, 40, 0)
    (session,) = night([first, first, look(60, 53, 10), look(61, 53, 10, "stopped")])
    assert session.drawn_kwh == pytest.approx(KW)


def test_a_restart_in_the_middle_changes_nothing() -> None:
    """What is under way goes through a file, at every look, and teaches the same."""
    states = [
        look(0, 40, 1),
        look(60, 53, 11),
        look(120, 66, 21),
        look(140, 70, 24, "complete"),
    ]
    ongoing: Ongoing | None = None
    for state in states[:-1]:
        ongoing, _ = followed(ongoing, state, HOME)
        assert ongoing is not None
        ongoing = Ongoing.load(json.loads(json.dumps(ongoing.dump())))
    _, ended = followed(ongoing, states[-1], HOME)
    assert [ended] == night(states)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"zone": HOME}, id="half of one"),
        pytest.param({"zone": HOME, "last": {"at": "then"}}, id="no moment"),
    ],
)
def test_what_cannot_be_read_is_no_session(raw: object) -> None:
    """It is begun anew."""
    assert Ongoing.load(raw) is None


@pytest.mark.parametrize(
    ("states", "drawn"),
    [
        pytest.param(
            [look(0, 40, 0), look(60, 53, 10), look(300, 66, 20), look(360, 79, 30)],
            2 * KW,
            id="charged for one hour of four",
        ),
        pytest.param(
            [look(0, 40, 0), look(60, 53, 10), look(180, 79, 30)],
            3 * KW,
            id="charged all the time",
        ),
    ],
)
def test_what_nobody_saw_counts_if_it_charged_all_the_time(
    states: list[State], drawn: float
) -> None:
    """A program that was off for hours neither loses nor makes up what was drawn."""
    (session,) = night([*states, look(400, 80, 31, "complete")])
    assert session.drawn_kwh == pytest.approx(drawn)
    assert session.stored_kwh == pytest.approx(10 * drawn / KW)
    assert session.gained == 13 * drawn / KW


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(look(60, 60, 15), look(600, 62, 2), id="the car counts anew"),
        pytest.param(look(60, 60, 15), look(600, 42, 16), id="it was driven"),
    ],
)
def test_another_session_is_another(first: State, second: State) -> None:
    """What charges after a restart need not be what charged before it."""
    sessions = night(
        [look(0, 50, 8), first, second, look(660, 70, 20), look(670, 72, 21, "stopped")]
    )
    assert [one.gained for one in sessions][:1] == [10]
    assert len(sessions) == 2


def test_another_place_is_another_session() -> None:
    """One that is not known yet may be the same: zones come after the start."""
    ongoing, _ = followed(None, look(0, 40, 0), HOME)
    same, ended = followed(ongoing, look(60, 53, 10), "")
    assert (same and same.zone, ended) == (HOME, None)
    other, ended = followed(same, look(120, 66, 20), "zone.office")
    assert (other and other.zone, ended and ended.zone) == ("zone.office", HOME)


def test_what_was_throttled_teaches_no_power() -> None:
    """By the sun it takes what there is, and not what it could; the battery is the same."""
    ongoing: Ongoing | None = None
    for minutes, level, added, amps in [
        (0, 40, 0, 5),
        (60, 44, 3, 5),
        (120, 52, 9, 16),
    ]:
        state = look(minutes, level, added, charger_actual_current=amps)
        ongoing, _ = followed(ongoing, state, HOME, is_throttled=amps < 16)
    _, ended = followed(ongoing, look(130, 53, 10, "stopped"), HOME)
    assert ended is not None
    assert (ended.gained, ended.stored_kwh) == (12, 9)
    assert ended.drawn_kwh is None
    assert ended.kw == pytest.approx(KW)
    only_sun, _ = followed(None, look(0, 40, 0), HOME, is_throttled=True)
    _, ended = followed(only_sun, look(10, 41, 1, "stopped"), HOME)
    assert ended is not None
    assert ended.kw is None


def test_a_car_without_a_meter_tells_whole_kilowatts() -> None:
    """Where volts or phases are unknown, the car's own figure serves."""
    state = look(0, 40, 0, charger_phases=None, charger_power=11)
    ongoing, _ = followed(None, state, HOME)
    assert ongoing is not None
    assert ongoing.last.kw == 11
