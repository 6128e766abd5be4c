"""Values that are being dragged: only the last of them is sent, for all who set one."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .fleet.errors import Interrupted
from .waiting import async_outlive

WAIT: Final = 1.5
"""Seconds a slider must rest before its value is sent."""

type _Send[T] = Callable[[], Coroutine[Any, Any, T]]


@dataclass(slots=True)
class _Slider[T]:
    """A value that is still being dragged, and the one result all its callers share."""

    send: _Send[T]
    cancel: CALLBACK_TYPE
    result: asyncio.Future[T] = field(default_factory=asyncio.Future)


class Sliders[T]:
    """The sliders under people's hands."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Start with none."""
        self._hass = hass
        self._entry = entry
        self._moving: dict[Hashable, _Slider[T]] = {}

    async def async_send(self, key: Hashable, send: _Send[T]) -> T:
        """Do the last of what is asked for under a key, once the slider rests."""

        @callback
        def rested(_: datetime) -> None:
            slider = self._moving.pop(key)
            task = self._entry.async_create_background_task(
                self._hass, slider.send(), "fleet_pulse slider"
            )
            task.add_done_callback(lambda done: _pass_on(done, slider.result))

        job = HassJob(rested, cancel_on_shutdown=True)
        cancel = async_call_later(self._hass, WAIT, job)
        slider = self._moving.get(key)
        if slider is None:
            slider = self._moving[key] = _Slider(send, cancel)
        else:
            slider.cancel()
            slider.send, slider.cancel = send, cancel
        return await async_outlive(slider.result)

    @callback
    def async_stop(self) -> None:
        """Tell all who still wait that nothing will be sent."""
        for slider in self._moving.values():
            slider.cancel()
            _fail(slider.result, Interrupted())
        self._moving.clear()


def _pass_on[T](task: asyncio.Task[T], result: asyncio.Future[T]) -> None:
    """Give all who dragged a slider the one result."""
    error = Interrupted() if task.cancelled() else task.exception()
    if error is None:
        result.set_result(task.result())
    else:
        _fail(result, error)


def _fail[T](result: asyncio.Future[T], error: BaseException) -> None:
    """Raise an error where the slider was dragged."""
    result.set_exception(error)
    # Whoever dragged may have gone; the error is theirs to look at, not the log's.
    result.exception()
