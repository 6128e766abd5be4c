"""Buttons of the cars."""

from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import read, shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, one of them charging."""
    home.old_car.plug("ac")
    await read(home)
    assert shown(home, home.car, "button") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "button") == snapshot(name="Model S of 2016")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_pressing_does_it_once(home: Household, car: str) -> None:
    """Signed or not, an awake car flashes and honks, once each."""
    await read(home)
    there = getattr(home, car)
    await home.act("button", "press", "button", "flash_lights", car=there)
    assert (there.flashes, there.honks) == (1, 0)
    await home.act("button", "press", "button", "honk_horn", car=there)
    assert (there.flashes, there.honks) == (1, 1)


async def test_pressing_wakes_nobody(home: Household) -> None:
    """To a sleeping car it says why not, and costs nothing."""
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("button", "press", "button", "flash_lights")
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("button", "press", "button", "honk_horn")
    assert home.car.state == "asleep"
    assert home.cloud.requests.billed == []


async def test_the_wake_button_wakes_through_the_guard(home: Household) -> None:
    """One press is one wake; another, of a car that is awake, is none."""
    await home.act("button", "press", "button", "wake")
    assert home.car.state == "online"
    assert home.state("sensor", "wakes_today").state == "1"
    await home.act("button", "press", "button", "wake")
    assert len(home.cloud.requests.of("wake")) == 1
