"""What voice assistants are given: nothing that opens a car, unless the owner says so."""

from collections.abc import Mapping, Sequence
from typing import Final

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import (
    KNOWN_ASSISTANTS,
    async_expose_entity,
    async_should_expose,
)
from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.fleet_pulse.button import BUTTONS
from custom_components.fleet_pulse.cover import COVERS
from custom_components.fleet_pulse.entity import VehicleDescription
from custom_components.fleet_pulse.lock import LOCKS
from custom_components.fleet_pulse.switch import SWITCHES

from .entities import entries, read
from .household import Household

TABLES: Final[Mapping[str, Sequence[VehicleDescription]]] = {
    "button": BUTTONS,
    "cover": COVERS,
    "lock": LOCKS,
    "switch": SWITCHES,
}


def guarded(home: Household) -> set[str]:
    """Give the entities of the cars that assistants have only from the owner."""
    keys = {
        f"{platform}.{row.key}"
        for platform, table in TABLES.items()
        for row in table
        if row.is_guarded
    }
    return {
        entry.entity_id
        for car in (home.car, home.old_car)
        for entry in entries(home, car)
        if f"{entry.domain}.{entry.unique_id.removeprefix(f'{car.vin}-')}" in keys
    }


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize("assistant", KNOWN_ASSISTANTS)
async def test_no_assistant_has_what_opens_or_guards_a_car(
    home: Household, assistant: str
) -> None:
    """Locks, covers, Sentry and Valet Mode, the garage, keyless driving.

    Also not one that is given everything new.
    """
    exposed = home.hass.data[DATA_EXPOSED_ENTITIES]
    exposed.async_set_expose_new_entities(assistant, True)
    await read(home)
    kept = guarded(home)
    assert len(kept) > 15
    assert {one for one in kept if async_should_expose(home.hass, assistant, one)} == (
        set()
    )


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
