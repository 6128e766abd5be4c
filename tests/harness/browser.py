"""What a person would see: Home Assistant's pages in a real browser, as pictures."""

import json
from pathlib import Path
import time
from typing import Final, Literal, Self

from playwright import async_api
from playwright.async_api import BrowserContext, Page, Playwright, ViewportSize

from . import chromium
from .front_door import FrontDoor
from .hour import ZONE

type Theme = Literal["light", "dark"]

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: Final[ViewportSize] = {"width": 1600, "height": 1200}
"""Of the house as well: who looks at it lives there."""
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
# Cards draw themselves after the page says it is there.
SETTLE_MS: Final = 1500
PATIENCE_MS: Final = 120_000
"""How long a page may take: one takes a second, but not on a busy machine."""


class Browser:
    """A browser that is logged in as the owner of one Home Assistant."""

    def __init__(self, home: FrontDoor) -> None:
        """Show the pages of `home`; nothing is opened yet."""
        self._home = home
        self._playwright: Playwright | None = None
        self._browser: async_api.Browser | None = None
        self.errors: list[str] = []
        """What went wrong in the pages' own code so far."""

    async def __aenter__(self) -> Self:
        """Start the browser, or raise with how to get one."""
        path = chromium.find()
        self._playwright = await async_api.async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=path, headless=True, args=ARGUMENTS
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the browser with all its pages."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def open(
        self,
        path: str,
        *,
        theme: Theme = "light",
        size: ViewportSize = DESKTOP,
        logged_in: bool = True,
    ) -> Page:
        """Open a path in a window of its own and wait until it has settled.

        Without `logged_in` the browser comes as a stranger, as a person's would.
        """
        if self._browser is None:
            raise RuntimeError("enter the browser first")
        context = await self._browser.new_context(
            viewport=size, color_scheme=theme, locale="en-US", timezone_id=ZONE
        )
        context.set_default_timeout(PATIENCE_MS)
        if logged_in:
            await self._log_in(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(f"{self._home.url}{path}")
        await page.wait_for_selector("home-assistant-main")
        await settled(page)
        return page

    async def picture(
        self,
        path: str,
        to: Path,
        *,
        theme: Theme = "light",
        size: ViewportSize = DESKTOP,
    ) -> Path:
        """Save a picture of a path's page."""
        page = await self.open(path, theme=theme, size=size)
        to.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=to)
        await page.context.close()
        return to

    async def pictures(self, path: str, folder: Path, name: str) -> list[Path]:
        """Save a page light, dark and as on a phone."""
        return [
            await self.picture(path, folder / f"{name}-light.png"),
            await self.picture(path, folder / f"{name}-dark.png", theme="dark"),
            await self.picture(path, folder / f"{name}-phone.png", size=PHONE),
        ]

    async def _log_in(self, context: BrowserContext) -> None:
        """Put the owner's tokens where the frontend looks for them."""
        await self._home.access_token()
        tokens = self._home.tokens
        stored = {
            "hassUrl": self._home.url,
            "clientId": self._home.client_id,
            "expires": int((time.time() + tokens["expires_in"]) * 1000),
        } | tokens
        value = json.dumps(json.dumps(stored))
        script = f"localStorage.setItem('hassTokens', {value});"
        await context.add_init_script(script)


async def settled(page: Page) -> None:
    """Wait until the page has drawn itself."""
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(SETTLE_MS)
