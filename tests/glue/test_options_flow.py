"""The dialog behind the gear: what is chosen there counts at once, and for good."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.fleet_pulse.const import DOMAIN

from .household import Household
from .sealing import restart

DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "asking": {
        "budget": "10",
        "currency": "USD",
        "hard_stop": False,
        "list_every": 60,
        "cached_data": True,
    },
    "safety": {"allow_risky": False},
    "wakes": {"wakes_daily": 20, "wakes_scheduled": 4, "wake_posts": 2},
}
CHOSEN: Final[Mapping[str, Mapping[str, Any]]] = {
    "asking": {
        "budget": "2.50",
        "currency": "EUR",
        "hard_stop": True,
        "list_every": 300,
        "cached_data": False,
    },
    "safety": {"allow_risky": True},
    "wakes": {"wakes_daily": 50, "wakes_scheduled": 0, "wake_posts": 3},
}
PAGES: Final = sorted(DEFAULTS)
HOUR: Final = 3600


async def gear(home: Household) -> Any:
    """Click the gear of the account."""
    return await home.hass.config_entries.options.async_init(home.entry.entry_id)


async def page(home: Household, name: str) -> Any:
    """Choose a page from the menu behind the gear."""
    menu = await gear(home)
    return await home.hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": name}
    )


async def choose(home: Household, *, on: str = "asking", **options: Any) -> Any:
    """Change some options of a page, and keep them."""
    form = await page(home, on)
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


async def test_the_menu_offers_every_page(home: Household) -> None:
    """With a text for each, and what it is about."""
    menu = await gear(home)
    assert sorted(menu["menu_options"]) == PAGES
    texts = await async_get_translations(home.hass, "en", "options", [DOMAIN])
    step = f"component.{DOMAIN}.options.step.init"
    assert {
        f"{step}.{part}.{name}"
        for part in ("menu_options", "menu_option_descriptions")
        for name in PAGES
    } | {f"{step}.title", f"{step}.description"} <= set(texts)


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_shows_what_is_in_force(home: Household, name: str) -> None:
    """With a text for each field, its title and what it does."""
    form = await page(home, name)
    assert form["data_schema"]({}) == DEFAULTS[name]
    texts = await async_get_translations(home.hass, "en", "options", [DOMAIN])
    step = f"component.{DOMAIN}.options.step.{name}"
    said = {
        f"{step}.{part}.{key}"
        for part in ("data", "data_description")
        for key in DEFAULTS[name]
    }
    assert said | {f"{step}.title", f"{step}.description"} <= set(texts)


@pytest.mark.parametrize("name", PAGES)
async def test_options_count_at_once_and_after_a_restart(
    home: Household, name: str
) -> None:
    """Nothing is loaded anew for them."""
    running, before = home.entry.runtime_data, dict(home.entry.options)
    result = await choose(home, on=name, **CHOSEN[name])
    assert result["type"] == "create_entry"
    assert home.entry.runtime_data is running
    assert dict(home.entry.options) == {**before, **CHOSEN[name]}
    await restart(home)
    assert (await page(home, name))["data_schema"]({}) == CHOSEN[name]


async def test_a_page_keeps_what_the_others_say(home: Household) -> None:
    """Whichever is changed last; an amount is kept as it is counted with."""
    await choose(home, on="wakes", **CHOSEN["wakes"])
    await choose(home, on="safety", **CHOSEN["safety"])
    await choose(home, **{**CHOSEN["asking"], "budget": " 2,50"})
    chosen = {key: value for name in PAGES for key, value in CHOSEN[name].items()}
    assert dict(home.entry.options) == chosen


@pytest.mark.parametrize(
    ("option", "beyond"),
    [
        pytest.param("wakes_daily", 51, id="too many wakes"),
        pytest.param("wakes_daily", -1, id="less than none"),
        pytest.param("wakes_scheduled", 21, id="too many for rules"),
        pytest.param("wake_posts", 0, id="a wake without a call"),
        pytest.param("wake_posts", 4, id="a wake of four calls"),
    ],
)
async def test_a_count_beyond_reason_is_not_kept(
    home: Household, option: str, beyond: int
) -> None:
    """The form refuses it."""
    before = dict(home.entry.options)
    with pytest.raises(InvalidData):
        await choose(home, on="wakes", **{option: beyond})
    assert dict(home.entry.options) == before


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
