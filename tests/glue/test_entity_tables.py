"""The tables of the platforms, against Home Assistant's own rules and our texts."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import chain
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.components.number import const as number_rules
from homeassistant.components.sensor import SensorDeviceClass, const as sensor_rules
from homeassistant.helpers.entity import EntityDescription
import pytest

from custom_components import fleet_pulse
from custom_components.fleet_pulse.binary_sensor import (
    BINARY_SENSORS,
    RULE_BINARY_SENSORS,
)
from custom_components.fleet_pulse.button import ACCOUNT_BUTTONS, BUTTONS, RULE_BUTTONS
from custom_components.fleet_pulse.calendar import CALENDARS
from custom_components.fleet_pulse.climate import CLIMATES
from custom_components.fleet_pulse.cover import COVERS
from custom_components.fleet_pulse.device_tracker import TRACKERS
from custom_components.fleet_pulse.entity import VehicleDescription
from custom_components.fleet_pulse.event import EVENTS
from custom_components.fleet_pulse.lock import LOCKS
from custom_components.fleet_pulse.media_player import MEDIA_PLAYERS, STATES
from custom_components.fleet_pulse.model import vehicle_fields
from custom_components.fleet_pulse.model.command import Call, Command, Risk
from custom_components.fleet_pulse.number import NUMBERS, VehicleNumberDescription
from custom_components.fleet_pulse.select import SELECTS, VehicleSelectDescription
from custom_components.fleet_pulse.sensor import (
    ACCOUNT_SENSORS,
    RULE_SENSORS,
    SENSORS,
    AccountSensorDescription,
    VehicleSensorDescription,
)
from custom_components.fleet_pulse.switch import RULE_SWITCHES, SWITCHES
from custom_components.fleet_pulse.update import UPDATES

TABLES: Final[dict[str, tuple[Sequence[EntityDescription], ...]]] = {
    "binary_sensor": (BINARY_SENSORS, RULE_BINARY_SENSORS),
    "button": (BUTTONS, ACCOUNT_BUTTONS, RULE_BUTTONS),
    "calendar": (CALENDARS,),
    "climate": (CLIMATES,),
    "cover": (COVERS,),
    "device_tracker": (TRACKERS,),
    "event": (EVENTS,),
    "lock": (LOCKS,),
    "media_player": (MEDIA_PLAYERS,),
    "number": (NUMBERS,),
    "select": (SELECTS,),
    "sensor": (SENSORS, ACCOUNT_SENSORS, RULE_SENSORS),
    "switch": (SWITCHES, RULE_SWITCHES),
    "update": (UPDATES,),
}
TEXTS: Final = json.loads(
    (Path(fleet_pulse.__file__).parent / "translations/en.json").read_text()
)["entity"]
ICONS: Final = json.loads(
    (Path(fleet_pulse.__file__).parent / "icons.json").read_text()
)["entity"]
OWN: Final = {
    "alert",
    "charging_by_rules",
    "last_update",
    "last_wake",
    "poll_reason",
    "waiting_commands",
    "wakes_left",
    "wakes_left_for_rules",
    "wakes_today",
}
"""Sensors, of both kinds, on what we know ourselves."""
UNSAID: Final = {"keep_accessory_power", "low_power_mode"}
"""Switches on what no answer of a car holds."""
DISABLED: Final = {
    "binary_sensor": {
        "battery_heater_on",
        "bioweapon_mode",
        "cabin_overheat_protection_active",
        "charge_port_cold_weather_mode",
        "connectivity",
        "dashcam",
        "fast_charger_present",
        "in_service",
        "is_front_defroster_on",
        "is_rear_defroster_on",
        "located_at_favorite",
        "located_at_home",
        "located_at_work",
        "managed_charging_active",
        "mobile_access",
        "not_enough_power_to_heat",
        "preconditioning_enabled",
        "scheduled_charging_pending",
        "service_mode",
        "side_mirror_heaters",
        "steering_wheel_heater",
        "supercharger_trip_planner",
        "tpms_hard_warning_fl",
        "tpms_hard_warning_fr",
        "tpms_hard_warning_rl",
        "tpms_hard_warning_rr",
        "trip_charging",
        "wiper_blade_heater",
    },
    "button": {"remote_boombox", "remote_start_drive", "trigger_homelink"},
    "climate": {
        "cabin_overheat_protection",
    },
    "device_tracker": {
        "route",
    },
    "select": {
        "seat_heater_rear_center",
        "seat_heater_rear_left",
        "seat_heater_rear_right",
        "seat_heater_third_row_left",
        "seat_heater_third_row_right",
    },
    "sensor": {
        "active_route_destination",
        "active_route_energy_at_arrival",
        "active_route_traffic_delay",
        "cabin_overheat_protection",
        "center_display_state",
        "charge_current_request_max",
        "charge_port_latch",
        "charge_rate",
        "charger_actual_current",
        "charger_phases",
        "charger_pilot_current",
        "charger_voltage",
        "conn_charge_cable",
        "defrost_mode",
        "driver_temp_setting",
        "est_battery_range",
        "fan_status",
        "fast_charger_type",
        "hvac_auto_request",
        "ideal_battery_range",
        "lifetime_energy_charged",
        "lifetime_energy_regenerated",
        "lifetime_energy_used",
        "module_temp_max",
        "module_temp_min",
        "nominal_full_pack_energy",
        "pack_current",
        "pack_voltage",
        "passenger_temp_setting",
        "power",
        "seat_fan_front_left",
        "seat_fan_front_right",
        "seat_heater_left",
        "seat_heater_rear_center",
        "seat_heater_rear_left",
        "seat_heater_rear_right",
        "seat_heater_right",
        "seat_heater_third_row_left",
        "seat_heater_third_row_right",
        "sentry_mode_state",
        "software_update_scheduled",
        "speed",
        "speed_limit",
        "steering_wheel_heat_level",
        "tpms_last_seen_fl",
        "tpms_last_seen_fr",
        "tpms_last_seen_rl",
        "tpms_last_seen_rr",
        "usable_battery_level",
        "wakes_left_for_rules",
    },
    "switch": {
        "bioweapon_mode",
        "keep_accessory_power",
        "low_power_mode",
    },
}
EVERY_SENSOR: Final = (*SENSORS, *ACCOUNT_SENSORS, *RULE_SENSORS)

type AnySensor = VehicleSensorDescription | AccountSensorDescription


def unit_of(row: AnySensor) -> str | None:
    """Give the unit a sensor will show."""
    field = getattr(row, "field", None)
    return row.native_unit_of_measurement or getattr(field, "unit", None)


def options_of(row: Any) -> list[str]:
    """Give all that an enumeration may show."""
    return list(row.options or (row.field.options if row.field else ()))


def told_by(row: VehicleDescription) -> set[Command]:
    """Give every command that a column of a row names, alone or for a value."""
    columns = [getattr(row, column.name) for column in fields(row)]
    parts = [c.values() if isinstance(c, Mapping) else [c] for c in columns]
    told = chain.from_iterable(parts)
    calls = [part.command if isinstance(part, Call) else part for part in told]
    return {part for part in calls if isinstance(part, Command)}


@pytest.mark.parametrize("table", chain(*TABLES.values()), ids=lambda t: t[0].key)
def test_a_table_is_sorted_and_names_nothing_twice(
    table: Sequence[EntityDescription],
) -> None:
    """A row is found at its place in the alphabet, once."""
    keys = [row.key for row in table]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("platform", TABLES)
def test_every_row_has_a_name_and_every_name_a_row(platform: str) -> None:
    """Names live in the translations, for exactly the entities there are."""
    rows = {row.key for row in chain(*TABLES[platform])}
    assert {key for key, text in TEXTS[platform].items() if text["name"]} == rows


@pytest.mark.parametrize("platform", TABLES)
def test_no_two_entities_of_a_device_have_the_same_name(platform: str) -> None:
    """Names make entity ids: two alike would get a number behind."""
    for_each = [
        [TEXTS[platform][row.key]["name"] for row in t] for t in TABLES[platform]
    ]
    assert [len(set(names)) for names in for_each] == [len(names) for names in for_each]


@pytest.mark.parametrize("platform", TABLES)
def test_every_row_has_a_face(platform: str) -> None:
    """A device class brings an icon; where there is none, we have one."""
    faceless = [
        row.key
        for row in chain(*TABLES[platform])
        if row.device_class is None and row.key not in ICONS.get(platform, {})
    ]
    assert faceless == []


@pytest.mark.parametrize("platform", TABLES)
def test_every_icon_is_of_an_entity(platform: str) -> None:
    """Icons go with their rows."""
    keys = {row.key for row in chain(*TABLES[platform])}
    assert set(ICONS.get(platform, {})) <= keys


def test_every_row_shows_what_the_car_said() -> None:
    """Buttons, calendars, events, what cars never tell and what we know go without a field."""
    without = {
        row.key
        for row in chain(*chain(*TABLES.values()))
        if isinstance(row, VehicleDescription) and row.field is None
    }
    assert (
        without == {row.key for row in chain(BUTTONS, CALENDARS, EVENTS)} | OWN | UNSAID
    )


@pytest.mark.parametrize("row", EVERY_SENSOR, ids=lambda row: row.key)
def test_a_sensor_combines_what_home_assistant_takes(row: AnySensor) -> None:
    """Unit and state class fit the device class."""
    kind = row.device_class
    units = sensor_rules.DEVICE_CLASS_UNITS.get(kind, {unit_of(row)})
    assert unit_of(row) in units
    state_classes = sensor_rules.DEVICE_CLASS_STATE_CLASSES.get(kind, {row.state_class})
    assert row.state_class in {None, *state_classes}
    assert unit_of(row) is None or kind is not None


@pytest.mark.parametrize("row", SENSORS, ids=lambda row: row.key)
def test_an_enumeration_says_all_it_may_show(row: VehicleSensorDescription) -> None:
    """Options are complete, unique and translated; nothing else has any."""
    options = options_of(row)
    assert bool(options) is (row.device_class is SensorDeviceClass.ENUM)
    assert len(options) == len(set(options))
    assert set(TEXTS["sensor"][row.key].get("state", {})) == set(options)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.key)
def test_a_number_combines_what_home_assistant_takes(
    row: VehicleNumberDescription,
) -> None:
    """Its unit fits, its bounds are ordered, and its command takes it."""
    assert row.field is not None
    assert row.device_class is not None
    assert row.field.unit in number_rules.DEVICE_CLASS_UNITS[row.device_class]
    assert row.native_min_value is not None
    assert row.native_max_value is not None
    assert row.native_min_value < row.native_max_value
    low = row.command.call(**{row.param: row.native_min_value})
    high = row.command.call(**{row.param: row.native_max_value})
    assert low.command.slider
    assert high.command.slider


@pytest.mark.parametrize("row", SELECTS, ids=lambda row: row.key)
def test_a_select_shows_what_its_command_brings_about(
    row: VehicleSelectDescription,
) -> None:
    """Every option is taken, and shown again once the car is so."""
    assert row.options == [*row.levels]
    assert list(row.levels.values()) == sorted(set(row.levels.values()))
    [command] = row.commands
    calls = {option: command.call(**row.params(option)) for option in row.levels}
    shown = {
        option: row.option(reading.value)
        for option, call in calls.items()
        for reading in call.expected(datetime.now(UTC))
        if reading.field is row.field
    }
    assert shown == {option: option for option in row.levels}
    assert command.slider


@pytest.mark.parametrize(
    ("level", "option"),
    [
        pytest.param(-1, "off", id="a car that cannot say shows less than nothing"),
        pytest.param(0, "off", id="nothing"),
        pytest.param(2, "medium", id="a level there is"),
        pytest.param(4, "high", id="more than there is"),
    ],
)
def test_a_select_shows_also_levels_that_no_command_makes(
    level: int, option: str
) -> None:
    """Cars have been seen to say 4 of 3."""
    seat = next(row for row in SELECTS if row.key == "seat_heater_left")
    assert seat.option(level) == option


def test_a_player_has_a_state_for_whatever_a_car_says() -> None:
    """No word of the car's own list is without one."""
    assert set(STATES) == set(vehicle_fields.MEDIA_PLAYBACK_STATUS.options)


def test_a_row_hides_no_command_that_could_do_harm() -> None:
    """What a column tells the car counts for the row's permission and exposure."""
    hidden = {
        row.key
        for row in chain(*chain(*TABLES.values()))
        if isinstance(row, VehicleDescription)
        for command in told_by(row)
        if command.risk is not Risk.NONE and command not in row.told
    }
    assert hidden == set()


def test_what_assistants_have_only_from_the_owner() -> None:
    """Everything that opens the car or guards it, and nothing else."""
    assert {
        f"{platform}.{row.key}"
        for platform, tables in TABLES.items()
        for row in chain(*tables)
        if isinstance(row, VehicleDescription) and row.is_guarded
    } == {
        "button.remote_start_drive",
        "button.trigger_homelink",
        "cover.charge_port",
        "cover.frunk",
        "cover.sun_roof",
        "cover.tonneau",
        "cover.trunk",
        "cover.windows",
        "lock.charge_cable",
        "lock.doors",
        "switch.sentry_mode",
        "switch.valet_mode",
    }


@pytest.mark.parametrize("platform", TABLES)
def test_what_is_noisy_must_be_enabled_by_the_owner(platform: str) -> None:
    """What is noisy, or for experts, is disabled in the beginning."""
    found = {
        row.key
        for row in chain(*TABLES[platform])
        if not row.entity_registry_enabled_default
    }
    assert found == DISABLED.get(platform, set())
