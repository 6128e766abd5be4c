"""Words of closed lists for the middle of a sentence: regions, permissions, access."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


async def async_words(hass: HomeAssistant, kind: str) -> Mapping[str, str]:
    """Return the words of one list, in the language of this Home Assistant.

    What a text quotes is not translated by the frontend, so it must be before.
    """
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
    prefix = f"component.{DOMAIN}.selector.{kind}.options."
    return {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if key.startswith(prefix)
    }


async def async_error(hass: HomeAssistant, key: str, detail: str) -> str:
    """Return what a form would say above itself, for what is no form."""
    texts = await async_get_translations(hass, hass.config.language, "config", [DOMAIN])
    name = f"component.{DOMAIN}.config.error.{key}"
    # A translation that lags behind must not cost the report.
    return texts.get(name, key).replace("{detail}", detail)
