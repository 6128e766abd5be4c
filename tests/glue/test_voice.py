"""Assist: what people say about their cars, through Home Assistant's own agent."""

from collections.abc import AsyncIterator

from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
import pytest

from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .actions import device_of
from .garage import Garage, town
from .household import Household
from .voice import Voice, spoken, teach

DONE = IntentResponseType.ACTION_DONE
NOT_FOUND = IntentResponseErrorCode.NO_VALID_TARGETS


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(house: Household) -> Garage:
    """Give a garage whose first car is awake and known, and can be spoken about."""
    await teach(house)
    await house.set_up()
    garage = Garage(house)
    garage.car.parts.charging.limit = 60
    garage.car.parts.closures.is_locked = False
    await garage.wake_up()
    await garage.fetch()
    return garage


@pytest.fixture
def voice(garage: Garage) -> Voice:
    """Give the voice of its owner."""
    return Voice(garage)


async def test_lock_the_car(garage: Garage, voice: Voice) -> None:
    """The lock is exposed, and called the car."""
    voice.expose("lock", "doors", "car")
    answer = await voice.say("lock the car")
    assert answer.response_type is DONE
    assert garage.obeyed() == ["door_lock"]
    assert garage.car.locked


async def test_set_the_car_temperature(garage: Garage, voice: Voice) -> None:
    """The climate is exposed, and called the car."""
    voice.expose("climate", "cabin", "car")
    answer = await voice.say("set the car temperature to 21")
    assert answer.response_type is DONE
    assert garage.car.parts.cabin.driver_temp == 21
    assert garage.car.parts.cabin.passenger_temp == 21


async def test_ask_for_the_battery(garage: Garage, voice: Voice) -> None:
    """Home Assistant's own words, since the sensor has the standard class."""
    voice.expose("sensor", "battery_level", "car battery")
    answer = await voice.say("what is the car battery level")
    level = garage.home.state("sensor", "battery_level").state
    assert str(round(float(level))) in spoken(answer)
    assert garage.obeyed() == []


async def test_open_the_charge_port(garage: Garage, voice: Voice) -> None:
    """The cover is exposed, and the account has a PIN for what opens."""
    await garage.data.pin.async_set("4711")
    voice.expose("cover", "charge_port", "charge port")
    answer = await voice.say("open the charge port")
    assert answer.response_type is DONE
    assert garage.obeyed() == ["charge_port_door_open"]
    assert garage.car.parts.charging.port_open


async def test_close_the_charge_port(garage: Garage, voice: Voice) -> None:
    """Closing needs no PIN."""
    garage.car.parts.charging.port_open = True
    await garage.home.pass_time(20)
    await garage.fetch()
    voice.expose("cover", "charge_port", "charge port")
    answer = await voice.say("close the charge port")
    assert answer.response_type is DONE
    assert garage.obeyed() == ["charge_port_door_close"]


async def test_without_a_pin_nothing_is_opened(garage: Garage, voice: Voice) -> None:
    """Whoever calls in through the window must not be obeyed."""
    voice.expose("cover", "charge_port", "charge port")
    answer = await voice.say("open the charge port")
    assert answer.response_type is IntentResponseType.ERROR
    assert garage.obeyed() == []


@pytest.mark.parametrize(
    "sentence",
    [
        "set the charge limit to 80 percent",
        "Change the charge limit to 80%.",
        "raise the car charge limit to 80 percent",
        "set the charge limit of {name} to 80 percent",
        "charge {name} to 80 percent",
    ],
)
async def test_set_the_charge_limit(
    garage: Garage, voice: Voice, sentence: str
) -> None:
    """With the sentences from the documentation, and one exposed car."""
    voice.expose("number", "charge_limit_soc")
    answer = await voice.say(sentence.format(name=garage.car.name))
    assert spoken(answer) == "The charge limit is set to 80 percent."
    assert garage.car.parts.charging.limit == 80


async def test_a_car_that_must_wake_is_told(garage: Garage, voice: Voice) -> None:
    """Nobody stands waiting in front of a speaker for a minute."""
    garage.car.sleep_now()
    await garage.look()
    voice.expose("number", "charge_limit_soc")
    answer = await voice.say("set the charge limit to 70 percent")
    assert "has to wake up first" in spoken(answer)
    await garage.home.pass_time(30, 2)
    assert garage.car.parts.charging.limit == 70


async def test_trouble_after_the_answer_is_logged(
    garage: Garage, voice: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    """The car does not wake, which nobody can know in time."""
    garage.car.sleep_now()
    garage.car.reachable = False
    await garage.look()
    voice.expose("number", "charge_limit_soc")
    await voice.say("set the charge limit to 70 percent")
    await garage.home.pass_time(150, 2)
    assert "was not set: The car did not wake up" in caplog.text
    assert garage.car.vin not in caplog.text


async def test_a_limit_no_car_takes_is_refused(garage: Garage, voice: Voice) -> None:
    """In words, and nothing is sent."""
    voice.expose("number", "charge_limit_soc")
    answer = await voice.say("set the charge limit to 10 percent")
    assert answer.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert "10" in spoken(answer)
    assert garage.obeyed() == []


async def test_the_trouble_is_said(garage: Garage, voice: Voice) -> None:
    """What an action would raise is spoken."""
    garage.car.in_service = True
    await garage.look()
    voice.expose("number", "charge_limit_soc")
    answer = await voice.say("set the charge limit to 70 percent")
    assert answer.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert spoken(answer).startswith("The car is in service")


# ---- which car


async def both(garage: Garage, voice: Voice) -> None:
    """Have both cars known, paired and exposed."""
    garage.pair_other()
    await garage.wake_up(garage.other)
    await garage.fetch(garage.other)
    for car in (garage.car, garage.other):
        voice.expose("number", "charge_limit_soc", car=car)


async def test_several_cars_need_a_name(garage: Garage, voice: Voice) -> None:
    """None is guessed."""
    await both(garage, voice)
    answer = await voice.say("set the charge limit to 70 percent")
    assert spoken(answer) == "There are several cars. Say the name of the one you mean"
    assert garage.obeyed() == garage.obeyed(garage.other) == []


async def test_a_car_is_known_by_its_name(garage: Garage, voice: Voice) -> None:
    """Only that one is told."""
    await both(garage, voice)
    await voice.say(f"set the charge limit of {garage.other.name} to 70 percent")
    assert garage.other.parts.charging.limit == 70
    assert garage.obeyed() == []


async def test_a_car_is_known_by_its_place(garage: Garage, voice: Voice) -> None:
    """As everything else in Home Assistant is."""
    await both(garage, voice)
    area = ar.async_get(garage.home.hass).async_create("Carport")
    devices = dr.async_get(garage.home.hass)
    devices.async_update_device(device_of(garage.home, garage.other), area_id=area.id)
    await voice.say("set the charge limit for the carport to 70 percent")
    assert garage.other.parts.charging.limit == 70


# ---- exposure is obeyed


@pytest.mark.parametrize(
    ("platform", "key", "sentence"),
    [
        ("lock", "doors", "lock the car"),
        ("cover", "charge_port", "open the car"),
        ("climate", "cabin", "set the car temperature to 21"),
        ("number", "charge_limit_soc", "set the charge limit to 80 percent"),
        ("number", "charge_limit_soc", "charge the car to 80 percent"),
    ],
)
async def test_what_is_not_exposed_is_not_found(
    garage: Garage, voice: Voice, platform: str, key: str, sentence: str
) -> None:
    """Whatever it is called."""
    voice.expose(platform, key, "car", is_exposed=False)
    answer = await voice.say(sentence)
    assert answer.error_code is NOT_FOUND
    assert garage.obeyed() == []


async def test_a_car_nobody_has_is_not_found(garage: Garage, voice: Voice) -> None:
    """And no other one is told instead."""
    voice.expose("number", "charge_limit_soc")
    answer = await voice.say("charge the bicycle to 80 percent")
    assert answer.error_code is NOT_FOUND
    assert garage.obeyed() == []
