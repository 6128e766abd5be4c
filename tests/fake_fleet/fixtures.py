"""The cloud as a pytest fixture, on a clock that only tests move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

import pytest

from .clock import Clock
from .cloud import FakeCloud
from .populate import CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT_URIS, household

START: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
"""A Monday morning, away from the ends of a month and from changes of the clock."""


@pytest.fixture
def cloud_clock() -> Clock:
    """Give the clock of the cloud; tests with a time of their own replace this."""
    return Clock.stepped(START)


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a started cloud with one application, one European owner and two cars."""
    world = FakeCloud(cloud_clock, ticks=False)
    world.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    household(world)
    async with world:
        yield world
