"""An event loop whose time is told to it, and that knows when nothing is under way."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
import time
from types import SimpleNamespace
from typing import Any, Final, override

from aiohttp.helpers import _weakref_handle
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

QUIET: Final = 3
"""So many turns in which nothing happens are the end of everything that is due."""
PATIENCE: Final = 0.05
"""Real seconds that an answer may take before its caller is told that it is late."""
NAP: Final = 0.0002
_HOUSEKEEPING: Final = _weakref_handle
"""What aiohttp closes old connections with, every few seconds."""


class SteppedLoop(asyncio.SelectorEventLoop):
    """The loop of a program whose clock only its parent moves."""

    @override
    def __init__(self) -> None:
        """Stand at the beginning of time."""
        super().__init__()
        self._moment = datetime.fromtimestamp(0, UTC)
        self._threads = 0

    @override
    def time(self) -> float:
        """Say how late it is, for timers."""
        return self._moment.timestamp()

    def now(self) -> datetime:
        """Say how late it is, for people."""
        return self._moment

    def move_to(self, moment: datetime) -> None:
        """Let it be later; what is due then runs with the next turn."""
        self._moment = moment

    @override
    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Remember that a thread is at work."""
        self._threads += 1
        work = super().run_in_executor(executor, func, *args)
        work.add_done_callback(self._thread_ended)
        return work

    def _thread_ended(self, _: asyncio.Future[Any]) -> None:
        """Forget a thread."""
        self._threads -= 1

    @property
    def due(self) -> float | None:
        """Say when the next timer is due that somebody waits for."""
        timers = (
            timer
            for timer in self._scheduled
            if not timer.cancelled() and timer._callback is not _HOUSEKEEPING
        )
        return min((timer.when() for timer in timers), default=None)

    async def settle(self, in_flight: Callable[[], int]) -> int:
        """Let all happen that is due; say how many answers are still awaited."""
        quiet, waited = 0, 0.0
        while quiet < QUIET and waited < PATIENCE:
            await asyncio.sleep(0)
            awaited = in_flight()
            if not self._threads and not awaited and not self._ready:
                quiet += 1
                continue
            quiet = 0
            if self._threads or awaited:
                time.sleep(NAP)
                waited += 0 if self._threads else NAP
        return in_flight()


def live_by(loop: SteppedLoop) -> None:
    """Have Home Assistant read the time of a loop, and no other."""
    dt_util.utcnow = loop.now
    event.time_tracker_utcnow = loop.now
    event.time_tracker_timestamp = loop.time
    event.time = SimpleNamespace(time=loop.time, monotonic=loop.time)
