"""Secrets on disk: written whole or not at all, for their owner's eyes only.

    write beside ─▶ fsync ─▶ rename into place ─▶ fsync the folder

A kill leaves the old file or the new one. What it may also leave is the file beside,
which is sealed like the one it was to become; its name is ours, so it can be removed.
"""

from collections.abc import Iterable
from contextlib import suppress
import os
from pathlib import Path
from typing import Final

from .fleet.errors import NotSaved

UNFINISHED: Final = ".tmp"
"""How the name of a file ends that is being written."""


def write(path: Path, text: str) -> None:
    """Replace a file, durably; there must be no other writer of the same file."""
    beside = path.with_name(f"{path.name}{UNFINISHED}")
    try:
        path.parent.mkdir(exist_ok=True)
        with os.fdopen(_private(beside), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync(path.parent)
    except OSError as err:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise NotSaved(err.strerror or type(err).__name__) from err


def remove(path: Path) -> None:
    """Delete a file, durably; it may be gone already."""
    try:
        path.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as err:
        raise NotSaved(err.strerror or type(err).__name__) from err


def sweep(paths: Iterable[Path]) -> None:
    """Remove what killed programs left unfinished; what resists does no harm."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _private(path: Path) -> int:
    """Begin a file that nobody else can read, from the first moment on."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _sync(folder: Path) -> None:
    """Have the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
