"""Automations and scripts, as people write them: through our actions and entities."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import Context
from homeassistant.setup import async_setup_component
import pytest

from custom_components.fleet_pulse.const import CONF_ALLOW_RISKY
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .actions import device_of
from .garage import Garage, town
from .household import Household


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give a garage whose first car is awake and known."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    return garage


async def automate(garage: Garage, **automation: Any) -> None:
    """Write an automation."""
    written = {"id": "ours", "alias": "Ours", **automation}
    hass = garage.home.hass
    assert await async_setup_component(hass, "automation", {"automation": [written]})
    await garage.home.settle()
    assert hass.states.get("automation.ours") is not None


async def run(garage: Garage, *sequence: dict[str, Any], **data: Any) -> Any:
    """Write a script, run it, and give its response."""
    hass = garage.home.hass
    script = {"sequence": list(sequence)}
    assert await async_setup_component(hass, "script", {"script": {"ours": script}})
    call = hass.services.async_call(
        "script", "ours", data, blocking=True, return_response=True
    )
    return await garage.result(call)


async def test_every_evening_at_ten(garage: Garage) -> None:
    """A time sets limit and current, and has the car charge."""
    garage.car.plug()
    await automate(
        garage,
        triggers={"trigger": "time", "at": "08:05:00"},
        actions={
            "action": "fleet_pulse.set_charging",
            "target": {"device_id": device_of(garage.home, garage.car)},
            "data": {"limit": 75, "amps": 12, "charging": "start"},
        },
    )
    await garage.home.pass_time(400, 5)
    assert garage.obeyed()[-1] == "charge_start"
    assert garage.car.parts.charging.limit == 75
    assert garage.car.parts.charging.amps == 12
    off = {CONF_ENTITY_ID: "automation.ours"}
    await garage.home.hass.services.async_call("automation", "turn_off", off)
    await garage.home.settle()


async def test_when_the_car_is_unlocked_it_is_locked_again(garage: Garage) -> None:
    """An entity of a car starts it, another one is its action."""
    lock = garage.home.entity_id("lock", "doors")
    await automate(
        garage,
        triggers={"trigger": "state", CONF_ENTITY_ID: lock, "to": "unlocked"},
        actions={"action": "lock.lock", "target": {CONF_ENTITY_ID: lock}},
    )
    garage.car.parts.closures.is_locked = False
    await garage.home.pass_time(20)
    await garage.fetch()
    await garage.home.pass_time(10, 2)
    assert garage.obeyed() == ["door_lock"]


async def test_a_script_goes_on_with_what_an_action_answers(garage: Garage) -> None:
    """The response of an action is a variable of the script."""
    device = device_of(garage.home, garage.car)
    answer = await run(
        garage,
        {
            "action": "fleet_pulse.precondition",
            "target": {"device_id": device},
            "data": {"temperature": 22},
            "response_variable": "made",
        },
        {
            "variables": {
                "told": {
                    "how": "{{ made.vehicles[device].result }}",
                    "steps": "{{ made.vehicles[device].steps.keys() | list }}",
                }
            }
        },
        {"stop": "told", "response_variable": "told"},
        device=device,
    )
    assert answer == {"how": "sent", "steps": ["mode", "temperature"]}


async def test_a_script_acts_on_everything_of_an_entity(garage: Garage) -> None:
    """Home Assistant's own actions, as dashboards use them."""
    home = garage.home
    climate = {CONF_ENTITY_ID: home.entity_id("climate", "cabin")}
    limit = {CONF_ENTITY_ID: home.entity_id("number", "charge_limit_soc")}
    await run(
        garage,
        {
            "action": "climate.set_temperature",
            "target": climate,
            "data": {"temperature": 23, "hvac_mode": "heat_cool"},
        },
        {"action": "number.set_value", "target": limit, "data": {"value": 65}},
        {"stop": "done", "response_variable": "nothing"},
        nothing={},
    )
    assert garage.obeyed() == [
        "set_temps",
        "auto_conditioning_start",
        "set_charge_limit",
    ]


async def test_a_failure_ends_a_script_unless_it_says_otherwise(
    garage: Garage,
) -> None:
    """The car that could is told all the same; the script may go on."""
    garage.other.sleep_now()
    devices = [device_of(garage.home, car) for car in (garage.car, garage.other)]
    answer = await run(
        garage,
        {
            "action": "fleet_pulse.set_charging",
            "target": {"device_id": devices},
            "data": {"limit": 71},
            "continue_on_error": True,
        },
        {"stop": "went on", "response_variable": "after"},
        after={"went": "on"},
    )
    assert answer == {"went": "on"}
    assert garage.car.parts.charging.limit == 71
    assert garage.other.parts.charging.limit != 71


async def test_an_automation_by_itself_never_starts_the_car(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """The option allows administrators, and nobody stands behind a sunset."""
    home = garage.home
    options = {**home.entry.options, CONF_ALLOW_RISKY: True}
    home.hass.config_entries.async_update_entry(home.entry, options=options)
    await home.settle()
    await automate(
        garage,
        triggers={"trigger": "event", "event_type": "sunset"},
        actions={
            "action": "fleet_pulse.send_command",
            "target": {"device_id": device_of(home, garage.car)},
            "data": {"command": "remote_start_drive"},
        },
    )
    home.hass.bus.async_fire("sunset", context=Context())
    await home.pass_time(10, 2)
    assert "Only an administrator may send it, by hand" in caplog.text
    assert garage.obeyed() == []
