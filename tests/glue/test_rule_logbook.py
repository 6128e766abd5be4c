"""The logbook says what rules and departures did."""

from homeassistant.components.recorder import Recorder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fleet_pulse.rule_news import EVENT_RULE, async_tell_rule
from custom_components.fleet_pulse.rules.view import News, NewsKind

from .household import Household
from .rules import NIGHT, add_rule
from .test_wake_history import logbook, ours

OF_CARS = (NewsKind.HOLD_BEGAN, NewsKind.HOLD_ENDED)


@pytest.mark.parametrize("kind", sorted(set(NewsKind) - set(OF_CARS)))
async def test_the_logbook_says_what_a_rule_did(
    recorder_mock: Recorder,
    house: Household,
    hass_ws_client: WebSocketGenerator,
    kind: NewsKind,
) -> None:
    """Below the rule's own name, in words and not in keys."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    rule = await add_rule(house, "Every night", NIGHT)
    news = News(kind=kind, vin=house.car.vin, rule=rule)
    async_tell_rule(house.hass, house.entry, news, "Every night")
    [said] = await _said(house, hass_ws_client, "Every night")
    assert "the car" in said
    assert "_" not in said


async def test_the_logbook_says_that_a_car_is_held(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """Below the car's name: a hold is of all its rules."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    for_car = [News(kind=kind, vin=house.car.vin) for kind in OF_CARS]
    async_tell_rule(house.hass, house.entry, for_car[0])
    async_tell_rule(house.hass, house.entry, for_car[1])
    assert await _said(house, hass_ws_client, house.car.name) == [
        "is left alone by its charge rules",
        "is taken care of by its charge rules again",
    ]


async def test_an_event_of_somebody_else_does_not_cost_the_logbook(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """Anybody may fire one, of a type that there is not."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    house.hass.bus.async_fire(EVENT_RULE, {"type": "party"})
    assert await _said(house, hass_ws_client, "Fleet Pulse") == [EVENT_RULE]


async def _said(house: Household, browser: WebSocketGenerator, who: str) -> list[str]:
    """Give what the logbook says of somebody."""
    # What is of this very moment comes later; a socket would not outlast that.
    await house.pass_time(10)
    found = ours(await logbook(house, await browser()))
    return [what for name, what in found if name == who]
