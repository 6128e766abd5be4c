"""From an entry that can be read to cars that take commands."""

from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.fleet_pulse.const import DOMAIN, ENV_AUTH_URL
from custom_components.fleet_pulse.stage_flow import MOST_LOOKS
from tests.fake_fleet.car import Car
from tests.fake_fleet.populate import EMAIL
from tests.fake_fleet.specs import MODEL_Y

from .flows import HOST, Owner, application
from .household import Household


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose cars can be read, with the key not yet registered."""
    await house.prepare()
    owner = Owner(house)
    await owner.sign_in()
    return owner


def pair(house: Household, car: Car) -> None:
    """Scan the code with a phone."""
    key = house.cloud.key_of(HOST)
    assert key is not None
    car.pair(key)


# ---- the good way


async def test_registration_pairing_and_done(owner: Owner, house: Household) -> None:
    """The code stays until the car has the key, and only the car that needs it is asked."""
    result = await owner.register()
    words = await owner.words(result)
    assert house.car.name in words
    assert f"https://tesla.com/_ak/{HOST}?vin={house.car.vin}" in words
    assert result["errors"] == {}
    result = await owner.submit(result, later=False)
    assert result["errors"] == {"base": "not_paired"}
    assert "does not have the key yet" in await owner.words(result)
    pair(house, house.car)
    result = await owner.submit(result, later=False)
    assert result["reason"] == "set_up"
    await owner.words(result)
    assert house.cloud.requests.billed == []
    registered = application(house).registrations["eu"]
    assert registered.domain == HOST
    assert house.entry.data["registered"] == [house.cloud.api_urls["eu"]]


async def test_an_unregistered_application_gets_its_cars(house: Household) -> None:
    """412 everywhere, an entry without cars; registration brings them and pairs them."""
    await house.prepare()
    application(house).registrations.clear()
    owner = Owner(house)
    result = await owner.next_flow(await owner.sign_in())
    assert house.entry.state is ConfigEntryState.LOADED
    unique_id = f"{house.car.vin}-state"
    registry = er.async_get(house.hass)
    assert registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None
    await owner.host_key()
    result = await owner.submit(result, domain=HOST)
    assert house.car.name in await owner.words(result)
    assert house.state("sensor", "state").state == "asleep"
    assert house.cloud.requests.billed == []


async def test_own_address_is_suggested(owner: Owner, house: Household) -> None:
    """Who has an external address finds its name in the form; who has not, nothing."""
    shown = await owner.reconfigure()
    assert shown["data_schema"]({})["domain"] == HOST
    await house.hass.config.async_update(external_url=None)
    shown = await owner.reconfigure()
    assert shown["data_schema"]({})["domain"] == ""


async def test_progress_is_shown_while_tesla_fetches(
    owner: Owner, house: Household
) -> None:
    """A step says what is waited for."""
    await owner.host_key()
    result = await owner.reconfigure()
    result = await owner.begin_registration(result)
    assert result["type"] == "progress"
    assert f"from {HOST}" in await owner.words(result)
    # The frontend asks for the step once more when the progress ends.
    await house.settle()
    early = await owner.flow.async_configure(result["flow_id"])
    assert early["type"] == "progress", "it ended before it could be seen"
    await house.pass_time(1, 1)
    result = await owner.flow.async_configure(result["flow_id"])
    assert result["step_id"] == "pair"


async def test_progress_is_shown_until_a_dialog_listens(
    owner: Owner, house: Household
) -> None:
    """A slow phone that listens late hears of the end all the same."""
    await owner.host_key()
    result = await owner.begin_registration(await owner.reconfigure())
    house.close_dialog()
    await house.pass_time(5, 1)
    shown = await owner.flow.async_configure(result["flow_id"])
    assert shown["type"] == "progress"
    ends = async_capture_events(house.hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    await house.pass_time(1, 1)
    assert [end.data["flow_id"] for end in ends] == [result["flow_id"]]


async def test_no_dialog_is_waited_for_without_end(
    owner: Owner, house: Household
) -> None:
    """It may be closed, and taken up later."""
    await owner.host_key()
    result = await owner.begin_registration(await owner.reconfigure())
    house.close_dialog()
    await house.pass_time(MOST_LOOKS - 2, 1)
    shown = await owner.flow.async_configure(result["flow_id"])
    assert shown["type"] == "progress"
    await house.pass_time(4, 1)
    shown = await owner.flow.async_configure(result["flow_id"])
    assert shown["step_id"] == "pair"


async def test_later_is_a_fine_answer(owner: Owner, house: Household) -> None:
    """What was reached is kept: next time the menu leads straight to the code."""
    result = await owner.submit(await owner.register(), later=True)
    assert result["reason"] == "pair_later"
    await owner.words(result)
    menu = await owner.reconfigure()
    assert "Pair cars" in await owner.words(menu)
    result = await owner.submit(menu, next_step_id="pair")
    assert house.car.vin in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["errors"] == {}


async def test_cars_are_paired_one_after_the_other(
    owner: Owner, house: Household
) -> None:
    """Another car's code is no complaint about the last one."""
    account = house.cloud.accounts[EMAIL]
    other = Car(spec=MODEL_Y, clock=house.cloud.clock, seed=3)
    house.cloud.add_car(other, account)
    await house.pass_time(1800, 600)
    first = await owner.register()
    assert house.car.vin in await owner.words(first)
    pair(house, house.car)
    second = await owner.submit(first, later=False)
    assert second["errors"] == {}
    assert other.vin in await owner.words(second)
    pair(house, other)
    assert (await owner.submit(second, later=False))["reason"] == "set_up"


async def test_pairing_is_checked_again_any_time(home: Household) -> None:
    """A key that was removed in the car is found by Reconfigure."""
    owner = Owner(home)
    menu = await owner.reconfigure()
    assert (await owner.submit(menu, next_step_id="pair"))["reason"] == "set_up"
    home.car.whitelist.clear()
    menu = await owner.reconfigure()
    result = await owner.submit(menu, next_step_id="pair")
    assert result["step_id"] == "pair"


async def test_the_domain_can_be_changed(home: Household) -> None:
    """Another domain is another registration; the key stays, so the cars know it."""
    owner = Owner(home)
    application(home).origins |= {"https://other.example"}
    key = home.entry.data["public_key"]
    form = await owner.submit(await owner.reconfigure(), next_step_id="hosting")
    result = await owner.submit(form, domain="other.example")
    assert result["errors"] == {"base": "key_download_failed"}
    assert home.entry.data["registered"] == []
    await owner.host_key("other.example")
    result = await owner.submit(result, domain="other.example")
    assert result["reason"] == "set_up"
    assert home.entry.data["domain"] == "other.example"
    assert home.entry.data["public_key"] == key


async def test_a_closed_dialog_can_be_opened_again(
    owner: Owner, house: Household
) -> None:
    """Whatever a registration under way came to, the next one mends it."""
    await owner.host_key()
    result = await owner.reconfigure()
    result = await owner.begin_registration(result)
    owner.flow.async_abort(result["flow_id"])
    await house.settle()
    assert (await owner.register())["step_id"] == "pair"


# ---- the domain


NO_DOMAINS: Final = (
    "https://example.com",
    "example.com/path",
    "example.com:8123",
    "homeassistant",
    "192.168.1.2",
    "exa mple.com",
    "-example.com",
    "a" * 64 + ".com",
    "a." * 126 + "com",
    # Made to be slow for a careless pattern.
    "a" * 60 + "!" + ".b" * 90,
    "",
)


async def test_what_is_no_domain_is_told_at_once(
    owner: Owner, house: Household
) -> None:
    """Tesla is not asked with it, and the form stays."""
    form = await owner.reconfigure()
    results = [await owner.submit(form, domain=entered) for entered in NO_DOMAINS]
    errors_shown = [result["errors"] for result in results]
    assert errors_shown == [{"domain": "invalid_domain"}] * len(NO_DOMAINS)
    assert "not a domain name" in await owner.words(results[-1])
    assert house.cloud.requests.to("/partner_accounts") == []


async def test_the_domain_may_be_written_as_people_do(owner: Owner) -> None:
    """Capitals and blanks around it are no mistake."""
    await owner.host_key()
    result = await owner.submit(await owner.reconfigure(), domain=" Example.COM ")
    assert result["step_id"] == "pair"


async def test_the_form_wants_a_domain(owner: Owner) -> None:
    """Home Assistant refuses a form that was not filled in."""
    result = await owner.reconfigure()
    with pytest.raises(InvalidData):
        await owner.submit(result, domain=None)


# ---- what else may be in the way


async def unload(house: Household) -> None:
    """Stop the entry."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)


async def lose_cars(house: Household) -> None:
    """Sell all cars."""
    house.cloud.accounts[EMAIL].vins.clear()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await Owner(house).sign_in()
    await Owner(house).register()


async def spoil_status(house: Household) -> None:
    """Let Tesla have trouble once."""
    house.cloud.fail("*/fleet_status", status=503)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(unload, "not_loaded", id="the entry is not running"),
        pytest.param(lose_cars, "no_vehicles", id="the account has no cars"),
        pytest.param(spoil_status, "tesla_unavailable", id="Tesla has trouble"),
    ],
)
async def test_pairing_that_cannot_begin_says_why(
    owner: Owner,
    house: Household,
    spoil: Callable[[Household], Awaitable[None]],
    reason: str,
) -> None:
    """Every end has its words, none is a crash, and none claims all is well."""
    await owner.submit(await owner.register(), later=True)
    await spoil(house)
    menu = await owner.reconfigure()
    result = await owner.submit(menu, next_step_id="pair")
    assert result["reason"] == reason
    await owner.words(result)


async def test_trouble_between_two_checks_keeps_the_code(
    owner: Owner, house: Household
) -> None:
    """The owner stands by the car: the code must not vanish."""
    result = await owner.register()
    house.cloud.fail("*/fleet_status", status=503)
    result = await owner.submit(result, later=False)
    assert result["errors"] == {"base": "tesla_unavailable"}
    assert house.car.vin in await owner.words(result)
    result = await owner.submit(result, later=False)
    assert result["errors"] == {"base": "not_paired"}


async def test_registering_needs_no_running_entry(
    owner: Owner, house: Household
) -> None:
    """The key can be registered while the entry cannot start."""
    await unload(house)
    result = await owner.register()
    assert result["reason"] == "not_loaded"
    assert application(house).registrations["eu"].domain == HOST


async def test_a_credential_that_is_gone_is_told(
    owner: Owner, house: Household
) -> None:
    """Without it there is nobody to register."""
    credentials = house.hass.data[DATA_COMPONENT]
    for item in credentials.async_items():
        await credentials.async_delete_item(item["id"])
    result = await owner.reconfigure()
    assert result["reason"] == "credential_unavailable"
    await owner.words(result)


async def test_a_wrong_override_is_told(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to who continues later."""
    monkeypatch.setenv(ENV_AUTH_URL, "nonsense")
    result = await owner.reconfigure()
    assert result["reason"] == "invalid_override"
    await owner.words(result)
