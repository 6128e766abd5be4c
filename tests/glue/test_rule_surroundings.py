"""What is round a car decides: zones, prices, sun, workdays, and what is not there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, ServiceCall, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse.rules.reason import ChargeWhy
from tests.fake_fleet.car import HOME
from tests.fake_fleet.geography import beside

from .household import Household
from .rule_forms import RuleMaker
from .rules import MORNING, NIGHT, add_rule, runner, sent, view

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
ANYWHERE: Final[Mapping[str, Any]] = {**NIGHT, "zones": []}
CHEAP: Final[Mapping[str, Any]] = {
    **MORNING,
    "price": {"entity": "sensor.price", "mode": "cheapest"},
}
SUNNY: Final[Mapping[str, Any]] = {
    **{key: value for key, value in NIGHT.items() if key != "windows"},
    "solar": {"entity": "sensor.surplus", "min_w": 1400, "on_delay": 5},
}


@pytest.fixture
async def plugged(home: Household) -> Household:
    """Give a home with the old car plugged in at 40 %, and looked at, and stopped."""
    car = home.old_car
    car.parts.battery.soc = 40
    car.plug("ac")
    car.operate("charge_stop")
    await home.pass_time(20 * MINUTE, MINUTE)
    return home


async def look(home: Household) -> None:
    """Have the car looked at again."""
    home.old_car.operate("set_sentry_mode", on=True)
    await home.pass_time(2 * MINUTE, MINUTE)
    await home.call("button", "press", "button", "refresh", home.old_car)
    await home.pass_time(2 * MINUTE, MINUTE)


async def park(home: Household, metres: float) -> None:
    """Have the car stand so far from the middle of its zone, and seen there."""
    home.old_car.parts.motion.place = beside(HOME, metres / 1000, 90)
    await look(home)


async def test_a_parked_car_may_wander_and_be_at_home(plugged: Household) -> None:
    """Inside it is at home as long as it is not clearly away; outside it is not yet."""
    rule = await add_rule(plugged, "Night", NIGHT, car=plugged.old_car)
    assert view(plugged, rule).reason.why is not ChargeWhy.AWAY
    await park(plugged, 170)
    assert view(plugged, rule).reason.why is not ChargeWhy.AWAY
    await park(plugged, 260)
    assert view(plugged, rule).reason.why is ChargeWhy.AWAY
    await park(plugged, 170)
    assert view(plugged, rule).reason.why is ChargeWhy.AWAY


async def test_a_zone_that_moves_takes_effect_at_once(plugged: Household) -> None:
    """The owner corrects it in the settings, and the rule sees it."""
    rule = await add_rule(plugged, "Night", NIGHT, car=plugged.old_car)
    latitude, longitude = HOME
    await plugged.hass.config.async_update(latitude=latitude + 1, longitude=longitude)
    await plugged.settle()
    assert view(plugged, rule).reason.why is ChargeWhy.AWAY


async def test_an_entity_that_vanishes_pauses_its_rule(plugged: Household) -> None:
    """It says which one, and goes on when it is there again."""
    plugged.hass.states.async_set("sensor.price", "0.2")
    rule = await add_rule(plugged, "Cheap", CHEAP, car=plugged.old_car)
    before = view(plugged, rule).reason.why
    plugged.hass.states.async_remove("sensor.price")
    await plugged.settle()
    missing = view(plugged, rule).reason
    assert missing.why is ChargeWhy.ENTITY_MISSING
    assert missing.values["entity"] == "sensor.price"
    plugged.hass.states.async_set("sensor.price", "0.2")
    await plugged.settle()
    assert view(plugged, rule).reason.why is before


async def test_what_is_not_there_yet_at_a_start_is_not_missed(
    plugged: Household,
) -> None:
    """The integration that brings it may only load later."""
    plugged.hass.set_state(CoreState.not_running)
    rule = await add_rule(plugged, "Cheap", CHEAP, car=plugged.old_car)
    assert view(plugged, rule).reason.why is not ChargeWhy.ENTITY_MISSING
    plugged.hass.set_state(CoreState.running)
    plugged.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await plugged.pass_time(MINUTE, 30)
    assert view(plugged, rule).reason.why is ChargeWhy.ENTITY_MISSING


async def test_prices_move_a_plan_as_soon_as_they_are_there(plugged: Household) -> None:
    """Without prices it starts as late as is safe; then in the cheapest hours."""
    plugged.hass.states.async_set("sensor.price", "0.2")
    rule = await add_rule(plugged, "Cheap", CHEAP, car=plugged.old_car)
    latest = view(plugged, rule).next_start
    assert latest is not None
    midnight = dt_util.start_of_local_day()
    hours = [midnight + timedelta(hours=n) for n in range(36)]
    cheapest = midnight + timedelta(hours=21)
    prices = [
        {
            "start": hour.isoformat(),
            "end": (hour + timedelta(hours=1)).isoformat(),
            "value": 0.1 if abs(hour - cheapest) <= timedelta(hours=2) else 0.4,
        }
        for hour in hours
    ]
    plugged.hass.states.async_set("sensor.price", "0.2", {"raw_today": prices})
    await plugged.settle()
    moved = view(plugged, rule).next_start
    assert moved is not None
    assert cheapest - timedelta(hours=2) <= moved < latest


async def test_a_cap_without_prices_waits_for_no_time_that_is_known(
    plugged: Household,
) -> None:
    """It names neither a start that moves with the clock, nor a time to be ready by."""
    plugged.hass.states.async_set("sensor.price", "0.2")
    capped = {
        "days": MORNING["days"],
        "target_soc": 80,
        "price": {"entity": "sensor.price", "mode": "below_cap", "cap": 1},
    }
    rule = await add_rule(plugged, "Capped", capped, car=plugged.old_car)
    reason = view(plugged, rule).reason
    assert reason.why is ChargeWhy.WAITING
    assert "start" not in reason.values
    overview = await RuleMaker(plugged).edit()
    said = await RuleMaker(plugged).words(overview)
    assert "Nothing is foreseen in the next days." in said


async def test_the_sun_charges_after_a_while(plugged: Household) -> None:
    """A surplus that lasts begins it; a cloud is waited for, and then it ends."""
    plugged.hass.states.async_set("sensor.surplus", "100")
    rule = await add_rule(plugged, "Sun", SUNNY, car=plugged.old_car)
    assert view(plugged, rule).reason.why is ChargeWhy.WAITING_FOR_SUN
    before = len(sent(plugged, plugged.old_car))
    plugged.hass.states.async_set("sensor.surplus", "9000")
    await plugged.pass_time(3 * MINUTE, MINUTE)
    assert "charge_start" not in sent(plugged, plugged.old_car)[before:]
    await plugged.pass_time(7 * MINUTE, MINUTE)
    assert plugged.old_car.charging_state == "Charging"
    plugged.hass.states.async_set("sensor.surplus", "-9500")
    await plugged.pass_time(25 * MINUTE, MINUTE)
    assert plugged.old_car.charging_state == "Stopped"


async def test_the_sun_is_measured_in_whatever_power(plugged: Household) -> None:
    """An inverter that says kW is understood; what is no number is no sun."""
    car, name = plugged.old_car, "sensor.surplus"
    power = {"unit_of_measurement": "kW"}
    plugged.hass.states.async_set(name, "inf", power)
    await add_rule(plugged, "Sun", SUNNY, car=car)
    await plugged.pass_time(10 * MINUTE, MINUTE)
    assert car.charging_state == "Stopped"
    plugged.hass.states.async_set(name, "9.0", power)
    await plugged.pass_time(10 * MINUTE, MINUTE)
    assert car.charging_state == "Charging"


async def test_a_sensor_that_fails_for_a_moment_stops_nothing(
    plugged: Household,
) -> None:
    """It is a cloud: only when it lasts the car is told to stop."""
    car, name = plugged.old_car, "sensor.surplus"
    plugged.hass.states.async_set(name, "9000")
    await add_rule(plugged, "Sun", SUNNY, car=car)
    await plugged.pass_time(10 * MINUTE, MINUTE)
    plugged.hass.states.async_set(name, "unavailable")
    await plugged.pass_time(5 * MINUTE, MINUTE)
    assert car.charging_state == "Charging"
    await plugged.pass_time(15 * MINUTE, MINUTE)
    assert car.charging_state == "Stopped"


async def test_a_holiday_is_no_workday(plugged: Household) -> None:
    """The workday integration knows it ahead, so it is not even planned."""
    hass = plugged.hass
    entry = MockConfigEntry(domain="workday")
    entry.add_to_hass(hass)
    name = (
        er.async_get(hass)
        .async_get_or_create("binary_sensor", "workday", "one", config_entry=entry)
        .entity_id
    )
    today = dt_util.now().date()
    holiday = today + timedelta(days=2)

    async def check(call: ServiceCall) -> Any:
        return {name: {"workday": str(call.data["check_date"]) != str(holiday)}}

    hass.services.async_register(
        "workday", "check_date", check, supports_response=SupportsResponse.ONLY
    )
    hass.states.async_set(name, "on")
    data = {**MORNING, "workday_entity": name}
    rule = await add_rule(plugged, "Work", data, car=plugged.old_car)
    now = dt_util.utcnow()
    planned = runner(plugged).outlook(plugged.old_car.vin, now, now + timedelta(days=4))
    days = {one.day for one in planned if one.rule == rule}
    assert holiday not in days
    assert today + timedelta(days=1) in days
    assert today + timedelta(days=3) in days


async def test_a_spent_budget_is_said(plugged: Household) -> None:
    """Nothing is sent then, and it is said of the car."""
    await add_rule(plugged, "Night", ANYWHERE, car=plugged.old_car)
    plugged.hass.config_entries.async_update_entry(
        plugged.entry,
        options={**plugged.entry.options, "budget": "0", "currency": "USD"},
    )
    await plugged.pass_time(2 * MINUTE, MINUTE)
    shown = runner(plugged).car_views[plugged.old_car.vin]
    assert shown.reason.why is ChargeWhy.BUDGET
