"""Single values as Tesla spells them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import choices, values
from custom_components.fleet_pulse.model.field import Location

from .strategies import JSON

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARSERS = [
    *values.HOLDS,
    values.hours_as_minutes,
    values.identifier,
    values.miles,
    values.mph,
    values.number,
    values.percent,
    values.milliseconds_as_seconds,
    values.seconds_as_minutes,
    values.streamed_minute_of_day,
    values.charger_power(fast=True),
    *(c for c in vars(choices).values() if isinstance(c, values.Choice)),
]
BEYOND = st.sampled_from(
    [10**400, -(10**400), "9" * 5000, float("nan"), float("-inf"), 1e308, "\ud800"]
)


@settings(max_examples=150)
@given(st.sampled_from(PARSERS), JSON | BEYOND | st.tuples(JSON, JSON))
def test_parsers_are_total(parse: Callable[[Any], Any], value: object) -> None:
    """Whatever arrives becomes a value or None, never an exception."""
    parse(value)


@pytest.mark.parametrize(
    ("parse", "raw", "read"),
    [
        pytest.param(values.number, "-75.00000", -75.0, id="old firmware streams text"),
        pytest.param(values.number, "1e-3", 0.001, id="also with an exponent"),
        pytest.param(values.number, True, None, id="a truth is no number"),
        pytest.param(values.number, "<invalid>", None, id="Tesla's word for nothing"),
        pytest.param(values.number, float("nan"), None, id="not a number is unknown"),
        pytest.param(values.integer, 58.03, 58, id="the stream's level has fractions"),
        pytest.param(values.percent, 101, None, id="a level over 100 is unknown"),
        pytest.param(values.boolean, 1, True, id="one is yes"),
        pytest.param(values.boolean, 2, None, id="two is neither"),
        pytest.param(values.boolean, "FALSE", False, id="a truth in words"),
        pytest.param(values.boolean, [], None, id="a list is no truth"),
        pytest.param(values.text, "  ", None, id="blanks are no words"),
        pytest.param(values.text, " Nikola ", "Nikola", id="blanks around words go"),
        pytest.param(
            values.firmware, "2022.8.10.1 171f0fe61c20", "2022.8.10.1", id="no hash"
        ),
        pytest.param(values.firmware, " ", None, id="no update has a blank version"),
        pytest.param(values.identifier, 2**60, str(2**60), id="ids keep their digits"),
        pytest.param(values.identifier, 10**40, None, id="no id is that long"),
        pytest.param(values.miles, 100, 160.934, id="miles become kilometres"),
        pytest.param(values.miles, 1.7e308, None, id="beyond the largest number"),
        pytest.param(values.mph, "41.6", 66.949, id="miles an hour too"),
        pytest.param(values.hours_as_minutes, 2.25, 135.0, id="hours as minutes"),
        pytest.param(
            values.milliseconds_as_seconds, 2500, 2.5, id="milliseconds as seconds"
        ),
        pytest.param(values.seconds_as_minutes, 2700, 45.0, id="seconds as minutes"),
        pytest.param(values.phases, 2, 3, id="a car on three phases says two"),
        pytest.param(values.phases, 1, 1, id="one phase is one"),
        pytest.param(values.phases, None, None, id="no charger has no phases"),
        pytest.param(values.epoch_seconds, NOON.timestamp(), NOON, id="seconds"),
        pytest.param(
            values.epoch_milliseconds, NOON.timestamp() * 1000, NOON, id="milliseconds"
        ),
        pytest.param(values.epoch_seconds, 0, None, id="1970 is no moment of a car"),
        pytest.param(values.minute_of_day, 1440, None, id="a day has 1440 minutes"),
        # 12:00 UTC on that day is 04:00 in California.
        pytest.param(
            values.streamed_minute_of_day, NOON.timestamp(), 240, id="the hands right"
        ),
        pytest.param(values.streamed_minute_of_day, "soon", None, id="no moment"),
        pytest.param(values.opened, 0, False, id="zero is closed"),
        pytest.param(values.opened, 2, True, id="any other number is open"),
        pytest.param(values.opened, True, True, id="the stream says true"),
        pytest.param(values.opened, "WindowStatePartiallyOpen", True, id="a crack"),
        pytest.param(
            values.opened, "WindowStateUnknown", None, id="never guess closed"
        ),
        pytest.param(
            values.location,
            "(37.412374 S, 122.145867 E)",
            Location(-37.412374, 122.145867),
            id="a place as text",
        ),
        pytest.param(
            values.location,
            {"latitude": 51.5, "longitude": -0.1},
            Location(51.5, -0.1),
            id="a place as a message",
        ),
        pytest.param(
            values.location, (52.5, "6.2"), Location(52.5, 6.2), id="a place as a pair"
        ),
        pytest.param(values.location, (91, 0), None, id="no such latitude"),
        pytest.param(values.location, (None, 0), None, id="half a place"),
        pytest.param(values.cable_connected, "IEC", True, id="a kind of cable"),
        pytest.param(
            values.cable_connected, "<invalid>", False, id="no kind: no cable"
        ),
        pytest.param(values.cable_connected, "CableTypeSNA", False, id="nor streamed"),
        pytest.param(values.cable_connected, None, None, id="null says nothing"),
        pytest.param(values.charger_power(fast=True), (150, True), 150.0, id="on DC"),
        pytest.param(values.charger_power(fast=False), (150, True), 0.0, id="not AC"),
        pytest.param(values.charger_power(fast=True), (None, True), None, id="unknown"),
        pytest.param(values.charger_power(fast=True), 7, None, id="half of it"),
        pytest.param(choices.CHARGING, "Charging", "charging", id="a polled word"),
        pytest.param(
            choices.CHARGING,
            "DetailedChargeStateNoPower",
            "no_power",
            id="a streamed one",
        ),
        pytest.param(choices.CHARGING, "Levitating", None, id="an unknown word"),
        pytest.param(choices.DEFROST, 2, "max", id="defrost counted"),
        pytest.param(choices.DEFROST, 2.0, "max", id="defrost counted by a float"),
        pytest.param(choices.DEFROST, "Normal", "normal", id="defrost named"),
        pytest.param(choices.KEEPER, "dog", "dog", id="the keeper in small letters"),
        pytest.param(
            choices.KEEPER,
            "ClimateKeeperModeStateParty",
            "camp",
            id="camp's inner name",
        ),
        pytest.param(choices.GEAR, None, "p", id="no gear in a poll is parked"),
        pytest.param(choices.GEAR, "D", "d", id="a gear"),
        pytest.param(choices.STREAMED_GEAR, "ShiftStateD", "d", id="a streamed gear"),
        pytest.param(
            choices.STREAMED_GEAR, "ShiftStateInvalid", None, id="invalid is not D"
        ),
        pytest.param(
            choices.SENTRY_ON, "SentryModeStateQuiet", False, id="quiet is off"
        ),
        pytest.param(choices.SENTRY_ON, "SentryModeStateAware", True, id="aware is on"),
        pytest.param(choices.UPDATE, "", "none", id="an empty status is no update"),
    ],
)
def test_reads(parse: Callable[[Any], Any], raw: object, read: object) -> None:
    """Each trap of Tesla's spelling is read right."""
    got = parse(raw)

    assert got == read
    assert type(got) is type(read)
