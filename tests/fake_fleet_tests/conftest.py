"""The cloud under test, and a client that knows only what Tesla documents."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.fixtures import cloud, cloud_clock

from .driver import Driver

__all__ = ["cloud", "cloud_clock", "driver"]


@pytest.fixture
async def driver(cloud: FakeCloud) -> AsyncIterator[Driver]:
    """Give a client of the cloud, not signed in yet."""
    async with ClientSession() as session:
        yield Driver(cloud, session)
