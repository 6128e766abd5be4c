"""What the owner allows Tesla to bill: asked once, kept, and obeyed at once."""

from typing import Any

import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .flows import Owner
from .household import Household
from .sealing import restart


async def usage(home: Household) -> dict[str, Any]:
    """Ask what this month costs."""
    said = await home.hass.services.async_call(
        DOMAIN, "get_usage", blocking=True, return_response=True
    )
    assert said is not None
    accounts: Any = said["accounts"]
    (account,) = accounts.values()
    return dict(account)


def cost(home: Household) -> Any:
    """Give the state of the account's cost."""
    return home.hass.states.get("sensor.tesla_cost_this_month")


async def test_ten_dollars_are_suggested(house: Household) -> None:
    """Who only presses Submit has a budget that Tesla's discount covers."""
    await house.set_up()
    assert dict(house.entry.options) == {"budget": "10", "currency": "USD"}


async def test_a_changed_budget_counts_at_once(home: Household) -> None:
    """In its own currency, everywhere, without a restart, and after one."""
    running = home.entry.runtime_data
    owner = Owner(home, {})
    form = await owner.reconfigure("budget")
    assert form["data_schema"]({}) == {"budget": "10", "currency": "USD"}
    result = await owner.submit(form, budget=" 12,50 ", currency="EUR")
    assert result["reason"] == "budget_kept"
    await owner.words(result)
    assert home.entry.runtime_data is running
    assert dict(home.entry.options) == {"budget": "12.50", "currency": "EUR"}
    assert (await usage(home))["currency"] == "EUR"
    assert cost(home).attributes["unit_of_measurement"] == "EUR"
    await restart(home)
    assert (await usage(home))["currency"] == "EUR"
    form = await owner.reconfigure("budget")
    assert form["data_schema"]({}) == {"budget": "12.50", "currency": "EUR"}


async def test_a_budget_of_nothing_ends_what_nobody_asked_for(home: Household) -> None:
    """A car that wakes by itself is not looked at, until the budget is raised."""
    owner = Owner(home, {})
    await owner.submit(await owner.reconfigure("budget"), budget="0", currency="USD")
    home.car.request_wake()
    await home.pass_time(1800, 60)
    assert home.cloud.requests.billed == []
    await owner.submit(await owner.reconfigure("budget"), budget="5", currency="USD")
    home.car.request_wake()
    await home.pass_time(600, 60)
    assert home.cloud.requests.billed != []


@pytest.mark.parametrize(
    ("entered", "error"),
    [
        pytest.param("ten", "budget_no_number", id="a word"),
        pytest.param("", "budget_no_number", id="nothing"),
        pytest.param("10 EUR", "budget_no_number", id="with the currency"),
        pytest.param("NaN", "budget_no_number", id="no number at all"),
        pytest.param("Infinity", "budget_no_number", id="without end"),
        pytest.param("-1", "budget_negative", id="below zero"),
        pytest.param("1e9", "budget_too_large", id="a fortune"),
    ],
)
async def test_what_is_no_amount_is_told(
    home: Household, entered: str, error: str
) -> None:
    """By the field, and nothing is kept."""
    owner = Owner(home, {})
    form = await owner.reconfigure("budget")
    result = await owner.submit(form, budget=entered, currency="USD")
    assert result["errors"] == {"budget": error}
    await owner.words(result)
    assert dict(home.entry.options) == {"budget": "10", "currency": "USD"}
