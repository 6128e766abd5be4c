"""Killed between Tesla's answer and the next line, the owner stays signed in."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
import stat
from typing import Final

import pytest

from tests.lengths import runs

from .killing import Killing, killing

RUNS: Final = runs(20)
SEED: Final = 20261005


@pytest.fixture
async def program(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Killing]:
    """Give a program that refreshes an owner's tokens."""
    async with killing(tmp_path) as program:
        yield program


def _spread(lines: int, runs: int) -> list[int]:
    """Give line numbers all over the way, the very first and last among them."""
    return [1 + number * (lines - 1) // max(runs - 1, 1) for number in range(runs)]


@pytest.mark.long
async def test_killed_at_any_line_the_owner_stays_signed_in(program: Killing) -> None:
    """From the line behind the answer to the one that hands the token out."""
    lines = await program.lines()
    await program.at_each(_spread(lines, RUNS))
    await program.recover()
    assert program.judge() == []
    assert program.killed == RUNS
    assert _exposed(program) == []


@pytest.mark.long
async def test_killed_at_any_moment_the_owner_stays_signed_in(
    program: Killing,
) -> None:
    """From the moment Tesla has rotated to milliseconds behind its answer."""
    await program.at_moments(RUNS, Random(SEED))
    await program.recover()
    assert program.judge() == []
    assert program.killed == RUNS
    assert _exposed(program) == []


def _exposed(program: Killing) -> list[str]:
    """Give the files, half-written ones too, that others could read or that tell."""
    tokens = program.cloud.tokens
    secrets = [secret.encode() for secret in (*tokens._families, *tokens._access)]
    files = [path for path in program.folder.rglob("*") if path.is_file()]
    assert len(files) >= 2
    return [
        path.name
        for path in files
        if stat.S_IMODE(path.stat().st_mode) != 0o600
        or any(secret in path.read_bytes() for secret in secrets)
    ]
