"""How a departure is made, in words and for good; what cannot be is refused."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.rules.reason import DepartureWhy

from .appointments import CALENDAR as MINE, Appointments, add_calendar
from .household import Household
from .rule_forms import RuleMaker
from .rules import change_rule, view

CALENDAR: Final = "calendar.work"


@pytest.fixture
def maker(home: Household) -> RuleMaker:
    """Give an owner before the page of an account, with a calendar and a person."""
    for entity_id in (CALENDAR, "person.owner", "weather.home", "sensor.way"):
        home.hass.states.async_set(entity_id, "off", {"friendly_name": "Work"})
    return RuleMaker(home, "departure")


FIRST: Final = [
    pytest.param(
        "weekly",
        {},
        {
            "source": "weekly",
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "at": "07:30:00",
        },
        "Monday to Friday, 07:30.",
        id="each week, as is proposed",
    ),
    pytest.param(
        "weekly",
        {"days": ["sun"], "at": "09:00:00", "temperature": 21.5, "name": "Church"},
        {"source": "weekly", "days": ["sun"], "at": "09:00:00", "temperature": 21.5},
        "Sunday, 09:00, 21.5 °C.",
        id="one day, and warm",
    ),
    pytest.param(
        "calendar",
        {"calendar_entity": CALENDAR},
        {
            "source": "calendar",
            "calendar": {"entity": CALENDAR, "needs_location": True, "buffer": 10},
        },
        "Events of Work.",
        id="events somewhere",
    ),
    pytest.param(
        "calendar",
        {
            "calendar_entity": CALENDAR,
            "needs_location": False,
            "keyword": "car",
            "travel_entity": "sensor.way",
            "buffer": 0,
        },
        {
            "source": "calendar",
            "calendar": {
                "entity": CALENDAR,
                "needs_location": False,
                "keyword": "car",
                "travel_entity": "sensor.way",
                "buffer": 0,
            },
        },
        "Events of Work.",
        id="events with a word",
    ),
]


@pytest.mark.parametrize(("step", "answers", "kept", "said"), FIRST)
async def test_a_first_form_makes_a_departure(
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
    assert maker.rules == []
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {"car": home.car.vin, **kept}


async def test_a_departure_follows_a_charge_rule(
    street: Household,
) -> None:
    """It is for the car of that rule, and offered only where there is one."""
    maker, charging = RuleMaker(street, "departure"), RuleMaker(street)
    assert "charge_rule" not in (await maker.add())["menu_options"]
    car = charging.device_id(street.old_car.vin)
    await charging.make("window", name="Cheap nights")
    rule = await charging.make("ready_by", name="Work", car=car)
    form = await maker.choose(await maker.add(), "charge_rule")
    options = form["data_schema"].schema["rule"].config["options"]
    assert [option["label"] for option in options] == ["Work"]
    overview = await maker.submit(form, rule=rule.subentry_id)
    said = await maker.words(overview)
    assert "When “Work” is to be ready." in said
    assert "Next departure: tomorrow 07:30." in said
    await maker.choose(overview, "save")
    assert dict(maker.rule.data) == {
        "car": street.old_car.vin,
        "source": "charge_rule",
        "rule": rule.subentry_id,
    }
    form = await maker.choose(await maker.edit(), "other")
    assert "car" not in form["data_schema"].schema


async def test_a_charge_rule_without_its_time_is_told_and_can_be_replaced(
    home: Household,
) -> None:
    """In words, also in the notice; and as long as there is one to choose."""
    maker, charging = RuleMaker(home, "departure"), RuleMaker(home)
    rule = await charging.make("ready_by", name="Work")
    departure = await maker.make("charge_rule", rule=rule.subentry_id)
    window = [{"start": "01:00:00", "end": "02:00:00"}]
    await change_rule(home, rule.subentry_id, ready_by=None, windows=window)
    reason = view(home, departure.subentry_id).reason
    assert reason.why is DepartureWhy.ENTITY_MISSING
    overview = await maker.edit(departure)
    said = await maker.words(overview)
    assert "By a charge rule that has no time" in said
    assert rule.subentry_id not in said
    assert "charge_rule" not in overview["menu_options"]
    issue = next(
        one
        for (domain, key), one in ir.async_get(home.hass).issues.items()
        if domain == DOMAIN and departure.subentry_id in key
    )
    quoted = issue.translation_placeholders
    assert quoted == {
        "rule": departure.title,
        "entity": "the time of its charge rule",
    }
    other = await charging.make("ready_by", name="Other")
    form = await maker.choose(await maker.edit(departure), "charge_rule")
    assert form["data_schema"].schema["rule"].config["options"][0]["label"] == "Other"
    overview = await maker.submit(form, rule=other.subentry_id)
    assert "When “Other” is to be ready." in await maker.words(overview)


async def test_a_charge_rule_that_cannot_be_stops_no_dialog(
    home: Household,
) -> None:
    """What it would say is left out."""
    rule = await RuleMaker(home).put(
        "Old", car=home.car.vin, days=[], ready_by="07:00:00", target_soc=80
    )
    maker = RuleMaker(home, "departure")
    overview = await maker.first("charge_rule", rule=rule.subentry_id)
    assert "Nobody leaves in the next days" in await maker.words(overview)


@pytest.fixture
async def calendar(house: Household) -> AsyncIterator[Appointments]:
    """Give the household's calendar."""
    found = await add_calendar(house.hass)
    yield found
    await found.async_remove()


async def test_the_next_event_is_told_before_it_is_kept(
    house: Household, calendar: Appointments
) -> None:
    """The minutes before it are taken off; edited, it also says what it does."""
    await house.set_up()
    calendar.plan(dt_util.now().replace(minute=0, second=0) + timedelta(days=1))
    maker = RuleMaker(house, "departure")
    overview = await maker.first("calendar", calendar_entity=MINE, buffer=30)
    said = await maker.words(overview)
    assert "Events of Mine." in said
    assert f"Next departure: tomorrow {dt_util.now().hour - 1:02}:30." in said
    await maker.choose(overview, "save")
    await house.settle()
    assert "Right now: " in await maker.words(await maker.edit())


MORE: Final = [
    pytest.param(
        "comfort",
        {"seats": ["front_left"], "seat_heat": "medium", "defrost": True},
        {"extras": {"seats": ["front_left"], "seat_heat": 2, "defrost": True}},
        id="what is warmed",
    ),
    pytest.param("comfort", {}, {}, id="nothing more"),
    pytest.param(
        "guards",
        {
            "weather": "weather.home",
            "presence": ["person.owner"],
            "needs_plug": True,
            "floor_soc": 40,
        },
        {
            "weather": "weather.home",
            "presence": ["person.owner"],
            "needs_plug": True,
            "floor_soc": 40,
        },
        id="when not",
    ),
    pytest.param("other", {"zones": []}, {"zones": []}, id="anywhere"),
]


@pytest.mark.parametrize(("page", "answers", "kept"), MORE)
async def test_more_can_be_chosen_before_it_is_kept(
    maker: RuleMaker, page: str, answers: Mapping[str, Any], kept: Mapping[str, Any]
) -> None:
    """Each page leads back to what happens next, and shows later what was chosen."""
    form = await maker.choose(await maker.first("weekly"), page)
    assert await maker.words(form)
    overview = await maker.submit(form, **answers)
    await maker.choose(overview, "save")
    plain = {"car", "source", "days", "at"}
    assert {k: v for k, v in maker.rule.data.items() if k not in plain} == kept
    form = await maker.choose(await maker.edit(), page)
    await maker.choose(await maker.submit(form), "save")
    assert {k: v for k, v in maker.rule.data.items() if k not in plain} == kept


async def test_fahrenheit_is_for_those_who_use_it(
    home: Household, maker: RuleMaker
) -> None:
    """It is kept as the car takes it."""
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    overview = await maker.first("weekly", temperature=70)
    assert "70 °F" in await maker.words(overview)
    await maker.choose(overview, "save")
    assert maker.rule.data["temperature"] == pytest.approx(21.11, abs=0.01)
    form = await maker.choose(await maker.edit(), "comfort")
    field = form["data_schema"].schema["temperature"]
    assert field.config["unit_of_measurement"] == "°F"
    (marker,) = [key for key in form["data_schema"].schema if key == "temperature"]
    assert marker.description["suggested_value"] == 70


async def test_where_it_comes_from_can_be_changed(
    home: Household, maker: RuleMaker
) -> None:
    """Its own page is offered, and that of no other source."""
    await maker.make("weekly")
    overview = await maker.edit()
    assert {"weekly"} == {"weekly", "calendar", "charge_rule"} & set(
        overview["menu_options"]
    )
    form = await maker.choose(overview, "weekly")
    await maker.choose(await maker.submit(form, at="08:00:00"), "save")
    assert maker.rule.data["at"] == "08:00:00"


async def test_one_is_made_like_another(maker: RuleMaker) -> None:
    """With a name of its own."""
    await maker.make("weekly", name="Work")
    form = await maker.choose(await maker.add(), "copy")
    assert await maker.words(form)
    await maker.choose(await maker.submit(form), "save")
    assert [rule.title for rule in maker.rules] == ["Work", "Work 2"]


MISTAKES: Final = [
    pytest.param("weekly", {"days": []}, {"days": "days_missing"}, id="no day"),
    pytest.param(
        "calendar",
        {"calendar_entity": "calendar.gone"},
        {"calendar_entity": "entity_unknown"},
        id="no such calendar",
    ),
    pytest.param(
        "calendar",
        {"calendar_entity": CALENDAR, "needs_location": False},
        {"keyword": "keyword_or_location"},
        id="every event",
    ),
    pytest.param(
        "calendar",
        {"calendar_entity": CALENDAR, "travel_entity": "sensor.gone"},
        {"travel_entity": "entity_unknown"},
        id="a way that nobody knows",
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


@pytest.mark.parametrize(
    ("page", "answers", "errors"),
    [
        pytest.param(
            "guards",
            {"weather": "weather.gone"},
            {"weather": "entity_unknown"},
            id="weather of nowhere",
        ),
        pytest.param(
            "guards",
            {"presence": ["person.owner", "person.gone"]},
            {"presence": "entity_unknown"},
            id="nobody",
        ),
        pytest.param(
            "other", {"name": "Taken"}, {"name": "name_taken"}, id="a name twice"
        ),
    ],
)
async def test_a_mistake_in_more_is_told_by_its_field(
    maker: RuleMaker, page: str, answers: Mapping[str, Any], errors: Mapping[str, str]
) -> None:
    """And can be mended there."""
    await maker.make("weekly", name="Taken")
    form = await maker.choose(await maker.first("weekly"), page)
    form = await maker.submit(form, **answers)
    assert form["errors"] == errors
    assert await maker.words(form)
