"""Signing in: from the credentials to an entry that can be read."""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ImplementationUnavailableError
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_add_implementation_provider,
)
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.setup import async_setup_component
import pytest

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL, ENV_AUTH_URL
from tests.fake_fleet.car import Car
from tests.fake_fleet.populate import CLIENT_ID
from tests.fake_fleet.specs import MODEL_Y

from .flows import HOST, Owner, account_of
from .household import OWN_URL, Household

REDIRECT_URI: Final = f"{OWN_URL}/auth/external/callback"
SECOND: Final = "second@example.com"


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


def files(house: Household, kind: str) -> list[Path]:
    """List what is kept on disk of one kind."""
    folder = Path(house.hass.config.config_dir) / STORAGE_DIR
    return sorted(folder.glob(f"{DOMAIN}.{kind}.*"))


# ---- the good way


async def test_sign_in_shows_region_and_cars_and_makes_the_entry(
    owner: Owner, house: Household
) -> None:
    """Consent, region, cars, entry: and nothing that is billed or wakes a car."""
    region = await owner.consent(await owner.start())
    assert "**Europe, Middle East and Africa**" in await owner.words(region)
    cars = await owner.submit(region)
    assert f"- **{house.car.name}** · Model Y · you are the owner\n- **" in (
        await owner.words(cars)
    )
    created = await owner.submit(cars)
    assert created["type"] == "create_entry"
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entry.unique_id == account_of(house).subject
    assert house.state("sensor", "state").state == "asleep"
    assert house.cloud.requests.billed == []


async def test_the_entry_holds_no_token(owner: Owner, house: Household) -> None:
    """What Home Assistant saves of the entry is public."""
    await owner.sign_in()
    assert dict(house.entry.data) == {
        "account": account_of(house).subject,
        "api_url": house.cloud.api_urls["eu"],
        "auth_implementation": DOMAIN,
        "signed_in_at": house.cloud.clock.now().isoformat(),
    }


async def test_one_of_several_applications_is_chosen(
    owner: Owner, house: Household
) -> None:
    """With two credentials the owner says which one to sign in with."""
    await owner.add_application("client-2")
    result = await owner.start()
    assert "application" in (await owner.words(result)).lower()
    result = await owner.submit(result, implementation="another")
    created = await owner.sign_in_from(result)
    assert house.entry.data["auth_implementation"] == "another"
    assert created["title"] == "client-2"


async def test_another_application_is_registered_by_itself(
    owner: Owner, house: Household
) -> None:
    """What one application has reached says nothing about another."""
    house.cloud.add_account(SECOND, "eu")
    first = await owner.sign_in()
    await owner.host_key()
    await owner.submit(await owner.next_flow(first), domain=HOST)
    await owner.add_application("client-2")
    result = await owner.submit(await owner.start(), implementation="another")
    created = await owner.sign_in_from(result, email=SECOND)
    assert (await owner.next_flow(created))["step_id"] == "hosting_here"


async def test_an_account_is_set_up_once(owner: Owner) -> None:
    """The same account again ends before it changes anything."""
    await owner.sign_in()
    result = await owner.consent(await owner.start())
    assert result["reason"] == "already_configured"
    await owner.words(result)


async def test_two_accounts_are_two_entries(owner: Owner, house: Household) -> None:
    """A second owner's account stands beside the first, with its own cars."""
    second = house.cloud.add_account(SECOND, "eu")
    car = house.cloud.add_car(
        Car(spec=MODEL_Y, clock=house.cloud.clock, seed=3), second
    )
    await owner.sign_in()
    await owner.sign_in(email=SECOND)
    entries = house.hass.config_entries.async_entries(DOMAIN)
    subjects = [account_of(house).subject, second.subject]
    assert [entry.unique_id for entry in entries] == subjects
    assert house.state("sensor", "state", car).state == "online"


async def test_a_second_account_finds_the_application_registered(
    owner: Owner, house: Household
) -> None:
    """Registration belongs to the application: it is not asked for twice."""
    second = house.cloud.add_account(SECOND, "eu")
    car = house.cloud.add_car(
        Car(spec=MODEL_Y, clock=house.cloud.clock, seed=3), second
    )
    first = await owner.sign_in()
    await owner.host_key()
    await owner.submit(await owner.next_flow(first), domain=HOST)
    result = await owner.next_flow(await owner.sign_in(email=SECOND))
    assert result["step_id"] == "pair"
    assert car.vin in (await owner.words(result))


async def test_an_application_that_is_not_registered_gets_its_entry(
    owner: Owner, house: Household
) -> None:
    """Tesla answers 412 to everything: the entry is made, and says what comes next."""
    house.cloud.applications[CLIENT_ID].registrations.clear()
    result = await owner.consent(await owner.start())
    assert "**Europe, Middle East and Africa**" in await owner.words(result)
    result = await owner.submit(result)
    assert "lists cars only to an application" in await owner.words(result)
    created = await owner.submit(result)
    assert house.entry.state is ConfigEntryState.LOADED
    assert (await owner.next_flow(created))["step_id"] == "hosting_here"


async def test_a_dialog_that_is_opened_again_shows_the_same(owner: Owner) -> None:
    """The frontend may fetch the step it shows at any time."""
    result = await owner.consent(await owner.start())
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)


async def test_a_vault_that_no_key_opens_is_renewed(
    owner: Owner, house: Household
) -> None:
    """What an earlier installation left behind does not stop a new sign-in."""
    await owner.sign_in()
    path = files(house, "account")[0]
    left_behind = path.name
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    path.with_name(left_behind).write_text("garbage")
    await owner.sign_in()
    assert house.entry.state is ConfigEntryState.LOADED
    assert json.loads(path.read_text())


# ---- the environment


@pytest.mark.parametrize("name", [ENV_AUTH_URL, ENV_API_URL])
async def test_a_wrong_override_is_told(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Who replaces Tesla's hosts by no address reads that."""
    monkeypatch.setenv(name, "https://user:secret@fleet.example.org")
    result = await owner.start()
    assert result["reason"] == "invalid_override"
    words = await owner.words(result)
    assert "environment variable" in words
    assert "secret" not in words


async def test_without_credentials_home_assistant_asks_for_them(
    house: Household,
) -> None:
    """The flow ends where Home Assistant's own dialog for credentials begins."""
    assert await async_setup_component(house.hass, "application_credentials", {})
    result = await Owner(house).start()
    assert result["reason"] == "missing_credentials"


async def test_a_store_of_credentials_in_trouble_is_told(
    house: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """Credentials may come from elsewhere than Home Assistant's own store."""

    async def fail(hass: HomeAssistant, domain: str) -> Any:
        raise ImplementationUnavailableError("out of order")

    assert await async_setup_component(house.hass, "application_credentials", {})
    async_add_implementation_provider(house.hass, "elsewhere", fail)
    result = await Owner(house).start()
    assert result["reason"] == "oauth_implementation_unavailable"
    assert "fleet_pulse.consent" in caplog.text


@pytest.mark.parametrize(
    ("external_url", "own"),
    [
        pytest.param(OWN_URL, REDIRECT_URI, id="with an address of its own"),
        pytest.param(
            None,
            "https://YOUR_HOME_ASSISTANT/auth/external/callback",
            id="without an address",
        ),
    ],
)
async def test_the_credentials_dialog_names_what_to_register(
    owner: Owner,
    house: Household,
    hass_ws_client: Any,
    external_url: str | None,
    own: str,
) -> None:
    """Both forms of the redirect URI stand where the credentials are entered."""
    await house.hass.config.async_update(external_url=external_url, internal_url=None)
    house.hass.config.api = None
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id({"type": "application_credentials/config"})
    answer = await client.receive_json()
    shown = answer["result"]["integrations"][DOMAIN]["description_placeholders"]
    assert shown["redirect_uri_my"] == "https://my.home-assistant.io/redirect/oauth"
    assert shown["redirect_uri_own"] == own


# ---- the end


async def test_removing_the_entry_leaves_nothing_of_the_account(
    owner: Owner, house: Household, hass_storage: dict[str, Any]
) -> None:
    """Tokens, journal, cars and the application's key go, and do not come back."""
    created = await owner.sign_in()
    await owner.host_key()
    await owner.submit(await owner.next_flow(created), domain=HOST)
    house.car.power(on=True)
    house.car.drive(25)
    await house.pass_time(1800, 60)
    snapshot = f"{DOMAIN}.snapshot.{vault.identify(account_of(house).subject)}"
    assert files(house, "account")
    assert files(house, "journal")
    assert snapshot in hass_storage
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    # What waits to be written is written when Home Assistant stops.
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()
    assert files(house, "account") == files(house, "journal") == []
    assert snapshot not in hass_storage
    assert files(house, "application") == []
