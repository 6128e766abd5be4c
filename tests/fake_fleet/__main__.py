"""Run the cloud alone: `python -m tests.fake_fleet --time-scale 60`.

When it is ready it writes one line of JSON with its addresses; it runs until it is
interrupted or told to end.
"""

import argparse
import asyncio
import json
import signal
import sys
from typing import Any

from .accounts import REGIONS
from .clock import Clock
from .cloud import FakeCloud
from .populate import CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT_URIS, household


def _pair(text: str) -> tuple[str, str]:
    """Read `domain=url`."""
    domain, _, url = text.partition("=")
    if not url:
        raise argparse.ArgumentTypeError("write domain=http://127.0.0.1:8123")
    return domain, url


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fake_fleet", description=__doc__
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="first of four ports (default: any)")
    add("--time-scale", type=float, default=1, help="how fast the cars live")
    add("--client-id", default=CLIENT_ID)
    add("--client-secret", default=CLIENT_SECRET)
    add("--redirect-uri", action="append", help="an allowed redirect URI")
    add("--origin", action="append", help="an allowed origin, as https://example.com")
    add("--register", action="append", choices=REGIONS, help="a region registered in")
    add("--host", action="append", type=_pair, default=[], help="domain=url it is at")
    add("--commuting", action="store_true", help="let the cars drive by themselves")
    add("--auto-consent", action="store_true", help="let the consent page say yes")
    return parser.parse_args(given)


def build(options: argparse.Namespace) -> FakeCloud:
    """Build the cloud the command line asks for."""
    cloud = FakeCloud(Clock.real(options.time_scale))
    cloud.add_application(
        options.client_id,
        options.client_secret,
        redirect_uris=options.redirect_uri or REDIRECT_URIS,
        origins=options.origin or [ORIGIN],
        registered_regions=options.register or (),
    )
    cloud.hosts.update(options.host)
    cloud.auto_consent = options.auto_consent
    household(cloud, commuting=options.commuting)
    return cloud


def announcement(cloud: FakeCloud) -> dict[str, Any]:
    """Say where everything is."""
    return {
        "url": cloud.url,
        "auth_url": cloud.auth_url,
        "api_urls": cloud.api_urls,
        "vins": list(cloud.cars),
    }


async def main(options: argparse.Namespace) -> None:
    """Run until told to end."""
    cloud = build(options)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await cloud.start(options.port)
    try:
        sys.stdout.write(json.dumps(announcement(cloud)) + "\n")
        sys.stdout.flush()
        await ended.wait()
    finally:
        await cloud.stop()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
