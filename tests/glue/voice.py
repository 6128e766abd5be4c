"""A home that is spoken to, through Home Assistant's own conversation agent."""

from pathlib import Path
import shutil
from typing import Final

from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponse
from homeassistant.setup import async_setup_component

from tests.fake_fleet.car import Car

from .garage import Garage
from .household import Household

SENTENCES: Final = (
    Path(__file__).parents[2] / "docs/custom_sentences/en/fleet_pulse.yaml"
)
ASSIST: Final = "conversation"


async def teach(house: Household) -> None:
    """Do what the documentation says: copy the sentences, and have Assist run."""
    folder = Path(house.hass.config.path("custom_sentences", "en"))
    folder.mkdir(parents=True)
    shutil.copy(SENTENCES, folder)
    assert await async_setup_component(house.hass, "homeassistant", {})
    assert await async_setup_component(house.hass, "intent", {})
    assert await async_setup_component(house.hass, "conversation", {})


class Voice:
    """Speaks to a home, and exposes entities to be spoken about."""

    def __init__(self, garage: Garage) -> None:
        """Speak about the cars of a garage."""
        self._garage = garage
        self._house = garage.home

    def expose(
        self,
        platform: str,
        key: str,
        *names: str,
        car: Car | None = None,
        is_exposed: bool = True,
    ) -> None:
        """Expose an entity to Assist, or not; call it by names, as owners do."""
        hass, entity_id = self._house.hass, self._house.entity_id(platform, key, car)
        async_expose_entity(hass, ASSIST, entity_id, is_exposed)
        if names:
            er.async_get(hass).async_update_entity(entity_id, aliases=list(names))

    async def say(self, text: str, context: Context | None = None) -> IntentResponse:
        """Say a sentence while time passes, and give the answer."""
        talk = async_converse(
            self._house.hass, text, None, context or Context(), language="en"
        )
        answer = (await self._garage.result(talk, step=0.25)).response
        # Home Assistant answers before an action is over.
        await self._garage.quiet()
        await self._house.pass_time(2, 1)
        await self._garage.quiet()
        return answer


def spoken(answer: IntentResponse) -> str:
    """Give the words of an answer."""
    words: str = answer.speech["plain"]["speech"]
    return " ".join(words.split())
