"""A child of `weight`: what the recorder writes of one contestant on a commuter's day.

`python -m tests.benchmark.weight_day DOMAIN DAYS` lives from one midnight on with the
real recorder, and prints how many states its car's entities left in the database.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
import json
import logging
from pathlib import Path
import sqlite3
import sys
from typing import Any, Final

from freezegun import freeze_time
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import (
    DATA_RECORDER,
    async_initialize_recorder,
    get_instance,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component import plugins
import pytest_socket

from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
    household,
)

from .weight_cloud import tokens
from .weight_home import Home, at, entities, opened

START: Final = datetime(2026, 10, 4, 21, tzinfo=UTC)
"""Eleven in Berlin on a Sunday evening: the working day begins an hour later."""
HOUR: Final = 3600
STEP: Final = 30


def _cloud() -> FakeCloud:
    """Build a cloud with one commuter's car, awake."""
    cloud = FakeCloud(Clock.stepped(START), ticks=False)
    cloud.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    household(cloud, commuting=True)
    vin, *others = cloud.cars
    for other in others:
        del cloud.cars[other]
        cloud.accounts[EMAIL].vins.remove(other)
    cloud.cars[vin].request_wake()
    cloud.step(120)
    return cloud


async def _record(hass: HomeAssistant) -> Path:
    """Have the recorder write into a file."""
    file = Path(hass.config.path("states.db"))
    async_initialize_recorder(hass)
    config = {"recorder": {"db_url": f"sqlite:///{file}", "commit_interval": 0}}
    assert await async_setup_component(hass, "recorder", config)
    await hass.data[DATA_RECORDER].db_connected
    return file


async def _rows(
    hass: HomeAssistant, file: Path, entry: ConfigEntry, since: datetime
) -> dict[str, int]:
    """Count the rows of every entity since a moment."""
    await get_instance(hass).async_block_till_done()
    await hass.async_block_till_done()
    names = {found.entity_id for found in entities(hass, entry)}
    return await hass.async_add_executor_job(_count, file, names, since.timestamp())


def _count(file: Path, names: set[str], since: float) -> dict[str, int]:
    """Ask the database itself."""
    with sqlite3.connect(file) as database:
        found = database.execute(
            "SELECT states_meta.entity_id, COUNT(*) FROM states JOIN states_meta USING (metadata_id)"
            " WHERE last_updated_ts >= ? GROUP BY states_meta.entity_id",
            (since,),
        )
        return {name: count for name, count in found if name in names}


async def live(domain: str, days: int, freezer: Any) -> dict[str, Any]:
    """Live the days."""
    cloud = _cloud()
    async with cloud:
        with at(cloud.auth_url, cloud.api_urls):
            async with opened() as hass:
                file = await _record(hass)
                home = Home(hass, cloud, freezer)
                entry = await home.move_in(domain, tokens(cloud))
                await home.pass_time(HOUR, STEP)
                since = cloud.now()
                await home.pass_time(days * 24 * HOUR, STEP)
                rows = await _rows(hass, file, entry, since)
                await home.close()
    ranked = dict(sorted(rows.items(), key=lambda found: -found[1]))
    return {"rows_per_day": sum(rows.values()) / days, "entities": ranked}


@contextmanager
def frozen(start: datetime) -> Iterator[Any]:
    """Have time stand still until it is moved, as the plugin of the tests has it."""
    logging.disable()
    # It mends freezegun, and forbids sockets.
    plugins.pytest_runtest_setup()
    pytest_socket.enable_socket()
    with freeze_time(start) as freezer:
        yield freezer


if __name__ == "__main__":
    with frozen(START) as time:
        sys.stdout.write(
            json.dumps(asyncio.run(live(sys.argv[1], int(sys.argv[2]), time)))
        )
