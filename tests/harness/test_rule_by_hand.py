"""A newcomer makes a rule in a real browser, and reads what comes next before it is kept.

With `FLEET_PULSE_PICTURES=folder` each step leaves a picture there: light, dark, and as
on a phone.
"""

from typing import Any, Final

from playwright.async_api import Page, ViewportSize, expect
import pytest

from .browser import PATIENCE_MS, PHONE, Browser, Theme
from .cloud import Cloud
from .devices import car
from .dialog import Dialog, pictures
from .editor import finds_ours
from .home import Home
from .onboarded import cloud, home
from .seed import INTEGRATION
from .story import complaints
from .waiting import until

ENTRY: Final = f"/config/integrations/integration/{INTEGRATION.name}"
TITLE: Final = "Monday to Friday, ready by 07:30"
WINDOW: Final[ViewportSize] = {"width": 1000, "height": 1100}
LOOKS: Final[tuple[tuple[str, Theme, ViewportSize], ...]] = (
    ("light", "light", WINDOW),
    ("dark", "dark", WINDOW),
    ("phone", "light", PHONE),
)
MAKERS: Final = LOOKS if pictures() else (LOOKS[0], LOOKS[2])
"""How the page looks on which a rule is made: the dark is for pictures only."""
__all__ = ["cloud", "home"]
pytestmark = [pytest.mark.browser, pytest.mark.process]


async def rules(home: Home, kind: str) -> list[dict[str, Any]]:
    """Give the rules of a kind that are kept."""
    (entry,) = await home.entries()
    found = await home.ws("config_entries/subentries/list", entry_id=entry["entry_id"])
    return [one for one in found if one["subentry_type"] == kind]


async def begin(page: Page, button: str) -> None:
    """Choose on the page of the account what to add."""
    await page.get_by_role("button", name=button).first.click()


async def make(home: Home, browser: Browser, theme: Theme, size: ViewportSize) -> None:
    """Make a rule for weekdays with what is proposed."""
    page = await browser.open(ENTRY, theme=theme, size=size)
    name = f"rule-{theme}-{size['width']}"
    dialog = Dialog(page, name)
    before = len(await rules(home, "charge_rule"))

    async def is_kept() -> bool:
        return len(await rules(home, "charge_rule")) == before + 1

    await begin(page, "Add charge rule")
    await dialog.reads("Choose what the rule goes by", picture="kind")
    await dialog.choose("Be ready by a time")
    await dialog.reads("The car charges as late as is safe", picture="form")
    await dialog.press()
    await dialog.reads("ready by 07:30, up to 80 %", picture="overview")
    await dialog.reads("is to be ready by")
    await dialog.reads("80 % by")
    await dialog.choose("Save")
    await until(is_kept, what="the rule is kept")
    await dialog.picture("end")
    await page.context.close()


async def departs(home: Home, browser: Browser) -> None:
    """Make a departure for weekdays; first with a day and a time of no use."""
    page = await browser.open(ENTRY, size=WINDOW)
    dialog = Dialog(page, "departure")

    async def is_kept() -> bool:
        return len(await rules(home, "departure")) == 1

    await begin(page, "Add departure")
    await dialog.reads("Choose what says when you leave", picture="kind")
    await dialog.choose("A calendar")
    await dialog.reads("Events of a whole day do not count", picture="calendar")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Close").first.click()
    await begin(page, "Add departure")
    await dialog.choose("The same time each week")
    await dialog.reads("Where it can, the car does so by itself", picture="weekly")
    await dialog.press()
    await dialog.reads("Next departure", picture="overview")
    await dialog.choose("Comfort")
    await dialog.reads("Seat heat", picture="comfort")
    await dialog.press()
    await dialog.reads("Next departure")
    await dialog.choose("Save")
    await until(is_kept, what="the departure is kept")
    await page.context.close()


async def hears(home: Home, browser: Browser, theme: Theme, size: ViewportSize) -> None:
    """Make an alert like the one of the set-up, and look at its thresholds first."""
    page = await browser.open(ENTRY, theme=theme, size=size)
    dialog = Dialog(page, f"alert-{theme}-{size['width']}")
    before = len(await rules(home, "alert"))

    async def is_kept() -> bool:
        return len(await rules(home, "alert")) == before + 1

    await begin(page, "Add alert")
    await dialog.reads("Choose how to begin", picture="kind")
    await dialog.choose("Make a new one")
    await dialog.reads("Low battery", picture="form")
    await dialog.press()
    await dialog.reads("Low battery: below 20 %", picture="overview")
    await dialog.reads("Nobody gets a message")
    await dialog.choose("Thresholds")
    await dialog.reads("It is told below this", picture="thresholds")
    await dialog.press()
    await dialog.choose("Whom to tell")
    await dialog.reads("automations can start with it", picture="whom")
    await dialog.press()
    await dialog.choose("Save")
    await until(is_kept, what="the alert is kept")
    await dialog.picture("end")
    await page.context.close()


async def look_at_more(browser: Browser) -> None:
    """Go through the pages of more, make a mistake on the way, and save nothing."""
    page = await browser.open(ENTRY, size=WINDOW)
    dialog = Dialog(page, "more")
    await begin(page, "Add charge rule")
    await dialog.choose("Charge between two times")
    await dialog.reads("The car charges in this window only", picture="window")
    await dialog.press()
    await dialog.reads("between 23:00 and 06:00")
    await dialog.choose("Name and places")
    await dialog.reads("Only say what it would do", picture="other")
    await dialog.fill(TITLE)
    await dialog.press()
    await dialog.reads("Another rule has this name", picture="mistake")
    await dialog.fill("Nights")
    await dialog.press()
    await dialog.reads("Nights")
    await dialog.choose("Days and times")
    await dialog.reads("such as holidays", picture="when")
    await dialog.press()
    await dialog.reads("Nothing is saved yet")
    await page.context.close()


async def show(page: Page, text: str, picture: str) -> None:
    """Wait until a page shows a text; keep a picture, if somebody wants one."""
    await expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
    if (folder := pictures()) is not None:
        folder.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=folder / f"{picture}.png")


async def look_at_what_was_made(home: Home, browser: Browser) -> None:
    """See the rule on its own page, and its nights in the calendar."""
    listed = await home.ws("config/device_registry/list")
    (device,) = (one["id"] for one in listed if one["name"] == TITLE)
    for name, theme, size in LOOKS if pictures() else LOOKS[:1]:
        page = await browser.open(
            f"/config/devices/device/{device}", theme=theme, size=size
        )
        await show(page, "Apply now", f"device-{name}")
        await page.goto(f"{home.url}/calendar")
        await show(page, f"{TITLE}: charge to 80 %", f"calendar-{name}")
        await page.context.close()


async def arrive(home: Home, cloud: Cloud) -> None:
    """Have the first car come home and be plugged in, so that it is known."""
    vin = cloud.vins[0]
    await cloud.act(vin, "plug")
    target = {"entity_id": (await car(home, vin)).entity("sensor", "state")}
    await home.call(INTEGRATION.name, "wake", target=target)
    await home.call(INTEGRATION.name, "refresh", {"fetch": True}, target=target)


async def test_a_newcomer_makes_a_rule_in_four_answers(
    home: Home, cloud: Cloud
) -> None:
    """Weekdays, ready by 07:30, 80 %: said in words before it is kept."""
    await arrive(home, cloud)
    async with Browser(home) as browser:
        for _, theme, size in MAKERS:
            await make(home, browser, theme, size)
        await departs(home, browser)
        await hears(home, browser, "dark", PHONE)
        await look_at_more(browser)
        await look_at_what_was_made(home, browser)
        await finds_ours(browser)
        assert browser.errors == []
    kept = await rules(home, "charge_rule")
    assert [rule["title"] for rule in kept[:2]] == [TITLE, f"{TITLE} 2"]
    assert not (said := complaints(home)), said
