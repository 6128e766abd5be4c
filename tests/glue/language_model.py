"""A language model that says what a test has it say, at Home Assistant's own API."""

from contextlib import AbstractContextManager
from inspect import signature
import json
from typing import Any, Final

from homeassistant.components import llm
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context
from homeassistant.helpers import chat_session, entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    APIInstance,
    LLMContext,
    ToolInput,
    async_get_api,
)
from homeassistant.setup import async_setup_component
import probatio

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import HOME, Car

from .garage import Garage
from .household import Household

ASSIST: Final = "conversation"
USUAL: Final = (
    "binary_sensor.charge_cable",
    "climate.cabin",
    "number.charge_limit_soc",
    "sensor.battery_level",
    "sensor.charging_state",
)
"""What an owner exposes who wants to speak about a car."""


async def plug_in(house: Household) -> None:
    """Have Home Assistant speak with models, before anything of ours is loaded."""
    assert await async_setup_component(house.hass, "homeassistant", {})
    assert await async_setup_component(house.hass, "intent", {})
    assert await async_setup_component(house.hass, "conversation", {})


def expose(
    house: Household, *names: str, car: Car | None = None, is_exposed: bool = True
) -> None:
    """Expose entities of a car by platform and key, or not."""
    for name in names:
        entity_id = house.entity_id(*name.split(".", 1), car)
        async_expose_entity(house.hass, ASSIST, entity_id, is_exposed)


def hide_all(house: Household) -> None:
    """Take everything from the assistant, also what it is given by itself."""
    entities = er.async_entries_for_config_entry(
        er.async_get(house.hass), house.entry.entry_id
    )
    for one in entities:
        async_expose_entity(house.hass, ASSIST, one.entity_id, False)


def session(
    house: Household, context: Context
) -> AbstractContextManager[chat_session.ChatSession]:
    """Begin a talk; from 2026.11 on Home Assistant wants to know whose it is."""
    begin = chat_session.async_get_chat_session
    takes = signature(begin).parameters
    more: dict[str, Any] = {"context": context} if "context" in takes else {}
    return begin(house.hass, **more)


class Model:
    """Calls the tools that are offered to it."""

    def __init__(self, garage: Garage) -> None:
        """Speak about the cars of a garage."""
        self._garage = garage
        self._house = garage.home

    async def api(
        self, context: Context | None = None, assistant: str = ASSIST
    ) -> APIInstance:
        """Give what Home Assistant hands to a model."""
        about = LLMContext(
            platform="test",
            context=context or Context(),
            language="en",
            assistant=assistant,
            device_id=None,
        )
        return await async_get_api(self._house.hass, LLM_API_ASSIST, about)

    async def offered(self, api_id: str) -> list[str]:
        """Give the names of all tools of an API, whoever offers them."""
        about = (await self.api()).llm_context
        found = await llm.async_get_tools(self._house.hass, about, api_id)
        return [tool.name for tool in found.tools]

    async def tools(self, assistant: str = ASSIST) -> dict[str, dict[str, Any]]:
        """Give our tools as a model gets them: name and JSON schema."""
        api = await self.api(assistant=assistant)
        return {
            tool.name.removeprefix(f"{DOMAIN}__"): probatio.to_openapi(
                tool.parameters,
                custom_serializer=api.custom_serializer,
                openapi_version="3.1.0",
            )
            for tool in api.tools
            if tool.name.startswith(f"{DOMAIN}__")
        }

    async def ask(
        self, tool: str, context: Context | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """Call a tool while time passes; give what the model would read."""
        api = await self.api(context)
        call = ToolInput(tool_name=f"{DOMAIN}__{tool}", tool_args=arguments)
        # Steps so small that a busy machine has answered before nobody waits any more.
        result = await self._garage.result(api.async_call_tool(call), step=0.1)
        assert not result.error
        text = json.dumps(result.data)
        secrets = [*self._house.cloud.cars, *(f"{part:.3f}" for part in HOME)]
        assert not any(secret in text for secret in secrets)
        read: dict[str, Any] = json.loads(text)
        return read
