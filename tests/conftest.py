"""What all tests share."""

import logging
from types import ModuleType

import freezegun
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from tests.fake_fleet.fixtures import cloud, cloud_clock
from tests.internet.fixtures import authority, internet
from tests.lengths import IS_LONG

__all__ = ["authority", "cloud", "cloud_clock", "internet"]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Give snapshots that know Home Assistant's own types."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the stories in the browser: they take long and mostly wait."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep what a test writes to disk away from the next one."""
    return hass_tmp_config_dir


# How fast a machine is says nothing of what is tested; and a short run is each time the
# same, as what chance finds is for the long proofs.
settings.register_profile(
    "patient",
    deadline=None,
    database=None,
    derandomize=not IS_LONG,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")


def _names_in(module: ModuleType) -> str:
    """Tell freezegun by their number whether a module has new names.

    It asks for each of 3,000 modules whenever a test freezes time, and hashing all
    their names takes as long as setting up a Home Assistant.
    """
    return f"{id(module)}-{len(getattr(module, '__dict__', ()))}"


freezegun.api._get_module_attributes_hash = _names_in  # type: ignore[attr-defined]
# A line for each entity that is registered, and for each word to a database, costs a
# tenth of a test: four handlers write each of them down.
logging.getLogger("homeassistant.helpers.entity_registry").setLevel(logging.WARNING)
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# Its lines need the machine's time zone, which a frozen clock does not have.
logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
# Time that is moved by hand looks like callbacks that take minutes.
logging.getLogger("asyncio").setLevel(logging.ERROR)
