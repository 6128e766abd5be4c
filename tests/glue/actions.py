"""Our actions on cars, called as automations and people call them."""

from collections.abc import Coroutine, Mapping
import json
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car

from .garage import Garage
from .household import Household


def device_of(house: Household, car: Car | None = None) -> str:
    """Give the id of a car's device."""
    entity = house.entity_id("sensor", "state", car)
    found = er.async_get(house.hass).async_get(entity)
    assert found is not None
    assert found.device_id is not None
    return found.device_id


async def call(
    house: Household, action: str, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Call one of our actions and give its response."""
    response = await house.hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    assert response is not None
    vins = list(house.cloud.cars)
    # Responses end up in traces of automations, which people send around.
    assert not any(vin in json.dumps(response) for vin in vins)
    return dict(response)


async def refusal(house: Household, action: str, **data: Any) -> HomeAssistantError:
    """Call one of our actions and give what it raises."""
    with pytest.raises(HomeAssistantError) as error:
        await call(house, action, **data)
    return error.value


class Actions:
    """Calls our actions on cars, while time passes."""

    def __init__(self, garage: Garage) -> None:
        """Act on the cars of a garage."""
        self.garage = garage
        self.house = garage.home

    def _named(self, car: Car | None, data: Mapping[str, Any]) -> dict[str, Any]:
        """Name the car an action is about."""
        return {"device_id": device_of(self.house, car), **data}

    async def call(
        self,
        action: str,
        car: Car | None = None,
        context: Context | None = None,
        **data: Any,
    ) -> dict[str, Any]:
        """Give what an action answers about one car; raise what it raises."""
        named = self._named(car, data)
        answer = await self._await(call(self.house, action, context, **named))
        result: dict[str, Any] = answer["vehicles"][named["device_id"]]
        return result

    async def refusal(
        self, action: str, car: Car | None = None, **data: Any
    ) -> HomeAssistantError:
        """Give what an action raises."""
        with pytest.raises(HomeAssistantError) as error:
            await self.call(action, car, **data)
        return error.value

    async def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Let time pass until an action is over."""
        return await self.garage.result(work)
