"""Knows when nothing goes on any more but what waits for time to pass.

Home Assistant, the cloud and all that lies between them live in one loop whose timers
stand still with the clock. So it is known, and not guessed by a nap, when all is done
that takes no time: on a slow machine that only takes longer.
"""

import asyncio
from collections.abc import Callable
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_CONNECTOR

from tests.fake_fleet.cloud import FakeCloud

QUIET: Final = 3
"""So many turns of the loop in which nothing happens are the end of it."""
NAP: Final = 0.0002
"""Real seconds in which a thread, or the machine's own network, gets on."""
THREAD: Final = 25_000
"""Naps after which a thread is taken to wait for time to pass."""
WIRE: Final = 5_000
"""Naps after which an answer is taken to be held back at its other end."""


class Stillness:
    """Watches a loop, its threads, and what is under way to the cloud."""

    def __init__(self, hass: HomeAssistant, cloud: FakeCloud) -> None:
        """Count threads from now on."""
        self._hass = hass
        self._cloud = cloud
        self._loop: Any = hass.loop
        self._threads = 0
        self._waiting: asyncio.Task[None] | None = None
        self._run = self._loop.run_in_executor
        self._loop.run_in_executor = self._counted

    def _counted(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Remember that a thread is at work."""
        self._threads += 1
        work: asyncio.Future[Any] = self._run(executor, func, *args)
        work.add_done_callback(self._ended)
        return work

    def _ended(self, _: asyncio.Future[Any]) -> None:
        """Forget a thread."""
        self._threads -= 1

    def _is_awaited(self) -> bool:
        """Say whether an answer may be on the wire: one the cloud does not hold back."""
        connectors = self._hass.data.get(DATA_CONNECTOR, {}).values()
        asked = sum(len(connector._acquired) for connector in connectors)
        return asked > self._cloud.patience.waiting

    async def reached(self) -> None:
        """Let everything happen that can without time passing.

        Two who wait side by side would keep each other from seeing it: they share.
        """
        if self._waiting is None or self._waiting.done():
            self._waiting = self._loop.create_task(self._reach())
        await asyncio.shield(self._waiting)

    async def _reach(self) -> None:
        """Look on until nothing happens any more."""
        quiet = threads = wires = 0
        while quiet < QUIET:
            await asyncio.sleep(0)
            quiet += 1
            if self._loop._ready:
                quiet = 0
            elif self._threads and threads < THREAD:
                threads += 1
                quiet = 0
                time.sleep(NAP)
            elif self._is_awaited() and wires < WIRE:
                wires += 1
                quiet = 0
                time.sleep(NAP)
