"""Binary sensors of the cars."""

from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import look, read, shown, street_shown, values
from .household import Household

DOORS: Final = "binary_sensor.door_"
DOOR: Final = "binary_sensor.door_passenger_rear"


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, the oldest one charging."""
    street.old_car.plug("ac")
    await read(street)
    assert shown(street, street.car, "binary_sensor") == snapshot(
        name="Model Y, in full"
    )
    assert street_shown(street, "binary_sensor") == snapshot(name="every model")


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
