"""Sealed files and the keys to them: found in order, moved safely, never guessed."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
import json
from pathlib import Path
import stat
from threading import Event
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.fleet_pulse import disk, kek, vault
from custom_components.fleet_pulse.const import ENV_KEK, ENV_KEK_FILE
from custom_components.fleet_pulse.fleet.errors import NotSaved, SealBroken

from .account import running

KIND: Final = "account"
WHO: Final = "owner"
NAME: Final = f"fleet_pulse.account.{vault.identify(WHO)}"
GENERATED: Final = "fleet_pulse.kek"
FIRST: Final = b64encode(bytes(range(32))).decode()
SECOND: Final = b64encode(bytes(range(32, 64))).decode()


class Folder:
    """A configuration folder, and Home Assistants that run on it one after another."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin with an empty folder and no key in the environment."""
        self.path = path
        self.environment = monkeypatch
        self.use()

    @property
    def file(self) -> Path:
        """The sealed file of the account."""
        return self.path / ".storage" / NAME

    @property
    def mounted(self) -> Path:
        """A file that a mounted secret may lie in."""
        return self.path.parent / "mounted"

    @property
    def generated(self) -> Path:
        """The key that is made where none is given."""
        return self.path / GENERATED

    @property
    def sealed_by(self) -> str:
        """The name of the key that seals the file."""
        name: str = json.loads(self.file.read_text())["data_key"]["kek"]
        return name

    def use(self, *, env: str | None = None, mounted: str | None = None) -> None:
        """Put keys into the environment, in place of those before."""
        self.environment.delenv(ENV_KEK, raising=False)
        self.environment.delenv(ENV_KEK_FILE, raising=False)
        if env is not None:
            self.environment.setenv(ENV_KEK, env)
        if mounted is not None:
            self.mounted.write_text(mounted)
            self.environment.setenv(ENV_KEK_FILE, str(self.mounted))

    def name_of(self, text: str) -> str:
        """Give the name of a key."""
        return kek._from_base64("a test", text).id

    async def put(self, value: bytes) -> None:
        """Run Home Assistant, and seal a value."""
        async with running(self.path) as hass:
            file = await vault.async_open(hass, KIND, WHO)
            await file.async_put("tokens", value)

    async def get(self) -> bytes | None:
        """Run Home Assistant, and read the value."""
        async with running(self.path) as hass:
            return (await vault.async_open(hass, KIND, WHO)).get("tokens")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give an empty configuration folder."""
    path = tmp_path / "config"
    path.mkdir()
    return Folder(path, monkeypatch)


@pytest.fixture
async def hass(folder: Folder) -> AsyncIterator[HomeAssistant]:
    """Give a Home Assistant on that folder, with nothing but its core."""
    async with running(folder.path) as hass:
        yield hass


# ---- where the key comes from


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"env": FIRST}, FIRST, id="the variable"),
        pytest.param({"env": f" {FIRST}\n"}, FIRST, id="the variable with a newline"),
        pytest.param({"mounted": f"{FIRST}\n"}, FIRST, id="the mounted file"),
        pytest.param(
            {"env": FIRST, "mounted": SECOND}, FIRST, id="the variable before the file"
        ),
        pytest.param(
            {"env": " ", "mounted": SECOND}, SECOND, id="a blank variable is none"
        ),
    ],
)
async def test_the_first_key_found_seals(
    folder: Folder, given: dict[str, str], expected: str
) -> None:
    """Nothing is generated where a key is given."""
    folder.use(**given)
    await folder.put(b"secret")
    assert folder.sealed_by == folder.name_of(expected)
    assert not folder.generated.exists()
    assert await folder.get() == b"secret"


async def test_without_a_key_one_is_generated(folder: Folder) -> None:
    """Once: 32 bytes that nobody else can read, found again after a restart."""
    await folder.put(b"secret")
    made = folder.generated.read_text()
    assert folder.sealed_by == folder.name_of(made)
    assert await folder.get() == b"secret"
    assert folder.generated.read_text() == made
    assert stat.S_IMODE(folder.generated.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"env": FIRST}, id="generated, then a variable"),
        pytest.param({}, {"mounted": FIRST}, id="generated, then a file"),
        pytest.param(
            {"mounted": FIRST},
            {"env": SECOND, "mounted": FIRST},
            id="a file, then a variable beside it",
        ),
        pytest.param(
            {"env": FIRST},
            {"env": SECOND, "mounted": FIRST},
            id="a variable that became the file",
        ),
        pytest.param({"env": FIRST}, {"mounted": FIRST}, id="the same key elsewhere"),
    ],
)
async def test_another_key_takes_over(
    folder: Folder, before: dict[str, str], after: dict[str, str]
) -> None:
    """Every key at hand may open; the first one then seals, and alone suffices."""
    folder.use(**before)
    await folder.put(b"secret")
    folder.use(**after)
    assert await folder.get() == b"secret"
    first = after.get("env") or after["mounted"]
    assert folder.sealed_by == folder.name_of(first)
    folder.generated.unlink(missing_ok=True)
    folder.use(env=first)
    assert await folder.get() == b"secret"


async def test_a_generated_key_still_opens_when_the_variable_is_gone(
    folder: Folder,
) -> None:
    """A file that was sealed before the variable was there."""
    await folder.put(b"secret")
    folder.use(env=FIRST)
    async with running(folder.path) as hass:
        other = await vault.async_open(hass, KIND, "somebody else")
        await other.async_put("tokens", b"other")
    folder.use()
    assert await folder.get() == b"secret"


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda folder: folder.use(), id="the variable is gone"),
        pytest.param(lambda folder: folder.use(env=SECOND), id="another variable"),
    ],
)
async def test_a_lost_key_opens_nothing(
    folder: Folder, lose: Callable[[Folder], None]
) -> None:
    """What is sealed stays as it is, and opens again when the key is back."""
    folder.use(env=FIRST)
    await folder.put(b"secret")
    sealed = folder.file.read_bytes()
    lose(folder)
    with pytest.raises(SealBroken):
        await folder.get()
    with pytest.raises(SealBroken):
        await folder.put(b"newer")
    assert folder.file.read_bytes() == sealed
    folder.use(env=FIRST)
    assert await folder.get() == b"secret"


async def test_a_key_that_comes_back_needs_no_restart(folder: Folder) -> None:
    """A secret that was mounted late: the next try opens the file."""
    folder.use(mounted=FIRST)
    await folder.put(b"secret")
    folder.use(mounted=SECOND)
    async with running(folder.path) as hass:
        assert (await vault.async_open(hass, KIND, WHO)).is_broken
        folder.use(mounted=FIRST)
        file = await vault.async_open(hass, KIND, WHO)
        assert file.get("tokens") == b"secret"
        assert await vault.async_open(hass, KIND, WHO) is file


async def test_a_new_sign_in_replaces_what_nobody_can_open(folder: Folder) -> None:
    """It stands under the key that is there now."""
    folder.use(env=FIRST)
    await folder.put(b"secret")
    folder.use(env=SECOND)
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        await file.async_renew()
        assert file.get("tokens") is None
        await file.async_put("tokens", b"newer")
    assert folder.sealed_by == folder.name_of(SECOND)
    assert await folder.get() == b"newer"


# ---- keys that are none


def _unreadable(folder: Folder) -> None:
    """Name a file that is not there."""
    folder.use()
    folder.environment.setenv(ENV_KEK_FILE, str(folder.path / "missing"))


def _binary(folder: Folder) -> None:
    """Mount bytes that are no text."""
    folder.use(mounted="")
    folder.mounted.write_bytes(bytes(range(224, 256)))


def _damaged(folder: Folder) -> None:
    """Tear the generated key."""
    folder.use()
    folder.generated.write_text(FIRST[:20])


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        pytest.param(lambda f: f.use(env="password"), ENV_KEK, id="a password"),
        pytest.param(lambda f: f.use(env=FIRST[:-8]), ENV_KEK, id="too short"),
        pytest.param(lambda f: f.use(env=FIRST + FIRST), ENV_KEK, id="too long"),
        pytest.param(lambda f: f.use(env="schlüssel"), ENV_KEK, id="not ASCII"),
        pytest.param(lambda f: f.use(mounted=""), ENV_KEK_FILE, id="an empty file"),
        pytest.param(_binary, ENV_KEK_FILE, id="a binary file"),
        pytest.param(_unreadable, ENV_KEK_FILE, id="a missing file"),
        pytest.param(_damaged, GENERATED, id="a damaged generated file"),
    ],
)
async def test_a_first_key_that_is_none_is_named(
    folder: Folder, spoil: Callable[[Folder], None], named: str
) -> None:
    """What the owner chose is not silently replaced; the text tells nothing of it."""
    folder.use(env=FIRST)
    await folder.put(b"secret")
    sealed = folder.file.read_bytes()
    spoil(folder)
    with pytest.raises(SealBroken, match=named) as caught:
        await folder.get()
    assert caught.value.__cause__ is None or named == ENV_KEK_FILE
    told = f"{caught.value!r}{caught.value.__cause__!r}"
    assert [word for word in ("password", FIRST[:20], "schl") if word in told] == []
    assert folder.file.read_bytes() == sealed
    folder.generated.unlink(missing_ok=True)
    folder.use(env=FIRST)
    assert await folder.get() == b"secret"


async def test_a_later_key_that_is_none_is_passed_over(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one suffices; the log names the other, without what is in it."""
    folder.use(env=FIRST, mounted="no key at all")
    folder.generated.write_text(SECOND)
    await folder.put(b"secret")
    assert await folder.get() == b"secret"
    assert f"{ENV_KEK_FILE} is not 32 bytes in base64" in caplog.text
    assert "no key at all" not in caplog.text


# ---- files that are none


def _edited(**changes: Any) -> Callable[[bytes], bytes]:
    """Change the top of the JSON."""
    return lambda raw: json.dumps(json.loads(raw) | changes).encode()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda raw: raw[: len(raw) // 2], id="half of it"),
        pytest.param(lambda raw: raw[:-1] + b"\x00", id="a zero at the end"),
        pytest.param(lambda _: bytes(range(256)), id="bytes"),
        pytest.param(lambda _: b"[]", id="a list"),
        pytest.param(lambda _: b"null", id="null"),
        pytest.param(lambda _: b"[" * 100_000, id="brackets without end"),
        pytest.param(_edited(data_key=None), id="no data key"),
        pytest.param(_edited(data_key={"kek": 7}), id="a key without a name"),
        pytest.param(_edited(items=[]), id="no items"),
    ],
)
async def test_a_damaged_file_is_broken_not_a_crash(
    folder: Folder, spoil: Callable[[bytes], bytes]
) -> None:
    """It is left as it is until a new sign-in replaces it."""
    await folder.put(b"secret")
    damaged = spoil(folder.file.read_bytes())
    folder.file.write_bytes(damaged)
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        assert file.is_broken
        with pytest.raises(SealBroken):
            file.get("tokens")
        with pytest.raises(SealBroken):
            await file.async_put("tokens", b"newer")
        assert folder.file.read_bytes() == damaged
        await file.async_renew()
        await file.async_put("tokens", b"newer")
    assert await folder.get() == b"newer"


async def test_one_damaged_value_leaves_the_others(folder: Folder) -> None:
    """It alone does not open, and can be put anew."""
    await folder.put(b"secret")
    sealed = json.loads(folder.file.read_text())
    sealed["items"]["sessions"] = sealed["items"]["tokens"]
    folder.file.write_text(json.dumps(sealed))
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        assert file.get("tokens") == b"secret"
        with pytest.raises(SealBroken):
            file.get("sessions")
        await file.async_put("sessions", b"[]")
        assert file.get("sessions") == b"[]"


async def test_a_file_opens_for_its_own_account_only(folder: Folder) -> None:
    """Nobody gets another one's tokens by exchanging files."""
    await folder.put(b"secret")
    folder.file.rename(
        folder.file.with_name(f"fleet_pulse.account.{vault.identify('x')}")
    )
    async with running(folder.path) as hass:
        assert (await vault.async_open(hass, KIND, "x")).is_broken


# ---- writing


async def test_sealed_files_are_the_owners_alone(folder: Folder) -> None:
    """Also after they were written anew."""
    await folder.put(b"secret")
    await folder.put(b"newer")
    assert stat.S_IMODE(folder.file.stat().st_mode) == 0o600
    assert b"newer" not in folder.file.read_bytes()
    assert {path.name for path in folder.file.parent.iterdir()} == {NAME}


async def test_two_who_open_a_file_share_it(hass: HomeAssistant) -> None:
    """Two writers that do not know of each other would lose values."""
    opening = (vault.async_open(hass, KIND, WHO) for _ in range(10))
    files = await asyncio.gather(*opening)
    assert len({id(file) for file in files}) == 1
    puts = (file.async_put(f"{n}", b"x") for n, file in enumerate(files))
    await asyncio.gather(*puts)
    assert [files[0].get(f"{n}") for n in range(10)] == [b"x"] * 10


async def test_a_caller_who_gives_up_does_not_tear_the_writing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun ends first, and what comes later wins: on disk, too."""
    slow = SlowDisk()
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        monkeypatch.setattr(disk, "write", slow.write)
        impatient = asyncio.create_task(file.async_put("sessions", b"old"))
        await hass.async_add_executor_job(slow.is_writing.wait, 5)
        impatient.cancel()
        later = asyncio.create_task(file.async_put("tokens", b"new"))
        await asyncio.sleep(0.05)
        assert impatient.cancelled()
        assert not later.done()
        slow.is_fast.set()
        await later
        assert (file.get("sessions"), file.get("tokens")) == (b"old", b"new")
    assert await folder.get() == b"new"


class SlowDisk:
    """A disk that takes its time for the first thing that is written."""

    def __init__(self) -> None:
        """Begin slowly."""
        self.is_writing = Event()
        self.is_fast = Event()

    write_now = staticmethod(disk.write)

    def write(self, path: Path, text: str) -> None:
        """Write, when it is time."""
        is_first = not self.is_writing.is_set()
        self.is_writing.set()
        assert not is_first or self.is_fast.wait(5)
        self.write_now(path, text)


async def test_what_is_not_on_disk_is_not_there(folder: Folder) -> None:
    """A folder that takes nothing: the old value stays, and the error says so."""
    await folder.put(b"secret")
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        folder.file.parent.rename(folder.path / "away")
        folder.file.parent.write_text("no folder")
        with pytest.raises(NotSaved, match="File exists"):
            await file.async_put("tokens", b"newer")
        assert file.get("tokens") == b"secret"


async def test_a_key_that_cannot_be_kept_seals_nothing(folder: Folder) -> None:
    """It would be lost with the next restart, and all it sealed with it."""
    folder.path.rmdir()
    folder.path.write_text("no folder")
    with pytest.raises(NotSaved):
        await folder.put(b"secret")


async def test_a_file_that_cannot_be_moved_to_another_key_still_opens(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no reason to sign in again."""
    await folder.put(b"secret")
    sealed = folder.file.read_bytes()
    folder.use(env=FIRST)

    def full(*_: Any, **__: Any) -> None:
        raise NotSaved("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", full)
        assert await folder.get() == b"secret"
    assert folder.file.read_bytes() == sealed
    assert await folder.get() == b"secret"
    assert folder.sealed_by == folder.name_of(FIRST)


async def test_removing_leaves_nothing(folder: Folder) -> None:
    """A file that is opened again begins empty."""
    await folder.put(b"secret")
    async with running(folder.path) as hass:
        file = await vault.async_open(hass, KIND, WHO)
        await vault.async_delete(hass, folder.file.name.__eq__)
        assert not folder.file.exists()
        assert (await vault.async_open(hass, KIND, WHO)).get("tokens") is None
        with pytest.raises(SealBroken):
            await file.async_put("tokens", b"too late")
        await vault.async_delete(hass, folder.file.name.__eq__)
