"""The clock of the fake cloud."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fake_fleet.clock import Clock

START = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_stepped_clock_stands_still() -> None:
    """Until it is stepped."""
    clock = Clock.stepped(START)
    assert clock.now() == clock.now() == START
    assert clock.step(1.5) == START + timedelta(seconds=1.5) == clock.now()


def test_physics_runs_faster_than_stamps() -> None:
    """Stamps stay real; lives run on."""
    clock = Clock.stepped(START, time_scale=60)
    clock.step(60)
    assert clock.now() == START + timedelta(minutes=1)
    assert clock.physics(clock.now()) == 3600
    assert clock.life(3600) == START + timedelta(hours=1)
    assert clock.stamp(3600) == clock.now()


def test_a_real_clock_cannot_be_stepped() -> None:
    """It follows the machine's."""
    clock = Clock.real(60)
    assert clock.now() >= clock.start
    assert clock.now().tzinfo is UTC
    with pytest.raises(RuntimeError):
        clock.step(1)


def test_other_zones_are_translated() -> None:
    """Inside, all is UTC."""
    berlin = START.astimezone(ZoneInfo("Europe/Berlin"))
    assert Clock.stepped(berlin).now().tzinfo is UTC
