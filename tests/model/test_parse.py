"""Recorded answers become readings; garbled ones become nothing, and never raise."""

from datetime import UTC, datetime, timedelta
import logging
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Group, Location, Source
from custom_components.fleet_pulse.model.parse import (
    Product,
    product_readings,
    vehicle_data_readings,
    vehicles,
)
from custom_components.fleet_pulse.model.state import State

from .shared import response, wrong_for
from .strategies import JSON

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
POLLED = [field for field in fields.VEHICLE_FIELDS if field.poll]
SECTIONS = [group.value for group in Group if group is not Group.PRODUCT]
WRONG = [{}, [], [1], {"a": 1}, object(), b"x"]

DC_2019 = "vehicle_data_model3_2019_dc_ccs_100kw_fw2019.32"
AC_2015 = "vehicle_data_models85d_2015_ac_charging"
AC_2016 = "vehicle_data_models_p90d_2016_ac_charging_fw2020.48"
PARTIAL_AC = "vehicle_data_partial_ac_level2_9kw"
COMPLETE = "vehicle_data_partial_charge_complete"
PARTIAL_DC = "vehicle_data_partial_dc_supercharger_150kw"
DISCONNECTED = "vehicle_data_partial_disconnected"


def state_of(body: object, now: datetime = NOW) -> State:
    """Return what an answer says."""
    return State().merged(vehicle_data_readings(body, now=now))


def whole_answer() -> dict[str, Any]:
    """Return an answer that has a number at every polled path."""
    body: dict[str, Any] = {}
    for field in POLLED:
        section = body
        if field.group is not Group.PRODUCT:
            section = body.setdefault(field.group.value, {})
        for path in field.poll:
            *parents, last = path.split(".")
            place = section
            for name in parents:
                place = place.setdefault(name, {})
            place[last] = 1
    return body


def spoiled(field: Field[Any], wrong: object) -> dict[str, Any]:
    """Return an answer that has something impossible for one field."""
    body = whole_answer()
    section = body if field.group is Group.PRODUCT else body[field.group.value]
    section |= dict.fromkeys([path.split(".")[0] for path in field.poll], wrong)
    return body


@pytest.mark.parametrize(
    ("recording", "field", "value"),
    [
        pytest.param(DC_2019, fields.ODOMETER, 11205.994, id="odometer in km"),
        pytest.param(DC_2019, fields.BATTERY_RANGE, 160.677, id="range in km"),
        pytest.param(DC_2019, fields.CHARGE_RATE, 733.378, id="charge rate in km/h"),
        pytest.param(DC_2019, fields.INSIDE_TEMP, 21.0, id="temperature in °C"),
        pytest.param(DC_2019, fields.CHARGER_POWER, 100.0, id="power of a DC charger"),
        pytest.param(DC_2019, fields.DC_CHARGING_POWER, 100.0, id="which is DC"),
        pytest.param(DC_2019, fields.AC_CHARGING_POWER, 0.0, id="and not AC"),
        pytest.param(DC_2019, fields.CHARGER_PHASES, None, id="no phases on DC"),
        pytest.param(DC_2019, fields.FAST_CHARGER_TYPE, "combo", id="kind of charger"),
        pytest.param(DC_2019, fields.SHIFT_STATE, "p", id="no gear is parked"),
        pytest.param(
            DC_2019, fields.LOCATION, Location(52.531951, 6.156999), id="a place"
        ),
        pytest.param(
            DC_2019, fields.THIRD_ROW_SEATS, None, id="Tesla's invalid is unknown"
        ),
        pytest.param(DC_2019, fields.CAR_VERSION, "2019.32.11.1", id="firmware"),
        pytest.param(
            DC_2019, fields.ACTIVE_ROUTE_DESTINATION, None, id="no route: not the last"
        ),
        pytest.param(AC_2015, fields.ODOMETER, 114127.59, id="odometer of a Model S"),
        pytest.param(AC_2015, fields.BATTERY_LEVEL, 78, id="the level owners see"),
        pytest.param(AC_2015, fields.USABLE_BATTERY_LEVEL, 77, id="the usable level"),
        pytest.param(AC_2015, fields.OUTSIDE_TEMP, 32.5, id="outside temperature"),
        pytest.param(AC_2015, fields.TIME_TO_FULL_CHARGE, 0.25, id="hours to full"),
        pytest.param(
            AC_2015, fields.MINUTES_TO_FULL_CHARGE, 15.0, id="minutes to full"
        ),
        pytest.param(AC_2015, fields.CHARGER_PHASES, 1, id="one phase"),
        pytest.param(AC_2015, fields.DOOR_DRIVER_FRONT, True, id="an open door"),
        pytest.param(AC_2015, fields.DOOR_DRIVER_REAR, False, id="a closed door"),
        pytest.param(AC_2015, fields.TPMS_PRESSURE_RR, 2.71, id="tyre pressure in bar"),
        pytest.param(AC_2015, fields.DEFROST_MODE, "off", id="defrost as a number"),
        pytest.param(AC_2015, fields.CLIMATE_KEEPER_MODE, "off", id="keeper"),
        pytest.param(
            AC_2015, fields.SOFTWARE_UPDATE_VERSION, "2022.36.20", id="nested path"
        ),
        pytest.param(
            AC_2015, fields.SOFTWARE_UPDATE_STATUS, "available", id="an update"
        ),
        pytest.param(
            AC_2015,
            fields.ACTIVE_ROUTE_LOCATION,
            Location(34.111111, -88.11111),
            id="destination of the route",
        ),
        pytest.param(AC_2015, fields.ACTIVE_ROUTE_DISTANCE, 31.913, id="km to go"),
        pytest.param(AC_2015, fields.ACCESS_TYPE, "owner", id="beside the sections"),
        pytest.param(
            AC_2015,
            fields.SCHEDULED_DEPARTURE_TIME,
            datetime(2022, 8, 26, 12, tzinfo=UTC),
            id="a moment",
        ),
        pytest.param(AC_2016, fields.SOFTWARE_UPDATE_STATUS, "none", id="no update"),
        pytest.param(AC_2016, fields.SOFTWARE_UPDATE_VERSION, None, id="nor a version"),
        pytest.param(AC_2016, fields.VEHICLE_NAME, None, id="a nameless car"),
        pytest.param(AC_2016, fields.DISPLAY_NAME, "Nikola 2.0", id="named at Tesla"),
        pytest.param(AC_2016, fields.FAST_CHARGER_TYPE, None, id="no fast charger"),
        pytest.param(PARTIAL_AC, fields.CHARGING_STATE, "charging", id="charging"),
        pytest.param(PARTIAL_AC, fields.AC_CHARGING_POWER, 9.0, id="power on AC"),
        pytest.param(PARTIAL_AC, fields.INSIDE_TEMP, None, id="a section left out"),
        pytest.param(COMPLETE, fields.CHARGING_STATE, "complete", id="complete"),
        pytest.param(PARTIAL_DC, fields.BATTERY_HEATER_ON, True, id="battery heater"),
        pytest.param(
            DISCONNECTED, fields.CHARGING_STATE, "disconnected", id="unplugged"
        ),
        pytest.param(DISCONNECTED, fields.CABLE_CONNECTED, False, id="without a cable"),
        pytest.param(DISCONNECTED, fields.CHARGE_PORT_LATCH, "disengaged", id="latch"),
    ],
)
def test_recorded_answers(recording: str, field: Field[Any], value: object) -> None:
    """What real cars answered is read as their owners would."""
    assert state_of(response(recording)).get(field) == value


def test_every_section_has_its_own_time() -> None:
    """A reading is as old as the section it came in."""
    state = state_of(response(AC_2015))

    said = state.said(fields.ODOMETER)
    assert said is not None
    assert said.at == datetime(2022, 8, 27, 22, 59, 35, 268000, tzinfo=UTC)
    assert said.source is Source.POLL


@pytest.mark.parametrize(
    "stamp",
    [
        pytest.param(None, id="null"),
        pytest.param("yesterday", id="words"),
        pytest.param(-5, id="before time"),
        pytest.param(10**400, id="a number beyond any clock"),
        pytest.param({}, id="an object"),
        pytest.param((NOW.timestamp() + 86_400) * 1000, id="tomorrow"),
    ],
)
def test_a_garbled_time_is_now(stamp: object) -> None:
    """Nothing stays for ever because a clock was wrong once."""
    body = {"vehicle_state": {"locked": True, "timestamp": stamp}}

    assert [reading.at for reading in vehicle_data_readings(body, now=NOW)] == [NOW]


@pytest.mark.parametrize(
    ("ahead", "counts"),
    [
        pytest.param(1, 1, id="the car's own time, though it is to come for us"),
        pytest.param(3, 2, id="nothing is later than Tesla's clock"),
    ],
)
def test_where_our_clock_lags_the_car_is_believed(ahead: int, counts: int) -> None:
    """Two days behind, our clock must not make new words older than old ones."""
    stamp = (NOW + timedelta(days=ahead)).timestamp() * 1000
    body = {"vehicle_state": {"locked": True, "timestamp": stamp}}

    readings = vehicle_data_readings(body, now=NOW, lag=timedelta(days=2))

    assert [reading.at for reading in readings] == [NOW + timedelta(days=counts)]


@pytest.mark.parametrize("field", [pytest.param(f, id=f.key) for f in POLLED])
def test_a_value_of_a_wrong_type_is_unknown(field: Field[Any]) -> None:
    """A list where a number belongs: unknown, and nothing old shown as new."""
    answers = [spoiled(field, wrong) for wrong in wrong_for(field, WRONG)]

    assert {state_of(answer).get(field) for answer in answers} == {None}


@pytest.mark.parametrize("missing", SECTIONS)
def test_a_missing_section_keeps_what_is_known(missing: str) -> None:
    """A section that is not there says nothing, and the others still speak."""
    known = state_of(response(AC_2015))
    body = {k: v for k, v in response(AC_2015).items() if k != missing}

    assert known.merged(vehicle_data_readings(body, now=NOW)).readings.keys() == (
        known.readings.keys()
    )
    assert not {
        reading.field.group
        for reading in vehicle_data_readings(body, now=NOW)
        if reading.field.group == missing
    }


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("wrong", [None, [], "<invalid>", 5, {}])
def test_a_section_of_a_wrong_type_says_nothing(section: str, wrong: object) -> None:
    """A list where an object belongs is like a missing section."""
    body = {**whole_answer(), section: wrong}

    groups = {r.field.group.value for r in vehicle_data_readings(body, now=NOW)}
    assert groups == {*SECTIONS, "product"} - {section}


@settings(max_examples=60)
@given(JSON | st.dictionaries(st.sampled_from([*SECTIONS, "state", "vin"]), JSON))
def test_no_answer_raises(body: object) -> None:
    """Whatever Tesla sends, the state survives."""
    vehicle_data_readings(body, now=NOW)
    product_readings(body, now=NOW)
    vehicles(body)
    vehicles([body])


def test_half_of_a_joined_value_is_no_reading() -> None:
    """A latitude without a longitude is no place, and not an unknown one either."""
    readings = vehicle_data_readings({"drive_state": {"latitude": 5}}, now=NOW)

    assert fields.LOCATION not in [reading.field for reading in readings]


def test_an_ended_route_is_gone() -> None:
    """Without a route Tesla sends no such names: the old destination must go."""
    later = NOW + timedelta(minutes=1)
    state = state_of({"drive_state": {"active_route_destination": "Home"}})
    assert state.get(fields.ACTIVE_ROUTE_DESTINATION) == "Home"

    state = state.merged(
        vehicle_data_readings({"drive_state": {"power": 0}}, now=later)
    )
    assert state.get(fields.ACTIVE_ROUTE_DESTINATION) is None


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param(
            {"charge_state": {"charging_state": "Levitating"}},
            "charging_state cannot be read: Levitating",
            id="an unknown word is named",
        ),
        pytest.param(
            {"drive_state": {"latitude": "secret", "longitude": 4}},
            "location cannot be read: tuple",
            id="anything else might give something away",
        ),
    ],
)
def test_what_cannot_be_read_is_said_once_at_debug(
    body: object, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One debug line, no exception, and nothing private in it."""
    caplog.set_level(logging.DEBUG)

    vehicle_data_readings(body, now=NOW)

    assert [record.getMessage() for record in caplog.records] == [line]


@pytest.mark.parametrize("nothing", [None, "", "<invalid>"])
def test_tesla_s_own_nothing_is_not_worth_a_line(
    nothing: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Unknown by Tesla's own word is normal."""
    caplog.set_level(logging.DEBUG)

    vehicle_data_readings(
        {
            "charge_state": {"charging_state": nothing},
            "drive_state": {"latitude": nothing, "longitude": nothing},
        },
        now=NOW,
    )

    assert not caplog.records


def test_the_cars_of_an_account() -> None:
    """The list of products, as a real account's application received it."""
    assert vehicles(response("products_vehicle_signing_required")) == [
        Product(
            vin="5YJ12345EBG999999",
            id="3912395738573902",
            name="Teslemetry",
            state="offline",
            command_signing="required",
            access_type="OWNER",
            in_service=False,
            device_type="vehicle",
        )
    ]


def test_what_the_list_says_of_a_car() -> None:
    """State, name and signing are readings like any other, as of the answer."""
    entry = response("products_vehicle_signing_required")[0]
    state = State().merged(product_readings(entry, now=NOW))

    assert {key: reading.value for key, reading in state.readings.items()} == {
        "access_type": "owner",
        "api_version": 84,
        "command_signing": "required",
        "display_name": "Teslemetry",
        "in_service": False,
        "mobile_access_disabled": False,
        "state": "offline",
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="null"),
        pytest.param({"vin": "5YJ3E1EA7KF000001"}, id="an entry instead of a list"),
        pytest.param([{"energy_site_id": 1}], id="an energy site"),
        pytest.param([{"vin": None}], id="a car without a VIN"),
        pytest.param(["5YJ3E1EA7KF000001"], id="a VIN instead of a car"),
    ],
)
def test_no_cars(body: object) -> None:
    """What is no car is left out."""
    assert vehicles(body) == []
