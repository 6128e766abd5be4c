"""Lets a program refresh its tokens, kills it, and judges what it did before.

The cloud is in this process, the program in another one; both live on real time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
import os
from pathlib import Path
from random import Random
import signal
from typing import Any, Final

from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    ORIGIN,
    REDIRECT_URIS,
    household,
)
from tests.glue.account import IDENTITY, opened

from .program import Program, program
from .watched_cloud import WatchedCloud

LIFE: Final = timedelta(seconds=50)
"""Of an access token: so short that a program refreshes whenever it needs one."""


@dataclass(slots=True, kw_only=True)
class Killing:
    """Lives and deaths of the program."""

    cloud: WatchedCloud
    folder: Path
    program: Program
    killed: int = 0
    deaths: list[str] = field(default_factory=list)
    """Where each life ended, for whoever looks into a failure."""
    broken: list[str] = field(default_factory=list)
    """The promises that were not kept."""

    async def lines(self) -> int:
        """Count the lines between an answer and the callers who get its token."""
        await self._begin()
        await self._order({"die_at": None})
        lines: int = (await self._handed_out())["lines"]
        await self._end()
        return lines

    async def at_each(self, lines: list[int]) -> None:
        """Kill before each of these lines, in a life of its own."""
        for line in lines:
            await self._begin()
            await self._order({"die_at": line})
            await self._death(f"line {line}")

    async def at_moments(self, runs: int, random: Random) -> None:
        """Kill at moments from microseconds to milliseconds after an answer."""
        for _ in range(runs):
            delay = 10 ** random.uniform(-5, -1.8)
            await self._at_moment(delay, late=random.choice((0, 0, 0.002)))

    async def _at_moment(self, delay: float, *, late: float) -> None:
        """Kill so many seconds after Tesla has rotated; its answer may be late."""
        pid = await self._begin()
        loop = asyncio.get_running_loop()
        kill = partial(os.kill, pid, signal.SIGKILL)
        self.cloud.answering = partial(loop.call_later, delay, kill)
        self.cloud.late = late
        await self._order({"die_at": None})
        await self._death(f"{delay * 1000:.2f} ms, late by {late * 1000:.0f} ms")

    async def recover(self) -> None:
        """Live once more, without dying: refresh twice."""
        await self.lines()

    def judge(self) -> list[str]:
        """Give the promises that were not kept."""
        for number, refresh in enumerate(self.cloud.refreshes):
            if refresh.status not in (200, None):
                self.broken.append(f"{number}: Tesla refused with {refresh.status}")
            if refresh.others:
                self.broken.append(f"{number}: two refreshes at once")
            if self.cloud.age(refresh.used) < refresh.handed_out:
                self.broken.append(f"{number}: an older token than one handed out")
        return self.broken

    async def _begin(self) -> int:
        """Begin a life: it must get a token, whatever ended the life before."""
        self.cloud.life += 1
        await self._order(
            {
                "folder": str(self.folder),
                "identity": IDENTITY,
                "auth_url": self.cloud.auth_url,
                "api_url": self.cloud.api_urls["eu"],
                "client_id": CLIENT_ID,
            }
        )
        said = await self._heard()
        assert "pid" in said, (said, self.deaths[-3:])
        pid: int = said["pid"]
        await self._handed_out()
        return pid

    async def _end(self) -> None:
        """End a life in peace."""
        await self._order(None)
        assert (await self._heard())["ended"] == 0

    async def _death(self, how: str) -> None:
        """Wait for the end of a life; it may hand out a token before."""
        self.deaths.append(how)
        said = await self._heard()
        if "tokens" in said:
            self._note(said["tokens"])
            said = await self._heard()
        self.killed += said.get("ended") == -signal.SIGKILL

    async def _handed_out(self) -> dict[str, Any]:
        """Wait for the token that a refresh hands out."""
        said = await self._heard()
        assert "tokens" in said, (said, self.deaths[-3:], self.cloud.refreshes[-4:])
        self._note(said["tokens"])
        return said

    def _note(self, tokens: list[str]) -> None:
        """Look at what all callers got: one token, which Tesla takes."""
        if len(tokens) != 1:
            self.broken.append(f"life {self.cloud.life}: callers got different tokens")
        for token in tokens:
            access = self.cloud.tokens.access(token)
            if access is None or access.revoked or access.expires_at < self.cloud.now():
                self.broken.append(f"life {self.cloud.life}: Tesla takes no such token")
            self.cloud.note_handed_out(token)

    async def _order(self, order: dict[str, Any] | None) -> None:
        """Send a line to the program."""
        await self.program.order(order)

    async def _heard(self) -> dict[str, Any]:
        """Give the next line of the program."""
        said = await self.program.hear()
        assert "error" not in said, (said, self.deaths[-3:], self.cloud.refreshes[-4:])
        return said


@asynccontextmanager
async def killing(folder: Path) -> AsyncIterator[Killing]:
    """Sign an owner in, and start the program that is to be killed."""
    cloud = WatchedCloud()
    cloud.tokens.access_life = LIFE
    cloud.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    household(cloud)
    async with cloud:
        async with opened(cloud, folder) as account:
            await account.sign_in()
        async with program("tests.chaos.refresh_child") as started:
            yield Killing(cloud=cloud, folder=folder, program=started)
