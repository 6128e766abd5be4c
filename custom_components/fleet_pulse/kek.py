"""Where the key-encryption key (KEK) comes from, and how it is exchanged.

From `FLEET_PULSE_KEK` (32 bytes, base64), from the file that `FLEET_PULSE_KEK_FILE`
names, or from the generated `fleet_pulse.kek` in the configuration folder. The first
one found seals; each of the others may open what was sealed before the first was
there. Behind them all stands `fleet_pulse.kek.old`, which keeps replaced keys, one a
line, until nothing is left that needs them:

    old key ─▶ .old ─▶ new key ─▶ fleet_pulse.kek ─▶ all is sealed anew ─▶ .old goes
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from functools import partial
import logging
import os
from pathlib import Path
import secrets
from typing import Final

from . import disk
from .const import DOMAIN, ENV_KEK, ENV_KEK_FILE
from .fleet.envelope import KEY_LENGTH, Kek, KeyRing
from .fleet.errors import KekUnusable, SealBroken

_LOGGER = logging.getLogger(__name__)

KEK_FILE: Final = f"{DOMAIN}.kek"
OLD_FILE: Final = f"{KEK_FILE}.old"

type _Source = Callable[[], Kek]


def source() -> str:
    """Name the source of the key that seals, as the owner knows it."""
    given = (name for name in (ENV_KEK, ENV_KEK_FILE) if _given(name))
    return next(given, KEK_FILE)


def key_ring(config_dir: Path) -> KeyRing:
    """Return all key-encryption keys at hand, the one that seals first.

    That one must be usable: what the owner chose is never silently replaced by
    something that protects less.
    """
    generated = config_dir / KEK_FILE
    sources: list[_Source] = []
    if text := _given(ENV_KEK):
        sources.append(partial(_from_base64, ENV_KEK, text))
    if mounted := _given(ENV_KEK_FILE):
        sources.append(partial(_from_file, ENV_KEK_FILE, Path(mounted)))
    if not sources or generated.exists():
        sources.append(partial(_generated, generated))
    first, *others = sources
    return KeyRing((first(), *_usable(others), *_replaced(config_dir / OLD_FILE)))


def renew(config_dir: Path) -> KeyRing:
    """Replace the key that seals if it is the generated one; return all keys then.

    A key that the owner chose is the owner's to replace.
    """
    ring = key_ring(config_dir)
    if source() != KEK_FILE:
        return ring
    generated, old = config_dir / KEK_FILE, config_dir / OLD_FILE
    kept = dict.fromkeys((generated.read_text(encoding="ascii").strip(), *_lines(old)))
    disk.write(old, "\n".join(kept))
    disk.write(generated, _new_key())
    return key_ring(config_dir)


def has_old(config_dir: Path) -> bool:
    """Return whether there are replaced keys that something may still need."""
    return (config_dir / OLD_FILE).exists()


def drop_old(config_dir: Path) -> None:
    """Forget replaced keys; everything must have been sealed anew."""
    disk.remove(config_dir / OLD_FILE)


def forget(config_dir: Path) -> None:
    """Delete the generated keys; nothing is left that they open."""
    for name in (OLD_FILE, KEK_FILE):
        disk.remove(config_dir / name)


def _given(name: str) -> str:
    """Return what an environment variable holds; a blank one is none."""
    return os.environ.get(name, "").strip()


def _new_key() -> str:
    """Make a key, in the form in which it is kept."""
    return base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()


def _from_base64(name: str, text: str) -> Kek:
    """Read a key as the environment or a file holds it."""
    try:
        return Kek.of(base64.b64decode(text.strip(), validate=True))
    except binascii.Error, ValueError:
        # The text itself is the secret: it must not be repeated, nor chained.
        raise KekUnusable(f"{name} is not 32 bytes in base64") from None


def _from_file(name: str, path: Path) -> Kek:
    """Read a key from a file."""
    try:
        text = path.read_text(encoding="ascii")
    except OSError as err:
        raise KekUnusable(f"{name} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError:
        raise KekUnusable(f"{name} is not 32 bytes in base64") from None
    return _from_base64(name, text)


def _generated(path: Path) -> Kek:
    """Return the key in the configuration folder; make one where there is none."""
    if not path.exists():
        disk.write(path, _new_key())
    return _from_file(KEK_FILE, path)


def _lines(path: Path) -> list[str]:
    """Return the replaced keys, as they are kept."""
    try:
        text = path.read_text(encoding="latin-1")
    except FileNotFoundError:
        return []
    except OSError as err:
        raise KekUnusable(f"{OLD_FILE} cannot be read: {err.strerror}") from err
    return [line.strip() for line in text.splitlines() if line.strip()]


def _replaced(path: Path) -> Iterator[Kek]:
    """Yield the keys that were replaced and may still be needed."""
    try:
        lines = _lines(path)
    except KekUnusable as err:
        _LOGGER.warning("Ignoring replaced keys: %s", err)
        return
    yield from _usable(partial(_from_base64, OLD_FILE, line) for line in lines)


def _usable(sources: Iterable[_Source]) -> Iterator[Kek]:
    """Yield the keys of the sources that hold one."""
    for read in sources:
        try:
            yield read()
        except SealBroken as err:
            _LOGGER.warning("Ignoring a key-encryption key: %s", err)
