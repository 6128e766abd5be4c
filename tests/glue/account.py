"""One account's tokens at the fake cloud, kept by a Home Assistant with nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
from yarl import URL

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.fleet.auth import SCOPES, Application, AuthClient
from custom_components.fleet_pulse.fleet.hosts import Hosts
from custom_components.fleet_pulse.tokens import (
    ACCOUNT_KIND,
    PURPOSE,
    StoredTokens,
    Tokens,
)
from custom_components.fleet_pulse.vault import VaultFile
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS
from tests.fake_fleet.tokens import Family

IDENTITY: Final = "owner"
APPLICATION: Final = Application(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
TOKEN_PATH: Final = "/oauth2/v3/token"
TIMEOUT: Final = 60.0
"""Seconds for an answer: more than any takes on a busy machine."""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant's core on a configuration folder."""
    hass = HomeAssistant(str(folder))
    yield hass
    await hass.async_stop(force=True)


class Account:
    """An owner who has signed in, and the tokens that came of it."""

    def __init__(
        self, hass: HomeAssistant, cloud: FakeCloud, auth: AuthClient, file: VaultFile
    ) -> None:
        """Take an account over from its sealed file."""
        self.hass = hass
        self.cloud = cloud
        self.auth = auth
        self.file = file
        self.tokens = Tokens(
            hass, vault=file, auth=auth, application=APPLICATION, now=cloud.now
        )

    @property
    def stored(self) -> StoredTokens:
        """Read what is sealed."""
        raw = self.file.get(PURPOSE)
        assert raw is not None
        return StoredTokens.load(raw)

    @property
    def family(self) -> Family:
        """Give what the cloud knows of the newest sign-in's refresh tokens."""
        return list(self.cloud.tokens._families.values())[-1]

    @property
    def refreshes(self) -> int:
        """Count what the sign-in server was asked for."""
        # The first one was the code of the sign-in.
        return len(self.cloud.requests.to(TOKEN_PATH)) - 1

    def expire(self) -> None:
        """Let time pass until the access token has ended."""
        self.cloud.step(8 * 3600)

    def takes(self, token: str) -> bool:
        """Say whether the cloud takes an access token."""
        access = self.cloud.tokens.access(token)
        return access is not None and access.expires_at > self.cloud.now()

    async def sign_in(self) -> StoredTokens:
        """Let the owner consent, and put what that brings into the sealed file."""
        self.cloud.auto_consent = True
        url = self.auth.authorize_url(APPLICATION, REDIRECT_URIS[0], SCOPES, "s", "n")
        async with (
            ClientSession() as browser,
            browser.get(URL(url, encoded=True), allow_redirects=False) as answer,
        ):
            code = URL(answer.headers["Location"]).query["code"]
        audience = self.cloud.api_urls["eu"]
        pair = await self.auth.exchange(APPLICATION, code, REDIRECT_URIS[0], audience)
        stored = StoredTokens(pair=pair)
        await self.file.async_put(PURPOSE, stored.dump())
        return stored


@asynccontextmanager
async def opened(cloud: FakeCloud, folder: Path) -> AsyncIterator[Account]:
    """Start a Home Assistant on a folder and open the account in it."""
    regions = ",".join(f"{name}={url}" for name, url in cloud.api_urls.items())
    hosts = Hosts.resolve(cloud.auth_url, regions)
    async with running(folder) as hass, ClientSession() as session:
        auth = AuthClient(session, hosts, cloud.now, timeout=TIMEOUT)
        file = await vault.async_open(hass, ACCOUNT_KIND, IDENTITY)
        yield Account(hass, cloud, auth, file)
