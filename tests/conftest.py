"""What all tests share."""

import logging

from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion
import pytest

from tests.fake_fleet.fixtures import cloud, cloud_clock

__all__ = ["cloud", "cloud_clock"]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Give snapshots that know Home Assistant's own types."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


# Its lines need the machine's time zone, which a frozen clock does not have.
logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
