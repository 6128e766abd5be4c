"""Charge rules as forms write them: what is read, and what is refused where."""

from datetime import date, time, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model.invalid import InvalidInput
from custom_components.fleet_pulse.rules.charge_rule import (
    ChargeRule,
    Price,
    PriceMode,
    Solar,
    WallWindow,
)

LEAST: Final[dict[str, Any]] = {
    "car": "VIN",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ready_by": "07:30:00",
    "target_soc": 80,
}
MOST: Final = {
    **LEAST,
    "dates": ["2026-12-24"],
    "skip_dates": ["2026-12-25", "2026-12-26"],
    "workday_entity": "binary_sensor.workday",
    "zones": ["zone.home", "zone.cabin"],
    "windows": [{"start": "23:00:00", "end": "06:00:00"}],
    "floor_soc": 30,
    "daily_limit": 70,
    "amps": 16,
    "price": {"entity": "sensor.price", "mode": "below_cap", "cap": -0.05},
    "solar": {"entity": "sensor.sun", "min_w": 2000, "on_delay": 3, "off_delay": 0},
    "priority": 2,
    "expires": "2027-01-31",
    "dry_run": True,
}


def test_the_four_questions_make_a_rule() -> None:
    """What was not asked is as most owners want it."""
    assert ChargeRule.load("r", "Work", LEAST) == ChargeRule(
        id="r",
        name="Work",
        vin="VIN",
        days=frozenset(range(5)),
        ready_by=time(7, 30),
        target_soc=80,
        zones=("zone.home",),
    )


def test_everything_that_can_be_said_is_read() -> None:
    """Dates, delays and caps included."""
    assert ChargeRule.load("r", "Work", MOST) == ChargeRule(
        id="r",
        name="Work",
        vin="VIN",
        target_soc=80,
        days=frozenset(range(5)),
        dates=frozenset({date(2026, 12, 24)}),
        skip_dates=frozenset({date(2026, 12, 25), date(2026, 12, 26)}),
        workday_entity="binary_sensor.workday",
        zones=("zone.home", "zone.cabin"),
        ready_by=time(7, 30),
        windows=(WallWindow(start=time(23), end=time(6)),),
        floor_soc=30,
        daily_limit=70,
        amps=16,
        price=Price(entity="sensor.price", mode=PriceMode.BELOW_CAP, cap=-0.05),
        solar=Solar(
            entity="sensor.sun",
            min_w=2000,
            on_delay=timedelta(minutes=3),
            off_delay=timedelta(0),
        ),
        priority=2,
        expires=date(2027, 1, 31),
        dry_run=True,
    )


def test_a_rule_names_what_it_cannot_do_without() -> None:
    """Where one of these vanishes the rule pauses."""
    assert ChargeRule.load("r", "Work", MOST).entities == {
        "binary_sensor.workday",
        "sensor.price",
        "sensor.sun",
        "zone.cabin",
        "zone.home",
    }


@pytest.mark.parametrize(
    ("change", "field", "key"),
    [
        pytest.param({"car": None}, "car", "car_missing", id="no car"),
        pytest.param({"days": []}, "days", "days_missing", id="no days"),
        pytest.param({"days": ["someday"]}, "days", "day_unknown", id="no such day"),
        pytest.param({"ready_by": None}, "ready_by", "time_missing", id="no time"),
        pytest.param({"ready_by": "25:00"}, "ready_by", "time_invalid", id="no clock"),
        pytest.param({"dates": ["soon"]}, "dates", "date_invalid", id="no date"),
        pytest.param({"expires": "soon"}, "expires", "date_invalid", id="no last day"),
        pytest.param(
            {"windows": [{"start": "08:00:00", "end": "08:00:00"}]},
            "windows",
            "window_empty",
            id="a window of zero length",
        ),
        pytest.param(
            {"windows": [{"start": "08:00:00"}]},
            "windows",
            "window_incomplete",
            id="a window without an end",
        ),
        pytest.param(
            {
                "windows": [
                    {"start": "23:00:00", "end": "06:00:00"},
                    {"start": "05:00:00", "end": "07:00:00"},
                ]
            },
            "windows",
            "windows_overlap",
            id="windows that overlap after midnight",
        ),
        pytest.param(
            {"target_soc": None}, "target_soc", "target_range", id="no target"
        ),
        pytest.param({"target_soc": 101}, "target_soc", "target_range", id="over full"),
        pytest.param({"target_soc": 49}, "target_soc", "target_range", id="under half"),
        pytest.param(
            {"target_soc": 80.5}, "target_soc", "target_range", id="half a percent"
        ),
        pytest.param(
            {"floor_soc": 81},
            "target_soc",
            "target_under_floor",
            id="a target under the floor",
        ),
        pytest.param({"floor_soc": 95}, "floor_soc", "floor_range", id="a high floor"),
        pytest.param(
            {"daily_limit": 40}, "daily_limit", "limit_range", id="a low limit"
        ),
        pytest.param(
            {"daily_limit": 50, "floor_soc": 60},
            "daily_limit",
            "limit_under_floor",
            id="a limit under the floor",
        ),
        pytest.param({"amps": 4}, "amps", "amps_range", id="less than five amperes"),
        pytest.param({"amps": True}, "amps", "amps_range", id="no number"),
        pytest.param(
            {"price": {"entity": "", "mode": "cheapest"}},
            "price.entity",
            "entity_invalid",
            id="prices from nowhere",
        ),
        pytest.param(
            {"price": {"entity": "sensor.price", "mode": "below_cap"}},
            "price.cap",
            "cap_missing",
            id="below which cap",
        ),
        pytest.param(
            {"solar": {"entity": "sun"}}, "solar.entity", "entity_invalid", id="no sun"
        ),
        pytest.param(
            {"solar": {"entity": "sensor.sun", "min_w": 0}},
            "solar.min_w",
            "number_invalid",
            id="a threshold of nothing",
        ),
    ],
)
def test_what_cannot_be_is_told_by_its_field(
    change: dict[str, Any], field: str, key: str
) -> None:
    """Each bad answer has a place and a text."""
    with pytest.raises(InvalidInput) as refused:
        ChargeRule.load("r", "Work", LEAST | change)
    assert (refused.value.field, refused.value.key) == (field, key)


def test_a_floor_alone_is_a_rule() -> None:
    """It needs neither days nor times."""
    data = {"car": "VIN", "target_soc": 80, "floor_soc": 30}
    assert ChargeRule.load("r", "Floor", data).floor_soc == 30
