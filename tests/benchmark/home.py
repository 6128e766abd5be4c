"""A Home Assistant in the jumping loop, with one integration set up by its own flow."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
import os
from pathlib import Path
import tempfile
from typing import Any, Final, cast, override
from unittest.mock import patch

from aiohttp import AsyncResolver
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import http
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.fleet_pulse.const import ENV_API_URL, ENV_AUTH_URL
from tests.fake_fleet.cloud import FakeCloud
from tests.glue.conftest import Silence
from tests.glue.household import OWN_URL, Household
from tests.internet import names

from .warp import WarpLoop

MEMORY: Final = Path("/dev/shm")


class Home(Household):
    """The tests' household, where time passes by itself."""

    def __init__(self, hass: HomeAssistant, cloud: FakeCloud, browser: Any) -> None:
        """Begin with nothing set up."""
        self.hass = hass
        self.cloud = cloud
        self._browser = browser

    @override
    async def browser(self) -> TestClient[Any, Any]:
        """Give a browser, once there is a server."""
        return cast("TestClient[Any, Any]", await self._browser())

    @override
    def _pair(self) -> dict[str, Any]:
        """Scan the code for every car at once."""
        answer = super()._pair()
        key = self.cloud.key_of("example.com")
        assert key is not None
        for car in self.cloud.cars.values():
            car.pair(key)
        return answer

    @override
    async def settle(self, nap: float | None = None) -> None:
        """Let happen what can without time passing, or with a moment of it."""
        if nap is not None:
            await asyncio.sleep(nap)
        await self.hass.async_block_till_done()

    @override
    async def pass_time(
        self, seconds: float, step: float = 10, nap: float | None = None
    ) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)


class _Resolver(AsyncResolver):
    """A resolver that is closed as Home Assistant closes its own."""

    async def real_close(self) -> None:
        """Close."""
        await self.close()


@contextmanager
def _at_the_cloud(cloud: FakeCloud) -> Iterator[None]:
    """Have Tesla's hosts replaced, no name looked up and a browser's request known."""
    urls = ",".join(f"{region}={url}" for region, url in cloud.api_urls.items())
    request = make_mocked_request("GET", "/", headers={"HA-Frontend-Base": OWN_URL})
    with ExitStack() as stack:
        stack.enter_context(
            patch.dict(os.environ, {ENV_AUTH_URL: cloud.auth_url, ENV_API_URL: urls})
        )
        stack.enter_context(names.answering(Silence))
        token = http.current_request.set(request)
        stack.callback(http.current_request.reset, token)
        yield


@asynccontextmanager
async def home(
    cloud: FakeCloud, loop: WarpLoop, *, on_disk: bool = False
) -> AsyncIterator[Home]:
    """Start the cloud and a Home Assistant beside it, in memory unless that counts."""
    memory = str(MEMORY) if MEMORY.is_dir() and not on_disk else None
    # Home Assistant's own resolver listens to the network of the house.
    make_resolver = "homeassistant.helpers.aiohttp_client._async_make_resolver"
    with (
        tempfile.TemporaryDirectory(dir=memory) as folder,
        patch(make_resolver, return_value=_Resolver()),
        # Looks every 5 seconds for trackers of a kind that nobody here has.
        patch(
            "homeassistant.components.device_tracker.legacy.async_track_utc_time_change"
        ),
    ):
        async with cloud, async_test_home_assistant(config_dir=folder) as hass:
            del hass.data[loader.DATA_CUSTOM_COMPONENTS]
            await hass.config.async_update(
                external_url=OWN_URL, time_zone="Europe/Berlin"
            )
            for verify in (True, False):
                loop.watch(async_get_clientsession(hass, verify))
            browsers: list[TestClient[Any, Any]] = []

            async def browser() -> TestClient[Any, Any]:
                """Open the one browser."""
                if not browsers:
                    browsers.append(TestClient(TestServer(hass.http.app)))
                    await browsers[0].start_server()
                return browsers[0]

            with _at_the_cloud(cloud):
                yield Home(hass, cloud, browser)
                await hass.async_stop(force=True)
            for opened in browsers:
                await opened.close()
