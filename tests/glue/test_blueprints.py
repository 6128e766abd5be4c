"""The blueprints: imported as owners import them, and run."""

from collections.abc import AsyncIterator
from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components import fleet_pulse
from tests.fake_fleet.car import HOME
from tests.fake_fleet.geography import beside

from .actions import device_of
from .alerts import add_alert
from .appointments import CALENDAR, WEATHER, Appointments, add_calendar, add_weather
from .entities import look, read
from .household import Household

FOLDER: Final = Path(__file__).parents[2] / "blueprints/automation/fleet_pulse"
NAMES: Final = sorted(path.name for path in FOLDER.iterdir())
HOUR: Final = 3600


@pytest.mark.parametrize("name", NAMES)
async def test_a_blueprint_is_imported(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, name: str
) -> None:
    """By the address that it says itself, which is where it is published."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    page = str(parse_yaml(text)["blueprint"]["source_url"])
    raw = page.replace("github.com", "raw.githubusercontent.com").replace("/blob", "")
    aioclient_mock.get(raw, text=text)

    imported = await fetch_blueprint_from_url(hass, page)

    assert imported.blueprint.domain == AUTOMATION
    assert imported.blueprint.validate() is None
    assert page.endswith(f"blueprints/automation/fleet_pulse/{name}")


@pytest.mark.parametrize("name", NAMES)
def test_only_cars_are_offered_as_cars(name: str) -> None:
    """Rules have devices, too, and no action is about these."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    inputs = parse_yaml(text)["blueprint"]["input"]
    filters = [
        one["selector"]["device"]["filter"]
        for one in inputs.values()
        if "selector" in one and "device" in one["selector"]
    ]
    cars = [{"integration": "fleet_pulse", "manufacturer": "Tesla"}]
    assert all(one == cars for one in filters)


@pytest.fixture
async def garage(home: Household) -> AsyncIterator[Household]:
    """Have a car at home that is known, and the blueprints where imports are put."""
    latitude, longitude = home.car.home
    await home.hass.config.async_update(latitude=latitude, longitude=longitude)
    there = home.hass.config.path("blueprints/automation/fleet_pulse")
    shutil.copytree(FOLDER, there)
    assert await async_setup_component(home.hass, "zone", {})
    await read(home)
    yield home
    # An automation waits for its time; a test may not.
    ours = {CONF_ENTITY_ID: "automation.ours"}
    await home.hass.services.async_call(AUTOMATION, "turn_off", ours, blocking=True)
    await home.hass.data[DATA_COMPONENT].async_remove_entity(CALENDAR)


async def automate(home: Household, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint, with what has no default chosen."""
    written = {
        "id": "ours",
        "alias": "Ours",
        "use_blueprint": {"path": f"fleet_pulse/{name}.yaml", "input": inputs},
    }
    assert await async_setup_component(home.hass, AUTOMATION, {AUTOMATION: [written]})
    await home.settle()
    state = home.hass.states.get("automation.ours")
    assert state is not None
    assert state.state == "on"


# ---- weekdays and weekend


@pytest.fixture
async def two_kinds_of_days(garage: Household) -> Household:
    """Have an automation for weekdays and weekend, as it is offered."""
    await automate(
        garage,
        "weekday_weekend_charging",
        car=device_of(garage),
        cable=garage.entity_id("binary_sensor", "charge_cable"),
        location=garage.entity_id("device_tracker", "location"),
        weekday_limit=75,
    )
    return garage


def schedules(home: Household) -> list[tuple[int, int]]:
    """Give the charge schedules in the car: minutes of the day."""
    return [
        (one.start_time, one.end_time)
        for one in home.car.parts.schedules.charge.values()
    ]


async def plug_in(home: Household) -> None:
    """Come home and plug in, and let what follows from that be done."""
    home.car.plug("ac")
    await home.until(lambda: home.state("binary_sensor", "charge_cable").state == "on")
    await home.pass_time(60, 1)


async def friday_evening(home: Household) -> None:
    """Let the week pass, and a minute after eight on Friday."""
    eight = dt_util.now().replace(hour=20, minute=0, second=0) + timedelta(days=4)
    assert f"{eight:%a}" == "Fri"
    await home.pass_time((eight - dt_util.now()).total_seconds() - 5, 900)
    await home.pass_time(90, 1)


async def test_on_a_weekday_the_night_is_written_into_the_car(
    two_kinds_of_days: Household,
) -> None:
    """Plugged in on Monday, it has the weekdays' limit and window."""
    await plug_in(two_kinds_of_days)

    assert two_kinds_of_days.car.parts.charging.limit == 75
    assert schedules(two_kinds_of_days) == [(23 * 60, 6 * 60)]


async def test_on_a_trip_the_car_keeps_its_limit(
    two_kinds_of_days: Household,
) -> None:
    """Who plugs in elsewhere wants to arrive somewhere: nothing is told to the car."""
    two_kinds_of_days.car.parts.motion.place = beside(HOME, 300, 90)

    await plug_in(two_kinds_of_days)

    assert two_kinds_of_days.car.commands == []


async def test_on_friday_evening_the_weekend_is_written_into_the_car(
    two_kinds_of_days: Household,
) -> None:
    """It stays plugged in, and takes the place of the weekdays' schedule."""
    await plug_in(two_kinds_of_days)

    await friday_evening(two_kinds_of_days)

    assert two_kinds_of_days.car.parts.charging.limit == 60
    assert schedules(two_kinds_of_days) == [(10 * 60, 16 * 60)]


async def test_a_car_that_is_away_in_the_evening_is_left_alone(
    two_kinds_of_days: Household,
) -> None:
    """Not plugged in, it is neither told anything nor woken."""
    await friday_evening(two_kinds_of_days)

    assert two_kinds_of_days.car.commands == []


# ---- reminder


async def remind(home: Household, **inputs: Any) -> list[str]:
    """Have a reminder, let the evening pass, and give what was said."""
    said = async_capture_events(home.hass, "reminded")
    await automate(
        home,
        "plug_in_reminder",
        cable=home.entity_id("binary_sensor", "charge_cable"),
        battery=home.entity_id("sensor", "battery_level"),
        location=home.entity_id("device_tracker", "location"),
        tell=[{"event": "reminded", "event_data": {"message": "{{ message }}"}}],
        **inputs,
    )
    await home.pass_time(14 * HOUR, 600)
    return [event.data["message"] for event in said]


async def test_who_did_not_plug_in_is_reminded(garage: Household) -> None:
    """Once, with what the car said of its battery."""
    level = garage.state("sensor", "battery_level").state

    assert await remind(garage, below=100) == [
        f"The car is not plugged in, and its battery is at {level} %."
    ]


async def test_who_has_enough_is_not_reminded(garage: Household) -> None:
    """A battery that is full enough needs no cable."""
    assert await remind(garage, below=10) == []


async def test_who_plugged_in_is_not_reminded(garage: Household) -> None:
    """The cable is in: there is nothing to say."""
    await plug_in(garage)

    assert await remind(garage, below=100) == []


async def test_who_is_away_is_not_reminded(garage: Household) -> None:
    """Where there is no cable, nobody can plug in."""
    await garage.hass.config.async_update(latitude=48.1, longitude=11.6)
    await garage.settle()

    assert await remind(garage, below=100) == []


async def test_a_day_that_was_not_chosen_is_quiet(garage: Household) -> None:
    """It is Monday, and Tuesday was chosen."""
    assert await remind(garage, below=100, days=["tue"]) == []


async def test_a_reminder_wakes_no_car(garage: Household) -> None:
    """It goes by what the car said last."""
    await remind(garage, below=100)

    assert garage.cloud.requests.of("wake") == []


# ---- what matters about the car


async def tell_me(home: Household, **inputs: Any) -> list[tuple[str, str]]:
    """Have the car told of; let its battery run low and be charged; give what was said."""
    said = async_capture_events(home.hass, "told")
    words = {"title": "{{ title }}", "message": "{{ message }}"}
    await add_alert(home, ["low_battery"])
    await automate(
        home,
        "tell_me_about_the_car",
        car=[device_of(home)],
        tell=[{"event": "told", "event_data": words}],
        **inputs,
    )
    home.car.operate("set_sentry_mode", on=True)
    for level in (12, 60):
        home.car.parts.battery.soc = level
        for _ in range(3):
            await look(home)
            await home.pass_time(600, 300)
    return [(event.data["title"], event.data["message"]) for event in said]


async def test_what_matters_is_told_and_its_end(garage: Household) -> None:
    """In words, with the name of the car and when it said so."""
    begun, ended = await tell_me(garage)
    name = garage.car.name

    assert begun[0] == ended[0] == name
    assert begun[1].startswith("The battery is at 12 %, below 20 % (said today ")
    assert ended[1] == "The battery is no longer low, or it is being charged."
    assert garage.cloud.requests.of("wake") == []


async def test_an_end_need_not_be_told(garage: Household) -> None:
    """Who wants to hear of the beginning only."""
    assert len(await tell_me(garage, over=False)) == 1


async def test_what_was_not_chosen_is_not_told(garage: Household) -> None:
    """The battery is low, and the windows were chosen."""
    assert await tell_me(garage, kinds=["left_open"]) == []


def test_every_kind_can_be_chosen() -> None:
    """By the names that the alerts' own form has."""
    text = (FOLDER / "tell_me_about_the_car.yaml").read_text(encoding="utf-8")
    offered = parse_yaml(text)["blueprint"]["input"]["kinds"]["selector"]["select"]
    texts = Path(fleet_pulse.__file__).with_name("translations") / "en.json"
    names = json.loads(texts.read_text())["selector"]["alert_kind"]["options"]
    assert {one["value"]: one["label"] for one in offered["options"]} == names


# ---- before an event


async def prepare(home: Household, celsius: float, **inputs: Any) -> Appointments:
    """Have an automation for a calendar, on a day that is so warm."""
    await add_weather(home.hass, celsius)
    appointments = await add_calendar(home.hass)
    await automate(
        home,
        "precondition_before_event",
        car=device_of(home),
        calendar=CALENDAR,
        weather=WEATHER,
        location=home.entity_id("device_tracker", "location"),
        battery=home.entity_id("sensor", "battery_level"),
        **inputs,
    )
    return appointments


async def leave(home: Household, appointments: Appointments, **event: str) -> None:
    """Have an appointment in two hours, and let the time come to prepare for it."""
    appointments.plan(dt_util.utcnow() + timedelta(hours=2), **event)
    await home.pass_time(74 * 60, 60)
    assert not home.car.parts.cabin.is_on
    await home.pass_time(150, 1)


async def test_before_an_event_the_cabin_is_warmed(garage: Household) -> None:
    """On a cold day, in time to drive there, to the temperature that was chosen."""
    appointments = await prepare(garage, 2, temperature=22.5)

    await leave(garage, appointments)

    assert garage.car.parts.cabin.is_on
    assert garage.car.parts.cabin.driver_temp == 22.5


async def test_a_keyword_is_looked_for_in_the_title(garage: Household) -> None:
    """However it is written, and without a place if none is asked for."""
    appointments = await prepare(garage, 30, keyword="dentist", with_place=False)

    await leave(garage, appointments, summary="To the DENTIST", location="")

    assert garage.car.parts.cabin.is_on


@pytest.mark.parametrize(
    ("celsius", "inputs", "event"),
    [
        pytest.param(18, {}, {}, id="it is comfortable outside"),
        pytest.param(2, {}, {"location": ""}, id="it is nowhere"),
        pytest.param(2, {"keyword": "gym"}, {}, id="it is something else"),
        pytest.param(2, {"above": 99}, {}, id="the battery is too low"),
    ],
)
async def test_what_is_no_reason(
    garage: Household, celsius: float, inputs: dict[str, Any], event: dict[str, str]
) -> None:
    """Then the car is neither told anything nor woken."""
    appointments = await prepare(garage, celsius, **inputs)

    await leave(garage, appointments, **event)

    assert garage.car.commands == []
    assert garage.cloud.requests.of("wake") == []
