"""One contestant in a Home Assistant that knows the fake cloud, for as long as needed."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import tempfile
import threading
from typing import Any, Final, cast, override
from unittest.mock import patch

from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from homeassistant import loader
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, http
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL, ENV_AUTH_URL
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET
from tests.glue.household import OWN_URL, Household

CORE: Final = "tesla_fleet"
MEMORY: Final = Path("/dev/shm")


@dataclass(slots=True, kw_only=True)
class Elsewhere:
    """What a household needs to know of a cloud in another process."""

    auth_url: str
    api_urls: dict[str, str]
    token: dict[str, Any]
    """What core's entry keeps; ours signs in by its own flow."""
    auto_consent: bool = True


@contextmanager
def at(auth_url: str, api_urls: Mapping[Any, str]) -> Iterator[None]:
    """Have both integrations take a cloud for Tesla's."""
    from homeassistant.components.tesla_fleet import const as core_const, oauth
    from tesla_fleet_api import const

    token_url = f"{auth_url}/oauth2/v3/token"
    urls = ",".join(f"{region}={url}" for region, url in api_urls.items())
    request = make_mocked_request("GET", "/", headers={"HA-Frontend-Base": OWN_URL})
    servers = {region: api_urls[region] for region in core_const.REGIONS}
    patches = (
        patch.dict(const.SERVERS, api_urls),
        patch.dict(const.TOKEN_URLS, dict.fromkeys(api_urls, token_url)),
        patch.dict(core_const.REGION_SERVERS, servers),
        patch.object(oauth, "AUTHORIZE_URL", f"{auth_url}/oauth2/v3/authorize"),
        patch.object(oauth, "TOKEN_URL", token_url),
        patch.dict(os.environ, {ENV_AUTH_URL: auth_url, ENV_API_URL: urls}),
    )
    with ExitStack() as stack:
        for each in patches:
            stack.enter_context(each)
        token = http.current_request.set(request)
        stack.callback(http.current_request.reset, token)
        yield


@asynccontextmanager
async def opened(*, everything: bool = False) -> AsyncIterator[HomeAssistant]:
    """Open an empty home; `everything` enables what an owner would have to enable."""
    memory = str(MEMORY) if MEMORY.is_dir() else None
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=memory))
        if everything:
            name = "entity_registry_enabled_default"
            stack.enter_context(patch.object(Entity, name, True))
        async with async_test_home_assistant(config_dir=folder) as hass:
            del hass.data[loader.DATA_CUSTOM_COMPONENTS]
            await hass.config.async_update(
                external_url=OWN_URL, time_zone="Europe/Berlin"
            )
            # The media player's pictures need their route before a browser comes.
            for name in ("homeassistant", "http", "media_player"):
                assert await async_setup_component(hass, name, {})
            yield hass
            await hass.async_stop(force=True)


class Home(Household):
    """The tests' household; where no clock is handed in, time is the machine's."""

    def __init__(
        self, hass: HomeAssistant, cloud: FakeCloud | Elsewhere, freezer: Any = None
    ) -> None:
        """Begin with nothing set up."""
        self.hass = hass
        self.cloud = cast("FakeCloud", cloud)
        self.freezer = freezer
        self._browsers: list[TestClient[Any, Any]] = []

    @override
    async def settle(self, nap: float | None = None) -> None:
        """Let everything happen that can; the cloud is elsewhere, and takes its time."""
        if nap is None:
            await self.hass.async_block_till_done(wait_background_tasks=True)
        else:
            # A clock that is handed in holds the loop's own timers.
            wait = threading.Event().wait
            await self.hass.loop.run_in_executor(None, wait, nap)

    @override
    async def browser(self) -> TestClient[Any, Any]:
        """Give the one browser."""
        if not self._browsers:
            self._browsers.append(TestClient(TestServer(self.hass.http.app)))
            await self._browsers[0].start_server()
        return self._browsers[0]

    async def close(self) -> None:
        """Close the browser."""
        for browser in self._browsers:
            await browser.close()

    async def move_in(self, domain: str, token: dict[str, Any]) -> ConfigEntry:
        """Have an integration set up."""
        if domain == CORE:
            await self._move_core_in(token)
        else:
            await self.set_up(pair=False)
        entry = self.hass.config_entries.async_entries(domain)[0]
        await self.hass.async_block_till_done()
        return entry

    async def _move_core_in(self, token: dict[str, Any]) -> None:
        """Set core's integration up as its flow would have."""
        assert await async_setup_component(self.hass, "application_credentials", {})
        await async_import_client_credential(
            self.hass, CORE, ClientCredential(CLIENT_ID, CLIENT_SECRET, CORE), CORE
        )
        entry = MockConfigEntry(
            domain=CORE, data={"auth_implementation": CORE, "token": token}
        )
        entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(entry.entry_id)


def entities(hass: HomeAssistant, entry: ConfigEntry) -> list[er.RegistryEntry]:
    """Give the enabled entities of an entry's cars, the account's own left out."""
    return [
        found
        for found in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if found.disabled_by is None and not _is_of_account(found, entry)
    ]


def _is_of_account(found: er.RegistryEntry, entry: ConfigEntry) -> bool:
    """Tell an entity of the account from one of a car."""
    return found.unique_id.startswith(f"{entry.unique_id}-")


async def listed(entry: ConfigEntry) -> None:
    """Have our account ask its free list; core has nothing to ask for the account."""
    if entry.domain == DOMAIN:
        await entry.runtime_data.account.async_refresh()


async def update(entry: ConfigEntry) -> None:
    """Have every car of an account looked at, as the clock would.

    Core asks each car whether it is online and then for its data, ours for its data.
    """
    data = entry.runtime_data
    if entry.domain == CORE:
        cars = [car.coordinator.async_refresh() for car in data.vehicles]
    else:
        cars = [car.async_fetch() for car in data.account.vehicles.values()]
    await asyncio.gather(*cars)
