"""The tools that Home Assistant offers to language models: one row each.

    model ──▶ Home Assistant ──▶ which car? exposed? ──▶ what is known, or an order

Tools that read ask nobody; the others wake nobody unless the model was told to. Home
Assistant loads this only where a language model is used. What is said to a model is in
English, like everything of Home Assistant's own for it.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from . import assistant_answers, assistant_orders
from .assistant_orders import (
    ATTR_ACTION,
    ATTR_MAY_WAKE,
    ATTR_PERCENT,
    ATTR_READY_BY,
    ATTR_UNTIL,
    Asked,
)
from .assisted import HOLDS, Assisted, async_cars, chosen
from .const import DOMAIN
from .model.record import record
from .precondition_action import ATTR_TEMPERATURE
from .risk import async_refuse_stranger

ATTR_CAR: Final = "car"

PROMPT: Final = (
    "About cars: what their tools tell is what a car said last, so say how old it is. "
    "A sleeping car stays asleep; set may_wake only after the user agreed to wake it. "
    "Tell the user what is unknown, not exposed or refused as it is."
)
_READS: Final = ToolAnnotations(
    read_only=True, destructive=False, idempotent=True, open_world=False
)
_SETS: Final = ToolAnnotations(idempotent=True, open_world=False)
_DOES: Final = ToolAnnotations(open_world=False)


@record
class VehicleTool:
    """A tool for one car."""

    name: str
    title: str
    description: str
    annotations: ToolAnnotations
    answer: Callable[[Asked], Coroutine[Any, Any, JsonObjectType]]
    parameters: Mapping[vol.Marker, Any]
    needs: str = ""
    """The entity that must be exposed for it, by platform and key; none: any."""


def _told(
    tell: Callable[[HomeAssistant, Assisted], JsonObjectType],
) -> Callable[[Asked], Coroutine[Any, Any, JsonObjectType]]:
    """Return what answers from what is known."""

    async def answer(asked: Asked) -> JsonObjectType:
        return tell(asked.hass, asked.car)

    return answer


def _ordered(
    do: Callable[[Asked], Coroutine[Any, Any, JsonObjectType]],
) -> Callable[[Asked], Coroutine[Any, Any, JsonObjectType]]:
    """Return what does something for whoever may, and answers before it is over."""

    async def answer(asked: Asked) -> JsonObjectType:
        context = asked.context or Context()
        await async_refuse_stranger(asked.hass, context, [asked.car.device_id])
        return await assistant_orders.async_in_time(asked, do)

    return answer


_MAY_WAKE: Final = {
    vol.Optional(
        ATTR_MAY_WAKE,
        default=False,
        description="The user agreed that the car is woken for it if it sleeps.",
    ): bool
}

TOOLS: Final = (
    VehicleTool(
        name="explain_charging",
        title="Explain a car's charging",
        description=(
            "Tells why a car is or is not charging: what it said last, what each charge "
            "rule does and why, holds, commands that wait. Never asks or wakes the car."
        ),
        annotations=_READS,
        answer=_told(assistant_answers.explain),
        parameters={},
    ),
    VehicleTool(
        name="get_status",
        title="Get a car's status",
        description=(
            "Tells what a car said last (battery, range, charging, plug, climate, "
            "whether it is locked, place), how long ago, and whether it sleeps. Never "
            "asks or wakes the car."
        ),
        annotations=_READS,
        answer=_told(assistant_answers.status),
        parameters={},
    ),
    VehicleTool(
        name="hold_charge_rules",
        title="Hold a car's charge rules",
        description=(
            "Has the charge rules of a car leave it alone, until a time, or until it is "
            "unplugged or to be ready next. Says if the car may be woken later to take "
            "out what it keeps of them."
        ),
        annotations=_SETS,
        answer=_ordered(assistant_orders.async_hold),
        parameters={
            vol.Optional(
                ATTR_UNTIL, description="Local time, as 07:30 or 2026-11-30 07:30."
            ): str
        },
        needs=HOLDS,
    ),
    VehicleTool(
        name="is_ready_for_tomorrow",
        title="Is a car ready for tomorrow?",
        description=(
            "Tells whether a car will be charged and comfortable as its rules and "
            "departures want until the end of tomorrow, and what stands in the way. "
            "Never asks or wakes the car."
        ),
        annotations=_READS,
        answer=_told(assistant_answers.ready),
        parameters={},
    ),
    VehicleTool(
        name="precondition",
        title="Precondition a car",
        description=(
            "Heats or cools the cabin of a car now or by a time, or stops that. A "
            "sleeping car is woken only with may_wake; without it the answer says so."
        ),
        annotations=_DOES,
        answer=_ordered(assistant_orders.async_precondition),
        parameters={
            vol.Optional(ATTR_ACTION, default="start"): vol.In(["start", "stop"]),
            vol.Optional(
                ATTR_READY_BY,
                description="Local time to leave at, as 07:30 or 2026-11-30 07:30.",
            ): str,
            vol.Optional(
                ATTR_TEMPERATURE, description="In the unit of Home Assistant."
            ): vol.Coerce(float),
            **_MAY_WAKE,
        },
        needs="climate.cabin",
    ),
    VehicleTool(
        name="resume_charge_rules",
        title="Resume a car's charge rules",
        description="Ends a hold: the charge rules of a car do their work again.",
        annotations=_SETS,
        answer=_ordered(assistant_orders.async_resume),
        parameters={},
        needs=HOLDS,
    ),
    VehicleTool(
        name="set_charge_limit",
        title="Set a car's charge limit",
        description=(
            "Sets up to how many percent a car is charged. Its charge rules then leave "
            "it alone for this time. Without may_wake a sleeping car is told when it is "
            "awake by itself."
        ),
        annotations=_SETS,
        answer=_ordered(assistant_orders.async_set_limit),
        parameters={
            vol.Required(ATTR_PERCENT): vol.All(
                vol.Coerce(int), vol.Range(min=50, max=100)
            ),
            **_MAY_WAKE,
        },
        needs="number.charge_limit_soc",
    ),
)


class CarTool(Tool):
    """A row, for the cars that an assistant has."""

    integration = DOMAIN

    def __init__(self, row: VehicleTool, names: str) -> None:
        """Offer it; the names of the cars are told to the model."""
        self._row = row
        self.name = f"{DOMAIN}__{row.name}"
        self.title = row.title
        self.description = row.description
        self.annotations = row.annotations
        car = vol.Optional(ATTR_CAR, description=f"Needed for several. Cars: {names}.")
        self.parameters = vol.Schema({car: str, **row.parameters})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Answer about the one car that is meant."""
        said = self.parameters(tool_input.tool_args)
        cars = async_cars(hass, llm_context.assistant)
        car = chosen(cars, said.get(ATTR_CAR))
        if not car.may(self._row.needs):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="assistant_not_exposed",
                translation_placeholders={"car": car.name},
            )
        asked = Asked(
            hass=hass,
            car=car,
            said=said,
            context=llm_context.context,
            tool=self._row.name,
        )
        return ToolResult(data=await self._row.answer(asked))


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools that can do something with what is exposed."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    cars = async_cars(hass, llm_context.assistant)
    names = ", ".join(car.name for car in cars)
    tools: list[Tool] = [
        CarTool(row, names) for row in TOOLS if any(car.may(row.needs) for car in cars)
    ]
    return LLMTools(tools=tools, prompt=PROMPT) if tools else None
