"""Binary sensors of the cars."""

from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import look, read, shown, values
from .household import Household

DOORS: Final = "binary_sensor.door_"
DOOR: Final = "binary_sensor.door_passenger_rear"


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, one of them charging."""
    home.old_car.plug("ac")
    await read(home)
    assert shown(home, home.car, "binary_sensor") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "binary_sensor") == snapshot(
        name="Model S of 2016"
    )


async def test_an_open_door_is_shown_at_the_next_look(home: Household) -> None:
    """A door that was opened, is; nothing else opened with it."""
    await read(home)
    before = values(home, home.car)
    home.car.open_door("pr")
    await look(home)
    after = values(home, home.car)
    assert (before[DOOR], after[DOOR]) == ("off", "on")
    opened = {key for key in after if key.startswith(DOORS) and after[key] == "on"}
    assert opened == {DOOR}
