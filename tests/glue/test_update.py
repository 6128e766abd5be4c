"""The software of the cars."""

import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import MINUTE, look, read, shown, street_shown
from .household import Household

KEY = "software_update"


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, the oldest one charging."""
    street.old_car.plug("ac")
    await read(street)
    assert shown(street, street.car, "update") == snapshot(name="Model Y, in full")
    assert street_shown(street, "update") == snapshot(name="every model")


async def test_an_update_is_offered_and_its_installation_followed(
    home: Household,
) -> None:
    """What Tesla offers, that it is being installed and how far, and that it is."""
    await read(home)
    before = home.state("update", KEY)
    assert (before.state, before.attributes["in_progress"]) == ("off", False)
    home.car.offer_update("2026.38.1")
    await look(home)
    offered = home.state("update", KEY)
    assert (offered.state, offered.attributes["in_progress"]) == ("on", False)
    assert offered.attributes["latest_version"] == "2026.38.1"
    assert offered.attributes["installed_version"] == "2026.32.6"
    home.car.act("schedule_software_update", {"offset_sec": 0})
    await home.pass_time(MINUTE)
    home.car.parts.software.installed = 40
    await look(home)
    running = home.state("update", KEY)
    assert (running.state, running.attributes["in_progress"]) == ("on", True)
    assert running.attributes["update_percentage"] == 40
    await home.until(lambda: home.car.parts.software.status == "")
    await look(home)
    after = home.state("update", KEY)
    assert (after.state, after.attributes["in_progress"]) == ("off", False)
    assert after.attributes["installed_version"] == "2026.38.1"


async def test_what_is_not_known_is_neither_old_nor_new(home: Household) -> None:
    """A car that was never read has no version, and nothing is guessed."""
    assert home.state("update", KEY).state == "unknown"
