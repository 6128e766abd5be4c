"""The stopped clock that is read fast says what freezegun's own says."""

from datetime import UTC, date, datetime, timedelta
import time
from types import FunctionType
from zoneinfo import ZoneInfo

from freezegun import api, freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util
import pytest

from tests import frozen

NOON = datetime(2028, 2, 29, 12, 0, 0, 250_000, tzinfo=UTC)


def test_every_clock_stands_at_the_moment(freezer: FrozenDateTimeFactory) -> None:
    """Also after it was moved, on or back, and wherever the clock is read."""
    for moment in (NOON, NOON + timedelta(days=1), NOON - timedelta(seconds=1)):
        freezer.move_to(moment)
        read = [
            datetime.now(UTC),
            dt_util.utcnow(),
            datetime.now(ZoneInfo("Asia/Tokyo")),
        ]
        assert read == [moment] * 3
        assert datetime.now() == moment.replace(tzinfo=None)
        assert date.today() == moment.date()
        assert [time.time(), time.monotonic()] == [moment.timestamp()] * 2


def test_time_that_goes_on_is_not_kept() -> None:
    """A clock that ticks with each look shows another moment each time."""
    with freeze_time(NOON, auto_tick_seconds=5):
        assert datetime.now(UTC) == NOON
        assert datetime.now(UTC) == NOON + timedelta(seconds=5)
        assert time.time() == (NOON + timedelta(seconds=10)).timestamp()


def test_a_zone_of_the_machine_is_kept_to() -> None:
    """A test may be somewhere else: two hours ahead."""
    with freeze_time(NOON, tz_offset=2):
        assert datetime.now(UTC) == NOON + timedelta(hours=2)


def test_who_is_ignored_has_the_clock_of_the_machine(
    freezer: FrozenDateTimeFactory,
) -> None:
    """A thread that waits would do so for ever otherwise."""
    freezer.move_to(NOON)
    seen = {"time": time}
    read = FunctionType(_read.__code__, seen | {"__name__": __name__})
    read_by_thread = FunctionType(_read.__code__, seen | {"__name__": "threading"})
    assert read() == NOON.timestamp()
    assert read_by_thread() == pytest.approx(api.real_monotonic(), abs=3600)


def _read() -> float:
    """Read a clock in the name of a module."""
    return time.monotonic()


def test_a_module_that_grows_is_looked_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that a module imports late stands still, too."""
    with freeze_time(NOON):
        pass
    monkeypatch.setattr(frozen, "late", api.real_time, raising=False)
    with freeze_time(NOON):
        assert frozen.late() == NOON.timestamp()
    assert frozen.late is api.real_time


def test_it_is_asked() -> None:
    """Home Assistant's fixtures put in before each test what is theirs: this one."""
    assert api._should_use_real_time is frozen._is_real
