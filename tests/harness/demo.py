"""The demo: a fake Tesla cloud, a real Home Assistant, two cars on a dashboard.

Run as `scripts/demo`. What it leaves behind is in `.demo/`; each run starts anew, as
the cloud forgets its cars and tokens when it ends.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
import fcntl
from pathlib import Path
import shutil
import signal
import sys
import time
import traceback
from typing import Final

from tests.internet import names
from tests.internet.box import Internet, opened
from tests.internet.certificates import Authority

from . import dashboard
from .browser import Browser
from .cloud import DOMAIN, Cloud
from .home import Home
from .onboard import onboard
from .process import CHECKOUT
from .story import story

FOLDER: Final = CHECKOUT / ".demo"
TIME_SCALE: Final = 60
BEGAN: Final = time.monotonic()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, help="Home Assistant's port (default: any free one)"
    )
    parser.add_argument(
        "--check", action="store_true", help="play the story, save pictures, and end"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    return parser.parse_args()


def say(text: str) -> None:
    """Tell of progress, with the seconds since the beginning."""
    sys.stderr.write(f"demo: {time.monotonic() - BEGAN:5.1f} s  {text}\n")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second demo out of the same folder, and begin with an empty one."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("demo: another demo is running from this checkout")
        shutil.rmtree(folder / "home", ignore_errors=True)
        (folder / "cloud.log").unlink(missing_ok=True)
        yield


async def ready(home: Home, cloud: Cloud, internet: Internet, folder: Path) -> str:
    """Bring everything up; return the address of the dashboard."""
    await cloud.start(home.url)
    say("the fake Tesla cloud is up")
    # The domain leads to this Home Assistant, as an owner's does: by HTTPS on port 443.
    await internet.host(DOMAIN, home.url)
    home.env |= cloud.env | internet.machine(folder)
    await home.start()
    say("Home Assistant is running")
    await onboard(home, cloud)
    say("signed in at the fake Tesla, key registered and paired")
    return home.url + await dashboard.write(home, cloud.url)


async def run(options: argparse.Namespace) -> None:
    """Show the demo until it is interrupted, or check it."""
    logs = {"custom_components.fleet_pulse": "info"}
    folder: Path = options.folder.resolve()
    async with (
        opened(Authority(folder)) as internet,
        Cloud(folder, time_scale=TIME_SCALE, commuting=not options.check) as cloud,
        Home(
            folder / "home", options.port, logs=logs, program=[names.__file__]
        ) as home,
    ):
        url = await ready(home, cloud, internet, folder)
        if not options.check:
            say("ready; open this, it is logged in already (Ctrl-C ends it):")
            sys.stdout.write(f"{url}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        async with Browser(home) as browser:
            say("playing the story")
            await story(home, cloud, browser, options.folder / "pictures")


async def until_told(options: argparse.Namespace) -> None:
    """Run, and end everything when the terminal closes as on Ctrl-C."""
    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    await run(options)


def main() -> int:
    """Run the demo; return the exit code."""
    options = arguments()
    with alone(options.folder):
        try:
            asyncio.run(until_told(options))
        except AssertionError as err:
            *_, where = traceback.extract_tb(err.__traceback__)
            say(f"FAILED: {where.name}, line {where.lineno}: {err or where.line}")
            return 1
        except KeyboardInterrupt, asyncio.CancelledError:
            say("ended")
            return 130
    say(f"passed; pictures are in {options.folder / 'pictures'}")
    return 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main())
