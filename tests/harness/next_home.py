"""Lets the test plugin of today's Home Assistant test the next one.

The plugin for 2026.11 does not exist yet. `scripts/test --next` has pytest load nothing
by itself but this module, which loads the rest.
"""

# Home Assistant puts httpx2 in the place of httpx, and that must come before anybody
# else imports httpx, as one of the plugins does.
import homeassistant  # noqa: F401
from homeassistant.components import logger
from homeassistant.components.logger import helpers

# The plugin imports it from where it was before.
vars(logger).setdefault(
    "_clear_logger_overwrites", vars(helpers)["_clear_logger_overwrites"]
)

# The last one imports most of the others, which must not be there before pytest is.
pytest_plugins = (
    "xdist.plugin",
    "pytest_asyncio.plugin",
    "pytest_aiohttp.plugin",
    "pytest_freezer",
    "pytest_socket",
    "requests_mock.contrib._pytest_plugin",
    "syrupy",
    "pytest_homeassistant_custom_component.plugins",
)
