"""The actions about rules: what is asked for once, a hold, and its end."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.fleet_pulse.const import DOMAIN

from .actions import call, device_of, refusal
from .household import Household
from .rule_forms import RuleMaker
from .rules import live_here
from .sealing import restart

ACTIONS: Final = ("apply_charge_rule", "hold", "resume")


def rule_device(home: Household, rule_id: str) -> str:
    """Give the id of a rule's device."""
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, rule_id), home.entry.entry_id
    )
    assert device is not None
    return device.id


def ahead(hours: float) -> str:
    """Give a moment to come, as people write it."""
    moment = dt_util.now() + timedelta(hours=hours)
    return moment.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")


async def on(home: Household, action: str, **data: Any) -> dict[str, Any]:
    """Call an action on the old car; give what it says of it."""
    device_id = device_of(home, home.old_car)
    answer = await call(home, action, device_id=device_id, **data)
    result: dict[str, Any] = answer["vehicles"][device_id]
    return result


async def test_a_hold_lasts_until_it_is_ended(home: Household) -> None:
    """Whatever the rules say; also over a restart."""
    await live_here(home)
    await RuleMaker(home).make(car=device_of(home, home.old_car))
    home.old_car.plug("ac")
    await home.pass_time(600, 60)
    held = await on(home, "hold")
    assert held == {
        "result": "held",
        "until": None,
        "reason": "hold",
        "message": held["message"],
    }
    assert "as you asked" in held["message"]
    await restart(home)
    view = home.entry.runtime_data.runner.car_views[home.old_car.vin]
    assert view.is_on_hold
    resumed = await on(home, "resume")
    assert resumed["result"] == "resumed"
    assert resumed["reason"] != "hold"


async def test_a_hold_may_end_by_itself(home: Household) -> None:
    """At the moment that was named."""
    held = await on(home, "hold", until=ahead(2))
    assert dt_util.parse_datetime(held["until"]) == dt_util.now().replace(
        microsecond=0
    ) + timedelta(hours=2)
    await home.pass_time(2 * 3600 + 60, 600)
    view = home.entry.runtime_data.runner.car_views[home.old_car.vin]
    assert not view.is_on_hold


async def test_a_car_is_charged_once_as_asked(home: Household) -> None:
    """At once, to a target; it says what comes of it."""
    await live_here(home)
    home.old_car.parts.battery.soc = 40
    home.old_car.plug("ac")
    await home.pass_time(600, 60)
    told = await on(home, "apply_charge_rule", target_soc=60)
    assert (told["result"], told["target_soc"]) == ("applied", 60)
    assert told["reason"] == "one_off"
    assert told["message"][0].isupper()


async def test_a_rule_is_applied_by_its_device(home: Household) -> None:
    """Its target counts, at the time that is asked for."""
    rule = await RuleMaker(home).make("window", target_soc=65)
    told = await on(
        home,
        "apply_charge_rule",
        rule=rule_device(home, rule.subentry_id),
        ready_by=ahead(10),
    )
    assert told["target_soc"] == 65
    assert dt_util.parse_datetime(told["ready_by"]) > dt_util.now()


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        pytest.param("apply_charge_rule", {}, "target_or_rule", id="how far"),
        pytest.param(
            "apply_charge_rule", {"rule": "nothing"}, "no_charge_rule", id="no rule"
        ),
        pytest.param(
            "apply_charge_rule",
            {"target_soc": 80, "ready_by": "2020-01-01 00:00:00"},
            "time_is_past",
            id="too late",
        ),
        pytest.param(
            "apply_charge_rule",
            {
                "target_soc": 80,
                "ready_by": "2099-01-01 00:00:00",
                "start": "2099-01-02 00:00:00",
            },
            "start_after_end",
            id="the wrong way round",
        ),
        pytest.param(
            "hold", {"until": "2020-01-01 00:00:00"}, "time_is_past", id="a hold over"
        ),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    home: Household, action: str, data: dict[str, Any], key: str
) -> None:
    """With words, and nothing changes."""
    device_id = device_of(home, home.old_car)
    error = await refusal(home, action, device_id=device_id, **data)
    assert error.translation_key == key
    assert key not in str(error)


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("apply_charge_rule", "ready_by"),
        ("apply_charge_rule", "start"),
        ("hold", "until"),
        ("precondition", "departure"),
    ],
)
async def test_nothing_is_asked_for_at_the_end_of_time(
    home: Household, action: str, field: str
) -> None:
    """No clock goes so far, and nothing that is kept may stop the rules."""
    given = {"apply_charge_rule": {"target_soc": 80}}.get(action, {})
    for moment in ("9999-12-31 23:59:59", "0001-01-01 00:00:00"):
        with pytest.raises(vol.Invalid, match=field):
            await on(home, action, **given, **{field: moment})
    assert (await on(home, "hold"))["result"] == "held"


async def test_a_rule_that_must_be_mended_is_not_applied(home: Household) -> None:
    """One that another version took; it says what to do."""
    rule = await RuleMaker(home).put("Old", car=home.old_car.vin, target_soc=10)
    error = await refusal(
        home,
        "apply_charge_rule",
        device_id=device_of(home, home.old_car),
        rule=rule_device(home, rule.subentry_id),
    )
    assert error.translation_key == "rule_unreadable"


async def test_a_departure_is_no_charge_rule(home: Household) -> None:
    """Its device is refused."""
    rule = await RuleMaker(home, "departure").make("weekly")
    error = await refusal(
        home,
        "apply_charge_rule",
        device_id=device_of(home),
        rule=rule_device(home, rule.subentry_id),
    )
    assert error.translation_key == "no_charge_rule"


@pytest.mark.parametrize("action", ACTIONS)
async def test_no_action_wakes_a_car_by_itself(home: Household, action: str) -> None:
    """What is asked of rules is asked of no car; a sleeping one sleeps on."""
    before = len(home.cloud.requests.to("/wake_up"))
    given = {"apply_charge_rule": {"target_soc": 80, "ready_by": ahead(12)}}
    await call(home, action, device_id=device_of(home), **given.get(action, {}))
    await home.settle()
    assert len(home.cloud.requests.to("/wake_up")) == before
