"""Sealed files: tokens, command sessions, private keys. Written whole or not at all.

One file per account and one per application, below the configuration's `.storage`.
What opens them is the key-encryption key (KEK), first found wins, all are tried:
`FLEET_PULSE_KEK` (32 bytes, base64), `FLEET_PULSE_KEK_FILE` (a path), else the
generated `fleet_pulse.kek` in the configuration folder.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import os
from pathlib import Path
import secrets
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, ENV_KEK, ENV_KEK_FILE
from .fleet.envelope import Kek, KeyRing, Vault
from .fleet.errors import SealBroken

_KEK_FILE: Final = f"{DOMAIN}.kek"
_VAULTS: HassKey[dict[str, VaultFile]] = HassKey(f"{DOMAIN}.vaults")
# Between opening and listing a file, two flows of one account must not both open it.
_OPENING: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}.vaults_lock")


def _from_base64(text: str) -> Kek:
    """Read a key as the environment or a mounted file holds it."""
    try:
        return Kek.of(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as err:
        # The text itself is the secret: it must not be repeated.
        raise SealBroken("the key-encryption key is not 32 bytes in base64") from err


def _generated(path: Path) -> Kek:
    """Return the key in the configuration folder; make one where there is none."""
    if not path.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        write_utf8_file_atomic(str(path), key, private=True)
    return _from_base64(path.read_text(encoding="utf-8"))


def key_ring(config_dir: Path) -> KeyRing:
    """Return all key-encryption keys at hand, the one that seals first."""
    keks: list[Kek] = []
    generated = config_dir / _KEK_FILE
    if text := os.environ.get(ENV_KEK):
        keks.append(_from_base64(text))
    if mounted := os.environ.get(ENV_KEK_FILE):
        keks.append(_from_base64(Path(mounted).read_text(encoding="utf-8")))
    if not keks or generated.exists():
        keks.append(_generated(generated))
    return KeyRing(tuple(keks))


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
        """Seal a value and wait until it is on disk."""
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

    async def async_remove(self) -> None:
        """Delete the file."""
        async with self._lock:
            await self._hass.async_add_executor_job(self._path.unlink, True)
        self._hass.data[_VAULTS].pop(self._path.name, None)


def _write(path: Path, vault: Vault) -> None:
    """Write, fsync and rename: a crash leaves the old file or the new one."""
    path.parent.mkdir(exist_ok=True)
    write_utf8_file_atomic(str(path), json.dumps(vault.dump()), private=True)


def _open(config_dir: Path, path: Path) -> tuple[KeyRing, Vault | None]:
    """Open a file, or start an empty vault where there is none."""
    ring = key_ring(config_dir)
    if not path.exists():
        return ring, Vault.create(path.name, ring, secrets.token_bytes)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        vault = Vault.load(data, path.name, ring, secrets.token_bytes)
    except ValueError, SealBroken:
        return ring, None
    resealed = vault.resealed(ring)
    if resealed is not vault:
        _write(path, resealed)
    return ring, resealed


async def async_open(hass: HomeAssistant, kind: str, identity: str) -> VaultFile:
    """Return the one vault of an account or application (`kind`)."""
    name = f"{DOMAIN}.{kind}.{identify(identity)}"
    async with hass.data.setdefault(_OPENING, asyncio.Lock()):
        vaults = hass.data.setdefault(_VAULTS, {})
        if name not in vaults:
            folder = Path(hass.config.config_dir)
            path = folder / STORAGE_DIR / name
            ring, vault = await hass.async_add_executor_job(_open, folder, path)
            vaults[name] = VaultFile(hass, path, ring, vault)
        return vaults[name]
