"""Switches of the cars."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import confirmed, read, shown, street_shown
from .household import Household


def sent(home: Household, command: str) -> list[dict[str, Any]]:
    """Give what the car was told with a command, in order."""
    return [params for _, name, params, _ in home.car.commands if name == command]


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, one of them charging."""
    home.old_car.plug("ac")
    await read(home)
    assert shown(home, home.car, "switch") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "switch") == snapshot(name="Model S of 2016")


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """In short, once the cars were read."""
    await read(street)
    assert street_shown(street, "switch") == snapshot(name="every model")


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_charging_is_stopped_and_started(home: Household, car: str) -> None:
    """Signed or not, both are shown at once and verified by a look."""
    there = getattr(home, car)
    there.plug("ac")
    await read(home)
    stopped = await confirmed(home, "switch", "turn_off", "charge", car=there)
    started = await confirmed(home, "switch", "turn_on", "charge", car=there)
    found = (stopped.at_once, stopped.verified, started.at_once, started.verified)
    assert [(state.state, state.attributes["source"]) for state in found] == [
        ("off", "command"),
        ("off", "poll"),
        ("on", "command"),
        ("on", "poll"),
    ]
    arrived = [name for _, name, _, _ in there.commands]
    assert arrived == ["charge_stop", "charge_start"]


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """Without a cable the car refuses, and the owner reads why."""
    await read(home)
    before = home.state("switch", "charge")
    with pytest.raises(HomeAssistantError, match="No charge cable is plugged in"):
        await home.act("switch", "turn_on", "switch", "charge")
    assert home.state("switch", "charge") == before
    assert before.state == "off"


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("key", "command", "on", "off"),
    [
        pytest.param(
            "auto_seat_climate_left",
            "remote_auto_seat_climate_request",
            {"auto_climate_on": True, "auto_seat_position": 1},
            {"auto_climate_on": False, "auto_seat_position": 1},
            id="the driver's seat by itself",
        ),
        pytest.param(
            "auto_seat_climate_right",
            "remote_auto_seat_climate_request",
            {"auto_climate_on": True, "auto_seat_position": 2},
            {"auto_climate_on": False, "auto_seat_position": 2},
            id="the seat beside it by itself",
        ),
        pytest.param(
            "auto_steering_wheel_heat",
            "remote_auto_steering_wheel_heat_climate_request",
            {"on": True},
            {"on": False},
            id="the steering wheel by itself",
        ),
        pytest.param(
            "bioweapon_mode",
            "set_bioweapon_mode",
            {"on": True, "manual_override": False},
            {"on": False, "manual_override": False},
            id="clean air",
        ),
        pytest.param(
            "defrost",
            "set_preconditioning_max",
            {"on": True, "manual_override": False},
            {"on": False, "manual_override": False},
            id="no ice",
        ),
        pytest.param(
            "sentry_mode",
            "set_sentry_mode",
            {"on": True},
            {"on": False},
            id="Sentry Mode",
        ),
        pytest.param(
            "steering_wheel_heater",
            "remote_steering_wheel_heater_request",
            {"on": True},
            {"on": False},
            id="a warm steering wheel",
        ),
        pytest.param(
            "valet_mode",
            "set_valet_mode",
            {"on": True},
            {"on": False},
            id="Valet Mode",
        ),
    ],
)
async def test_both_sides_are_shown_and_verified(
    home: Household, key: str, command: str, on: dict[str, Any], off: dict[str, Any]
) -> None:
    """At once as the command's word, then as the car's own."""
    await read(home)
    begun = await confirmed(home, "switch", "turn_on", key)
    ended = await confirmed(home, "switch", "turn_off", key)
    found = (begun.at_once, begun.verified, ended.at_once, ended.verified)
    assert [(state.state, state.attributes["source"]) for state in found] == [
        ("on", "command"),
        ("on", "poll"),
        ("off", "command"),
        ("off", "poll"),
    ]
    # A wheel is warmed only while the climate runs, which is then started before.
    assert sent(home, command) == [on, off]


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("keep_accessory_power", "keep_accessory_power_mode"),
        ("low_power_mode", "set_low_power_mode"),
    ],
)
async def test_what_the_car_never_tells_stays_unknown(
    home: Household, key: str, command: str
) -> None:
    """Both sides are offered, and none is claimed."""
    await read(home)
    await home.act("switch", "turn_on", "switch", key)
    await home.act("switch", "turn_off", "switch", key)
    found = home.state("switch", key)
    assert (found.state, found.attributes["assumed_state"]) == ("unknown", True)
    assert sent(home, command) == [{"enable": True}, {"enable": False}]


async def test_what_the_car_does_not_do_is_taken_back(home: Household) -> None:
    """A car that says yes and stays as it was is shown as it is."""
    await read(home)
    await home.act("switch", "turn_on", "switch", "valet_mode")
    assert home.state("switch", "valet_mode").state == "on"
    home.car.parts.settings.valet = False
    await home.pass_time(60)
    found = home.state("switch", "valet_mode")
    assert (found.state, found.attributes["source"]) == ("off", "poll")
