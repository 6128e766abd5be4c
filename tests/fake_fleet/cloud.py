"""The whole fake cloud: four hosts on four ports, around one world.

One host signs people in and shows the page to play with, three are the regional APIs.
"""

import asyncio
from contextlib import suppress
from typing import Final, Self, override

from aiohttp import web

from .accounts import REGIONS
from .api import ApiHost
from .auth import TokenEndpoint
from .bill import Category
from .clock import Clock
from .consent import ConsentPages
from .control import Control
from .gate import Gate
from .pairing import PairingPage
from .web import PlayPage
from .world import World

ADDRESS: Final = "127.0.0.1"
TICK: Final = 1.0
"""Seconds between two looks at the cars where time runs by itself."""


class FakeCloud(World):
    """A world that can be reached over HTTP while it is started."""

    @override
    def __init__(self, clock: Clock | None = None, *, ticks: bool = True) -> None:
        """Build it; nothing listens yet.

        Without `ticks` the cars live only up to each request, which is enough for
        tests whose clock follows a frozen time.
        """
        super().__init__(clock)
        self._ticks = ticks and not self.clock.is_stepped
        self._runners: list[web.AppRunner] = []
        self._ticker: asyncio.Task[None] | None = None

    async def start(self, port: int = 0) -> None:
        """Open the hosts: on a port and the three after it, or wherever is room."""
        following = iter(range(port, port + 4) if port else (0, 0, 0, 0))
        self.auth_url = await self._serve(self._auth_host(), next(following))
        self.tokens.issuer = f"{self.auth_url}/oauth2/v3/nts"
        for region in REGIONS:
            host = ApiHost(self, region).application()
            self.api_urls[region] = await self._serve(host, next(following))
        if self._ticks:
            self._ticker = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Close everything; the world stays as it is."""
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
            self._ticker = None
        await self.patience.end()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def __aenter__(self) -> Self:
        """Start wherever there is room."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def _auth_host(self) -> web.Application:
        """Build the host for people: sign-in, pairing, the page and its control."""
        gate = Gate(self, "auth", _free, ("/oauth2/", "/_ak/"))
        app = web.Application(middlewares=[gate.middleware()])
        for part in (TokenEndpoint, ConsentPages, PairingPage, Control, PlayPage):
            app.add_routes(part(self).routes())
        return app

    async def _serve(self, app: web.Application, port: int) -> str:
        """Open one host and give its address."""
        # Clients that keep a connection open must not hold up the end.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, ADDRESS, port).start()
        return f"http://{ADDRESS}:{runner.addresses[0][1]}"

    async def _tick(self) -> None:
        """Let the cars live while nobody asks."""
        while True:
            await asyncio.sleep(TICK)
            self.garage()


def _free(_: web.Request) -> Category:
    """Say what signing in costs."""
    return Category.FREE
