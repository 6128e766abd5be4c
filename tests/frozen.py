"""Freezegun's stopped clock, for those who read it often: it says the same, faster.

A test in a home reads the time some thousand times, nearly always at a moment at which
it was read before. What freezegun works out anew each time is kept here for as long as
its clock stands still.
"""

import calendar
from datetime import UTC, datetime, tzinfo
import sys
from types import ModuleType
from typing import Any, Final

from freezegun import api
from pytest_homeassistant_custom_component import patch_time

type Attributes = list[tuple[str, Any]]


class Moment:
    """What is read of a clock while it stands still."""

    def __init__(self, frozen: datetime) -> None:
        """Work it out, once."""
        self.frozen = frozen
        self.seconds = calendar.timegm(frozen.timetuple()) + frozen.microsecond / 1e6
        self.utc = patch_time.ha_datetime_to_fakedatetime(frozen.replace(tzinfo=UTC))


_exact_now: Final = patch_time.HAFakeDatetime.now.__func__
_exact_attributes: Final = api._get_cached_module_attributes
_last: Final[list[Moment]] = []
"""The moment that was read last, if any."""
_ignored: Final[dict[tuple[str, tuple[str, ...]], bool]] = {}
"""Whether a module reads the machine's clock, by its name and what is ignored."""
_known: Final[dict[int, tuple[ModuleType, int, Attributes]]] = {}
"""Modules, how many names each had, and which of these are of a clock."""


def _moment() -> Moment:
    """Give the moment at which time stands."""
    frozen = api.get_current_time()
    if not _last or _last[0].frozen is not frozen:
        _last[:] = [Moment(frozen)]
    return _last[0]


def _now(cls: type[datetime], tz: tzinfo | None = None) -> datetime:
    """Say what time it is; another zone than UTC is seldom asked for."""
    if tz is not UTC or not api.freeze_factories or any(api.tz_offsets):
        return _exact_now(cls, tz)
    return _moment().utc


def _seconds() -> float:
    """Say what time it is, as the clocks do that count seconds."""
    return _moment().seconds


def _time() -> float:
    """Say what time it is in seconds, to those who see it stand still."""
    return api.real_time() if api._should_use_real_time() else _seconds()


def _is_real() -> bool:
    """Say whether who reads a clock, or who called it, is to see the machine's."""
    try:
        ignore = api.ignore_lists[-1]
    except IndexError:
        # A thread has outlived the test that froze time.
        return True
    # Who asks is the clock; who reads it is above.
    frame = sys._getframe(2)
    for _ in range(api.call_stack_inspection_limit):
        name = frame.f_globals.get("__name__") or ""
        found = _ignored.get((name, ignore))
        if found is None:
            found = _ignored[name, ignore] = name.startswith(ignore)
        if found or (above := frame.f_back) is None:
            return found
        frame = above
    return False


def _clocks_in(module: ModuleType) -> Attributes:
    """List a module's names that are of a clock, anew when it has another one.

    Freezegun hashes all names of 3,000 modules whenever a test freezes time, which
    takes as long as setting up a Home Assistant.
    """
    count = len(vars(module))
    known = _known.get(id(module))
    if known is None or known[:2] != (module, count):
        found = _exact_attributes(module)
        known = _known[id(module)] = (module, len(vars(module)), found)
    return known[2]


def hasten() -> None:
    """Have freezegun, and what Home Assistant's fixtures put into it, ask here."""
    api._get_cached_module_attributes = _clocks_in
    api._get_fake_monotonic = _seconds
    api.fake_time = _time
    # Before each test these are put into freezegun, from here.
    patch_time.ha_should_use_real_time = _is_real
    patch_time.HAFakeDatetime.now = classmethod(_now)
