"""A program that refreshes tokens until it is killed, started anew each time.

It imports once and then forks for every life it is told to live, as importing takes
longer than living. A fork shares nothing but code with the one before: all it knows
of the account it reads from disk, as Home Assistant does after a crash.

    plan ─▶ fork: refresh ─▶ tokens ─▶ order: refresh, and die at a line ─▶ …
"""

import asyncio
from datetime import UTC, datetime
import json
import os
import signal
import sys
from types import CodeType
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.fleet.auth import Application, AuthClient
from custom_components.fleet_pulse.fleet.hosts import Hosts
from custom_components.fleet_pulse.tokens import ACCOUNT_KIND, Tokens

CALLERS: Final = 5
ANSWERED: Final = "fleet_pulse/fleet/auth.py"
"""Its `_pair` reads Tesla's answer: from there on a new pair exists."""
WATCHED: Final = (
    ANSWERED,
    "fleet_pulse/disk.py",
    "fleet_pulse/fleet/envelope.py",
    "fleet_pulse/tokens.py",
    "fleet_pulse/vault.py",
)
_TOOL: Final = 4


class Lines:
    """Counts the lines that run after an answer, and kills before one of them."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.count = 0
        self._has_answer = False
        self._die_at: int | None = None

    def watch(self, die_at: int | None) -> None:
        """Begin to count; None only counts."""
        self._die_at = die_at
        monitoring = sys.monitoring
        events = monitoring.events
        monitoring.use_tool_id(_TOOL, "chaos")
        monitoring.register_callback(_TOOL, events.PY_START, self._started)
        monitoring.register_callback(_TOOL, events.LINE, self._line)
        monitoring.set_events(_TOOL, events.PY_START | events.LINE)

    def _started(self, code: CodeType, _: int) -> Any:
        """Notice that the answer is there."""
        if not code.co_filename.endswith(ANSWERED) or code.co_name != "_pair":
            return sys.monitoring.DISABLE
        self._has_answer = True
        return None

    def _line(self, code: CodeType, _: int) -> Any:
        """Count a line, or die."""
        if not code.co_filename.endswith(WATCHED):
            return sys.monitoring.DISABLE
        self.count += self._has_answer
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return None


def _say(**what: Any) -> None:
    """Tell the parent something."""
    os.write(1, json.dumps(what).encode() + b"\n")


async def _live(plan: dict[str, Any]) -> None:
    """Refresh once from what is on disk, then as the parent orders."""
    hass = HomeAssistant(plan["folder"])
    file = await vault.async_open(hass, ACCOUNT_KIND, plan["identity"])
    hosts = Hosts.resolve(plan["auth_url"], plan["api_url"])
    lines = Lines()
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
            _say(tokens=found, lines=lines.count)
            text = await hass.async_add_executor_job(sys.stdin.readline)
            order = json.loads(text)
            if order is None:
                return
            lines.watch(order["die_at"])


def main() -> None:
    """Live a life for each plan that is read."""
    _say(is_ready=True)
    while text := sys.stdin.readline():
        if (pid := os.fork()) == 0:
            asyncio.run(_live(json.loads(text)))
            return
        _say(pid=pid)
        _, status = os.waitpid(pid, 0)
        _say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
