"""How a charge rule is made, in words and for good; what cannot be is refused."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.util import dt as dt_util
import pytest

from .flows import account_of
from .household import Household
from .rule_forms import RuleMaker
from .rules import remove_rule

PRICES: Final = "sensor.prices"
SURPLUS: Final = "sensor.surplus"


@pytest.fixture
def maker(home: Household) -> RuleMaker:
    """Give an owner before the page of an account with two cars, and two sensors."""
    home.hass.states.async_set(PRICES, "0.2")
    home.hass.states.async_set(SURPLUS, "0")
    return RuleMaker(home)


def weekdays(home: Household) -> dict[str, Any]:
    """Give what a rule for weekdays is kept as."""
    return {
        "car": home.car.vin,
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "ready_by": "07:30:00",
        "target_soc": 80,
    }


async def test_a_newcomer_makes_a_rule_with_what_is_proposed(
    home: Household, maker: RuleMaker
) -> None:
    """Weekdays, ready by 07:30, 80 %: said in words, and only then kept."""
    menu = await maker.add()
    assert "copy" not in menu["menu_options"]
    assert "Be ready by a time" in await maker.words(menu)
    form = await maker.choose(menu, "ready_by")
    assert "When you leave" in await maker.words(form)
    overview = await maker.submit(form)
    said = await maker.words(overview)
    assert "Monday to Friday, ready by 07:30, up to 80 %." in said
    assert maker.rules == []
    result = await maker.choose(overview, "save")
    assert result["type"] == "create_entry"
    assert maker.rule.title == "Monday to Friday, ready by 07:30"
    assert dict(maker.rule.data) == weekdays(home)


FIRST: Final = [
    pytest.param(
        "window",
        {"days": ["weekend"], "start": "10:00:00", "end": "16:00:00", "target_soc": 60},
        {
            "days": ["sat", "sun"],
            "windows": [{"start": "10:00:00", "end": "16:00:00"}],
            "target_soc": 60,
        },
        "Saturday and Sunday, between 10:00 and 16:00, up to 60 %.",
        id="between two times",
    ),
    pytest.param(
        "window",
        {"days": ["weekdays"]},
        {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "windows": [{"start": "23:00:00", "end": "06:00:00"}],
            "target_soc": 80,
        },
        "Monday to Friday, between 23:00 and 06:00, up to 80 %.",
        id="the window that is proposed",
    ),
    pytest.param(
        "cheap",
        {"price_entity": PRICES, "ready_by": "07:00:00"},
        {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "ready_by": "07:00:00",
            "price": {"entity": PRICES, "mode": "cheapest"},
            "target_soc": 80,
        },
        "Monday to Friday, ready by 07:00, in the cheapest hours, up to 80 %.",
        id="with cheap power",
    ),
    pytest.param(
        "cheap",
        {"price_entity": PRICES, "price_mode": "below_cap", "price_cap": -0.05},
        {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "price": {"entity": PRICES, "mode": "below_cap", "cap": -0.05},
            "target_soc": 80,
        },
        "Monday to Friday, whenever power costs at most -0.05 per kWh, up to 80 %.",
        id="only when it pays",
    ),
    pytest.param(
        "sun",
        {"solar_entity": SURPLUS},
        {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "solar": {"entity": SURPLUS, "min_w": 1400},
            "target_soc": 80,
        },
        "Every day, with at least 1400 W of sun to spare, up to 80 %.",
        id="with the sun",
    ),
    pytest.param(
        "ready_by",
        {"days": ["weekend", "fri", "mon"], "name": "  Away  "},
        {
            "days": ["mon", "fri", "sat", "sun"],
            "ready_by": "07:30:00",
            "target_soc": 80,
        },
        "Monday, Friday, Saturday, Sunday, ready by 07:30, up to 80 %.",
        id="days of one's own",
    ),
]


@pytest.mark.parametrize(("step", "answers", "kept", "said"), FIRST)
async def test_a_first_form_makes_a_rule(
    home: Household,
    maker: RuleMaker,
    step: str,
    answers: Mapping[str, Any],
    kept: Mapping[str, Any],
    said: str,
) -> None:
    """Whichever way to begin with is chosen; the words say what it means."""
    overview = await maker.first(step, **answers)
    assert said in await maker.words(overview)
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {"car": home.car.vin, **kept}


MORE: Final = [
    pytest.param(
        "when",
        {
            "days": ["mon"],
            "windows": [
                {"start": "01:00:00", "end": "03:00:00"},
                {"start": "22:00:00", "end": "23:30:00"},
            ],
            "skip_dates": ["2026-12-24"],
            "expires": "2027-01-31",
        },
        id="days and times",
    ),
    pytest.param("when", {"days": [], "dates": ["2026-12-24"]}, id="dates alone"),
    pytest.param(
        "charging",
        {"target_soc": 90, "floor_soc": 30, "daily_limit": 80, "amps": 16},
        id="how far and how fast",
    ),
    pytest.param("other", {"priority": 3, "dry_run": True, "zones": []}, id="the rest"),
]


@pytest.mark.parametrize(("page", "answers"), MORE)
async def test_more_can_be_chosen_before_it_is_kept(
    home: Household, maker: RuleMaker, page: str, answers: Mapping[str, Any]
) -> None:
    """Each page leads back to what happens next."""
    overview = await maker.first("ready_by")
    form = await maker.choose(overview, page)
    assert await maker.words(form)
    overview = await maker.submit(form, **answers)
    assert overview["step_id"] == "overview", overview
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {**weekdays(home), **answers}


async def test_what_is_cleared_is_gone(home: Household, maker: RuleMaker) -> None:
    """Also what belongs together: without its entity, a price is none."""
    await maker.make("cheap", price_entity=PRICES, price_cap=0.3, ready_by="07:30:00")
    form = await maker.choose(await maker.edit(), "price")
    overview = await maker.submit(form, price_entity=None, price_cap=None)
    result = await maker.choose(overview, "save")
    assert result["reason"] == "reconfigure_successful"
    assert dict(maker.rule.data) == weekdays(home)


async def test_an_edit_shows_what_is_and_changes_only_that(
    home: Household, maker: RuleMaker
) -> None:
    """Nothing is written before it is saved; then the name may be another one."""
    made = await maker.make()
    overview = await maker.edit()
    assert "ready by 07:30" in await maker.words(overview)
    form = await maker.choose(overview, "when")
    overview = await maker.submit(form, ready_by="06:00:00")
    assert dict(maker.rule.data) == weekdays(home)
    form = await maker.choose(overview, "other")
    overview = await maker.submit(form, name="Early")
    await maker.choose(overview, "save")
    assert maker.rule.subentry_id == made.subentry_id
    assert maker.rule.title == "Early"
    changed = {"ready_by": "06:00:00", "zones": ["zone.home"]}
    assert dict(maker.rule.data) == {**weekdays(home), **changed}


async def test_one_is_made_like_another(home: Household, maker: RuleMaker) -> None:
    """With a name of its own; the first stays as it is."""
    first = await maker.make(name="Work")
    form = await maker.choose(await maker.add(), "copy")
    assert await maker.words(form)
    overview = await maker.submit(form)
    form = await maker.choose(overview, "charging")
    overview = await maker.submit(form, target_soc=60)
    await maker.choose(overview, "save")
    assert [rule.title for rule in maker.rules] == ["Work", "Work 2"]
    assert dict(maker.rules[1].data) == {**weekdays(home), "target_soc": 60}
    assert dict(first.data) == weekdays(home)


async def test_the_car_is_chosen_by_its_name(street: Household) -> None:
    """No form shows a car's number, and no other car gets the rule."""
    maker = RuleMaker(street)
    form = await maker.choose(await maker.add(), "ready_by")
    options = form["data_schema"].schema["car"].config["options"]
    assert len(options) == 4
    assert not [option for option in options if option["value"] in street.cloud.cars]
    overview = await maker.submit(form, car=maker.device_id(street.old_car.vin))
    await maker.choose(overview, "save")
    assert maker.rule.data["car"] == street.old_car.vin
    form = await maker.choose(await maker.edit(), "other")
    assert form["data_schema"].schema["car"].config["options"] == options


async def test_where_there_is_one_car_it_is_not_asked_for(house: Household) -> None:
    """It is the one that is meant: four questions are left."""
    account_of(house).vins.remove(house.old_car.vin)
    await house.set_up()
    maker = RuleMaker(house)
    form = await maker.choose(await maker.add(), "ready_by")
    fields = [str(field) for field in form["data_schema"].schema]
    assert fields == ["days", "ready_by", "target_soc", "name"]
    await maker.choose(await maker.submit(form), "save")
    assert dict(maker.rule.data) == weekdays(house)


async def test_without_a_car_there_is_no_rule(house: Household) -> None:
    """It says what to do first."""
    account_of(house).vins.clear()
    await house.set_up(pair=False)
    maker = RuleMaker(house)
    result = await maker.add()
    assert result["reason"] == "no_vehicle"
    assert "Finish the set-up" in await maker.words(result)


MISTAKES: Final = [
    pytest.param("ready_by", {"days": []}, {"days": "days_missing"}, id="no day"),
    pytest.param(
        "window",
        {"start": "06:00:00", "end": "06:00:00"},
        {"start": "window_empty"},
        id="a window of no length",
    ),
    pytest.param(
        "cheap",
        {"price_entity": "sensor.gone"},
        {"price_entity": "entity_unknown"},
        id="prices of nobody",
    ),
    pytest.param(
        "cheap",
        {"price_entity": PRICES, "price_mode": "below_cap"},
        {"price_cap": "cap_missing"},
        id="a cap without a price",
    ),
    pytest.param(
        "sun",
        {"solar_entity": "sensor.gone"},
        {"solar_entity": "entity_unknown"},
        id="no such sun",
    ),
]


@pytest.mark.parametrize(("step", "answers", "errors"), MISTAKES)
async def test_a_mistake_is_told_by_its_field(
    maker: RuleMaker, step: str, answers: Mapping[str, Any], errors: Mapping[str, str]
) -> None:
    """What was entered stays in the form, and nothing is kept."""
    form = await maker.first(step, **answers)
    assert form["errors"] == errors
    assert await maker.words(form)
    assert maker.rules == []


MISTAKES_OF_MORE: Final = [
    pytest.param(
        "when",
        {"ready_by": None},
        {"ready_by": "time_missing"},
        id="nothing says when",
    ),
    pytest.param(
        "when",
        {
            "windows": [
                {"start": "22:00:00", "end": "02:00:00"},
                {"start": "01:00:00", "end": "03:00:00"},
            ]
        },
        {"windows": "windows_overlap"},
        id="windows that overlap",
    ),
    pytest.param(
        "when",
        {"windows": [{"start": "22:00:00", "end": "22:00:00"}]},
        {"windows": "window_empty"},
        id="a window of no length",
    ),
    pytest.param(
        "when", {"dates": ["tomorrow"]}, {"dates": "date_invalid"}, id="no date"
    ),
    pytest.param(
        "when",
        {"skip_dates": ["2026-02-30"]},
        {"skip_dates": "date_invalid"},
        id="a date that there is not",
    ),
    pytest.param(
        "when",
        {"workday_entity": "binary_sensor.gone"},
        {"workday_entity": "entity_unknown"},
        id="workdays of nobody",
    ),
    pytest.param(
        "when", {"expires": "2026-09-01"}, {"expires": "date_is_past"}, id="it is over"
    ),
    pytest.param(
        "charging",
        {"target_soc": 50, "floor_soc": 60},
        {"target_soc": "target_under_floor"},
        id="target under floor",
    ),
    pytest.param(
        "charging", {"amps": "nan"}, {"amps": "amps_range"}, id="no number at all"
    ),
    pytest.param(
        "charging",
        {"floor_soc": 70, "daily_limit": 60},
        {"daily_limit": "limit_under_floor"},
        id="limit under floor",
    ),
    pytest.param(
        "price",
        {"price_cap": 0.2, "price_mode": "below_cap"},
        {"price_entity": "entity_invalid"},
        id="a price that nobody says",
    ),
    pytest.param(
        "solar",
        {"solar_min_w": 2000},
        {"solar_entity": "entity_invalid"},
        id="sun that nobody measures",
    ),
    pytest.param(
        "other", {"zones": ["zone.gone"]}, {"zones": "entity_unknown"}, id="nowhere"
    ),
    pytest.param("other", {"name": "Taken"}, {"name": "name_taken"}, id="a name twice"),
]


@pytest.mark.parametrize(("page", "answers", "errors"), MISTAKES_OF_MORE)
async def test_a_mistake_in_more_is_told_by_its_field(
    maker: RuleMaker, page: str, answers: Mapping[str, Any], errors: Mapping[str, str]
) -> None:
    """And can be mended there."""
    await maker.make(name="Taken")
    page_of = await maker.choose(await maker.first("ready_by"), page)
    form = await maker.submit(page_of, **answers)
    assert form["errors"] == errors
    assert await maker.words(form)
    assert len(maker.rules) == 1


async def test_an_account_that_does_not_run_takes_no_rule(
    home: Household, maker: RuleMaker
) -> None:
    """Neither a new one nor another word of one that there is."""
    await maker.make()
    begun = await maker.edit()
    form = await maker.choose(await maker.add(), "ready_by")
    copying = await maker.choose(await maker.add(), "copy")
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    results = [
        await maker.add(),
        await maker.edit(),
        await maker.choose(begun, "when"),
        await maker.submit(form),
        await maker.submit(copying),
    ]
    assert [result["reason"] for result in results] == ["not_loaded"] * 5
    assert "not running" in await maker.words(results[0])


async def test_an_entity_that_tells_no_prices_is_said_to(
    home: Household, maker: RuleMaker
) -> None:
    """Before a rule is kept that would wait for ever; a price for now is not enough."""
    overview = await maker.first(
        "cheap", price_entity=PRICES, price_mode="below_cap", price_cap=1
    )
    said = await maker.words(overview)
    assert f"{PRICES} tells no prices of the coming hours" in said
    hour = dt_util.utcnow().replace(minute=0, second=0)
    price = {"start": hour.isoformat(), "value": 0.2}
    home.hass.states.async_set(PRICES, "0.2", {"raw_today": [price]})
    overview = await maker.first("cheap", price_entity=PRICES, ready_by="07:30:00")
    assert "tells no prices" not in await maker.words(overview)


async def test_two_dialogs_do_not_give_two_rules_one_name(maker: RuleMaker) -> None:
    """Whoever saves last has a number added."""
    begun = [await maker.first("ready_by", name="Work") for _ in range(2)]
    for overview in begun:
        await maker.choose(overview, "save")
    assert [rule.title for rule in maker.rules] == ["Work", "Work 2"]


async def test_a_rule_that_is_deleted_while_it_is_edited_stays_deleted(
    home: Household, maker: RuleMaker
) -> None:
    """Whatever is pressed in the dialog that is still open."""
    made = await maker.make()
    saving, choosing = await maker.edit(), await maker.edit()
    form = await maker.choose(await maker.edit(), "when")
    await remove_rule(home, made.subentry_id)
    results = [
        await maker.choose(saving, "save"),
        await maker.choose(choosing, "when"),
        await maker.submit(form),
    ]
    assert [result["reason"] for result in results] == ["rule_gone"] * 3
    assert "deleted meanwhile" in await maker.words(results[0])
    assert maker.rules == []


async def test_a_rule_that_cannot_be_is_mended_before_it_is_kept(
    home: Household, maker: RuleMaker
) -> None:
    """One of long ago, when another version took it, opens as any other."""
    kept = {**weekdays(home), "days": []}
    await maker.put("Old", **kept)
    overview = await maker.edit()
    assert "something in it cannot be" in await maker.words(overview)
    overview = await maker.choose(overview, "save")
    assert overview["step_id"] == "overview"
    form = await maker.choose(overview, "when")
    overview = await maker.submit(form, days=["weekdays"])
    assert "ready by 07:30" in await maker.words(overview)
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == weekdays(home)


async def test_a_floor_alone_is_a_rule(home: Household, maker: RuleMaker) -> None:
    """It has no time, and nothing is foreseen of it."""
    overview = await maker.first("ready_by")
    form = await maker.choose(overview, "charging")
    form = await maker.choose(await maker.submit(form, floor_soc=30), "when")
    overview = await maker.submit(form, days=[], ready_by=None)
    said = await maker.words(overview)
    assert "at once below 30 %" in said
    assert "Nothing is foreseen in the next days." in said
    await maker.choose(overview, "save")
    assert maker.rule.data["days"] == []


async def test_a_rule_of_a_car_that_is_gone_opens(
    home: Household, maker: RuleMaker
) -> None:
    """And gets another car."""
    await maker.put("Old", **{**weekdays(home), "car": "5YJ3E1EA7KF000000"})
    overview = await maker.edit()
    said = await maker.words(overview)
    assert "does not show this car any more" in said
    assert "5YJ3E1EA7KF000000" not in said
    form = await maker.choose(overview, "other")
    device_id = maker.device_id(home.car.vin)
    await maker.choose(await maker.submit(form, car=device_id), "save")
    assert maker.rule.data["car"] == home.car.vin
