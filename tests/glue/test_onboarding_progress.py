"""The set-up may be left at any point, and is taken up again where it was left."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.onboarding import Stage, next_stage
from tests.fake_fleet.car import Car
from tests.fake_fleet.populate import EMAIL
from tests.fake_fleet.specs import MODEL_Y

from .flows import HOST, ROUTINE, Owner, application
from .household import Household
from .sealing import restart

SECOND: Final = "second@example.com"
THROUGH: Final[Mapping[str, Mapping[str, Any]]] = {
    **ROUTINE,
    "hosting_here": {"domain": HOST},
    "pair": {"later": True},
}
"""The answers that lead through everything."""


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose cars can be read, and who has not gone on from there."""
    await house.prepare()
    owner = Owner(house, {})
    await owner.sign_in()
    await owner.host_key()
    return owner


def close(house: Household) -> None:
    """Close every dialog."""
    flows = house.hass.config_entries.flow
    for flow in flows.async_progress_by_handler(DOMAIN):
        flows.async_abort(flow["flow_id"])


# ---- which stage is next

ALL: Final = {
    "public_key": "pem",
    "hosting": "here",
    "domain": HOST,
    "registered": ["eu", "na"],
    "paired": False,
    "finished": True,
}


@pytest.mark.parametrize(
    ("missing", "options", "has_key", "stage"),
    [
        pytest.param(set(ALL), {}, False, Stage.KEY, id="nothing yet"),
        pytest.param({"public_key"}, {}, True, Stage.KEY, id="a key of nobody"),
        pytest.param(set(), {}, False, Stage.KEY, id="the key is lost"),
        pytest.param({"hosting"}, {}, True, Stage.HOSTING, id="nobody answers"),
        pytest.param({"domain"}, {}, True, Stage.HOSTING, id="no domain"),
        pytest.param({"registered"}, {}, True, Stage.REGISTRATION, id="not registered"),
        pytest.param({"paired"}, {}, True, Stage.PAIRING, id="not paired"),
        pytest.param(set(), {}, True, Stage.BUDGET, id="no budget"),
        pytest.param(
            {"finished"}, {"budget": "1"}, True, Stage.FIRST_READ, id="not read"
        ),
        pytest.param(set(), {"budget": "1"}, True, Stage.FINISHED, id="everything"),
    ],
)
def test_the_next_stage_is_the_first_one_missing(
    missing: set[str], options: dict[str, str], has_key: bool, stage: Stage
) -> None:
    """In the order in which each needs the ones before it; "later" counts as done."""
    data = {key: value for key, value in ALL.items() if key not in missing}
    found = next_stage(data, options, has_key=has_key, regions={"eu", "na"})
    assert found is stage


def test_every_region_must_be_registered() -> None:
    """One that is missing is as bad as all."""
    data = ALL | {"registered": ["eu"]}
    found = next_stage(data, {"budget": "1"}, has_key=True, regions={"eu", "na"})
    assert found is Stage.REGISTRATION


# ---- left, and taken up again


@pytest.mark.parametrize(
    ("left_at", "taken_up_at"),
    [
        pytest.param("key", "key", id="before the key"),
        pytest.param("key_ready", "hosting", id="with the key made"),
        pytest.param("hosting", "hosting", id="before the choice of a host"),
        pytest.param("hosting_here", "hosting", id="before the domain"),
        pytest.param("check_unclear", "check_unclear", id="after the look"),
        pytest.param("pair", "pair", id="before pairing"),
        pytest.param("budget", "budget", id="before the budget"),
        pytest.param("first_read", "first_read", id="before the first look"),
    ],
)
async def test_a_set_up_is_taken_up_where_it_was_left(
    owner: Owner, house: Household, left_at: str, taken_up_at: str
) -> None:
    """The dialog is closed, Home Assistant starts anew, and nothing is asked twice."""
    owner.routine = {key: said for key, said in THROUGH.items() if key != left_at}
    assert (await owner.reconfigure())["step_id"] == left_at
    close(house)
    await restart(house)
    owner.routine = {}
    result = await owner.reconfigure()
    assert result["step_id"] == taken_up_at
    await owner.words(result)
    owner.routine = THROUGH
    close(house)
    result = await owner.reconfigure()
    assert result["reason"] == "pair_later"
    assert house.cloud.requests.billed == []


async def test_the_first_dialog_goes_on_by_itself(house: Household) -> None:
    """From signing in to the end without looking for another button."""
    await house.prepare()
    owner = Owner(house, THROUGH)
    await owner.host_key()
    assert (await owner.next_flow(await owner.sign_in()))["reason"] == "pair_later"


async def test_progress_needs_no_restart_of_the_entry(
    owner: Owner, house: Household
) -> None:
    """Storing what was reached leaves everything running as it was."""
    running = house.entry.runtime_data
    owner.routine = THROUGH
    await owner.reconfigure()
    assert house.entry.data["finished"]
    assert house.entry.runtime_data is running


async def test_a_finished_set_up_offers_what_can_be_changed(home: Household) -> None:
    """Nothing unfinished is offered then, and every offer has its words."""
    owner = Owner(home, {})
    menu = await owner.reconfigure()
    assert menu["type"] == "menu"
    assert "finish" not in menu["menu_options"]
    assert {"pair", "hosting", "budget", "key_export", "key_import"} <= set(
        menu["menu_options"]
    )
    await owner.words(menu)


@pytest.mark.parametrize(
    "step", ["pair", "hosting", "budget", "key_export", "key_import"]
)
async def test_a_step_may_be_named(home: Household, step: str) -> None:
    """What mends something leads straight to where that is done."""
    home.car.whitelist.clear()
    result = await Owner(home, {}).reconfigure(step)
    assert result["step_id"] == step


@pytest.mark.parametrize("step", ["hosting", "register_again", "key_export", "finish"])
async def test_a_step_that_needs_a_key_leads_to_the_key(
    owner: Owner, step: str
) -> None:
    """Whatever is named: first things first."""
    assert (await owner.reconfigure(step))["step_id"] in ("key", "hosting")


async def test_register_again_registers_what_tesla_forgot(home: Household) -> None:
    """Also where it was noted as done; the cars are looked at behind it."""
    application(home).registrations.clear()
    result = await Owner(home).reconfigure("register_again")
    assert result["reason"] == "set_up"
    assert application(home).registrations["eu"].domain == HOST


# ---- several accounts


async def test_every_region_of_the_application_is_registered(home: Household) -> None:
    """An account elsewhere adds its region, for both; each with a token of its own."""
    second = home.cloud.add_account(SECOND, "na")
    home.cloud.add_car(Car(spec=MODEL_Y, clock=home.cloud.clock, seed=3), second)
    owner = Owner(home, THROUGH)
    created = await owner.sign_in(email=SECOND)
    menu = await Owner(home, {}).reconfigure()
    assert menu["menu_options"][0] == "finish"
    result = await owner.next_flow(created)
    assert result["reason"] == "pair_later"
    assert set(application(home).registrations) == {"eu", "na"}
    entries = home.hass.config_entries.async_entries(DOMAIN)
    both = sorted(home.cloud.api_urls[region] for region in ("eu", "na"))
    assert [entry.data["registered"] for entry in entries] == [both, both]
    menu = await Owner(home, {}).reconfigure()
    assert "finish" not in menu["menu_options"]


async def test_what_one_region_refused_is_not_asked_of_the_other_again(
    owner: Owner, house: Household
) -> None:
    """Each region is noted as it is registered."""
    house.cloud.add_account(SECOND, "na")
    await owner.sign_in(email=SECOND)
    owner.routine = THROUGH
    house.cloud.fail("*/partner_accounts", status=503, skip=1)
    result = await owner.reconfigure()
    assert result["errors"] == {"base": "tesla_unavailable"}
    assert len(house.entry.data["registered"]) == 1
    result = await owner.submit(result, domain=HOST)
    assert len(house.cloud.requests.to("/partner_accounts")) == 3
    assert result["reason"] == "pair_later"


# ---- accounts without cars, and cars of others


async def test_an_account_without_cars_ends_sensibly(house: Household) -> None:
    """Also with nothing but a battery at home there is an end, and it says so."""
    await house.prepare()
    house.cloud.accounts[EMAIL].vins.clear()
    owner = Owner(house, THROUGH)
    await owner.host_key()
    result = await owner.next_flow(await owner.sign_in())
    assert result["reason"] == "no_vehicles"
    assert "Powerwall" in await owner.words(result)
    assert house.entry.data["finished"]
    assert house.entry.state is ConfigEntryState.LOADED


async def test_a_driver_is_told_how_the_key_gets_there(
    owner: Owner, house: Household
) -> None:
    """The code is there to be shown to them; the owner's own cars come first."""
    second = house.cloud.add_car(
        Car(spec=MODEL_Y, clock=house.cloud.clock, seed=3),
        house.cloud.accounts[EMAIL],
    )
    house.cloud.accounts[EMAIL].driven.add(house.car.vin)
    await house.pass_time(1800, 600)
    owner.routine = {key: THROUGH[key] for key in THROUGH if key != "pair"}
    result = await owner.reconfigure()
    assert result["step_id"] == "pair"
    assert second.vin in await owner.words(result)
    key = house.cloud.key_of(HOST)
    assert key is not None
    second.pair(key)
    result = await owner.submit(result, later=False)
    assert result["step_id"] == "pair_driver"
    assert "only the owner can add the key" in await owner.words(result)
    result = await owner.submit(result, later=False)
    assert result["errors"] == {"base": "not_paired"}
    assert (await owner.submit(result, later=True))["reason"] == "pair_later"
