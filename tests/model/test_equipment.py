"""What a car may have or not."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import equipment
from custom_components.fleet_pulse.model.equipment import EQUIPMENT, Equipment
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.state import State

NOW: Final = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)


def known(section: str, **said: Any) -> State:
    """Give what is known of a car that said something in a section."""
    return State().merged(vehicle_data_readings({section: said}, now=NOW))


def test_the_table_is_sorted_and_names_nothing_twice() -> None:
    """A row is found at its place in the alphabet, once."""
    keys = [row.key for row in EQUIPMENT]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("row", EQUIPMENT, ids=lambda row: row.key)
def test_nothing_is_guessed(row: Equipment) -> None:
    """A car that said nothing yet neither has it nor lacks it."""
    assert row.is_there(State()) is None


@pytest.mark.parametrize(
    ("row", "section", "name", "said", "is_there"),
    [
        pytest.param(
            equipment.COLD_WEATHER_CHARGE_PORT,
            "charge_state",
            "charge_port_cold_weather_mode",
            False,
            True,
            id="a mode that is off is there",
        ),
        pytest.param(
            equipment.HOMELINK,
            "vehicle_state",
            "homelink_device_count",
            2,
            True,
            id="two gates",
        ),
        pytest.param(
            equipment.HOMELINK,
            "vehicle_state",
            "homelink_device_count",
            0,
            False,
            id="no gate",
        ),
        pytest.param(
            equipment.REAR_SEAT_HEATERS,
            "vehicle_config",
            "rear_seat_heaters",
            0,
            False,
            id="cold rear seats",
        ),
        pytest.param(
            equipment.SEAT_COOLING,
            "vehicle_config",
            "has_seat_cooling",
            True,
            True,
            id="seats that cool",
        ),
        pytest.param(
            equipment.SENTRY_MODE,
            "vehicle_state",
            "sentry_mode_available",
            False,
            False,
            id="no cameras",
        ),
        pytest.param(
            equipment.SUNROOF,
            "vehicle_config",
            "sun_roof_installed",
            2,
            True,
            id="a sunroof that opens",
        ),
        pytest.param(
            equipment.SUNROOF,
            "vehicle_config",
            "sun_roof_installed",
            None,
            False,
            id="a roof of glass",
        ),
        pytest.param(
            equipment.THIRD_ROW_SEATS,
            "vehicle_config",
            "third_row_seats",
            "FuturisFoldFlat",
            True,
            id="seven seats",
        ),
        pytest.param(
            equipment.THIRD_ROW_SEATS,
            "vehicle_config",
            "third_row_seats",
            "None",
            False,
            id="five seats",
        ),
        pytest.param(
            equipment.THIRD_ROW_SEATS,
            "vehicle_config",
            "third_row_seats",
            "<invalid>",
            False,
            id="five seats of a Model 3",
        ),
        pytest.param(
            equipment.TIRE_PRESSURE_SENSORS,
            "vehicle_state",
            "tpms_pressure_fl",
            2.9,
            True,
            id="tires that tell",
        ),
        pytest.param(
            equipment.TIRE_PRESSURE_SENSORS,
            "vehicle_state",
            "tpms_pressure_fl",
            None,
            None,
            id="tires that have not turned yet",
        ),
        pytest.param(
            equipment.TONNEAU,
            "vehicle_config",
            "car_type",
            "cybertruck",
            True,
            id="a truck",
        ),
        pytest.param(
            equipment.TONNEAU,
            "vehicle_config",
            "car_type",
            "modely",
            False,
            id="no truck",
        ),
    ],
)
def test_the_car_tells_what_it_has(
    row: Equipment, section: str, name: str, said: Any, is_there: bool | None
) -> None:
    """As recorded answers of real cars say it."""
    assert row.is_there(known(section, **{name: said})) is is_there


def test_what_a_car_never_mentions_is_not_denied() -> None:
    """Old firmware leaves names out: that says nothing of the car."""
    said = known("vehicle_config", car_type="models")
    assert equipment.SEAT_COOLING.is_there(said) is None
