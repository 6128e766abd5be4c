"""A real Home Assistant obeys the harness."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .home import Home

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a home that has been started."""
    async with Home(tmp_path / "config") as home:
        await home.start()
        yield home


async def test_its_owner_survives_a_kill(home: Home) -> None:
    """After a power cut, the same owner asks the same Home Assistant."""
    before = await home.ws("auth/current_user")
    await home.kill()
    assert home.pid is None
    await home.start()
    assert await home.ws("auth/current_user") == before
    assert await home.state("sun.sun") in ("above_horizon", "below_horizon")
    assert (
        await home.call("homeassistant", "update_entity", {"entity_id": "sun.sun"})
        is None
    )
    assert await home.entries() == []
