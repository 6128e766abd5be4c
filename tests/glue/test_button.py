"""Buttons of the cars."""

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from syrupy.assertion import SnapshotAssertion

from custom_components.fleet_pulse.const import CONF_ALLOW_RISKY

from .entities import look, read, shown, street_shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read."""
    await read(street)
    assert shown(street, street.car, "button") == snapshot(name="Model Y, in full")
    assert street_shown(street, "button") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_pressing_does_it_once(home: Household, car: str) -> None:
    """Signed or not, an awake car flashes and honks, once each."""
    await read(home)
    there = getattr(home, car)
    await home.act("button", "press", "button", "flash_lights", car=there)
    assert (there.flashes, there.honks) == (1, 0)
    await home.act("button", "press", "button", "honk_horn", car=there)
    assert (there.flashes, there.honks) == (1, 1)


async def test_pressing_wakes_nobody(home: Household) -> None:
    """To a sleeping car it says why not, and costs nothing."""
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("button", "press", "button", "flash_lights")
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("button", "press", "button", "honk_horn")
    assert home.car.state == "asleep"
    assert home.cloud.requests.billed == []


async def test_the_wake_button_wakes_through_the_guard(home: Household) -> None:
    """One press is one wake; another, of a car that is awake, is none."""
    await home.act("button", "press", "button", "wake")
    assert home.car.state == "online"
    assert home.state("sensor", "wakes_today").state == "1"
    await home.act("button", "press", "button", "wake")
    assert len(home.cloud.requests.of("wake")) == 1


async def test_the_refresh_button_costs_nothing(home: Household) -> None:
    """It asks the list, which is free, and lets a sleeping car sleep."""
    before = len(home.cloud.requests.to("/products"))
    await home.pass_time(20)
    await home.act("button", "press", "button", "refresh")
    assert len(home.cloud.requests.to("/products")) > before
    assert home.car.state == "asleep"
    assert home.cloud.requests.billed == []


async def test_a_refresh_that_failed_says_so(home: Household) -> None:
    """The list did not come: nothing looks as if it had."""
    home.cloud.fail("*/products*", status=503, seconds=600)
    await home.pass_time(20)
    with pytest.raises(HomeAssistantError):
        await home.act("button", "press", "button", "refresh")


@pytest.mark.usefixtures("everything_enabled")
async def test_homelink_says_where_the_car_is(home: Household) -> None:
    """It opens only the gate beside it, once."""
    await read(home)
    await home.act("button", "press", "button", "trigger_homelink")
    assert home.car.parts.counts["homelink"] == 1
    [(name, params)] = [(name, params) for _, name, params, _ in home.car.commands]
    assert name == "trigger_homelink"
    found = (params["lat"], params["lon"])
    assert found == pytest.approx(home.car.parts.motion.place, abs=1e-4)


@pytest.mark.usefixtures("everything_enabled")
async def test_homelink_of_a_car_that_never_said_where_it_is(home: Household) -> None:
    """Nothing is sent, and the owner hears why."""
    body = home.car.vehicle_data(None, location=True)
    body["drive_state"] |= {"latitude": None, "longitude": None}
    home.cloud.fail(
        f"*/{home.car.vin}/vehicle_data", status=200, body={"response": body}
    )
    home.car.request_wake()
    await look(home)
    with pytest.raises(ServiceValidationError, match="where it is"):
        await home.act("button", "press", "button", "trigger_homelink")
    assert home.car.commands == []


@pytest.mark.usefixtures("everything_enabled")
async def test_only_a_car_without_signed_commands_has_a_boombox(
    home: Household,
) -> None:
    """It has no signed form: where that is required, nothing is offered."""
    await read(home)
    await home.act("button", "press", "button", "remote_boombox", car=home.old_car)
    assert home.old_car.parts.counts["boombox"] == 1
    with pytest.raises(AssertionError, match="remote_boombox"):
        home.entity_id("button", "remote_boombox", home.car)


@pytest.fixture
def admin(home: Household) -> MockUser:
    """Give a user who administers the household."""
    return MockUser(is_owner=True).add_to_hass(home.hass)


async def drive(home: Household, context: Context) -> None:
    """Press the button that lets somebody drive without a key."""
    name = home.entity_id("button", "remote_start_drive")
    await home.hass.services.async_call(
        "button", "press", {"entity_id": name}, blocking=True, context=context
    )


def allow(home: Household) -> None:
    """Let administrators do what is risky."""
    home.hass.config_entries.async_update_entry(
        home.entry, options={**home.entry.options, CONF_ALLOW_RISKY: True}
    )


@pytest.mark.usefixtures("everything_enabled")
async def test_keyless_driving_is_for_administrators_who_allowed_it(
    home: Household, admin: MockUser
) -> None:
    """Once they did, it works."""
    await read(home)
    allow(home)
    await drive(home, Context(user_id=admin.id))
    assert [name for _, name, _, _ in home.car.commands] == ["remote_start_drive"]


@pytest.mark.usefixtures("everything_enabled")
async def test_keyless_driving_is_refused_where_it_was_not_allowed(
    home: Household, admin: MockUser
) -> None:
    """Also to administrators; the text says where to allow it."""
    await read(home)
    with pytest.raises(ServiceValidationError, match="refused at first"):
        await drive(home, Context(user_id=admin.id))
    assert home.car.commands == []


@pytest.mark.usefixtures("everything_enabled")
async def test_keyless_driving_is_refused_to_automations(home: Household) -> None:
    """Nobody stands behind what starts by itself."""
    await read(home)
    allow(home)
    with pytest.raises(ServiceValidationError, match="administrator"):
        await drive(home, Context())
    assert home.car.commands == []
