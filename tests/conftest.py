"""What all tests share."""

from inspect import isasyncgenfunction, iscoroutinefunction
import logging
from typing import Final

from homeassistant.util import executor
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from tests.fake_fleet.fixtures import cloud, cloud_clock
from tests.frozen import hasten
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
    for item in items:
        if isinstance(item, pytest.Function) and _is_plain(item):
            item.fixturenames[:] = [n for n in item.fixturenames if n not in _OF_LOOPS]


_OF_LOOPS: Final = frozenset(
    {
        "_function_scoped_runner",
        "configure_event_loop",
        "disable_http_server",
        "enable_event_loop_debug",
        "verify_cleanup",
    }
)
"""A loop for each test, with what looks after it: more work than most plain tests are."""


def _is_plain(test: pytest.Function) -> bool:
    """Say whether a test, with all its fixtures, is a function that needs no loop."""
    if test.get_closest_marker("asyncio") is not None:
        return False
    known = test._fixtureinfo.name2fixturedefs
    needed = [
        fixture[-1].func
        for name, fixture in known.items()
        if name not in _OF_LOOPS and fixture[-1].scope == "function"
    ]
    return not any(
        iscoroutinefunction(function) or isasyncgenfunction(function)
        for function in needed
    )


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Leave asyncio's debug mode to the story: it takes a third of the time."""


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


# It interrupts threads that a busy machine does not let end within a second.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 300
hasten()
# A line for each entity that is registered, and for each word to a database, costs a
# tenth of a test: four handlers write each of them down.
logging.getLogger("homeassistant.helpers.entity_registry").setLevel(logging.WARNING)
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# Its lines need the machine's time zone, which a frozen clock does not have.
logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
# Time that is moved by hand looks like callbacks that take minutes.
logging.getLogger("asyncio").setLevel(logging.ERROR)
