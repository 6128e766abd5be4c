"""Workdays and prices of other integrations, which tell them only who asks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse.asking import (
    PRICE_ACTIONS,
    async_prices,
    async_workdays,
)
from custom_components.fleet_pulse.planner.price_shapes import ANSWERS

TODAY: Final = date(2026, 11, 2)
"""A Monday."""

type Answer = Callable[[ServiceCall], Any]


def entity(hass: HomeAssistant, platform: str, domain: str = "sensor") -> str:
    """Register an entity of another integration."""
    entry = MockConfigEntry(domain=platform)
    entry.add_to_hass(hass)
    return (
        er.async_get(hass)
        .async_get_or_create(domain, platform, "one", config_entry=entry)
        .entity_id
    )


def action(
    hass: HomeAssistant, domain: str, name: str, answer: Answer
) -> list[dict[str, Any]]:
    """Have another integration answer; give what it was asked."""
    asked: list[dict[str, Any]] = []

    async def handle(call: ServiceCall) -> Any:
        asked.append(dict(call.data))
        return answer(call)

    hass.services.async_register(
        domain, name, handle, supports_response=SupportsResponse.ONLY
    )
    return asked


def refuse(_: ServiceCall) -> Any:
    """Be down."""
    raise ServiceValidationError("down")


def hour(day: str, number: int) -> str:
    """Give the beginning of an hour as other integrations write it."""
    return f"{day}T{number:02}:00:00+00:00"


async def test_the_workday_integration_knows_holidays_ahead(
    hass: HomeAssistant,
) -> None:
    """Each day is asked, and the answer is of that day."""
    name = entity(hass, "workday", "binary_sensor")
    holiday = TODAY + timedelta(days=2)
    asked = action(
        hass,
        "workday",
        "check_date",
        lambda call: {name: {"workday": call.data["check_date"] != str(holiday)}},
    )
    days = [TODAY + timedelta(days=n) for n in range(4)]
    found = await async_workdays(hass, name, days)
    assert found == {day: day != holiday for day in days}
    assert len(asked) == 4


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refuse, id="it fails"),
        pytest.param(lambda _: {}, id="it does not know the entity"),
        pytest.param(lambda _: {"binary_sensor.workday_one": 5}, id="nonsense"),
        pytest.param(
            lambda _: {"binary_sensor.workday_one": {"workday": "yes"}},
            id="a word for an answer",
        ),
    ],
)
async def test_without_an_answer_no_day_is_known(
    hass: HomeAssistant, answer: Answer
) -> None:
    """What cannot be asked is not made up."""
    name = entity(hass, "workday", "binary_sensor")
    action(hass, "workday", "check_date", answer)
    assert await async_workdays(hass, name, [TODAY]) == {}


async def test_another_entity_is_not_asked_about_days(hass: HomeAssistant) -> None:
    """An entity that the owner made says what today is, and no more."""
    asked = action(hass, "workday", "check_date", refuse)
    assert await async_workdays(hass, "binary_sensor.my_own", [TODAY]) == {}
    assert asked == []


@pytest.mark.parametrize(
    ("platform", "answer", "price"),
    [
        pytest.param(
            "nordpool",
            {
                "SE3": [
                    {
                        "start": hour("2026-11-02", 2),
                        "end": hour("2026-11-02", 3),
                        "price": 250.0,
                    }
                ]
            },
            0.25,
            id="Nord Pool, by the megawatt hour",
        ),
        pytest.param(
            "tibber",
            {
                "prices": {
                    "Home": [{"start_time": hour("2026-11-02", 2), "price": 0.25}]
                }
            },
            0.25,
            id="Tibber",
        ),
        pytest.param(
            "energyzero",
            {"prices": [{"timestamp": hour("2026-11-02", 2), "price": 0.25}]},
            0.25,
            id="EnergyZero",
        ),
        pytest.param(
            "easyenergy",
            {"prices": [{"timestamp": hour("2026-11-02", 2), "price": 0.25}]},
            0.25,
            id="easyEnergy",
        ),
        pytest.param(
            "amberelectric",
            {
                "forecasts": [
                    {
                        "start_time": hour("2026-11-02", 2),
                        "end_time": hour("2026-11-02", 3),
                        "per_kwh": 0.25,
                    }
                ]
            },
            0.25,
            id="Amber",
        ),
    ],
)
async def test_prices_come_from_the_integrations_own_action(
    hass: HomeAssistant, platform: str, answer: Any, price: float
) -> None:
    """Whatever it is called and however it answers, it becomes a price per kWh."""
    name = entity(hass, platform)
    asked = action(hass, platform, PRICE_ACTIONS[platform].action, lambda _: answer)
    found = await async_prices(hass, name, TODAY)
    assert [(rate.start, rate.price) for rate in found] == [
        (datetime(2026, 11, 2, 2, tzinfo=UTC), pytest.approx(price))
    ]
    assert asked


@pytest.mark.parametrize("platform", sorted(PRICE_ACTIONS))
async def test_no_answer_is_no_price(hass: HomeAssistant, platform: str) -> None:
    """A service that is down, or not there, leaves the rules to their latest start."""
    name = entity(hass, platform)
    assert await async_prices(hass, name, TODAY) == ()
    action(hass, platform, PRICE_ACTIONS[platform].action, refuse)
    assert await async_prices(hass, name, TODAY) == ()


async def test_an_entity_of_nobody_has_no_action(hass: HomeAssistant) -> None:
    """Only its attributes can tell anything."""
    assert await async_prices(hass, "sensor.my_own", TODAY) == ()
    assert await async_prices(hass, entity(hass, "template"), TODAY) == ()


def test_every_action_has_a_shape() -> None:
    """Whatever is asked can be read."""
    assert set(PRICE_ACTIONS) == set(ANSWERS)
