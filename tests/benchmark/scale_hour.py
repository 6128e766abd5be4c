"""A child of `scale`: how many free requests an account of some cars makes an hour.

`python -m tests.benchmark.scale_hour CARS HOURS` lives in simulated time, and counts at
the cloud.
"""

import asyncio
from datetime import UTC, datetime
import json
import sys
from typing import Any, Final

from tests.fake_fleet.bill import Category
from tests.fake_fleet.clock import Clock

from .weight_cloud import build
from .weight_day import HOUR, frozen
from .weight_home import Home, at, opened

START: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
STEP: Final = 30


async def live(cars: int, hours: int, freezer: Any) -> dict[str, float]:
    """Live the hours; the first minutes, in which the owner signs in, do not count."""
    cloud = build(Clock.stepped(START), cars)
    async with cloud:
        with at(cloud.auth_url, cloud.api_urls):
            async with opened() as hass:
                home = Home(hass, cloud, freezer)
                await home.move_in("fleet_pulse", {})
                await home.pass_time(HOUR / 4, STEP)
                before = len(cloud.requests)
                await home.pass_time(hours * HOUR, STEP)
                asked = list(cloud.requests)[before:]
                await home.close()
    free = [request for request in asked if request.category is Category.FREE]
    return {"free_calls_per_hour": len(free) / hours}


if __name__ == "__main__":
    with frozen(START) as time:
        sys.stdout.write(
            json.dumps(asyncio.run(live(int(sys.argv[1]), int(sys.argv[2]), time)))
        )
