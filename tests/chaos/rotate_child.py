"""A program that exchanges the keys of what is sealed, until it is killed."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.fleet_pulse import vault

from .program import Lines, live, say


async def _live(plan: dict[str, Any]) -> None:
    """Open what is sealed, put something, and rotate while that is on its way."""
    hass = HomeAssistant(plan["folder"])
    files = [await vault.async_open(hass, *place) for place in plan["opened"]]
    lines = Lines("fleet_pulse/vault.py", "_async_rotate")
    lines.watch(plan["die_at"])
    puts = [file.async_put("life", str(plan["life"]).encode()) for file in files]
    await asyncio.gather(vault.async_rotate(hass), *puts)
    say(lines=lines.count)


if __name__ == "__main__":
    live(_live)
