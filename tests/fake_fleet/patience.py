"""Waiting that ends when the cloud does: a slow answer must not outlive its server."""

import asyncio
from collections.abc import Callable
from typing import Any


class Patience:
    """All the waiting that faults have asked for."""

    began: Callable[[], object] | None = None
    """What is called whenever somebody begins to wait."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._over = asyncio.Event()
        self._begun = asyncio.Event()
        self._waiting: set[asyncio.Task[Any]] = set()
        self.waiting = 0
        """So many wait now."""

    async def wait(self, seconds: float) -> None:
        """Wait so many real seconds, or until the cloud stops."""
        task = asyncio.current_task()
        if seconds <= 0 or task is None:
            return
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        self._begun.set()
        if self.began is not None:
            self.began()
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return
        finally:
            self.waiting -= 1

    async def begun(self) -> None:
        """Wait until somebody waits."""
        await self._begun.wait()

    async def end(self) -> None:
        """Let everyone who waits go on, and see them off."""
        self._over.set()
        if self._waiting:
            await asyncio.wait(set(self._waiting))
        self._over.clear()
        self._begun.clear()
