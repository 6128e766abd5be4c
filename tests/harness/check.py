"""The demo's story as a test runs it: in a process of its own."""

from pathlib import Path
import subprocess
from typing import Final

from .process import CHECKOUT

# The story takes two minutes; the limit is for one that never ends.
WITHIN: Final = 1800


def complaint(environment: str, folder: Path) -> str:
    """Play the story with the Python of an environment; return what went wrong."""
    python = str(CHECKOUT / environment / "bin" / "python")
    demo = [python, "-m", "tests.harness.demo", "--check", "--folder", str(folder)]
    ended = subprocess.run(
        demo,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    return "" if ended.returncode == 0 else ended.stderr[-3000:]
