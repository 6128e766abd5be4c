"""A home whose cars are known, for tests of what happens when Tesla fails."""

from collections.abc import Awaitable

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car

from .household import Household

MINUTE = 60
LIST = "*/products"
LOOK = "*/vehicle_data"
UNLOCK = "*/command/door_unlock"


async def watched(house: Household) -> Household:
    """Set a home up whose cars were looked at, and stay up to guard themselves."""
    await house.set_up(pair=False)
    flows = house.hass.config_entries.flow
    # While the set-up waits to be continued, no other flow of the account begins.
    (left,) = flows.async_progress()
    flows.async_abort(left["flow_id"])
    for car in house.cloud.cars.values():
        car.request_wake()
        car.parts.settings.sentry = True
    await house.pass_time(2 * MINUTE, MINUTE)
    await ask(house)
    await ask(house, house.old_car)
    # Nothing that is shown happens to be as old as the next question.
    await house.pass_time(MINUTE, MINUTE)
    return house


def shown(house: Household, car: Car | None = None) -> dict[str, tuple[object, ...]]:
    """Give all that is shown of a car, but why it is (not) asked."""
    entities = er.async_get(house.hass).entities.values()
    ids = [
        entity.entity_id
        for entity in entities
        if entity.unique_id.startswith((car or house.car).vin)
        and not entity.unique_id.endswith("poll_reason")
    ]
    states = [found for i in ids if (found := house.hass.states.get(i)) is not None]
    return {
        state.entity_id: (
            state.state,
            state.attributes.get("last_updated"),
            state.attributes.get("source"),
        )
        for state in states
    }


async def told(act: Awaitable[None]) -> str:
    """Give what an owner is told who does something that fails."""
    with pytest.raises(HomeAssistantError) as error:
        await act
    assert error.value.translation_domain == DOMAIN
    return str(error.value)


def lines(log: pytest.LogCaptureFixture, beginning: str) -> list[str]:
    """Give the log's lines that begin so."""
    return [text for text in log.messages if text.startswith(beginning)]


async def ask(house: Household, car: Car | None = None) -> None:
    """Ask for a car's data, as an owner does who wants to see it now."""
    level = house.entity_id("sensor", "battery_level", car)
    await house.hass.services.async_call(
        DOMAIN, "refresh", {"entity_id": level, "fetch": True}, blocking=True
    )


async def unlock(house: Household) -> None:
    """Unlock the car that takes its commands unsigned."""
    await house.hass.services.async_call(
        "lock",
        "unlock",
        {"entity_id": house.entity_id("lock", "doors", house.old_car)},
        blocking=True,
    )
