"""The clock that jumps is as good after years as on its first day."""

import asyncio
from datetime import UTC, datetime, timedelta

from .warp import WarpLoop

START = datetime(2027, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=800)


def test_timers_end_after_years() -> None:
    """Seconds that have become many leave no room for a nanosecond."""

    async def wait() -> None:
        await asyncio.sleep(YEARS.total_seconds())
        for _ in range(100):
            await asyncio.sleep(0.1)

    with asyncio.Runner(loop_factory=lambda: WarpLoop(START)) as runner:
        runner.run(wait())
        loop = runner.get_loop()
        assert isinstance(loop, WarpLoop)
        assert loop.now >= START + YEARS
