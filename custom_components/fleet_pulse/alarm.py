"""Comes back at a moment: one at a time, and another one in its place."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time


class Alarm:
    """Calls somebody once, at the moment that was set last."""

    def __init__(self, hass: HomeAssistant, ring: Callable[[datetime], None]) -> None:
        """Be set to nothing; `ring` is called with the moment that was set."""
        self._hass = hass
        self._ring = ring
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def async_set(self, moment: datetime | None) -> None:
        """Ring at this moment instead; None: not at all."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if moment is not None:
            job = HassJob(self._async_ring, cancel_on_shutdown=True)
            self._cancel = async_track_point_in_utc_time(self._hass, job, moment)

    @callback
    def _async_ring(self, moment: datetime) -> None:
        """Be set to nothing again, and ring."""
        self._cancel = None
        self._ring(moment)
