"""Conditions of rules and departures, as automations and scripts test them."""

from typing import Any, Final

from homeassistant.components import automation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    async_from_config,
    async_get_all_descriptions,
    async_validate_condition_config,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
import voluptuous as vol

from custom_components.fleet_pulse.condition import CONDITIONS

from .actions import device_of
from .entities import read
from .household import Household
from .rule_devices import device_of_rule
from .rules import NIGHT, add_rule, change_rule, live_here, runner

ON_HOLD: Final = "fleet_pulse.on_hold"
ACTIVE: Final = "fleet_pulse.rule_active"


async def is_so(
    home: Household, condition: str, *devices: str, **options: Any
) -> bool | None:
    """Test a condition of some devices, as an automation does."""
    config = {
        "condition": condition,
        "target": {"device_id": list(devices)},
        **({"options": options} if options else {}),
    }
    checked = await async_validate_condition_config(home.hass, config)
    checker = await async_from_config(home.hass, checked)
    found = checker.async_check()
    checker.async_unload()
    return found


async def test_a_hold_is_seen_at_its_car_and_at_each_rule(home: Household) -> None:
    """Until the owner has the rules resume; another car's is its own."""
    rule = await add_rule(home, "Every night", NIGHT)
    car, other = device_of(home, home.car), device_of(home, home.old_car)
    weekdays = device_of_rule(home, rule).id
    assert [await is_so(home, ON_HOLD, one) for one in (car, weekdays, other)] == [
        False,
        False,
        False,
    ]
    await runner(home).async_hold(home.car.vin, None)
    assert [await is_so(home, ON_HOLD, one) for one in (car, weekdays, other)] == [
        True,
        True,
        False,
    ]
    await runner(home).async_resume(home.car.vin)
    assert not await is_so(home, ON_HOLD, car)


async def test_one_of_several_suffices_unless_all_are_asked_for(
    home: Household,
) -> None:
    """As with Home Assistant's own conditions."""
    both = device_of(home, home.car), device_of(home, home.old_car)
    await runner(home).async_hold(home.car.vin, None)
    assert await is_so(home, ON_HOLD, *both)
    assert await is_so(home, ON_HOLD, *both, behavior="any")
    assert not await is_so(home, ON_HOLD, *both, behavior="all")
    await runner(home).async_hold(home.old_car.vin, None)
    assert await is_so(home, ON_HOLD, *both, behavior="all")


async def test_of_nothing_nothing_is_so(home: Household) -> None:
    """A device of somebody else, or one that is gone, satisfies no condition."""
    assert not await is_so(home, ON_HOLD, "gone")
    assert not await is_so(home, ON_HOLD, "gone", behavior="all")
    assert not await is_so(home, ACTIVE, "gone", behavior="all")


async def test_a_condition_holds_nowhere_while_the_account_is_stopped(
    home: Household,
) -> None:
    """An automation then does nothing rather than fail."""
    await runner(home).async_hold(home.car.vin, None)
    car = device_of(home, home.car)
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert not await is_so(home, ON_HOLD, car)


async def test_an_automation_runs_only_while_its_condition_holds(
    home: Household,
) -> None:
    """Written as in the editor."""
    hass = home.hass
    ours = {
        "triggers": {"trigger": "event", "event_type": "go"},
        "conditions": {
            "condition": ON_HOLD,
            "target": {"device_id": device_of(home, home.car)},
            "options": {"behavior": "any"},
        },
        "actions": {"event": "ran"},
    }
    written = {automation.DOMAIN: [ours]}
    assert await async_setup_component(hass, automation.DOMAIN, written)
    ran = async_capture_events(hass, "ran")
    hass.bus.async_fire("go")
    await home.settle()
    assert ran == []
    await runner(home).async_hold(home.car.vin, None)
    hass.bus.async_fire("go")
    await home.settle()
    assert len(ran) == 1


@pytest.mark.parametrize("key", CONDITIONS)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({}, id="nothing is chosen"),
        pytest.param({"target": {}}, id="the choice is empty"),
        pytest.param(
            {"target": {"device_id": "a"}, "options": {"behavior": "most"}},
            id="a behavior that there is not",
        ),
        pytest.param(
            {"target": {"device_id": "a"}, "options": {"below": 101, "colour": "red"}},
            id="an option that there is not",
        ),
    ],
)
async def test_a_condition_that_could_never_hold_is_refused(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    key: str,
    wrong: dict[str, Any],
) -> None:
    """When it is written, not in silence afterwards."""
    assert await async_setup_component(hass, "fleet_pulse", {})
    with pytest.raises(vol.Invalid):
        await async_validate_condition_config(
            hass, {"condition": f"fleet_pulse.{key}", **wrong}
        )


@pytest.mark.parametrize("key", CONDITIONS)
async def test_the_editor_offers_a_condition(
    hass: HomeAssistant, enable_custom_integrations: None, key: str
) -> None:
    """With what may be chosen, and the question whether one suffices."""
    assert await async_setup_component(hass, "fleet_pulse", {})
    await hass.async_block_till_done()
    described = (await async_get_all_descriptions(hass))[f"fleet_pulse.{key}"]
    assert described is not None
    assert described["target"] == {"entity": [{"integration": "fleet_pulse"}]}
    assert "behavior" in described["fields"]


async def test_a_rule_is_active_while_its_car_charges_by_it(home: Household) -> None:
    """At the rule, and at its car, until it is done."""
    home.car.parts.charging.limit = 60
    home.car.plug()
    await live_here(home)
    await read(home)
    rule = await add_rule(home, "Every night", NIGHT)
    chosen = device_of_rule(home, rule).id, device_of(home, home.car)
    assert not await is_so(home, ACTIVE, *chosen)
    window = {"start": "08:00:00", "end": "14:00:00"}
    await change_rule(home, rule, windows=[window], target_soc=66)
    await home.until(lambda: home.car.charging_state == "Charging", within=1200)
    await home.pass_time(60)
    assert [await is_so(home, ACTIVE, one) for one in chosen] == [True, True]
    await home.pass_time(3600, 30)
    assert [await is_so(home, ACTIVE, one) for one in chosen] == [False, False]
