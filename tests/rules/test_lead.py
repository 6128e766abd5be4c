"""How long before a departure a cabin is made comfortable."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from custom_components.fleet_pulse.rules.lead import (
    Forecast,
    is_frosty,
    lead,
    temperature_at,
)

NINE: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
FORECAST: Final = (
    Forecast(at=NINE - HOUR, temperature=-2),
    Forecast(at=NINE, temperature=3),
    Forecast(at=NINE + HOUR, temperature=12),
)


@pytest.mark.parametrize(
    ("temperature", "minutes"),
    [
        pytest.param(-15, 30, id="deep frost"),
        pytest.param(-0.1, 30, id="just frost"),
        pytest.param(0, 20, id="freezing point"),
        pytest.param(9.9, 20, id="a cold morning"),
        pytest.param(10, 0, id="fresh"),
        pytest.param(22, 0, id="warm"),
        pytest.param(22.1, 10, id="summer"),
        pytest.param(30, 10, id="a hot day"),
        pytest.param(30.1, 15, id="a heat wave"),
        pytest.param(None, 20, id="nobody knows"),
    ],
)
def test_the_lead_follows_the_temperature_outside(
    temperature: float | None, minutes: int
) -> None:
    """The colder or hotter, the earlier; in between nothing is needed."""
    assert lead(temperature) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("moment", "temperature"),
    [
        pytest.param(NINE, 3, id="at the hour"),
        pytest.param(NINE + HOUR / 2, 3, id="within the hour"),
        pytest.param(NINE + 3 * HOUR, 12, id="a little past the last hour"),
        pytest.param(NINE + 9 * HOUR, None, id="long past the last hour"),
        pytest.param(NINE - 2 * HOUR, None, id="before the first hour"),
    ],
)
def test_the_forecast_of_the_hour_counts(
    moment: datetime, temperature: float | None
) -> None:
    """What was foreseen for another time of day says nothing."""
    assert temperature_at(FORECAST, moment) == temperature


@pytest.mark.parametrize(
    ("temperature", "frosty"),
    [(1.0, True), (1.1, False), (None, False)],
    ids=["at 1 °C", "above", "unknown"],
)
def test_windows_are_frozen_up_to_one_degree(
    temperature: float | None, frosty: bool
) -> None:
    """Defrosting without frost only takes energy."""
    assert is_frosty(temperature) is frosty
