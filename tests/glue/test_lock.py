"""The locks of the cars."""

import asyncio

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
    assert shown(home, home.car, "lock") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "lock") == snapshot(name="Model S of 2016")


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """In short, once the cars were read."""
    await read(street)
    assert street_shown(street, "lock") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_doors_are_unlocked_and_locked(home: Household, car: str) -> None:
    """Signed or not, both are shown at once and verified by a look."""
    await read(home)
    there = getattr(home, car)
    opened = await confirmed(home, "lock", "unlock", "doors", car=there)
    closed = await confirmed(home, "lock", "lock", "doors", car=there)
    found = (opened.at_once, opened.verified, closed.at_once, closed.verified)
    assert [(state.state, state.attributes["source"]) for state in found] == [
        ("unlocked", "command"),
        ("unlocked", "poll"),
        ("locked", "command"),
        ("locked", "poll"),
    ]
    assert [name for _, name, _, _ in there.commands] == ["door_unlock", "door_lock"]


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """The car's own words reach the owner; the state stays as it was."""
    await read(home)
    before = home.state("lock", "doors")
    home.car.in_service = True
    await home.pass_time(60)
    with pytest.raises(HomeAssistantError, match="in service"):
        await home.act("lock", "unlock", "lock", "doors")
    assert home.state("lock", "doors") == before
    assert home.car.commands == []


async def test_one_car_does_not_wait_for_another(home: Household) -> None:
    """While one car is being woken, the other locks."""
    await read(home)
    home.car.sleep_now()
    home.car.reachable = False
    await home.pass_time(60)
    waking = asyncio.create_task(home.call("lock", "unlock", "lock", "doors"))
    await home.settle()
    await home.act("lock", "unlock", "lock", "doors", car=home.old_car, within=5)
    assert not waking.done()
    assert home.old_car.locked is False
    waking.cancel()
