"""The end of the set-up offers to be told of what matters; it costs nothing."""

from typing import Any

import pytest

from custom_components.fleet_pulse.alert_form import PROPOSED

from .flows import Owner
from .household import Household
from .phones import add_phone
from .rule_forms import RuleMaker
from .test_onboarding_progress import THROUGH


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner who has come to the last question."""
    await house.prepare()
    owner = Owner(house, {key: THROUGH[key] for key in THROUGH if key != "alerts"})
    await owner.host_key()
    await owner.sign_in()
    return owner


def proposed(form: Any) -> dict[str, Any]:
    """Give what the form has filled in."""
    phones = form["data_schema"].schema["phones"]
    assert phones.config["filter"] == [{"integration": "mobile_app"}]
    return {
        str(field): field.description["suggested_value"]
        for field in form["data_schema"].schema
        if field.description
    }


async def test_yes_is_proposed_and_nobody_disturbed(
    owner: Owner, house: Household
) -> None:
    """Who presses Submit has an alert that shows what matters, and pays nothing."""
    form = await owner.reconfigure()
    assert form["step_id"] == "alerts"
    assert "- Low battery\n" in await owner.words(form)
    assert proposed(form) == {"phones": []}
    assert (await owner.submit(form))["reason"] == "pair_later"
    alert = RuleMaker(house, "alert").rule
    assert alert.title == "Alerts"
    assert dict(alert.data) == {"kinds": PROPOSED, "notify": []}
    assert house.cloud.requests.billed == []


async def test_the_one_phone_is_proposed(owner: Owner, house: Household) -> None:
    """It can be told at once; one that is gone meanwhile cannot."""
    phone = add_phone(house)
    form = await owner.reconfigure()
    assert proposed(form) == {"phones": [phone]}
    form = await owner.submit(form, phones=["gone"])
    assert form["errors"] == {"phones": "phone_unknown"}
    assert await owner.words(form)
    await owner.submit(form, phones=[phone])
    maker = RuleMaker(house, "alert")
    assert maker.rule.data["notify"] == [phone]
    await house.settle()
    assert "Told: Anna's phone." in await maker.words(await maker.edit())


async def test_no_is_taken_for_an_answer(owner: Owner, house: Household) -> None:
    """It is not asked again, and nothing is made."""
    form = await owner.reconfigure()
    assert (await owner.submit(form, alerts=False))["reason"] == "pair_later"
    assert RuleMaker(house, "alert").rules == []
    menu = await owner.reconfigure()
    assert "alerts" not in menu["menu_options"]


async def test_who_has_made_one_is_not_asked(owner: Owner, house: Household) -> None:
    """The dialog was closed before its last question, and an alert made by hand."""
    form = await owner.reconfigure()
    owner.flow.async_abort(form["flow_id"])
    maker = RuleMaker(house, "alert")
    await maker.choose(await maker.submit(await maker.add()), "save")
    assert (await owner.reconfigure())["reason"] == "pair_later"
    assert len(maker.rules) == 1
