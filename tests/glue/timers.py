"""Home Assistant's timers, when a test has moved the clock."""

from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest

SPREAD: Final = timedelta(microseconds=event.RANDOM_MICROSECOND_MAX)
"""By up to so much some timers are late on purpose."""


def fire_due(hass: HomeAssistant, *, every: bool = False) -> None:
    """Run the timers that are due by now, or every one.

    As `async_fire_time_changed` does, which makes two mocks for each of them.
    """
    now = dt_util.utcnow() + SPREAD
    seconds, due = now.timestamp(), hass.loop.time() + SPREAD.total_seconds()
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(event, "time_tracker_utcnow", lambda: now)
        clock.setattr(event, "time_tracker_timestamp", lambda: seconds)
        for timer in list(get_scheduled_timer_handles(hass.loop)):
            if not timer.cancelled() and (every or timer.when() <= due):
                timer._run()
                timer.cancel()
