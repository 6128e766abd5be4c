"""The key that opens the cars: made once, brought along, taken away, never lost silently."""

from collections.abc import Mapping
import json
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest

from custom_components.fleet_pulse import application
from custom_components.fleet_pulse.const import ENV_KEK
from custom_components.fleet_pulse.fleet import keys
from tests.fake_fleet.populate import CLIENT_ID

from .flows import HOST, Owner
from .household import Household
from .sealing import KEK, files, folder, restart, sealed, sign_in_again

PASSPHRASE: Final = "correct horse battery"
KEY: Final = keys.create()
PEM: Final = keys.private_pem(KEY)


def private(key: Any, passphrase: str | None = None) -> str:
    """Write a private key of any kind, as older tools do."""
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        how = serialization.BestAvailableEncryption(passphrase.encode())
    return str(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            how,
        ).decode()
    )


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner who has no key yet."""
    await house.prepare()
    owner = Owner(house, {})
    await owner.sign_in()
    return owner


async def key_of(house: Household) -> str:
    """Give the fingerprint of the key that is sealed."""
    key = await application.async_key(house.hass, CLIENT_ID)
    assert key is not None
    return keys.fingerprint(key)


def pem_of(result: Any) -> str:
    """Give the encrypted key that a step shows."""
    return str(result["description_placeholders"]["pem"])


# ---- made here


async def test_a_key_is_made_and_named(owner: Owner, house: Household) -> None:
    """Its fingerprint is shown, and the next dialog goes on behind it."""
    menu = await owner.reconfigure()
    assert menu["step_id"] == "key"
    await owner.words(menu)
    result = await owner.submit(menu, next_step_id="key_create")
    assert await key_of(house) in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(again) == await owner.words(result)
    assert (await owner.submit(result))["step_id"] == "hosting"


async def test_a_key_that_is_there_already_is_taken_over(
    owner: Owner, house: Household
) -> None:
    """Who removes the account and adds it again keeps the key that the cars know."""
    before = await application.async_create_key(house.hass, CLIENT_ID)
    result = await owner.reconfigure()
    assert result["step_id"] == "key_ready"
    assert keys.fingerprint(before) in await owner.words(result)
    assert house.entry.data["public_key"] == keys.public_pem(before)
    again = await application.async_create_key(house.hass, CLIENT_ID)
    assert keys.fingerprint(again) == keys.fingerprint(before)


async def test_a_full_disk_is_told(owner: Owner, house: Household) -> None:
    """A key that cannot be kept is not used."""
    await application.vault.async_open(house.hass, "application", CLIENT_ID)
    name = f"fleet_pulse.application.{application.vault.identify(CLIENT_ID)}"
    (folder(house) / ".storage" / name).mkdir()
    menu = await owner.reconfigure()
    result = await owner.submit(menu, next_step_id="key_create")
    assert result["reason"] == "not_saved"
    await owner.words(result)
    assert "public_key" not in house.entry.data


# ---- brought along


@pytest.mark.parametrize(
    "entered",
    [
        pytest.param({"pem": PEM}, id="PKCS#8"),
        pytest.param({"pem": private(KEY)}, id="SEC1"),
        pytest.param(
            {"pem": keys.encrypted_pem(KEY, PASSPHRASE), "passphrase": PASSPHRASE},
            id="encrypted PKCS#8",
        ),
        pytest.param(
            {"pem": private(KEY, PASSPHRASE), "passphrase": PASSPHRASE},
            id="encrypted SEC1",
        ),
        pytest.param(
            {"pem": PEM, "passphrase": PASSPHRASE}, id="a passphrase for nothing"
        ),
    ],
)
async def test_a_key_from_elsewhere_is_taken(
    owner: Owner, house: Household, entered: Mapping[str, str]
) -> None:
    """In each usual form; it is sealed, and shown again by no step."""
    form = await owner.submit(await owner.reconfigure(), next_step_id="key_import")
    assert "core" not in form["data_schema"].schema
    await owner.words(form)
    result = await owner.submit(form, **entered)
    assert result["step_id"] == "key_ready"
    assert "PRIVATE" not in repr(result)
    assert await key_of(house) == keys.fingerprint(KEY)
    assert house.entry.data["public_key"] == keys.public_pem(KEY)
    kept = b"".join(files(house).values())
    assert PEM.splitlines()[1].encode() not in kept


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        pytest.param({}, {"pem": "import_not_pem"}, id="nothing"),
        pytest.param(
            {"pem": keys.public_pem(KEY)}, {"pem": "import_public"}, id="public"
        ),
        pytest.param(
            {"pem": private(rsa.generate_private_key(65537, 2048))},
            {"pem": "import_not_elliptic"},
            id="RSA",
        ),
        pytest.param(
            {"pem": private(ec.generate_private_key(ec.SECP384R1()))},
            {"pem": "import_other_curve"},
            id="another curve",
        ),
        pytest.param({"pem": PEM[:99]}, {"pem": "import_damaged"}, id="torn"),
        pytest.param(
            {"pem": keys.encrypted_pem(KEY, PASSPHRASE)},
            {"passphrase": "import_encrypted"},
            id="no passphrase",
        ),
        pytest.param(
            {"pem": keys.encrypted_pem(KEY, PASSPHRASE), "passphrase": "wrong"},
            {"passphrase": "import_not_opened"},
            id="a wrong passphrase",
        ),
    ],
)
async def test_what_is_no_usable_key_is_told(
    owner: Owner,
    house: Household,
    entered: Mapping[str, str],
    errors: Mapping[str, str],
) -> None:
    """By the field, each with its own words; what was pasted is not sent back."""
    form = await owner.submit(await owner.reconfigure(), next_step_id="key_import")
    result = await owner.submit(form, **entered)
    assert result["errors"] == errors
    await owner.words(result)
    assert "BEGIN" not in repr(result)
    assert await application.async_key(house.hass, CLIENT_ID) is None


async def test_the_key_of_home_assistants_own_integration_is_offered(
    owner: Owner, house: Household
) -> None:
    """Only where its file is, and without touching it; trouble with it is told."""
    path = folder(house) / "tesla_fleet.key"
    path.write_text(PEM)
    form = await owner.submit(await owner.reconfigure(), next_step_id="key_import")
    path.unlink()
    result = await owner.submit(form, core=True)
    assert result["errors"] == {"core": "import_unreadable"}
    path.write_text(PEM)
    result = await owner.submit(result, core=True)
    assert result["step_id"] == "key_ready"
    assert await key_of(house) == keys.fingerprint(KEY)
    assert path.read_text() == PEM


# ---- another key in the place of the one the cars know


async def test_the_same_key_again_changes_nothing(home: Household) -> None:
    """Nobody has to pair anything for it."""
    owner, before = Owner(home, {}), dict(home.entry.data)
    key = await application.async_key(home.hass, CLIENT_ID)
    assert key is not None
    form = await owner.reconfigure("key_import")
    result = await owner.submit(form, pem=keys.private_pem(key))
    result = await owner.submit(result)
    assert result["reason"] == "key_unchanged"
    await owner.words(result)
    assert dict(home.entry.data) == before


async def test_another_key_needs_a_yes_and_begins_anew(home: Household) -> None:
    """The owner reads what it costs; then registration and pairing come again."""
    owner, before = Owner(home, {}), await key_of(home)
    result = await owner.submit(await owner.reconfigure("key_import"), pem=PEM)
    assert result["step_id"] == "key_replace"
    words = await owner.words(result)
    assert "every car must be paired again" in words
    assert keys.fingerprint(KEY) in words
    result = await owner.submit(result, sure=False)
    assert result["errors"] == {"sure": "not_sure"}
    assert await key_of(home) == before
    result = await owner.submit(result, sure=True)
    assert await key_of(home) == keys.fingerprint(KEY)
    owner.routine = Owner(home).routine
    result = await owner.submit(result)
    assert result["step_id"] == "pair"
    assert home.cloud.key_of(HOST) == keys.public_bytes(KEY)


# ---- a key that is gone


async def lose(home: Household) -> None:
    """Delete the sealed key, as a careless clean-up does."""
    sealed(home, "application").unlink()
    await restart(home)


async def test_a_lost_key_is_not_made_anew_in_silence(home: Household) -> None:
    """Whatever step needs it says that it is lost; the same key brings all back."""
    key = await application.async_key(home.hass, CLIENT_ID)
    before = dict(home.entry.data)
    await lose(home)
    owner = Owner(home, {})
    menu = await owner.reconfigure("register_again")
    assert menu["step_id"] == "key_lost"
    assert "paired again" in await owner.words(menu)
    assert await owner.flow.async_configure(menu["flow_id"])
    assert await application.async_key(home.hass, CLIENT_ID) is None
    assert key is not None
    form = await owner.submit(menu, next_step_id="key_import")
    result = await owner.submit(form, pem=keys.private_pem(key))
    assert (await owner.submit(result))["reason"] == "key_unchanged"
    assert dict(home.entry.data) == before
    assert await key_of(home) == keys.fingerprint(key)


async def test_a_lost_key_may_be_replaced(home: Household) -> None:
    """After a yes; closing the dialog before leaves everything as it is."""
    await lose(home)
    owner = Owner(home, {})
    menu = await owner.reconfigure("key_export")
    result = await owner.submit(menu, next_step_id="key_create")
    assert result["step_id"] == "key_replace"
    assert await application.async_key(home.hass, CLIENT_ID) is None
    result = await owner.submit(result, sure=True)
    assert result["step_id"] == "key_ready"
    owner.routine = Owner(home).routine
    assert (await owner.submit(result))["step_id"] == "pair"


async def test_a_sealed_key_that_cannot_be_opened_says_so(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays where it is until the owner gives it up; its opener may come back."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await house.set_up()
    before = sealed(house, "application").read_bytes()
    monkeypatch.delenv(ENV_KEK)
    await restart(house)
    await sign_in_again(house)
    owner = Owner(house, {})
    menu = await owner.reconfigure("hosting")
    result = await owner.submit(menu, next_step_id="hosting_here")
    menu = await owner.submit(result, domain=HOST)
    assert menu["step_id"] == "key_broken"
    assert "cannot be opened" in await owner.words(menu)
    result = await owner.submit(menu, next_step_id="key_create")
    assert result["step_id"] == "key_replace"
    assert sealed(house, "application").read_bytes() == before
    result = await owner.submit(result, sure=True)
    assert result["step_id"] == "key_ready"
    assert sealed(house, "application").read_bytes() != before


async def test_an_encryption_key_that_is_none_is_mended_first(
    owner: Owner, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is made that a mistyped variable would seal."""
    monkeypatch.setenv(ENV_KEK, "correct horse battery staple")
    await restart(house)
    menu = await owner.reconfigure()
    assert menu["step_id"] == "key_broken"
    assert ENV_KEK in await owner.words(menu)
    result = await owner.submit(menu, next_step_id="key_create")
    result = await owner.submit(result, sure=True)
    assert result["reason"] == "kek_unusable"
    await owner.words(result)
    assert "public_key" not in house.entry.data


# ---- taken away


async def test_the_key_leaves_encrypted_only(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """What is shown opens with the passphrase, and nothing of it stays."""
    owner = Owner(home, {})
    form = await owner.reconfigure("key_export")
    await owner.words(form)
    result = await owner.submit(form, passphrase=PASSPHRASE, again=PASSPHRASE)
    pem = pem_of(result)
    assert pem.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert pem in await owner.words(result)
    found = keys.from_pem(pem, PASSPHRASE)
    assert keys.fingerprint(found) == await key_of(home)
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "key_export"
    result = await owner.submit(again, passphrase=PASSPHRASE, again=PASSPHRASE)
    result = await owner.submit(result)
    assert result["reason"] == "key_exported"
    await owner.words(result)
    kept = b"".join(files(home).values()).decode(errors="replace") + caplog.text
    assert PASSPHRASE not in kept
    assert "ENCRYPTED PRIVATE KEY" not in kept + json.dumps(dict(home.entry.data))


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        pytest.param(
            {"passphrase": "elevenchars", "again": "elevenchars"},
            {"passphrase": "passphrase_short"},
            id="too short",
        ),
        pytest.param(
            {"passphrase": PASSPHRASE, "again": PASSPHRASE + "!"},
            {"again": "passphrase_differs"},
            id="not the same twice",
        ),
    ],
)
async def test_a_passphrase_that_will_not_do_is_told(
    home: Household, entered: Mapping[str, str], errors: Mapping[str, str]
) -> None:
    """By the field, and nothing is shown."""
    owner = Owner(home, {})
    result = await owner.submit(await owner.reconfigure("key_export"), **entered)
    assert result["errors"] == errors
    assert "PRIVATE KEY-----" not in repr(result)
    await owner.words(result)


async def test_no_action_gives_the_key_away(home: Household) -> None:
    """An action can be called by any user, script or assistant."""
    names = home.hass.services.async_services_for_domain("fleet_pulse")
    assert not [name for name in names if "key" in name and "encryption" not in name]
