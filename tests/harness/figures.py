"""How heavy the integration is: `python -m tests.harness.figures`, for docs/proof.md.

Import: all its modules into a process that has Home Assistant's own core already.
Set-up: what Home Assistant itself measures for a start with two known cars.
"""

import asyncio
from pathlib import Path
import statistics
import subprocess
import sys
import tempfile
from typing import Final

from .cloud import Cloud
from .home import Home
from .onboard import onboard
from .process import CHECKOUT
from .seed import INTEGRATION

RUNS: Final = 5
PLATFORMS: Final = sorted(
    path.stem for path in INTEGRATION.glob("*.py") if path.stem != "__init__"
)
PROGRAM: Final = f"""
import time
import homeassistant.bootstrap
import homeassistant.components.http
began = time.perf_counter()
import importlib
for name in {PLATFORMS!r}:
    importlib.import_module("custom_components.fleet_pulse." + name)
print(time.perf_counter() - began)
"""


def import_time() -> float:
    """Return the median of a few imports, each in a process of its own."""
    seconds = [
        float(
            subprocess.run(
                [sys.executable, "-c", PROGRAM],
                cwd=CHECKOUT,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()[-1]
        )
        for _ in range(RUNS)
    ]
    return statistics.median(seconds)


async def setup_time() -> float:
    """Return the median of a few starts with two cars known from before."""
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with Cloud(Path(folder)) as cloud, Home(Path(folder) / "home") as home:
            await cloud.start(home.url)
            home.env |= cloud.env
            await home.start()
            await onboard(home, cloud)
            for _ in range(RUNS):
                await home.restart()
                measured = await home.ws("integration/setup_info")
                seconds += [
                    one["seconds"]
                    for one in measured
                    if one["domain"] == INTEGRATION.name
                ]
    return statistics.median(seconds)


if __name__ == "__main__":
    print(f"import: {import_time():.2f} s")
    print(f"set-up with two cars: {asyncio.run(setup_time()):.2f} s")
