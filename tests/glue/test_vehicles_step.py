"""What Tesla lists, in words: own cars, others' cars, no car at all."""

from typing import Final

import pytest

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3, MODEL_Y

from .flows import Owner, account_of
from .household import Household

NAMELESS: Final = {"display_name": None}
SECOND: Final = "second@example.com"


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


async def test_a_driver_reads_what_a_driver_cannot_do(
    owner: Owner, house: Household
) -> None:
    """Each car says whose it is; who may add the key stands there."""
    driver = house.cloud.add_account(SECOND, "eu")
    house.cloud.add_car(Car(spec=MODEL_3, clock=house.cloud.clock, seed=3), driver)
    house.cloud.invite(house.car, driver)
    result = await owner.consent(await owner.start(), email=SECOND)
    result = await owner.submit(result)
    said = await owner.words(result)
    assert "Model 3 · you are the owner" in said
    assert f"- **{house.car.name}** · Model Y · you are a driver" in said
    assert "added by the car's owner, or" in said
    assert "leased" in said
    created = await owner.submit(result)
    assert created["type"] == "create_entry"
    assert house.state("sensor", "state").state == "asleep"


async def test_an_owner_reads_nothing_of_drivers(
    owner: Owner, house: Household
) -> None:
    """What does not concern somebody is not said."""
    result = await owner.submit(await owner.consent(await owner.start()))
    assert result["step_id"] == "vehicles"
    assert "driver" not in await owner.words(result)


async def test_a_car_without_a_name_is_told_by_its_last_digits(
    owner: Owner, house: Household
) -> None:
    """The whole number is nobody's business."""
    house.cloud.fail(
        "*/products", status=200, body={"response": [house.car.product() | NAMELESS]}
    )
    result = await owner.submit(await owner.consent(await owner.start()))
    said = await owner.words(result)
    assert f"**{house.car.vin[-6:]}** · Model Y" in said
    assert house.car.vin not in said


@pytest.mark.parametrize(
    ("sites", "step", "words"),
    [
        pytest.param([42], "energy_only", "not shown yet", id="energy products only"),
        pytest.param([], "no_products", "lists nothing", id="nothing at all"),
    ],
)
async def test_an_account_without_a_car_gets_its_entry(
    owner: Owner, house: Household, sites: list[int], step: str, words: str
) -> None:
    """It is told what it has not; a car that comes later is shown then."""
    account = house.cloud.add_account(SECOND, "eu")
    account.energy_sites = sites
    result = await owner.consent(await owner.start(), email=SECOND)
    result = await owner.submit(result)
    assert result["step_id"] == step
    assert words in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["step_id"] == step
    created = await owner.submit(result)
    assert created["type"] == "create_entry"
    car = house.cloud.add_car(
        Car(spec=MODEL_Y, clock=house.cloud.clock, seed=3), account
    )
    await house.pass_time(1800, 60)
    assert house.state("sensor", "state", car).state == car.state


async def test_energy_products_beside_cars_are_passed_over(
    owner: Owner, house: Household
) -> None:
    """Cars are what is listed."""
    account_of(house).energy_sites = [42]
    result = await owner.submit(await owner.consent(await owner.start()))
    assert "My Home" not in await owner.words(result)
    assert (await owner.submit(result))["type"] == "create_entry"


async def test_entries_of_one_credential_are_told_apart(
    owner: Owner, house: Household
) -> None:
    """By a number: an e-mail address would stand in every log."""
    house.cloud.add_account(SECOND, "eu")
    house.cloud.add_account("third@example.com", "eu")
    await owner.sign_in()
    await owner.sign_in(email=SECOND)
    await owner.sign_in(email="third@example.com")
    entries = house.hass.config_entries.async_entries(DOMAIN)
    assert [entry.title for entry in entries] == ["Tesla", "Tesla 2", "Tesla 3"]
