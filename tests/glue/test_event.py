"""What happens to the cars, as it is shown."""

import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import read, shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once one of the cars was woken."""
    await read(home)
    home.car.sleep_now()
    await home.pass_time(180, 30)
    await home.act("button", "press", "button", "wake")
    assert shown(home, home.car, "event") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "event") == snapshot(name="Model S of 2016")
