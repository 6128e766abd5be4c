"""What may go wrong on the way to Tesla's consent page and back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
import re
from typing import Any, Final

import pytest
from yarl import URL

from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL, ENV_KEK
from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.consent import MEANING
from tests.fake_fleet.populate import CLIENT_ID

from .flows import Owner, application
from .household import OWN_URL, Household

REDIRECT_URI: Final = f"{OWN_URL}/auth/external/callback"
MY_REDIRECT_URI: Final = "https://my.home-assistant.io/redirect/oauth"
TOKEN: Final = "/oauth2/v3/token"
ASKED: Final = [
    MEANING[scope] for scope in SCOPES if scope not in ("openid", "offline_access")
]
"""The permissions as Tesla's pages call them; two belong to signing in itself."""


def ticks(said: str) -> Iterable[str]:
    """Give the permissions that a text tells to tick."""
    (listed,) = re.findall(r"Permissions: \*\*(.*?)\*\*", said)
    return listed.lower().split(", ")


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


# ---- before and at the consent


@pytest.mark.parametrize(
    ("uses_my", "redirect_uri", "words"),
    [
        pytest.param(False, REDIRECT_URI, "the address in your browser", id="browser"),
        pytest.param(True, MY_REDIRECT_URI, "that of My Home Assistant", id="My"),
    ],
)
async def test_what_to_register_stands_there_before_anything_fails(
    owner: Owner, house: Household, uses_my: bool, redirect_uri: str, words: str
) -> None:
    """Every string can be copied, and says where it comes from; then Tesla's page."""
    house.hass.config.components |= {"my"} if uses_my else set()
    result = await owner.add()
    said = await owner.words(result)
    assert {CLIENT_ID, redirect_uri, OWN_URL} <= set(re.findall("`(.*?)`", said))
    assert words in said
    assert "Authorization Code and Machine-to-Machine" in said
    assert {meaning.lower() for meaning in ASKED} - set(ticks(said)) == set()
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "register_app"
    assert len(house.cloud.requests) == 0
    result = await owner.submit(result)
    assert result["type"] == "external"
    assert URL(result["url"]).query["redirect_uri"] == redirect_uri


async def test_a_home_without_an_address_invents_none(
    owner: Owner, house: Household
) -> None:
    """The allowed origin is then for the owner to fill in."""
    await house.hass.config.async_update(external_url=None)
    assert "`https://YOUR_DOMAIN`" in await owner.words(await owner.add())


async def test_a_redirect_uri_that_is_not_registered_is_told_at_home(
    owner: Owner, house: Household
) -> None:
    """The owner is not sent to a page that leads nowhere: the string can be copied."""
    uris = application(house).redirect_uris
    application(house).redirect_uris = frozenset({f"{REDIRECT_URI}/"})
    result = await owner.start()
    assert result["errors"] == {"base": "unknown_redirect_uri"}
    assert f"`{REDIRECT_URI}`" in await owner.words(result)
    looks = len(house.cloud.requests.to("/authorize"))
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)
    assert len(house.cloud.requests.to("/authorize")) == looks
    again = await owner.submit(result)
    assert again["errors"] == {"base": "unknown_redirect_uri"}
    application(house).redirect_uris = uris
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
    ("spoiled", "decision", "key", "words"),
    [
        pytest.param(
            {}, "deny", "consent_denied", "did not allow", id="the owner says no"
        ),
        pytest.param(
            {"grants": frozenset()},
            "allow",
            "consent_grants",
            "Authorization Code and Machine-to-Machine",
            id="the grant is missing",
        ),
        pytest.param(
            {"scopes": frozenset({"openid"})},
            "allow",
            "consent_permissions",
            "Tick every permission",
            id="a permission is not ticked for the application",
        ),
    ],
)
async def test_a_no_is_told_and_the_next_try_goes_on(
    owner: Owner,
    house: Household,
    spoiled: dict[str, frozenset[str]],
    decision: str,
    key: str,
    words: str,
) -> None:
    """Who does not consent, or may not, reads what to do and finishes in one dialog."""
    known = application(house)
    house.cloud.applications[CLIENT_ID] = replace(known, **spoiled)
    result = await owner.consent(await owner.start(), decision=decision)
    assert result["errors"] == {"base": key}
    assert words in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []
    house.cloud.applications[CLIENT_ID] = known
    created = await owner.sign_in_from(await owner.submit(result))
    assert created["type"] == "create_entry"


async def test_a_word_tesla_never_said_before_is_passed_on(
    owner: Owner, house: Household
) -> None:
    """A refusal of a kind that is not known is quoted."""
    result = await owner.start()
    back = (await owner.decide(result)).without_query_params("code")
    back = back.update_query(error="server_on_holiday")
    result = await owner.come_back(result, back)
    assert result["errors"] == {"base": "consent_failed"}
    assert "server_on_holiday" in await owner.words(result)


# ---- what goes wrong between consent and entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong after the consent, and what the owner reads."""

    key: str
    step: str = "consent"
    words: str = ""
    scopes: tuple[str, ...] = SCOPES
    late: int = 0
    path: str = "nothing"
    fault: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)


NO_JWT: Final = {"access_token": "x", "refresh_token": "y", "expires_in": 60}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(
            Trouble(key="sign_in_required", words="invalid or expired", late=180),
            id="the code has expired",
        ),
        pytest.param(
            Trouble(
                key="staying_missing",
                words="Stay signed in",
                scopes=tuple(set(SCOPES) - {"offline_access"}),
            ),
            id="staying signed in was not allowed",
        ),
        pytest.param(
            Trouble(
                key="needed_missing",
                words="Vehicle information",
                scopes=("offline_access",),
            ),
            id="nothing else was allowed",
        ),
        pytest.param(
            Trouble(
                key="scope_missing",
                words="missing scopes",
                path="*/products",
                fault={"status": 403, "body": {"error": "missing scopes"}},
            ),
            id="Tesla misses a permission",
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
            Trouble(
                key="tesla_unavailable",
                step="look",
                path="*/products",
                fault={"status": 500},
            ),
            id="the list has trouble",
        ),
        pytest.param(
            Trouble(
                key="rate_limited",
                step="look",
                path="*/region",
                fault={"status": 429},
            ),
            id="Tesla asks to wait",
        ),
    ],
)
async def test_trouble_is_told_and_the_next_try_goes_on(
    owner: Owner, house: Household, trouble: Trouble
) -> None:
    """In Tesla's words; nothing half done stays behind, and nobody starts over."""
    house.cloud.fail(trouble.path, **trouble.fault)
    result = await owner.start()
    back = await owner.decide(result, scopes=trouble.scopes)
    house.cloud.step(trouble.late)
    result = await owner.come_back(result, back)
    assert (result["step_id"], result["errors"]["base"]) == (trouble.step, trouble.key)
    assert trouble.words in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []
    house.cloud.faults.clear()
    at_tesla = await owner.submit(result)
    assert (at_tesla["type"] == "external") is (trouble.step == "consent")
    created = await owner.sign_in_from(at_tesla)
    assert created["type"] == "create_entry"


async def test_what_no_dialog_can_mend_ends_it(
    owner: Owner, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment variable is corrected outside of Home Assistant."""
    result = await owner.start()
    back = await owner.decide(result)
    monkeypatch.setenv(ENV_API_URL, "nonsense")
    result = await owner.come_back(result, back)
    assert result["reason"] == "invalid_override"
    await owner.words(result)


async def test_an_unusable_encryption_key_is_told(
    owner: Owner, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens that cannot be sealed are not kept at all."""
    monkeypatch.setenv(ENV_KEK, "not a key")
    result = await owner.sign_in()
    assert result["reason"] == "kek_unusable"
    assert "32 bytes" in await owner.words(result)
    assert house.hass.config_entries.async_entries(DOMAIN) == []
