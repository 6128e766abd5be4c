"""Triggers on what a car does, in automations that run while it does it."""

from datetime import timedelta
from typing import Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.awaited import AWAITED
from custom_components.fleet_pulse.car_news import EVENT_CAR
from custom_components.fleet_pulse.promises import (
    EVENT_COMMAND_DROPPED,
    EVENT_COMMAND_REFUSED,
)
from tests.fake_fleet.car import HOME
from tests.fake_fleet.geography import beside

from .actions import device_of
from .diary import Diary
from .entities import MINUTE, look, read
from .household import Household
from .rule_devices import device_of_rule
from .rules import MORNING, add_rule, live_here

OF_CARS: Final = sorted(
    row.key for row in AWAITED if {EVENT_CAR, EVENT_COMMAND_REFUSED} & set(row.events)
)


@pytest.fixture
async def diary(home: Household) -> Diary:
    """Give a home whose car is awake and known, and a diary of what it does."""
    home.car._sleep.self_wakes = False
    await live_here(home)
    await read(home)
    diary = Diary(home)
    await diary.keep(
        *((key, {}) for key in OF_CARS), device_id=device_of(home, home.car)
    )
    return diary


async def test_an_automation_runs_by_everything_a_car_does(diary: Diary) -> None:
    """A day of it: each is told once, when the car says so, with what is to be said."""
    home, car = diary.home, diary.home.car
    assert diary.read() == []

    car.parts.charging.limit = round(car.soc) + 1
    car.plug()
    await home.pass_time(MINUTE)
    await look(home)
    assert diary.noted[0]["name"] == "Skipper"
    assert diary.noted[0]["description"] == "plugged_in Skipper"
    assert diary.noted[0]["device_id"] == device_of(home, car)
    assert diary.noted[0]["soc"] == round(car.soc)
    said_at = dt_util.parse_datetime(diary.noted[0]["said_at"])
    assert said_at is not None
    assert timedelta() <= dt_util.utcnow() - said_at < timedelta(minutes=2)
    assert diary.read() == ["plugged_in", "charging_started"]

    await look(home)
    assert diary.read() == []

    car.parts.charging.limit = 90
    car.operate("charge_stop")
    await look(home)
    assert diary.read() == ["charging_stopped"]

    car.operate("charge_start")
    await look(home)
    assert diary.read() == ["charging_started"]

    car.parts.charging.limit = round(car.soc)
    await home.pass_time(10 * MINUTE, MINUTE)
    await look(home)
    assert diary.read() == ["charging_complete"]

    car.drive(30, beside(HOME, 5, 90))
    await home.pass_time(2 * MINUTE, MINUTE)
    await look(home)
    await home.pass_time(30 * MINUTE, MINUTE)
    zones = [one["zone"] for one in diary.noted]
    assert diary.read() == ["unplugged", "left"]
    assert zones == ["", "test home"]

    car.drive(30, HOME)
    await home.pass_time(40 * MINUTE, MINUTE)
    assert diary.read() == ["arrived"]

    car.sleep_now()
    await home.pass_time(3 * MINUTE, MINUTE)
    assert diary.read() == ["fell_asleep"]

    await home.act("button", "press", "button", "wake", within=200)
    assert [(one["by"], one["reason"]) for one in diary.noted] == [
        ("action", "button wake")
    ]
    assert diary.read() == ["woke_up"]


async def test_a_refusal_is_told_with_its_reason(diary: Diary) -> None:
    """Whoever asked reads it, too; what waited is told when it is given up."""
    home = diary.home
    home.car.refuse_next("vehicle_in_drive")
    with pytest.raises(HomeAssistantError):
        await home.act("cover", "open_cover", "cover", "windows")
    assert [(one["command"], one["reason"]) for one in diary.noted] == [
        ("window_control", "refused_vehicle_in_drive")
    ]
    assert diary.read() == ["command_refused"]
    for car in (home.old_car, home.car):
        about = {"device_id": device_of(home, car), "command": "door_lock"}
        home.hass.bus.async_fire(EVENT_COMMAND_DROPPED, about)
    await home.settle()
    assert [one["command"] for one in diary.noted] == ["door_lock"]


async def test_what_changed_while_nobody_listened_is_not_told(diary: Diary) -> None:
    """After a restart the first look only takes note; what follows is told."""
    home, car = diary.home, diary.home.car
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    car.plug()
    car.parts.charging.limit = 90
    await home.pass_time(20 * MINUTE, MINUTE)
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    await look(home)
    assert home.state("binary_sensor", "charge_cable").state == "on"
    assert diary.read() == []
    car.operate("charge_stop")
    await look(home)
    assert diary.read() == ["charging_stopped"]


async def test_a_car_that_is_seen_for_the_first_time_did_nothing(
    home: Household,
) -> None:
    """Unknown until now: it may have been plugged in for days."""
    home.car.plug()
    home.car.sleep_now()
    diary = Diary(home)
    waits = ((key, {}) for key in OF_CARS)
    await diary.keep(*waits, device_id=device_of(home, home.car))
    await read(home)
    assert diary.read() == ["woke_up"]


async def test_only_what_was_chosen_is_told(home: Household) -> None:
    """This zone and no other; woken by this and by nothing else."""
    home.car._sleep.self_wakes = False
    rule = await add_rule(home, "Weekdays", MORNING)
    await read(home)
    diary = Diary(home)
    await diary.keep(
        ("woke_up", {"by": ["rule", "car"]}),
        ("left", {"zone": "zone.home"}),
        ("arrived", {"zone": ["zone.work"]}),
        ("unplugged", {}),
        device_id=device_of_rule(home, rule).id,
    )
    car = home.car
    car.sleep_now()
    await home.pass_time(3 * MINUTE, MINUTE)
    await home.act("button", "press", "button", "wake", within=200)
    assert diary.read() == []
    car.sleep_now()
    await home.pass_time(3 * MINUTE, MINUTE)
    car.request_wake()
    await home.pass_time(3 * MINUTE, MINUTE)
    assert [one["by"] for one in diary.noted] == ["car"]
    assert diary.read() == ["woke_up"]
    car.drive(20, beside(HOME, 5, 90))
    await home.pass_time(25 * MINUTE, MINUTE)
    car.drive(20, HOME)
    await home.pass_time(25 * MINUTE, MINUTE)
    assert diary.read() == ["left"]


async def test_a_parked_car_may_wander_and_has_not_left(home: Household) -> None:
    """Nor does one arrive because its zone is moved, or because of a restart."""
    car = home.car
    await live_here(home)
    await read(home)
    diary = Diary(home)
    car.operate("set_sentry_mode", on=True)
    waits = (("arrived", {}), ("left", {}))
    await diary.keep(*waits, device_id=device_of(home, car))

    async def stands(metres: float) -> list[str]:
        car.parts.motion.place = beside(HOME, metres / 1000, 90)
        await look(home)
        return diary.read()

    assert [await stands(metres) for metres in (50, 170, 30, 170)] == [[]] * 4
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert [await stands(metres) for metres in (170, 150, 190)] == [[]] * 3
    assert await stands(260) == ["left"]
    assert [await stands(metres) for metres in (170, 260)] == [[]] * 2
    assert await stands(50) == ["arrived"]

    latitude, longitude = beside(HOME, 5, 90)
    await home.hass.config.async_update(latitude=latitude, longitude=longitude)
    assert await stands(60) == []
