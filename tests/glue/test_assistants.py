"""Google, Alexa and Apple: what they understand of a car."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.helpers import entity_registry as er
import pytest

from .actions import device_of
from .assistants import alexa, google, homekit
from .garage import Garage
from .household import Household


@pytest.fixture
async def garage(home: Household, everything_enabled: None) -> Garage:
    """Give a garage whose first car is known."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    return garage


@pytest.mark.parametrize(
    ("platform", "key", "kind", "traits"),
    [
        ("lock", "doors", "LOCK", {"LockUnlock"}),
        ("climate", "cabin", "THERMOSTAT", {"TemperatureSetting"}),
        ("cover", "charge_port", "DOOR", {"OpenClose"}),
        ("cover", "frunk", "DOOR", {"OpenClose"}),
        ("cover", "trunk", "DOOR", {"OpenClose"}),
        ("cover", "windows", "WINDOW", {"OpenClose"}),
        ("switch", "charge", "SWITCH", {"OnOff"}),
        ("button", "flash_lights", "SCENE", {"Scene"}),
        ("sensor", "inside_temp", "SENSOR", {"TemperatureControl"}),
        ("select", "seat_heater_left", "SENSOR", {"Modes"}),
        ("media_player", "media", "SPEAKER", {"TransportControl", "Volume"}),
    ],
)
async def test_google_knows_what_it_is(
    garage: Garage, platform: str, key: str, kind: str, traits: set[str]
) -> None:
    """By type and trait."""
    found, has = google(garage.home.state(platform, key))
    assert found == kind
    assert traits <= has


@pytest.mark.parametrize(
    ("platform", "key", "category", "interfaces"),
    [
        ("lock", "doors", "SMARTLOCK", {"LockController"}),
        (
            "climate",
            "cabin",
            "THERMOSTAT",
            {"PowerController", "TemperatureSensor", "ThermostatController"},
        ),
        ("cover", "charge_port", "DOOR", {"ModeController"}),
        ("cover", "frunk", "DOOR", {"ModeController"}),
        ("cover", "trunk", "DOOR", {"ModeController"}),
        ("cover", "windows", "EXTERIOR_BLIND", {"ModeController"}),
        ("switch", "charge", "SWITCH", {"PowerController"}),
        ("number", "charge_limit_soc", "OTHER", {"RangeController"}),
        ("number", "charge_current_request", "OTHER", {"RangeController"}),
        ("button", "flash_lights", "ACTIVITY_TRIGGER", {"EventDetectionSensor"}),
        ("sensor", "inside_temp", "TEMPERATURE_SENSOR", {"TemperatureSensor"}),
        ("media_player", "media", "SPEAKER", {"PlaybackController", "Speaker"}),
    ],
)
async def test_alexa_knows_what_it_is(
    garage: Garage, platform: str, key: str, category: str, interfaces: set[str]
) -> None:
    """By category and interface."""
    home = garage.home
    found, has = alexa(home.hass, home.state(platform, key))
    assert found == category
    assert interfaces <= has


@pytest.mark.parametrize(
    ("platform", "key", "accessory"),
    [
        ("lock", "doors", "Lock"),
        ("climate", "cabin", "Thermostat"),
        ("cover", "charge_port", "WindowCoveringBasic"),
        ("cover", "frunk", "WindowCoveringBasic"),
        ("cover", "trunk", "WindowCoveringBasic"),
        ("cover", "windows", "WindowCoveringBasic"),
        ("switch", "charge", "Switch"),
        ("button", "flash_lights", "Switch"),
        ("sensor", "inside_temp", "TemperatureSensor"),
        ("device_tracker", "location", "BinarySensor"),
        ("select", "seat_heater_left", "SelectSwitch"),
        ("media_player", "media", "MediaPlayer"),
    ],
)
async def test_apple_knows_what_it_is(
    garage: Garage, platform: str, key: str, accessory: str
) -> None:
    """By the kind of accessory."""
    home = garage.home
    assert homekit(home.hass, home.state(platform, key)) == accessory


async def test_apple_shows_the_battery_beside_everything_of_a_car(
    home: Household,
) -> None:
    """It links the one battery sensor of a device, so there must be one only."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    entities = er.async_entries_for_device(
        er.async_get(home.hass), device_of(home, garage.car)
    )
    batteries = [
        one.entity_id
        for one in entities
        if one.domain == "sensor"
        and one.original_device_class == SensorDeviceClass.BATTERY
    ]
    assert batteries == [home.entity_id("sensor", "battery_level")]
