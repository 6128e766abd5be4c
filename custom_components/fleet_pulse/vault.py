"""Sealed files: tokens, command sessions, private keys. Written whole or not at all.

One file per account and one per application, below the configuration's `.storage`.
What opens them is a key-encryption key (KEK): from `FLEET_PULSE_KEK` (32 bytes,
base64), from the file that `FLEET_PULSE_KEK_FILE` names, or from the generated
`fleet_pulse.kek` in the configuration folder. The first one found seals; each of the
others may open what was sealed before the first one was there.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from functools import partial
import hashlib
import json
import logging
import os
from pathlib import Path
import secrets
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, ENV_KEK, ENV_KEK_FILE
from .fleet.envelope import Kek, KeyRing, Vault
from .fleet.errors import NotSaved, SealBroken

_LOGGER = logging.getLogger(__name__)

_KEK_FILE: Final = f"{DOMAIN}.kek"
_VAULTS: HassKey[dict[str, VaultFile]] = HassKey(f"{DOMAIN}.vaults")
# Between opening and listing a file, two flows of one account must not both open it.
_OPENING: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}.vaults_lock")

type _Source = Callable[[], Kek]


def _from_base64(source: str, text: str) -> Kek:
    """Read a key as the environment or a file holds it."""
    try:
        return Kek.of(base64.b64decode(text.strip(), validate=True))
    except binascii.Error, ValueError:
        # The text itself is the secret: it must not be repeated, nor chained.
        raise SealBroken(f"{source} is not 32 bytes in base64") from None


def _from_file(source: str, path: Path) -> Kek:
    """Read a key from a file."""
    try:
        text = path.read_text(encoding="ascii")
    except OSError as err:
        raise SealBroken(f"{source} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError:
        raise SealBroken(f"{source} is not 32 bytes in base64") from None
    return _from_base64(source, text)


def _generated(path: Path) -> Kek:
    """Return the key in the configuration folder; make one where there is none."""
    if not path.exists():
        _save(path, base64.b64encode(secrets.token_bytes(32)).decode())
    return _from_file(_KEK_FILE, path)


def _readable(sources: Iterable[_Source]) -> Iterator[Kek]:
    """Yield the keys of the sources that can be read."""
    for source in sources:
        try:
            yield source()
        except SealBroken as err:
            _LOGGER.warning("Ignoring a key-encryption key: %s", err)


def key_ring(config_dir: Path) -> KeyRing:
    """Return all key-encryption keys at hand, the one that seals first.

    That one must be readable: what the owner chose is never silently replaced by
    something that protects less.
    """
    generated = config_dir / _KEK_FILE
    sources: list[_Source] = []
    if text := os.environ.get(ENV_KEK, "").strip():
        sources.append(partial(_from_base64, ENV_KEK, text))
    if mounted := os.environ.get(ENV_KEK_FILE, "").strip():
        sources.append(partial(_from_file, ENV_KEK_FILE, Path(mounted)))
    if not sources or generated.exists():
        sources.append(partial(_generated, generated))
    first, *others = sources
    return KeyRing((first(), *_readable(others)))


def identify(secret_name: str) -> str:
    """Return what an account or application is called in a file's name."""
    return hashlib.sha256(secret_name.encode()).hexdigest()[:16]


class VaultFile:
    """One sealed file. Every change is on disk before the call returns."""

    def __init__(
        self, hass: HomeAssistant, path: Path, ring: KeyRing, vault: Vault | None
    ) -> None:
        """Serve a file; None is a vault that could not be opened."""
        self._hass = hass
        self._path = path
        self._ring = ring
        self._vault = vault
        self._lock = asyncio.Lock()

    @property
    def is_broken(self) -> bool:
        """Return whether the file is there but no key at hand opens it."""
        return self._vault is None

    def get(self, purpose: str) -> bytes | None:
        """Return a value in the clear; None if it was never put."""
        if self._vault is None:
            raise SealBroken("no key at hand opens this file")
        return self._vault.get(purpose)

    async def async_put(self, purpose: str, value: bytes) -> None:
        """Seal a value and wait until it is on disk; raises NotSaved if it is not.

        A caller that gives up does not end the writing: were the next one let in
        while it goes on, the older content could be renamed into place last.
        """
        await asyncio.shield(
            self._hass.async_create_task(
                self._async_put(purpose, value), "fleet_pulse vault"
            )
        )

    async def _async_put(self, purpose: str, value: bytes) -> None:
        """Write one after the other."""
        async with self._lock:
            if self._vault is None:
                raise SealBroken("no key at hand opens this file")
            vault = self._vault.put(purpose, value)
            await self._hass.async_add_executor_job(_write, self._path, vault)
            self._vault = vault

    async def async_renew(self) -> None:
        """Start an empty vault in place of one that cannot be opened."""
        async with self._lock:
            self._vault = Vault.create(self._path.name, self._ring, secrets.token_bytes)

    async def async_end(self) -> None:
        """Let a write under way end, and no other one begin: the file goes away."""
        async with self._lock:
            self._vault = None


def _save(path: Path, text: str) -> None:
    """Write, fsync and rename: a crash leaves the old file or the new one."""
    try:
        path.parent.mkdir(exist_ok=True)
        write_utf8_file_atomic(str(path), text, private=True)
    except (OSError, WriteError) as err:
        cause = err.__cause__ or err
        why = getattr(cause, "strerror", None) or type(cause).__name__
        raise NotSaved(why) from err


def _write(path: Path, vault: Vault) -> None:
    """Put a vault on disk."""
    _save(path, json.dumps(vault.dump()))


def _open(config_dir: Path, path: Path) -> tuple[KeyRing, Vault | None]:
    """Open a file, or start an empty vault where there is none."""
    ring = key_ring(config_dir)
    if not path.exists():
        return ring, Vault.create(path.name, ring, secrets.token_bytes)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        vault = Vault.load(data, path.name, ring, secrets.token_bytes)
    except ValueError, RecursionError, SealBroken:
        return ring, None
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

    def delete() -> None:
        for path in (folder / STORAGE_DIR).glob(f"{DOMAIN}.*"):
            if is_doomed(path.name):
                path.unlink(missing_ok=True)
        if not any((folder / STORAGE_DIR).glob(f"{DOMAIN}.*")):
            (folder / _KEK_FILE).unlink(missing_ok=True)

    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        vaults = hass.data.setdefault(_VAULTS, {})
        for name in filter(is_doomed, list(vaults)):
            await vaults.pop(name).async_end()
        await hass.async_add_executor_job(delete)


async def async_open(hass: HomeAssistant, kind: str, identity: str) -> VaultFile:
    """Return the one vault of an account or application (`kind`).

    One that could not be opened is opened anew: its key may be back.
    """
    name = file_name(kind, identity)
    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        vaults = hass.data.setdefault(_VAULTS, {})
        if name not in vaults or vaults[name].is_broken:
            folder = Path(hass.config.config_dir)
            path = folder / STORAGE_DIR / name
            ring, vault = await hass.async_add_executor_job(_open, folder, path)
            vaults[name] = VaultFile(hass, path, ring, vault)
        return vaults[name]
