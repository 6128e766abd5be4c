"""A program that refreshes tokens until it is killed, started anew each time.

plan ─▶ fork: refresh ─▶ tokens ─▶ order: refresh, and die at a line ─▶ …
"""

import asyncio
from datetime import UTC, datetime
import json
import sys
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.fleet.auth import Application, AuthClient
from custom_components.fleet_pulse.fleet.hosts import Hosts
from custom_components.fleet_pulse.tokens import ACCOUNT_KIND, Tokens

from .program import Lines, live, say

CALLERS: Final = 5


async def _live(plan: dict[str, Any]) -> None:
    """Refresh once from what is on disk, then as the parent orders."""
    hass = HomeAssistant(plan["folder"])
    file = await vault.async_open(hass, ACCOUNT_KIND, plan["identity"])
    hosts = Hosts.resolve(plan["auth_url"], plan["api_url"])
    # It reads Tesla's answer: from there on a new pair exists.
    lines = Lines("fleet_pulse/fleet/auth.py", "_pair")
    async with ClientSession() as session:
        tokens = Tokens(
            hass,
            vault=file,
            auth=AuthClient(session, hosts, lambda: datetime.now(UTC)),
            application=Application(client_id=plan["client_id"], client_secret=""),
            now=lambda: datetime.now(UTC),
        )
        while True:
            # The cloud's tokens live for less than a minute: each time is a refresh.
            callers = (tokens.access_token() for _ in range(CALLERS))
            found = sorted(set(await asyncio.gather(*callers)))
            say(tokens=found, lines=lines.count)
            text = await hass.async_add_executor_job(sys.stdin.readline)
            order = json.loads(text)
            if order is None:
                return
            lines.watch(order["die_at"])


if __name__ == "__main__":
    live(_live)
