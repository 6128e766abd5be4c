"""What voice assistants are given: nothing that opens a car, unless the owner says so."""

from homeassistant.components.homeassistant.exposed_entities import (
    KNOWN_ASSISTANTS,
    async_expose_entity,
    async_should_expose,
)
from homeassistant.config_entries import ConfigEntryState
import pytest

from .household import Household


@pytest.mark.parametrize("assistant", KNOWN_ASSISTANTS)
async def test_no_assistant_has_what_opens_the_car(
    home: Household, assistant: str
) -> None:
    """The doors are kept from all of them."""
    lock = home.entity_id("lock", "doors")
    assert async_should_expose(home.hass, assistant, lock) is False


async def test_what_harms_nobody_is_offered_as_ever(home: Household) -> None:
    """Assist hears of the climate of its own accord."""
    climate = home.entity_id("climate", "cabin")
    assert async_should_expose(home.hass, "conversation", climate) is True


async def test_what_the_owner_exposes_stays_exposed(home: Household) -> None:
    """Over a new start of the account, for the assistant that was chosen alone."""
    lock = home.entity_id("lock", "doors")
    async_expose_entity(home.hass, "conversation", lock, should_expose=True)
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert home.entry.state is ConfigEntryState.LOADED
    assert async_should_expose(home.hass, "conversation", lock) is True
    assert async_should_expose(home.hass, "cloud.alexa", lock) is False
