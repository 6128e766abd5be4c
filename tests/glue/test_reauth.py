"""Signing in again, for the account that was signed out and for no other."""

from pathlib import Path
from typing import Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import STORAGE_DIR
import pytest

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.application import async_application
from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL
from custom_components.fleet_pulse.tokens import ACCOUNT_KIND
from tests.fake_fleet.populate import CLIENT_ID, EMAIL

from .flows import HOST, Owner, application
from .household import Household

HOUR: Final = 3600


def asked(house: Household) -> list[Any]:
    """List the dialogs in which Home Assistant asks to sign in again."""
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH]


def sealed(house: Household) -> Path:
    """Give the file that holds the account's tokens."""
    name = f"{DOMAIN}.account.{vault.identify(house.cloud.accounts[EMAIL].subject)}"
    return Path(house.hass.config.config_dir) / STORAGE_DIR / name


async def sign_out(house: Household) -> None:
    """Have Tesla end every sign-in, as a new password does, and the home notice."""
    house.cloud.tokens.revoke()
    await house.until(lambda: len(asked(house)) > 0, within=2 * HOUR)


@pytest.fixture
async def owner(home: Household) -> Owner:
    """Give an owner whom Tesla has signed out."""
    await sign_out(home)
    return Owner(home)


async def test_a_refused_refresh_asks_once_and_sign_in_restores(
    owner: Owner, home: Household
) -> None:
    """Tesla's refusal opens one dialog; afterwards everything works as before."""
    assert len(asked(home)) == 1
    assert home.state("sensor", "state").state == "unavailable"
    before = sealed(home).read_bytes()
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    assert home.entry.title in await owner.words(result)
    result = await owner.consent(await owner.submit(result))
    assert result["reason"] == "reauth_successful"
    await owner.words(result)
    await home.pass_time(60)
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.state("sensor", "state").state == "asleep"
    assert sealed(home).read_bytes() != before
    assert asked(home) == []
    assert len(home.hass.config_entries.async_entries(DOMAIN)) == 1


async def test_the_new_sign_in_outlives_a_restart(
    owner: Owner, home: Household
) -> None:
    """What was sealed is what is used, also nine hours later."""
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    await owner.consent(await owner.submit(result))
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.pass_time(9 * HOUR, 600)
    assert home.state("sensor", "state").state == "asleep"
    assert asked(home) == []


async def test_another_account_is_refused(owner: Owner, home: Household) -> None:
    """The cars of an entry never change owner; the dialog can be opened again."""
    home.cloud.add_account("second@example.com", "eu")
    before = sealed(home).read_bytes()
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result), email="second@example.com")
    assert result["reason"] == "wrong_account"
    assert "another Tesla account" in await owner.words(result)
    assert sealed(home).read_bytes() == before
    assert home.entry.unique_id == home.cloud.accounts[EMAIL].subject


async def test_no_consent_leaves_everything_as_it_was(
    owner: Owner, home: Household
) -> None:
    """Who says no at Tesla may come back later."""
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result), decision="deny")
    assert result["errors"] == {"base": "consent_denied"}
    owner.flow.async_abort(result["flow_id"])
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.until(lambda: len(asked(home)) > 0)


async def test_another_application_begins_anew(owner: Owner, home: Household) -> None:
    """If the credential is gone, another one will do: it must be registered itself."""
    first_key = home.entry.data["public_key"]
    credentials = home.hass.data[DATA_COMPONENT]
    for item in credentials.async_items():
        await credentials.async_delete_item(item["id"])
    await owner.add_application("client-2")
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result))
    assert result["reason"] == "reauth_successful"
    assert home.entry.data["auth_implementation"] == "another"
    assert home.entry.state is ConfigEntryState.LOADED
    result = await owner.reconfigure()
    assert result["step_id"] == "hosting_here"
    assert (await owner.submit(result, domain=HOST))["step_id"] == "pair"
    assert home.entry.data["public_key"] != first_key


async def test_tokens_that_cannot_be_kept_are_not_used(
    owner: Owner, home: Household
) -> None:
    """A disk that refuses is told; the entry is not touched."""
    sealed(home).unlink()
    sealed(home).joinpath("in the way").mkdir(parents=True)
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result))
    assert result["reason"] == "not_saved"
    await owner.words(result)


async def test_an_entry_with_a_wrong_override_says_so(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment variable that is no address stops the entry with its reason."""
    monkeypatch.setenv(ENV_API_URL, "nonsense")
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert "environment variable" in str(home.entry.reason)
    assert asked(home) == []


# ---- while the entry is being reconfigured


def open_dialogs(house: Household, source: str) -> list[Any]:
    """List the dialogs of one kind."""
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == source]


async def test_an_open_dialog_gives_way_to_signing_in(home: Household) -> None:
    """Home Assistant asks nobody meanwhile, and the dialog may stay open for days."""
    await Owner(home).reconfigure()
    assert len(open_dialogs(home, SOURCE_RECONFIGURE)) == 1
    await sign_out(home)
    assert open_dialogs(home, SOURCE_RECONFIGURE) == []
    assert len(asked(home)) == 1


async def test_an_action_that_is_refused_asks_too(home: Household) -> None:
    """Who presses a button is asked at once, with a dialog open or not."""
    home.car.request_wake()
    await home.pass_time(180)
    home.cloud.accounts[EMAIL].withdraw("vehicle_cmds", "vehicle_charging_cmds")
    home.cloud.tokens.expire_access()
    await Owner(home).reconfigure()
    with pytest.raises(HomeAssistantError):
        await home.act("button", "press", "button", "flash_lights")
    await home.settle()
    assert open_dialogs(home, SOURCE_RECONFIGURE) == []
    assert len(asked(home)) == 1


async def test_a_set_up_that_needs_a_sign_in_asks_too(home: Household) -> None:
    """A start without tokens, while the dialog from before is still open."""
    await Owner(home).reconfigure()
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    file = await vault.async_open(home.hass, ACCOUNT_KIND, home.entry.unique_id)
    await file.async_renew()
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert open_dialogs(home, SOURCE_RECONFIGURE) == []
    assert len(asked(home)) == 1


# ---- a credential that does not work any more


async def test_a_wrong_secret_is_corrected_while_signing_in_again(
    owner: Owner, home: Household
) -> None:
    """The dialog finishes, and what was corrected counts from then on."""
    application(home).client_secret = "made anew at Tesla"
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result))
    assert result["errors"] == {"base": "credential_refused"}
    typed = {"client_id": CLIENT_ID, "client_secret": "made anew at Tesla"}
    result = await owner.consent(await owner.submit(result, **typed))
    assert result["reason"] == "reauth_successful"
    assert home.entry.state is ConfigEntryState.LOADED
    assert (await async_application(home.hass, home.entry)).client_secret == (
        "made anew at Tesla"
    )


async def test_when_the_sign_in_was_is_kept(owner: Owner, home: Household) -> None:
    """The day on which it will end without use can be told."""
    before = home.entry.data["signed_in_at"]
    result = await owner.flow.async_configure(asked(home)[0]["flow_id"])
    await owner.consent(await owner.submit(result))
    assert home.entry.data["signed_in_at"] == home.cloud.clock.now().isoformat()
    assert home.entry.data["signed_in_at"] > before
