"""The story that `scripts/demo --check` plays, and what must be true in it."""

from pathlib import Path

from . import dashboard
from .browser import Browser
from .cloud import Cloud
from .devices import devices
from .home import Home


async def story(home: Home, cloud: Cloud, browser: Browser, shots: Path) -> None:
    """Play it on a demo that has just become ready; raise where it goes wrong."""
    shown = {one.identity for one in await devices(home) if one.is_car}
    assert shown == set(cloud.vins), f"the dashboard has {shown}"
    await browser.pictures(
        f"/{dashboard.URL_PATH}/{dashboard.VIEW_PATH}", shots, "cars"
    )
    assert not browser.errors, browser.errors
    assert not (said := home.complaints("custom_components.fleet_pulse")), said
