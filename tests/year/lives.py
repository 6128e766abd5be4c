"""The lives that a run judges, each in an interpreter of its own.

The machine's clock belongs to a life as long as it lasts.
"""

from collections.abc import Iterable
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

from .town import SHORT_DAYS, SPRING, YEAR, YEAR_DAYS

IS_LONG: Final = "FLEET_PULSE_PROVE_RUNS" in os.environ
BEGIN: Final = YEAR if IS_LONG else SPRING
DAYS: Final = YEAR_DAYS if IS_LONG else SHORT_DAYS
ROOT: Final = Path(__file__).parents[2]

type Figures = dict[str, Any]


class Lives:
    """Lives that are begun together, and asked for what became of them."""

    def __init__(self, folder: Path, lives: Iterable[tuple[str, ...]]) -> None:
        """Begin each: a program, and which kinds of cars it has."""
        self._folder = folder
        self._children = {life: self._begun(*life) for life in lives}
        self._ended: dict[tuple[str, str], Figures] = {}

    def __call__(self, program: str, model: str) -> Figures:
        """Give the figures of a program with a kind of car, once that life is over."""
        for life in list(self._children):
            if life[0] == program and model in life:
                found = self._end(life)
                self._ended |= {(program, kind): found[kind] for kind in found}
        return self._ended[program, model]

    def kill(self) -> None:
        """End what nobody waits for any more."""
        for child in self._children.values():
            child.kill()
            child.communicate()

    def _end(self, life: tuple[str, ...]) -> dict[str, Figures]:
        """Wait for a life's end."""
        child = self._children.pop(life)
        _, trouble = child.communicate()
        assert child.returncode == 0, trouble[-3000:]
        found: dict[str, Figures] = json.loads(self._file(*life).read_text())
        return found

    def _begun(self, *life: str) -> subprocess.Popen[str]:
        """Begin a life."""
        when = ["--begin", BEGIN.isoformat(), "--days", str(DAYS)]
        written = ["--json", str(self._file(*life))]
        path = os.pathsep.join((str(ROOT), str(ROOT / "tests/harness/stand_ins")))
        return subprocess.Popen(
            [sys.executable, "-m", "tests.year", *life, *when, *written],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _file(self, *life: str) -> Path:
        """Name the file into which a life writes its figures."""
        return self._folder / f"{'-'.join(life)}.json"
