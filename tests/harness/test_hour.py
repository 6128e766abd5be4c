"""Stories are told at noon, whatever the hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from .hour import NOON, where_it_is_noon


@pytest.mark.parametrize("hour", range(24))
def test_it_is_noon_somewhere(hour: int) -> None:
    """A zone for each hour, with Home Assistant's own list of them."""
    now = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=59)
    assert now.astimezone(ZoneInfo(where_it_is_noon(now))).hour == NOON
