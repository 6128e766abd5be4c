"""Killed while keys are exchanged, everything that was sealed still opens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
import signal
import stat
from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.fleet_pulse import kek, vault
from tests.glue.account import running
from tests.lengths import runs

from .program import Program, program

RUNS: Final = runs(30)
PLACES: Final = [
    ("account", "owner"),
    ("account", "another owner"),
    ("application", "client"),
    ("credential", "client"),
]
SECRET: Final = b"a secret that stands for all"


@dataclass(slots=True, kw_only=True)
class Rotating:
    """Lives and deaths of a program that exchanges keys."""

    program: Program
    folder: Path
    lives: int = 0
    killed: int = 0
    broken: list[str] = field(default_factory=list)
    """The promises that were not kept."""

    async def lines(self) -> int:
        """Count the lines of a rotation that nobody disturbs."""
        await self._begin(die_at=None)
        lines: int = (await self.program.hear())["lines"]
        assert (await self.program.hear())["ended"] == 0
        return lines

    async def at_each(self, lines: list[int]) -> None:
        """Kill before each of these lines, and look at what is left."""
        for line in lines:
            before = self._keys()
            await self._begin(die_at=line)
            said = await self.program.hear()
            if "lines" in said:
                said = await self.program.hear()
            self.killed += said["ended"] == -signal.SIGKILL
            self.broken += [f"line {line}: {what}" for what in await self._left(before)]

    async def _begin(self, *, die_at: int | None) -> None:
        """Begin a life."""
        self.lives += 1
        await self.program.order(
            {
                "folder": str(self.folder),
                "opened": PLACES[:2],
                "life": self.lives,
                "die_at": die_at,
            }
        )
        assert "pid" in await self.program.hear()

    def _keys(self) -> str:
        """Read the key that seals."""
        return (self.folder / kek.KEK_FILE).read_text()

    async def _left(self, before: str) -> list[str]:
        """Say what is wrong after a death: before the next start, and after it."""
        broken = [f"{name} is others' to read" for name in self._exposed()]
        async with running(self.folder) as hass:
            broken += [f"{name} does not open" for name in await _closed(hass)]
        names = {path.name for path in self.folder.rglob("*") if path.is_file()}
        if len(names) != len(PLACES) + 1:
            broken.append(f"left behind: {sorted(names)}")
        if self._keys() != before and await self._opens_with(before):
            broken.append("a replaced key still opens something")
        return broken

    def _exposed(self) -> list[str]:
        """Name the files that others can read, or that hold the secret."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return [
            path.name
            for path in files
            if stat.S_IMODE(path.stat().st_mode) != 0o600 or SECRET in path.read_bytes()
        ]

    async def _opens_with(self, key: str) -> bool:
        """Say whether a key opens any file."""
        current = self._keys()
        (self.folder / kek.KEK_FILE).write_text(key)
        async with running(self.folder) as hass:
            closed = await _closed(hass)
        (self.folder / kek.KEK_FILE).write_text(current)
        return len(closed) < len(PLACES)


async def _closed(hass: HomeAssistant) -> list[str]:
    """Name the files that do not open, or hold something else."""
    files = {place: await vault.async_open(hass, *place) for place in PLACES}
    return [
        str(place)
        for place, file in files.items()
        if file.is_broken or file.get("secret") != SECRET
    ]


@pytest.fixture
async def rotating(tmp_path: Path) -> AsyncIterator[Rotating]:
    """Give a program, and a folder in which everything is sealed."""
    async with running(tmp_path) as hass:
        for place in PLACES:
            file = await vault.async_open(hass, *place)
            await file.async_put("secret", SECRET)
    async with program("tests.chaos.rotate_child") as started:
        yield Rotating(program=started, folder=tmp_path)


def _spread(lines: int, runs: int) -> list[int]:
    """Give line numbers all over the way, the very first and last among them."""
    return [1 + number * (lines - 1) // max(runs - 1, 1) for number in range(runs)]


@pytest.mark.long
async def test_killed_at_any_line_everything_still_opens(rotating: Rotating) -> None:
    """And the next start completes the exchange: the replaced key opens nothing."""
    lines = await rotating.lines()
    await rotating.at_each(_spread(lines, RUNS))
    assert rotating.broken == []
    assert rotating.killed > RUNS * 0.9
    assert await rotating.lines() > 50
