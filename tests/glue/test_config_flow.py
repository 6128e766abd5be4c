"""Signing in: from the credentials to an entry that can be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
from custom_components.fleet_pulse.const import (
    DOMAIN,
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_KEK,
)
from tests.fake_fleet.accounts import AUTHORIZATION_CODE, SCOPES, Account
from tests.fake_fleet.car import Car
from tests.fake_fleet.populate import CLIENT_ID, EMAIL
from tests.fake_fleet.specs import MODEL_Y

from .flows import HOST, Owner
from .household import OWN_URL, Household

REDIRECT_URI: Final = f"{OWN_URL}/auth/external/callback"
TOKEN: Final = "/oauth2/v3/token"
SECOND: Final = "second@example.com"


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


def account_of(house: Household) -> Account:
    """Give the household's account at Tesla."""
    return house.cloud.accounts[EMAIL]


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
    assert "**EU**" in await owner.words(region)
    cars = await owner.submit(region)
    assert f"**{house.car.name}, {house.old_car.name}**" in await owner.words(cars)
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
    assert (await owner.next_flow(created))["step_id"] == "domain"


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
    assert result["type"] == "menu"
    await owner.words(result)
    result = await owner.submit(result, next_step_id="pair")
    assert car.vin in (await owner.words(result))


async def test_an_application_that_is_not_registered_gets_its_entry(
    owner: Owner, house: Household
) -> None:
    """Tesla answers 412 to everything: the entry is made, and says what comes next."""
    house.cloud.applications[CLIENT_ID].registrations.clear()
    result = await owner.consent(await owner.start())
    assert "**EU**" in await owner.words(result)
    result = await owner.submit(result)
    assert "lists cars only to an application" in await owner.words(result)
    created = await owner.submit(result)
    assert house.entry.state is ConfigEntryState.LOADED
    assert (await owner.next_flow(created))["step_id"] == "domain"


async def test_a_dialog_that_is_opened_again_shows_the_same(owner: Owner) -> None:
    """The frontend may fetch the step it shows at any time."""
    result = await owner.consent(await owner.start())
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)


# ---- region


class Unnamed(str):
    """A region that tokens do not name."""

    __slots__ = ()

    def upper(self) -> str:
        """Give what stands in the token."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an account lives, and where the home seems to be."""

    account: str
    time_zone: str = "Europe/Berlin"
    registered: bool = True


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(Place(account="na"), id="the token names another region"),
        pytest.param(
            Place(account=Unnamed("na")), id="without a name 421 leads to the region"
        ),
        pytest.param(
            Place(account=Unnamed("na"), registered=False),
            id="421 leads there also before the registration",
        ),
        pytest.param(
            Place(account=Unnamed("eu"), registered=False),
            id="the home's own continent is the guess",
        ),
        pytest.param(
            Place(account=Unnamed("na"), time_zone="Asia/Tokyo", registered=False),
            id="the rest of the world is served from America",
        ),
    ],
)
async def test_region_is_found(owner: Owner, house: Household, place: Place) -> None:
    """The entry asks the host that keeps the account, whatever was guessed."""
    await house.hass.config.async_update(time_zone=place.time_zone)
    account_of(house).region = place.account
    registrations = house.cloud.applications[CLIENT_ID].registrations
    kept = {key: value for key, value in registrations.items() if place.registered}
    house.cloud.applications[CLIENT_ID].registrations = kept
    result = await owner.consent(await owner.start())
    assert f"**{str.upper(place.account)}**" in await owner.words(result)
    await owner.submit(await owner.submit(result))
    assert house.entry.data["api_url"] == house.cloud.api_urls[place.account]


async def test_a_foreign_host_is_not_followed(owner: Owner, house: Household) -> None:
    """Whoever names a host that is not Tesla's never gets the token."""
    said = {"region": "eu", "fleet_api_base_url": "https://fleet.example.org"}
    house.cloud.fail("*/users/region", status=200, body={"response": said})
    result = await owner.consent(await owner.start())
    assert result["reason"] == "invalid_answer"
    assert "not Tesla's" in await owner.words(result)


# ---- what Tesla refuses before and at the consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake at developer.tesla.com, and what the owner reads."""

    spoil: Callable[[Household], Any]
    key: str
    words: str
    back_to: dict[str, Any] = field(default_factory=dict)


def application(house: Household) -> Any:
    """Give the owner's application at Tesla."""
    return house.cloud.applications[CLIENT_ID]


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param(
            Mistake(
                spoil=lambda house: setattr(
                    application(house), "redirect_uris", frozenset()
                ),
                key="unknown_redirect_uri",
                words=REDIRECT_URI,
            ),
            id="the redirect URI is not registered: it stands there to be copied",
        ),
        pytest.param(
            Mistake(
                spoil=lambda house: house.cloud.applications.pop(CLIENT_ID),
                key="unknown_client_id",
                words=CLIENT_ID,
            ),
            id="the client id is unknown",
        ),
    ],
)
async def test_a_door_that_stays_shut_is_told_at_home(
    owner: Owner, house: Household, mistake: Mistake
) -> None:
    """The owner is not sent to a page of Tesla's that leads nowhere, but may mend it."""
    known = application(house)
    uris = known.redirect_uris
    mistake.spoil(house)
    result = await owner.start()
    assert result["errors"] == {"base": mistake.key}
    assert mistake.words in await owner.words(result)
    again = await owner.submit(result)
    assert again["errors"] == {"base": mistake.key}
    house.cloud.applications[CLIENT_ID] = known
    known.redirect_uris = uris
    created = await owner.sign_in_from(await owner.submit(result))
    assert created["type"] == "create_entry"


async def test_who_is_at_tesla_already_is_left_alone(
    owner: Owner, house: Household
) -> None:
    """A dialog that is opened again while the owner is away changes nothing."""
    result = await owner.start()
    application(house).redirect_uris = frozenset()
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["type"] == "external"
    assert len(house.cloud.requests.to("/authorize")) == 1


async def test_two_dialogs_for_one_account_are_one_too_many(owner: Owner) -> None:
    """The second one ends, with Home Assistant's own text."""
    await owner.consent(await owner.start())
    result = await owner.consent(await owner.start())
    assert result["reason"] == "already_in_progress"
    assert result["translation_domain"] == "homeassistant"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 403, "html": True}, id="a bot wall"),
        pytest.param({"status": 503}, id="trouble"),
        pytest.param({"reset": "before"}, id="no answer"),
    ],
)
async def test_what_is_not_understood_blocks_nobody(
    owner: Owner, house: Household, fault: dict[str, Any]
) -> None:
    """A first look at Tesla's page that fails says nothing about the application."""
    house.cloud.fail("*/authorize", **fault)
    assert (await owner.start())["type"] == "external"


@pytest.mark.parametrize(
    ("grants", "decision", "key", "words"),
    [
        pytest.param(
            {AUTHORIZATION_CODE},
            "deny",
            "consent_denied",
            "did not allow",
            id="the owner says no",
        ),
        pytest.param(
            set(), "allow", "consent_failed", "unauthorized_client", id="Tesla says no"
        ),
    ],
)
async def test_no_consent_is_an_end_with_a_word(
    owner: Owner,
    house: Household,
    grants: set[str],
    decision: str,
    key: str,
    words: str,
) -> None:
    """Who does not consent, or may not, is told so."""
    application(house).grants = frozenset(grants)
    result = await owner.consent(await owner.start(), decision=decision)
    assert result["reason"] == key
    assert words in await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []


# ---- what goes wrong between consent and entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong after the consent, and what the owner reads."""

    key: str
    words: str = ""
    scopes: tuple[str, ...] = SCOPES
    secret: str = ""
    late: int = 0
    path: str = "nothing"
    fault: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)


NO_JWT: Final = {"access_token": "x", "refresh_token": "y", "expires_in": 60}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(
            Trouble(key="credential_refused", words="client_secret", secret="other"),
            id="the secret is wrong",
        ),
        pytest.param(
            Trouble(key="sign_in_required", words="invalid or expired", late=180),
            id="the code has expired",
        ),
        pytest.param(
            Trouble(
                key="scope_missing",
                words="offline_access",
                scopes=tuple(set(SCOPES) - {"offline_access"}),
            ),
            id="staying signed in was not allowed",
        ),
        pytest.param(
            Trouble(
                key="scope_missing", words="missing scopes", scopes=("offline_access",)
            ),
            id="nothing else was allowed",
        ),
        pytest.param(
            Trouble(key="tesla_unavailable", path=TOKEN, fault={"status": 503}),
            id="the sign-in server has trouble",
        ),
        pytest.param(
            Trouble(key="answer_lost", path=TOKEN, fault={"reset": "after"}),
            id="the sign-in server's answer is lost",
        ),
        pytest.param(
            Trouble(
                key="invalid_answer", words="HTML", path=TOKEN, fault={"html": True}
            ),
            id="a page comes instead of tokens",
        ),
        pytest.param(
            Trouble(
                key="invalid_answer",
                words="no JWT",
                path=TOKEN,
                fault={"status": 200, "body": NO_JWT},
            ),
            id="the token cannot be read",
        ),
        pytest.param(
            Trouble(key="token_rejected", path="*/products", fault={"status": 401}),
            id="the new token is not taken",
        ),
        pytest.param(
            Trouble(key="tesla_unavailable", path="*/products", fault={"status": 500}),
            id="the list has trouble",
        ),
        pytest.param(
            Trouble(key="rate_limited", path="*/region", fault={"status": 429}),
            id="Tesla asks to wait",
        ),
    ],
)
async def test_trouble_ends_with_tesla_s_words(
    owner: Owner, house: Household, trouble: Trouble
) -> None:
    """Nothing half done stays behind, and starting again works."""
    secret = application(house).client_secret
    application(house).client_secret = trouble.secret or secret
    house.cloud.fail(trouble.path, **trouble.fault)
    result = await owner.start()
    back = await owner.decide(result, scopes=trouble.scopes)
    house.cloud.step(trouble.late)
    result = await owner.come_back(result, back)
    assert result["reason"] == trouble.key
    assert trouble.words in await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []
    application(house).client_secret = secret
    assert (await owner.sign_in())["type"] == "create_entry"


async def test_an_unusable_encryption_key_is_told(
    owner: Owner, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens that cannot be sealed are not kept at all."""
    monkeypatch.setenv(ENV_KEK, "not a key")
    result = await owner.sign_in()
    assert result["reason"] == "seal_broken"
    assert "32 bytes" in await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []


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
    """Tokens, journal and cars go, and do not come back; the application's key stays."""
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
    assert len(files(house, "application")) == 1
