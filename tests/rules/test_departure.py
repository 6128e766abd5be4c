"""What a form asks of the cabin, read into a departure."""

from datetime import time, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model.invalid import InvalidInput
from custom_components.fleet_pulse.rules.departure import (
    CalendarSource,
    Departure,
    Extras,
    Source,
)

WEEKLY: Final = {"car": "VIN", "source": "weekly", "days": ["mon"], "at": "07:30:00"}
CALENDAR: Final = {"car": "VIN", "source": "calendar"}


def load(**data: Any) -> Departure:
    """Read a departure that differs from the plainest."""
    return Departure.load("id", "Work", {**WEEKLY, **data})


def test_the_plainest_departure_has_an_owners_usual_wishes() -> None:
    """What is not chosen is as most owners want it."""
    assert load() == Departure(
        id="id",
        name="Work",
        vin="VIN",
        source=Source.WEEKLY,
        days=frozenset({0}),
        at=time(7, 30),
    )


def test_everything_that_a_form_offers_is_read() -> None:
    """Nothing an owner chose is lost."""
    found = load(
        temperature=21,
        zones=["zone.work"],
        weather="weather.home",
        presence=["person.me"],
        needs_plug=True,
        floor_soc=50,
        extras={"seats": ["front_left"], "seat_heat": 2, "steering_wheel": True},
    )
    assert found == Departure(
        id="id",
        name="Work",
        vin="VIN",
        source=Source.WEEKLY,
        days=frozenset({0}),
        at=time(7, 30),
        temperature=21.0,
        zones=("zone.work",),
        weather="weather.home",
        presence=("person.me",),
        needs_plug=True,
        floor_soc=50,
        extras=Extras(seats=("front_left",), seat_heat=2, steering_wheel=True),
    )


def test_a_calendar_is_read_with_its_filter_and_its_way() -> None:
    """Events, the way there and the time to spare make a departure."""
    chosen = {
        "entity": "calendar.me",
        "keyword": " office ",
        "needs_location": False,
        "travel_entity": "sensor.way",
        "buffer": 15,
    }
    found = Departure.load("id", "Out", {**CALENDAR, "calendar": chosen})
    assert found.calendar == CalendarSource(
        entity="calendar.me",
        keyword="office",
        needs_location=False,
        travel_entity="sensor.way",
        buffer=timedelta(minutes=15),
    )


@pytest.mark.parametrize(
    ("data", "field", "key"),
    [
        pytest.param({**WEEKLY, "car": None}, "car", "car_missing", id="no car"),
        pytest.param(
            {**WEEKLY, "source": "stars"},
            "source",
            "source_unknown",
            id="no such source",
        ),
        pytest.param({**WEEKLY, "days": []}, "days", "days_missing", id="no days"),
        pytest.param(
            {**WEEKLY, "days": ["noday"]}, "days", "day_unknown", id="no such day"
        ),
        pytest.param(
            {**WEEKLY, "days": "mon"}, "days", "list_invalid", id="days are no list"
        ),
        pytest.param({**WEEKLY, "at": None}, "at", "time_missing", id="no time"),
        pytest.param(
            {**WEEKLY, "at": "25:00"}, "at", "time_invalid", id="no such time"
        ),
        pytest.param(
            {"car": "VIN", "source": "charge_rule"},
            "rule",
            "rule_missing",
            id="no rule",
        ),
        pytest.param(CALENDAR, "calendar.entity", "calendar_missing", id="no calendar"),
        pytest.param(
            {
                **CALENDAR,
                "calendar": {"entity": "calendar.me", "needs_location": False},
            },
            "calendar.keyword",
            "keyword_or_location",
            id="every event would be one to leave for",
        ),
        pytest.param(
            {
                **CALENDAR,
                "calendar": {"entity": "calendar.me", "keyword": "x", "buffer": 999},
            },
            "calendar.buffer",
            "buffer_range",
            id="a day to spare",
        ),
        pytest.param(
            {**WEEKLY, "temperature": 40},
            "temperature",
            "temperature_range",
            id="too hot for a car",
        ),
        pytest.param(
            {**WEEKLY, "temperature": True},
            "temperature",
            "temperature_range",
            id="a temperature that is no number",
        ),
        pytest.param(
            {**WEEKLY, "floor_soc": 99}, "floor_soc", "floor_range", id="nearly full"
        ),
        pytest.param(
            {**WEEKLY, "extras": {"seats": ["roof"]}},
            "extras.seats",
            "seat_unknown",
            id="no such seat",
        ),
        pytest.param(
            {**WEEKLY, "extras": {"seat_heat": 7}},
            "extras.seat_heat",
            "number_invalid",
            id="no such level",
        ),
    ],
)
def test_bad_input_is_refused_by_its_field(
    data: dict[str, Any], field: str, key: str
) -> None:
    """A form says what is wrong beside where it was entered."""
    with pytest.raises(InvalidInput) as found:
        Departure.load("id", "Work", data)
    assert (found.value.field, found.value.key) == (field, key)


@pytest.mark.parametrize(
    ("data", "is_fixed"),
    [
        pytest.param({}, True, id="a weekly time"),
        pytest.param({"temperature": 21}, True, id="a weekly time and a temperature"),
        pytest.param({"weather": "weather.home"}, False, id="by the weather"),
        pytest.param({"presence": ["person.me"]}, False, id="if somebody is home"),
        pytest.param({"needs_plug": True}, False, id="if plugged in"),
        pytest.param({"floor_soc": 60}, False, id="down to a level of its own"),
        pytest.param({"floor_soc": 10}, True, id="down to what holds for all"),
        pytest.param({"zones": []}, False, id="wherever it stands"),
        pytest.param({"extras": {"defrost": True}}, False, id="with the windows"),
    ],
)
def test_what_a_car_can_do_by_itself_is_left_to_it(
    data: dict[str, Any], is_fixed: bool
) -> None:
    """A car knows times and places; it knows neither weather nor people."""
    assert load(**data).is_fixed is is_fixed


def test_no_departure_empties_a_battery_below_30_percent() -> None:
    """An owner may ask for more to be left, not for less."""
    assert (load(floor_soc=10).floor, load(floor_soc=50).floor) == (30, 50)


def test_a_departure_names_what_it_cannot_do_without() -> None:
    """What vanishes from Home Assistant pauses it."""
    chosen = {
        "entity": "calendar.me",
        "needs_location": True,
        "travel_entity": "sensor.way",
    }
    data = {**CALENDAR, "calendar": chosen, "presence": ["person.me"]}
    found = Departure.load("id", "Out", data).entities
    assert found == {"calendar.me", "person.me", "sensor.way", "zone.home"}
