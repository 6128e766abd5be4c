"""Numbers of the cars that can be set."""

import asyncio

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import confirmed, read, shown, street_shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, the oldest one charging."""
    street.old_car.plug("ac")
    await read(street)
    assert shown(street, street.car, "number") == snapshot(name="Model Y, in full")
    assert street_shown(street, "number") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
@pytest.mark.parametrize(
    ("key", "value", "sent"),
    [
        pytest.param(
            "charge_current_request",
            7,
            ("set_charging_amps", {"charging_amps": 7}),
            id="amps",
        ),
        pytest.param(
            "charge_limit_soc", 65, ("set_charge_limit", {"percent": 65}), id="limit"
        ),
    ],
)
async def test_a_value_is_shown_at_once_and_verified(
    home: Household, car: str, key: str, value: int, sent: tuple[str, dict[str, int]]
) -> None:
    """Signed or not, the car takes it, and says so at the look that follows."""
    await read(home)
    there = getattr(home, car)
    found = await confirmed(home, "number", "set_value", key, car=there, value=value)
    assert (found.at_once.state, found.at_once.attributes["source"]) == (
        str(value),
        "command",
    )
    assert (found.verified.state, found.verified.attributes["source"]) == (
        str(value),
        "poll",
    )
    assert [(name, params) for _, name, params, _ in there.commands] == [sent]


@pytest.mark.parametrize(
    ("car", "amps"),
    [
        pytest.param("car", 16, id="a Model Y takes 16 A"),
        pytest.param("old_car", 24, id="a Model S of 2016 takes 24 A"),
    ],
)
async def test_the_bounds_are_the_cars_own(
    home: Household, car: str, amps: int
) -> None:
    """What the car would not take cannot be asked for; nothing is sent."""
    await read(home)
    there = getattr(home, car)
    current = home.state("number", "charge_current_request", there).attributes
    assert (current["min"], current["max"]) == (0, amps)
    limit = home.state("number", "charge_limit_soc", there).attributes
    assert (limit["min"], limit["max"]) == (50, 100)
    with pytest.raises(ServiceValidationError):
        await home.call(
            "number",
            "set_value",
            "number",
            "charge_current_request",
            car=there,
            value=amps + 1,
        )
    assert there.commands == []


async def test_before_the_first_look_the_bounds_are_what_all_cars_take(
    home: Household,
) -> None:
    """The value is unknown, the bounds are wide."""
    state = home.state("number", "charge_limit_soc")
    found = (state.state, state.attributes["min"], state.attributes["max"])
    assert found == ("unknown", 50, 100)


async def test_of_a_dragged_slider_the_last_value_is_sent(home: Household) -> None:
    """Whoever drags means where the finger rests."""
    await read(home)
    calls = [
        asyncio.create_task(
            home.call("number", "set_value", "number", "charge_limit_soc", value=value)
        )
        for value in (62, 71, 90, 75)
    ]
    await home.pass_time(6, 0.5)
    await asyncio.gather(*calls)
    found = [(name, params) for _, name, params, _ in home.car.commands]
    assert found == [("set_charge_limit", {"percent": 75})]
    assert home.state("number", "charge_limit_soc").state == "75"


async def test_a_sleeping_car_is_woken_through_the_guard(home: Household) -> None:
    """A person asks: one wake, one command."""
    await home.act("number", "set_value", "number", "charge_limit_soc", value=65)
    assert [name for _, name, _, _ in home.car.commands] == ["set_charge_limit"]
    assert len(home.cloud.requests.of("wake")) == 1
    assert home.state("sensor", "wakes_today").state == "1"


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """The car's own words reach the owner; the state stays as it was."""
    await read(home)
    before = home.state("number", "charge_limit_soc")
    home.car.refuse_next("not_now")
    with pytest.raises(HomeAssistantError, match="not_now"):
        await home.act("number", "set_value", "number", "charge_limit_soc", value=70)
    assert home.state("number", "charge_limit_soc") == before
