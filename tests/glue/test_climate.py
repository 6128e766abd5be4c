"""The climate of the cars' cabins."""

import asyncio
from typing import Any

from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from syrupy.assertion import SnapshotAssertion

from .entities import confirmed, look, read, shown, street_shown
from .household import Household


@pytest.mark.usefixtures("everything_enabled")
async def test_what_both_cars_show(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read, one of them charging."""
    home.old_car.plug("ac")
    await read(home)
    assert shown(home, home.car, "climate") == snapshot(name="Model Y")
    assert shown(home, home.old_car, "climate") == snapshot(name="Model S of 2016")


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """In short, once the cars were read."""
    await read(street)
    assert street_shown(street, "climate") == snapshot(name="every model")


def looks(state: State) -> dict[str, Any]:
    """Give what a person sees of a climate."""
    return {
        "mode": state.state,
        "preset": state.attributes["preset_mode"],
        "target": state.attributes["temperature"],
    }


@pytest.mark.parametrize(
    ("service", "data", "expected", "sent"),
    [
        pytest.param(
            "turn_on",
            {},
            {"mode": "heat_cool"},
            [("auto_conditioning_start", {})],
            id="switched on",
        ),
        pytest.param(
            "set_hvac_mode",
            {"hvac_mode": "heat_cool"},
            {"mode": "heat_cool"},
            [("auto_conditioning_start", {})],
            id="its mode is set",
        ),
        pytest.param(
            "set_temperature",
            {"temperature": 23.5},
            {"target": 23.5},
            [("set_temps", {"driver_temp": 23.5, "passenger_temp": 23.5})],
            id="both sides get the temperature",
        ),
        pytest.param(
            "set_temperature",
            {"temperature": 19, "hvac_mode": "heat_cool"},
            {"mode": "heat_cool", "target": 19},
            [
                ("set_temps", {"driver_temp": 19, "passenger_temp": 19}),
                ("auto_conditioning_start", {}),
            ],
            id="temperature and mode in one call",
        ),
        pytest.param(
            "set_preset_mode",
            {"preset_mode": "dog"},
            {"mode": "heat_cool", "preset": "dog"},
            [("set_climate_keeper_mode", {"climate_keeper_mode": 2})],
            id="dog mode",
        ),
        pytest.param(
            "set_preset_mode",
            {"preset_mode": "keep"},
            {"mode": "heat_cool", "preset": "keep"},
            [("set_climate_keeper_mode", {"climate_keeper_mode": 1})],
            id="kept on",
        ),
        pytest.param(
            "set_preset_mode",
            {"preset_mode": "defrost"},
            {"mode": "heat_cool", "preset": "defrost"},
            [("set_preconditioning_max", {"on": True, "manual_override": False})],
            id="ice is taken off the windows",
        ),
    ],
)
async def test_a_command_is_shown_and_verified(
    home: Household,
    service: str,
    data: dict[str, Any],
    expected: dict[str, Any],
    sent: list[tuple[str, dict[str, Any]]],
) -> None:
    """The car gets it, signed, and says so at the look that follows."""
    await read(home)
    before = looks(home.state("climate", "cabin"))
    found = await confirmed(home, "climate", service, "cabin", **data)
    assert looks(found.verified) == {**before, **expected}
    assert found.verified.attributes["source"] == "poll"
    arrived = [(name, params) for _, name, params, _ in home.car.commands]
    assert arrived == sent


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_what_was_started_can_be_stopped(home: Household, car: str) -> None:
    """Signed or not, off is off, and shown before the car was looked at."""
    await read(home)
    there = getattr(home, car)
    await confirmed(home, "climate", "turn_on", "cabin", car=there)
    found = await confirmed(home, "climate", "turn_off", "cabin", car=there)
    assert (found.at_once.state, found.at_once.attributes["source"]) == (
        "off",
        "command",
    )
    assert (found.verified.state, found.verified.attributes["source"]) == (
        "off",
        "poll",
    )


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """The car's own words reach the owner; the state stays as it was."""
    await read(home)
    before = home.state("climate", "cabin")
    home.car.refuse_next("cabin_comfort_remote_settings_not_enabled")
    with pytest.raises(HomeAssistantError, match="cabin_comfort_remote_settings"):
        await home.act("climate", "turn_on", "climate", "cabin")
    assert home.state("climate", "cabin") == before


async def test_a_temperature_the_car_does_not_offer_is_refused(home: Household) -> None:
    """The car's own bounds hold; nothing is sent."""
    await read(home)
    with pytest.raises(ServiceValidationError, match="28"):
        await home.call(
            "climate", "set_temperature", "climate", "cabin", temperature=31
        )
    assert home.car.commands == []


async def test_a_dragged_temperature_is_one_command(home: Household) -> None:
    """Of all temperatures a finger passes only the last is sent."""
    await read(home)
    dragged = [
        asyncio.create_task(
            home.call(
                "climate", "set_temperature", "climate", "cabin", temperature=20 + step
            )
        )
        for step in range(6)
    ]
    await home.pass_time(5, 1)
    await asyncio.gather(*dragged)
    arrived = [(name, params) for _, name, params, _ in home.car.commands]
    assert arrived == [("set_temps", {"driver_temp": 25, "passenger_temp": 25})]


async def test_another_preset_ends_the_defrosting(home: Household) -> None:
    """The car knows both at once; whoever chooses one means that one."""
    await read(home)
    await confirmed(home, "climate", "set_preset_mode", "cabin", preset_mode="defrost")
    found = await confirmed(
        home, "climate", "set_preset_mode", "cabin", preset_mode="camp"
    )
    assert looks(found.at_once)["preset"] == "camp"
    assert looks(found.verified)["preset"] == "camp"
    await confirmed(home, "climate", "set_preset_mode", "cabin", preset_mode="off")
    assert looks(home.state("climate", "cabin"))["preset"] == "off"
    assert [name for _, name, _, _ in home.car.commands] == [
        "set_preconditioning_max",
        "set_preconditioning_max",
        "set_climate_keeper_mode",
        "set_climate_keeper_mode",
    ]


# ---- what keeps the cabin from overheating

OVERHEAT = "cabin_overheat_protection"


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("service", "data", "mode", "sent"),
    [
        pytest.param(
            "turn_on",
            {},
            "cool",
            ("set_cabin_overheat_protection", {"on": True, "fan_only": False}),
            id="switched on",
        ),
        pytest.param(
            "set_hvac_mode",
            {"hvac_mode": "fan_only"},
            "fan_only",
            ("set_cabin_overheat_protection", {"on": True, "fan_only": True}),
            id="without the air conditioning",
        ),
    ],
)
async def test_the_protection_is_switched(
    home: Household,
    service: str,
    data: dict[str, Any],
    mode: str,
    sent: tuple[str, dict[str, Any]],
) -> None:
    """And switched off again; each is verified."""
    await read(home)
    begun = await confirmed(home, "climate", service, OVERHEAT, **data)
    ended = await confirmed(home, "climate", "turn_off", OVERHEAT)
    assert (begun.at_once.state, begun.verified.state) == (mode, mode)
    assert (ended.at_once.state, ended.verified.state) == ("off", "off")
    off = ("set_cabin_overheat_protection", {"on": False, "fan_only": False})
    arrived = [(name, params) for _, name, params, _ in home.car.commands]
    assert arrived == [sent, off]


@pytest.mark.usefixtures("everything_enabled")
@pytest.mark.parametrize(
    ("temperature", "level", "shown_as"),
    [(30, 0, 30), (36, 1, 35), (37.8, 2, 40)],
)
async def test_the_protection_begins_at_one_of_three_temperatures(
    home: Household, temperature: float, level: int, shown_as: float
) -> None:
    """The nearest: 100 °F are a little less than 40 °C."""
    await read(home)
    home.car.parts.cabin.overheat_level = (level + 1) % 3
    await look(home)
    found = await confirmed(
        home, "climate", "set_temperature", OVERHEAT, temperature=temperature
    )
    assert found.verified.attributes["temperature"] == shown_as
    arrived = [(name, params) for _, name, params, _ in home.car.commands]
    assert arrived == [("set_cop_temp", {"cop_temp": level})]
