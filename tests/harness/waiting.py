"""Waiting for something to become true outside, with a limit and a reason.

The limit is there for what never comes: it is far beyond what a busy machine takes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PATIENCE: Final = 300.0


class WaitedTooLongError(AssertionError):
    """What was waited for did not happen in time."""


async def until[T](
    check: Callable[[], Awaitable[T]],
    *,
    what: str,
    within: float = PATIENCE,
    every: float = 0.2,
) -> T:
    """Repeat `check` until its answer is true, and return that answer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not (answer := await check()):
        if loop.time() > deadline:
            raise WaitedTooLongError(f"not within {within:g} s: {what} ({answer!r})")
        await asyncio.sleep(every)
    return answer
