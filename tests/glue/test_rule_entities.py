"""What each rule and departure shows, and how it is steered from a dashboard."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.rule_entity import EXPLAINED

from .entities import read
from .household import Household
from .rules import MORNING, NIGHT, add_rule, change_rule, live_here, runner, sent

LEAVE: Final[Mapping[str, Any]] = {
    "source": "weekly",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "at": "07:30:00",
    "temperature": 21.0,
}


@pytest.fixture
async def known(home: Household) -> Household:
    """Give a home whose car is plugged in there, and was looked at."""
    await live_here(home)
    home.car.plug()
    await read(home)
    return home


def entity(home: Household, rule_id: str, platform: str, key: str) -> str:
    """Find an entity of a rule by its key."""
    found = er.async_get(home.hass).async_get_entity_id(
        platform, DOMAIN, f"{rule_id}-{key}"
    )
    assert found is not None
    return found


def state(home: Household, rule_id: str, platform: str, key: str) -> State:
    """Give the state of an entity of a rule."""
    found = home.hass.states.get(entity(home, rule_id, platform, key))
    assert found is not None
    return found


def value(home: Household, rule_id: str, platform: str, key: str) -> str:
    """Give what an entity of a rule shows."""
    return state(home, rule_id, platform, key).state


def shown(home: Household, rule_id: str) -> dict[str, Any]:
    """Give everything that a rule shows, for a snapshot."""
    found = er.async_entries_for_config_entry(
        er.async_get(home.hass), home.entry.entry_id
    )
    return {
        one.entity_id: home.hass.states.get(one.entity_id)
        for one in sorted(found, key=lambda one: one.entity_id)
        if one.config_subentry_id == rule_id
    }


async def press(home: Household, rule_id: str, key: str) -> None:
    """Press a button of a rule."""
    await home.hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity(home, rule_id, "button", key)},
        blocking=True,
    )
    await home.settle()


async def switch(home: Household, rule_id: str, way: str) -> None:
    """Switch a rule on or off."""
    await home.hass.services.async_call(
        "switch",
        f"turn_{way}",
        {"entity_id": entity(home, rule_id, "switch", "rule_enabled")},
        blocking=True,
    )
    await home.settle()


async def test_what_a_charge_rule_shows(
    known: Household, snapshot: SnapshotAssertion
) -> None:
    """Whether it counts, what it does next, when, and a way to do it now."""
    rule = await add_rule(known, "Every night", NIGHT)
    assert shown(known, rule) == snapshot


async def test_what_a_departure_shows(
    home: Household, snapshot: SnapshotAssertion
) -> None:
    """Whether it counts, when somebody leaves, when it begins, and why not."""
    rule = await add_rule(home, "To work", LEAVE, matter="departure")
    assert shown(home, rule) == snapshot


async def test_a_rule_that_is_switched_off_stays_off(home: Household) -> None:
    """Also over a restart, until its owner switches it on."""
    rule = await add_rule(home, "Every night", NIGHT)
    await switch(home, rule, "off")
    assert value(home, rule, "switch", "rule_enabled") == "off"
    assert value(home, rule, "sensor", "charge_rule_action") == "disabled"
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert value(home, rule, "switch", "rule_enabled") == "off"
    await switch(home, rule, "on")
    assert value(home, rule, "switch", "rule_enabled") == "on"
    assert value(home, rule, "sensor", "charge_rule_action") != "disabled"


async def test_a_departure_that_is_switched_off_stays_off(home: Household) -> None:
    """As a charge rule does."""
    rule = await add_rule(home, "To work", LEAVE, matter="departure")
    await switch(home, rule, "off")
    assert value(home, rule, "sensor", "departure_reason") == "disabled"
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert value(home, rule, "switch", "rule_enabled") == "off"


async def test_a_rule_says_when_it_begins_next(known: Household) -> None:
    """As a moment, for whoever counts down to it."""
    rule = await add_rule(known, "Every night", NIGHT)
    begins = dt_util.parse_datetime(
        value(known, rule, "sensor", "charge_rule_next_start")
    )
    assert begins is not None
    assert f"{dt_util.as_local(begins):%H:%M}" == "23:00"


async def test_a_rule_explains_itself_in_words(known: Household) -> None:
    """With what the words quote; nothing of it fills the recorder."""
    rule = await add_rule(known, "Every morning", MORNING)
    said = state(known, rule, "sensor", "charge_rule_action")
    assert said.attributes["explanation"].endswith(".")
    assert said.state_info is not None
    assert said.state_info["unrecorded_attributes"] >= EXPLAINED


async def test_a_hold_is_shown_at_the_rule_and_at_the_car(known: Household) -> None:
    """Whoever looks at either sees why nothing happens, and until when."""
    rule = await add_rule(known, "Every night", NIGHT)
    until = dt_util.utcnow().replace(microsecond=0)
    await runner(known).async_hold(known.car.vin, until.replace(year=until.year + 1))
    await known.settle()
    assert value(known, rule, "sensor", "charge_rule_action") == "hold"
    held = known.state("sensor", "charging_by_rules")
    assert held.state == "hold"
    # What the car was told to end it was told once.
    assert sent(known).count("charge_stop") <= 1
    await runner(known).async_resume(known.car.vin)
    await known.settle()
    assert known.state("sensor", "charging_by_rules").state != "hold"


async def test_a_car_without_rules_has_nothing_to_do(home: Household) -> None:
    """And says so, rather than nothing."""
    shown = home.state("sensor", "charging_by_rules", home.old_car)
    assert shown.state == "idle"


async def test_a_rule_that_cannot_be_read_is_unavailable(home: Household) -> None:
    """It comes back once its owner has mended it."""
    rule = await add_rule(home, "Every night", NIGHT)
    await change_rule(home, rule, target_soc=300)
    assert value(home, rule, "switch", "rule_enabled") == "unavailable"
    await change_rule(home, rule, target_soc=80)
    assert value(home, rule, "switch", "rule_enabled") == "on"


async def test_nothing_is_written_while_nothing_changes(home: Household) -> None:
    """The list comes every minute; a rule that waits all day fills no recorder."""
    await read(home)
    rule = await add_rule(home, "Every night", NIGHT)
    home.car.sleep_now()
    await home.pass_time(120)
    own = set(shown(home, rule))
    written: list[str] = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    home.hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    await home.pass_time(1800, 30)
    assert own.intersection(written) == set()


async def test_entities_go_with_their_rule(home: Household) -> None:
    """Nothing is left of a rule that was deleted."""
    rule = await add_rule(home, "Every night", NIGHT)
    assert shown(home, rule)
    home.hass.config_entries.async_remove_subentry(home.entry, rule)
    await home.settle()
    assert shown(home, rule) == {}


@pytest.mark.parametrize("platform", ["switch", "sensor", "button"])
async def test_a_rule_wakes_nobody_to_show_itself(
    home: Household, platform: str
) -> None:
    """`update_entity` on a rule asks Tesla nothing at all."""
    rule = await add_rule(home, "Every night", NIGHT)
    await home.pass_time(120)
    asked = len(home.cloud.requests)
    own = [one for one in shown(home, rule) if one.startswith(platform)]
    await home.hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": own}, blocking=True
    )
    assert len(home.cloud.requests) == asked


async def test_a_rule_is_applied_now_by_its_button(known: Household) -> None:
    """The car charges to the rule's target at once, and says so."""
    rule = await add_rule(known, "Every night", NIGHT)
    known.car.act("charge_stop", {})
    await known.pass_time(600)
    await press(known, rule, "apply_now")
    await known.until(lambda: known.car.charging_state == "Charging", within=600)
    assert known.state("sensor", "charging_by_rules").state == "one_off"
