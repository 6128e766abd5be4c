"""The dialog behind the gear: what is chosen there counts at once, and for good."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household
from .sealing import restart

DEFAULTS: Final[Mapping[str, Any]] = {
    "budget": "10",
    "currency": "USD",
    "hard_stop": False,
    "list_every": 60,
    "cached_data": True,
}
HOUR: Final = 3600


async def gear(home: Household) -> Any:
    """Click the gear of the account."""
    return await home.hass.config_entries.options.async_init(home.entry.entry_id)


async def choose(home: Household, **options: Any) -> Any:
    """Change some options, and keep them."""
    form = await gear(home)
    chosen = {**form["data_schema"]({}), **options}
    result = await home.hass.config_entries.options.async_configure(
        form["flow_id"], chosen
    )
    await home.settle()
    return result


async def lists(home: Household) -> int:
    """Count the free lists of an hour."""
    before = len(home.cloud.requests.to("/products"))
    await home.pass_time(HOUR, 30)
    return len(home.cloud.requests.to("/products")) - before


async def test_the_dialog_shows_what_is_in_force(home: Household) -> None:
    """With a text for each field, its title and what it does."""
    form = await gear(home)
    assert form["data_schema"]({}) == DEFAULTS
    texts = await async_get_translations(home.hass, "en", "options", [DOMAIN])
    step = f"component.{DOMAIN}.options.step.init"
    said = {
        f"{step}.{part}.{key}"
        for part in ("data", "data_description")
        for key in DEFAULTS
    }
    assert said | {f"{step}.title", f"{step}.description"} <= set(texts)


async def test_options_count_at_once_and_after_a_restart(home: Household) -> None:
    """Nothing is loaded anew for them."""
    running = home.entry.runtime_data
    chosen = {
        "budget": "2.50",
        "currency": "EUR",
        "hard_stop": True,
        "list_every": 300,
        "cached_data": False,
    }
    result = await choose(home, **{**chosen, "budget": " 2,50"})
    assert result["type"] == "create_entry"
    assert home.entry.runtime_data is running
    assert dict(home.entry.options) == chosen
    await restart(home)
    assert (await gear(home))["data_schema"]({}) == chosen


async def test_options_of_an_account_that_does_not_run_wait(home: Household) -> None:
    """They are kept, and counted once it is loaded."""
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await choose(home, list_every=600)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    assert await lists(home) == 6


async def test_another_time_between_lists_counts_at_once(home: Household) -> None:
    """Longer and shorter, without waiting for the list that was planned."""
    assert await lists(home) == 60
    await choose(home, list_every=600)
    assert await lists(home) == 6
    await choose(home, list_every=30)
    assert await lists(home) == 120


async def test_options_do_not_wake_who_polls_nothing(home: Household) -> None:
    """Where polling is off, no list begins with another time between lists."""
    home.hass.config_entries.async_update_entry(home.entry, pref_disable_polling=True)
    await home.pass_time(120, 30)
    await choose(home, list_every=30)
    assert await lists(home) == 0


@pytest.mark.parametrize(
    ("entered", "error"),
    [
        pytest.param("ten", "budget_no_number", id="a word"),
        pytest.param("-1", "budget_negative", id="below zero"),
        pytest.param("1e9", "budget_too_large", id="a fortune"),
    ],
)
async def test_what_is_no_amount_is_told(
    home: Household, entered: str, error: str
) -> None:
    """By the field; what else was entered is still there, and nothing is kept."""
    before = dict(home.entry.options)
    result = await choose(home, budget=entered, hard_stop=True)
    assert result["errors"] == {"budget": error}
    texts = await async_get_translations(home.hass, "en", "options", [DOMAIN])
    assert f"component.{DOMAIN}.options.error.{error}" in texts
    suggested = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
    }
    assert (suggested["budget"], suggested["hard_stop"]) == (entered, True)
    assert dict(home.entry.options) == before
