"""A wrong client id or secret: corrected where it is told, sealed, and never shown."""

from dataclasses import replace
import json
import logging
from typing import Any, Final

from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.fleet_pulse import credentials, vault
from custom_components.fleet_pulse.application import async_application
from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL, ENV_KEK
from custom_components.fleet_pulse.fleet.auth import Application
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT_URIS

from .flows import Owner, account_of, application
from .household import Household
from .sealing import KEK, files, restart, sealed, sign_in_again

WRONG: Final = "a secret that is mistyped"
NEW: Final = "a secret that was made anew"
OTHER_ID: Final = "client-2"
TOKEN: Final = "/oauth2/v3/token"


def right(client_id: str = CLIENT_ID, secret: str = CLIENT_SECRET) -> dict[str, str]:
    """Type client id and secret in, with the blanks that copying brings."""
    return {"client_id": f" {client_id}", "client_secret": f"{secret}\n"}


def add_other(house: Household) -> None:
    """Make another application at Tesla."""
    house.cloud.add_application(
        OTHER_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu",),
    )


async def in_force(house: Household) -> Application:
    """Give what an account signs in with."""
    return await async_application(house.hass, house.entry)


@pytest.fixture
async def mistyped(house: Household) -> Owner:
    """Give an owner who mistyped the secret when Home Assistant asked for it."""
    await house.prepare(WRONG)
    return Owner(house)


# ---- while signing in


async def test_a_wrong_secret_is_corrected_in_the_same_dialog(
    mistyped: Owner, house: Household
) -> None:
    """Tesla's refusal leads to a form; then the sign-in goes on to its end."""
    result = await mistyped.consent(await mistyped.start())
    assert result["step_id"] == "credentials"
    assert result["errors"] == {"base": "credential_refused"}
    assert "client_secret" in await mistyped.words(result)
    again = await mistyped.submit(result, **right(secret="  "))
    assert again["errors"] == {"base": "incomplete"}
    result = await mistyped.consent(await mistyped.submit(result, **right(secret=NEW)))
    assert result["errors"] == {"base": "credential_refused"}
    created = await mistyped.sign_in_from(await mistyped.submit(result, **right()))
    assert created["type"] == "create_entry"
    assert (await in_force(house)).client_secret == CLIENT_SECRET


async def test_a_wrong_client_id_is_corrected_in_the_same_dialog(
    house: Household,
) -> None:
    """Tesla's door stays shut; the owner is not sent there before it would open."""
    await house.prepare()
    owner = Owner(house)
    house.cloud.applications.pop(CLIENT_ID)
    add_other(house)
    result = await owner.start()
    assert result["step_id"] == "credentials"
    assert result["errors"] == {"base": "unknown_client_id"}
    await owner.words(result)
    again = await owner.submit(result, **right("client-3"))
    assert again["errors"] == {"base": "unknown_client_id"}
    created = await owner.sign_in_from(await owner.submit(result, **right(OTHER_ID)))
    assert created["type"] == "create_entry"
    assert (await in_force(house)).client_id == OTHER_ID


async def test_what_was_corrected_outlives_a_restart(
    mistyped: Owner, house: Household
) -> None:
    """It counts wherever the credential does: registering needs the secret."""
    result = await mistyped.consent(await mistyped.start())
    await mistyped.sign_in_from(await mistyped.submit(result, **right()))
    await restart(house)
    assert (await in_force(house)).client_secret == CLIENT_SECRET
    assert (await mistyped.register())["step_id"] == "pair"


async def test_a_secret_is_neither_shown_nor_in_plain_text_on_disk(
    mistyped: Owner, house: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """No step has it, no file and no log; the field to type it in hides it."""
    caplog.set_level(logging.DEBUG)
    shown: list[Any] = []
    shown.append(result := await mistyped.consent(await mistyped.start()))
    field = result["data_schema"].schema["client_secret"]
    assert field.serialize()["selector"]["text"]["type"] == "password"
    shown.append(result := await mistyped.submit(result, **right()))
    shown.append(result := await mistyped.consent(result))
    shown.append(result := await mistyped.submit(result))
    shown.append(await mistyped.submit(result))
    shown.append(await mistyped.reconfigure("credentials"))
    told = json.dumps(shown, default=lambda odd: repr(vars(odd)))
    written = b"".join(files(house).values())
    said = f"{told}\n{caplog.text}"
    assert (CLIENT_SECRET in said, CLIENT_SECRET.encode() in written) == (False, False)
    assert (WRONG in said, NEW in said) == (False, False)


async def test_a_secret_that_was_not_proven_is_not_kept(
    mistyped: Owner, house: Household
) -> None:
    """Nothing is sealed before Tesla has taken it."""
    result = await mistyped.consent(await mistyped.start())
    await mistyped.submit(result, **right())
    assert "credential" not in " ".join(files(house)).replace(
        "application_credentials", ""
    )


# ---- which one counts


async def replace_credential(house: Household, secret: str) -> None:
    """Delete the credential in Home Assistant's own dialog and enter it again."""
    kept = house.hass.data[DATA_COMPONENT]
    for item in kept.async_items():
        await kept.async_delete_item(item["id"])
    await async_import_client_credential(
        house.hass, DOMAIN, ClientCredential(CLIENT_ID, secret, "Tesla")
    )


@pytest.mark.parametrize(
    ("entered", "counts"),
    [
        pytest.param(NEW, NEW, id="another secret entered there counts"),
        pytest.param(WRONG, CLIENT_SECRET, id="the same mistake is corrected still"),
    ],
)
async def test_a_correction_is_of_one_credential_only(
    mistyped: Owner, house: Household, entered: str, counts: str
) -> None:
    """What is entered anew in Home Assistant is never overruled by something stale."""
    result = await mistyped.consent(await mistyped.start())
    await mistyped.sign_in_from(await mistyped.submit(result, **right()))
    await replace_credential(house, entered)
    assert (await in_force(house)).client_secret == counts
    # Nor does it come back with the old mistake.
    await replace_credential(house, WRONG)
    assert (await in_force(house)).client_secret == (
        CLIENT_SECRET if counts == CLIENT_SECRET else WRONG
    )


async def test_a_correction_that_cannot_be_opened_is_made_again(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost encryption key ends in the same form, not in a dead end."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await house.prepare(WRONG)
    owner = Owner(house)
    result = await owner.consent(await owner.start())
    await owner.sign_in_from(await owner.submit(result, **right()))
    monkeypatch.delenv(ENV_KEK)
    await restart(house)
    result = await sign_in_again(house)
    assert result["errors"] == {"base": "credential_refused"}
    result = await owner.consent(await owner.submit(result, **right()))
    assert result["reason"] == "reauth_successful"
    assert house.entry.state is ConfigEntryState.LOADED
    assert (await in_force(house)).client_secret == CLIENT_SECRET


async def test_a_correction_is_removed_with_its_file(
    mistyped: Owner, house: Household
) -> None:
    """Nothing of it stays, and Home Assistant's own counts again."""
    result = await mistyped.consent(await mistyped.start())
    await mistyped.sign_in_from(await mistyped.submit(result, **right()))
    path = sealed(house, "credential")
    await credentials.async_remove(house.hass, DOMAIN)
    assert not path.exists()
    assert (await in_force(house)).client_secret == WRONG


# ---- reconfigure


async def test_a_new_secret_is_proven_before_it_is_kept(home: Household) -> None:
    """Tesla takes it for the application itself; nobody has to consent again."""
    owner = Owner(home)
    application(home).client_secret = NEW
    result = await owner.reconfigure("credentials")
    assert result["errors"] == {}
    await owner.words(result)
    again = await owner.submit(result, **right(secret=WRONG))
    assert again["errors"] == {"base": "credential_refused"}
    await owner.words(again)
    assert (await in_force(home)).client_secret == CLIENT_SECRET
    result = await owner.submit(result, **right(secret=NEW))
    assert result["reason"] == "reconfigure_successful"
    await owner.words(result)
    assert (await in_force(home)).client_secret == NEW
    assert home.entry.state is ConfigEntryState.LOADED


async def test_a_secret_is_proven_also_without_the_second_grant(
    home: Household,
) -> None:
    """Tesla misses the grant only after it has looked at the secret."""
    owner = Owner(home)
    known = application(home)
    home.cloud.applications[CLIENT_ID] = replace(
        known, client_secret=NEW, grants=frozenset({"authorization_code"})
    )
    result = await owner.reconfigure("credentials")
    result = await owner.submit(result, **right(secret=NEW))
    assert result["reason"] == "reconfigure_successful"
    assert (await in_force(home)).client_secret == NEW


async def test_trouble_at_tesla_proves_nothing(home: Household) -> None:
    """What could not be checked is not kept; the form stays."""
    owner = Owner(home)
    home.cloud.fail(TOKEN, status=503)
    result = await owner.reconfigure("credentials")
    result = await owner.submit(result, **right(secret=NEW))
    assert result["errors"] == {"base": "tesla_unavailable"}
    assert (await in_force(home)).client_secret == CLIENT_SECRET


async def test_another_application_needs_the_owner_s_consent(home: Household) -> None:
    """Tokens belong to an application: new ones come, and it is set up from its key on."""
    owner = Owner(home)
    add_other(home)
    before = sealed(home, "account").read_bytes()
    signed_in_at = home.entry.data["signed_in_at"]
    await home.pass_time(60)
    result = await owner.reconfigure("credentials")
    result = await owner.consent(await owner.submit(result, **right(OTHER_ID)))
    assert result["step_id"] == "key"
    assert sealed(home, "account").read_bytes() != before
    assert home.entry.data["signed_in_at"] > signed_in_at
    assert "registered" not in home.entry.data
    assert (await in_force(home)).client_id == OTHER_ID
    await home.pass_time(9 * 3600, 600)
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.state("sensor", "state").state == "asleep"


async def test_another_application_of_another_account_is_refused(
    home: Household,
) -> None:
    """The cars of an entry never change owner; nothing is kept."""
    owner = Owner(home)
    add_other(home)
    home.cloud.add_account("second@example.com", "eu")
    result = await owner.reconfigure("credentials")
    result = await owner.submit(result, **right(OTHER_ID))
    result = await owner.consent(result, email="second@example.com")
    assert result["reason"] == "wrong_account"
    assert (await in_force(home)).client_id == CLIENT_ID
    assert home.entry.unique_id == account_of(home).subject


async def test_accounts_of_one_application_change_it_together(
    home: Household,
) -> None:
    """The second account has the other application too, which is not registered."""
    owner = Owner(home)
    second = home.cloud.add_account("second@example.com", "eu")
    await owner.sign_in(email=second.email)
    await owner.add_application("client-3")
    third = home.cloud.add_account("third@example.com", "eu")
    result = await owner.submit(await owner.start(), implementation="another")
    await owner.sign_in_from(result, email=third.email)
    bystander = home.hass.config_entries.async_entries(DOMAIN)[2]
    before = dict(bystander.data)
    add_other(home)
    result = await owner.reconfigure("credentials")
    await owner.consent(await owner.submit(result, **right(OTHER_ID)))
    entries = home.hass.config_entries.async_entries(DOMAIN)
    assert [entry.title for entry in entries] == ["Tesla", "Tesla 2", "client-3"]
    assert ["registered" in entry.data for entry in entries[:2]] == [False, False]
    assert dict(bystander.data) == before


async def test_a_credential_that_is_gone_is_told(home: Household) -> None:
    """There is nothing to correct: it must be added again in Home Assistant."""
    kept = home.hass.data[DATA_COMPONENT]
    for item in kept.async_items():
        await kept.async_delete_item(item["id"])
    owner = Owner(home)
    result = await owner.reconfigure("credentials")
    assert result["reason"] == "credential_unavailable"
    await owner.words(result)


async def test_a_wrong_override_is_told_here_too(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be proven at an address that is none."""
    monkeypatch.setenv(ENV_API_URL, "nonsense")
    result = await Owner(home).reconfigure("credentials")
    assert result["reason"] == "invalid_override"


async def test_a_full_disk_keeps_the_old_one(home: Household) -> None:
    """What could not be written does not count."""
    name = f"{DOMAIN}.{credentials.KIND}.{vault.identify(DOMAIN)}"
    path = sealed(home, "account").with_name(name)
    path.joinpath("in the way").mkdir(parents=True)
    application(home).client_secret = NEW
    owner = Owner(home)
    result = await owner.reconfigure("credentials")
    result = await owner.submit(result, **right(secret=NEW))
    assert result["errors"] == {"base": "not_saved"}
    assert (await in_force(home)).client_secret == CLIENT_SECRET
