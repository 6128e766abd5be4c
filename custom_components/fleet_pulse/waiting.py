"""Waiting by Home Assistant's own clock, which tests and benchmarks can move."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util


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


def _look_at(work: asyncio.Future[Any]) -> None:
    """Take note of how work ended: nobody else may."""
    if not work.cancelled():
        work.exception()


async def async_wait(hass: HomeAssistant, seconds: float) -> None:
    """Wait some seconds."""
    await async_wait_until(hass, dt_util.utcnow() + timedelta(seconds=seconds))
