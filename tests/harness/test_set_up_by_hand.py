"""Setting up as an owner does it: by clicking, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from tests.internet import names
from tests.internet.box import Internet

from .browser import Browser
from .cloud import CLIENT_ID, CLIENT_SECRET, DOMAIN, Cloud
from .home import Home
from .seed import INTEGRATION

ADD = f"/config/integrations/dashboard/add?domain={INTEGRATION.name}"
pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture
async def cloud(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Cloud]:
    """Give a cloud that consents by itself, as a signed-in owner would."""
    async with Cloud(tmp_path) as running:
        yield running


@pytest.fixture
async def home(tmp_path: Path, cloud: Cloud, internet: Internet) -> AsyncIterator[Home]:
    """Give a Home Assistant that knows the application, and whose names are silent."""
    async with Home(tmp_path / "home", program=[names.__file__]) as running:
        await cloud.start(running.url)
        internet.tell(DOMAIN, answers=False)
        running.env |= cloud.env | internet.machine(tmp_path)
        await running.start()
        await running.ws(
            "application_credentials/create",
            domain=INTEGRATION.name,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            name="Tesla",
        )
        yield running


async def reads(page: Page, text: str) -> None:
    """Wait until the dialog shows a text, and none of the frontend's own troubles."""
    await expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("Translation error")).to_have_count(0)


async def press(page: Page, name: str) -> None:
    """Press a button of the dialog."""
    await page.get_by_role("button", name=name, exact=True).first.click()


async def test_an_owner_clicks_through(home: Home, cloud: Cloud) -> None:
    """From "Add integration" to paired cars; every step can be read and answered."""
    async with Browser(home) as browser:
        page = await browser.open(ADD)
        await press(page, "OK")
        await reads(page, "Compare your application")
        await press(page, "Submit")
        await reads(page, "Tesla keeps this account in the region")
        await press(page, "Submit")
        await reads(page, "Your cars")
        await press(page, "Submit")
        await reads(page, "A key for your cars")
        await page.get_by_text("Create a new key").click()
        await reads(page, "The key is ready")
        await press(page, "Submit")
        await reads(page, "Where Tesla finds the public key")
        await page.get_by_text("This Home Assistant", exact=True).click()
        await reads(page, "This Home Assistant answers")
        # The frontend does not tie this field to its label.
        await page.locator("dialog-data-entry-flow ha-form input").fill(DOMAIN)
        await press(page, "Submit")
        await reads(page, "This cannot be judged from here")
        await press(page, "Submit")
        await reads(page, "Scan the code")
        await press(page, "Submit")
        await reads(page, "The car does not have the key yet")
        await cloud.pair(cloud.vins[0])
        await press(page, "Submit")
        await reads(page, "Budget")
        await press(page, "Submit")
        await reads(page, "A first look")
        await press(page, "Submit")
        await reads(page, "Everything is set up")
        assert browser.errors == []
    (entry,) = await home.entries()
    assert entry["state"] == "loaded"
