"""Which entities a car has: learned from what it says, never asked for."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car

from .entities import HOUR, MINUTE, entries, look, read, states, values
from .household import Household

GATE: Final = "binary_sensor.homelink_nearby"
ROOF: Final = "sensor.sun_roof_state"
SENTRY: Final = "binary_sensor.sentry_mode"
TIRE: Final = "sensor.tpms_pressure_fl"


def has(home: Household, car: Car) -> dict[str, bool]:
    """Say which of some equipment a car's entities show."""
    shown = states(home, car)
    return {key: key in shown for key in (GATE, ROOF, SENTRY, TIRE)}


def registered(home: Household, key: str) -> str | None:
    """Give the entity of the registry for a key, also where nothing shows it."""
    platform, _, name = key.partition(".")
    return er.async_get(home.hass).async_get_entity_id(
        platform, DOMAIN, f"{home.car.vin}-{name}"
    )


async def says(home: Household, section: str, **said: Any) -> None:
    """Let the next look say something else than the car would."""
    body = home.car.vehicle_data(None, location=True)
    body[section] |= said
    home.cloud.fail(
        f"*/{home.car.vin}/vehicle_data", status=200, body={"response": body}
    )
    await look(home)


async def test_an_unread_car_has_only_what_every_car_has(home: Household) -> None:
    """Nothing is known of a sleeping car's equipment, and it is not woken for it."""
    assert not any(has(home, home.car).values())
    assert values(home, home.car)["sensor.battery_level"] == "unknown"
    await home.pass_time(HOUR / 4, 60)
    assert home.cloud.requests.of("wake") == []


async def test_equipment_appears_with_the_first_look(home: Household) -> None:
    """What the car has is there without a reload; what it has not never was."""
    await read(home)
    expected = {GATE: True, ROOF: False, SENTRY: True, TIRE: True}
    assert has(home, home.car) == expected
    assert has(home, home.old_car) == expected | {ROOF: True}
    assert values(home, home.car)[TIRE] != "unknown"
    assert registered(home, ROOF) is None


async def test_after_a_restart_equipment_is_there_at_once(home: Household) -> None:
    """From what was kept, though Tesla cannot be reached and the car sleeps."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    before = has(home, home.car)
    home.cloud.fail("*", status=503, seconds=HOUR)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.LOADED
    assert has(home, home.car) == before


async def test_a_car_whose_state_was_lost_keeps_its_entities(
    home: Household,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The registry remembers what the car has; the values come with the next look."""
    await read(home)
    before = has(home, home.car)
    home.car.sleep_now()
    await home.pass_time(2 * MINUTE)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    for key in [key for key in hass_storage if ".snapshot." in key]:
        del hass_storage[key]
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    await home.pass_time(MINUTE)
    assert has(home, home.car) == before
    assert values(home, home.car)[TIRE] == "unknown"
    await read(home)
    assert has(home, home.car) == before
    assert values(home, home.car)[TIRE] != "unknown"
    # What is shown already is not added once more.
    assert "already exists" not in caplog.text


async def test_what_appears_later_is_shown_then(home: Household) -> None:
    """Tires tell their pressure once they have turned."""
    home.car.request_wake()
    await home.pass_time(MINUTE)
    await says(home, "vehicle_state", tpms_pressure_fl=None)
    assert has(home, home.car)[SENTRY]
    assert not has(home, home.car)[TIRE]
    await look(home)
    assert has(home, home.car)[TIRE]


async def test_what_the_car_denies_leaves_the_registry(home: Household) -> None:
    """A gate that was taken out of the car's memory needs no sensor any more."""
    await read(home)
    assert registered(home, GATE)
    await says(home, "vehicle_state", homelink_device_count=0)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert registered(home, GATE) is None
    assert GATE not in states(home, home.car)


async def test_what_comes_back_keeps_what_the_owner_called_it(
    home: Household,
) -> None:
    """Home Assistant remembers names of entities that were removed."""
    await read(home)
    registry = er.async_get(home.hass)
    registry.async_update_entity(str(registered(home, GATE)), name="Gate")
    await says(home, "vehicle_state", homelink_device_count=0)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await look(home)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    [gate] = [
        e for e in entries(home, home.car) if e.entity_id == registered(home, GATE)
    ]
    assert gate.name == "Gate"


@pytest.mark.usefixtures("everything_enabled")
async def test_what_only_a_stream_says_waits_for_it(home: Household) -> None:
    """No answer of a car holds it, so it would be unknown for ever."""
    await read(home)
    assert registered(home, "sensor.pack_voltage") is None
