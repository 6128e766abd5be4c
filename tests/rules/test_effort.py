"""How long charging takes where a car stands."""

from datetime import timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.planner.learned import Learned, Session
from custom_components.fleet_pulse.rules.effort import kw, needed
from custom_components.fleet_pulse.rules.situation import Situation

from .garage import BERLIN, HOME, at

NOTHING: Final = Learned()
SEVEN_KW: Final = NOTHING.learned(Session(zone=HOME, kw=7.0))


def situation(said: dict[Field[Any], Any], **more: Any) -> Situation:
    """Return the situation of a car at home."""
    state = State().merged(
        Reading(field=field, value=value, at=at("18:00"), source=Source.POLL)
        for field, value in said.items()
    )
    known = {"now": at("18:00"), "zone": BERLIN, "zones": frozenset({HOME})}
    return Situation(**{**known, "state": state, **more})


@pytest.mark.parametrize(
    ("said", "amps", "learned", "power"),
    [
        pytest.param({}, None, NOTHING, 3.68, id="16 A at 230 V, if nothing is known"),
        pytest.param(
            {fields.CHARGE_CURRENT_REQUEST: 16, fields.CHARGER_PHASES: 3},
            None,
            NOTHING,
            11.04,
            id="three phases",
        ),
        pytest.param(
            {fields.CHARGE_CURRENT_REQUEST_MAX: 32}, None, NOTHING, 7.36, id="a big box"
        ),
        pytest.param(
            {fields.EU_VEHICLE: False, fields.CHARGE_CURRENT_REQUEST: 12},
            None,
            NOTHING,
            1.44,
            id="an American wall socket",
        ),
        pytest.param(
            {fields.EU_VEHICLE: False, fields.CHARGE_CURRENT_REQUEST: 32},
            None,
            NOTHING,
            7.36,
            id="an American box",
        ),
        pytest.param(
            {fields.CHARGER_VOLTAGE: 240, fields.CHARGE_CURRENT_REQUEST: 40},
            None,
            NOTHING,
            9.6,
            id="the voltage that it says",
        ),
        pytest.param(
            {
                fields.CHARGE_CURRENT_REQUEST: 16,
                fields.CHARGE_CURRENT_REQUEST_MAX: 16,
                fields.CHARGER_PILOT_CURRENT: 13,
            },
            None,
            NOTHING,
            2.99,
            id="no more than the charger offers",
        ),
        pytest.param({fields.CHARGER_VOLTAGE: 2}, None, NOTHING, 3.68, id="no voltage"),
        pytest.param({}, None, SEVEN_KW, 7.0, id="as it was before"),
        pytest.param({}, 10, SEVEN_KW, 2.3, id="a rule allows less"),
        pytest.param({}, 40, SEVEN_KW, 7.0, id="a rule allows more than there is"),
    ],
)
def test_the_power_that_is_to_be_expected(
    said: dict[Field[Any], Any], amps: int | None, learned: Learned, power: float
) -> None:
    """What was learned at the place, else what current and voltage give."""
    assert kw(situation(said), learned, amps=amps) == pytest.approx(power)


def test_a_level_that_nobody_knows_takes_nobody_knows_how_long() -> None:
    """It is not taken for empty, nor for full."""
    assert needed(80, situation({}), NOTHING) is None


def test_what_it_takes_is_whole_minutes() -> None:
    """Seconds would make every plan another one."""
    time = needed(80, situation({fields.BATTERY_LEVEL: 63}), NOTHING)
    assert time is not None
    assert time % timedelta(minutes=1) == timedelta()


def test_it_takes_longer_in_the_cold() -> None:
    """By the weather, or by the car's own last word."""
    said = {fields.BATTERY_LEVEL: 60}
    mild = needed(80, situation(said), NOTHING)
    cold = needed(80, situation(said | {fields.OUTSIDE_TEMP: -5.0}), NOTHING)
    assert mild is not None
    assert cold is not None
    assert cold > mild
    weather = situation(said | {fields.OUTSIDE_TEMP: -5.0}, outside_temp=4.0)
    assert needed(80, weather, NOTHING) == mild


def test_a_bigger_battery_takes_longer() -> None:
    """The car says how much it holds."""
    said = {fields.BATTERY_LEVEL: 60}
    usual = needed(80, situation(said), NOTHING)
    big = situation(said | {fields.NOMINAL_FULL_PACK_ENERGY: 98.0})
    assert usual is not None
    assert (needed(80, big, NOTHING) or usual) > usual


def test_a_place_where_it_never_charged_is_given_more_time() -> None:
    """Heaters and cables take theirs, and nobody knows how much."""
    said = {fields.BATTERY_LEVEL: 40}
    unknown = needed(80, situation(said), NOTHING)
    known = needed(80, situation(said), NOTHING.learned(Session(zone=HOME, kw=3.68)))
    assert unknown is not None
    assert known is not None
    assert unknown / known == pytest.approx(1.3 / 1.1, abs=0.01)
