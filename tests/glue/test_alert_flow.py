"""How an alert is made, in words and for good; what cannot be is refused."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import InvalidData
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.fleet_pulse.alert_form import PROPOSED

from .household import Household
from .phones import add_phone, lose_phone
from .rule_forms import RuleMaker

FAMILY: Final = "notify.family"
ONE: Final = {"kinds": ["low_battery"]}


@pytest.fixture
def maker(home: Household) -> RuleMaker:
    """Give an owner before the page of an account, who can tell a family."""
    home.hass.states.async_set(FAMILY, "unknown", {"friendly_name": "Family"})
    return RuleMaker(home, "alert")


# ---- the good way


async def test_what_is_proposed_makes_an_alert(
    home: Household, maker: RuleMaker
) -> None:
    """Straight from the button: the usual kinds, and with no phone nobody is told."""
    overview = await maker.submit(await maker.add())
    words = await maker.words(overview)
    assert f"**Alerts** for {home.car.name}, {home.old_car.name}" in words
    assert "- Low battery: below 20 %" in words
    assert "Nobody gets a message" in words
    assert maker.rules == []
    await maker.choose(overview, "save")
    assert maker.rule.title == "Alerts"
    assert dict(maker.rule.data) == {"kinds": PROPOSED, "notify": []}


FIRST: Final = [
    pytest.param(
        {"kinds": ["tyre_pressure", "low_battery"]},
        {"kinds": ["low_battery", "tyre_pressure"]},
        "- Low battery: below 20 %\n- Low tire pressure: below 2.4 bar",
        id="two kinds",
    ),
    pytest.param(
        {**ONE, "notify": [FAMILY]},
        {**ONE, "notify": [FAMILY]},
        "Told: Family.",
        id="somebody",
    ),
    pytest.param(
        {
            **ONE,
            "notify": [FAMILY],
            "quiet_from": "22:00:00",
            "quiet_until": "07:00:00",
        },
        {
            **ONE,
            "notify": [FAMILY],
            "quiet_from": "22:00:00",
            "quiet_until": "07:00:00",
        },
        "From 22:00 to 07:00 messages wait",
        id="not at night",
    ),
    pytest.param({**ONE, "name": "Mine"}, ONE, "**Mine**", id="a name"),
]


@pytest.mark.parametrize(("answers", "kept", "said"), FIRST)
async def test_the_first_form_makes_an_alert(
    maker: RuleMaker, answers: Mapping[str, Any], kept: Mapping[str, Any], said: str
) -> None:
    """The words say what it means, before anything is kept."""
    overview = await maker.submit(await maker.add(), **answers)
    assert said in await maker.words(overview)
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {"notify": [], **kept}


async def test_the_one_phone_is_proposed(home: Household, maker: RuleMaker) -> None:
    """Of several, nobody knows whose they are; one is told by its device alone."""
    phone = add_phone(home)
    form = await maker.add()
    excluded = form["data_schema"].schema["notify"].config["exclude_entities"]
    assert excluded == ["notify.anna_s_phone"]
    overview = await maker.submit(form, notify=[FAMILY])
    assert "Told: Anna's phone, Family." in await maker.words(overview)
    await maker.choose(overview, "save")
    assert maker.rule.data["notify"] == [phone, FAMILY]
    add_phone(home, "Ben's phone")
    form = await maker.choose(await maker.add(), "alert")
    await maker.choose(await maker.submit(form), "save")
    assert maker.rules[-1].data["notify"] == []
    assert maker.rules[-1].title == "Alerts 2"


MORE: Final = [
    pytest.param(
        "kinds",
        {"kinds": ["climate_left_on"]},
        {"kinds": ["climate_left_on"]},
        id="others",
    ),
    pytest.param(
        "whom",
        {"notify": [FAMILY], "quiet_from": "22:00:00", "quiet_until": "06:00:00"},
        {"notify": [FAMILY], "quiet_from": "22:00:00", "quiet_until": "06:00:00"},
        id="somebody, and not at night",
    ),
    pytest.param(
        "thresholds",
        {"threshold_low_battery": 30},
        {"thresholds": {"low_battery": 30}},
        id="a threshold",
    ),
    pytest.param("thresholds", {}, {}, id="as usual"),
    pytest.param(
        "thresholds", {"threshold_low_battery": None}, {}, id="emptied is as usual"
    ),
    pytest.param("other", {"zones": []}, {"zones": []}, id="at home nowhere"),
]


@pytest.mark.parametrize(("page", "answers", "kept"), MORE)
async def test_more_can_be_chosen_before_it_is_kept(
    maker: RuleMaker, page: str, answers: Mapping[str, Any], kept: Mapping[str, Any]
) -> None:
    """Each page leads back to the overview, and shows later what was chosen."""
    form = await maker.choose(await maker.submit(await maker.add(), **ONE), page)
    assert await maker.words(form)
    overview = await maker.submit(form, **answers)
    await maker.choose(overview, "save")
    for_all = {"cars": []} if page == "other" else {}
    wanted = {**ONE, "notify": [], **for_all, **kept}
    assert dict(maker.rule.data) == wanted
    form = await maker.choose(await maker.edit(), page)
    await maker.choose(await maker.submit(form), "save")
    assert dict(maker.rule.data) == wanted


async def test_a_threshold_goes_with_its_kind(maker: RuleMaker) -> None:
    """And its page with the last one that has any."""
    form = await maker.choose(
        await maker.submit(await maker.add(), **ONE), "thresholds"
    )
    assert list(form["data_schema"].schema) == ["threshold_low_battery"]
    overview = await maker.submit(form, threshold_low_battery=30)
    assert "- Low battery: below 30 %" in await maker.words(overview)
    form = await maker.choose(overview, "kinds")
    overview = await maker.submit(form, kinds=["climate_left_on"])
    assert "thresholds" not in overview["menu_options"]
    await maker.choose(overview, "save")
    assert "thresholds" not in maker.rule.data


async def test_psi_is_for_those_who_use_it(home: Household, maker: RuleMaker) -> None:
    """It is kept in bar, and what is proposed is kept as nothing."""
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    overview = await maker.submit(await maker.add(), kinds=["tyre_pressure"])
    assert "- Low tire pressure: below 34.8 psi" in await maker.words(overview)
    form = await maker.choose(overview, "thresholds")
    field = form["data_schema"].schema["threshold_tyre_pressure"]
    assert field.config["unit_of_measurement"] == "psi"
    overview = await maker.submit(form)
    form = await maker.choose(overview, "thresholds")
    overview = await maker.submit(form, threshold_tyre_pressure=38)
    assert "- Low tire pressure: below 38 psi" in await maker.words(overview)
    await maker.choose(overview, "save")
    thresholds = maker.rule.data["thresholds"]
    assert thresholds == {"tyre_pressure": pytest.approx(2.62, abs=0.001)}


async def test_what_nothing_can_raise_yet_is_not_offered(maker: RuleMaker) -> None:
    """Who chose it once still sees it, reads why nothing comes, and can let it go."""
    silent = "telemetry_silent"
    form = await maker.add()
    assert silent not in form["data_schema"].schema["kinds"].config["options"]
    with pytest.raises(InvalidData):
        await maker.submit(form, kinds=[silent])
    await maker.put("Old", kinds=["low_battery", silent])
    overview = await maker.edit()
    assert "silent (needs telemetry)" in await maker.words(overview)
    form = await maker.choose(overview, "kinds")
    assert silent in form["data_schema"].schema["kinds"].config["options"]
    form = await maker.choose(await maker.submit(form), "kinds")
    await maker.choose(await maker.submit(form, **ONE), "save")
    assert maker.rule.data["kinds"] == ONE["kinds"]


async def test_it_may_be_for_some_cars(home: Household, maker: RuleMaker) -> None:
    """They are kept by number, and shown by name."""
    overview = await maker.submit(await maker.add())
    form = await maker.choose(overview, "other")
    car = maker.device_id(home.old_car.vin)
    overview = await maker.submit(form, cars=[car])
    assert f"for {home.old_car.name} tells" in await maker.words(overview)
    await maker.choose(overview, "save")
    assert maker.rule.data["cars"] == [home.old_car.vin]
    form = await maker.choose(await maker.edit(), "other")
    await maker.choose(await maker.submit(form), "save")
    assert maker.rule.data["cars"] == [home.old_car.vin]


async def test_a_car_that_is_gone_is_told(maker: RuleMaker) -> None:
    """Another one can be chosen."""
    await maker.put("Old", kinds=["budget"], cars=["GONE"])
    overview = await maker.edit()
    assert "Choose another one under Name and places" in await maker.words(overview)
    form = await maker.choose(overview, "other")
    await maker.choose(await maker.submit(form), "save")
    assert maker.rule.data["cars"] == []


async def test_one_is_made_like_another(maker: RuleMaker) -> None:
    """With a name of its own; only then is there something to choose first."""
    await maker.choose(await maker.submit(await maker.add(), **ONE), "save")
    menu = await maker.add()
    assert await maker.words(menu)
    form = await maker.choose(menu, "copy")
    assert await maker.words(form)
    await maker.choose(await maker.submit(form), "save")
    assert [rule.title for rule in maker.rules] == ["Alerts", "Alerts 2"]
    assert maker.rules[1].data == maker.rules[0].data


# ---- what cannot be


MISTAKES: Final = [
    pytest.param({"kinds": []}, {"kinds": "kinds_missing"}, id="nothing"),
    pytest.param({"phones": ["gone"]}, {"phones": "phone_unknown"}, id="no such phone"),
    pytest.param(
        {"notify": ["notify.gone"]}, {"notify": "entity_unknown"}, id="nobody there"
    ),
    pytest.param(
        {"quiet_from": "22:00:00"},
        {"quiet_until": "quiet_incomplete"},
        id="quiet for ever",
    ),
    pytest.param(
        {"quiet_until": "07:00:00"},
        {"quiet_from": "quiet_incomplete"},
        id="quiet from never",
    ),
    pytest.param(
        {"quiet_from": "07:00:00", "quiet_until": "07:00:00"},
        {"quiet_until": "quiet_empty"},
        id="quiet at no time",
    ),
    pytest.param({"name": "Taken"}, {"name": "name_taken"}, id="a name twice"),
]


@pytest.mark.parametrize(("answers", "errors"), MISTAKES)
async def test_a_mistake_is_told_by_its_field(
    maker: RuleMaker, answers: Mapping[str, Any], errors: Mapping[str, str]
) -> None:
    """What was entered stays in the form, and nothing more is kept."""
    await maker.put("Taken", kinds=["climate_left_on"])
    form = await maker.choose(await maker.add(), "alert")
    form = await maker.submit(form, **answers)
    assert form["errors"] == errors
    assert await maker.words(form)
    assert len(maker.rules) == 1


async def test_a_mistake_in_more_is_told_by_its_field(
    home: Household, maker: RuleMaker
) -> None:
    """And can be mended there."""
    overview = await maker.submit(await maker.add())
    form = await maker.choose(overview, "other")
    form = await maker.submit(form, zones=["zone.gone"])
    assert form["errors"] == {"zones": "entity_unknown"}
    with pytest.raises(InvalidData) as refused:
        await maker.submit(form, cars=["nobody's"])
    assert set(refused.value.schema_errors) == {"cars"}
    overview = await maker.submit(form, zones=[])
    form = await maker.choose(overview, "thresholds")
    with pytest.raises(InvalidData) as refused:
        await maker.submit(form, threshold_low_battery=101)
    assert set(refused.value.schema_errors) == {"threshold_low_battery"}


async def test_what_was_kept_long_ago_can_be_mended(
    home: Household, maker: RuleMaker
) -> None:
    """The overview says that something cannot be, and saves nothing until it is."""
    phone = add_phone(home)
    await maker.put("Old", kinds=["of_yesterday"], notify=[phone])
    overview = await maker.edit()
    assert "something in it cannot be" in await maker.words(overview)
    overview = await maker.choose(overview, "save")
    form = await maker.choose(overview, "kinds")
    overview = await maker.submit(form, **ONE)
    lose_phone(home, phone)
    form = await maker.choose(overview, "whom")
    form = await maker.submit(form)
    assert form["errors"] == {"phones": "phone_unknown"}
    overview = await maker.submit(form, phones=None)
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {**ONE, "notify": []}
