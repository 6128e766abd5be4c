"""Selects of the cars: levels of warmth."""

import asyncio

from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.fake_fleet.car import Car

from .entities import confirmed, look, read, shown, street_shown
from .household import Household


def sent(car: Car) -> list[tuple[str, dict[str, object]]]:
    """Give what a car was told, in order."""
    return [(name, params) for _, name, params, _ in car.commands]


def heated(seat: int, level: int) -> tuple[str, dict[str, object]]:
    """Give how a car hears of a seat's heating."""
    return ("remote_seat_heater_request", {"level": level, "seat_position": seat})


START = ("auto_conditioning_start", {})


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read."""
    await read(street)
    assert shown(street, street.car, "select") == snapshot(name="Model Y, in full")
    assert street_shown(street, "select") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_a_level_is_shown_at_once_and_verified(home: Household, car: str) -> None:
    """Signed or not: the climate starts, without which no seat warms, then the seat."""
    await read(home)
    there = getattr(home, car)
    found = await confirmed(
        home, "select", "select_option", "seat_heater_left", car=there, option="high"
    )
    assert (found.at_once.state, found.at_once.attributes["source"]) == (
        "high",
        "command",
    )
    assert (found.verified.state, found.verified.attributes["source"]) == (
        "high",
        "poll",
    )
    assert sent(there) == [START, heated(0, 3)]


@pytest.mark.parametrize(
    ("key", "option", "told"),
    [
        pytest.param(
            "seat_fan_front_right",
            "medium",
            (
                "remote_seat_cooler_request",
                {"seat_cooler_level": 3, "seat_position": 2},
            ),
            id="a seat is cooled",
        ),
        pytest.param(
            "steering_wheel_heat_level",
            "high",
            ("remote_steering_wheel_heat_level_request", {"level": 3}),
            id="the wheel is warmed",
        ),
    ],
)
async def test_what_a_pickup_has_beside_its_seats(
    street: Household, key: str, option: str, told: tuple[str, dict[str, object]]
) -> None:
    """Levels as the car counts them, confirmed by the look that follows."""
    truck = next(c for c in street.cloud.cars.values() if c.spec.key == "cybertruck")
    await read(street)
    home_key = street.cloud.key_of("example.com")
    assert home_key is not None
    truck.pair(home_key)
    found = await confirmed(
        street, "select", "select_option", key, car=truck, option=option
    )
    assert (found.at_once.state, found.at_once.attributes["source"]) == (
        option,
        "command",
    )
    assert (found.verified.state, found.verified.attributes["source"]) == (
        option,
        "poll",
    )
    assert sent(truck) == [START, told]


async def test_switching_off_starts_nothing(home: Household) -> None:
    """A seat that is to be cold needs no climate."""
    await read(home)
    home.car.act("auto_conditioning_start", {})
    home.car.act("remote_seat_heater_request", {"level": 2, "seat_position": 1})
    await look(home)
    assert home.state("select", "seat_heater_right").state == "medium"
    home.car.act("auto_conditioning_stop", {})
    before = len(home.car.commands)
    await home.act(
        "select", "select_option", "select", "seat_heater_right", option="off"
    )
    assert sent(home.car)[before:] == [heated(1, 0)]


@pytest.mark.usefixtures("everything_enabled")
async def test_two_seats_at_once_are_two_and_start_the_climate_once(
    home: Household,
) -> None:
    """Nothing of one is taken for the other."""
    await read(home)
    calls = [
        asyncio.create_task(
            home.call("select", "select_option", "select", key, option=option)
        )
        for key, option in (
            ("seat_heater_left", "low"),
            ("seat_heater_rear_left", "high"),
        )
    ]
    await home.pass_time(6, 0.5)
    await asyncio.gather(*calls)
    first, *rest = sent(home.car)
    assert first == START
    assert sorted(map(str, rest)) == sorted(map(str, (heated(0, 1), heated(2, 3))))


async def test_of_several_choices_the_last_is_sent(home: Household) -> None:
    """Whoever goes through the levels with a finger means where it rests."""
    await read(home)
    calls = [
        asyncio.create_task(
            home.call(
                "select", "select_option", "select", "seat_heater_left", option=option
            )
        )
        for option in ("low", "medium", "high", "medium")
    ]
    await home.pass_time(6, 0.5)
    await asyncio.gather(*calls)
    assert sent(home.car) == [START, heated(0, 2)]


async def test_a_sleeping_car_is_woken_through_the_guard(home: Household) -> None:
    """One wake for both commands."""
    await home.act(
        "select", "select_option", "select", "seat_heater_left", option="low"
    )
    assert sent(home.car) == [START, heated(0, 1)]
    assert len(home.cloud.requests.of("wake")) == 1
    assert home.state("sensor", "wakes_today").state == "1"


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """The car's own words reach the owner; the state stays as it was."""
    await read(home)
    before = home.state("select", "seat_heater_left")
    home.car.refuse_next("not_now")
    with pytest.raises(HomeAssistantError, match="not_now"):
        await home.act(
            "select", "select_option", "select", "seat_heater_left", option="low"
        )
    assert home.state("select", "seat_heater_left") == before
