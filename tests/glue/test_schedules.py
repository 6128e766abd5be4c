"""The schedules in a car: read when they have changed, with a look that is due anyway."""

import pytest

from .actions import Actions
from .garage import Garage
from .household import Household

LISTS = ("charge_schedule_data", "preconditioning_schedule_data")


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car is awake and was looked at."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    return garage


@pytest.fixture
def actions(garage: Garage) -> Actions:
    """Give the actions on these cars."""
    return Actions(garage)


def asked(garage: Garage) -> list[list[str]]:
    """Give which lists of schedules each look at the car asked for."""
    return [[name for name in LISTS if name in look.query] for look in garage.looks()]


async def test_nobody_asks_for_schedules_without_a_reason(garage: Garage) -> None:
    """A car without rules is looked at as ever."""
    await garage.fetch()

    assert asked(garage)
    assert [lists for lists in asked(garage) if lists] == []


async def test_a_written_schedule_is_read_back_once(actions: Actions) -> None:
    """With the look that follows every command; then it is known for sure."""
    garage = actions.garage
    before = len(garage.looks())

    await actions.call("set_schedule", kind="charge", name="Night", start="23:00")
    await garage.home.pass_time(300)
    await garage.fetch()

    assert len(garage.looks()) > before + 1
    assert asked(garage)[before:][0] == ["charge_schedule_data"]
    assert asked(garage)[before + 1 :] == [[]] * (len(garage.looks()) - before - 1)


async def test_a_removed_schedule_is_read_back_once(actions: Actions) -> None:
    """That the car said yes is not enough to believe that it is gone."""
    garage = actions.garage
    await actions.call("set_schedule", kind="precondition", name="Work", end="07:00")
    await garage.home.pass_time(300)
    before = len(garage.looks())

    await actions.call("remove_schedule", kind="precondition", name="Work")
    await garage.home.pass_time(300)

    assert asked(garage)[before:] == [["preconditioning_schedule_data"]]
