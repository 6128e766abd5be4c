"""What cannot be read is said once at debug, however often a car repeats it."""

from datetime import UTC, datetime
import logging
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.unread import Unread

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Give what is logged, as a function."""
    caplog.set_level(logging.DEBUG)
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    ("field", "raw", "line"),
    [
        pytest.param(
            fields.CHARGING_STATE,
            "Levitating",
            "charging_state cannot be read: Levitating",
            id="a word of a closed list is named",
        ),
        pytest.param(
            fields.CHARGING_STATE,
            "x" * 5000,
            "charging_state cannot be read: " + "x" * 40,
            id="but not at length",
        ),
        pytest.param(
            fields.DEFROST_MODE,
            17,
            "defrost_mode cannot be read: 17",
            id="so is a number",
        ),
        pytest.param(
            fields.DEFROST_MODE,
            10**9999,
            "defrost_mode cannot be read: int",
            id="unless nobody could write it down",
        ),
        pytest.param(
            fields.CHARGING_STATE,
            {"place": "home"},
            "charging_state cannot be read: dict",
            id="an object might hold anything",
        ),
        pytest.param(
            fields.VEHICLE_NAME,
            ["Skipper"],
            "vehicle_name cannot be read: list",
            id="so might anything else",
        ),
    ],
)
def test_a_line_names_what_cannot_be_read(
    field: Field[Any], raw: object, line: str, lines: Any
) -> None:
    """And nothing private."""
    assert Unread().read(field, raw, field.parse) is None
    assert lines() == [line]


def test_a_car_that_repeats_itself_is_quoted_once(lines: Any) -> None:
    """Ten polls with the same unknown words: a line for each word."""
    unread = Unread()
    bodies = [
        {"charge_state": {"charging_state": word}}
        for word in ("Levitating", "Teleporting")
    ]
    said = [vehicle_data_readings(b, now=NOW, unread=unread) for b in bodies * 10]
    assert {reading.value for readings in said for reading in readings} == {None}
    assert lines() == [
        "charging_state cannot be read: Levitating",
        "charging_state cannot be read: Teleporting",
    ]


def test_no_flood_of_words_fills_the_log(lines: Any) -> None:
    """Even words that are ever new come to an end."""
    unread = Unread()
    parse = fields.CHARGING_STATE.parse
    words = [f"word {count}" for count in range(3000)]
    assert {unread.read(fields.CHARGING_STATE, word, parse) for word in words} == {None}
    assert len(lines()) == 1000
