"""The free list, which says the same of most cars most of the time."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model.parse import product_readings
from custom_components.fleet_pulse.model.product import ProductReader

NOW: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
LATER: Final = NOW + timedelta(minutes=1)
BODY: Final[dict[str, Any]] = {"vin": "x", "state": "asleep", "display_name": "Skipper"}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(BODY, id="the same"),
        pytest.param(BODY | {"state": "online"}, id="another state"),
        pytest.param({"state": "asleep"}, id="less than before"),
        pytest.param(BODY | {"in_service": False}, id="more than before"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_is_read_is_what_the_list_says_now(second: dict[str, Any]) -> None:
    """Whatever it said before: a shortcut must not be seen."""
    reader = ProductReader()
    assert reader.read(BODY, now=NOW) == product_readings(BODY, now=NOW)
    found = reader.read(dict(second), now=LATER)
    assert found == product_readings(second, now=LATER)
    assert reader.read(BODY, now=LATER) == product_readings(BODY, now=LATER)
