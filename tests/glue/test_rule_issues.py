"""What keeps a rule from its work is told to its owner, who is led to what mends it."""

from typing import Final

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.rules.reason import ChargeWhy
from custom_components.fleet_pulse.rules.view import Matter

from .doctor import open_issues, the_issue
from .household import Household
from .phones import add_phone, lose_phone
from .rule_forms import RuleMaker
from .rules import NIGHT, add_rule, runner, sent, view
from .sealing import restart
from .test_repairs import Repairs

ISSUE: Final = "rule_entity_missing"
COLD: Final = "departure_in_vain"
IN_VAIN: Final = "rule_in_vain"
PRICES: Final = "sensor.prices"
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


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


# ---- a car that does not obey


@pytest.fixture
async def balking(home: Household) -> str:
    """Have a car refuse to charge in its window, more often than it is told; the rule."""
    car = home.old_car
    car.parts.battery.soc = 40
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    rule = await add_rule(home, "Night", NIGHT, car=car)
    car.plug("ac")
    await home.pass_time(20 * MINUTE, MINUTE)
    await home.pass_time(3.5 * HOUR, 10 * MINUTE)
    car.refuse_next("not_now", times=99)
    await home.until(lambda: IN_VAIN in open_issues(home), within=2.5 * HOUR)
    return rule


def starts(home: Household) -> int:
    """Give how often the car was told to charge."""
    return sent(home, home.old_car).count("charge_start")


async def test_a_car_that_does_not_obey_is_told_to_its_owner(
    home: Household, balking: str, hass_client: ClientSessionGenerator
) -> None:
    """After four tries: what, why, and a way to try once more; also after a restart."""
    assert starts(home) == 4
    assert view(home, balking).reason.why is ChargeWhy.TROUBLE
    issue = the_issue(home, IN_VAIN)
    words = issue.translation_placeholders
    assert words is not None
    assert (words["rule"], words["command"]) == ("Night", "to begin charging")
    assert "not_now" in words["why"]
    await restart(home)
    await home.pass_time(5 * MINUTE, MINUTE)
    issue = the_issue(home, IN_VAIN)
    assert issue.translation_placeholders == {**words, "why": "It gave no reason."}
    assert starts(home) == 4

    home.old_car.stop_refusing()
    repairs = Repairs(home, await hass_client())
    over = await repairs.submit(await repairs.open(issue.issue_id))
    assert over["reason"] == "tried_anew"
    await home.pass_time(5 * MINUTE, MINUTE)
    assert starts(home) == 5
    assert open_issues(home) == []


async def test_the_issue_stays_until_a_later_try_works(
    home: Household, balking: str
) -> None:
    """It is told once for all tries; a person who charges now waits for no pause."""
    raised = the_issue(home, IN_VAIN).created
    await home.pass_time(3.2 * HOUR, 2 * MINUTE)
    tries = starts(home)
    assert tries > 4
    assert the_issue(home, IN_VAIN).created == raised
    home.old_car.stop_refusing()
    await runner(home).async_apply(balking)
    await home.pass_time(5 * MINUTE, MINUTE)
    assert starts(home) == tries + 1
    assert home.old_car.charging_state == "Charging"
    assert open_issues(home) == []


async def test_the_issue_goes_with_the_occurrence(
    home: Household, balking: str
) -> None:
    """A car that was driven off is not to charge any more."""
    home.old_car.unplug()
    home.old_car.drive(20)
    await home.until(lambda: open_issues(home) == [])


# ---- a car that does not get comfortable


START: Final = "auto_conditioning_start"
LEAVE: Final = {"source": "weekly", "days": NIGHT["days"], "at": "07:30:00"}


def warmed(home: Household) -> int:
    """Give how often the car was told to get comfortable."""
    return sent(home, home.old_car).count(START)


@pytest.fixture
async def cold(home: Household) -> str:
    """Have a car not get comfortable on two mornings; the departure."""
    car = home.old_car
    car.refuses[START] = "not_now"
    matter = Matter.PRECONDITIONING
    rule = await add_rule(home, "Work", {**LEAVE, "zones": []}, matter=matter, car=car)
    car.plug("ac")
    await home.pass_time(22 * HOUR, 10 * MINUTE)
    await home.until(lambda: warmed(home) == 1, within=2 * HOUR)
    await home.pass_time(HOUR, 5 * MINUTE)
    assert open_issues(home) == []
    await home.pass_time(21 * HOUR, 10 * MINUTE)
    await home.until(lambda: COLD in open_issues(home), within=3 * HOUR)
    assert warmed(home) == 2
    return rule


async def test_a_car_that_stays_cold_twice_is_told_to_its_owner(
    home: Household, cold: str, hass_client: ClientSessionGenerator
) -> None:
    """What, why, and a way to the departure; also after a restart."""
    issue = the_issue(home, COLD)
    words = issue.translation_placeholders
    assert words is not None
    assert (words["rule"], words["command"]) == ("Work", "to switch its climate on")
    assert "not_now" in words["why"]
    repairs = Repairs(home, await hass_client())
    over = await repairs.submit(await repairs.open(issue.issue_id))
    assert over["reason"] == "handed_over"
    await restart(home)
    await home.pass_time(5 * MINUTE, MINUTE)
    assert open_issues(home) == [COLD]


async def test_the_issue_stays_until_the_car_was_comfortable(
    home: Household, cold: str
) -> None:
    """While the departure is switched off there is nothing to tell."""
    await runner(home).async_set_enabled(cold, False)
    assert open_issues(home) == []
    await runner(home).async_set_enabled(cold, True)
    assert open_issues(home) == [COLD]
    home.old_car.refuses.clear()
    await home.pass_time(21 * HOUR, 10 * MINUTE)
    await home.until(lambda: open_issues(home) == [], within=4 * HOUR)
    assert warmed(home) == 3
