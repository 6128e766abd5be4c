"""Lids, windows and roofs of the cars."""

from typing import Any, Final

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car

from .entities import confirmed, look, read, shown, states, street_shown
from .household import Household

OPEN: Final = CoverEntityFeature.OPEN
BOTH: Final = OPEN | CoverEntityFeature.CLOSE
ALL: Final = BOTH | CoverEntityFeature.STOP


def arrived(car: Car) -> list[tuple[str, dict[str, Any]]]:
    """Give the commands a car took, in order."""
    return [(name, params) for _, name, params, _ in car.commands]


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read."""
    await read(street)
    assert shown(street, street.car, "cover") == snapshot(name="Model Y, in full")
    assert street_shown(street, "cover") == snapshot(name="every model")


async def test_a_car_offers_what_it_has_and_does(street: Household) -> None:
    """A roof only where there is one; the frunk opens, and closes by hand."""
    await read(street)
    offers = {
        car.spec.key: {
            key.removeprefix("cover."): state.attributes["supported_features"]
            for key, state in states(street, car).items()
            if key.startswith("cover.")
        }
        for car in street.cloud.cars.values()
    }
    usual = {"charge_port": BOTH, "windows": BOTH, "frunk": OPEN, "trunk": BOTH}
    assert offers == {
        "model_y": usual,
        "model_3": usual,
        "model_s_2016": usual | {"sun_roof": BOTH},
        "cybertruck": usual | {"tonneau": ALL},
    }


@pytest.mark.parametrize(
    ("key", "opens", "closes"),
    [
        pytest.param(
            "charge_port",
            ("charge_port_door_open", {}),
            ("charge_port_door_close", {}),
            id="charge port",
        ),
        pytest.param(
            "trunk",
            ("actuate_trunk", {"which_trunk": "rear", "move": "open"}),
            ("actuate_trunk", {"which_trunk": "rear", "move": "close"}),
            id="trunk, which is told the way",
        ),
        pytest.param(
            "windows",
            ("window_control", {"command": "vent"}),
            ("window_control", {"command": "close"}),
            id="all windows as one",
        ),
    ],
)
async def test_what_opens_closes_again(
    home: Household, key: str, opens: tuple[str, Any], closes: tuple[str, Any]
) -> None:
    """Both are shown at once, and verified by a look."""
    await read(home)
    opened = await confirmed(home, "cover", "open_cover", key)
    closed = await confirmed(home, "cover", "close_cover", key)
    found = (opened.at_once, opened.verified, closed.at_once, closed.verified)
    assert [(state.state, state.attributes["source"]) for state in found] == [
        ("open", "command"),
        ("open", "poll"),
        ("closed", "command"),
        ("closed", "poll"),
    ]
    assert arrived(home.car) == [opens, closes]


@pytest.mark.parametrize("key", ["charge_port", "sun_roof", "trunk", "windows"])
async def test_a_car_from_before_signing_does_the_same(
    home: Household, key: str
) -> None:
    """Its trunk moves either way, so that the newest look decides."""
    await read(home)
    opened = await confirmed(home, "cover", "open_cover", key, car=home.old_car)
    closed = await confirmed(home, "cover", "close_cover", key, car=home.old_car)
    assert (opened.verified.state, closed.verified.state) == ("open", "closed")
    assert len(home.old_car.commands) == 2


async def test_a_roof_opens_a_gap(home: Household) -> None:
    """It says how far; nobody finds the seats wet because of a slip."""
    await read(home)
    found = await confirmed(home, "cover", "open_cover", "sun_roof", car=home.old_car)
    assert found.verified.attributes["current_position"] == 15
    assert arrived(home.old_car) == [("sun_roof_control", {"state": "vent"})]


async def test_windows_of_an_old_car_close_where_it_stands(home: Household) -> None:
    """Such a car closes them only for who is beside it."""
    await read(home)
    home.old_car.act("window_control", {"command": "vent"})
    await confirmed(home, "cover", "close_cover", "windows", car=home.old_car)
    [(name, params)] = arrived(home.old_car)[-1:]
    assert (name, params["command"]) == ("window_control", "close")
    assert params["lat"] != 0
    assert params["lon"] != 0


async def test_one_open_window_is_open(home: Household) -> None:
    """Only when the last is closed, all are."""
    await read(home)
    assert home.state("cover", "windows").state == "closed"
    home.car.parts.closures.windows["rp"] = True
    await look(home)
    assert home.state("cover", "windows").state == "open"


async def test_what_nobody_knows_is_not_called_closed(home: Household) -> None:
    """A car that was never read shows nothing that may be wrong."""
    assert home.state("cover", "windows").state == "unknown"
    assert home.state("cover", "charge_port").state == "unknown"


async def test_the_frunk_opens_and_stays_open(home: Household) -> None:
    """A second time nothing is sent: the car said that it is open."""
    await read(home)
    found = await confirmed(home, "cover", "open_cover", "frunk")
    assert found.verified.state == "open"
    state = home.entity_id("sensor", "state")
    await home.hass.services.async_call(
        DOMAIN, "refresh", {"entity_id": state, "fetch": True}, blocking=True
    )
    await home.act("cover", "open_cover", "cover", "frunk")
    assert arrived(home.car) == [
        ("actuate_trunk", {"which_trunk": "front", "move": "open"})
    ]


async def test_a_trunk_that_moves_either_way_waits_for_a_look(home: Household) -> None:
    """After a night nobody knows whether it would open or close."""
    await read(home)
    home.old_car.sleep_now()
    await home.pass_time(8 * 3600, 600)
    with pytest.raises(HomeAssistantError, match="since it woke"):
        await home.act("cover", "close_cover", "cover", "trunk", car=home.old_car)
    assert home.old_car.commands == []


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """The car's own words reach the owner; the state stays as it was."""
    await read(home)
    before = home.state("cover", "windows")
    home.car.refuse_next("vehicle_in_drive")
    with pytest.raises(HomeAssistantError):
        await home.act("cover", "open_cover", "cover", "windows")
    assert home.state("cover", "windows") == before


async def test_what_the_car_does_not_do_is_taken_back(home: Household) -> None:
    """A car that says yes and stays closed is shown closed."""
    await read(home)
    found = await confirmed(home, "cover", "open_cover", "trunk")
    assert found.at_once.state == "open"
    home.car.parts.closures.doors["rt"] = False
    await look(home)
    assert home.state("cover", "trunk").state == "closed"


async def test_a_tonneau_can_be_halted(street: Household) -> None:
    """No answer of the car tells where it is, so it is unknown; it can be moved."""
    await read(street)
    [truck] = [c for c in street.cloud.cars.values() if c.spec.key == "cybertruck"]
    key = street.cloud.key_of("example.com")
    assert key is not None
    truck.pair(key)
    truck.request_wake()
    await street.pass_time(120)
    for service in ("open_cover", "stop_cover", "close_cover"):
        await street.act("cover", service, "cover", "tonneau", car=truck)
    assert [name for name, _ in arrived(truck)] == [
        "open_tonneau",
        "stop_tonneau",
        "close_tonneau",
    ]
