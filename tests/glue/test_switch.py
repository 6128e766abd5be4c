"""Switches of the cars."""

from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import confirmed, read, shown, street_shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, one of them charging."""
    home.old_car.plug("ac")
    await read(home)
    assert shown(home, home.car, "switch") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "switch") == snapshot(name="Model S of 2016")


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """In short, once the cars were read."""
    await read(street)
    assert street_shown(street, "switch") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_charging_is_stopped_and_started(home: Household, car: str) -> None:
    """Signed or not, both are shown at once and verified by a look."""
    there = getattr(home, car)
    there.plug("ac")
    await read(home)
    stopped = await confirmed(home, "switch", "turn_off", "charge", car=there)
    started = await confirmed(home, "switch", "turn_on", "charge", car=there)
    found = (stopped.at_once, stopped.verified, started.at_once, started.verified)
    assert [(state.state, state.attributes["source"]) for state in found] == [
        ("off", "command"),
        ("off", "poll"),
        ("on", "command"),
        ("on", "poll"),
    ]
    sent = [name for _, name, _, _ in there.commands]
    assert sent == ["charge_stop", "charge_start"]


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """Without a cable the car refuses, and the owner reads why."""
    await read(home)
    before = home.state("switch", "charge")
    with pytest.raises(HomeAssistantError, match="No charge cable is plugged in"):
        await home.act("switch", "turn_on", "switch", "charge")
    assert home.state("switch", "charge") == before
    assert before.state == "off"
