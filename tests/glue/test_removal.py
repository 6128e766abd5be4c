"""The end of an account: nothing of it stays here, and what stays elsewhere is told."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_persistent_notifications,
)

from custom_components.fleet_pulse import application, vault
from custom_components.fleet_pulse.const import (
    CONF_DOMAIN,
    CONF_HOSTING,
    DOMAIN,
    ENV_KEK,
)
from tests.fake_fleet.populate import CLIENT_ID, EMAIL
from tests.fake_fleet.public_key_download import PATH

from .flows import HOST, Owner
from .household import Household
from .sealing import files, folder, sealed

SECOND: Final = "second@example.com"
LOCKS: Final = "Controls > Locks"
CONSENT: Final = "third-party apps"
SCHEDULES: Final = "Schedules in the car"
CREDENTIALS: Final = "Application credentials"
RESTART: Final = "until the next restart"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write its own files to disk: other tests keep them in memory."""
    return {}


async def remove(house: Household, entry: ConfigEntry | None = None) -> None:
    """Choose Delete in the entry's menu, and let everything reach the disk."""
    found = entry or house.entry
    await house.hass.config_entries.async_remove(found.entry_id)
    await house.settle()
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()


async def add_second(house: Household, **choice: Any) -> ConfigEntry:
    """Sign in with another account of Tesla's."""
    house.cloud.add_account(SECOND, "eu")
    owner = Owner(house)
    result = await owner.start()
    if result["type"] == "form":
        result = await owner.submit(result, **choice)
    created = await owner.sign_in_from(result, email=SECOND)
    found: ConfigEntry = created["result"]
    return found


def ours(house: Household) -> set[str]:
    """Give the names of the files that only we write."""
    return {Path(name).name for name in files(house) if DOMAIN in Path(name).name}


def told(house: Household) -> str:
    """Give what the owner reads under Notifications."""
    shown = async_get_persistent_notifications(house.hass).values()
    return "\n".join(f"{row['title']}\n{row['message']}" for row in shown)


# ---- files


async def test_nothing_is_left_of_the_last_account(home: Household) -> None:
    """No file of ours, no car, no issue; nor the key that opened what was sealed.

    Home Assistant's own registries remember for a while what was deleted.
    """
    entry_id = home.entry.entry_id
    override = await vault.async_open(home.hass, "credential", DOMAIN)
    await override.async_put("client_secret", b"mended")
    ir.async_create_issue(
        home.hass,
        DOMAIN,
        "something",
        is_fixable=False,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="something",
    )
    assert len(ours(home)) >= 5
    await remove(home)
    assert ours(home) == set()
    assert dr.async_entries_for_config_entry(dr.async_get(home.hass), entry_id) == []
    assert [key for key in ir.async_get(home.hass).issues if key[0] == DOMAIN] == []
    assert home.hass.states.async_entity_ids("sensor") == []
    assert not home.hass.data[vault._VAULTS]


async def test_a_key_that_another_account_uses_stays(home: Household) -> None:
    """Two owners, one application: the one who stays goes on as before."""
    second = await add_second(home)
    before = sealed(home, "application").read_bytes()
    await remove(home, second)
    assert sealed(home, "application").read_bytes() == before
    assert sealed(home, "account").exists()
    home.car.request_wake()
    await home.pass_time(180)
    await home.act("lock", "lock", "lock", "doors")
    assert CREDENTIALS not in told(home)
    await remove(home)
    assert ours(home) == set()


async def test_a_key_that_nobody_uses_goes(home: Household) -> None:
    """Each application has its own; the other account's stays."""
    await Owner(home).add_application("client-2")
    second = await add_second(home, implementation="another")
    override = await vault.async_open(home.hass, "credential", "another")
    await override.async_put("client_secret", b"mended")
    await application.async_create_key(home.hass, "client-2")
    await remove(home, second)
    left = {vault.file_name("application", CLIENT_ID)}
    assert {name for name in ours(home) if "application." in name} == left
    assert {name for name in ours(home) if "credential." in name} == set()
    assert (folder(home) / "fleet_pulse.kek").exists()


async def test_a_key_stays_while_it_is_not_known_who_uses_it(home: Household) -> None:
    """The credential of the account that stays is missing for now."""
    second = await add_second(home)
    forget_credential(home)
    await remove(home, second)
    assert sealed(home, "application").exists()


# ---- what is broken


def forget_credential(house: Household) -> None:
    """Take the application's credential from Home Assistant."""
    credentials = house.hass.data[DATA_COMPONENT]
    for known in list(credentials.async_items()):
        credentials.data.pop(known["id"])


async def tesla_away(house: Household, _: pytest.MonkeyPatch) -> None:
    """Take Tesla from the net."""
    await house.cloud.stop()


async def credential_away(house: Household, _: pytest.MonkeyPatch) -> None:
    """Take the credential away while the account runs."""
    forget_credential(house)


async def files_torn(house: Household, _: pytest.MonkeyPatch) -> None:
    """Damage what is sealed, and start with it."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    sealed(house, "account").write_text("{")
    sealed(house, "application").write_text("{")
    house.hass.data[vault._VAULTS].clear()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()


async def key_of_nobody(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a key-encryption key that is none, and start with it."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.hass.data[vault._VAULTS].clear()
    monkeypatch.setenv(ENV_KEK, "no key")
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()


async def disabled(house: Household, _: pytest.MonkeyPatch) -> None:
    """Disable the account first."""
    await house.hass.config_entries.async_set_disabled_by(
        house.entry.entry_id, ConfigEntryDisabler.USER
    )


type Trouble = Callable[[Household, pytest.MonkeyPatch], Awaitable[None]]
TROUBLES: Final[tuple[Trouble, ...]] = (
    tesla_away,
    credential_away,
    files_torn,
    key_of_nobody,
    disabled,
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda row: row.__name__)
async def test_an_account_can_be_removed_whatever_is_broken(
    home: Household,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
) -> None:
    """All is deleted and told, without an error in the log."""
    await trouble(home, monkeypatch)
    caplog.clear()
    await remove(home)
    assert ours(home) == set()
    assert LOCKS in told(home)
    assert "entry remove callback" not in caplog.text


async def test_a_dialog_that_is_open_ends_with_the_account(home: Household) -> None:
    """Going on in it would make and seal a key that belongs to nobody."""
    result = await Owner(home).reconfigure()
    assert result["type"] == "menu"
    await remove(home)
    assert home.hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []


async def test_a_removal_asks_tesla_nothing(home: Household) -> None:
    """And wakes no car."""
    await home.settle()
    before = len(home.cloud.requests)
    await remove(home)
    assert len(home.cloud.requests) == before


# ---- what is told


@pytest.mark.parametrize(
    ("data", "said", "unsaid"),
    [
        pytest.param(
            {CONF_DOMAIN: HOST, CONF_HOSTING: "here"},
            (LOCKS, HOST, CONSENT, SCHEDULES, CREDENTIALS),
            (PATH, RESTART),
            id="the key was here and is gone",
        ),
        pytest.param(
            {CONF_DOMAIN: HOST, CONF_HOSTING: "static"},
            (LOCKS, f"https://{HOST}{PATH}", "still at", CONSENT, CREDENTIALS),
            (RESTART,),
            id="the key is hosted elsewhere",
        ),
        pytest.param(
            {CONF_DOMAIN: HOST, CONF_HOSTING: "proxy"},
            (LOCKS, f"https://{HOST}{PATH}", "Proxy", CONSENT, CREDENTIALS),
            (RESTART,),
            id="a proxy passes on what is gone",
        ),
        pytest.param(
            {CONF_DOMAIN: HOST},
            (LOCKS, CONSENT, CREDENTIALS),
            (PATH,),
            id="an account from before there was a choice",
        ),
        pytest.param(
            {},
            (CONSENT, SCHEDULES, CREDENTIALS),
            (LOCKS, PATH),
            id="no car was ever given a key",
        ),
    ],
)
async def test_the_owner_reads_what_remains(
    house: Household,
    data: dict[str, str],
    said: tuple[str, ...],
    unsaid: tuple[str, ...],
) -> None:
    """One notification, with only what applies, and how to remove it."""
    await house.prepare()
    keep(house, data)
    await remove(house)
    text = told(house)
    assert text.startswith("Fleet Pulse: “Tesla of mine” was removed\n")
    assert [word for word in said if word not in text] == []
    assert [word for word in unsaid if word in text] == []
    assert "{" not in text
    assert len(async_get_persistent_notifications(house.hass)) == 1


def keep(house: Household, data: dict[str, str], **how: Any) -> ConfigEntry:
    """Have an account whose set-up came so far."""
    base = {"account": EMAIL, "auth_implementation": DOMAIN}
    entry = MockConfigEntry(
        domain=DOMAIN, title="Tesla of mine", data=base | data, **how
    )
    entry.add_to_hass(house.hass)
    return entry


async def test_disabling_says_the_same_once(home: Household) -> None:
    """When it happens; enabling takes it back."""
    entries, entry = home.hass.config_entries, home.entry
    await entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await home.settle()
    text = told(home)
    assert text.startswith(f"Fleet Pulse: “{entry.title}” is disabled\n")
    wanted = (LOCKS, CONSENT, SCHEDULES, RESTART)
    assert [word for word in wanted if word not in text] == []
    async_get_persistent_notifications(home.hass).clear()
    entries.async_update_entry(entry, title="Another name")
    await home.settle()
    assert told(home) == ""
    await entries.async_set_disabled_by(entry.entry_id, None)
    await entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await home.settle()
    assert "is disabled" in told(home)
    await entries.async_set_disabled_by(entry.entry_id, None)
    await home.settle()
    assert told(home) == ""


async def test_a_start_with_a_disabled_account_says_nothing(house: Household) -> None:
    """Only the moment of disabling is worth a notification."""
    entry = keep(house, {CONF_DOMAIN: HOST}, disabled_by=ConfigEntryDisabler.USER)
    await house.prepare()
    house.hass.config_entries.async_update_entry(entry, title="Another name")
    await house.settle()
    assert told(house) == ""


async def test_an_account_that_others_integrations_disable_is_not_ours(
    home: Household,
) -> None:
    """Another integration's entries are none of our business."""
    other = MockConfigEntry(domain="other", disabled_by=ConfigEntryDisabler.USER)
    other.add_to_hass(home.hass)
    home.hass.config_entries.async_update_entry(other, title="Another name")
    await home.settle()
    assert told(home) == ""
