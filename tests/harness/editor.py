"""Home Assistant's editor of automations, where an owner looks for our triggers."""

import json
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, ViewportSize, expect

from custom_components import fleet_pulse

from .browser import PATIENCE_MS, Browser
from .dialog import pictures

NEW: Final = "/config/automation/edit/new"
WINDOW: Final[ViewportSize] = {"width": 1000, "height": 1000}
TEXTS: Final = Path(fleet_pulse.__file__).parent / "translations/en.json"
_DRAWN_MS: Final = 600


class Editor:
    """A new automation, of which nothing is saved."""

    def __init__(self, page: Page) -> None:
        """Write on this page."""
        self._page = page
        self._folder = pictures()

    @property
    def _search(self) -> Locator:
        """The dialog that offers what can be added."""
        return self._page.locator("add-automation-element-dialog")

    async def picture(self, name: str) -> None:
        """Keep a picture of the page, if somebody wants pictures."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            await self._page.wait_for_timeout(_DRAWN_MS)
            await self._page.screenshot(path=self._folder / f"editor-{name}.png")

    async def finds(self, kind: str) -> None:
        """Look for everything of ours of a kind, by its name."""
        await self._page.get_by_role("button", name=f"Add {kind}").first.click()
        texts = json.loads(TEXTS.read_text(encoding="utf-8"))[f"{kind}s"]
        for key in sorted(texts):
            await self._look_for(texts[key]["name"], texts[key]["description"])
        await self.picture(f"{kind}-found")
        await self._page.keyboard.press("Escape")

    async def add(self, kind: str, name: str, shows: str) -> None:
        """Add something of ours, and read what may be chosen of it."""
        await self._page.get_by_role("button", name=f"Add {kind}").first.click()
        found = await self._look_for(name, name)
        await found.click()
        await expect(self._page.get_by_text(shows).first).to_be_visible(
            timeout=PATIENCE_MS
        )
        await self.picture(name.lower().replace(" ", "-"))

    async def _look_for(self, name: str, shows: str) -> Locator:
        """Type a name, and wait until what it means is offered."""
        box = self._search.get_by_role("textbox").first
        await box.fill(name, timeout=PATIENCE_MS)
        found = self._search.get_by_text(shows, exact=True).first
        await expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found


async def finds_ours(browser: Browser) -> None:
    """Find every trigger and condition of ours by search, and see what some ask for.

    No condition is added: the frontend tests one before its target is chosen, and has
    an error of its own then, with Home Assistant's own conditions as with ours.
    """
    page = await browser.open(NEW, size=WINDOW)
    editor = Editor(page)
    await editor.finds("trigger")
    await editor.finds("condition")
    await editor.add("trigger", "Car arrived in a zone", "Only for these zones")
    await editor.add("trigger", "Car woke up", "Only if it was woken by one of these")
    await editor.add("trigger", "Car alert raised", "Only for these kinds of alerts")
    await page.context.close()
