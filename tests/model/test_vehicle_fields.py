"""The table of fields itself, and that it knows what Tesla's cars can say."""

from collections import Counter
import csv
from typing import Any

import pytest
from tesla_protocol.telemetry import vehicle_data_pb2

from custom_components.fleet_pulse.model import choices, vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Group
from custom_components.fleet_pulse.model.values import HOLDS, Choice

from .shared import data_file

ROWS = [pytest.param(field, id=field.key) for field in fields.VEHICLE_FIELDS]
# Of the map's paths, these name a section that no recorded car used.
MISPLACED = {"climate_state.battery_heater_on": "charge_state.battery_heater_on"}
# What Home Assistant's own integration shows of a car, as Tesla names it.
SHOWN_BY_CORE = """
access_type state charge_state.battery_heater_on charge_state.battery_level
charge_state.battery_range charge_state.charge_current_request
charge_state.charge_current_request_max charge_state.charge_energy_added
charge_state.charge_limit_soc charge_state.charge_limit_soc_max
charge_state.charge_limit_soc_min charge_state.charge_port_door_open
charge_state.charge_port_latch charge_state.charge_rate
charge_state.charger_actual_current charge_state.charger_phases
charge_state.charger_power charge_state.charger_voltage charge_state.charging_state
charge_state.conn_charge_cable charge_state.est_battery_range
charge_state.fast_charger_type charge_state.ideal_battery_range
charge_state.minutes_to_full_charge charge_state.preconditioning_enabled
charge_state.scheduled_charging_pending charge_state.trip_charging
charge_state.usable_battery_level charge_state.user_charge_enable_request
climate_state.auto_seat_climate_left climate_state.auto_seat_climate_right
climate_state.auto_steering_wheel_heat climate_state.cabin_overheat_protection
climate_state.cabin_overheat_protection_actively_cooling
climate_state.climate_keeper_mode climate_state.cop_activation_temperature
climate_state.defrost_mode climate_state.driver_temp_setting
climate_state.inside_temp climate_state.is_climate_on
climate_state.is_preconditioning climate_state.max_avail_temp
climate_state.min_avail_temp climate_state.outside_temp
climate_state.passenger_temp_setting climate_state.seat_heater_left
climate_state.seat_heater_rear_center climate_state.seat_heater_rear_left
climate_state.seat_heater_rear_right climate_state.seat_heater_right
climate_state.seat_heater_third_row_left climate_state.seat_heater_third_row_right
climate_state.steering_wheel_heat_level drive_state.active_route_destination
drive_state.active_route_energy_at_arrival drive_state.active_route_latitude
drive_state.active_route_longitude drive_state.active_route_miles_to_arrival
drive_state.active_route_minutes_to_arrival
drive_state.active_route_traffic_minutes_delay drive_state.latitude
drive_state.longitude drive_state.power drive_state.shift_state drive_state.speed
vehicle_config.cop_user_set_temp_supported vehicle_config.rear_seat_heaters
vehicle_config.third_row_seats vehicle_state.car_version vehicle_state.dashcam_state
vehicle_state.df vehicle_state.dr vehicle_state.fd_window vehicle_state.fp_window
vehicle_state.ft vehicle_state.is_user_present vehicle_state.locked
vehicle_state.media_info.audio_volume vehicle_state.media_info.audio_volume_increment
vehicle_state.media_info.audio_volume_max
vehicle_state.media_info.media_playback_status
vehicle_state.media_info.now_playing_album vehicle_state.media_info.now_playing_artist
vehicle_state.media_info.now_playing_duration
vehicle_state.media_info.now_playing_elapsed
vehicle_state.media_info.now_playing_source
vehicle_state.media_info.now_playing_station
vehicle_state.media_info.now_playing_title vehicle_state.odometer vehicle_state.pf
vehicle_state.pr vehicle_state.rd_window vehicle_state.rp_window vehicle_state.rt
vehicle_state.sentry_mode vehicle_state.software_update.install_perc
vehicle_state.software_update.scheduled_time_ms vehicle_state.software_update.status
vehicle_state.software_update.version vehicle_state.sun_roof_percent_open
vehicle_state.sun_roof_state vehicle_state.tpms_pressure_fl
vehicle_state.tpms_pressure_fr vehicle_state.tpms_pressure_rl
vehicle_state.tpms_pressure_rr vehicle_state.tpms_soft_warning_fl
vehicle_state.tpms_soft_warning_fr vehicle_state.tpms_soft_warning_rl
vehicle_state.tpms_soft_warning_rr vehicle_state.valet_mode
"""


def polled_paths() -> set[str]:
    """Return every path of `vehicle_data` that a row reads."""
    return {
        path if field.group is Group.PRODUCT else f"{field.group}.{path}"
        for field in fields.VEHICLE_FIELDS
        for path in field.poll
    }


def wanted_by(priority: str) -> list[dict[str, str]]:
    """Return what owners want so much of the map of streamed fields."""
    with data_file("telemetry/field_map.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in rows if row["priority"] == priority]


def test_keys_are_unique_and_sorted() -> None:
    """One row a fact, in the order of the alphabet."""
    keys = [field.key for field in fields.VEHICLE_FIELDS]

    assert keys == sorted(set(keys))
    assert list(fields.BY_KEY) == keys


@pytest.mark.parametrize("field", ROWS)
def test_a_row_is_named_after_its_key(field: Field[Any]) -> None:
    """`fields.ODOMETER` is the row whose key is `odometer`."""
    assert getattr(fields, field.key.upper()) is field


@pytest.mark.parametrize("field", ROWS)
def test_a_row_is_complete(field: Field[Any]) -> None:
    """Someone says it, its kind is known, and joined rows join something."""
    assert field.poll or field.stream
    assert field.joined == (len(field.poll) > 1)
    assert field.options or field.unit or field.parse in HOLDS
    assert bool(field.options) == isinstance(field.parse, Choice)
    assert set(field.options) == {word for word in field.options if word.islower()}


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(table, id=name)
        for name, table in vars(choices).items()
        if isinstance(table, Choice)
    ],
)
def test_a_closed_list_has_words(table: Choice[Any]) -> None:
    """No list is empty, and null is one of its values where it says something."""
    assert table.words
    assert table.null is None or table.null in table.words.values()


def test_no_path_is_read_by_accident() -> None:
    """Only these names of Tesla's carry more than one fact."""
    read = Counter(
        (field.group, path) for field in fields.VEHICLE_FIELDS for path in field.poll
    )

    assert {path for (_, path), times in read.items() if times > 1} == {
        "charger_power",
        "conn_charge_cable",
        "fast_charger_present",
    }


def test_streamed_names_are_tesla_s() -> None:
    """Every streamed name is one of Tesla's telemetry fields."""
    streamed = {f.stream.split(".")[0] for f in fields.VEHICLE_FIELDS if f.stream}

    assert streamed <= set(vehicle_data_pb2.Field.keys())


def test_parts_of_streamed_messages_are_tesla_s() -> None:
    """Doors and tyres are parts that Tesla's messages have."""
    streamed = [field.stream for field in fields.VEHICLE_FIELDS if field.stream]
    parts = {name.split(".")[1] for name in streamed if "." in name}

    assert parts <= {
        *vehicle_data_pb2.Doors.DESCRIPTOR.fields_by_name,
        *vehicle_data_pb2.TireLocation.DESCRIPTOR.fields_by_name,
    }


@pytest.mark.parametrize(
    ("priority", "count"),
    [
        pytest.param("A", 74, id="what owners want most"),
        pytest.param("B", 43, id="what owners want next"),
    ],
)
def test_what_owners_want_is_streamed(priority: str, count: int) -> None:
    """All fields of priority A and B have a row that reads the stream."""
    wanted = {row["telemetry_field"] for row in wanted_by(priority)}
    streamed = {f.stream.split(".")[0] for f in fields.VEHICLE_FIELDS if f.stream}

    assert len(wanted) == count
    assert wanted - streamed == set()


@pytest.mark.parametrize("priority", ["A", "B"])
def test_what_owners_want_is_polled(priority: str) -> None:
    """Where the poll has a field of priority A or B, a row reads it."""
    paths = {
        MISPLACED.get(path, path)
        for row in wanted_by(priority)
        for path in expanded(row["rest_vehicle_data_path"])
    }

    assert paths - polled_paths() == set()


def expanded(path: str) -> list[str]:
    """Return the paths of a cell such as `vehicle_state.df,dr` or `…_fl/fr`."""
    if path.startswith("(none"):
        return []
    parts = path.removesuffix(" (LHD)").replace("/", ",").split(",")
    first = parts[0].strip()
    section = first.split(".")[0]
    stem = first.rsplit("_", 1)[0]
    rest = [part.strip() for part in parts[1:]]
    return [first] + [
        part
        if "." in part
        else f"{stem}_{part}"
        if "/" in path
        else f"{section}.{part}"
        for part in rest
    ]


def test_core_shows_nothing_that_we_do_not_know() -> None:
    """Every fact of a car that Home Assistant's own integration shows has a row."""
    assert set(SHOWN_BY_CORE.split()) - polled_paths() == set()
