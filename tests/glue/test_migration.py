"""Entries of older versions: what they hold in plain text is sealed, and lost never."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK
from custom_components.fleet_pulse.tokens import StoredTokens
from tests.fake_fleet.populate import EMAIL

from .account import opened
from .household import Household
from .sealing import KEK, files, restart, sealed, waiting

HOUR: Final = 3600
MINUTE: Final = 60


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write its own files to disk."""
    return {}


@pytest.fixture
async def plain(house: Household, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give what Home Assistant's own way of signing in would have kept."""
    await house.prepare()
    async with opened(house.cloud, tmp_path_factory.mktemp("elsewhere")) as account:
        return _as_plain(await account.sign_in())


def _as_plain(stored: StoredTokens) -> dict[str, Any]:
    """Write a pair as Home Assistant does."""
    return {
        "access_token": stored.pair.access_token,
        "refresh_token": stored.pair.refresh_token,
        "expires_in": 28800,
        "expires_at": stored.pair.expires_at.timestamp(),
        "token_type": "Bearer",
    }


async def start(house: Household, data: dict[str, Any], **what: Any) -> MockConfigEntry:
    """Start with such an entry, and have Home Assistant write its own."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Tesla",
        data={"auth_implementation": DOMAIN, **data},
        **({"version": 1, "minor_version": 1} | what),
    )
    entry.add_to_hass(house.hass)
    await house.hass.config_entries.async_setup(entry.entry_id)
    await house.settle()
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()
    return entry


def written(house: Household) -> str:
    """Read Home Assistant's own file of entries."""
    return files(house)[".storage/core.config_entries"].decode()


async def test_a_plain_sign_in_is_sealed_and_goes_on(
    house: Household, plain: dict[str, Any]
) -> None:
    """The account is the token's own; nobody signs in again, nothing is left open."""
    entry = await start(house, {"token": plain})
    subject = house.cloud.accounts[EMAIL].subject
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 2)
    assert (entry.unique_id, entry.data["account"]) == (subject, subject)
    assert entry.data["api_url"] == house.cloud.api_urls["eu"]
    assert "token" not in entry.data
    assert "api_url" in written(house)
    secrets = (plain["access_token"].encode(), plain["refresh_token"].encode())
    holding = {
        name for name, text in files(house).items() for s in secrets if s in text
    }
    assert holding == set()
    await house.pass_time(9 * HOUR, 10 * MINUTE)
    assert entry.runtime_data.account.last_update_success
    assert waiting(house) == []


async def test_what_an_entry_says_of_itself_stays(
    house: Household, plain: dict[str, Any]
) -> None:
    """Only the sign-in leaves it."""
    subject = house.cloud.accounts[EMAIL].subject
    data = {
        "account": subject,
        "api_url": house.cloud.api_urls["na"],
        "domain": "x.org",
    }
    entry = await start(house, {**data, "token": plain}, unique_id=subject)
    assert entry.data["domain"] == "x.org"
    assert entry.unique_id == subject
    assert entry.state is ConfigEntryState.LOADED


async def test_a_crash_in_between_does_no_harm(
    house: Household, plain: dict[str, Any]
) -> None:
    """The entry comes back with what was used long ago: what is sealed is newer."""
    entry = await start(house, {"token": plain})
    house.cloud.tokens.expire_access()
    await house.pass_time(HOUR, 10 * MINUTE)
    before = sealed(house, "account").read_bytes()
    old = {**entry.data, "token": plain}
    await house.hass.config_entries.async_unload(entry.entry_id)
    house.hass.config_entries.async_update_entry(entry, data=old, minor_version=1)
    await restart(house)
    assert entry.state is ConfigEntryState.LOADED
    assert "token" not in entry.data
    assert sealed(house, "account").read_bytes() == before
    await house.pass_time(9 * HOUR, 10 * MINUTE)
    assert entry.runtime_data.account.last_update_success


async def test_what_cannot_be_sealed_stays_where_it_is(
    house: Household, plain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it can: the key in the environment is none, then it is one."""
    monkeypatch.setenv(ENV_KEK, "no key")
    entry = await start(house, {"token": plain})
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert entry.data["token"] == plain
    monkeypatch.setenv(ENV_KEK, KEK)
    # As after a restart of Home Assistant.
    entry.mock_state(house.hass, ConfigEntryState.NOT_LOADED)
    await house.hass.config_entries.async_setup(entry.entry_id)
    await house.settle()
    assert entry.state is ConfigEntryState.LOADED
    assert "token" not in entry.data


async def test_a_sealed_sign_in_that_does_not_open_is_not_overwritten(
    house: Household, plain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key may come back; the older plain one would not refresh any more."""
    monkeypatch.setenv(ENV_KEK, KEK)
    entry = await start(house, {"token": plain})
    await house.hass.config_entries.async_unload(entry.entry_id)
    old = {**entry.data, "token": plain}
    house.hass.config_entries.async_update_entry(entry, data=old, minor_version=1)
    before = sealed(house, "account").read_bytes()
    monkeypatch.delenv(ENV_KEK)
    await restart(house)
    assert entry.error_reason_translation_key == "kek_lost"
    assert len(waiting(house)) == 1
    assert sealed(house, "account").read_bytes() == before
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(house)
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    "token",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"refresh_token": None}, id="no refresh token"),
        pytest.param({"access_token": "none"}, id="no JWT"),
        pytest.param({"expires_at": "never"}, id="no time"),
    ],
)
async def test_a_plain_sign_in_that_is_none_is_no_crash(
    house: Household,
    plain: dict[str, Any],
    token: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It says so and asks nobody; the owner adds the account anew."""
    asked = len(house.cloud.requests)
    entry = await start(house, {"token": token and {**plain, **token}})
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert len(house.cloud.requests) == asked
    assert plain["refresh_token"] not in caplog.text


async def test_a_time_that_is_none_costs_one_refresh(
    house: Household, plain: dict[str, Any]
) -> None:
    """Both tokens are there: nobody needs to sign in."""
    entry = await start(house, {"token": {**plain, "expires_at": 1e300}})
    await house.pass_time(10 * MINUTE)
    assert entry.runtime_data.account.last_update_success
    assert waiting(house) == []


async def test_an_entry_of_a_later_version_is_refused(
    house: Household, plain: dict[str, Any]
) -> None:
    """And left alone."""
    entry = await start(house, {"token": plain}, version=2)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert entry.data["token"] == plain


async def test_an_entry_without_a_plain_sign_in_only_gets_its_number(
    home: Household,
) -> None:
    """The first version of this integration never kept one."""
    entry = home.entry
    assert entry.minor_version == 2
    before = dict(entry.data)
    await home.hass.config_entries.async_unload(entry.entry_id)
    home.hass.config_entries.async_update_entry(entry, minor_version=1)
    await restart(home)
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.minor_version, dict(entry.data)) == (2, before)
