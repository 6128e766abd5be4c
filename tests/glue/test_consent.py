"""What may go wrong on the way to Tesla's consent page and back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK
from tests.fake_fleet.accounts import AUTHORIZATION_CODE, SCOPES
from tests.fake_fleet.populate import CLIENT_ID

from .flows import Owner, application
from .household import OWN_URL, Household

REDIRECT_URI: Final = f"{OWN_URL}/auth/external/callback"
TOKEN: Final = "/oauth2/v3/token"


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


# ---- before and at the consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake at developer.tesla.com, and what the owner reads."""

    spoil: Callable[[Household], Any]
    key: str
    words: str


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
