"""Waiting by Home Assistant's own clock, which tests and benchmarks can move."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

ANSWERS_WITHIN: Final = 5.0
"""Nobody waits longer for an assistant; a car that must wake needs longer."""


async def async_wait_until(hass: HomeAssistant, moment: datetime) -> None:
    """Wait for a moment that may be over already."""
    if moment <= dt_util.utcnow():
        return
    reached: asyncio.Future[None] = hass.loop.create_future()

    @callback
    def reach(_: datetime) -> None:
        if not reached.done():
            reached.set_result(None)

    cancel = async_track_point_in_utc_time(hass, reach, moment)
    try:
        await reached
    finally:
        cancel()


async def async_outlive[T](work: asyncio.Future[T]) -> T:
    """Wait for work that goes on also if whoever waits for it gives up.

    Unlike a shield it then logs nothing: how the work ended is told to who still waits.
    """
    work.add_done_callback(_look_at)
    await asyncio.wait([work])
    return work.result()


async def async_is_done_soon(
    work: asyncio.Future[Any], tell: Callable[[BaseException], None]
) -> bool:
    """Say whether work is done while somebody stands waiting; raise what it raises.

    It goes on in any case; trouble that comes too late to be raised is told.
    """
    done, _ = await asyncio.wait({work}, timeout=ANSWERS_WITHIN)
    if done:
        work.result()
        return True

    def look(work: asyncio.Future[Any]) -> None:
        if not work.cancelled() and (error := work.exception()) is not None:
            tell(error)

    work.add_done_callback(look)
    return False


def _look_at(work: asyncio.Future[Any]) -> None:
    """Take note of how work ended: nobody else may."""
    if not work.cancelled():
        work.exception()


async def async_wait(hass: HomeAssistant, seconds: float) -> None:
    """Wait some seconds."""
    await async_wait_until(hass, dt_util.utcnow() + timedelta(seconds=seconds))
