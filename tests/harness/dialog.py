"""Home Assistant's dialog of a flow in a real browser, as its owner reads and answers it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
from typing import Final, Self

from playwright.async_api import Locator, Page, expect

from .browser import PATIENCE_MS

ENV: Final = "FLEET_PULSE_PICTURES"
"""A folder for a picture of each step; without it none is taken."""
# Dialogs glide in.
_GLIDE_MS: Final = 400


def pictures() -> Path | None:
    """Give the folder that the environment names for pictures."""
    return Path(folder) if (folder := os.environ.get(ENV)) else None


class Dialog:
    """One flow after another, in one window."""

    def __init__(self, page: Page, name: str, folder: Path | None = None) -> None:
        """Read what this page shows; pictures are numbered, and called after `name`."""
        self._page = page
        self._name = name
        self._folder = folder or pictures()
        self._taken = 0

    @property
    def _form(self) -> Locator:
        """The dialog of the flow."""
        return self._page.locator("dialog-data-entry-flow")

    # ---- reading

    async def reads(self, text: str, *, picture: str = "") -> Self:
        """Wait until a text is shown, with none of the frontend's own troubles."""
        shown = self._page.get_by_text(text).first
        await expect(shown).to_be_visible(timeout=PATIENCE_MS)
        await expect(self._page.get_by_text("Translation error")).to_have_count(0)
        if picture:
            await self.picture(picture)
        return self

    async def picture(self, what: str) -> None:
        """Keep a picture of the step, if somebody wants pictures."""
        if self._folder is None:
            return
        self._taken += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._page.wait_for_timeout(_GLIDE_MS)
        path = self._folder / f"{self._name}-{self._taken:02d}-{what}.png"
        await self._form.locator("dialog[open]").first.screenshot(path=path)

    # ---- answering

    async def press(self, button: str = "Submit") -> None:
        """Press a button."""
        await self._page.get_by_role("button", name=button, exact=True).first.click()

    async def choose(self, option: str) -> None:
        """Choose from a menu."""
        await self._form.get_by_text(option, exact=True).first.click()

    async def fill(self, text: str, *, field: int = 0) -> None:
        """Fill a field, counted from above: the frontend ties none to its label."""
        await (
            self._form.locator("ha-form input:not([type=checkbox])")
            .nth(field)
            .fill(text)
        )

    async def tick(self, label: str) -> None:
        """Tick the box whose label has these words."""
        await self._form.get_by_text(label).first.click()

    @asynccontextmanager
    async def at_tesla(self, button: str = "Submit") -> AsyncIterator[Page]:
        """Press what leads to Tesla; give the page that opens, and wait for its end."""
        async with self._page.expect_popup(timeout=PATIENCE_MS) as opening:
            await self.press(button)
        window = await opening.value
        await window.wait_for_load_state()
        yield window
        if not window.is_closed():
            await window.wait_for_event("close", timeout=PATIENCE_MS)
