"""An event loop whose clock jumps: when nothing is left to do, it is already later.

    something ready ─▶ do it          jobs of threads, requests under way ─▶ wait really
    nothing ready, nothing under way ─▶ the next timer's moment is now

Sockets, threads and the disk are real, so what runs in it is the real program; only
waiting costs nothing. The machine's clock (`time.time`, `datetime.now`) follows.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
import selectors
from typing import Any, Final, override

from aiohttp import ClientSession, TraceConfig
import time_machine

PATIENCE: Final = 0.05
"""Real seconds without a byte after which whoever is asked waits for a timer, too."""
LATER: Final = 1e-6
"""Rounding must never put the machine's clock before a timer's moment."""


class _Selector(selectors.DefaultSelector):
    """Reports what is ready, and has the clock jump when nothing is."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        super().__init__()
        self.is_busy: Callable[[], bool] = bool
        self.is_asking: Callable[[], bool] = bool
        self.jump: Callable[[float], object] = float

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        """Give what is ready; `timeout` is how far off the next timer is."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self.is_busy():
            return super().select(PATIENCE)
        if self.is_asking() and (ready := super().select(PATIENCE)):
            return ready
        self.jump(timeout)
        return []


class WarpLoop(asyncio.SelectorEventLoop):
    """The loop; it begins at a moment and owns the machine's clock while it lives."""

    def __init__(self, start: datetime) -> None:
        """Set the clock; `close` sets it back."""
        self._passed = 0.0
        self._start = start.timestamp()
        self._jobs = 0
        self._requests = 0
        selector = _Selector()
        super().__init__(selector)
        # After half a year a nanosecond is too little to be added to the seconds, and a
        # timer whose moment has come would never be due.
        self._clock_resolution = LATER
        selector.is_busy = lambda: self._jobs > 0
        selector.is_asking = lambda: self._requests > 0
        selector.jump = self._jump
        self._clock = time_machine.travel(self._start, tick=False)
        self._traveller = self._clock.start()

    @override
    def time(self) -> float:
        """Give the seconds that have passed in here."""
        return self._passed

    @property
    def now(self) -> datetime:
        """Give the moment it is in here."""
        return datetime.fromtimestamp(self._start + self._passed, UTC)

    def _jump(self, seconds: float) -> None:
        """Let that much time have passed."""
        self._passed += seconds
        self._traveller.move_to(self._start + self._passed + LATER)

    @override
    def run_in_executor[*Ts, T](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Have a thread do something, and no time pass before it is done."""
        self._jobs += 1
        job = super().run_in_executor(executor, func, *args)
        job.add_done_callback(self._job_done)
        return job

    def _job_done(self, _: object) -> None:
        """Count one thread's job less."""
        self._jobs -= 1

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait really until the threads have ended."""
        self._jobs += 1
        try:
            await super().shutdown_default_executor(timeout)
        finally:
            self._jobs -= 1

    def watch(self, session: ClientSession) -> None:
        """Let no time pass while a web client waits for an answer."""
        trace = TraceConfig()
        trace.on_request_start.append(self._asked)
        trace.on_request_end.append(self._answered)
        trace.on_request_exception.append(self._answered)
        trace.freeze()
        session.trace_configs.append(trace)

    async def _asked(self, *_: object) -> None:
        """Count one request more."""
        self._requests += 1

    async def _answered(self, *_: object) -> None:
        """Count one request less."""
        self._requests -= 1

    @override
    def close(self) -> None:
        """End, and give the machine its clock back."""
        super().close()
        self._clock.stop()
