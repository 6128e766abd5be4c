"""The schedules in a car: of actions, of rules, of its owner's app.

They are read when they have changed, with a look that is due anyway.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.view import Matter
from tests.fake_fleet.car import HOME
from tests.fake_fleet.onboard import ChargeSchedule

from .actions import Actions
from .garage import Garage
from .household import Household
from .rules import NIGHT, add_rule, change_rule, remove_rule, runner, sent, view

type Undo = Callable[[Household, str], Awaitable[None]]

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
LEAVE: Final = {"source": "weekly", "days": NIGHT["days"], "at": "07:30:00"}
"""Have a cabin that is comfortable every day at half past seven."""
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


# ---- the schedules of rules


@pytest.fixture
async def night(home: Household) -> str:
    """Have a car come home in the evening and be plugged in; give its rule.

    It sleeps, and never wakes by itself: every word that it hears is one it was woken
    for, unless its own schedule woke it.
    """
    car = home.car
    car.parts.battery.soc = 40
    await home.pass_time(_until(home, 18), 600)
    rule = await add_rule(home, "Night", NIGHT)
    car.drive(20, HOME)
    await home.pass_time(30 * MINUTE, MINUTE)
    car.plug("ac")
    await home.pass_time(45 * MINUTE, MINUTE)
    car.sleep_through()
    await home.pass_time(5 * MINUTE, MINUTE)
    return rule


def _until(home: Household, hour: int) -> float:
    """Give the seconds until an hour of the day at home."""
    now = dt_util.now()
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return ((then - now) % timedelta(days=1)).total_seconds()


def rows(home: Household) -> list[ChargeSchedule]:
    """Give the charge schedules in the car."""
    return list(home.car.parts.schedules.charge.values())


def wakes(home: Household) -> int:
    """Give how often the car was woken by anybody."""
    return len(home.cloud.requests.of("wake"))


async def switched_off(home: Household, rule: str) -> None:
    """Switch a rule off."""
    await runner(home).async_set_enabled(rule, False)


async def test_a_car_charges_though_home_assistant_is_off(
    home: Household, night: str
) -> None:
    """All night; in the morning all is as it should be, and nothing is sent."""
    garage, car = Garage(home), home.car
    assert sent(home) == ["add_charge_schedule"]
    await garage.unload()
    asked = len(home.cloud.requests)
    await home.pass_time(_until(home, 7), 300)
    assert len(home.cloud.requests) == asked
    assert car.soc == pytest.approx(80, abs=1)

    await garage.load()
    await home.pass_time(HOUR, MINUTE)

    assert sent(home) == ["add_charge_schedule"]
    assert view(home, night).reason.why in (ChargeWhy.REACHED, ChargeWhy.STORED_IN_CAR)
    assert wakes(home) == 0


async def test_nothing_is_written_into_a_sleeping_car(home: Household) -> None:
    """A new rule waits until the car is awake anyway, also over a restart."""
    home.car.sleep_through()
    await home.pass_time(HOUR, 300)
    rule = await add_rule(home, "Night", NIGHT)
    await home.pass_time(HOUR, 300)
    await Garage(home).restart()
    await home.pass_time(HOUR, 300)
    assert sent(home) == []
    assert view(home, rule).reason.why is not ChargeWhy.STORED_IN_CAR

    home.car.request_wake()
    await home.pass_time(10 * MINUTE, MINUTE)

    assert sent(home) == ["add_charge_schedule"]


async def test_a_rule_switched_off_is_out_of_the_car_before_its_start(
    home: Household, night: str
) -> None:
    """A sleeping car is woken for it once, in the evening; and charges not."""
    await runner(home).async_set_enabled(night, False)
    await home.pass_time(_until(home, 21), 300)
    assert view(home, night).reason.why is ChargeWhy.STILL_STORED
    assert wakes(home) == 0

    await home.pass_time(_until(home, 22), MINUTE)

    assert rows(home) == []
    assert wakes(home) == 1
    await home.pass_time(8 * HOUR, 300)
    assert view(home, night).reason.why is ChargeWhy.DISABLED
    assert home.car.soc == pytest.approx(40, abs=2)
    assert wakes(home) == 1


@pytest.mark.parametrize("undo", [switched_off, remove_rule])
async def test_what_is_undone_at_night_is_out_of_the_car_at_once(
    home: Household, night: str, undo: Undo
) -> None:
    """Who says so is up, and the car would begin before anybody is again."""
    await home.pass_time(_until(home, 22) + 20 * MINUTE, 300)
    assert wakes(home) == 0

    await undo(home, night)
    await home.pass_time(10 * MINUTE, MINUTE)

    assert rows(home) == []
    assert wakes(home) == 1
    await home.pass_time(8 * HOUR, 300)
    assert home.car.soc == pytest.approx(40, abs=2)
    assert wakes(home) == 1


async def test_a_rule_switched_off_while_the_car_is_awake(
    home: Household, night: str
) -> None:
    """It is gone at once; the car that waited for it does not begin to charge."""
    home.car.request_wake()
    await home.pass_time(5 * MINUTE, MINUTE)

    await runner(home).async_set_enabled(night, False)
    await home.pass_time(10 * MINUTE, MINUTE)

    assert rows(home) == []
    await home.pass_time(10 * HOUR, 300)
    assert home.car.soc == pytest.approx(40, abs=2)


async def test_a_hold_is_held_in_the_car_too(home: Household, night: str) -> None:
    """Tonight is left out at once, and comes back when the owner says so."""
    home.car.request_wake()
    await home.pass_time(5 * MINUTE, MINUTE)

    await runner(home).async_hold(home.car.vin, None)
    await home.pass_time(5 * MINUTE, MINUTE)
    (held,) = rows(home)
    assert not held.days_of_week & _bit(dt_util.now().date())
    await runner(home).async_resume(home.car.vin)
    await home.pass_time(5 * MINUTE, MINUTE)

    (row,) = rows(home)
    assert row.days_of_week == 127
    assert wakes(home) == 0
    assert view(home, night).reason.why is ChargeWhy.STORED_IN_CAR


async def test_a_car_is_ready_in_time_though_home_assistant_is_off(
    home: Household,
) -> None:
    """The window in the car is as long as it takes with what the car came home with."""
    car = home.car
    car.parts.battery.soc = 75
    await add_rule(home, "Morning", {**NIGHT, "windows": None, "ready_by": "07:30:00"})
    await home.pass_time(_until(home, 18), 600)
    car.drive(20, HOME)
    await home.pass_time(30 * MINUTE, MINUTE)
    car.parts.battery.soc = 55
    car.plug("ac")
    await home.pass_time(45 * MINUTE, MINUTE)
    (row,) = rows(home)
    assert (row.start_enabled, row.end_enabled, row.end_time) == (True, True, 510)

    await Garage(home).unload()
    await home.pass_time(_until(home, 22), 300)
    assert not car.parts.is_charging
    await home.pass_time(_until(home, 7) + 30 * MINUTE, 300)

    assert car.soc == pytest.approx(80, abs=1)


async def test_a_deleted_rule_leaves_nothing_in_the_car(
    home: Household, night: str
) -> None:
    """Also where the car slept when it was deleted, and nobody knows the rule now."""
    await remove_rule(home, night)
    await home.pass_time(_until(home, 23), MINUTE)

    assert rows(home) == []
    await home.pass_time(8 * HOUR, 300)
    assert home.car.soc == pytest.approx(40, abs=2)


async def test_a_skipped_night_is_left_out_and_comes_back(
    home: Household, night: str
) -> None:
    """The schedule stays for the other nights."""
    today = dt_util.now().date()
    await runner(home).async_skip(night, today)
    await home.pass_time(_until(home, 23), MINUTE)
    (row,) = rows(home)
    assert not row.days_of_week & _bit(today)
    await home.pass_time(_until(home, 7), 300)
    assert home.car.soc == pytest.approx(40, abs=2)

    home.car.request_wake()
    await home.pass_time(10 * MINUTE, MINUTE)

    (row,) = rows(home)
    assert row.days_of_week == 127


async def test_a_car_out_of_reach_is_stopped_once_it_charges(
    home: Household, night: str
) -> None:
    """It did not hear in time that its schedule is over."""
    home.cloud.fail("*/wake_up", status=408, times=99)
    await runner(home).async_set_enabled(night, False)
    await home.pass_time(_until(home, 23) - MINUTE, MINUTE)
    assert len(rows(home)) == 1

    await home.pass_time(30 * MINUTE, MINUTE)

    assert rows(home) == []
    assert home.car.charging_state == "Stopped"
    await home.pass_time(8 * HOUR, 300)
    assert home.car.soc == pytest.approx(40, abs=5)


async def test_an_edited_rule_replaces_what_is_in_the_car(
    home: Household, night: str
) -> None:
    """Another window, at the same place in the car."""
    (before,) = rows(home)
    home.car.request_wake()
    await home.pass_time(5 * MINUTE, MINUTE)

    await change_rule(home, night, windows=[{"start": "01:00:00", "end": "05:00:00"}])
    await home.pass_time(10 * MINUTE, MINUTE)

    (row,) = rows(home)
    assert (row.id, row.start_time, row.end_time) == (before.id, 60, 300)


async def test_schedules_of_others_stay_as_they_are(
    home: Household, night: str
) -> None:
    """Neither a rule that comes nor one that goes touches them."""
    own = ChargeSchedule(id=1726000000, start_enabled=True, start_time=60, latitude=1)
    home.car.parts.schedules.charge[own.id] = own
    home.car.request_wake()
    await home.pass_time(5 * MINUTE, MINUTE)

    await remove_rule(home, night)
    await home.pass_time(10 * MINUTE, MINUTE)

    assert rows(home) == [own]


async def test_a_car_that_refuses_is_asked_again_ever_later(home: Household) -> None:
    """What it does not take is neither given up nor asked for every minute."""
    car = home.car
    car.refuse_next("not_now", times=4)
    await home.pass_time(HOUR, 300)
    await add_rule(home, "Night", NIGHT)
    car.parts.settings.sentry = True
    car.request_wake()
    await home.pass_time(90 * MINUTE, MINUTE)

    assert len(rows(home)) == 1
    assert sent(home) == ["add_charge_schedule"] * 5


async def test_a_cabin_is_ready_though_home_assistant_is_off(home: Household) -> None:
    """A weekly departure lies in the car, and goes when it does."""
    car = home.car
    await home.pass_time(_until(home, 18), 600)
    departure = await add_rule(home, "Work", LEAVE, matter=Matter.PRECONDITIONING)
    car.request_wake()
    await home.pass_time(10 * MINUTE, MINUTE)
    (row,) = car.parts.schedules.precondition.values()
    assert (row.precondition_time, row.days_of_week) == (450, 127)
    assert sent(home) == ["add_precondition_schedule"]

    garage = Garage(home)
    await garage.unload()
    await home.pass_time(_until(home, 7) + 29 * MINUTE, 60)
    assert car.parts.cabin.is_preconditioning

    await garage.load()
    await home.pass_time(20 * MINUTE, MINUTE)
    # It is awake, but has begun to count anew since it was last spoken to.
    await remove_rule(home, departure)
    await home.pass_time(10 * MINUTE, 10)
    assert car.parts.schedules.precondition == {}


def _bit(day: date) -> int:
    """Give the car's bit of a day of the week."""
    return 1 << day.isoweekday() % 7


# ---- a car that knows no schedules


async def writes(home: Household, write: str) -> int:
    """Have a car say no to what it does not know, for a while; count how often."""
    home.car.request_wake()
    await home.pass_time(2 * HOUR, MINUTE)
    await Garage(home).restart()
    home.car.request_wake()
    await home.pass_time(2 * HOUR, MINUTE)
    return heard(home, write)


def heard(home: Household, write: str) -> int:
    """Count how often a car heard of a command, whether it knows it or not."""
    messages = home.cloud.sides[home.car.vin].heard
    return [call.command for one in messages for call in one.calls].count(write)


async def test_a_car_that_knows_no_schedules_is_asked_once_and_then_told(
    home: Household,
) -> None:
    """Its rule charges by commands; newer software is asked once more."""
    car, write = home.car, "add_charge_schedule"
    car.refuses[write] = "unsupported_vehicle"
    car.parts.battery.soc = 40
    await home.pass_time(_until(home, 18), 600)
    await add_rule(home, "Night", NIGHT)
    car.plug("ac")
    assert await writes(home, write) == 1
    await home.pass_time(_until(home, 23) - MINUTE, 5 * MINUTE)
    await home.pass_time(20 * MINUTE, MINUTE)
    assert car.charging_state == "Charging"
    assert sent(home).count("charge_start") == 1
    assert sent(home).count(write) == 1

    car.parts.software.version = "2026.44.9"
    await home.pass_time(2 * HOUR, 5 * MINUTE)

    assert sent(home).count(write) == 2


async def test_a_car_that_knows_no_departures_is_asked_once_and_then_told(
    home: Household,
) -> None:
    """Whatever words it has for that; it is warm by a command."""
    car, write = home.car, "add_precondition_schedule"
    car.refuses[write] = "not_supported"
    car.plug("ac")
    await add_rule(home, "Work", LEAVE, matter=Matter.PRECONDITIONING)
    assert await writes(home, write) == 1
    await home.pass_time(_until(home, 7) + 25 * MINUTE, 5 * MINUTE)
    assert car.parts.cabin.is_on
    assert sent(home).count(write) == 1


async def test_a_fault_of_its_protocol_says_so_as_well_as_words(
    home: Household,
) -> None:
    """Older software has no name for the command in a signed message."""
    car, write = home.car, "add_charge_schedule"
    home.cloud.sides[car.vin].unknown_commands.add(write)
    car.parts.battery.soc = 40
    await home.pass_time(_until(home, 18), 600)
    await add_rule(home, "Night", NIGHT)
    car.plug("ac")

    assert await writes(home, write) == 1


async def test_what_a_car_does_not_know_is_not_asked_of_it_again(
    actions: Actions,
) -> None:
    """It is not even woken; its owner hears why, and what goes on without it."""
    garage, write = actions.garage, "add_charge_schedule"
    garage.car.refuses[write] = "not_supported"
    with pytest.raises(HomeAssistantError, match="It may lack the equipment"):
        await actions.call("set_schedule", kind="charge", name="Night", start="23:00")
    garage.car.sleep_now()
    await garage.look()

    with pytest.raises(HomeAssistantError) as told:
        await actions.call("set_schedule", kind="charge", name="Night", start="23:00")

    assert str(told.value) == (
        "Nothing was sent: the car has said that its software knows no schedules. Charge"
        " rules and departures go on without, by commands at their time. When the car"
        " has newer software, do this again: it is asked anew"
    )
    assert garage.car.state == "asleep"
    assert heard(garage.home, write) == 1
