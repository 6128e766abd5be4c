"""Sealed files: tokens, command sessions, private keys. Written whole or not at all.

One file per account and one per application, below the configuration's `.storage`;
`kek` says what opens them. A rotation seals each of them anew while it is in use:

    keys exchanged ─▶ one file after the other ─▶ replaced keys forgotten
         │ kill            │ kill                     unless a file does not open
         └────────┬────────┘
                  ▼
    the next start opens with old or new, and completes it
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import hashlib
import json
import logging
from pathlib import Path
import re
import secrets
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from . import disk, kek
from .const import DOMAIN
from .fleet.envelope import KeyRing, Vault
from .fleet.errors import NotSaved, SealBroken
from .model.record import record
from .waiting import async_outlive

_LOGGER = logging.getLogger(__name__)

_VAULTS: HassKey[dict[str, VaultFile]] = HassKey(f"{DOMAIN}.vaults")
# Between opening and listing a file, two flows of one account must not both open it.
_OPENING: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}.vaults_lock")
_NAME: Final = re.compile(rf"{DOMAIN}\.[a-z_]+\.[0-9a-f]{{16}}")


def kek_source(hass: HomeAssistant) -> str:
    """Name the source of the key-encryption key in force."""
    return kek.source()


def identify(secret_name: str) -> str:
    """Return what an account or application is called in a file's name."""
    return hashlib.sha256(secret_name.encode()).hexdigest()[:16]


class VaultFile:
    """One sealed file. Every change is on disk before the call returns."""

    def __init__(
        self, hass: HomeAssistant, path: Path, ring: KeyRing, vault: Vault | SealBroken
    ) -> None:
        """Serve a file; an error in place of a vault says why it does not open."""
        self._hass = hass
        self._path = path
        self._ring = ring
        self._vault = vault
        self._lock = asyncio.Lock()

    @property
    def problem(self) -> SealBroken | None:
        """Return why the file cannot be opened; None if it can."""
        return self._vault if isinstance(self._vault, SealBroken) else None

    @property
    def is_broken(self) -> bool:
        """Return whether the file is there but no key at hand opens it."""
        return self.problem is not None

    @property
    def _opened(self) -> Vault:
        """Return the vault, or raise why there is none."""
        if isinstance(self._vault, SealBroken):
            # Otherwise every repetition would lengthen the traceback it keeps.
            raise self._vault.with_traceback(None)
        return self._vault

    @property
    def content(self) -> object:
        """Return what is another object as soon as anything was put."""
        return self._opened

    def get(self, purpose: str) -> bytes | None:
        """Return a value in the clear; None if it was never put."""
        return self._opened.get(purpose)

    async def async_put(self, purpose: str, value: bytes) -> None:
        """Seal a value and wait until it is on disk; raises NotSaved if it is not.

        A caller that gives up does not end the writing: were the next one let in
        while it goes on, the older content could be renamed into place last.
        """
        await async_outlive(
            self._hass.async_create_task(
                self._async_put(purpose, value), "fleet_pulse vault"
            )
        )

    async def _async_put(self, purpose: str, value: bytes) -> None:
        """Write one after the other."""
        async with self._lock:
            vault = self._opened.put(purpose, value)
            await self._hass.async_add_executor_job(_write, self._path, vault)
            self._vault = vault

    async def async_renew(self) -> None:
        """Start an empty vault in place of one that cannot be opened."""
        async with self._lock:
            self._vault = Vault.create(self._path.name, self._ring, secrets.token_bytes)

    async def async_end(self) -> None:
        """Let a write under way end, and no other one begin: the file goes away."""
        async with self._lock:
            self._vault = SealBroken("the file was deleted")

    async def async_seal_anew(self, ring: KeyRing) -> bool:
        """Seal everything with new keys; False if it could not be, and stays as it is.

        What waits to be put follows with the new keys.
        """
        async with self._lock:
            self._ring = ring
            try:
                self._vault = await self._hass.async_add_executor_job(
                    _sealed_anew, self._path, ring, self._vault
                )
            except (NotSaved, SealBroken) as err:
                _LOGGER.warning("%s keeps its key: %s", self._path.name, err)
                return False
            return True


def _write(path: Path, vault: Vault) -> None:
    """Put a vault on disk."""
    disk.write(path, json.dumps(vault.dump()))


def _load(path: Path, ring: KeyRing) -> Vault:
    """Open a file that is there; SealBroken says why not."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise SealBroken(f"the file cannot be read: {err.strerror}") from err
    except (ValueError, RecursionError) as err:
        raise SealBroken("the file is damaged") from err
    return Vault.load(data, path.name, ring, secrets.token_bytes)


def _sealed_anew(path: Path, ring: KeyRing, known: Vault | SealBroken) -> Vault:
    """Seal what is known of a file, or else what is on disk, with new keys."""
    vault = _load(path, ring) if isinstance(known, SealBroken) else known
    renewed = vault.renewed(ring)
    if path.exists():
        _write(path, renewed)
    return renewed


def _open(config_dir: Path, path: Path) -> tuple[KeyRing, Vault | SealBroken]:
    """Open a file, or start an empty vault where there is none."""
    ring = kek.key_ring(config_dir)
    if not path.exists():
        return ring, Vault.create(path.name, ring, secrets.token_bytes)
    try:
        vault = _load(path, ring)
    except SealBroken as err:
        return ring, err
    resealed = vault.resealed(ring)
    if resealed is vault:
        return ring, vault
    try:
        _write(path, resealed)
    except NotSaved:
        # It opens as it is; the next start, or the next value, moves it.
        _LOGGER.warning("A sealed file keeps its older key: it could not be written")
    return ring, resealed


def file_name(kind: str, identity: str) -> str:
    """Return the name of the sealed file of an account or application (`kind`)."""
    return f"{DOMAIN}.{kind}.{identify(identity)}"


async def async_delete(hass: HomeAssistant, is_doomed: Callable[[str], bool]) -> None:
    """Delete files of ours by name, without opening them: their key may be lost.

    The generated key goes with the last of them.
    """
    folder = Path(hass.config.config_dir)

    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        vaults = hass.data.setdefault(_VAULTS, {})
        for name in filter(is_doomed, list(vaults)):
            await vaults.pop(name).async_end()
        # One that is open may be written for the first time, with the key as it is.
        await hass.async_add_executor_job(_delete, folder, is_doomed, not vaults)


def _delete(folder: Path, is_doomed: Callable[[str], bool], is_last: bool) -> None:
    """Delete files by name, and the generated key where nothing is left to open."""
    storage = folder / STORAGE_DIR
    for path in storage.glob(f"{DOMAIN}.*"):
        if is_doomed(path.name):
            disk.remove(path)
    if is_last and not any(storage.glob(f"{DOMAIN}.*")):
        kek.forget(folder)


async def async_open(hass: HomeAssistant, kind: str, identity: str) -> VaultFile:
    """Return the one vault of an account or application (`kind`).

    One that could not be opened is opened anew: its key may be back.
    """
    name = file_name(kind, identity)
    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        vaults = hass.data.setdefault(_VAULTS, {})
        folder = Path(hass.config.config_dir)
        if not vaults:
            await hass.async_add_executor_job(_complete, folder)
        if name not in vaults or vaults[name].is_broken:
            path = folder / STORAGE_DIR / name
            ring, vault = await hass.async_add_executor_job(_open, folder, path)
            vaults[name] = VaultFile(hass, path, ring, vault)
        return vaults[name]


# ---- rotation


@record
class Rotation:
    """What a rotation did."""

    source: str
    """Where the key comes from that seals now."""
    is_new: bool
    """Whether that key was replaced; one the owner chose is the owner's to replace."""
    files: int
    """How many files are sealed anew."""
    left: tuple[str, ...]
    """The files that could not be."""


async def async_rotate(hass: HomeAssistant) -> Rotation:
    """Exchange the keys of everything that is sealed, while it is in use.

    Once begun it is carried through, whoever stops waiting for it.
    """
    return await async_outlive(
        hass.async_create_task(_async_rotate(hass), "fleet_pulse rotation")
    )


async def _async_rotate(hass: HomeAssistant) -> Rotation:
    """Exchange the key-encryption key, then the data key of one file after another."""
    folder = Path(hass.config.config_dir)
    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        ring = await hass.async_add_executor_job(kek.renew, folder)
        paths = await hass.async_add_executor_job(_sealed_files, folder)
        vaults = hass.data.setdefault(_VAULTS, {})
        for path in paths:
            if path.name not in vaults:
                unread = SealBroken("the file was not read yet")
                vaults[path.name] = VaultFile(hass, path, ring, unread)
        sealed = {
            name: await file.async_seal_anew(ring) for name, file in vaults.items()
        }
        if all(sealed.values()):
            await hass.async_add_executor_job(kek.drop_old, folder)
    return Rotation(
        source=kek.source(),
        is_new=kek.source() == kek.KEK_FILE,
        files=sum(sealed[path.name] for path in paths),
        left=tuple(sorted(name for name, is_anew in sealed.items() if not is_anew)),
    )


def _complete(config_dir: Path) -> None:
    """Do what a killed program left undone: a rotation, a file half written."""
    disk.sweep((config_dir / STORAGE_DIR).glob(f"{DOMAIN}.*{disk.UNFINISHED}"))
    disk.sweep(config_dir.glob(f"{kek.KEK_FILE}*{disk.UNFINISHED}"))
    if not kek.has_old(config_dir):
        return
    ring = kek.key_ring(config_dir)
    left = [p for p in _sealed_files(config_dir) if not _is_moved(p, ring)]
    if not left:
        # A folder that takes no change now is asked again by the next start.
        with suppress(NotSaved):
            kek.drop_old(config_dir)


def _is_moved(path: Path, ring: KeyRing) -> bool:
    """Have a file sealed by the key in force; return whether it is."""
    try:
        vault = _load(path, ring)
        if not vault.is_sealed_by(ring.current):
            _write(path, vault.renewed(ring))
    except (NotSaved, SealBroken) as err:
        _LOGGER.warning("Replaced keys are kept for %s: %s", path.name, err)
        return False
    return True


def _sealed_files(config_dir: Path) -> list[Path]:
    """Return all files that may be sealed: better one too many than one too few."""
    found = sorted((config_dir / STORAGE_DIR).glob(f"{DOMAIN}.*"))
    return [path for path in found if _NAME.fullmatch(path.name) and not _is_open(path)]


def _is_open(path: Path) -> bool:
    """Return whether this is surely one of Home Assistant's stores, which are open."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError, ValueError, RecursionError:
        return False
    return isinstance(data, dict) and data.get("key") == path.name
