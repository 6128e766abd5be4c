"""The software of the cars."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceNotSupported
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import HOUR, MINUTE, look, read, shown, street_shown
from .flows import Owner
from .household import Household
from .test_scopes import without

KEY: Final = "software_update"
INSTALL: Final = ("update", "install", "update", KEY)


@pytest.fixture
async def offered(home: Household) -> Household:
    """Give a home whose car was read, with an update that waits."""
    await read(home)
    home.car.offer_update("2026.38.1")
    await look(home)
    return home


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


async def test_installing_is_shown_at_once_and_verified(offered: Household) -> None:
    """The car is told to begin now; what it says then is shown."""
    await offered.act(*INSTALL)
    [(name, params)] = [(name, params) for _, name, params, _ in offered.car.commands]
    assert (name, params) == ("schedule_software_update", {"offset_sec": 0})
    at_once = offered.state("update", KEY)
    assert (at_once.attributes["source"], at_once.attributes["in_progress"]) == (
        "command",
        True,
    )
    await offered.pass_time(40)
    verified = offered.state("update", KEY)
    assert (verified.attributes["source"], verified.attributes["in_progress"]) == (
        "poll",
        True,
    )
    assert verified.attributes["latest_version"] == "2026.38.1"


async def test_a_sleeping_car_is_woken_for_it_through_the_guard(
    offered: Household,
) -> None:
    """Not to show what waits, but to install it: one wake, one command."""
    offered.car.sleep_now()
    await offered.pass_time(2 * MINUTE)
    before = len(offered.cloud.requests.billed)
    assert offered.state("update", KEY).state == "on"
    assert len(offered.cloud.requests.billed) == before
    await offered.act(*INSTALL)
    assert len(offered.cloud.requests.of("wake")) == 1
    assert offered.car.parts.software.status in ("scheduled", "installing")


async def test_a_refusal_changes_nothing(offered: Household) -> None:
    """The car's own words reach the owner; the update waits on."""
    offered.car.refuse_next("not_now")
    with pytest.raises(HomeAssistantError, match="not_now"):
        await offered.act(*INSTALL)
    state = offered.state("update", KEY)
    assert (state.state, state.attributes["in_progress"]) == ("on", False)


async def test_what_does_not_wait_cannot_be_installed(offered: Household) -> None:
    """Neither what is loaded still, nor what is planned for the night."""
    offered.car.parts.software.status = "downloading"
    await look(offered)
    with pytest.raises(ServiceNotSupported):
        await offered.call(*INSTALL)
    offered.car.parts.software.status = "available"
    offered.car.act("schedule_software_update", {"offset_sec": 5 * HOUR})
    before = len(offered.car.commands)
    await look(offered)
    state = offered.state("update", KEY)
    assert (state.state, state.attributes["in_progress"]) == ("on", False)
    with pytest.raises(ServiceNotSupported):
        await offered.call(*INSTALL)
    assert len(offered.car.commands) == before


async def test_without_permission_it_is_only_shown(house: Household) -> None:
    """What waits can be seen, not installed."""
    await house.prepare()
    owner = Owner(house)
    result = await owner.consent(await owner.start(), scopes=without("vehicle_cmds"))
    await owner.sign_in_from(await owner.submit(result))
    house.car.request_wake()
    house.car.offer_update("2026.38.1")
    await look(house)
    assert house.state("update", KEY).state == "on"
    with pytest.raises(ServiceNotSupported):
        await house.call(*INSTALL)
