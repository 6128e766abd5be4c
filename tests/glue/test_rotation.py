"""Exchanging the keys of what is sealed: nothing is lost, and old copies open nothing."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
import json
from pathlib import Path
import stat
from typing import Any, Final

from homeassistant.components.lock import DOMAIN as LOCK
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fleet_pulse import application, kek, vault
from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK, ENV_KEK_FILE
from custom_components.fleet_pulse.fleet.errors import KekLost, KekUnusable, SealBroken
from tests.fake_fleet.populate import CLIENT_ID

from .account import running
from .household import Household
from .sealing import KEK, folder, restart, sealed, waiting

SECRETS: Final = {
    ("account", "owner"): {"tokens": b"pair", "sessions": b"counters"},
    ("application", "client"): {"private_key": b"key"},
    ("credential", "client"): {"secret": b"secret"},
}
STRANGE: Final = b64encode(bytes(range(32, 64))).decode()
MINUTE: Final = 60


class Sealed:
    """A configuration folder with one sealed file of each kind."""

    def __init__(self, path: Path) -> None:
        """Look at a folder."""
        self.path = path
        self.generated = path / kek.KEK_FILE
        self.old = path / kek.OLD_FILE
        self.storage = path / ".storage"

    def file(self, kind: str, identity: str) -> Path:
        """Give a sealed file."""
        return self.storage / f"{DOMAIN}.{kind}.{vault.identify(identity)}"

    @property
    def paths(self) -> list[Path]:
        """Give all sealed files."""
        return [self.file(*place) for place in SECRETS]

    @property
    def files(self) -> dict[Path, bytes]:
        """Read all sealed files."""
        return {path: path.read_bytes() for path in self.paths}

    def give_data_keys(
        self, giving: dict[Path, bytes], taking: dict[Path, bytes]
    ) -> None:
        """Write files with the data keys of others, as somebody with copies may."""
        for path, data in taking.items():
            data_key = json.loads(giving[path])["data_key"]
            path.write_text(json.dumps(json.loads(data) | {"data_key": data_key}))

    def names(self) -> set[str]:
        """Name everything there is."""
        return {path.name for path in self.path.rglob("*") if path.is_file()}

    async def fill(self) -> None:
        """Seal everything."""
        async with running(self.path) as hass:
            await fill(hass)

    async def read(self) -> dict[tuple[str, str], dict[str, bytes | None]]:
        """Open everything, as the next start does."""
        async with running(self.path) as hass:
            return await read(hass)

    async def rotate(self) -> vault.Rotation:
        """Rotate in a start of its own."""
        async with running(self.path) as hass:
            return await vault.async_rotate(hass)


async def fill(hass: HomeAssistant) -> None:
    """Seal everything."""
    for (kind, identity), values in SECRETS.items():
        file = await vault.async_open(hass, kind, identity)
        for purpose, value in values.items():
            await file.async_put(purpose, value)


async def read(hass: HomeAssistant) -> dict[tuple[str, str], dict[str, bytes | None]]:
    """Open everything."""
    files = {place: await vault.async_open(hass, *place) for place in SECRETS}
    return {
        place: {purpose: files[place].get(purpose) for purpose in SECRETS[place]}
        for place in SECRETS
    }


@pytest.fixture
async def home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sealed:
    """Give a folder that is sealed by a generated key."""
    monkeypatch.delenv(ENV_KEK, raising=False)
    monkeypatch.delenv(ENV_KEK_FILE, raising=False)
    sealed = Sealed(tmp_path)
    await sealed.fill()
    return sealed


# ---- what a rotation does


async def test_everything_opens_with_the_new_key_alone(home_folder: Sealed) -> None:
    """Nothing is left of the old one, and everything is its owner's alone."""
    before = home_folder.generated.read_text()
    rotation = await home_folder.rotate()
    assert rotation == vault.Rotation(
        source="fleet_pulse.kek", is_new=True, files=3, left=()
    )
    assert home_folder.generated.read_text() != before
    assert not home_folder.old.exists()
    assert await home_folder.read() == SECRETS
    paths = [home_folder.generated, *home_folder.files]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600] * 4
    assert len(home_folder.names()) == 4


async def test_an_old_copy_opens_nothing_that_comes_later(home_folder: Sealed) -> None:
    """Not even by the data key, which a copy of both gives away."""
    before = home_folder.generated.read_bytes()
    copies = home_folder.files
    await home_folder.rotate()
    after = home_folder.files
    home_folder.generated.write_bytes(before)
    with pytest.raises(KekLost):
        await home_folder.read()
    home_folder.give_data_keys(copies, after)
    with pytest.raises(SealBroken):
        await home_folder.read()
    assert _items(copies) & _items(after) == set()


def _items(files: dict[Path, bytes]) -> set[str]:
    """Give every sealed value."""
    return {
        item["sealed"]
        for data in files.values()
        for item in json.loads(data)["items"].values()
    }


async def test_what_is_in_use_goes_on(home_folder: Sealed) -> None:
    """Files that are open, one that is still empty, and values on their way."""
    async with running(home_folder.path) as hass:
        account = await vault.async_open(hass, "account", "owner")
        empty = await vault.async_open(hass, "account", "another owner")
        puts = [account.async_put(f"{n}", b"%d" % n) for n in range(20)]
        await asyncio.gather(vault.async_rotate(hass), *puts, vault.async_rotate(hass))
        assert [account.get(f"{n}") for n in range(20)] == [
            b"%d" % n for n in range(20)
        ]
        await empty.async_put("tokens", b"later")
        await account.async_put("tokens", b"newer")
    assert not home_folder.old.exists()
    async with running(home_folder.path) as hass:
        account = await vault.async_open(hass, "account", "owner")
        empty = await vault.async_open(hass, "account", "another owner")
        assert (empty.get("tokens"), account.get("tokens")) == (b"later", b"newer")
        assert [account.get(f"{n}") for n in range(20)] == [
            b"%d" % n for n in range(20)
        ]


async def test_who_stops_waiting_does_not_stop_it(home_folder: Sealed) -> None:
    """Half a rotation would keep the old key for nothing."""
    async with running(home_folder.path) as hass:
        impatient = asyncio.create_task(vault.async_rotate(hass))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        impatient.cancel()
        await hass.async_block_till_done()
        assert impatient.cancelled()
        assert not home_folder.old.exists()
        assert await read(hass) == SECRETS


@pytest.mark.parametrize("name", [ENV_KEK, ENV_KEK_FILE])
async def test_a_key_of_the_owners_stays(
    home_folder: Sealed, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It seals all that the generated one sealed, which is needed no more."""
    mounted = home_folder.path.parent / "mounted"
    mounted.write_text(KEK)
    monkeypatch.setenv(name, {ENV_KEK: KEK, ENV_KEK_FILE: str(mounted)}[name])
    before = home_folder.generated.read_text()
    rotation = await home_folder.rotate()
    assert (rotation.source, rotation.is_new, rotation.files) == (name, False, 3)
    assert home_folder.generated.read_text() == before
    home_folder.generated.unlink()
    assert await home_folder.read() == SECRETS
    first = home_folder.files
    await home_folder.rotate()
    assert all(home_folder.files[path] != data for path, data in first.items())
    assert await home_folder.read() == SECRETS


async def test_a_variable_can_be_exchanged(
    home_folder: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one beside the generated file for one start; then it is gone."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await home_folder.rotate()
    home_folder.generated.unlink()
    monkeypatch.setenv(ENV_KEK, STRANGE)
    home_folder.old.write_text(f"{KEK}\n")
    assert await home_folder.read() == SECRETS
    assert not home_folder.old.exists()
    assert await home_folder.read() == SECRETS


# ---- what does not open


def _other_key(sealed: Sealed) -> None:
    """Have a file be sealed by a key that is not at hand."""
    path = sealed.file("account", "owner")
    data = json.loads(path.read_text())
    data["data_key"]["kek"] = "0123456789abcdef"
    data["data_key"]["sealed"] = data["data_key"]["sealed"][::-1]
    path.write_text(json.dumps(data))


def _torn(sealed: Sealed) -> None:
    """Tear a file."""
    path = sealed.file("account", "owner")
    path.write_bytes(path.read_bytes()[:50])


def _one_value(sealed: Sealed) -> None:
    """Damage one of a file's values."""
    path = sealed.file("account", "owner")
    data = json.loads(path.read_text())
    data["items"]["sessions"] = data["items"]["tokens"]
    path.write_text(json.dumps(data))


@pytest.mark.parametrize("spoil", [_other_key, _torn, _one_value])
async def test_what_does_not_open_is_left_and_told(
    home_folder: Sealed, spoil: Callable[[Sealed], None]
) -> None:
    """And the old keys stay for it, however often the new one is exchanged."""
    spoil(home_folder)
    account = home_folder.file("account", "owner")
    before = account.read_bytes()
    first = home_folder.generated.read_text()
    await home_folder.rotate()
    second = home_folder.generated.read_text()
    rotation = await home_folder.rotate()
    assert (rotation.files, rotation.left) == (2, (account.name,))
    assert home_folder.old.read_text().split() == [second, first]
    assert stat.S_IMODE(home_folder.old.stat().st_mode) == 0o600
    assert account.read_bytes() == before


async def test_what_the_old_key_opens_is_found_later(home_folder: Sealed) -> None:
    """A file that comes back from a backup after two rotations."""
    account = home_folder.file("account", "owner")
    whole = account.read_bytes()
    _torn(home_folder)
    await home_folder.rotate()
    await home_folder.rotate()
    account.write_bytes(whole)
    assert await home_folder.read() == SECRETS
    assert not home_folder.old.exists()
    assert await home_folder.read() == SECRETS


async def test_a_file_that_cannot_be_written_keeps_its_key(home_folder: Sealed) -> None:
    """Something stands in its way; the next rotation takes it along."""
    account = home_folder.file("account", "owner")
    obstacle = account.with_name(f"{account.name}.tmp")
    obstacle.mkdir()
    before = account.read_bytes()
    assert (await home_folder.rotate()).left == (account.name,)
    assert account.read_bytes() == before
    assert await home_folder.read() == SECRETS
    obstacle.rmdir()
    assert (await home_folder.rotate()).left == ()
    assert not home_folder.old.exists()
    assert await home_folder.read() == SECRETS


async def test_replaced_keys_that_are_none_are_passed_over(
    home_folder: Sealed, caplog: pytest.LogCaptureFixture
) -> None:
    """They are named without what is in them, and gone when nothing needs them."""
    home_folder.old.write_bytes(b"correct horse\n\n\xff\xfe\n")
    assert await home_folder.read() == SECRETS
    assert "fleet_pulse.kek.old is not 32 bytes in base64" in caplog.text
    assert "horse" not in caplog.text
    assert not home_folder.old.exists()


async def test_replaced_keys_that_cannot_be_read_forbid_a_rotation(
    home_folder: Sealed,
) -> None:
    """They would be overwritten; what is there opens all the same."""
    home_folder.old.mkdir()
    before = home_folder.generated.read_bytes()
    with pytest.raises(KekUnusable, match="cannot be read"):
        await home_folder.rotate()
    assert home_folder.generated.read_bytes() == before
    assert await home_folder.read() == SECRETS


async def test_stores_of_home_assistant_are_no_sealed_files(
    home_folder: Sealed,
) -> None:
    """They are named alike, and none of a rotation's business."""
    name = f"{DOMAIN}.snapshot.{vault.identify('owner')}"
    store = home_folder.storage / name
    store.write_text(json.dumps({"version": 1, "key": name, "data": {}}))
    before = store.read_bytes()
    assert (await home_folder.rotate()).left == ()
    assert store.read_bytes() == before


async def test_what_was_left_half_written_is_removed(home_folder: Sealed) -> None:
    """By the next start; and nothing else."""
    leftovers = [
        home_folder.storage / f"{home_folder.file('account', 'owner').name}.tmp",
        home_folder.path / "fleet_pulse.kek.tmp",
        home_folder.path / "fleet_pulse.kek.old.tmp",
    ]
    others = [home_folder.storage / "tmpabcd", home_folder.path / "notes.tmp"]
    for path in (*leftovers, *others):
        path.write_text("half")
    assert await home_folder.read() == SECRETS
    assert [path.exists() for path in leftovers] == [False] * 3
    assert [path.exists() for path in others] == [True] * 2


# ---- the action


async def rotate(home: Household, **how: Any) -> Any:
    """Call the action as an administrator."""
    return await home.hass.services.async_call(
        DOMAIN, "rotate_encryption_key", {}, blocking=True, return_response=True, **how
    )


async def test_the_action_tells_what_it_did(home: Household) -> None:
    """And the home goes on: tokens, private key and sessions, also after a restart."""
    home.car.request_wake()
    await home.pass_time(3 * MINUTE)
    await home.act(LOCK, "lock", "lock", "doors")
    before = sealed(home, "account").read_bytes()
    assert await rotate(home) == {
        "source": "fleet_pulse.kek",
        "new_key": True,
        "files": 2,
        "not_opened": [],
        "to_do": [],
    }
    assert sealed(home, "account").read_bytes() != before
    await home.act(LOCK, "unlock", "lock", "doors")
    assert not home.car.locked
    await restart(home)
    await home.pass_time(9 * 60 * MINUTE, 10 * MINUTE)
    assert home.entry.runtime_data.account.last_update_success
    assert await application.async_key(home.hass, CLIENT_ID) is not None
    assert waiting(home) == []


async def test_the_action_says_what_only_the_owner_can_do(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exchange the variable; look at a file that does not open."""
    monkeypatch.setenv(ENV_KEK, KEK)
    application_file = sealed(home, "application")
    application_file.write_bytes(application_file.read_bytes()[:50])
    await restart(home)
    answer = await rotate(home)
    assert answer["source"] == ENV_KEK
    assert answer["not_opened"] == [application_file.name]
    variable, file = answer["to_do"]
    assert ENV_KEK in variable
    assert application_file.name in file


async def test_a_key_that_is_none_is_told(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sealed by something weaker instead."""
    monkeypatch.setenv(ENV_KEK, "no key")
    before = sealed(home, "account").read_bytes()
    with pytest.raises(HomeAssistantError) as caught:
        await rotate(home)
    assert caught.value.translation_key == "kek_unusable"
    assert sealed(home, "account").read_bytes() == before
    assert not (folder(home) / kek.OLD_FILE).exists()


async def test_only_an_administrator_may(
    home: Household,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """Neither over the websocket nor from a script of somebody else's."""
    before = sealed(home, "account").read_bytes()
    user = MockUser(is_owner=False).add_to_hass(home.hass)
    with pytest.raises(Unauthorized):
        await rotate(home, context=Context(user_id=user.id))
    client = await hass_ws_client(home.hass, hass_read_only_access_token)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "rotate_encryption_key",
            "return_response": True,
        }
    )
    answer = await client.receive_json()
    assert not answer["success"]
    assert sealed(home, "account").read_bytes() == before


async def test_the_source_in_force_has_a_name(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the owner knows it; what it holds is not read."""
    assert vault.kek_source(home.hass) == "fleet_pulse.kek"
    monkeypatch.setenv(ENV_KEK_FILE, "/nowhere")
    assert vault.kek_source(home.hass) == ENV_KEK_FILE
    monkeypatch.setenv(ENV_KEK, KEK)
    assert vault.kek_source(home.hass) == ENV_KEK
