"""The fake Tesla cloud as a process of its own, and its remote control."""

from asyncio.subprocess import PIPE, Process
import json
from pathlib import Path
import sys
from typing import Any, Final, Self

import aiohttp

from . import process
from .process import CHECKOUT

# A name that leads nowhere; the cloud is told where its web server really is.
DOMAIN: Final = "home.example.com"
CLIENT_ID: Final = "demo-client"
# Unlike any other text, so that a search for it in files and logs proves something.
CLIENT_SECRET: Final = "ta-secret.demo-4f1c9a7b2e6d8350"
CALLBACK: Final = "/auth/external/callback"


class CloudRefusedError(RuntimeError):
    """The cloud's control did not understand."""


class Cloud:
    """A running cloud whose only application is the one of a Home Assistant."""

    def __init__(
        self, folder: Path, *, time_scale: float = 1, commuting: bool = False
    ) -> None:
        """Keep its output in `folder`; cars live `time_scale` times as fast.

        Commuting, they drive and charge by themselves.
        """
        self._commuting = commuting
        self._folder = folder
        self._process: Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self.time_scale = time_scale
        self.url = ""
        self.auth_url = ""
        self.api_urls: dict[str, str] = {}
        self.vins: list[str] = []

    async def start(
        self, home_url: str, *, port: int = 0, auto_consent: bool = True
    ) -> None:
        """Start it for the Home Assistant at an address; return when it answers.

        Without `auto_consent` somebody must click on its consent page.
        """
        arguments = {
            "--port": port,
            "--time-scale": self.time_scale,
            "--client-id": CLIENT_ID,
            "--client-secret": CLIENT_SECRET,
            "--redirect-uri": f"{home_url}{CALLBACK}",
            "--origin": f"https://{DOMAIN}",
            "--host": f"{DOMAIN}={home_url}",
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        self._process = await process.start(
            [sys.executable, "-m", "tests.fake_fleet"]
            + ["--auto-consent"] * auto_consent
            + ["--commuting"] * self._commuting
            + [str(word) for pair in arguments.items() for word in pair],
            cwd=CHECKOUT,
            output=self._folder / "cloud.log",
            env={},
            stdout=PIPE,
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            log = (self._folder / "cloud.log").read_text()
            raise CloudRefusedError(f"the cloud did not start: {log[-2000:]}")
        said = json.loads(line)
        self.url, self.auth_url = said["url"], said["auth_url"]
        self.api_urls, self.vins = said["api_urls"], said["vins"]

    async def stop(self) -> None:
        """End it."""
        if self._http is not None:
            await self._http.close()
        if self._process is not None:
            await process.end(self._process, within=60)
        self._http = self._process = None

    async def __aenter__(self) -> Self:
        """Enter; `start` is called by name, as it needs an address."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        await self.stop()

    @property
    def env(self) -> dict[str, str]:
        """What makes the integration ask this cloud instead of Tesla's."""
        bases = ",".join(f"{name}={url}" for name, url in self.api_urls.items())
        return {
            "FLEET_PULSE_AUTH_URL": self.auth_url,
            "FLEET_PULSE_API_URL": bases,
            "FLEET_PULSE_TIME_SCALE": f"{self.time_scale:g}",
        }

    # --- looking

    async def cars(self) -> dict[str, dict[str, Any]]:
        """Return what is true of each car, by VIN."""
        return {car["vin"]: car for car in await self._control("GET", "cars")}

    async def bill(self) -> dict[str, Any]:
        """Return what Tesla would bill this month."""
        found: dict[str, Any] = await self._control("GET", "bill")
        return found

    async def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the log of requests, from a position on."""
        shown = await self._control("GET", f"requests?since={since}")
        found: list[dict[str, Any]] = shown["requests"]
        return found

    async def control(self, path: str) -> Any:
        """Return what the remote control shows at a path."""
        return await self._control("GET", path)

    # --- acting

    async def act(self, vin: str, action: str, **how: Any) -> dict[str, Any]:
        """Do something to a car, as its driver would: drive, plug, sleep."""
        found: dict[str, Any] = await self._control("POST", f"cars/{vin}/{action}", how)
        return found

    async def fail(self, path: str, **how: Any) -> None:
        """Let requests to a path pattern go wrong."""
        await self._control("POST", "faults", {"path": path, **how})

    async def heal(self) -> None:
        """Let everything work again."""
        await self._control("DELETE", "faults")

    async def forget_registrations(self) -> None:
        """Let Tesla know nothing of the application in any region."""
        forgotten = {"client_id": CLIENT_ID, "regions": []}
        await self._control("POST", "registrations", forgotten)

    async def expire_tokens(self) -> None:
        """End all access tokens now."""
        await self._control("POST", "tokens", {"action": "expire"})

    async def edit(self, **settings: Any) -> None:
        """Change the application as on Tesla's developer page."""
        await self._control("POST", f"applications/{CLIENT_ID}", settings)

    async def set_account(self, **settings: Any) -> None:
        """Change what the owner ticks at most, or the account's region."""
        await self._control("POST", "accounts", settings)

    async def host(self, url: str) -> None:
        """Say where the domain's web server really is."""
        await self._control("POST", "hosts", {DOMAIN: url})

    async def take_key(self, pem: str) -> None:
        """Let another application have a key; without one, give up what it has."""
        other = {"client_id": "another", "client_secret": CLIENT_SECRET[::-1]}
        await self._control("POST", "applications", other)
        if pem:
            taken = {"client_id": "another", "regions": ["eu"], "pem": pem}
            await self._control("POST", "registrations", taken)

    async def pair(self, vin: str) -> None:
        """Press the button on the page that the QR code leads a phone to."""
        url = f"{self.url}/_ak/{DOMAIN}?vin={vin}"
        async with self._session().post(url, data={"vin": vin}) as response:
            if response.status != 200:
                raise CloudRefusedError(await response.text())

    async def _control(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request to the remote control."""
        url = f"{self.url}/_control/{path}"
        json_body = (body or {}) if method == "POST" else None
        async with self._session().request(method, url, json=json_body) as response:
            if response.status != 200:
                raise CloudRefusedError(f"{path}: {await response.text()}")
            return await response.json()

    def _session(self) -> aiohttp.ClientSession:
        """Return the one session of this object."""
        if self._http is None:
            self._http = aiohttp.ClientSession()
        return self._http
