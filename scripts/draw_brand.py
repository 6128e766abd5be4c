"""Draw the integration's pictures from `docs/brand/*.svg`.

Run as `.venv/bin/python -m scripts.draw_brand` after a drawing was changed.
"""

import asyncio
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

from tests.harness import chromium

CHECKOUT: Final = Path(__file__).parents[1]
DRAWINGS: Final = CHECKOUT / "docs" / "brand"
PICTURES: Final = CHECKOUT / "custom_components" / "fleet_pulse" / "brand"

# Picture, drawing, size in pixels at scale 1. The icon stands on its own ground and
# is the same in the dark.
BRAND: Final = (
    ("dark_icon", "icon", (256, 256)),
    ("dark_logo", "dark_logo", (440, 128)),
    ("icon", "icon", (256, 256)),
    ("logo", "logo", (440, 128)),
)


async def draw(
    browser: Browser, drawing: Path, to: Path, size: tuple[int, int], scale: int
) -> None:
    """Draw one picture on transparent ground."""
    width, height = size
    page = await browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=scale
    )
    await page.goto(drawing.as_uri())
    await page.screenshot(path=to, omit_background=True)
    await page.close()


async def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        for name, drawing, size in BRAND:
            source = DRAWINGS / f"{drawing}.svg"
            await draw(browser, source, PICTURES / f"{name}.png", size, 1)
            await draw(browser, source, PICTURES / f"{name}@2x.png", size, 2)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
