"""A rule whose entity is gone pauses, and its owner is told and led to it."""

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .doctor import open_issues, the_issue
from .household import Household
from .phones import add_phone, lose_phone
from .rule_forms import RuleMaker
from .sealing import restart
from .test_repairs import Repairs

ISSUE = "rule_entity_missing"
PRICES = "sensor.prices"


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home that is set up, with the repairs loaded before the server starts."""
    assert await async_setup_component(house.hass, "repairs", {})
    await house.set_up()
    return house


@pytest.fixture
async def maker(home: Household) -> RuleMaker:
    """Give an owner whose rule goes by prices."""
    home.hass.states.async_set(PRICES, "0.2")
    maker = RuleMaker(home)
    await maker.make("cheap", price_entity=PRICES, name="Cheap")
    await home.pass_time(60, 30)
    return maker


async def lose(home: Household) -> None:
    """Have the prices go."""
    home.hass.states.async_remove(PRICES)
    await home.pass_time(120, 30)


async def test_an_entity_that_goes_is_told_and_may_come_back(
    home: Household, maker: RuleMaker
) -> None:
    """The rule and what it misses are named; once it is there the issue goes."""
    assert open_issues(home) == []
    await lose(home)
    issue = the_issue(home, ISSUE)
    assert issue.translation_placeholders == {"rule": "Cheap", "entity": PRICES}
    home.hass.states.async_set(PRICES, "0.3")
    await home.pass_time(120, 30)
    assert open_issues(home) == []


async def test_the_issue_stays_over_a_restart_and_goes_with_the_rule(
    home: Household, maker: RuleMaker
) -> None:
    """It is told anew, once; and what is gone misses nothing."""
    await lose(home)
    await restart(home)
    await home.pass_time(120, 30)
    assert open_issues(home) == [ISSUE]
    home.hass.config_entries.async_remove_subentry(home.entry, maker.rule.subentry_id)
    await home.settle()
    await home.pass_time(120, 30)
    assert open_issues(home) == []


async def test_the_issue_leads_to_the_dialog_of_the_rule(
    home: Household, maker: RuleMaker, hass_client: ClientSessionGenerator
) -> None:
    """What is chosen there mends it."""
    await lose(home)
    repairs = Repairs(home, await hass_client())
    shown = await repairs.open(the_issue(home, ISSUE).issue_id)
    assert shown["description_placeholders"]["rule"] == "Cheap"
    over = await repairs.submit(shown)
    assert over["reason"] == "handed_over"
    kind, flow_id = over["next_flow"]
    assert kind == "config_subentries_flow"
    (flow,) = maker.flow.async_progress()
    assert flow["flow_id"] == flow_id
    overview = await maker.flow.async_configure(flow_id)
    form = await maker.choose(overview, "when")
    overview = await maker.submit(form, ready_by="07:00:00")
    form = await maker.choose(overview, "price")
    overview = await maker.submit(form, price_entity=None, price_cap=None)
    await maker.choose(overview, "save")
    await home.pass_time(120, 30)
    assert open_issues(home) == []


async def test_an_issue_of_a_rule_that_is_gone_leads_nowhere(
    home: Household, maker: RuleMaker, hass_client: ClientSessionGenerator
) -> None:
    """It says so."""
    await lose(home)
    repairs = Repairs(home, await hass_client())
    shown = await repairs.open(the_issue(home, ISSUE).issue_id)
    home.hass.config_entries.async_remove_subentry(home.entry, maker.rule.subentry_id)
    over = await repairs.submit(shown)
    assert over["reason"] == "nothing_to_do"


async def test_whom_an_alert_cannot_tell_any_more_is_told(
    home: Household, hass_client: ClientSessionGenerator
) -> None:
    """A phone that went, and a place; the alert's own dialog mends it."""
    phone = add_phone(home)
    home.hass.states.async_set("zone.work", "0")
    maker = RuleMaker(home, "alert")
    form = await maker.choose(await maker.submit(await maker.add()), "other")
    await maker.choose(await maker.submit(form, zones=["zone.work"]), "save")
    await home.pass_time(60, 30)
    assert open_issues(home) == []
    lose_phone(home, phone)
    home.hass.states.async_remove("zone.work")
    await home.pass_time(60, 30)
    issue = the_issue(home, "alert_target_missing")
    assert issue.translation_placeholders == {
        "rule": "Alerts",
        "entity": "a phone that is gone, zone.work",
    }
    repairs = Repairs(home, await hass_client())
    over = await repairs.submit(await repairs.open(issue.issue_id))
    _, flow_id = over["next_flow"]
    overview = await maker.flow.async_configure(flow_id)
    assert "Told: a phone that is gone." in await maker.words(overview)
    form = await maker.choose(overview, "whom")
    form = await maker.choose(await maker.submit(form, phones=[]), "other")
    await maker.choose(await maker.submit(form, zones=[]), "save")
    assert open_issues(home) == []
