"""What happens to the cars, as it is shown."""

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.fleet_pulse.fleet.wake_news import WakeKind, WakeNews
from custom_components.fleet_pulse.promises import async_tell_wake

from .entities import read, shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once it was told that one of the cars was woken."""
    await read(home)
    woken = WakeNews(
        kind=WakeKind.AWAKE,
        reason="button wake",
        scheduled=False,
        result="awake",
        # A real one takes as long as this machine is busy.
        took=timedelta(seconds=18),
        posts=1,
    )
    async_tell_wake(home.hass, home.entry, home.car.vin, woken)
    await home.settle()
    assert shown(home, home.car, "event") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "event") == snapshot(name="Model S of 2016")
