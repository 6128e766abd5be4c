"""A repair issue as its owner meets it: read, clicked, and gone when it is mended."""

from typing import Final

import pytest

from .browser import Browser
from .cloud import Cloud
from .devices import devices
from .dialog import Dialog
from .home import Home
from .onboarded import cloud, home
from .seed import INTEGRATION
from .story import complaints
from .waiting import until

REPAIRS: Final = "/config/repairs/dashboard"
TITLE: Final = "Your application is not registered at Tesla"
ENTRY: Final = "/config/integrations/integration/fleet_pulse"
SPENT: Final = "Tesla's bill has reached 100 % of 0.001 USD"
__all__ = ["cloud", "home"]
pytestmark = [pytest.mark.browser, pytest.mark.process]


async def issues(home: Home) -> list[str]:
    """Give what Repairs shows of us."""
    found = await home.ws("repairs/list_issues")
    return [
        issue["translation_key"]
        for issue in found["issues"]
        if issue["domain"] == INTEGRATION.name
    ]


async def test_a_lost_registration_is_mended_by_clicking(
    home: Home, cloud: Cloud
) -> None:
    """Tesla forgets the application: Repairs says so and leads to where it is mended."""

    async def is_told() -> bool:
        return "not_registered" in await issues(home)

    async def is_mended() -> bool:
        return await issues(home) == []

    await cloud.forget_registrations()
    await home.call(INTEGRATION.name, "run_checks", returns=True)
    await until(is_told, what="Repairs tells of it")
    async with Browser(home) as browser:
        page = await browser.open(REPAIRS)
        dialog = Dialog(page, "repair")
        await page.get_by_text(TITLE).first.click()
        await dialog.reads("Submit", picture="issue")
        await dialog.press()
        await dialog.reads("Look once more from here first", picture="look")
        await dialog.press()
        await dialog.reads("Everything is set up", picture="mended")
        assert browser.errors == []
    await home.call(INTEGRATION.name, "run_checks", returns=True)
    await until(is_mended, what="the issue is gone")
    assert not (said := complaints(home)), said


async def test_a_spent_budget_is_raised_by_clicking(home: Home, cloud: Cloud) -> None:
    """The gear sets it; Repairs tells that it is gone, and leads to the same dialog."""

    async def is_told() -> bool:
        return "budget_reached" in await issues(home)

    async def is_raised() -> bool:
        return "budget_reached" not in await issues(home)

    _, sleeper, _ = await devices(home)
    target = {"entity_id": sleeper.entity("button", "wake")}
    await home.call("button", "press", target=target)
    async with Browser(home) as browser:
        page = await browser.open(ENTRY)
        dialog = Dialog(page, "options")
        await dialog.press("Configure")
        await dialog.choose("Budget and updates")
        await dialog.reads("keeps to your budget", picture="options")
        await dialog.fill("0.001")
        await dialog.press()
        await until(is_told, what="Repairs tells of it")
        page = await browser.open(REPAIRS)
        dialog = Dialog(page, "spent")
        await page.get_by_text(SPENT).first.click()
        await dialog.reads("everything resumes", picture="issue")
        await dialog.press()
        await dialog.choose("Budget and updates")
        await dialog.reads("keeps to your budget", picture="options")
        await dialog.fill("10")
        await dialog.press()
        await until(is_raised, what="the issue is gone")
        assert browser.errors == []
    assert not (said := complaints(home)), said
