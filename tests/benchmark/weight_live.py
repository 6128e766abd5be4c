"""A child of `weight` and `scale`: one contestant beside the real clock, measured.

It reads one JSON object of `Task` from its first argument, and answers with another.
"""

import asyncio
from collections.abc import Awaitable, Callable
import gc
import json
import sys
import time
import tracemalloc
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .weight_home import Elsewhere, Home, at, entities, listed, opened, update
from .weight_task import Task

PAUSE: Final = 0.2


async def _set_up(hass: HomeAssistant, entry: ConfigEntry) -> float:
    """Take an entry down and time how long it takes to come back whole."""
    wanted = [found.entity_id for found in entities(hass, entry)]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    begun = time.perf_counter()
    assert await hass.config_entries.async_setup(entry.entry_id)
    took = time.perf_counter() - begun
    assert entry.state is ConfigEntryState.LOADED
    for entity_id in wanted:
        state = hass.states.get(entity_id)
        assert state is not None
        assert not state.attributes.get("restored"), entity_id
    await hass.async_block_till_done(wait_background_tasks=True)
    return took


async def _held(
    hass: HomeAssistant,
    entry: ConfigEntry,
    what: Callable[[ConfigEntry], Awaitable[None]],
) -> float:
    """Give how long something holds the event loop's thread, in milliseconds."""
    begun = time.thread_time()
    await what(entry)
    await hass.async_block_till_done()
    return (time.thread_time() - begun) * 1000


async def _round(hass: HomeAssistant, entry: ConfigEntry) -> tuple[float, float]:
    """Measure the account's list, and then a look at all of its cars."""
    # The cars must have moved on; the loop has nothing to do meanwhile.
    await asyncio.sleep(PAUSE)
    return await _held(hass, entry, listed), await _held(hass, entry, update)


async def measure(task: Task) -> dict[str, Any]:
    """Do a task."""
    cloud = Elsewhere(**task.cloud)
    with at(cloud.auth_url, cloud.api_urls):
        async with opened(everything=task.everything) as hass:
            if task.trace:
                tracemalloc.start()
            home = Home(hass, cloud)
            entry = await home.move_in(task.domain, cloud.token)
            await listed(entry)
            await update(entry)
            set_ups = [await _set_up(hass, entry) for _ in range(task.set_ups)]
            changes = _Changes(hass)
            rounds = [await _round(hass, entry) for _ in range(task.updates)]
            gc.collect()
            found = {
                "entities": len(entities(hass, entry)) / task.cars,
                "memory": tracemalloc.get_traced_memory()[0] if task.trace else 0,
                "set_ups": set_ups,
                "lists": [lists for lists, _ in rounds],
                "updates": [looks for _, looks in rounds],
                "changes": changes.count / max(task.updates, 1) / task.cars,
            }
            await home.close()
    return found


class _Changes:
    """Counts the states that are written."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Count from now on."""
        self.count = 0
        hass.bus.async_listen("state_changed", self._changed)

    @callback
    def _changed(self, _: Any) -> None:
        """Count one."""
        self.count += 1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(Task(**json.loads(sys.argv[1]))))))
