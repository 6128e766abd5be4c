"""Snapshots become readings; what a car did not say does not."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
import logging
from typing import Any

import pytest

from custom_components.fleet_pulse.fleet.cached_data import SKEW, decode
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Location, Source
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.model.unread import Unread

from .pushed import NOW, SAID, Fill, choose, packed, put, stamp, state_of, unpacked

NATIVE = (
    put("location_state.native_latitude_d", 52.531951),
    put("location_state.native_longitude_d", 6.156999),
)
ROUNDED = (
    put("location_state.latitude", 52.0),
    put("location_state.longitude", 6.0),
)


@pytest.mark.parametrize(
    ("fills", "field", "value"),
    [
        pytest.param(
            [put("drive_state.odometer_in_hundredths_of_a_mile", 696300)],
            fields.ODOMETER,
            11205.862,
            id="odometer in hundredths of a mile",
        ),
        pytest.param(
            [put("charge_state.battery_range", 99.84)],
            fields.BATTERY_RANGE,
            160.677,
            id="range in km",
        ),
        pytest.param(
            [put("climate_state.inside_temp_celsius", 21.3)],
            fields.INSIDE_TEMP,
            21.3,
            id="a temperature without the noise of a short float",
        ),
        pytest.param(
            [put("charge_state.charge_rate_mph", 10)],
            fields.CHARGE_RATE,
            16.093,
            id="the older of two names",
        ),
        pytest.param(
            [
                put("charge_state.charge_rate_mph", 10),
                put("charge_state.charge_rate_mph_float", 10.5),
            ],
            fields.CHARGE_RATE,
            16.898,
            id="the finer of two names",
        ),
        pytest.param(
            [put("charge_state.minutes_to_full_charge", 90)],
            fields.TIME_TO_FULL_CHARGE,
            1.5,
            id="minutes as hours",
        ),
        pytest.param(
            [
                put("charge_state.charger_power", 11),
                put("charge_state.fast_charger_present", False),
            ],
            fields.AC_CHARGING_POWER,
            11.0,
            id="power on AC",
        ),
        pytest.param(
            [put("charge_state.charger_phases", 2)],
            fields.CHARGER_PHASES,
            3,
            id="three phases",
        ),
        pytest.param(
            [choose("charge_state.charging_state.NoPower")],
            fields.CHARGING_STATE,
            "no_power",
            id="a choice",
        ),
        pytest.param(
            [choose("charge_state.fast_charger_type.SNA")],
            fields.FAST_CHARGER_TYPE,
            None,
            id="no such thing",
        ),
        pytest.param(
            [choose("charge_state.conn_charge_cable.IEC")],
            fields.CABLE_CONNECTED,
            True,
            id="a cable",
        ),
        pytest.param(
            [choose("charge_state.conn_charge_cable.SNA")],
            fields.CABLE_CONNECTED,
            False,
            id="no cable",
        ),
        pytest.param(
            [choose("charge_state.charging_state.Disconnected")],
            fields.CABLE_CONNECTED,
            False,
            id="no cable, as nothing is connected",
        ),
        pytest.param(
            [choose("charge_state.charging_state.Complete")],
            fields.CABLE_CONNECTED,
            True,
            id="a cable, as charging came to its end",
        ),
        pytest.param(
            [put("charge_state.scheduled_charging_mode", 2)],
            fields.SCHEDULED_CHARGING_MODE,
            "depart_by",
            id="a number of a list",
        ),
        pytest.param(
            [put("climate_state.cabin_overheat_protection", 2)],
            fields.CABIN_OVERHEAT_PROTECTION,
            "fan_only",
            id="a list with a suffix",
        ),
        pytest.param(
            [put("climate_state.steering_wheel_heat_level", 3)],
            fields.STEERING_WHEEL_HEAT_LEVEL,
            3,
            id="a level by its name",
        ),
        pytest.param(
            [choose("climate_state.climate_keeper_mode.Party")],
            fields.CLIMATE_KEEPER_MODE,
            "camp",
            id="camp mode by its inner name",
        ),
        pytest.param(
            [choose("drive_state.shift_state.D")],
            fields.SHIFT_STATE,
            "d",
            id="a gear",
        ),
        pytest.param(
            [choose("drive_state.shift_state.SNA")],
            fields.SHIFT_STATE,
            "p",
            id="no gear is parked",
        ),
        pytest.param(
            [choose("closures_state.sentry_mode_state.Aware")],
            fields.SENTRY_MODE,
            True,
            id="sentry is on while it watches",
        ),
        pytest.param(
            [choose("closures_state.sentry_mode_state.Quiet")],
            fields.SENTRY_MODE_STATE,
            "quiet",
            id="what sentry does",
        ),
        pytest.param(
            [put("vehicle_state.dashcam_state", 2)],
            fields.DASHCAM_STATE,
            "recording",
            id="a list with a prefix",
        ),
        pytest.param(
            [put("closures_state.door_open_driver_front", False)],
            fields.DOOR_DRIVER_FRONT,
            False,
            id="a door that was said to be closed",
        ),
        pytest.param(
            [*ROUNDED, *NATIVE],
            fields.LOCATION,
            Location(52.531951, 6.156999),
            id="the finest place",
        ),
        pytest.param(
            ROUNDED, fields.LOCATION, Location(52.0, 6.0), id="a place as of old"
        ),
        pytest.param(
            [
                put("drive_state.active_route_coordinates.latitude", 48.5),
                put("drive_state.active_route_coordinates.longitude", 11.5),
            ],
            fields.ACTIVE_ROUTE_LOCATION,
            Location(48.5, 11.5),
            id="a destination",
        ),
        pytest.param(
            [put("drive_state.power", 0)],
            fields.ACTIVE_ROUTE_DESTINATION,
            None,
            id="no route: not the last one",
        ),
        pytest.param(
            [choose("drive_state.shift_state.P")],
            fields.SPEED,
            None,
            id="no speed: not the last one",
        ),
        pytest.param(
            [stamp("tire_pressure_state.tpms_last_seen_pressure_time_fl", SAID)],
            fields.TPMS_LAST_SEEN_FL,
            SAID,
            id="a moment",
        ),
        pytest.param(
            [put("legacy_vehicle_state.tpms_pressure_fl", 2.9)],
            fields.TPMS_PRESSURE_FL,
            2.9,
            id="a tyre of an older car",
        ),
        pytest.param(
            [put("media_state.now_playing_source", 12)],
            fields.MEDIA_SOURCE,
            "Spotify",
            id="who plays",
        ),
        pytest.param(
            [choose("software_update_state.status.DownloadingWifiWait")],
            fields.SOFTWARE_UPDATE_STATUS,
            "waiting_for_wifi",
            id="an update that waits",
        ),
        pytest.param(
            [put("software_update_state.version", "2026.38.1 abc")],
            fields.SOFTWARE_UPDATE_VERSION,
            "2026.38.1",
            id="what the poll nests",
        ),
        pytest.param(
            [put("vehicle_config.eu_vehicle", True), put("drive_state.power", 0)],
            fields.EU_VEHICLE,
            True,
            id="what the car is made of, which has no time of its own",
        ),
        pytest.param(
            [put("charge_state.scheduled_charging_start_time_minutes", 0)],
            fields.SCHEDULED_CHARGING_START_MINUTE,
            0,
            id="midnight that was said",
        ),
    ],
)
def test_what_snapshots_say(
    fills: list[Fill], field: Field[Any], value: object
) -> None:
    """Whatever protobufs call it, it is read as a poll is."""
    reading = state_of(*fills).said(field)
    assert reading is not None
    assert reading.value == value
    assert (reading.at, reading.source) == (SAID, Source.CACHED)


@pytest.mark.parametrize(
    ("fills", "field"),
    [
        pytest.param([choose("closures_state")], fields.LOCKED, id="a lock"),
        pytest.param([choose("closures_state")], fields.DOOR_DRIVER_FRONT, id="a door"),
        pytest.param([choose("charge_state")], fields.BATTERY_LEVEL, id="a level"),
        pytest.param([choose("charge_state")], fields.CHARGING_STATE, id="a choice"),
        pytest.param(
            [choose("charge_state.charging_state")],
            fields.CHARGING_STATE,
            id="a choice that was not made",
        ),
        pytest.param(
            [choose("charge_state.charging_state.Unknown")],
            fields.CHARGING_STATE,
            id="a choice that says it does not know",
        ),
        pytest.param(
            [choose("charge_state.charging_state.Unknown")],
            fields.CABLE_CONNECTED,
            id="a cable, of which it does not know",
        ),
        pytest.param([choose("drive_state")], fields.SHIFT_STATE, id="a gear"),
        pytest.param(
            [put("charge_state.charger_power", 11)],
            fields.AC_CHARGING_POWER,
            id="half of a joined value",
        ),
        pytest.param(
            [choose("drive_state"), choose("vehicle_config")],
            fields.EU_VEHICLE,
            id="a feature",
        ),
        pytest.param(
            [put("vehicle_config.eu_vehicle", True)],
            fields.EU_VEHICLE,
            id="a feature in a snapshot without any time",
        ),
    ],
)
def test_what_is_not_said_is_not_guessed(fills: list[Fill], field: Field[Any]) -> None:
    """Protobuf's own defaults, "closed" and 0 among them, are nobody's word."""
    assert state_of(*fills).said(field) is None


@pytest.mark.parametrize(
    ("at", "said_at"),
    [
        pytest.param(NOW, [NOW], id="now"),
        pytest.param(NOW + SKEW, [NOW], id="a clock that is a little ahead"),
        pytest.param(NOW + SKEW + timedelta(seconds=1), [], id="the future"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), [], id="a clock that was reset"),
        pytest.param(datetime(2150, 1, 1, tzinfo=UTC), [], id="another century"),
        pytest.param(None, [], id="no time at all"),
    ],
)
def test_a_section_is_as_old_as_it_says(
    at: datetime | None, said_at: list[datetime]
) -> None:
    """A time that cannot be makes a section worthless, not new."""
    readings = decode(packed(put("closures_state.locked", True), at=at), NOW)
    assert [reading.at for reading in readings] == said_at


def test_sections_keep_their_own_times() -> None:
    """One that was written long ago does not become new with the others."""
    early = SAID - timedelta(days=2)
    data = unpacked(
        packed(
            put("closures_state.locked", True), put("charge_state.battery_level", 50)
        )
    )
    data.closures_state.timestamp.FromDatetime(early)
    text = b64encode(data.SerializeToString()).decode()
    state = State().merged(decode(text, NOW))
    times = {key: reading.at for key, reading in state.readings.items()}
    assert times == {"battery_level": SAID, "locked": early}


@pytest.mark.parametrize("order", [1, -1])
def test_a_snapshot_and_a_poll_meet(order: int) -> None:
    """The newer one counts, in whichever order they come."""
    polled = vehicle_data_readings(
        {
            "charge_state": {
                "battery_level": 40,
                "timestamp": (SAID.timestamp() + order) * 1000,
            }
        },
        now=NOW,
    )
    pushed = decode(packed(put("charge_state.battery_level", 50)), NOW)
    level = {1: 40, -1: 50}[order]
    assert State().merged(polled).merged(pushed).get(fields.BATTERY_LEVEL) == level
    assert State().merged(pushed).merged(polled).get(fields.BATTERY_LEVEL) == level


def test_a_word_that_nobody_knows_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A later firmware's numbers are unknown, and one line at debug."""
    caplog.set_level(logging.DEBUG)
    text, unread = packed(put("vehicle_state.dashcam_state", 77)), Unread()
    first = decode(text, NOW, unread)
    assert decode(text, NOW, unread) == first
    assert [reading.value for reading in first] == [None]
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["dashcam_state cannot be read: #77"]
