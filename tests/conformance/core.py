"""Home Assistant's own integration for Tesla, with the fake cloud taken for Tesla's."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any, Final
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.setup import async_setup_component
from tesla_fleet_api import const

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET
from tests.fake_fleet.public_key_download import PATH
from tests.glue.household import Household

CORE: Final = "tesla_fleet"
HOST: Final = "example.com"


@contextmanager
def at_the_cloud(cloud: FakeCloud) -> Iterator[None]:
    """Replace the names of Tesla's hosts."""
    from homeassistant.components.tesla_fleet import const as core_const

    token_url = f"{cloud.auth_url}/oauth2/v3/token"
    urls: dict[str, str] = {str(region): url for region, url in cloud.api_urls.items()}
    oauth = "homeassistant.components.tesla_fleet.oauth"
    regions = {region: urls[region] for region in core_const.REGIONS}
    with ExitStack() as stack:
        for table, entries in (
            (const.SERVERS, urls),
            (const.TOKEN_URLS, dict.fromkeys(urls, token_url)),
            (core_const.REGION_SERVERS, regions),
        ):
            stack.enter_context(patch.dict(table, entries))
        for name, url in (
            ("AUTHORIZE_URL", f"{cloud.auth_url}/oauth2/v3/authorize"),
            ("TOKEN_URL", token_url),
        ):
            stack.enter_context(patch(f"{oauth}.{name}", url))
        yield


async def prepare(house: Household) -> None:
    """Load what its flow needs, for an application that is registered nowhere."""
    house.cloud.applications[CLIENT_ID].registrations.clear()
    # The media player's pictures need their route before a browser comes.
    for name in ("homeassistant", "http", "application_credentials", "media_player"):
        assert await async_setup_component(house.hass, name, {})
    await async_import_client_credential(
        house.hass, CORE, ClientCredential(CLIENT_ID, CLIENT_SECRET, "Tesla")
    )


@asynccontextmanager
async def key_site() -> AsyncIterator[dict[str, str]]:
    """Give a web server that answers with the PEM that is put into it."""
    shown: dict[str, str] = {}

    async def answer(_: web.Request) -> web.Response:
        """Answer with the key."""
        return web.Response(text=shown["pem"])

    app = web.Application()
    app.router.add_get(PATH, answer)
    async with TestServer(app) as server:
        shown["url"] = str(server.make_url("/")).rstrip("/")
        yield shown


async def flow_to_domain(home: Household) -> Any:
    """Sign in with core's own flow; it asks for the domain next."""
    flow = home.hass.config_entries.flow
    result: Any = await flow.async_init(CORE, context={"source": SOURCE_USER})
    result = await home.consent(result)
    assert result["step_id"] == "region", result
    assert result["data_schema"]({})["region"] == "eu"
    return await flow.async_configure(result["flow_id"], {"region": "eu"})


async def flow_to_end(home: Household, site: dict[str, str]) -> Any:
    """Go through core's own flow: its own key, served at the owner's domain."""
    flow = home.hass.config_entries.flow
    result = await flow_to_domain(home)
    assert result["step_id"] == "domain_input", result
    # Tesla finds nothing there yet; the form then shows the key to put there.
    result = await flow.async_configure(result["flow_id"], {"domain": HOST})
    assert result["errors"] == {"base": "invalid_response"}
    site["pem"] = result["description_placeholders"]["pem"]
    home.cloud.hosts[HOST] = site["url"]
    result = await flow.async_configure(result["flow_id"], {})
    assert result["step_id"] == "registration_complete", result
    result = await flow.async_configure(result["flow_id"], {})
    await home.settle()
    return result


async def set_up(home: Household, site: dict[str, str]) -> ConfigEntry:
    """Have core's integration running."""
    result = await flow_to_end(home, site)
    assert result["type"] == "create_entry", result
    entry: ConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry
