"""A child process: out of the terminal's reach, and never left behind."""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import signal

CHECKOUT = Path(__file__).parents[2]

# A proxy would stand between us and loopback; without byte code every start compiles
# Home Assistant anew; a path or option of the caller's Python is none of the child's.
UNWANTED = (
    *("http_proxy", "https_proxy", "all_proxy"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS"),
)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child, with `extra` added."""
    unwanted = {name.lower() for name in UNWANTED}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in unwanted and not name.startswith("FLEET_PULSE_")
    }
    return kept | dict(extra)


async def start(
    arguments: Sequence[str | Path],
    *,
    cwd: Path,
    output: Path,
    env: Mapping[str, str],
    stdout: int | None = None,
) -> Process:
    """Start a child in a session of its own, so that Ctrl-C reaches only us."""
    with output.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *arguments,
            cwd=cwd,
            env=environment(env),
            stdin=DEVNULL,
            stdout=file if stdout is None else stdout,
            stderr=file,
            start_new_session=True,
        )


async def end(process: Process, *, within: float) -> int:
    """Ask the child to stop, kill it when it does not, and return its exit code."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), within)
        except TimeoutError:
            process.kill()
    return await process.wait()
