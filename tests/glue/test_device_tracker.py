"""Where the cars are."""

import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import (
    MINUTE,
    Rows,
    guard,
    look,
    look_unchanged,
    read,
    shown,
    street_shown,
)
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, the oldest one charging."""
    street.old_car.plug("ac")
    await read(street)
    assert shown(street, street.car, "device_tracker") == snapshot(
        name="Model Y, in full"
    )
    assert street_shown(street, "device_tracker") == snapshot(name="every model")


async def test_it_follows_the_car(home: Household) -> None:
    """At home it is home; away it is where the car said."""
    latitude, longitude = home.car.home
    await home.hass.config.async_update(latitude=latitude, longitude=longitude)
    await read(home)
    assert home.state("device_tracker", "location").state == "home"
    home.car.drive(30)
    await home.pass_time(20 * MINUTE, 30)
    await look(home)
    away = home.state("device_tracker", "location")
    assert away.state == "not_home"
    place = (away.attributes["latitude"], away.attributes["longitude"])
    assert place == pytest.approx(home.car.location, abs=0.05)


async def test_a_place_that_did_not_change_is_not_written(home: Household) -> None:
    """Trackers write with every update by default: ours does not."""
    await read(home)
    said = await guard(home)
    rows = Rows(home, home.car)
    await look_unchanged(home, said, 3)
    assert rows.written["device_tracker.location"] == 0


async def test_without_the_permission_there_is_none(house: Household) -> None:
    """An owner who does not share the location gets no empty map."""
    account = next(iter(house.cloud.accounts.values()))
    account.withdraw("vehicle_location")
    await house.set_up()
    assert shown(house, house.car, "device_tracker") == {}
    assert house.state("sensor", "state").state == "asleep"
