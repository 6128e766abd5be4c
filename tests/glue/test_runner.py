"""Rules in a household: from the subentry to the car, through nights and restarts."""

from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.planner.window import Span
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.reason import ChargeWhy
from tests.fake_fleet.car import HOME

from .household import Household
from .rules import (
    MORNING,
    NIGHT,
    add_rule,
    change_rule,
    remove_rule,
    runner,
    sent,
    view,
)

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
async def night(home: Household) -> str:
    """Have the old car charge at night; give the rule."""
    home.old_car.parts.battery.soc = 40
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    return await add_rule(home, "Night", NIGHT, car=home.old_car)


async def test_a_car_without_schedules_charges_in_its_window(
    home: Household, night: str
) -> None:
    """Plugged in early it waits; it is told to begin, and stops at its limit."""
    car = home.old_car
    car.plug("ac")
    await home.pass_time(30 * MINUTE, MINUTE)
    assert view(home, night).reason.why is ChargeWhy.WAITING
    assert car.charging_state == "Stopped"
    await home.pass_time(15 * HOUR, 2 * MINUTE)
    assert car.soc == pytest.approx(80, abs=1)
    assert sent(home, car) == ["charge_stop", "charge_start"]


async def test_a_car_with_schedules_charges_by_itself(home: Household) -> None:
    """It is told while it is awake, and nobody wakes it at night."""
    car = home.car
    car.parts.battery.soc = 40
    rule = await add_rule(home, "Night", NIGHT)
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    car.drive(20, HOME)
    await home.pass_time(30 * MINUTE, MINUTE)
    car.plug("ac")
    await home.pass_time(30 * MINUTE, MINUTE)
    assert view(home, rule).reason.why is ChargeWhy.STORED_IN_CAR
    assert car.charging_state == "Stopped"
    await home.pass_time(13 * HOUR, 2 * MINUTE)
    assert car.soc == pytest.approx(80, abs=1)
    assert set(sent(home)) == {"add_charge_schedule"}
    assert home.cloud.requests.of("wake") == []


async def test_a_limit_that_waited_for_the_car_is_no_hold(home: Household) -> None:
    """The car sleeps, hears it when it is driven, and says so: it was ours.

    It is known of old, so nothing else is to be written down when it has heard it, and
    rules think about it before it has left what waits.
    """
    car = home.car
    assert car.limit == 80
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    await add_rule(home, "Night", {**NIGHT, "target_soc": 70})
    await home.pass_time(30 * MINUTE, MINUTE)
    car.drive(20, HOME)
    await home.pass_time(40 * MINUTE, MINUTE)
    assert car.limit == 70
    assert sent(home).count("set_charge_limit") == 1
    assert not runner(home).car_views[car.vin].is_on_hold


# ---- what is told


@pytest.fixture
def told(home: Household) -> list[dict[str, Any]]:
    """Collect what the bus is told of rules."""
    found: list[dict[str, Any]] = []

    @callback
    def tell(event: Event) -> None:
        found.append(dict(event.data))

    home.hass.bus.async_listen("fleet_pulse_rule", tell)
    return found


def kinds(told: list[dict[str, Any]]) -> list[str]:
    """Give what was told, in order."""
    return [one["type"] for one in told]


@pytest.fixture
async def plugged(home: Household, night: str) -> str:
    """Have the old car plugged in at 40 % and waiting for its night; give the rule."""
    home.old_car.plug("ac")
    await home.pass_time(20 * MINUTE, MINUTE)
    home.old_car.commands.clear()
    return night


async def test_a_night_is_told_once(
    home: Household, plugged: str, told: list[dict[str, Any]]
) -> None:
    """Begun, and at its target, on the bus; who shows rules hears of each change."""
    changes: list[None] = []
    end = runner(home).async_listen(lambda: changes.append(None))
    await home.pass_time(12 * HOUR, 2 * MINUTE)
    assert kinds(told) == ["rule_started", "target_reached"]
    assert [one["name"] for one in told] == ["Night", "Night"]
    assert home.old_car.vin not in str(told)
    assert changes
    end()


async def test_views_of_cars_say_who_decides(home: Household, plugged: str) -> None:
    """At night it is the rule; before, nobody."""
    vin = home.old_car.vin
    assert not view(home, plugged).is_active
    await home.pass_time(5 * HOUR, 2 * MINUTE)
    assert view(home, plugged).is_active
    assert runner(home).car_views[vin].winner == plugged
    assert home.old_car.charging_state == "Charging"


# ---- what the owner changes


async def test_a_changed_rule_takes_effect_at_once(
    home: Household, plugged: str
) -> None:
    """Nothing starts anew for it; for one that comes or goes the entry does."""
    data = home.entry.runtime_data
    await change_rule(home, plugged, target_soc=60)
    assert home.entry.runtime_data is data
    assert view(home, plugged).reason.values["target"] == 60
    other = await add_rule(home, "Other", MORNING, car=home.old_car)
    assert home.entry.runtime_data is not data
    assert set(runner(home).views) == {plugged, other}
    await remove_rule(home, other)
    assert set(runner(home).views) == {plugged}


async def test_a_rule_that_is_off_does_nothing(home: Household, plugged: str) -> None:
    """Also after a restart; on again, it charges."""
    await runner(home).async_set_enabled(plugged, False)
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.pass_time(5 * HOUR, 5 * MINUTE)
    assert not view(home, plugged).is_enabled
    assert view(home, plugged).reason.why is ChargeWhy.DISABLED
    assert sent(home, home.old_car) == []
    await runner(home).async_set_enabled(plugged, True)
    await home.pass_time(10 * MINUTE, MINUTE)
    assert sent(home, home.old_car) == ["charge_start"]


async def test_a_skipped_night_passes(home: Household, plugged: str) -> None:
    """That one only; and it can be had after all."""
    today = dt_util.now().date()
    await runner(home).async_skip(plugged, today)
    await home.pass_time(5 * HOUR, 5 * MINUTE)
    assert sent(home, home.old_car) == []
    await runner(home).async_unskip(plugged, today)
    await home.pass_time(10 * MINUTE, MINUTE)
    assert sent(home, home.old_car) == ["charge_start"]


async def test_a_night_can_be_moved(home: Household, plugged: str) -> None:
    """It charges at the other time and not at its own; back again, it does at its own."""
    now, today = dt_util.utcnow(), dt_util.now().date()
    span = Span(start=now + timedelta(hours=8), end=now + timedelta(hours=12))
    await runner(home).async_move(plugged, today, span)
    await home.pass_time(7 * HOUR, 5 * MINUTE)
    assert sent(home, home.old_car) == []
    planned = runner(home).outlook(home.old_car.vin, now, now + timedelta(hours=14))
    assert [one.is_one_off for one in planned] == [True]
    await home.pass_time(5 * HOUR, 5 * MINUTE)
    assert "charge_start" in sent(home, home.old_car)


async def test_apply_charges_now(home: Household, plugged: str) -> None:
    """To the target of the rule, whatever its times are; and it can be taken back."""
    vin = home.old_car.vin
    await runner(home).async_apply(plugged)
    await home.pass_time(5 * MINUTE, MINUTE)
    assert sent(home, home.old_car) == ["charge_start"]
    await runner(home).async_remove_one_off(vin, f"{plugged}_now")
    await home.pass_time(5 * MINUTE, MINUTE)
    assert sent(home, home.old_car) == ["charge_start", "charge_stop"]


async def test_a_hold_outlasts_a_restart(
    home: Household, plugged: str, told: list[dict[str, Any]]
) -> None:
    """Nothing is sent until the owner lets rules do their work again."""
    vin = home.old_car.vin
    await runner(home).async_hold(vin, dt_util.utcnow() + timedelta(hours=20))
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.pass_time(5 * HOUR, 5 * MINUTE)
    assert runner(home).car_views[vin].is_on_hold
    assert sent(home, home.old_car) == []
    await runner(home).async_resume(vin)
    await home.pass_time(10 * MINUTE, MINUTE)
    assert sent(home, home.old_car) == ["charge_start"]
    assert kinds(told) == ["hold_began", "hold_ended", "rule_started"]


async def test_what_somebody_stops_stays_stopped(
    home: Household, plugged: str, told: list[dict[str, Any]]
) -> None:
    """Rules keep their hands off what a person did in the car."""
    await home.pass_time(5 * HOUR, 2 * MINUTE)
    assert sent(home, home.old_car) == ["charge_start"]
    home.old_car.operate("charge_stop")
    await home.pass_time(90 * MINUTE, 2 * MINUTE)
    assert view(home, plugged).reason.why is ChargeWhy.HOLD
    assert sent(home, home.old_car) == ["charge_start"]
    assert kinds(told) == ["rule_started", "hold_began"]


async def test_a_preview_changes_nothing(home: Household, plugged: str) -> None:
    """It says what would be, and that is all."""
    data = {"car": home.old_car.vin, **MORNING}
    shown = runner(home).preview(ChargeRule.load("new", "New", data))
    assert shown is not None
    assert shown.next_start is not None
    assert set(runner(home).views) == {plugged}
    stranger = ChargeRule.load("new", "New", {**data, "car": "5YJ3E1EA0JF999999"})
    assert runner(home).preview(stranger) is None
    assert runner(home).outlook(stranger.vin, *2 * [dt_util.utcnow()]) == ()


# ---- what goes wrong


async def test_a_car_that_does_not_obey_is_left_alone_after_four_tries(
    home: Household, plugged: str
) -> None:
    """It is tried again after 1, 5 and 15 minutes; then the rule says so."""
    home.old_car.refuse_next("not_now", times=20)
    await home.pass_time(5.5 * HOUR, MINUTE)
    times = [at for at, _, _, _ in home.old_car.commands]
    waits = [later - at for at, later in pairwise(times)]
    assert len(times) == 4
    assert waits == sorted(waits)
    assert view(home, plugged).reason.why is ChargeWhy.TROUBLE


async def test_a_rule_that_cannot_be_read_does_nothing(home: Household) -> None:
    """The others do; the log says which part of it is wrong, and no more."""
    good = await add_rule(home, "Night", NIGHT)
    await add_rule(home, "Bad", {**NIGHT, "target_soc": 200})
    assert set(runner(home).views) == {good}


async def test_a_car_that_leaves_is_forgotten(home: Household, plugged: str) -> None:
    """Its next owner's limits are none of ours."""
    vin = home.old_car.vin
    (account,) = home.cloud.accounts.values()
    account.vins.remove(vin)
    await home.pass_time(30 * HOUR, 10 * MINUTE)
    assert runner(home).views == {}
    assert vin not in runner(home).car_views
