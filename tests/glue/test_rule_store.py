"""What rules remember over restarts, and that it is on disk in time."""

import json
from pathlib import Path
import stat
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.fleet_pulse.fleet.errors import NotSaved
from custom_components.fleet_pulse.rule_store import Part, RuleStore

VIN: Final = "5YJ3E1EA0JF000001"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its real files."""
    return {}


def file(hass: HomeAssistant) -> Path:
    """Give the one file."""
    (found,) = Path(hass.config.path(".storage")).glob("fleet_pulse.rules.*")
    return found


async def reloaded(hass: HomeAssistant) -> RuleStore:
    """Give the store as the next start finds it."""
    store = RuleStore(hass, "owner")
    await store.async_load()
    return store


async def test_what_is_noted_is_on_disk(hass: HomeAssistant) -> None:
    """When a note returns the next start finds it, part by part."""
    store = await reloaded(hass)
    await store.async_note(VIN, Part.MEMORY, {"baseline": 80})
    await store.async_note(VIN, Part.ZONES, ["zone.home"])
    again = await reloaded(hass)
    assert again.of(VIN, Part.MEMORY) == {"baseline": 80}
    assert again.of(VIN, Part.ZONES) == ["zone.home"]
    assert again.of(VIN, Part.LEARNED) is None
    assert stat.S_IMODE(file(hass).stat().st_mode) == 0o600


async def test_what_cannot_be_written_is_said(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is an error, and the next note that fits brings all of it."""
    store = await reloaded(hass)

    def full(*_: object) -> None:
        raise NotSaved("no space")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.fleet_pulse.rule_store.disk.write", full)
        with pytest.raises(NotSaved):
            await store.async_note(VIN, Part.MEMORY, {"baseline": 80})
    await store.async_note(VIN, Part.ZONES, [])
    assert (await reloaded(hass)).of(VIN, Part.MEMORY) == {"baseline": 80}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut off"),
        pytest.param("[]", id="a list"),
        pytest.param('{"cars": 5}', id="no cars"),
        pytest.param('{"cars": {"5YJ3E1EA0JF000001": 7}}', id="no car"),
    ],
)
async def test_a_damaged_file_is_an_empty_one(hass: HomeAssistant, text: str) -> None:
    """Rules begin anew then, and nothing fails."""
    store = await reloaded(hass)
    await store.async_note(VIN, Part.MEMORY, {"baseline": 80})
    file(hass).write_text(text)
    assert (await reloaded(hass)).of(VIN, Part.MEMORY) is None


async def test_a_car_that_left_is_forgotten(hass: HomeAssistant) -> None:
    """Its new owner's limits are none of ours."""
    store = await reloaded(hass)
    await store.async_note(VIN, Part.MEMORY, {"baseline": 80})
    await store.async_forget(VIN)
    await store.async_forget(VIN)
    assert VIN not in file(hass).read_text()
    assert json.loads(file(hass).read_text())["key"] == file(hass).name


async def test_with_the_account_the_file_goes(hass: HomeAssistant) -> None:
    """Nothing of it is left."""
    store = await reloaded(hass)
    await store.async_note(VIN, Part.MEMORY, {})
    path = file(hass)
    await store.async_remove()
    assert not path.exists()
