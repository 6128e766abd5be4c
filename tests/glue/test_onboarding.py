"""From an entry that can be read to cars that take commands."""

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_aiohttp import AiohttpServer

from custom_components.fleet_pulse import config_flow, consent, errors, onboarding
from custom_components.fleet_pulse.const import DOMAIN, ENV_AUTH_URL
from custom_components.fleet_pulse.fleet import errors as fleet, keys
from tests.fake_fleet.accounts import AUTHORIZATION_CODE
from tests.fake_fleet.car import Car
from tests.fake_fleet.partner import KEY_TAKEN
from tests.fake_fleet.populate import CLIENT_ID, EMAIL, ORIGIN
from tests.fake_fleet.specs import MODEL_Y

from .flows import HOST, Owner
from .household import Household


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose cars can be read, with the key not yet registered."""
    await house.prepare()
    owner = Owner(house)
    await owner.sign_in()
    return owner


def application(house: Household) -> Any:
    """Give the owner's application at Tesla."""
    return house.cloud.applications[CLIENT_ID]


async def register(owner: Owner) -> Any:
    """Go through the dialog until the first QR code."""
    await owner.host_key()
    return await owner.submit(await owner.reconfigure(), domain=HOST)


def pair(house: Household, car: Car) -> None:
    """Scan the code with a phone."""
    key = house.cloud.key_of(HOST)
    assert key is not None
    car.pair(key)


# ---- the good way


async def test_registration_pairing_and_done(owner: Owner, house: Household) -> None:
    """The code stays until the car has the key, and only the car that needs it is asked."""
    result = await register(owner)
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
    result = await owner.flow.async_configure(result["flow_id"], {"domain": HOST})
    assert result["type"] == "progress"
    assert f"from {HOST}" in await owner.words(result)
    await house.settle()
    # The frontend asks for the step once more when the progress ends.
    result = await owner.flow.async_configure(result["flow_id"])
    assert result["step_id"] == "pair"


async def test_later_is_a_fine_answer(owner: Owner, house: Household) -> None:
    """What was reached is kept: next time the menu leads straight to the code."""
    result = await owner.submit(await register(owner), later=True)
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
    first = await register(owner)
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
    form = await owner.submit(await owner.reconfigure(), next_step_id="domain")
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
    result = await owner.flow.async_configure(result["flow_id"], {"domain": HOST})
    owner.flow.async_abort(result["flow_id"])
    await house.settle()
    assert (await register(owner))["step_id"] == "pair"


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


# ---- what Tesla refuses, and how it is mended

type Step = Callable[[Household], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What is wrong, what the owner reads, and what mends it."""

    key: str
    words: str
    spoil: Step = lambda house: None
    mend: Step = lambda house: None
    page: Callable[[], web.Response] | None = None
    """What another web server answers in place of Home Assistant."""


def text(body: str | bytes) -> Callable[[], web.Response]:
    """Give an answer with a body."""
    content = body if isinstance(body, bytes) else body.encode()
    return lambda: web.Response(body=content)


RSA: Final = (
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
OTHER: Final = keys.public_pem(keys.create())
TAKEN: Final = {"response": None, "error": KEY_TAKEN, "error_description": ""}
REGISTER: Final = "*/partner_accounts"


@pytest.mark.parametrize(
    "mishap",
    [
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="no such host",
                spoil=lambda house: house.cloud.hosts.clear(),
            ),
            id="the domain leads nowhere",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="status 302",
                page=lambda: web.Response(status=302, headers={"Location": "/"}),
            ),
            id="a redirect",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="status 401",
                page=lambda: web.Response(status=401),
            ),
            id="a login",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="not a PEM",
                page=text("<!DOCTYPE html><html></html>"),
            ),
            id="a web page",
        ),
        pytest.param(
            Mishap(
                key="key_download_failed",
                words="not an elliptic curve key",
                page=text(RSA),
            ),
            id="a key of the wrong kind",
        ),
        pytest.param(
            Mishap(key="key_differs", words=HOST, page=text(OTHER)),
            id="another application's key",
        ),
        pytest.param(
            Mishap(
                key="origin_mismatch",
                words=f"Root domain {HOST}",
                spoil=lambda house: setattr(application(house), "origins", {"x.org"}),
                mend=lambda house: setattr(application(house), "origins", {ORIGIN}),
            ),
            id="the domain is no allowed origin",
        ),
        pytest.param(
            Mishap(
                key="grant_missing",
                words="Machine-to-Machine",
                spoil=lambda house: setattr(
                    application(house), "grants", {AUTHORIZATION_CODE}
                ),
                mend=lambda house: setattr(
                    application(house),
                    "grants",
                    {AUTHORIZATION_CODE, "client_credentials"},
                ),
            ),
            id="the grant type is missing",
        ),
        pytest.param(
            Mishap(
                key="key_taken",
                words="hash has already been taken",
                spoil=lambda house: house.cloud.fail(REGISTER, status=422, body=TAKEN),
            ),
            id="another application has the key",
        ),
        pytest.param(
            Mishap(
                key="credential_refused",
                words="client_secret",
                spoil=lambda house: setattr(
                    application(house), "client_secret", "renewed"
                ),
                mend=lambda house: setattr(
                    application(house), "client_secret", "client-secret"
                ),
            ),
            id="the secret was renewed",
        ),
        pytest.param(
            Mishap(
                key="tesla_unavailable",
                words="trouble",
                spoil=lambda house: house.cloud.fail(REGISTER, status=503),
            ),
            id="Tesla has trouble",
        ),
        pytest.param(
            Mishap(
                key="rate_limited",
                words="08:01",
                spoil=lambda house: house.cloud.fail(
                    REGISTER, status=429, retry_after=60
                ),
            ),
            id="Tesla asks to wait: until when is said",
        ),
    ],
)
async def test_a_refused_registration_is_told_and_mended(
    owner: Owner, house: Household, aiohttp_server: AiohttpServer, mishap: Mishap
) -> None:
    """The owner reads Tesla's words beside ours, mends it, and presses Submit again."""
    await owner.host_key()
    site = await aiohttp_server(elsewhere(mishap.page or text("")))
    urls = [house.cloud.hosts[HOST], str(site.make_url("")).rstrip("/")]
    house.cloud.hosts[HOST] = urls[mishap.page is not None]
    mishap.spoil(house)
    result = await owner.submit(await owner.reconfigure(), domain=HOST)
    assert result["errors"] == {"base": mishap.key}
    assert mishap.words in await owner.words(result)
    assert result["data_schema"]({})["domain"] == HOST
    house.cloud.hosts[HOST] = urls[0]
    mishap.mend(house)
    result = await owner.submit(result, domain=HOST)
    assert result["step_id"] == "pair"


def elsewhere(page: Callable[[], web.Response]) -> web.Application:
    """Give a web server that answers every path alike."""

    async def answer(request: web.Request) -> web.Response:
        return page()

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return app


async def test_a_registration_that_names_no_key_is_asked_for_it(
    owner: Owner, house: Household
) -> None:
    """What Tesla downloaded is compared even if its first answer does not say."""
    house.cloud.fail(
        REGISTER, body={"response": {"domain": HOST}}, status=200, acts=True
    )
    assert (await register(owner))["step_id"] == "pair"
    assert len(house.cloud.requests.to("/partner_accounts/public_key")) == 1


# ---- what else may be in the way


async def unload(house: Household) -> None:
    """Stop the entry."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)


async def lose_cars(house: Household) -> None:
    """Sell all cars."""
    house.cloud.accounts[EMAIL].vins.clear()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await Owner(house).sign_in()
    await register(Owner(house))


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
    await owner.submit(await register(owner), later=True)
    await spoil(house)
    menu = await owner.reconfigure()
    result = await owner.submit(menu, next_step_id="pair")
    assert result["reason"] == reason
    await owner.words(result)


async def test_trouble_between_two_checks_keeps_the_code(
    owner: Owner, house: Household
) -> None:
    """The owner stands by the car: the code must not vanish."""
    result = await register(owner)
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
    result = await register(owner)
    assert result["reason"] == "not_loaded"
    assert application(house).registrations["eu"].domain == HOST


async def test_a_credential_that_is_gone_is_told(
    owner: Owner, house: Household
) -> None:
    """Without it there is nobody to register."""
    credentials = house.hass.data[DATA_COMPONENT]
    for item in credentials.async_items():
        await credentials.async_delete_item(item["id"])
    result = await owner.submit(await owner.reconfigure(), domain=HOST)
    assert result["reason"] == "credential_unavailable"
    await owner.words(result)


async def test_a_wrong_override_is_told(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to who continues later."""
    monkeypatch.setenv(ENV_AUTH_URL, "nonsense")
    result = await owner.submit(await owner.reconfigure(), domain=HOST)
    assert result["reason"] == "invalid_override"
    await owner.words(result)


# ---- texts

COMMANDS_ONLY: Final = {
    fleet.BudgetSpent,
    fleet.CommandRefused,
    fleet.Expired,
    fleet.Interrupted,
    fleet.InvalidParameter,
    fleet.InvalidReply,
    fleet.KeyNotPaired,
    fleet.VehicleFault,
    fleet.WakeFailed,
    fleet.WakeRefused,
}
"""What only a command can end with, never a question of the flow."""
SOURCES: Final = [
    Path(module.__file__) for module in (config_flow, consent, onboarding)
]
TEXTS: Final = json.loads(
    SOURCES[0].with_name("translations").joinpath("en.json").read_text()
)["config"]


WITHOUT_WORDS: Final = {"abort": set(), "progress": set(), "step": {"register"}}
"""The step that shows progress has the words of its progress."""


def named(argument: str) -> set[str]:
    """Find the texts that the flow's source names in an argument."""
    return {
        node.value.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == argument
        if isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize("part", ["abort", "error"])
def test_every_error_a_flow_can_meet_has_a_text(part: str) -> None:
    """As an end, and as the line above a form."""
    met = {text for kind, text in errors.TEXTS.items() if kind not in COMMANDS_ONLY}
    assert met - set(TEXTS[part]) == set()


@pytest.mark.parametrize(
    ("argument", "part"),
    [("reason", "abort"), ("progress_action", "progress"), ("step_id", "step")],
)
def test_every_key_the_flow_names_has_a_text(argument: str, part: str) -> None:
    """No owner reads a key in place of a sentence."""
    keys = named(argument) - WITHOUT_WORDS[part]
    assert keys
    assert keys - set(TEXTS[part]) == set()
