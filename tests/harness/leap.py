"""Time that is skipped instead of waited for.

A client that gives up must be told so by the far end that lets it wait, not by a limit
so short that a busy machine does not keep it.
"""

import asyncio
from collections.abc import Callable


class _Ahead:
    """The time of a loop that has skipped some."""

    def __init__(self, time: Callable[[], float]) -> None:
        """Go on from the loop's own time."""
        self._time = time
        self.seconds = 0.0

    def __call__(self) -> float:
        """Say how late it is."""
        return self._time() + self.seconds


def leap(seconds: float) -> None:
    """Let so many seconds pass at once for all timers of the running loop."""
    loop = asyncio.get_running_loop()
    ahead = vars(loop).get("time")
    if not isinstance(ahead, _Ahead):
        ahead = _Ahead(loop.time)
        vars(loop)["time"] = ahead
    ahead.seconds += seconds
