"""A program that lives many lives, and dies in them at a line it was told.

The parent orders and hears, a line of JSON each. The program imports once and then
forks for every life, as importing takes longer than living. A fork shares nothing but
code with the one before: all it knows it reads from disk, as Home Assistant does after
a crash.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
import signal
import sys
from types import CodeType
from typing import Any, Final

CHECKOUT: Final = Path(__file__).parents[2]
PATIENCE: Final = 300
"""Seconds for one answer; a few milliseconds are usual, but not on a busy machine."""
WATCHED: Final = (
    "fleet_pulse/disk.py",
    "fleet_pulse/fleet/auth.py",
    "fleet_pulse/fleet/envelope.py",
    "fleet_pulse/kek.py",
    "fleet_pulse/tokens.py",
    "fleet_pulse/vault.py",
)
_TOOL: Final = 4


# ---- in the program


class Lines:
    """Counts the lines that run from a function on, and kills before one of them."""

    def __init__(
        self, file: str, function: str, watched: tuple[str, ...] = WATCHED
    ) -> None:
        """Count nothing until this function is entered, then lines of these files."""
        self.count = 0
        self._watched = watched
        self._file = file
        self._function = function
        self._has_begun = False
        self._die_at: int | None = None

    def watch(self, die_at: int | None) -> None:
        """Begin to wait for the function; None only counts."""
        self._die_at = die_at
        monitoring = sys.monitoring
        events = monitoring.events
        monitoring.use_tool_id(_TOOL, "chaos")
        monitoring.register_callback(_TOOL, events.PY_START, self._started)
        monitoring.register_callback(_TOOL, events.LINE, self._line)
        monitoring.set_events(_TOOL, events.PY_START | events.LINE)

    def _started(self, code: CodeType, _: int) -> Any:
        """Notice that the function is entered."""
        is_it = code.co_filename.endswith(self._file) and code.co_name == self._function
        if not is_it:
            return sys.monitoring.DISABLE
        self._has_begun = True
        return None

    def _line(self, code: CodeType, _: int) -> Any:
        """Count a line, or die."""
        if not code.co_filename.endswith(self._watched):
            return sys.monitoring.DISABLE
        self.count += self._has_begun
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return None


def say(**what: Any) -> None:
    """Tell the parent something."""
    os.write(1, json.dumps(what).encode() + b"\n")


def live(
    life: Callable[[dict[str, Any]], Awaitable[None]],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Live a life for each plan that is read."""

    async def one(plan: dict[str, Any]) -> None:
        """Live one."""
        await life(plan)

    say(is_ready=True)
    while text := sys.stdin.readline():
        if (pid := os.fork()) == 0:
            # It says so itself, as the first thing: on a busy machine it may have lived
            # before the program that it was forked from goes on.
            say(pid=os.getpid())
            asyncio.run(one(json.loads(text)), loop_factory=loop_factory)
            return
        _, status = os.waitpid(pid, 0)
        say(ended=os.waitstatus_to_exitcode(status))


# ---- in the parent


class Program:
    """The program as its parent knows it."""

    def __init__(self, process: Process) -> None:
        """Talk to a process."""
        self._process = process

    async def order(self, order: dict[str, Any] | None) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def hear(self) -> dict[str, Any]:
        """Give its next line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        said: dict[str, Any] = json.loads(line)
        return said


@asynccontextmanager
async def program(module: str) -> AsyncIterator[Program]:
    """Start a program."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, cwd=CHECKOUT, stdin=PIPE, stdout=PIPE
    )
    started = Program(process)
    try:
        assert (await started.hear())["is_ready"]
        yield started
    finally:
        process.terminate()
        await process.wait()
