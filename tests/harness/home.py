"""A real Home Assistant process with our integration in it, to start, kill and ask.

    start ─▶ running ─▶ stop | kill ─▶ start …

Configuration, owner and port stay the same over all of it. Two homes never share a
folder. Every path ends the process: `async with` is the way to use it.
"""

from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path
import sys
from typing import Any, Final, override

import aiohttp

from . import process, seed
from .front_door import FrontDoor
from .ports import free_ports
from .waiting import PATIENCE, until

STAND_INS: Final = Path(__file__).parent / "stand_ins"
HOME_ASSISTANT: Final = ("-m", "homeassistant")
OPTIONS: Final = ("--skip-pip", "--log-no-color", "-c")
VERSIONS: Final = {"2026.10.4": ".venv", "2026.11.0": ".venv-next"}
"""The versions we promise to work on, and the environment of each."""
# It saves what it knows at the end.
STOPS_WITHIN: Final = 300


def python_of(version: str) -> Path:
    """Give the Python of the environment that has a version of Home Assistant."""
    return process.CHECKOUT / VERSIONS[version] / "bin" / "python"


class HomeDiedError(RuntimeError):
    """The process ended by itself; the message holds its last words."""


class Home(FrontDoor):
    """Home Assistant in a folder of its own, reachable as its owner."""

    def __init__(
        self,
        config: Path,
        port: int | None = None,
        *,
        env: Mapping[str, str] | None = None,
        logs: Mapping[str, str] | None = None,
        program: Sequence[str | Path] = HOME_ASSISTANT,
        python: str | Path = sys.executable,
    ) -> None:
        """Seed the folder unless it was used before.

        `env` is added to the environment of each start and may be changed between
        two. `logs` are levels by logger. `program` is what starts Home Assistant, and
        `python` that of the environment with its version.
        """
        self.config = config.resolve()
        port = port or free_ports(1)[0]
        super().__init__(f"http://127.0.0.1:{port}", self.config / ".owner.json")
        self.port = port
        self.env = dict(env or {})
        self._command = (python, *program)
        self._process: Process | None = None
        if not (self.config / ".storage").exists():
            seed.seed(self.config, port=port, logs=logs or {})

    @override
    async def __aexit__(self, *_: object) -> None:
        """End the process."""
        await self.stop()

    # --- life

    async def start(self, *, within: float = PATIENCE) -> None:
        """Start it, log in, and return when it says it is running."""
        if self._process is not None:
            raise RuntimeError("this home is already started")
        self._process = await process.start(
            [*self._command, *OPTIONS, self.config],
            # From here, Python finds custom_components in the folder alone.
            cwd=self.config,
            output=self.config / "output.log",
            env={"PYTHONPATH": str(STAND_INS)} | self.env,
        )
        await until(self._answers, what="HTTP is up", within=within)
        await self.log_in()
        await until(self._is_login_saved, what="the login on disk", within=within)
        await until(self._is_running, what="RUNNING", within=within)

    async def stop(self) -> int | None:
        """Stop it as a person would; return its exit code."""
        await self.hang_up()
        stopped, self._process = self._process, None
        if stopped is None:
            return None
        return await process.end(stopped, within=STOPS_WITHIN)

    async def kill(self) -> None:
        """End it between two instructions, as a power cut would."""
        killed, self._process = self._process, None
        if killed is not None:
            if killed.returncode is None:
                killed.kill()
            await killed.wait()
        await self.hang_up()

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.start()

    @property
    def pid(self) -> int | None:
        """The process to signal, if there is one."""
        return None if self._process is None else self._process.pid

    async def _answers(self) -> bool:
        """Is the web server up? A dead process is worth no more waiting."""
        if self._process is not None and self._process.returncode is not None:
            raise HomeDiedError(self.output()[-3000:])
        try:
            async with self.http.get(f"{self.url}/manifest.json") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async def _is_login_saved(self) -> bool:
        """Would the owner survive a kill? Home Assistant saves logins a second late."""
        saved = self.config / ".storage" / "auth"
        return saved.exists() and self.tokens["refresh_token"] in saved.read_text()

    async def _is_running(self) -> bool:
        """Has every integration been set up?"""
        await self._answers()
        return bool((await self.get("/config"))["state"] == "RUNNING")

    # --- what it left

    def output(self) -> str:
        """Return all that it printed."""
        return (self.config / "output.log").read_text(errors="replace")

    def log(self) -> str:
        """Return the log of the last start."""
        return (self.config / "home-assistant.log").read_text(errors="replace")

    def complaints(self, *loggers: str) -> list[str]:
        """Return the log's warnings and errors, of some loggers or of all."""
        return [
            line
            for line in self.log().splitlines()
            if (" WARNING " in line or " ERROR " in line)
            and (not loggers or any(f"[{name}" in line for name in loggers))
        ]

    async def entries(self) -> list[dict[str, Any]]:
        """Return our config entries."""
        found: list[dict[str, Any]] = await self.ws(
            "config_entries/get", domain=seed.INTEGRATION.name
        )
        return found
