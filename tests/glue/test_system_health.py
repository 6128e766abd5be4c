"""What Home Assistant's system page says of us."""

from collections.abc import Awaitable
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components import fleet_pulse
from custom_components.fleet_pulse.const import (
    DOMAIN,
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_TIME_SCALE,
)

from .household import Household

TEXTS: Final = json.loads(
    (Path(fleet_pulse.__file__).parent / "translations/en.json").read_text()
)["system_health"]["info"]


async def shown(house: Household) -> dict[str, Any]:
    """Open the page, and wait until everything on it has come."""
    assert await async_setup_component(house.hass, "system_health", {})
    await house.settle()
    found = await get_system_health_info(house.hass, DOMAIN)
    return {
        key: await fact if isinstance(fact, Awaitable) else fact
        for key, fact in found.items()
    }


async def test_the_page_of_a_home_that_works(home: Household) -> None:
    """Both hosts are reached, for free."""
    billed = len(home.cloud.requests.billed)
    found = await shown(home)
    last = found.pop("last_list")
    assert last.tzinfo is not None
    assert found == {
        "can_reach_api": "ok",
        "can_reach_auth": "ok",
        "entries": 1,
        "key_source": "fleet_pulse.kek",
        "overrides": f"{ENV_API_URL}, {ENV_AUTH_URL}",
        "time_scale": 1,
    }
    assert len(home.cloud.requests.billed) == billed
    assert set(found) | {"last_list"} == set(TEXTS)


async def test_the_page_before_anything_is_set_up(house: Household) -> None:
    """It is there as soon as the integration is."""
    await house.prepare()
    found = await shown(house)
    assert (found["entries"], found["last_list"]) == (0, "never")


async def test_hosts_that_cannot_be_reached(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Says which of the two."""
    await house.prepare()
    house.cloud.fail("*/authorize", reset="before", times=9)
    found = await shown(house)
    assert found["can_reach_api"] == "ok"
    assert found["can_reach_auth"] == {"type": "failed", "error": "unreachable"}


async def test_a_wrong_variable_is_told(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It explains why nothing starts."""
    await house.prepare()
    monkeypatch.setenv(ENV_TIME_SCALE, "fast")
    found = await shown(house)
    assert ENV_TIME_SCALE in found["time_scale"]
    assert "can_reach_api" not in found
